// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDepartmentRegistry} from "../../../contracts/identity/IDepartmentRegistry.sol";
import {IAnchorLog} from "../../../contracts/ledger/IAnchorLog.sol";
import {ISharingAgreements} from "../../../contracts/sharing/ISharingAgreements.sol";
import {AgreementId} from "../../../contracts/types/AgreementId.sol";
import {HashName} from "../../../contracts/types/HashName.sol";
import {ResourceId} from "../../../contracts/types/ResourceId.sol";
import {ScopeId, deliveriesScope, receiptsScope} from "../../../contracts/types/ScopeId.sol";
import {SharingFixture} from "./support/SharingFixture.sol";
import {vm} from "./support/Vm.sol";

/// @dev Reserving delivery numbers and settling them. Invariants 3, 4, 9 and 12 of invariants.md.
contract SharingDeliveriesTest is SharingFixture {
    ISharingAgreements.State private constant AGREED = ISharingAgreements.State.Agreed;

    AgreementId private id;

    function setUp() public override {
        super.setUp();
        id = agreed();
    }

    // ----------------------------------------------------------------- Reserve

    function test_reserve_GivesTheNextNumbers() public {
        vm.expectEmit(address(agreements));
        emit ISharingAgreements.DeliveriesReserved(id, 0, 16);
        same("first", reserve(id, 16), 0);
        vm.expectEmit(address(agreements));
        emit ISharingAgreements.DeliveriesReserved(id, 16, 1);
        same("next", reserve(id, 1), 16);
        same("reserved", agreements.agreement(id).reserved, 17);
    }

    function test_reserve_UpToTheMaximumUses() public {
        reserve(id, USES - 1);
        vm.expectRevert(usesExhausted(USES - 1, 2));
        reserve(id, 2);
        reserve(id, 1);
        vm.expectRevert(usesExhausted(USES, 1));
        reserve(id, 1);
        vm.expectRevert(usesExhausted(USES, type(uint32).max));
        reserve(id, type(uint32).max);
    }

    function test_reserve_WhenCountIsZero() public {
        vm.expectRevert(abi.encodeWithSelector(ISharingAgreements.ReservationEmpty.selector));
        reserve(id, 0);
    }

    function test_reserve_OnlyByTheConsumer() public {
        address[4] memory senders = [PROVIDER_ACCOUNT, AUTHORITY_ACCOUNT, OTHER_ACCOUNT, NOBODY];
        for (uint256 i = 0; i < senders.length; i++) {
            vm.expectRevert(notParty(senders[i], id));
            vm.prank(senders[i]);
            agreements.reserve(id, 1);
        }
    }

    function test_reserve_WhenTheConsumersKeyHasEnded() public {
        address second = address(0xc2);
        vm.prank(CONSUMER_ACCOUNT);
        registry.addKey(IDepartmentRegistry.KeyAlgorithm.Secp256k1, bytes32(uint256(uint160(second))), 0, NO_END);
        vm.prank(second);
        registry.endKey(0, 0);
        vm.expectRevert(notParty(CONSUMER_ACCOUNT, id));
        reserve(id, 1);
        vm.prank(second);
        agreements.reserve(id, 1);
    }

    function test_reserve_WhenTheAgreementIsUnknown() public {
        AgreementId unknown = AgreementId.wrap("x");
        vm.expectRevert(abi.encodeWithSelector(ISharingAgreements.AgreementUnknown.selector, unknown));
        reserve(unknown, 1);
    }

    function test_reserve_BeforeConsent() public {
        AgreementId open = applyAs(CONSUMER_ACCOUNT, keccak256("open"));
        vm.expectRevert(notInForce(open, ISharingAgreements.State.Applied));
        reserve(open, 1);
    }

    function test_reserve_OutsideThePeriod() public {
        vm.prank(CONSUMER_ACCOUNT);
        id = agreements.applyFor(resource, keccak256("later"), START + 100, START + 200, USES);
        vm.prank(PROVIDER_ACCOUNT);
        agreements.agree(id);
        vm.warp(START + 99);
        vm.expectRevert(notInForce(id, AGREED));
        reserve(id, 1);
        vm.warp(START + 100);
        reserve(id, 1);
        vm.warp(START + 199);
        reserve(id, 1);
        vm.warp(START + 200);
        vm.expectRevert(notInForce(id, AGREED));
        reserve(id, 1);
    }

    function test_reserve_AfterSuspensionOrRevocation_OnTheNextCall() public {
        reserve(id, 1);
        vm.startPrank(PROVIDER_ACCOUNT);
        agreements.suspend(id, REASON);
        vm.stopPrank();
        vm.expectRevert(notInForce(id, ISharingAgreements.State.Suspended));
        reserve(id, 1);
        vm.prank(PROVIDER_ACCOUNT);
        agreements.resume(id);
        reserve(id, 1);
        vm.prank(PROVIDER_ACCOUNT);
        agreements.revoke(id, REASON);
        vm.expectRevert(notInForce(id, ISharingAgreements.State.Revoked));
        reserve(id, 1);
    }

    function test_reserve_AfterTheResourceIsWithdrawn_OnTheNextCall() public {
        reserve(id, 1);
        vm.prank(AUTHORITY_ACCOUNT);
        catalogue.withdraw(resource, REASON);
        requireRefusedForNow();
    }

    function test_reserve_WhileAPartyIsInactive() public {
        reserve(id, 1);
        registry.setStatus(PROVIDER, IDepartmentRegistry.Status.Suspended, REASON);
        requireRefusedForNow();
        registry.setStatus(PROVIDER, IDepartmentRegistry.Status.Active, REASON);
        reserve(id, 1);
        registry.setStatus(CONSUMER, IDepartmentRegistry.Status.Suspended, REASON);
        requireRefusedForNow();
        registry.setStatus(CONSUMER, IDepartmentRegistry.Status.Active, REASON);
        reserve(id, 1);
        registry.setStatus(CONSUMER, IDepartmentRegistry.Status.Dissolved, REASON);
        requireRefusedForNow();
    }

    function test_reserve_WhileTheConsumerIsDenied_DenyWins() public {
        bytes32 onlyThis = ResourceId.unwrap(resource);
        reserve(id, 1);
        registry.setListEntry(CONSUMER, 0, IDepartmentRegistry.ListKind.Allow, REASON, NO_END);
        registry.setListEntry(CONSUMER, onlyThis, IDepartmentRegistry.ListKind.Deny, REASON, START + 100);
        requireRefusedForNow();
        vm.warp(START + 100);
        reserve(id, 1);
        registry.setListEntry(CONSUMER, 0, IDepartmentRegistry.ListKind.Deny, REASON, NO_END);
        registry.setListEntry(CONSUMER, onlyThis, IDepartmentRegistry.ListKind.Allow, REASON, NO_END);
        requireRefusedForNow();
        registry.setListEntry(CONSUMER, 0, IDepartmentRegistry.ListKind.None, REASON, 0);
        reserve(id, 1);
    }

    function test_reserve_WhenOthersAreRestricted() public {
        registry.setStatus(OTHER, IDepartmentRegistry.Status.Suspended, REASON);
        registry.noteRestriction();
        reserve(id, 1);
        reserve(id, 1);
        same("reserved", agreements.agreement(id).reserved, 2);
    }

    // ----------------------------------------------------------------- Streams

    function test_streams_AreBoundedByTheReserve() public {
        bytes memory beyond = abi.encodeWithSelector(ISharingAgreements.BeyondReserve.selector, id, 1, 0);
        vm.expectRevert(beyond);
        settleDeliveries(id, 0, 1);
        reserve(id, 3);
        settleDeliveries(id, 0, 2);
        vm.expectRevert(abi.encodeWithSelector(ISharingAgreements.BeyondReserve.selector, id, 4, 3));
        settleDeliveries(id, 2, 2);
        settleDeliveries(id, 2, 1);
        vm.expectRevert(abi.encodeWithSelector(ISharingAgreements.BeyondReserve.selector, id, 4, 3));
        settleReceipts(id, 0, 4);
        settleReceipts(id, 0, 3);
        same("deliveries", nextOf(deliveriesScope(id)), 3);
        same("receipts", nextOf(receiptsScope(id)), 3);
    }

    function test_streams_AreWrittenByTheirSideOnly() public {
        reserve(id, 1);
        ScopeId stream = deliveriesScope(id);
        vm.expectRevert(abi.encodeWithSelector(IAnchorLog.SenderNotHolder.selector, CONSUMER_ACCOUNT, PROVIDER));
        vm.prank(CONSUMER_ACCOUNT);
        anchorLog.anchor(stream, 0, 1, ROOT, HashName.Keccak256);
        stream = receiptsScope(id);
        vm.expectRevert(abi.encodeWithSelector(IAnchorLog.SenderNotHolder.selector, PROVIDER_ACCOUNT, CONSUMER));
        vm.prank(PROVIDER_ACCOUNT);
        anchorLog.anchor(stream, 0, 1, ROOT, HashName.Keccak256);
    }

    function test_settle_WhileSuspended() public {
        reserve(id, 1);
        vm.prank(PROVIDER_ACCOUNT);
        agreements.suspend(id, REASON);
        settleDeliveries(id, 0, 1);
        settleReceipts(id, 0, 1);
    }

    function test_settle_AfterRevocation_ForFiveWorkingDays() public {
        // 2025-09-26T15:00:00+08:00: 28, 29, 30 September, 9 and 10 October.
        vm.warp(1_758_870_000);
        reserve(id, 3);
        vm.prank(PROVIDER_ACCOUNT);
        agreements.revoke(id, REASON);
        uint64 until = 1_760_112_000; // 2025-10-11T00:00:00+08:00
        same("until", agreements.settlementUntil(id), until);
        requireSettlementEnds(until);
    }

    function test_settle_AfterCompletion_ForFiveWorkingDays() public {
        reserve(id, 3);
        vm.prank(CONSUMER_ACCOUNT);
        agreements.complete(id);
        requireSettlementEnds(calendar.dueAfter(START, 5));
    }

    function test_settle_AfterAnExpiryThatNobodyRecorded() public {
        reserve(id, 3);
        requireSettlementEnds(calendar.dueAfter(VALID_UNTIL, 5));
    }

    function test_settle_AfterARecordedExpiry_CountsFromTheEndOfThePeriod() public {
        reserve(id, 3);
        vm.warp(VALID_UNTIL + 2 days);
        agreements.recordExpiry(id);
        requireSettlementEnds(calendar.dueAfter(VALID_UNTIL, 5));
    }

    function test_requireSettleable_OfAnApplication() public {
        AgreementId open = applyAs(CONSUMER_ACCOUNT, keccak256("open"));
        agreements.requireSettleable(open, 0);
        vm.expectRevert(abi.encodeWithSelector(ISharingAgreements.BeyondReserve.selector, open, 1, 0));
        agreements.requireSettleable(open, 1);
    }

    // ----------------------------------------------------------------- Helpers

    function requireSettlementEnds(uint64 until) private {
        vm.warp(until - 1);
        settleDeliveries(id, 0, 1);
        settleReceipts(id, 0, 1);
        vm.warp(until);
        bytes memory over = abi.encodeWithSelector(ISharingAgreements.SettlementOver.selector, id, until);
        vm.expectRevert(over);
        settleDeliveries(id, 1, 1);
        vm.expectRevert(over);
        settleReceipts(id, 1, 1);
    }

    function requireRefusedForNow() private {
        uint32 before = agreements.agreement(id).reserved;
        vm.expectRevert(notInForce(id, AGREED));
        reserve(id, 1);
        same("reserved", agreements.agreement(id).reserved, before);
        same("as isInForceAt says", agreements.isInForceAt(id, uint64(block.timestamp)), false);
    }

    function usesExhausted(uint32 reserved, uint32 count) private view returns (bytes memory) {
        return abi.encodeWithSelector(ISharingAgreements.UsesExhausted.selector, id, reserved, count, USES);
    }
}
