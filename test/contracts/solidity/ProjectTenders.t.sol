// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IProjectLedger} from "../../../contracts/oversight/IProjectLedger.sol";
import {IProjectTypes} from "../../../contracts/oversight/IProjectTypes.sol";
import {ProjectFixture} from "./support/ProjectFixture.sol";
import {vm} from "./support/Vm.sol";

/// @dev From the announcement of a lot to its contract. Invariants 17 and 18 of invariants.md.
contract ProjectTendersTest is ProjectFixture {
    function setUp() public override {
        super.setUp();
        planned();
    }

    // ---------------------------------------------------------------- Announce

    function test_announce_OpensALot() public {
        same("number", announce(20, 5, (30 * MILLION) / 50), 1);
        IProjectTypes.Lot memory found = projects.lot(id, 1);
        same("state", uint8(found.state), uint8(IProjectTypes.LotState.Announced));
        same("deadline", found.deadline, START + 20 days);
        same("second", announce(21, 6, 0), 2);
        same("flags", flagCount(), 0);
    }

    /// @dev 招标投标法 art. 24, 招标投标法实施条例 art. 16 and 26: one less closes the gate.
    function test_announce_WhenAPeriodIsShortOrTheBondHigh() public {
        vm.expectRevert(closed(IProjectTypes.Rule.TenderPeriodShort, IProjectTypes.Law.BiddingLaw, 24, 19, 20));
        announce(19, 5, 0);
        vm.expectRevert(closed(IProjectTypes.Rule.SalePeriodShort, IProjectTypes.Law.BiddingRegulation, 16, 4, 5));
        announce(20, 4, 0);
        uint64 limit = (30 * MILLION) / 50;
        vm.expectRevert(
            closed(IProjectTypes.Rule.BidBondHigh, IProjectTypes.Law.BiddingRegulation, 26, limit + 1, limit)
        );
        announce(20, 5, limit + 1);
    }

    /// @dev Days are local: from 09:00 of a day to 00:00 of the twentieth day after is 20 days.
    function test_announce_CountsLocalDays() public {
        uint64 deadline = START - 9 hours + 20 days;
        vm.prank(OWNER_ACCOUNT);
        projects.announce(id, MILLION, START, START + 5 days, deadline, 0, doc(OWNER));
        vm.expectRevert(closed(IProjectTypes.Rule.TenderPeriodShort, IProjectTypes.Law.BiddingLaw, 24, 19, 20));
        vm.prank(OWNER_ACCOUNT);
        projects.announce(id, MILLION, START, START + 5 days, deadline - 1, 0, doc(OWNER));
    }

    function test_announce_WithoutARatifiedBudget_IsFlagged() public {
        vm.prank(APPROVER_ACCOUNT);
        id = projects.register("other", someBodies(), doc(APPROVER));
        expectFlag(IProjectTypes.Rule.StageSkipped, 0, IProjectTypes.Law.InvestmentRegulation, 9, 3, 5);
        announce(20, 5, 0);
    }

    /// @dev A time that 40 bits do not hold is not cut short: it would open the bids early.
    function test_announce_WhenATimeIsBeyondAllYears() public {
        uint64 far = uint64(type(uint40).max) + START;
        vm.expectRevert(abi.encodeWithSelector(IProjectLedger.TimeInFuture.selector, far));
        vm.prank(OWNER_ACCOUNT);
        projects.announce(id, MILLION, START, START + 5 days, far, 0, doc(OWNER));
    }

    function test_announce_OnlyTheOwner() public {
        vm.expectRevert(abi.encodeWithSelector(IProjectLedger.SenderNotEntitled.selector, PAYER_ACCOUNT, OWNER));
        vm.prank(PAYER_ACCOUNT);
        projects.announce(id, MILLION, START, START + 5 days, START + 20 days, 0, doc(PAYER));
    }

    // ----------------------------------------------------------------- Bidders

    /// @dev 招标投标法 art. 28.
    function test_openBids_NeedsThreeBidders() public {
        uint32 lot = announce(20, 5, 0);
        vm.warp(START + 20 days);
        vm.expectRevert(closed(IProjectTypes.Rule.TooFewBidders, IProjectTypes.Law.BiddingLaw, 28, 2, 3));
        openBids(lot, 2);
        vm.prank(OWNER_ACCOUNT);
        projects.failTender(id, lot, 2, doc(OWNER));
        same("state", uint8(projects.lot(id, lot).state), uint8(IProjectTypes.LotState.Failed));
        lot = announce(20, 5, 0);
        vm.warp(START + 40 days);
        openBids(lot, 3);
        same("bidders", projects.lot(id, lot).bidders, 3);
    }

    function test_openBids_NotBeforeTheDeadlineNorInTheFuture() public {
        uint32 lot = announce(20, 5, 0);
        vm.expectRevert(abi.encodeWithSelector(IProjectLedger.TimeOutOfOrder.selector, START, uint64(START + 20 days)));
        openBids(lot, 3);
        vm.expectRevert(abi.encodeWithSelector(IProjectLedger.TimeInFuture.selector, uint64(START + 20 days)));
        vm.prank(OWNER_ACCOUNT);
        projects.openBids(id, lot, 3, START + 20 days, doc(OWNER));
    }

    function test_failTender_NotWithEnoughBidders() public {
        uint32 lot = announce(20, 5, 0);
        vm.expectRevert(
            abi.encodeWithSelector(IProjectLedger.LotStateInvalid.selector, id, lot, IProjectTypes.LotState.Announced)
        );
        vm.prank(OWNER_ACCOUNT);
        projects.failTender(id, lot, 3, doc(OWNER));
    }

    function test_failTender_NotBeforeTheDeadline() public {
        uint32 lot = announce(20, 5, 0);
        uint64 deadline = projects.lot(id, lot).deadline;
        vm.warp(deadline - 1);
        vm.expectRevert(abi.encodeWithSelector(IProjectLedger.TimeOutOfOrder.selector, deadline - 1, deadline));
        vm.prank(OWNER_ACCOUNT);
        projects.failTender(id, lot, 2, doc(OWNER));
        vm.warp(deadline);
        vm.prank(OWNER_ACCOUNT);
        projects.failTender(id, lot, 2, doc(OWNER));
        same("state", uint8(projects.lot(id, lot).state), uint8(IProjectTypes.LotState.Failed));
    }

    // -------------------------------------------------------------- Candidates

    /// @dev 招标投标法实施条例 art. 54: for three days at least, within three days of the report.
    function test_publishCandidates() public {
        uint32 lot = announce(20, 5, 0);
        vm.warp(START + 20 days);
        openBids(lot, 3);
        uint64 reportAt = START + 20 days;
        vm.expectRevert(
            closed(IProjectTypes.Rule.CandidatesPublishedShort, IProjectTypes.Law.BiddingRegulation, 54, 2, 3)
        );
        publishCandidates(lot, reportAt, 2);
        vm.warp(START + 24 days);
        expectFlag(IProjectTypes.Rule.CandidatesPublishedLate, lot, IProjectTypes.Law.BiddingRegulation, 54, 4, 3);
        publishCandidates(lot, reportAt, 3);
    }

    function test_award_NotBeforeThePublicationIsOver() public {
        uint32 lot = announce(20, 5, 0);
        vm.warp(START + 20 days);
        openBids(lot, 3);
        publishCandidates(lot, START + 20 days, 3);
        vm.expectRevert(
            abi.encodeWithSelector(
                IProjectLedger.TimeOutOfOrder.selector,
                uint64(START + 20 days),
                uint64(START + 23 days)
            )
        );
        award(lot, CONTRACT);
    }

    // ---------------------------------------------------------------- Contract

    function test_sign_InTimeAndAsAwarded_RaisesNoFlag() public {
        uint32 lot = awardedLot(CONTRACT);
        vm.warp(block.timestamp + 30 days);
        sign(lot, CONTRACT);
        same("flags", flagCount(), 0);
        same("committed", projects.project(id).committed, CONTRACT);
        same("winner", projects.lot(id, lot).winner, STRANGER);
    }

    /// @dev 招标投标法 art. 46, 招标投标法实施条例 art. 57.
    function test_sign_LateAndAtAnotherAmount_IsFlagged() public {
        uint32 lot = awardedLot(CONTRACT);
        vm.warp(block.timestamp + 31 days);
        expectFlag(IProjectTypes.Rule.ContractLate, lot, IProjectTypes.Law.BiddingLaw, 46, 31, 30);
        expectFlag(
            IProjectTypes.Rule.ContractDiffersFromAward,
            lot,
            IProjectTypes.Law.BiddingRegulation,
            57,
            CONTRACT + 1,
            CONTRACT
        );
        sign(lot, CONTRACT + 1);
        same("flags", flagCount(), 2);
    }

    /// @dev 招标投标法实施条例 art. 58.
    function test_sign_WhenThePerformanceBondIsHigh() public {
        uint32 lot = awardedLot(CONTRACT);
        vm.expectRevert(
            closed(
                IProjectTypes.Rule.PerformanceBondHigh,
                IProjectTypes.Law.BiddingRegulation,
                58,
                CONTRACT / 10 + 1,
                CONTRACT / 10
            )
        );
        vm.prank(OWNER_ACCOUNT);
        projects.sign(id, lot, CONTRACT, CONTRACT / 10 + 1, uint64(block.timestamp), doc(OWNER));
    }

    /// @dev 政府投资条例 art. 23: the budget holds for all contracts together.
    function test_sign_BeyondTheBudget() public {
        contractedLot(CONTRACT);
        uint32 lot = awardedLot(12 * MILLION);
        vm.expectRevert(
            closed(
                IProjectTypes.Rule.TotalExceeded,
                IProjectTypes.Law.InvestmentRegulation,
                23,
                CONTRACT + 12 * MILLION,
                BUDGET
            )
        );
        sign(lot, 12 * MILLION);
    }

    function test_sign_OnlyAnAwardedLot() public {
        vm.expectRevert(abi.encodeWithSelector(IProjectLedger.LotUnknown.selector, id, 7));
        sign(7, CONTRACT);
        uint32 lot = contractedLot(CONTRACT);
        vm.expectRevert(
            abi.encodeWithSelector(IProjectLedger.LotStateInvalid.selector, id, lot, IProjectTypes.LotState.Contracted)
        );
        sign(lot, CONTRACT);
    }

    /// @dev 招标投标法 art. 47.
    function test_fileResult() public {
        uint32 lot = awardedLot(CONTRACT);
        vm.warp(block.timestamp + 16 days);
        expectFlag(IProjectTypes.Rule.ResultFiledLate, lot, IProjectTypes.Law.BiddingLaw, 47, 16, 15);
        fileResult(lot);
        vm.expectRevert(
            abi.encodeWithSelector(IProjectLedger.LotStateInvalid.selector, id, lot, IProjectTypes.LotState.Awarded)
        );
        fileResult(lot);
        lot = awardedLot(CONTRACT);
        vm.warp(block.timestamp + 15 days);
        fileResult(lot);
        same("flags", flagCount(), 1);
    }

    function fileResult(uint32 lot) private {
        vm.prank(OWNER_ACCOUNT);
        projects.fileResult(id, lot, uint64(block.timestamp), doc(OWNER));
    }
}
