// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDepartmentRegistry} from "../../../contracts/identity/IDepartmentRegistry.sol";
import {ISharingAgreements} from "../../../contracts/sharing/ISharingAgreements.sol";
import {AgreementId} from "../../../contracts/types/AgreementId.sol";
import {ResourceId} from "../../../contracts/types/ResourceId.sol";
import {SharingFixture} from "./support/SharingFixture.sol";
import {vm} from "./support/Vm.sol";

/// @dev Suspend, resume, revoke, expire, complete, and the answers about a time. Invariants 10 and 11 of invariants.md.
contract SharingLifeCycleTest is SharingFixture {
    ISharingAgreements.State private constant AGREED = ISharingAgreements.State.Agreed;
    ISharingAgreements.State private constant SUSPENDED = ISharingAgreements.State.Suspended;
    ISharingAgreements.State private constant REVOKED = ISharingAgreements.State.Revoked;
    ISharingAgreements.State private constant EXPIRED = ISharingAgreements.State.Expired;
    ISharingAgreements.State private constant COMPLETED = ISharingAgreements.State.Completed;

    AgreementId private id;

    function setUp() public override {
        super.setUp();
        id = agreed();
    }

    // --------------------------------------------------------- Suspend, resume

    function test_suspend_ByTheProvider_ResumedByProviderOrAuthority() public {
        vm.expectEmit(address(agreements));
        emit ISharingAgreements.Suspended(id, PROVIDER, REASON);
        suspendAs(PROVIDER_ACCOUNT);
        same("state", stateOf(id), SUSPENDED);
        vm.expectEmit(address(agreements));
        emit ISharingAgreements.Resumed(id, PROVIDER);
        resumeAs(PROVIDER_ACCOUNT);
        same("state", stateOf(id), AGREED);
        suspendAs(PROVIDER_ACCOUNT);
        resumeAs(AUTHORITY_ACCOUNT);
        same("state", stateOf(id), AGREED);
    }

    function test_suspend_ByTheAuthority_ResumedByTheAuthorityOnly() public {
        vm.expectEmit(address(agreements));
        emit ISharingAgreements.Suspended(id, AUTHORITY, REASON);
        suspendAs(AUTHORITY_ACCOUNT);
        same("by authority", agreements.agreement(id).suspendedByAuthority, true);
        bytes memory refused = abi.encodeWithSelector(
            ISharingAgreements.SenderNotAuthority.selector,
            PROVIDER_ACCOUNT,
            PROVIDER
        );
        vm.expectRevert(refused);
        resumeAs(PROVIDER_ACCOUNT);
        resumeAs(AUTHORITY_ACCOUNT);
        same("by authority", agreements.agreement(id).suspendedByAuthority, false);
        suspendAs(PROVIDER_ACCOUNT);
        resumeAs(PROVIDER_ACCOUNT);
    }

    function test_suspend_WhenSenderReasonOrStateIsWrong() public {
        address[3] memory senders = [CONSUMER_ACCOUNT, OTHER_ACCOUNT, NOBODY];
        for (uint256 i = 0; i < senders.length; i++) {
            vm.expectRevert(notParty(senders[i], id));
            suspendAs(senders[i]);
            vm.expectRevert(notParty(senders[i], id));
            resumeAs(senders[i]);
            vm.expectRevert(notParty(senders[i], id));
            revokeAs(senders[i]);
        }
        vm.expectRevert(abi.encodeWithSelector(ISharingAgreements.BasisMissing.selector, id));
        vm.prank(PROVIDER_ACCOUNT);
        agreements.suspend(id, 0);
        vm.expectRevert(stateInvalid(id, AGREED));
        resumeAs(PROVIDER_ACCOUNT);
        suspendAs(PROVIDER_ACCOUNT);
        vm.expectRevert(stateInvalid(id, SUSPENDED));
        suspendAs(PROVIDER_ACCOUNT);
    }

    // ------------------------------------------------------------------ Revoke

    function test_revoke_ByProviderOrAuthority_AlsoWhileSuspended() public {
        vm.expectEmit(address(agreements));
        emit ISharingAgreements.Revoked(id, PROVIDER, REASON);
        revokeAs(PROVIDER_ACCOUNT);
        requireEnded(REVOKED, START);

        id = agreedOn("second");
        suspendAs(PROVIDER_ACCOUNT);
        revokeAs(AUTHORITY_ACCOUNT);
        requireEnded(REVOKED, START);
    }

    function test_revoke_WhenTheReasonIsMissing() public {
        vm.expectRevert(abi.encodeWithSelector(ISharingAgreements.BasisMissing.selector, id));
        vm.prank(PROVIDER_ACCOUNT);
        agreements.revoke(id, 0);
    }

    function test_revoke_IsNotBlockedByAnUnknownCalendarYear() public {
        vm.prank(CONSUMER_ACCOUNT);
        id = agreements.applyFor(resource, keccak256("long"), VALID_FROM, NO_CALENDAR, USES);
        vm.prank(PROVIDER_ACCOUNT);
        agreements.agree(id);
        reserve(id, 1);
        vm.warp(END_OF_CALENDAR);
        revokeAs(PROVIDER_ACCOUNT);
        same("state", stateOf(id), REVOKED);
        same("ended", agreements.agreement(id).endedAt, END_OF_CALENDAR);
        same("not fixed", agreements.agreement(id).settlementUntil, 0);
        bytes memory unknown = abi.encodeWithSignature("YearUnknown(uint16)", 2027);
        vm.expectRevert(unknown);
        agreements.settlementUntil(id);
        vm.expectRevert(unknown);
        agreements.requireSettleable(id, 1);

        // 2027 as weekends only: 5 working days after Thursday 2026-12-31 end with Thursday 2027-01-07.
        (uint256 low, uint256 high) = weekdaysOf2027();
        calendar.setYear(2027, low, high, "2027");
        same("until", agreements.settlementUntil(id), 1_799_337_600); // 2027-01-08T00:00:00+08:00
        agreements.requireSettleable(id, 1);
        vm.warp(1_799_337_600);
        vm.expectRevert(abi.encodeWithSelector(ISharingAgreements.SettlementOver.selector, id, 1_799_337_600));
        agreements.requireSettleable(id, 1);
    }

    // -------------------------------------------------------- Expire, complete

    function test_recordExpiry_ByAnyone_EndsWithThePeriod() public {
        vm.warp(VALID_UNTIL - 1);
        vm.expectRevert(stateInvalid(id, AGREED));
        agreements.recordExpiry(id);
        vm.warp(VALID_UNTIL + 100 days);
        vm.expectEmit(address(agreements));
        emit ISharingAgreements.ExpiryRecorded(id);
        vm.prank(NOBODY);
        agreements.recordExpiry(id);
        requireEnded(EXPIRED, VALID_UNTIL);
        vm.expectRevert(stateInvalid(id, EXPIRED));
        agreements.recordExpiry(id);
    }

    function test_recordExpiry_OfASuspendedAgreement() public {
        suspendAs(PROVIDER_ACCOUNT);
        vm.warp(VALID_UNTIL);
        agreements.recordExpiry(id);
        requireEnded(EXPIRED, VALID_UNTIL);
    }

    function test_recordExpiry_OfAnApplication() public {
        AgreementId open = applyAs(CONSUMER_ACCOUNT, keccak256("open"));
        vm.warp(VALID_UNTIL);
        vm.expectRevert(stateInvalid(open, ISharingAgreements.State.Applied));
        agreements.recordExpiry(open);
    }

    function test_complete_ByTheConsumerOnly() public {
        vm.expectRevert(notParty(PROVIDER_ACCOUNT, id));
        vm.prank(PROVIDER_ACCOUNT);
        agreements.complete(id);
        vm.warp(START + 1 days);
        vm.expectEmit(address(agreements));
        emit ISharingAgreements.Completed(id);
        vm.prank(CONSUMER_ACCOUNT);
        agreements.complete(id);
        requireEnded(COMPLETED, START + 1 days);
    }

    function test_WhenThePeriodIsOver_NothingCanBeDoneButRecordIt() public {
        vm.warp(VALID_UNTIL);
        requireRefusedAsEnded(EXPIRED);
        agreements.recordExpiry(id);
        requireRefusedAsEnded(EXPIRED);
    }

    function test_TerminalStays() public {
        revokeAs(PROVIDER_ACCOUNT);
        requireRefusedAsEnded(REVOKED);
        id = agreedOn("second");
        vm.prank(CONSUMER_ACCOUNT);
        agreements.complete(id);
        requireRefusedAsEnded(COMPLETED);
        vm.warp(VALID_UNTIL);
        vm.expectRevert(stateInvalid(id, COMPLETED));
        agreements.recordExpiry(id);
    }

    // ---------------------------------------------------------------- At time T

    function test_stateAt_EveryChangeIsKept() public {
        vm.warp(START + 10);
        suspendAs(PROVIDER_ACCOUNT);
        vm.warp(START + 20);
        resumeAs(PROVIDER_ACCOUNT);
        suspendAs(PROVIDER_ACCOUNT);
        vm.warp(START + 30);
        revokeAs(PROVIDER_ACCOUNT);

        same("before", agreements.stateAt(id, START - 1), ISharingAgreements.State.None);
        same("agreed", agreements.stateAt(id, START), AGREED);
        same("9", agreements.stateAt(id, START + 9), AGREED);
        same("10", agreements.stateAt(id, START + 10), SUSPENDED);
        same("20", agreements.stateAt(id, START + 20), SUSPENDED);
        same("29", agreements.stateAt(id, START + 29), SUSPENDED);
        same("30", agreements.stateAt(id, START + 30), REVOKED);
    }

    function test_isInForceAt_FollowsTheState() public {
        vm.warp(START + 10);
        suspendAs(PROVIDER_ACCOUNT);
        vm.warp(START + 20);
        resumeAs(PROVIDER_ACCOUNT);
        requireInForce(START - 1, false);
        requireInForce(START + 9, true);
        requireInForce(START + 10, false);
        requireInForce(START + 20, true);
        requireInForce(VALID_UNTIL - 1, true);
        requireInForce(VALID_UNTIL, false);
    }

    function test_isInForceAt_FollowsThePeriod() public {
        vm.prank(CONSUMER_ACCOUNT);
        id = agreements.applyFor(resource, keccak256("later"), START + 100, VALID_UNTIL, USES);
        vm.prank(PROVIDER_ACCOUNT);
        agreements.agree(id);
        requireInForce(START + 99, false);
        requireInForce(START + 100, true);
    }

    function test_isInForceAt_FollowsResourcePartiesAndLists() public {
        bytes32 onlyThis = ResourceId.unwrap(resource);
        vm.warp(START + 10);
        registry.setStatus(PROVIDER, IDepartmentRegistry.Status.Suspended, REASON);
        vm.warp(START + 20);
        registry.setStatus(PROVIDER, IDepartmentRegistry.Status.Active, REASON);
        registry.setStatus(CONSUMER, IDepartmentRegistry.Status.Suspended, REASON);
        vm.warp(START + 30);
        registry.setStatus(CONSUMER, IDepartmentRegistry.Status.Active, REASON);
        registry.setListEntry(CONSUMER, onlyThis, IDepartmentRegistry.ListKind.Deny, REASON, START + 40);
        vm.warp(START + 50);
        registry.setListEntry(CONSUMER, 0, IDepartmentRegistry.ListKind.Deny, REASON, NO_END);
        registry.setListEntry(CONSUMER, onlyThis, IDepartmentRegistry.ListKind.Allow, REASON, NO_END);
        vm.warp(START + 60);
        registry.setListEntry(CONSUMER, 0, IDepartmentRegistry.ListKind.None, REASON, 0);
        vm.warp(START + 70);
        vm.prank(PROVIDER_ACCOUNT);
        catalogue.withdraw(resource, REASON);

        requireInForce(START + 9, true);
        requireInForce(START + 10, false);
        requireInForce(START + 20, false);
        requireInForce(START + 39, false);
        requireInForce(START + 40, true);
        requireInForce(START + 50, false);
        requireInForce(START + 60, true);
        requireInForce(START + 70, false);
    }

    // ----------------------------------------------------------------- Helpers

    /// @dev 2026-12-31T12:00:00+08:00 and 2030-01-01T00:00:00+08:00.
    uint64 private constant END_OF_CALENDAR = 1_798_689_600;
    uint64 private constant NO_CALENDAR = 1_893_427_200;

    function weekdaysOf2027() private pure returns (uint256 low, uint256 high) {
        // 2027-01-01 is a Friday.
        for (uint256 day = 0; day < 365; day++) {
            uint256 weekday = (day + 4) % 7;
            if (weekday > 4) continue;
            if (day < 256) low |= 1 << day;
            else high |= 1 << (day - 256);
        }
    }

    function agreedOn(bytes32 document) private returns (AgreementId agreedId) {
        agreedId = applyAs(CONSUMER_ACCOUNT, document);
        vm.prank(PROVIDER_ACCOUNT);
        agreements.agree(agreedId);
    }

    function suspendAs(address sender) private {
        vm.prank(sender);
        agreements.suspend(id, REASON);
    }

    function resumeAs(address sender) private {
        vm.prank(sender);
        agreements.resume(id);
    }

    function revokeAs(address sender) private {
        vm.prank(sender);
        agreements.revoke(id, REASON);
    }

    function requireRefusedAsEnded(ISharingAgreements.State state) private {
        vm.expectRevert(stateInvalid(id, state));
        suspendAs(PROVIDER_ACCOUNT);
        vm.expectRevert(stateInvalid(id, state));
        resumeAs(AUTHORITY_ACCOUNT);
        vm.expectRevert(stateInvalid(id, state));
        revokeAs(AUTHORITY_ACCOUNT);
        vm.expectRevert(stateInvalid(id, state));
        vm.prank(CONSUMER_ACCOUNT);
        agreements.complete(id);
        vm.expectRevert(stateInvalid(id, state));
        vm.prank(PROVIDER_ACCOUNT);
        agreements.agree(id);
        vm.expectRevert(stateInvalid(id, state));
        vm.prank(PROVIDER_ACCOUNT);
        agreements.refuse(id, BASIS);
        vm.expectRevert(notInForce(id, stateOf(id)));
        reserve(id, 1);
    }

    function requireEnded(ISharingAgreements.State state, uint64 endedAt) private view {
        ISharingAgreements.Agreement memory found = agreements.agreement(id);
        uint64 until = calendar.dueAfter(endedAt, 5);
        same("state", found.state, state);
        same("ended", found.endedAt, endedAt);
        same("fixed", found.settlementUntil, until);
        same("until", agreements.settlementUntil(id), until);
    }

    function requireInForce(uint64 time, bool expected) private view {
        same("in force", agreements.isInForceAt(id, time), expected);
    }
}
