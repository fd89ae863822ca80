// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ISharingAgreements} from "../../../contracts/sharing/ISharingAgreements.sol";
import {AgreementId} from "../../../contracts/types/AgreementId.sol";
import {SharingFixture} from "./support/SharingFixture.sol";
import {vm} from "./support/Vm.sol";

/// @dev Deadlines under arbitrary calls, later profiles and changed calendars. Invariants 13 and 14 of invariants.md.
contract DeadlineModelTest is SharingFixture {
    uint256 private constant STEPS = 40;
    uint256 private constant DUTIES = 5;

    AgreementId private id;
    uint64 private replyDue;
    uint64 private supplyDue;
    bool private supplemented;
    uint32 private granted;
    uint64[DUTIES] private missed;
    uint32 private profiles = 1;

    /// hardhat-config: fuzz.runs = 64
    function testFuzz_DeadlinesMoveOnlyByGrantOrSupplement(uint256 seed) public {
        id = applied();
        replyDue = agreements.agreement(id).replyDue;
        for (uint256 step = 0; step < STEPS; step++) {
            seed = uint256(keccak256(abi.encode(seed)));
            vm.warp(block.timestamp + 1 + ((seed % 3 == 0) ? (seed >> 8) % 5 days : (seed >> 8) % 2 hours));
            act(uint8((seed >> 40) % 12), seed >> 64);
            requireTheModel();
        }
    }

    function act(uint8 choice, uint256 random) private {
        if (choice == 0) appendProfile(random);
        else if (choice == 1) changeCalendar(random);
        else if (choice < 4) requestExtension(random);
        else if (choice < 6) decideExtension(random % 2 == 0);
        else if (choice == 6) supplement(random);
        else if (choice < 11) recordMiss(ISharingAgreements.Duty(random % DUTIES));
        else if (random % 6 == 0) answer(random);
    }

    /// @dev A profile or a calendar that comes later moves nothing: the model stays as it is.
    function appendProfile(uint256 random) private {
        ISharingAgreements.Profile memory periods = agreements.profile(profiles);
        periods.replyConditional = uint16(1 + (random % 30));
        periods.replyUnconditional = uint16(1 + (random % 30));
        periods.supply = uint16(1 + ((random >> 16) % 30));
        periods.settlement = uint16(1 + ((random >> 32) % 30));
        periods.effectiveFrom = uint64(block.timestamp);
        if (agreements.profile(profiles).effectiveFrom > block.timestamp) return;
        profiles = agreements.appendProfile(periods);
    }

    function changeCalendar(uint256 random) private {
        (uint256 low, uint256 high, ) = calendar.calendarOf(2026);
        low ^= 1 << (30 + (random % 200));
        try calendar.setYear(2026, low, high, "changed") {} catch {}
    }

    function requestExtension(uint256 random) private {
        uint32 workingDays = uint32(random % 12);
        bool asker = (random >> 16) % 4 != 0;
        ISharingAgreements.Agreement memory before = agreements.agreement(id);
        bool expected =
            asker &&
                before.state == ISharingAgreements.State.Applied &&
                workingDays > 0 &&
                workingDays + granted <= 10 &&
                before.extensionRequested == 0 &&
                block.timestamp < replyDue;
        vm.prank(asker ? PROVIDER_ACCOUNT : CONSUMER_ACCOUNT);
        try agreements.requestExtension(id, workingDays, BASIS) {
            same("may ask", expected, true);
        } catch {
            same("may not ask", expected, false);
        }
    }

    function decideExtension(bool grant) private {
        ISharingAgreements.Agreement memory before = agreements.agreement(id);
        uint64 due =
            before.extensionRequested == 0 ? replyDue : calendar.dueAfter(replyDue - 1, before.extensionRequested);
        vm.prank(AUTHORITY_ACCOUNT);
        try agreements.decideExtension(id, grant) {
            same("was asked", before.extensionRequested > 0, true);
            if (!grant) return;
            replyDue = due;
            granted += before.extensionRequested;
        } catch {}
        // Nobody else can.
        vm.prank(PROVIDER_ACCOUNT);
        try agreements.decideExtension(id, true) {
            same("by the authority only", true, false);
        } catch {}
    }

    function supplement(uint256 random) private {
        bool late = block.timestamp >= replyDue;
        vm.prank(PROVIDER_ACCOUNT);
        try agreements.requestSupplement(id, BASIS) {
            same("asked once", supplemented, false);
            noteLate(late);
        } catch {}
        vm.prank(CONSUMER_ACCOUNT);
        try agreements.supplement(id, keccak256(abi.encode(random))) {
            same("once", supplemented, false);
            supplemented = true;
            replyDue = agreements.agreement(id).replyDue;
            same("from now on", replyDue > block.timestamp, true);
        } catch {}
    }

    function recordMiss(ISharingAgreements.Duty duty) private {
        uint256 index = uint256(duty);
        uint64 known = agreements.missedDeadline(id, duty);
        same("as recorded", known, missed[index]);
        vm.prank(NOBODY);
        try agreements.recordMissedDeadline(id, duty) {
            uint64 due = agreements.missedDeadline(id, duty);
            same("once for each deadline", due != known, true);
            same("it is over", block.timestamp >= due && due != 0, true);
            if (duty == ISharingAgreements.Duty.Reply) same("the deadline", due, replyDue);
            if (duty == ISharingAgreements.Duty.Supply) same("the deadline", due, supplyDue);
            missed[index] = due;
        } catch {}
    }

    /// @dev A late answer, a question included, records the miss itself.
    function answer(uint256 random) private {
        bool late = block.timestamp >= replyDue;
        vm.prank(PROVIDER_ACCOUNT);
        if (random % 2 == 0) {
            try agreements.agree(id) {
                supplyDue = agreements.agreement(id).supplyDue;
                noteLate(late);
            } catch {}
        } else {
            try agreements.refuse(id, BASIS) {
                noteLate(late);
            } catch {}
        }
    }

    function noteLate(bool late) private {
        if (late) missed[uint256(ISharingAgreements.Duty.Reply)] = replyDue;
    }

    function requireTheModel() private view {
        ISharingAgreements.Agreement memory found = agreements.agreement(id);
        same("reply", found.replyDue, replyDue);
        same("supply", found.supplyDue, supplyDue);
        same("granted", found.extensionDays, granted);
        for (uint256 duty = 1; duty < DUTIES; duty++) {
            same("missed", agreements.missedDeadline(id, ISharingAgreements.Duty(duty)), missed[duty]);
        }
    }
}
