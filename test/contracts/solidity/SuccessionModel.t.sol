// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDepartmentRegistry} from "../../../contracts/identity/IDepartmentRegistry.sol";
import {IRecordStatus} from "../../../contracts/ledger/IRecordStatus.sol";
import {AgreementId} from "../../../contracts/types/AgreementId.sol";
import {HashName} from "../../../contracts/types/HashName.sol";
import {ResourceId} from "../../../contracts/types/ResourceId.sol";
import {ScopeId, resourceScope} from "../../../contracts/types/ScopeId.sol";
import {Uscc} from "../../../contracts/types/Uscc.sol";
import {SharingFixture} from "./support/SharingFixture.sol";
import {vm} from "./support/Vm.sol";

/// @dev Departments are suspended, dissolved, split and merged while everybody anchors, sets states and takes deliveries,
/// against a plain model. Invariants 4, 6, 9, 11, 12 and 23 of invariants.md.
contract SuccessionModelTest is SharingFixture {
    uint256 private constant STEPS = 60;
    uint256 private constant DEPARTMENTS = 5;
    uint256 private constant SCOPES = 3;
    /// @dev Bits of Revoked, Cancelled, Lapsed, Withdrawn, Superseded.
    uint256 private constant TERMINAL = (1 << 2) | (1 << 3) | (1 << 4) | (1 << 6) | (1 << 7);

    struct Seen {
        uint64 time;
        uint8[DEPARTMENTS] status;
        bool inForce;
    }

    Uscc[DEPARTMENTS] private ids;
    address[DEPARTMENTS] private accounts;
    /// @dev The model: a status, 1 active, 2 suspended, 3 dissolved; and the number of the successor, from 1, or 0.
    uint8[DEPARTMENTS] private status;
    uint256[DEPARTMENTS] private successor;
    /// @dev PROVIDER holds two scopes, as a department that is split does, and OTHER one.
    ScopeId[SCOPES] private scopes;
    uint256[SCOPES] private holders;
    uint40[SCOPES] private next;
    mapping(uint256 scope => mapping(uint40 number => uint8 state)) private states;
    AgreementId private id;
    uint32 private reserved;
    Seen[] private seen;

    function setUp() public override {
        super.setUp();
        registry.admit(admission(STRANGER, IDepartmentRegistry.Role.Department, address(0xf1)));
        ids = [PROVIDER, CONSUMER, OTHER, STRANGER, AUTHORITY];
        accounts = [PROVIDER_ACCOUNT, CONSUMER_ACCOUNT, OTHER_ACCOUNT, address(0xf1), AUTHORITY_ACCOUNT];
        status = [1, 1, 1, 1, 1];
        holders = [uint256(0), 0, 2];
        scopes = [scope, resourceScope(publishedResource("second")), resourceScope(resourceOfOther())];
        id = agreed();
    }

    /// hardhat-config: fuzz.runs = 64
    function testFuzz_EqualsTheModel(uint256 seed) public {
        for (uint256 step = 0; step < STEPS; step++) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint64 time = uint64(block.timestamp);
            seen.push(Seen(time, status, isInOrder()));
            vm.warp(time + 1 + ((seed >> 8) % 1 hours));
            uint256 choice = (seed >> 32) % 8;
            if (choice == 0) changeDepartment(seed >> 40);
            else if (choice == 1) succeed(seed >> 40);
            else if (choice < 4) anchor(seed >> 40);
            else if (choice < 7) changeState(seed >> 40);
            else take();
            requireTheModel();
        }
        requireThePast();
    }

    function changeDepartment(uint256 random) private {
        uint256 which = random % DEPARTMENTS;
        // Dissolved departments stay so: not every call may be one that dissolves.
        uint8 to = (random >> 8) % 4 == 0 ? 3 : uint8(1 + ((random >> 16) % 2));
        bool expected = status[which] != 3 && status[which] != to;
        try registry.setStatus(ids[which], IDepartmentRegistry.Status(to), REASON) {
            same("may become so", expected, true);
            status[which] = to;
        } catch {
            same("may not become so", expected, false);
        }
    }

    function succeed(uint256 random) private {
        uint256 gone = random % DEPARTMENTS;
        uint256 heir = (random >> 8) % DEPARTMENTS;
        bool official = (random >> 16) % 8 != 0;
        bool expected = official && status[gone] == 3 && status[heir] == 1;
        // Not even the department that would gain by it.
        if (!official) vm.prank(accounts[heir]);
        try registry.setSuccessor(ids[gone], ids[heir]) {
            same("may succeed", expected, true);
            successor[gone] = heir + 1;
        } catch {
            same("may not succeed", expected, false);
        }
    }

    /// @dev Only the active holder, never its successor: what it anchors is in scopes of its own.
    function anchor(uint256 random) private {
        uint256 which = random % SCOPES;
        uint256 who = (random >> 8) % 2 == 0 ? holders[which] : (random >> 16) % DEPARTMENTS;
        uint24 count = uint24(1 + ((random >> 24) % 3));
        vm.prank(accounts[who]);
        try anchorLog.anchor(scopes[which], next[which], count, ROOT, HashName.Keccak256) {
            same("the active holder", who == holders[which] && status[who] == 1, true);
            next[which] += count;
        } catch {
            same("not the active holder", who == holders[which] && status[who] == 1, false);
        }
    }

    /// @dev The active holder, or the active successor of the dissolved one: one step, not the successor's successor.
    function changeState(uint256 random) private {
        uint256 which = random % SCOPES;
        uint256 holder = holders[which];
        uint256 who = (random >> 8) % DEPARTMENTS;
        // Mostly somebody who may, or little would be changed.
        if ((random >> 12) % 3 == 0)
            who = status[holder] == 3 && successor[holder] != 0 ? successor[holder] - 1 : holder;
        uint40 number = uint40((random >> 16) % (next[which] + 2));
        uint8 to = uint8((random >> 32) % 9);
        uint8 from = states[which][number];
        bool expected =
            status[who] == 1 &&
                (who == holder || (status[holder] == 3 && successor[holder] == who + 1)) &&
                number < next[which] &&
                (TERMINAL >> from) & 1 == 0 &&
                from != to;
        vm.prank(accounts[who]);
        try recordStatus.changeRange(scopes[which], number, 1, IRecordStatus.State(to), REASON, 0) {
            same("entitled", expected, true);
            states[which][number] = to;
        } catch {
            same("not entitled", expected, false);
        }
    }

    /// @dev An agreement of a department that is gone gives no number, whoever succeeded it.
    function take() private {
        bool expected = isInOrder() && reserved < USES;
        vm.prank(CONSUMER_ACCOUNT);
        try agreements.reserve(id, 1) returns (uint32 first) {
            same("in order", expected, true);
            same("dense", first, reserved);
            reserved++;
        } catch {
            same("not in order", expected, false);
        }
    }

    /// @dev The parties are PROVIDER and CONSUMER.
    function isInOrder() private view returns (bool) {
        return status[0] == 1 && status[1] == 1;
    }

    function requireTheModel() private view {
        for (uint256 i = 0; i < DEPARTMENTS; i++) {
            IDepartmentRegistry.Department memory found = registry.department(ids[i]);
            same("status", uint8(found.status), status[i]);
            same("successor", found.successor, successor[i] == 0 ? Uscc.wrap(0) : ids[successor[i] - 1]);
            same("acts", registry.departmentOf(accounts[i]), status[i] == 1 ? ids[i] : Uscc.wrap(0));
        }
        for (uint256 i = 0; i < SCOPES; i++) {
            (Uscc holder, uint40 head, ) = anchorLog.head(scopes[i]);
            same("holder for ever", holder, ids[holders[i]]);
            same("next", head, next[i]);
            for (uint40 n = 0; n < next[i]; n++) {
                same("state", uint8(recordStatus.stateOf(scopes[i], n)), states[i][n]);
            }
        }
        same("in force", agreements.isInForceAt(id, uint64(block.timestamp)), isInOrder());
        same("reserved", agreements.agreement(id).reserved, reserved);
    }

    function requireThePast() private view {
        for (uint256 s = 0; s < seen.length; s++) {
            for (uint256 i = 0; i < DEPARTMENTS; i++) {
                same("status then", uint8(registry.statusAt(ids[i], seen[s].time)), seen[s].status[i]);
            }
            same("in force then", agreements.isInForceAt(id, seen[s].time), seen[s].inForce);
        }
    }

    function resourceOfOther() private returns (ResourceId found) {
        vm.prank(OTHER_ACCOUNT);
        (found, ) = catalogue.propose("third", "resource", someTerms());
        vm.prank(AUTHORITY_ACCOUNT);
        catalogue.review(found, 1, true, 0);
        vm.prank(OTHER_ACCOUNT);
        catalogue.publish(found, 1);
    }
}
