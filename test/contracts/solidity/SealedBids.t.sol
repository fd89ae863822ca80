// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IProjectLedger} from "../../../contracts/oversight/IProjectLedger.sol";
import {ISealedBids} from "../../../contracts/oversight/ISealedBids.sol";
import {ITenderNotices} from "../../../contracts/oversight/ITenderNotices.sol";
import {Uscc} from "../../../contracts/types/Uscc.sol";
import {ProjectFixture} from "./support/ProjectFixture.sol";
import {vm} from "./support/Vm.sol";

/// @dev Bids sealed before the deadline and opened after it. Invariant 22 of invariants.md.
contract SealedBidsTest is ProjectFixture {
    uint64 private constant AMOUNT = 28 * MILLION;
    bytes32 private constant SALT = keccak256("salt");
    bytes32 private constant BID = keccak256("bid document");

    uint32 private lot;
    uint64 private deadline;
    uint64 private openUntil;

    function setUp() public override {
        super.setUp();
        planned();
        lot = announce(20, 5, 0);
        deadline = projects.lot(id, lot).deadline;
        openUntil = deadline + 1 days;
    }

    function announceRound(uint64 until) private {
        vm.prank(OWNER_ACCOUNT);
        bids.announceRound(id, lot, until, doc(OWNER));
    }

    function commitment() private view returns (bytes32) {
        return bids.commitmentOf(id, lot, STRANGER, AMOUNT, BID, SALT);
    }

    function seal(bytes32 sealed_) private returns (uint32) {
        vm.prank(PAYER_ACCOUNT);
        return bids.seal(id, lot, sealed_);
    }

    function open(uint32 number) private {
        vm.prank(NOBODY);
        bids.open(id, lot, number, STRANGER, AMOUNT, BID, SALT);
    }

    /// @dev Opening the first bid with these values.
    function refused(Uscc bidder, uint64 amount, bytes32 document, bytes32 salt) private {
        bytes32 opened = bids.commitmentOf(id, lot, bidder, amount, document, salt);
        bytes32 held = commitment();
        vm.expectRevert(abi.encodeWithSelector(ISealedBids.CommitmentDiffers.selector, held, opened));
        bids.open(id, lot, 1, bidder, amount, document, salt);
    }

    function test_TheWholeWay() public {
        vm.expectEmit(address(bids));
        emit ISealedBids.RoundAnnounced(id, lot, deadline, openUntil, doc(OWNER));
        announceRound(openUntil);
        vm.expectEmit(address(bids));
        emit ISealedBids.BidSealed(id, lot, 1, commitment(), PAYER);
        same("number", seal(commitment()), 1);
        ISealedBids.Bid memory hidden = bids.bid(id, lot, 1);
        same("amount is not there", hidden.amount, 0);
        same("nor the bidder", hidden.bidder, Uscc.wrap(0));
        vm.warp(deadline);
        vm.expectEmit(address(bids));
        emit ISealedBids.BidOpened(id, lot, 1, STRANGER, AMOUNT, BID);
        open(1);
        ISealedBids.Bid memory opened = bids.bid(id, lot, 1);
        same("amount", opened.amount, AMOUNT);
        same("bidder", opened.bidder, STRANGER);
        same("document", opened.document, BID);
        same("opened", opened.openedAt, deadline);
        ISealedBids.Round memory round = bids.round(id, lot);
        same("sealed count", round.sealedCount, 1);
        same("opened count", round.openedCount, 1);
    }

    function test_open_AnotherValue_IsRefused() public {
        announceRound(openUntil);
        seal(commitment());
        vm.warp(deadline);
        refused(STRANGER, AMOUNT - 1, BID, SALT);
        refused(OWNER, AMOUNT, BID, SALT);
        refused(STRANGER, AMOUNT, RECORD, SALT);
        refused(STRANGER, AMOUNT, BID, BID);
        same("nothing is opened", bids.round(id, lot).openedCount, 0);
    }

    function test_aCommitmentOfAnotherLot_DoesNotOpen() public {
        announceRound(openUntil);
        bytes32 elsewhere = bids.commitmentOf(id, lot + 1, STRANGER, AMOUNT, BID, SALT);
        seal(elsewhere);
        vm.warp(deadline);
        bytes32 here = commitment();
        vm.expectRevert(abi.encodeWithSelector(ISealedBids.CommitmentDiffers.selector, elsewhere, here));
        open(1);
    }

    function test_open_BeforeTheDeadline_IsRefused() public {
        announceRound(openUntil);
        seal(commitment());
        vm.warp(deadline - 1);
        vm.expectRevert(abi.encodeWithSelector(ISealedBids.OpenedTooEarly.selector, deadline));
        open(1);
    }

    function test_open_Late_IsRefused_AndTheBidStaysClosed() public {
        announceRound(openUntil);
        seal(commitment());
        seal(bids.commitmentOf(id, lot, STRANGER, AMOUNT, BID, BID));
        vm.warp(openUntil - 1);
        open(1);
        vm.warp(openUntil);
        vm.expectRevert(abi.encodeWithSelector(ISealedBids.OpenedTooLate.selector, openUntil));
        bids.open(id, lot, 2, STRANGER, AMOUNT, BID, BID);
        same("sealed count", bids.round(id, lot).sealedCount, 2);
        same("opened count", bids.round(id, lot).openedCount, 1);
        same("no amount", bids.bid(id, lot, 2).amount, 0);
    }

    function test_open_Twice_IsRefused() public {
        announceRound(openUntil);
        seal(commitment());
        vm.warp(deadline);
        open(1);
        vm.expectRevert(abi.encodeWithSelector(ISealedBids.BidAlreadyOpened.selector, id, lot, 1));
        open(1);
        vm.expectRevert(abi.encodeWithSelector(ISealedBids.BidUnknown.selector, id, lot, 2));
        open(2);
    }

    function test_seal_AtTheDeadline_IsRefused() public {
        announceRound(openUntil);
        vm.warp(deadline - 1);
        seal(commitment());
        vm.warp(deadline);
        vm.expectRevert(abi.encodeWithSelector(ISealedBids.TenderClosed.selector, deadline));
        seal(keccak256("late"));
    }

    function test_seal_WhatIsEmptyKnownOrFromNobody_IsRefused() public {
        vm.expectRevert(abi.encodeWithSelector(ISealedBids.RoundUnknown.selector, id, lot));
        seal(keccak256("before the round"));
        announceRound(openUntil);
        bytes32 sealed_ = commitment();
        seal(sealed_);
        vm.expectRevert(abi.encodeWithSelector(ISealedBids.CommitmentKnown.selector, sealed_));
        seal(sealed_);
        vm.expectRevert(abi.encodeWithSelector(ISealedBids.CommitmentMissing.selector));
        seal(0);
        vm.expectRevert(abi.encodeWithSelector(ITenderNotices.SenderNotEntitled.selector, NOBODY, Uscc.wrap(0)));
        vm.prank(NOBODY);
        bids.seal(id, lot, keccak256("nobody"));
    }

    function test_announceRound_OnlyByTheOwner_OnceAndInTime() public {
        vm.expectRevert(abi.encodeWithSelector(ITenderNotices.SenderNotEntitled.selector, PAYER_ACCOUNT, OWNER));
        vm.prank(PAYER_ACCOUNT);
        bids.announceRound(id, lot, openUntil, doc(PAYER));
        vm.expectRevert(
            abi.encodeWithSelector(ITenderNotices.DocumentNotAnchored.selector, doc(PAYER).scope, ANCHORED - 1)
        );
        vm.prank(OWNER_ACCOUNT);
        bids.announceRound(id, lot, openUntil, doc(PAYER));
        vm.expectRevert(abi.encodeWithSelector(ISealedBids.OpeningTooShort.selector, deadline, deadline + 1 hours - 1));
        announceRound(deadline + 1 hours - 1);
        announceRound(deadline + 1 hours);
        vm.expectRevert(abi.encodeWithSelector(ISealedBids.RoundNotPossible.selector, id, lot));
        announceRound(openUntil);
        vm.expectRevert(abi.encodeWithSelector(IProjectLedger.LotUnknown.selector, id, lot + 1));
        vm.prank(OWNER_ACCOUNT);
        bids.announceRound(id, lot + 1, openUntil, doc(OWNER));
        lot = announce(20, 5, 0);
        uint64 over = projects.lot(id, lot).deadline;
        vm.warp(over);
        vm.expectRevert(abi.encodeWithSelector(ISealedBids.TenderClosed.selector, over));
        announceRound(over + 1 days);
        openBids(lot, 3);
        vm.expectRevert(abi.encodeWithSelector(ISealedBids.RoundNotPossible.selector, id, lot));
        announceRound(over + 1 days);
    }

    /// @dev Whatever is tried, only what was sealed opens.
    function testFuzz_OnlyWhatWasSealedOpens(Uscc bidder, uint64 amount, bytes32 document, bytes32 salt) public {
        announceRound(openUntil);
        seal(commitment());
        vm.warp(deadline);
        bool isIt = bidder == STRANGER && amount == AMOUNT && document == BID && salt == SALT;
        try bids.open(id, lot, 1, bidder, amount, document, salt) {
            same("it was sealed", isIt, true);
        } catch {
            same("it was not", isIt, false);
        }
    }
}
