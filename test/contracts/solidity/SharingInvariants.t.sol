// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDepartmentRegistry} from "../../../contracts/identity/IDepartmentRegistry.sol";
import {ISharingAgreements} from "../../../contracts/sharing/ISharingAgreements.sol";
import {AgreementId} from "../../../contracts/types/AgreementId.sol";
import {HashName} from "../../../contracts/types/HashName.sol";
import {ResourceId} from "../../../contracts/types/ResourceId.sol";
import {deliveriesScope, receiptsScope} from "../../../contracts/types/ScopeId.sol";
import {SharingFixture} from "./support/SharingFixture.sol";
import {vm} from "./support/Vm.sol";

/// @dev Arbitrary sequences of everybody's calls about one agreement. Invariants 3, 4, 9, 10, 11 and 12 of invariants.md.
contract SharingInvariantsTest is SharingFixture {
    uint256 private constant STEPS = 40;

    struct Seen {
        uint64 time;
        ISharingAgreements.State state;
        bool inForce;
    }

    AgreementId private id;
    Seen[] private seen;
    uint32 private reserved;
    uint40 private deliveries;
    uint40 private receipts;
    ISharingAgreements.State private ended;

    /// hardhat-config: fuzz.runs = 64
    function testFuzz_Invariants(uint256 seed) public {
        id = applied();
        for (uint256 step = 0; step < STEPS; step++) {
            seed = uint256(keccak256(abi.encode(seed)));
            see();
            vm.warp(block.timestamp + 1 + ((seed % 4 == 0) ? (seed >> 8) % 12 days : (seed >> 8) % 1 hours));
            // Consent early, so that most of the game is about an agreement.
            act(step == 2 ? 2 : uint8((seed >> 40) % 16), seed >> 64);
            requireInvariants();
        }
        requireThePastIsKept();
    }

    /// @dev A call that is refused is part of the game.
    function act(uint8 choice, uint256 random) private {
        address official = random % 2 == 0 ? PROVIDER_ACCOUNT : AUTHORITY_ACCOUNT;
        if (choice < 2) {
            vm.prank(PROVIDER_ACCOUNT);
            if (choice == 0) try agreements.requestSupplement(id, BASIS) {} catch {}
            else try agreements.refuse(id, BASIS) {} catch {}
        } else if (choice == 2) {
            vm.prank(PROVIDER_ACCOUNT);
            try agreements.agree(id) {} catch {}
        } else if (choice == 3) {
            vm.prank(CONSUMER_ACCOUNT);
            try agreements.supplement(id, BASIS) {} catch {}
        } else if (choice == 4) {
            vm.prank(official);
            try agreements.suspend(id, REASON) {} catch {}
        } else if (choice == 5 || choice == 6) {
            vm.prank(official);
            try agreements.resume(id) {} catch {}
        } else if (choice == 7 && random % 4 == 0) {
            vm.prank(official);
            try agreements.revoke(id, REASON) {} catch {}
        } else if (choice == 8) {
            if (random % 8 == 0) vm.prank(CONSUMER_ACCOUNT);
            if (random % 8 == 0) try agreements.complete(id) {} catch {}
            else try agreements.recordExpiry(id) {} catch {}
        } else if (choice == 9) {
            restrict(random);
        } else if (choice < 13) {
            tryToReserve(uint32(1 + (random % 20)));
        } else {
            tryToSettle(choice == 13, uint24(1 + (random % 6)));
        }
    }

    function restrict(uint256 random) private {
        bytes32 listScope = random % 2 == 0 ? bytes32(0) : ResourceId.unwrap(resource);
        IDepartmentRegistry.ListKind kind = IDepartmentRegistry.ListKind((random >> 8) % 3);
        uint64 until = uint64(block.timestamp + 1 + ((random >> 16) % 5 days));
        if ((random >> 64) % 2 == 0) {
            registry.setListEntry(CONSUMER, listScope, kind, REASON, until);
        } else {
            IDepartmentRegistry.Status status = IDepartmentRegistry.Status(1 + ((random >> 72) % 2));
            try registry.setStatus(random % 2 == 0 ? PROVIDER : CONSUMER, status, REASON) {} catch {}
        }
    }

    function tryToReserve(uint32 count) private {
        bool inForce = agreements.isInForceAt(id, uint64(block.timestamp));
        vm.prank(CONSUMER_ACCOUNT);
        try agreements.reserve(id, count) returns (uint32 first) {
            same("in force", inForce, true);
            same("dense", first, reserved);
            reserved += count;
        } catch {
            same("refused for a reason", !inForce || reserved + count > USES, true);
        }
    }

    function tryToSettle(bool delivery, uint24 count) private {
        uint64 until = agreements.settlementUntil(id);
        bool open = until == 0 || block.timestamp < until;
        if (delivery) {
            vm.prank(PROVIDER_ACCOUNT);
            try anchorLog.anchor(deliveriesScope(id), deliveries, count, ROOT, HashName.Keccak256) {
                same("open", open && deliveries + count <= reserved, true);
                deliveries += count;
            } catch {}
        } else {
            vm.prank(CONSUMER_ACCOUNT);
            try anchorLog.anchor(receiptsScope(id), receipts, count, ROOT, HashName.Keccak256) {
                same("open", open && receipts + count <= reserved, true);
                receipts += count;
            } catch {}
        }
    }

    /// @dev The block may go on at its own time: only the second before has its last answer.
    function see() private {
        uint64 time = uint64(block.timestamp - 1);
        seen.push(Seen(time, agreements.stateAt(id, time), agreements.isInForceAt(id, time)));
    }

    function requireInvariants() private {
        ISharingAgreements.Agreement memory found = agreements.agreement(id);
        same("reserved", found.reserved, reserved);
        same("bounded", reserved <= USES, true);
        same("deliveries", nextOf(deliveriesScope(id)), deliveries);
        same("receipts", nextOf(receiptsScope(id)), receipts);
        same("within the reserve", deliveries <= reserved && receipts <= reserved, true);
        if (ended != ISharingAgreements.State.None) same("terminal", found.state, ended);
        if (found.endedAt != 0 || found.state == ISharingAgreements.State.Refused) ended = found.state;
    }

    function requireThePastIsKept() private view {
        for (uint256 i = 0; i < seen.length; i++) {
            same("state then", agreements.stateAt(id, seen[i].time), seen[i].state);
            same("in force then", agreements.isInForceAt(id, seen[i].time), seen[i].inForce);
        }
    }
}
