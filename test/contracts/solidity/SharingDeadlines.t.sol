// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDepartmentRegistry} from "../../../contracts/identity/IDepartmentRegistry.sol";
import {ISharingAgreements} from "../../../contracts/sharing/ISharingAgreements.sol";
import {AgreementId} from "../../../contracts/types/AgreementId.sol";
import {Uscc} from "../../../contracts/types/Uscc.sol";
import {SharingFixture} from "./support/SharingFixture.sol";
import {vm} from "./support/Vm.sol";

/// @dev Extensions and recorded misses. Invariants 13 and 14 of invariants.md.
contract SharingDeadlinesTest is SharingFixture {
    /// @dev 2025-09-26T15:00:00+08:00; the reply to it is due at the end of 2025-10-16.
    uint64 private constant FRIDAY = 1_758_870_000;
    uint64 private constant REPLY_DUE = 1_760_630_400;
    /// @dev Five working days later: the end of 2025-10-23.
    uint64 private constant EXTENDED_DUE = 1_761_235_200;

    ISharingAgreements.Duty private constant REPLY = ISharingAgreements.Duty.Reply;
    ISharingAgreements.Duty private constant SUPPLY = ISharingAgreements.Duty.Supply;
    ISharingAgreements.Duty private constant SETTLE_DELIVERIES = ISharingAgreements.Duty.SettleDeliveries;
    ISharingAgreements.Duty private constant SETTLE_RECEIPTS = ISharingAgreements.Duty.SettleReceipts;

    AgreementId private id;

    function setUp() public override {
        super.setUp();
        vm.warp(FRIDAY);
        id = applied();
    }

    // -------------------------------------------------------------- Extensions

    function test_decideExtension_Granted() public {
        vm.expectEmit(address(agreements));
        emit ISharingAgreements.ExtensionRequested(id, 5, BASIS);
        request(5);
        same("requested", agreements.agreement(id).extensionRequested, 5);
        same("not yet", agreements.agreement(id).replyDue, REPLY_DUE);

        vm.expectEmit(address(agreements));
        emit ISharingAgreements.ExtensionGranted(id, 5, EXTENDED_DUE);
        decide(true);
        same("due", agreements.agreement(id).replyDue, EXTENDED_DUE);
        same("granted", agreements.agreement(id).extensionDays, 5);
        same("requested", agreements.agreement(id).extensionRequested, 0);
    }

    function test_decideExtension_Denied_ThenAskedAgain() public {
        request(5);
        vm.expectEmit(address(agreements));
        emit ISharingAgreements.ExtensionDenied(id);
        decide(false);
        same("due", agreements.agreement(id).replyDue, REPLY_DUE);
        same("granted", agreements.agreement(id).extensionDays, 0);
        request(10);
    }

    function test_requestExtension_AtMostTenDaysInAll() public {
        requireInvalid(0);
        requireInvalid(11);
        request(7);
        decide(true);
        requireInvalid(4);
        request(3);
        decide(true);
        requireInvalid(1);
        same("granted", agreements.agreement(id).extensionDays, 10);
    }

    function test_requestExtension_WhenOneIsPending() public {
        request(1);
        requireInvalid(1);
    }

    function test_requestExtension_WhenTheDeadlineHasPassed() public {
        vm.warp(REPLY_DUE - 1);
        request(1);
        decide(false);
        vm.warp(REPLY_DUE);
        requireInvalid(1);
    }

    function test_requestExtension_WhenSenderReasonOrStateIsWrong() public {
        vm.expectRevert(notParty(CONSUMER_ACCOUNT, id));
        vm.prank(CONSUMER_ACCOUNT);
        agreements.requestExtension(id, 1, BASIS);
        vm.expectRevert(abi.encodeWithSelector(ISharingAgreements.BasisMissing.selector, id));
        vm.prank(PROVIDER_ACCOUNT);
        agreements.requestExtension(id, 1, 0);
        vm.startPrank(PROVIDER_ACCOUNT);
        agreements.agree(id);
        vm.expectRevert(stateInvalid(id, ISharingAgreements.State.Agreed));
        agreements.requestExtension(id, 1, BASIS);
        vm.stopPrank();
    }

    function test_decideExtension_OnlyByTheAuthorityOfLevelAndRegion() public {
        request(5);
        registry.admit(
            foreignAuthority("119901009901000503", address(0xf1), IDepartmentRegistry.Level.Province, REGION)
        );
        registry.admit(foreignAuthority("119901009901000690", address(0xf2), IDepartmentRegistry.Level.City, 990_200));
        address[6] memory senders = [
            PROVIDER_ACCOUNT,
            CONSUMER_ACCOUNT,
            OTHER_ACCOUNT,
            address(0xf1),
            address(0xf2),
            NOBODY
        ];
        for (uint256 i = 0; i < senders.length; i++) {
            vm.expectRevert(
                abi.encodeWithSelector(ISharingAgreements.SenderNotAuthority.selector, senders[i], PROVIDER)
            );
            vm.prank(senders[i]);
            agreements.decideExtension(id, true);
        }
        decide(true);
    }

    function test_decideExtension_WhenNotRequestedOrAnswered() public {
        vm.expectRevert(abi.encodeWithSelector(ISharingAgreements.ExtensionNotRequested.selector, id));
        decide(true);
        request(5);
        vm.prank(PROVIDER_ACCOUNT);
        agreements.agree(id);
        vm.expectRevert(stateInvalid(id, ISharingAgreements.State.Agreed));
        decide(true);
    }

    // ------------------------------------------------------------------- Reply

    function test_recordMissedDeadline_Reply_ByAnyoneOnce() public {
        vm.warp(REPLY_DUE - 1);
        requireNotMissed(REPLY, REPLY_DUE);
        vm.warp(REPLY_DUE);
        vm.expectEmit(address(agreements));
        emit ISharingAgreements.DeadlineMissed(id, REPLY, PROVIDER, REPLY_DUE);
        record(REPLY);
        same("recorded", agreements.missedDeadline(id, REPLY), REPLY_DUE);
        same("still open", stateOf(id), ISharingAgreements.State.Applied);
        requireAlreadyRecorded(REPLY);
    }

    function test_recordMissedDeadline_Reply_OncePerDeadline() public {
        request(5);
        vm.warp(REPLY_DUE);
        record(REPLY);
        decide(true);
        requireNotMissed(REPLY, EXTENDED_DUE);
        vm.warp(EXTENDED_DUE);
        record(REPLY);
        same("second", agreements.missedDeadline(id, REPLY), EXTENDED_DUE);
    }

    function test_ALateAnswer_RecordsTheMissItself() public {
        AgreementId second = applyAs(CONSUMER_ACCOUNT, keccak256("second"));
        AgreementId third = applyAs(CONSUMER_ACCOUNT, keccak256("third"));
        vm.warp(REPLY_DUE);
        vm.startPrank(PROVIDER_ACCOUNT);
        vm.expectEmit(address(agreements));
        emit ISharingAgreements.DeadlineMissed(id, REPLY, PROVIDER, REPLY_DUE);
        agreements.agree(id);
        vm.expectEmit(address(agreements));
        emit ISharingAgreements.DeadlineMissed(second, REPLY, PROVIDER, REPLY_DUE);
        agreements.refuse(second, BASIS);
        vm.expectEmit(address(agreements));
        emit ISharingAgreements.DeadlineMissed(third, REPLY, PROVIDER, REPLY_DUE);
        agreements.requestSupplement(third, BASIS);
        vm.stopPrank();
        same("agreed", agreements.missedDeadline(id, REPLY), REPLY_DUE);
        same("refused", agreements.missedDeadline(second, REPLY), REPLY_DUE);
        same("asked", agreements.missedDeadline(third, REPLY), REPLY_DUE);
        requireNotMissed(REPLY, REPLY_DUE);
    }

    function test_ALateAnswer_GivenARecordedMiss() public {
        vm.warp(REPLY_DUE);
        record(REPLY);
        vm.prank(PROVIDER_ACCOUNT);
        agreements.agree(id);
        same("state", stateOf(id), ISharingAgreements.State.Agreed);
        same("recorded", agreements.missedDeadline(id, REPLY), REPLY_DUE);
    }

    function test_ATimelyAnswer_RecordsNothing() public {
        vm.warp(REPLY_DUE - 1);
        vm.prank(PROVIDER_ACCOUNT);
        agreements.agree(id);
        same("recorded", agreements.missedDeadline(id, REPLY), 0);
    }

    // ------------------------------------------------------------------ Supply

    function test_recordMissedDeadline_Supply() public {
        requireNotMissed(SUPPLY, 0);
        vm.prank(PROVIDER_ACCOUNT);
        agreements.agree(id);
        uint64 due = agreements.agreement(id).supplyDue;
        vm.warp(due);
        requireNotMissed(SUPPLY, due);
        reserve(id, 2);
        vm.warp(due - 1);
        requireNotMissed(SUPPLY, due);
        vm.warp(due);
        vm.expectEmit(address(agreements));
        emit ISharingAgreements.DeadlineMissed(id, SUPPLY, PROVIDER, due);
        record(SUPPLY);
        requireAlreadyRecorded(SUPPLY);
    }

    function test_recordMissedDeadline_Supply_GivenADelivery() public {
        vm.prank(PROVIDER_ACCOUNT);
        agreements.agree(id);
        reserve(id, 2);
        settleDeliveries(id, 0, 1);
        uint64 due = agreements.agreement(id).supplyDue;
        vm.warp(due);
        requireNotMissed(SUPPLY, due);
    }

    // -------------------------------------------------------------- Settlement

    function test_recordMissedDeadline_Settle_NamesTheSideThatIsBehind() public {
        vm.prank(PROVIDER_ACCOUNT);
        agreements.agree(id);
        reserve(id, 3);
        requireNotMissed(SETTLE_DELIVERIES, 0);
        vm.prank(PROVIDER_ACCOUNT);
        agreements.revoke(id, REASON);
        settleDeliveries(id, 0, 3);
        settleReceipts(id, 0, 2);
        uint64 due = agreements.settlementUntil(id);
        vm.warp(due - 1);
        requireNotMissed(SETTLE_RECEIPTS, due);
        vm.warp(due);
        requireNotMissed(SETTLE_DELIVERIES, due);
        vm.expectEmit(address(agreements));
        emit ISharingAgreements.DeadlineMissed(id, SETTLE_RECEIPTS, CONSUMER, due);
        record(SETTLE_RECEIPTS);
        requireAlreadyRecorded(SETTLE_RECEIPTS);
    }

    function test_recordMissedDeadline_Settle_AfterAnExpiryThatNobodyRecorded() public {
        vm.prank(PROVIDER_ACCOUNT);
        agreements.agree(id);
        reserve(id, 3);
        vm.warp(VALID_UNTIL);
        uint64 due = agreements.settlementUntil(id);
        same("due", due, calendar.dueAfter(VALID_UNTIL, 5));
        vm.warp(due);
        vm.expectEmit(address(agreements));
        emit ISharingAgreements.DeadlineMissed(id, SETTLE_DELIVERIES, PROVIDER, due);
        record(SETTLE_DELIVERIES);
        agreements.recordExpiry(id);
        requireAlreadyRecorded(SETTLE_DELIVERIES);
    }

    function test_recordMissedDeadline_None() public {
        requireNotMissed(ISharingAgreements.Duty.None, 0);
        requireNotMissed(SETTLE_DELIVERIES, 0);
    }

    // ----------------------------------------------------------------- Helpers

    function foreignAuthority(
        bytes18 code,
        address account,
        IDepartmentRegistry.Level level,
        uint32 region
    ) private pure returns (IDepartmentRegistry.Admission memory admitted) {
        admitted = admission(Uscc.wrap(code), IDepartmentRegistry.Role.Authority, account);
        admitted.level = level;
        admitted.region = region;
    }

    function request(uint32 workingDays) private {
        vm.prank(PROVIDER_ACCOUNT);
        agreements.requestExtension(id, workingDays, BASIS);
    }

    function decide(bool grant) private {
        vm.prank(AUTHORITY_ACCOUNT);
        agreements.decideExtension(id, grant);
    }

    function record(ISharingAgreements.Duty duty) private {
        vm.prank(NOBODY);
        agreements.recordMissedDeadline(id, duty);
    }

    function requireInvalid(uint32 workingDays) private {
        vm.expectRevert(abi.encodeWithSelector(ISharingAgreements.ExtensionInvalid.selector, id, workingDays));
        request(workingDays);
    }

    function requireNotMissed(ISharingAgreements.Duty duty, uint64 due) private {
        vm.expectRevert(abi.encodeWithSelector(ISharingAgreements.DeadlineNotMissed.selector, id, duty, due));
        record(duty);
    }

    function requireAlreadyRecorded(ISharingAgreements.Duty duty) private {
        vm.expectRevert(abi.encodeWithSelector(ISharingAgreements.MissAlreadyRecorded.selector, id, duty));
        record(duty);
    }
}
