// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AnchorLog} from "../../../contracts/ledger/AnchorLog.sol";
import {IRetirable} from "../../../contracts/ledger/IRetirable.sol";
import {ISharingAgreements} from "../../../contracts/sharing/ISharingAgreements.sol";
import {SharingAgreements} from "../../../contracts/sharing/SharingAgreements.sol";
import {AgreementId} from "../../../contracts/types/AgreementId.sol";
import {HashName} from "../../../contracts/types/HashName.sol";
import {ScopeId, deliveriesScope} from "../../../contracts/types/ScopeId.sol";
import {SharingFixture} from "./support/SharingFixture.sol";
import {vm} from "./support/Vm.sol";

/// @dev SharingAgreements and AnchorLog that continue retired ones. Invariant 15 of invariants.md.
contract SharingSuccessionTest is SharingFixture {
    uint64 private constant HANDOVER = START + 1000;

    AgreementId private running;
    AgreementId private revoked;
    AgreementId private open;
    SharingAgreements private next;
    AnchorLog private nextLog;

    function setUp() public override {
        super.setUp();
        running = agreed();
        reserve(running, 5);
        settleDeliveries(running, 0, 2);
        revoked = applyAs(OTHER_ACCOUNT, DOCUMENT);
        open = applyAs(CONSUMER_ACCOUNT, keccak256("open"));
        vm.startPrank(PROVIDER_ACCOUNT);
        agreements.agree(revoked);
        agreements.revoke(revoked, REASON);
        agreements.requestExtension(open, 4, BASIS);
        vm.stopPrank();
        agreements.appendProfile(ISharingAgreements.Profile(2, 8, 15, 4, START + 500, "rule"));

        AnchorLog planned = AnchorLog(vm.computeCreateAddress(address(this), vm.getNonce(address(this)) + 1));
        next = new SharingAgreements(address(manager), address(agreements), registry, catalogue, calendar, planned);
        nextLog = new AnchorLog(address(manager), address(anchorLog), registry, address(catalogue), next, recordStatus);
        vm.warp(HANDOVER);
    }

    function test_BeforeThePredecessorIsRetired() public {
        same("count", next.agreementCount(), 0);
        same("profiles", next.profileCount(), 0);
        same("state", next.stateAt(running, HANDOVER), ISharingAgreements.State.None);
        vm.expectRevert(abi.encodeWithSelector(ISharingAgreements.AgreementUnknown.selector, running));
        next.agreement(running);
        bytes memory notRetired = abi.encodeWithSelector(
            IRetirable.PredecessorNotRetired.selector,
            address(agreements)
        );
        vm.expectRevert(notRetired);
        vm.prank(CONSUMER_ACCOUNT);
        next.reserve(running, 1);
        vm.expectRevert(notRetired);
        next.appendProfile(ISharingAgreements.Profile(1, 1, 1, 1, HANDOVER, 0));
    }

    function test_ReadsThrough() public {
        handOver();
        requireSameAgreement(running);
        requireSameAgreement(revoked);
        requireSameAgreement(open);
        same("count", next.agreementCount(), 3);
        same("by index", AgreementId.unwrap(next.agreementByIndex(2)), AgreementId.unwrap(open));
        same("profiles", next.profileCount(), 2);
        same("profile", next.profile(2).source, "rule");
        same("state", next.stateAt(running, START), ISharingAgreements.State.Agreed);
        same("in force", next.isInForceAt(running, HANDOVER), true);
        same("settlement", next.settlementUntil(revoked), agreements.settlementUntil(revoked));
        next.requireSettleable(running, 5);
        vm.expectRevert(abi.encodeWithSelector(ISharingAgreements.BeyondReserve.selector, running, 6, 5));
        next.requireSettleable(running, 6);
    }

    function test_Reserve_TakesOverWithItsNumbers() public {
        handOver();
        vm.expectRevert(abi.encodeWithSelector(IRetirable.ContractRetired.selector, address(next)));
        reserve(running, 1);
        vm.startPrank(CONSUMER_ACCOUNT);
        same("first", next.reserve(running, 3), 5);
        same("second", next.reserve(running, 1), 8);
        vm.stopPrank();
        same("reserved", next.agreement(running).reserved, 9);
        same("state then", next.stateAt(running, HANDOVER - 1), ISharingAgreements.State.Agreed);
        same("count", next.agreementCount(), 3);

        ScopeId stream = deliveriesScope(running);
        vm.prank(PROVIDER_ACCOUNT);
        nextLog.anchor(stream, 2, 7, ROOT, HashName.Keccak256);
        (, uint40 number, ) = nextLog.head(stream);
        same("settled", number, 9);
    }

    function test_Settle_WithoutAnyWriteAboutTheAgreement() public {
        handOver();
        ScopeId stream = deliveriesScope(running);
        vm.prank(PROVIDER_ACCOUNT);
        nextLog.anchor(stream, 2, 3, ROOT, HashName.Keccak256);
        uint64 until = calendar.dueAfter(VALID_UNTIL, 5);
        vm.warp(until);
        vm.expectRevert(abi.encodeWithSelector(ISharingAgreements.SettlementOver.selector, running, until));
        next.requireSettleable(running, 5);
    }

    function test_Revoke_OfThePredecessorsAgreement() public {
        handOver();
        vm.prank(PROVIDER_ACCOUNT);
        next.revoke(running, REASON);
        same("before", next.isInForceAt(running, HANDOVER - 1), true);
        same("now", next.isInForceAt(running, HANDOVER), false);
        vm.expectRevert(notInForce(running, ISharingAgreements.State.Revoked));
        vm.prank(CONSUMER_ACCOUNT);
        next.reserve(running, 1);
        vm.expectRevert(stateInvalid(revoked, ISharingAgreements.State.Revoked));
        vm.prank(PROVIDER_ACCOUNT);
        next.revoke(revoked, REASON);
    }

    function test_ApplicationsGoOn_WithTheirPendingExtension() public {
        handOver();
        uint64 due = next.agreement(open).replyDue;
        vm.prank(AUTHORITY_ACCOUNT);
        next.decideExtension(open, true);
        same("due", next.agreement(open).replyDue, calendar.dueAfter(due - 1, 4));
        vm.expectRevert(abi.encodeWithSelector(ISharingAgreements.AgreementExists.selector, open));
        vm.prank(CONSUMER_ACCOUNT);
        next.applyFor(resource, keccak256("open"), VALID_FROM, VALID_UNTIL, USES);
        vm.prank(CONSUMER_ACCOUNT);
        AgreementId fresh = next.applyFor(resource, keccak256("fresh"), VALID_FROM, VALID_UNTIL, USES);
        same("profile", next.agreement(fresh).profile, 2);
        same("count", next.agreementCount(), 4);
        same("by index", AgreementId.unwrap(next.agreementByIndex(3)), AgreementId.unwrap(fresh));
        vm.prank(PROVIDER_ACCOUNT);
        next.agree(open);
        (, uint40 number, ) = nextLog.head(deliveriesScope(open));
        same("stream", number, 0);
    }

    function test_RecordedMisses_StayRecorded() public {
        uint64 due = agreements.agreement(open).replyDue;
        vm.warp(due);
        agreements.recordMissedDeadline(open, ISharingAgreements.Duty.Reply);
        handOver();
        same("recorded", next.missedDeadline(open, ISharingAgreements.Duty.Reply), due);
        vm.expectRevert(
            abi.encodeWithSelector(ISharingAgreements.MissAlreadyRecorded.selector, open, ISharingAgreements.Duty.Reply)
        );
        next.recordMissedDeadline(open, ISharingAgreements.Duty.Reply);
    }

    function test_AppendProfile_ContinuesTheVersions() public {
        handOver();
        same("version", next.appendProfile(ISharingAgreements.Profile(1, 1, 1, 1, HANDOVER, "new")), 3);
        same("profile", next.profile(3).source, "new");
        vm.expectRevert(abi.encodeWithSelector(ISharingAgreements.ProfileUnknown.selector, 4));
        next.profile(4);
    }

    function handOver() private {
        agreements.retire(address(next));
        anchorLog.retire(address(nextLog));
    }

    function requireSameAgreement(AgreementId id) private view {
        same("same", keccak256(abi.encode(next.agreement(id))), keccak256(abi.encode(agreements.agreement(id))));
    }
}
