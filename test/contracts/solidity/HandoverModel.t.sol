// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AnchorLog} from "../../../contracts/ledger/AnchorLog.sol";
import {IRecordStatus} from "../../../contracts/ledger/IRecordStatus.sol";
import {RecordStatus} from "../../../contracts/ledger/RecordStatus.sol";
import {SharingAgreements} from "../../../contracts/sharing/SharingAgreements.sol";
import {AgreementId} from "../../../contracts/types/AgreementId.sol";
import {HashName} from "../../../contracts/types/HashName.sol";
import {ScopeId, deliveriesScope} from "../../../contracts/types/ScopeId.sol";
import {SharingFixture} from "./support/SharingFixture.sol";
import {vm} from "./support/Vm.sol";

/// @dev Contracts are handed over to successors at arbitrary moments, twice over, while work goes on; the model knows nothing
/// of it. Invariants 2, 3, 5, 6, 9, 12 and 15 of invariants.md.
contract HandoverModelTest is SharingFixture {
    uint256 private constant STEPS = 48;
    uint256 private constant GENERATIONS = 3;
    /// @dev Bits of Revoked, Cancelled, Lapsed, Withdrawn, Superseded.
    uint256 private constant TERMINAL = (1 << 2) | (1 << 3) | (1 << 4) | (1 << 6) | (1 << 7);

    struct Generation {
        SharingAgreements agreements;
        AnchorLog log;
        RecordStatus status;
    }

    struct Batch {
        uint256 scope;
        uint40 first;
        bytes32 digest;
    }

    struct Seen {
        uint64 time;
        uint40 number;
        uint8 state;
    }

    /// @dev All but the last are retired, each to the one after it.
    Generation[] private generations;
    AgreementId private id;
    /// @dev The resource, and the deliveries under the agreement.
    ScopeId[2] private scopes;
    uint40[2] private next;
    uint32 private reserved;
    mapping(uint40 number => uint8 state) private states;
    Batch[] private batches;
    Seen[] private seen;

    /// hardhat-config: fuzz.runs = 48
    function testFuzz_EqualsTheModel(uint256 seed) public {
        id = agreed();
        scopes = [scope, deliveriesScope(id)];
        generations.push(Generation(agreements, anchorLog, recordStatus));
        for (uint256 step = 0; step < STEPS; step++) {
            seed = uint256(keccak256(abi.encode(seed)));
            vm.warp(block.timestamp + 1 + ((seed >> 8) % 10 minutes));
            uint256 choice = (seed >> 32) % 16;
            // Mostly the newest: the others refuse everything.
            uint256 age = (seed >> 40) % 4 == 0 ? (seed >> 48) % generations.length : 0;
            uint256 which = generations.length - 1 - age;
            if (choice == 0) handOver();
            else if (choice < 7) anchor(which, seed >> 64);
            else if (choice < 12) changeState(which, seed >> 64);
            else take(which, uint32(1 + ((seed >> 64) % 3)));
            requireTheModel();
        }
        for (uint256 i = 0; i < seen.length; i++) {
            same("then", uint8(newest().status.stateAt(scope, seen[i].number, seen[i].time)), seen[i].state);
        }
    }

    function handOver() private {
        if (generations.length == GENERATIONS) return;
        Generation storage old = newest();
        uint64 nonce = vm.getNonce(address(this));
        AnchorLog log = AnchorLog(vm.computeCreateAddress(address(this), nonce + 1));
        RecordStatus status = RecordStatus(vm.computeCreateAddress(address(this), nonce + 2));
        Generation memory created;
        created.agreements = new SharingAgreements(
            address(manager),
            address(old.agreements),
            registry,
            catalogue,
            calendar,
            log
        );
        created.log = new AnchorLog(
            address(manager),
            address(old.log),
            registry,
            address(catalogue),
            created.agreements,
            status
        );
        created.status = new RecordStatus(address(manager), address(old.status), registry, created.log);
        requireNothingIsWrittenTo(created);
        old.agreements.retire(address(created.agreements));
        old.log.retire(address(created.log));
        old.status.retire(address(created.status));
        generations.push(created);
    }

    /// @dev Before the predecessor is retired to it a successor is nobody.
    function requireNothingIsWrittenTo(Generation memory created) private {
        vm.prank(PROVIDER_ACCOUNT);
        try created.log.anchor(scope, next[0], 1, ROOT, HashName.Keccak256) {
            same("anchored too early", true, false);
        } catch {}
        vm.prank(PROVIDER_ACCOUNT);
        try created.status.changeRange(scope, 0, 1, IRecordStatus.State.Suspended, REASON, 0) {
            same("changed too early", true, false);
        } catch {}
        vm.prank(CONSUMER_ACCOUNT);
        try created.agreements.reserve(id, 1) {
            same("reserved too early", true, false);
        } catch {}
    }

    function anchor(uint256 which, uint256 random) private {
        uint256 kind = random % 2;
        uint40 first = (random >> 8) % 4 == 0 ? uint40((random >> 16) % (next[kind] + 3)) : next[kind];
        uint24 count = uint24(1 + ((random >> 24) % 4));
        bool expected = isNewest(which) && first == next[kind] && (kind == 0 || first + count <= reserved);
        vm.prank(PROVIDER_ACCOUNT);
        try generations[which].log.anchor(scopes[kind], first, count, bytes32(random | 1), HashName.Keccak256) {
            same("allowed", expected, true);
            next[kind] += count;
            batches.push(Batch(kind, first, generations[which].log.batchDigest(scopes[kind], first)));
        } catch {
            same("refused", expected, false);
        }
    }

    function changeState(uint256 which, uint256 random) private {
        uint40 number = uint40(random % (next[0] + 1));
        uint8 to = uint8((random >> 16) % 9);
        uint8 from = states[number];
        bool expected = isNewest(which) && number < next[0] && (TERMINAL >> from) & 1 == 0 && from != to;
        if (number < next[0]) seen.push(Seen(uint64(block.timestamp - 1), number, from));
        vm.prank(PROVIDER_ACCOUNT);
        try generations[which].status.changeRange(scope, number, 1, IRecordStatus.State(to), REASON, 0) {
            same("changeable", expected, true);
            states[number] = to;
        } catch {
            same("not changeable", expected, false);
        }
    }

    function take(uint256 which, uint32 count) private {
        bool expected = isNewest(which) && reserved + count <= USES;
        vm.prank(CONSUMER_ACCOUNT);
        try generations[which].agreements.reserve(id, count) returns (uint32 first) {
            same("in force", expected, true);
            same("dense", first, reserved);
            reserved += count;
        } catch {
            same("not in force", expected, false);
        }
    }

    function requireTheModel() private view {
        Generation storage now_ = newest();
        for (uint256 i = 0; i < 2; i++) {
            (, uint40 head, ) = now_.log.head(scopes[i]);
            same("next", head, next[i]);
            same("nothing begins at the head", now_.log.batchDigest(scopes[i], head), bytes32(0));
        }
        for (uint256 i = 0; i < batches.length; i++) {
            same("unchanged", now_.log.batchDigest(scopes[batches[i].scope], batches[i].first), batches[i].digest);
        }
        for (uint40 n = 0; n < next[0]; n++) same("state", uint8(now_.status.stateOf(scope, n)), states[n]);
        same("reserved", now_.agreements.agreement(id).reserved, reserved);
        same("in force", now_.agreements.isInForceAt(id, uint64(block.timestamp)), true);
    }

    function newest() private view returns (Generation storage) {
        return generations[generations.length - 1];
    }

    function isNewest(uint256 which) private view returns (bool) {
        return which == generations.length - 1;
    }
}
