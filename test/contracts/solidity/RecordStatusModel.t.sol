// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IRecordStatus} from "../../../contracts/ledger/IRecordStatus.sol";
import {HashName} from "../../../contracts/types/HashName.sol";
import {SharingFixture} from "./support/SharingFixture.sol";
import {Vm, vm} from "./support/Vm.sol";

interface LogVm is Vm {
    struct Log {
        bytes32[] topics;
        bytes data;
        address emitter;
    }

    function recordLogs() external;
    function getRecordedLogs() external returns (Log[] memory);
}

LogVm constant logVm = LogVm(address(vm));

/// @dev Random calls against a plain model. Invariants 6 to 9 of invariants.md.
contract RecordStatusModelTest is SharingFixture {
    uint40 private constant RECORDS = 160;
    uint40 private constant WORDS = 4;
    uint256 private constant STEPS = 40;
    /// @dev Bits of Revoked, Cancelled, Lapsed, Withdrawn, Superseded.
    uint256 private constant TERMINAL = (1 << 2) | (1 << 3) | (1 << 4) | (1 << 6) | (1 << 7);

    struct Snapshot {
        uint64 time;
        bytes states;
    }

    bytes private model;
    Snapshot[] private snapshots;
    uint256[WORDS] private versions;

    /// hardhat-config: fuzz.runs = 48
    function testFuzz_EqualsTheModel(uint256 seed) public {
        anchorRecords(0, uint24(RECORDS));
        model = new bytes(RECORDS);
        logVm.recordLogs();
        for (uint256 step = 0; step < STEPS; step++) {
            seed = uint256(keccak256(abi.encode(seed)));
            if (seed % 3 == 0) {
                snapshots.push(Snapshot(uint64(block.timestamp), model));
                vm.warp(block.timestamp + 1 + ((seed >> 4) % 100));
            }
            act(seed >> 16);
        }
        snapshots.push(Snapshot(uint64(block.timestamp), model));
        requireSnapshots();
        for (uint40 index = 0; index < WORDS; index++) {
            same("all versions", recordStatus.word(scope, index) >> 240, versions[index]);
        }
    }

    function act(uint256 random) private {
        uint8 state = uint8(random % 9);
        uint40 first = uint40((random >> 8) % RECORDS);
        uint24 count = (random >> 32) % 4 == 0 ? uint24((random >> 40) % 120) : 1;
        bytes memory expected = model;
        bool allowed = count > 0 && first + count <= RECORDS;
        for (uint40 n = first; allowed && n < first + count; n++) {
            uint8 from = uint8(expected[n]);
            allowed = (TERMINAL >> from) & 1 == 0 && from != state;
            expected[n] = bytes1(state);
        }
        vm.prank(PROVIDER_ACCOUNT);
        try recordStatus.changeRange(scope, first, count, IRecordStatus.State(state), REASON, uint40(block.timestamp)) {
            same("allowed", allowed, true);
            model = expected;
            requireEventsExplainTheWords(logVm.getRecordedLogs());
        } catch {
            same("refused", allowed, false);
            // The recorder keeps what a reverted call emitted.
            logVm.getRecordedLogs();
        }
    }

    /// @dev At every time of the past every state is what the model had after that block.
    function requireSnapshots() private view {
        for (uint256 i = 0; i < snapshots.length; i++) {
            Snapshot memory snapshot = snapshots[i];
            for (uint40 n = 0; n < RECORDS; n += 3) {
                IRecordStatus.State state = recordStatus.stateAt(scope, n, snapshot.time);
                same("state at", uint8(state), uint8(snapshot.states[n]));
            }
        }
        for (uint40 n = 0; n < RECORDS; n++) {
            same("state", uint8(recordStatus.stateOf(scope, n)), uint8(model[n]));
        }
    }

    /// @dev Each version has exactly one event, in order, whose mask is the difference to the version before.
    function requireEventsExplainTheWords(LogVm.Log[] memory logs) private {
        for (uint256 i = 0; i < logs.length; i++) {
            same("topic", logs[i].topics[0], IRecordStatus.StatusChanged.selector);
            uint40 index = uint40(uint256(logs[i].topics[2]));
            uint16 version = uint16(uint256(logs[i].topics[3]));
            (uint64 mask, uint8 state) = abi.decode(logs[i].data, (uint64, uint8));
            versions[index]++;
            same("version", version, versions[index]);
            uint256 before = recordStatus.wordVersion(scope, index, version - 1);
            uint256 word = recordStatus.wordVersion(scope, index, version);
            same("its version", word >> 240, version);
            for (uint256 bit = 0; bit < 52; bit++) {
                uint256 expected = (mask >> bit) & 1 == 1 ? state : (before >> (4 * bit)) & 0xf;
                same("explained", (word >> (4 * bit)) & 0xf, expected);
            }
        }
    }
}
