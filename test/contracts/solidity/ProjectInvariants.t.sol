// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IProjectTypes} from "../../../contracts/oversight/IProjectTypes.sol";
import {ProjectFixture} from "./support/ProjectFixture.sol";
import {vm} from "./support/Vm.sol";

/// @dev Arbitrary sequences of everybody's calls about one project. Invariants 16, 17 and 18 of invariants.md.
contract ProjectInvariantsTest is ProjectFixture {
    uint256 private constant STEPS = 60;

    uint32 private flags;
    uint16 private reached;
    uint64 private paid;

    /// hardhat-config: fuzz.runs = 48
    function testFuzz_Invariants(uint256 seed) public {
        planned();
        contractedLot(CONTRACT);
        for (uint256 step = 0; step < STEPS; step++) {
            seed = uint256(keccak256(abi.encode(seed)));
            vm.warp(block.timestamp + 1 + (seed % 3 days));
            act(uint8(seed >> 16) % 14, seed >> 32);
            requireInvariants();
        }
    }

    /// @dev A call that is refused is part of the game.
    function act(uint8 choice, uint256 random) private {
        uint64 time = uint64(block.timestamp);
        uint64 amount = uint64(random % (9 * MILLION));
        uint32 lot = uint32(random % (projects.project(id).lots + 1)) + 1;
        if (choice >= 10) return payOrApprove(choice, random, amount, lot);
        vm.prank(OWNER_ACCOUNT);
        if (choice == 0) {
            try projects.announce(id, 1 + amount, time, time + 5 days, time + 20 days, 0, doc(OWNER)) {} catch {}
        } else if (choice == 1) {
            try projects.openBids(id, lot, uint16(random % 6), time, doc(OWNER)) {} catch {}
        } else if (choice == 2) {
            try projects.publishCandidates(id, lot, time, time, time + 3 days, doc(OWNER)) {} catch {}
        } else if (choice == 3) {
            try projects.award(id, lot, STRANGER, amount, time, doc(OWNER)) {} catch {}
        } else if (choice == 4) {
            try projects.sign(id, lot, amount, 0, time, doc(OWNER)) {} catch {}
        } else if (choice == 5) {
            try projects.start(id, time, time + 90 days, PERMIT, doc(OWNER)) {} catch {}
        } else if (choice == 6) {
            try projects.reportProgress(id, lot, uint16(random % 10_001), time, doc(OWNER)) {} catch {}
        } else if (choice == 7) {
            int64 delta = int64(amount) - int64(4 * MILLION);
            try projects.proposeChange(id, lot, IProjectTypes.ChangeKind(random % 5), delta, doc(OWNER)) {} catch {}
        } else if (choice == 8) {
            try projects.applyChange(id, uint32(random % (projects.project(id).changes + 1)) + 1) {} catch {}
        } else {
            try projects.accept(id, time, doc(OWNER)) {} catch {}
        }
    }

    function payOrApprove(uint8 choice, uint256 random, uint64 amount, uint32 lot) private {
        if (choice == 10 || choice == 11) {
            vm.prank(PAYER_ACCOUNT);
            if (choice == 10) try projects.pay(id, lot, amount, doc(PAYER)) {} catch {}
            else try projects.settle(id, amount * 5, doc(PAYER)) {} catch {}
            return;
        }
        uint32 change = uint32(random % (projects.project(id).changes + 1)) + 1;
        vm.prank(APPROVER_ACCOUNT);
        if (choice == 12) try projects.decideChange(id, change, random % 2 == 0, doc(APPROVER)) {} catch {}
        else try projects.reratify(id, BUDGET - 2 * MILLION + amount, doc(APPROVER), RECORD) {} catch {}
    }

    function requireInvariants() private {
        IProjectTypes.Project memory found = projects.project(id);
        uint256 committed;
        uint256 paidOut;
        for (uint32 i = 1; i <= found.lots; i++) {
            IProjectTypes.Lot memory lot = projects.lot(id, i);
            committed += lot.value;
            paidOut += lot.paid;
            require(lot.state == IProjectTypes.LotState.Contracted || lot.value == 0, "value without contract");
        }
        same("committed is the sum of the contracts", committed, found.committed);
        same("paid is the sum of the lots", paidOut, found.paid);
        require(found.committed <= found.budget, "committed above the budget");
        require(found.paid <= found.budget, "paid above the budget");
        require(found.finalAccount <= found.budget || found.reached & (1 << 10) != 0, "final account above the budget");
        require(found.flags >= flags && found.reached & reached == reached && found.paid >= paid, "history shrank");
        (flags, reached, paid) = (found.flags, found.reached, found.paid);
    }
}
