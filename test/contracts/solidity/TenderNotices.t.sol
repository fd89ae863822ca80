// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IProjectTypes} from "../../../contracts/oversight/IProjectTypes.sol";
import {ISealedBids} from "../../../contracts/oversight/ISealedBids.sol";
import {ITenderNotices} from "../../../contracts/oversight/ITenderNotices.sol";
import {SealedBids} from "../../../contracts/oversight/SealedBids.sol";
import {Uscc} from "../../../contracts/types/Uscc.sol";
import {ProjectFixture} from "./support/ProjectFixture.sol";
import {vm} from "./support/Vm.sol";

/// @dev Notices of a tender to all at once, and their gates: 招标投标法 art. 23, 实施条例 arts. 22 and 57. Invariant 24 of invariants.md.
contract TenderNoticesTest is ProjectFixture {
    uint32 private lot;
    uint64 private deadline;

    function setUp() public override {
        super.setUp();
        planned();
        lot = announce(30, 5, 0);
        deadline = projects.lot(id, lot).deadline;
    }

    // ----------------------------------------------------------- Clarification

    function test_clarify_FifteenDaysBefore() public {
        vm.warp(deadline - 15 days);
        expectNotice(ITenderNotices.NoticeKind.Clarification, 1, 0, 15, 15, OWNER);
        same("number", clarify(), 1);
        ITenderNotices.Notice memory told = bids.notice(id, lot, 1);
        same("kind", uint8(told.kind), uint8(ITenderNotices.NoticeKind.Clarification));
        same("given", told.givenAt, deadline - 15 days);
        same("by", told.by, OWNER);
        same("record", told.document.record, RECORD);
    }

    function test_clarify_FourteenDaysBefore_IsRefused_UntilThePostponement() public {
        vm.warp(deadline - 14 days);
        vm.expectRevert(closed(IProjectTypes.Rule.ClarificationLate, IProjectTypes.Law.BiddingLaw, 23, 14, 15));
        clarify();
        postpone(deadline + 1 days);
        same("number", clarify(), 2);
    }

    function test_clarify_OnlyByTheOwner_OfAnAnnouncedLot() public {
        vm.expectRevert(abi.encodeWithSelector(ITenderNotices.SenderNotEntitled.selector, PAYER_ACCOUNT, OWNER));
        vm.prank(PAYER_ACCOUNT);
        bids.clarify(id, lot, doc(PAYER));
        vm.expectRevert(
            abi.encodeWithSelector(ITenderNotices.DocumentNotAnchored.selector, doc(PAYER).scope, ANCHORED - 1)
        );
        vm.prank(OWNER_ACCOUNT);
        bids.clarify(id, lot, doc(PAYER));
        vm.warp(deadline);
        openBids(lot, 3);
        vm.expectRevert(notPossible(IProjectTypes.LotState.Opened));
        clarify();
    }

    // --------------------------------------------------------------- Objection

    function test_raiseObjection_TenDaysBefore_StopsTheTenderUntilAnswered() public {
        announceRound();
        vm.warp(deadline - 10 days);
        expectNotice(ITenderNotices.NoticeKind.Objection, 1, 0, 10, 10, PAYER);
        same("number", object(), 1);
        bytes memory resting = closed(IProjectTypes.Rule.ObjectionOpen, IProjectTypes.Law.BiddingRegulation, 22, 1, 0);
        vm.expectRevert(resting);
        seal("rests");
        vm.warp(block.timestamp + 3 days);
        expectNotice(ITenderNotices.NoticeKind.Answer, 2, 1, 3, 3, OWNER);
        same("answer", answer(1), 2);
        same("objection's answer", bids.notice(id, lot, 1).about, 2);
        same("answer's objection", bids.notice(id, lot, 2).about, 1);
        same("sealed", seal("goes on"), 1);
    }

    function test_raiseObjection_NineDaysBefore_IsRefused() public {
        vm.warp(deadline - 9 days);
        vm.expectRevert(closed(IProjectTypes.Rule.ObjectionLate, IProjectTypes.Law.BiddingRegulation, 22, 9, 10));
        object();
        same("none is open", bids.tender(id, lot).openObjections, 0);
    }

    function test_raiseObjection_ByNobody_IsRefused() public {
        vm.expectRevert(abi.encodeWithSelector(ITenderNotices.SenderNotEntitled.selector, NOBODY, Uscc.wrap(0)));
        vm.prank(NOBODY);
        bids.raiseObjection(id, lot, doc(PAYER));
        vm.expectRevert(
            abi.encodeWithSelector(ITenderNotices.DocumentNotAnchored.selector, doc(OWNER).scope, ANCHORED - 1)
        );
        vm.prank(PAYER_ACCOUNT);
        bids.raiseObjection(id, lot, doc(OWNER));
    }

    function test_answerObjection_Late_IsToldWithTheDays() public {
        object();
        vm.warp(block.timestamp + 4 days);
        expectNotice(ITenderNotices.NoticeKind.Answer, 2, 1, 4, 3, OWNER);
        answer(1);
    }

    function test_answerObjection_OnceAndOnlyOfAnObjection() public {
        object();
        vm.expectRevert(abi.encodeWithSelector(ITenderNotices.SenderNotEntitled.selector, PAYER_ACCOUNT, OWNER));
        vm.prank(PAYER_ACCOUNT);
        bids.answerObjection(id, lot, 1, doc(PAYER));
        answer(1);
        vm.expectRevert(abi.encodeWithSelector(ITenderNotices.ObjectionNotOpen.selector, id, lot, 1));
        answer(1);
        vm.expectRevert(abi.encodeWithSelector(ITenderNotices.ObjectionNotOpen.selector, id, lot, 2));
        answer(2);
        vm.expectRevert(abi.encodeWithSelector(ITenderNotices.ObjectionNotOpen.selector, id, lot, 9));
        answer(9);
    }

    function test_aTenderRests_WhileAnyObjectionIsOpen() public {
        announceRound();
        bytes32 commitment = bids.commitmentOf(id, lot, STRANGER, MILLION, RECORD, RECORD);
        vm.prank(PAYER_ACCOUNT);
        bids.seal(id, lot, commitment);
        object();
        object();
        answer(1);
        vm.warp(deadline);
        vm.expectRevert(closed(IProjectTypes.Rule.ObjectionOpen, IProjectTypes.Law.BiddingRegulation, 22, 1, 0));
        bids.open(id, lot, 1, STRANGER, MILLION, RECORD, RECORD);
        answer(2);
        same("resumed", bids.tender(id, lot).resumedAt, deadline);
        bids.open(id, lot, 1, STRANGER, MILLION, RECORD, RECORD);
    }

    // ------------------------------------------------------------ Postponement

    function test_postpone_MovesTheRoundWithIt() public {
        announceRound();
        expectNotice(ITenderNotices.NoticeKind.Postponement, 1, 0, deadline + 5 days, deadline, OWNER);
        postpone(deadline + 5 days);
        same("deadline", bids.deadlineOf(id, lot), deadline + 5 days);
        same("of the round", bids.round(id, lot).deadline, deadline + 5 days);
        same("to open", bids.round(id, lot).openUntil, deadline + 6 days);
        vm.warp(deadline + 5 days - 1);
        seal("in time");
    }

    function test_postpone_BeforeTheRoundIsAnnounced_CountsForIt() public {
        postpone(deadline + 1 days);
        announceRound();
        same("of the round", bids.round(id, lot).deadline, deadline + 1 days);
    }

    function test_postpone_BackwardsOrOnceOver_IsRefused() public {
        vm.expectRevert(postponement(deadline, deadline));
        postpone(deadline);
        vm.warp(deadline - 1);
        postpone(deadline + 1);
        vm.warp(deadline + 1);
        vm.expectRevert(postponement(deadline + 1, deadline + 1 days));
        postpone(deadline + 1 days);
    }

    function test_postpone_WhereAnObjectionKeptItAtRestOverTheDeadline() public {
        announceRound();
        object();
        vm.warp(deadline + 1 hours);
        postpone(deadline + 2 days);
        answer(1);
        seal("another chance");
        vm.warp(deadline + 2 days);
        vm.expectRevert(postponement(deadline + 2 days, deadline + 4 days));
        postpone(deadline + 4 days);
    }

    function test_postpone_OnceABidIsOpened_IsRefused() public {
        announceRound();
        bytes32 commitment = bids.commitmentOf(id, lot, STRANGER, MILLION, RECORD, RECORD);
        vm.prank(PAYER_ACCOUNT);
        bids.seal(id, lot, commitment);
        object();
        vm.warp(deadline);
        answer(1);
        bids.open(id, lot, 1, STRANGER, MILLION, RECORD, RECORD);
        vm.expectRevert(postponement(deadline, deadline + 1 days));
        postpone(deadline + 1 days);
    }

    // ------------------------------------------------------------ Return of bonds

    function test_returnBonds_InTimeAndLate_WithTheDays() public {
        uint32 first = contractedLot(CONTRACT);
        uint64 signedAt = projects.lot(id, first).signedAt;
        uint32 second = contractedLot(MILLION);
        lot = first;
        expectNotice(ITenderNotices.NoticeKind.BondReturn, 1, 0, 5, 5, OWNER);
        returnBonds(signedAt + 5 days);
        same("returned", bids.tender(id, lot).bondsReturnedAt, signedAt + 5 days);
        lot = second;
        signedAt = projects.lot(id, lot).signedAt;
        vm.warp(signedAt + 6 days);
        expectNotice(ITenderNotices.NoticeKind.BondReturn, 1, 0, 6, 5, OWNER);
        returnBonds(signedAt + 6 days);
    }

    function test_returnBonds_BeforeTheContractTwiceOrAhead_IsRefused() public {
        vm.expectRevert(notPossible(IProjectTypes.LotState.Announced));
        returnBonds(uint64(block.timestamp));
        lot = contractedLot(CONTRACT);
        uint64 signedAt = projects.lot(id, lot).signedAt;
        vm.expectRevert(abi.encodeWithSelector(ITenderNotices.ReturnTimeInvalid.selector, signedAt - 1, signedAt));
        returnBonds(signedAt - 1);
        vm.expectRevert(abi.encodeWithSelector(ITenderNotices.ReturnTimeInvalid.selector, signedAt + 1, signedAt));
        returnBonds(signedAt + 1);
        returnBonds(signedAt);
        vm.expectRevert(notPossible(IProjectTypes.LotState.Contracted));
        returnBonds(signedAt);
    }

    // ----------------------------------------------------------------- Limits

    function test_appendTenderLimits_OnlyTheAuthority_AndFromItsDayOn() public {
        ITenderNotices.TenderLimits memory next = someLimits();
        next.clarificationDays = 20;
        next.effectiveFrom = uint64(block.timestamp + 1 days);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, OWNER_ACCOUNT));
        vm.prank(OWNER_ACCOUNT);
        bids.appendTenderLimits(next);
        same("version", bids.appendTenderLimits(next), 2);
        same("count", bids.tenderLimitsCount(), 2);
        same("then", bids.tenderLimits(2).clarificationDays, 20);
        vm.warp(deadline - 18 days);
        vm.expectRevert(closed(IProjectTypes.Rule.ClarificationLate, IProjectTypes.Law.BiddingLaw, 23, 18, 20));
        clarify();
        vm.warp(deadline - 30 days);
        clarify();
    }

    function test_appendTenderLimits_OfThePastOrWithoutDigest_IsRefused() public {
        ITenderNotices.TenderLimits memory next = someLimits();
        next.effectiveFrom = uint64(block.timestamp - 1);
        vm.expectRevert(abi.encodeWithSelector(ITenderNotices.TenderLimitsInvalid.selector));
        bids.appendTenderLimits(next);
        next.effectiveFrom = uint64(block.timestamp);
        next.digest = 0;
        vm.expectRevert(abi.encodeWithSelector(ITenderNotices.TenderLimitsInvalid.selector));
        bids.appendTenderLimits(next);
        vm.expectRevert(abi.encodeWithSelector(ITenderNotices.TenderLimitsUnknown.selector, 2));
        bids.tenderLimits(2);
    }

    // -------------------------------------------------------------- Succession

    function test_ASuccessor_GoesOnWithNumbersObjectionsAndDeadline() public {
        announceRound();
        clarify();
        postpone(deadline + 2 days);
        object();
        SealedBids before = bids;
        bids = new SealedBids(address(manager), address(before), registry, anchorLog, projects, someLimits());
        same("not yet", bids.tender(id, lot).notices, 0);
        before.retire(address(bids));
        same("notices", bids.tender(id, lot).notices, 3);
        same("deadline", bids.deadlineOf(id, lot), deadline + 2 days);
        same("a notice", bids.notice(id, lot, 1).by, OWNER);
        vm.expectRevert(abi.encodeWithSelector(ITenderNotices.NoticeUnknown.selector, id, lot, 4));
        bids.notice(id, lot, 4);
        vm.expectRevert(closed(IProjectTypes.Rule.ObjectionOpen, IProjectTypes.Law.BiddingRegulation, 22, 1, 0));
        seal("rests here too");
        same("answer", answer(3), 4);
        same("objection", bids.notice(id, lot, 3).about, 4);
        same("there it is open", before.notice(id, lot, 3).about, 0);
        seal("goes on");
        same("sealed", bids.round(id, lot).sealedCount, 1);
    }

    // ------------------------------------------------------------------ Steps

    function announceRound() private {
        uint64 openUntil = bids.deadlineOf(id, lot) + 1 days;
        vm.prank(OWNER_ACCOUNT);
        bids.announceRound(id, lot, openUntil, doc(OWNER));
    }

    function clarify() private returns (uint32) {
        vm.prank(OWNER_ACCOUNT);
        return bids.clarify(id, lot, doc(OWNER));
    }

    function object() private returns (uint32) {
        vm.prank(PAYER_ACCOUNT);
        return bids.raiseObjection(id, lot, doc(PAYER));
    }

    function answer(uint32 objection) private returns (uint32) {
        vm.prank(OWNER_ACCOUNT);
        return bids.answerObjection(id, lot, objection, doc(OWNER));
    }

    function postpone(uint64 until) private {
        vm.prank(OWNER_ACCOUNT);
        bids.postpone(id, lot, until, doc(OWNER));
    }

    function returnBonds(uint64 at_) private {
        vm.prank(OWNER_ACCOUNT);
        bids.returnBonds(id, lot, at_, doc(OWNER));
    }

    function seal(string memory what) private returns (uint32) {
        vm.prank(PAYER_ACCOUNT);
        return bids.seal(id, lot, keccak256(bytes(what)));
    }

    function expectNotice(
        ITenderNotices.NoticeKind kind,
        uint32 number,
        uint32 about,
        uint64 actual,
        uint64 limit,
        Uscc by
    ) private {
        vm.expectEmit(address(bids));
        emit ITenderNotices.NoticeGiven(id, lot, kind, number, about, actual, limit, doc(by));
    }

    function notPossible(IProjectTypes.LotState state) private view returns (bytes memory) {
        return abi.encodeWithSelector(ITenderNotices.NoticeNotPossible.selector, id, lot, state);
    }

    function postponement(uint64 before, uint64 later) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ITenderNotices.PostponementInvalid.selector, before, later);
    }
}
