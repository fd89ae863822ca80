// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDepartmentRegistry} from "../identity/IDepartmentRegistry.sol";
import {IAnchorLog} from "../ledger/IAnchorLog.sol";
import {Retirable} from "../ledger/Retirable.sol";
import {ProjectId} from "../types/ProjectId.sol";
import {Uscc} from "../types/Uscc.sol";
import {IProjectLedger} from "./IProjectLedger.sol";
import {ISealedBids} from "./ISealedBids.sol";
import {TenderNotices} from "./TenderNotices.sol";

/// @title SealedBids: the notices of tenders and their sealed bids
/// @notice Reads through: notices, rounds and bids, from the moment when the predecessor is retired to this contract. The first write about one of
/// its lots takes that lot's notices or round over, with their numbers.
contract SealedBids is TenderNotices, ISealedBids {
    /// @dev So that whoever sealed a bid can open it.
    uint64 private constant SHORTEST_OPENING = 1 hours;

    mapping(ProjectId id => mapping(uint32 lot => Round round)) private _rounds;
    mapping(ProjectId id => mapping(uint32 lot => mapping(uint32 number => Bid bid))) private _bids;
    /// @dev Written once.
    mapping(ProjectId id => mapping(uint32 lot => mapping(bytes32 commitment => uint32 number))) private _numbers;

    constructor(
        address authority_,
        address predecessor_,
        IDepartmentRegistry registry_,
        IAnchorLog anchorLog_,
        IProjectLedger projects_,
        TenderLimits memory limits_
    ) Retirable(authority_, predecessor_) TenderNotices(registry_, anchorLog_, projects_, limits_) {}

    /// @inheritdoc ISealedBids
    function announceRound(
        ProjectId id,
        uint32 lot,
        uint64 openUntil,
        Document calldata document
    ) external override whileActive {
        _requireInheritance();
        IProjectLedger.Lot memory tendered = PROJECTS.lot(id, lot);
        _requireOwner(id, document);
        require(tendered.state == LotState.Announced && _findRound(id, lot).deadline == 0, RoundNotPossible(id, lot));
        uint64 deadline = deadlineOf(id, lot);
        require(block.timestamp < deadline, TenderClosed(deadline));
        require(
            openUntil >= deadline + SHORTEST_OPENING && openUntil <= type(uint40).max,
            OpeningTooShort(deadline, openUntil)
        );

        Round storage announced = _rounds[id][lot];
        announced.deadline = uint40(deadline);
        announced.openUntil = uint40(openUntil);

        emit RoundAnnounced(id, lot, deadline, openUntil, document);
    }

    /// @inheritdoc ISealedBids
    function seal(ProjectId id, uint32 lot, bytes32 commitment) external override whileActive returns (uint32 number) {
        Round storage running = _take(id, lot);
        Uscc relay = REGISTRY.departmentOf(msg.sender);
        require(!relay.isZero(), SenderNotEntitled(msg.sender, relay));
        require(block.timestamp < running.deadline, TenderClosed(running.deadline));
        _requireRunning(id, lot);
        require(commitment != 0, CommitmentMissing());
        require(numberOf(id, lot, commitment) == 0, CommitmentKnown(commitment));

        number = ++running.sealedCount;
        _numbers[id][lot][commitment] = number;
        Bid storage sealed_ = _bids[id][lot][number];
        sealed_.commitment = commitment;
        sealed_.sealedAt = uint40(block.timestamp);
        sealed_.relay = relay;

        emit BidSealed(id, lot, number, commitment, relay);
    }

    /// @inheritdoc ISealedBids
    function open(
        ProjectId id,
        uint32 lot,
        uint32 number,
        Uscc bidder,
        uint64 amount,
        bytes32 document,
        bytes32 salt
    ) external override whileActive {
        Round storage running = _take(id, lot);
        require(block.timestamp >= running.deadline, OpenedTooEarly(running.deadline));
        require(block.timestamp < running.openUntil, OpenedTooLate(running.openUntil));
        _requireRunning(id, lot);
        Bid storage opened = _bids[id][lot][number];
        if (opened.commitment == 0 && _inherits()) _bids[id][lot][number] = _predecessor().bid(id, lot, number);
        require(opened.commitment != 0, BidUnknown(id, lot, number));
        require(opened.openedAt == 0, BidAlreadyOpened(id, lot, number));
        bytes32 commitment = commitmentOf(id, lot, bidder, amount, document, salt);
        require(commitment == opened.commitment, CommitmentDiffers(opened.commitment, commitment));

        running.openedCount++;
        opened.openedAt = uint40(block.timestamp);
        opened.bidder = bidder;
        opened.amount = amount;
        opened.document = document;

        emit BidOpened(id, lot, number, bidder, amount, document);
    }

    /// @inheritdoc ISealedBids
    function round(ProjectId id, uint32 lot) external view override returns (Round memory found) {
        found = _findRound(id, lot);
        require(found.deadline > 0, RoundUnknown(id, lot));
    }

    /// @inheritdoc ISealedBids
    function bid(ProjectId id, uint32 lot, uint32 number) external view override returns (Bid memory) {
        Bid storage found = _bids[id][lot][number];
        if (found.commitment == 0 && _inherits()) return _predecessor().bid(id, lot, number);
        require(found.commitment != 0, BidUnknown(id, lot, number));
        return found;
    }

    /// @inheritdoc ISealedBids
    function numberOf(ProjectId id, uint32 lot, bytes32 commitment) public view override returns (uint32) {
        uint32 number = _numbers[id][lot][commitment];
        return number == 0 && _inherits() ? _predecessor().numberOf(id, lot, commitment) : number;
    }

    /// @inheritdoc ISealedBids
    function commitmentOf(
        ProjectId id,
        uint32 lot,
        Uscc bidder,
        uint64 amount,
        bytes32 document,
        bytes32 salt
    ) public pure override returns (bytes32) {
        return keccak256(abi.encode("suyuan/sealed-bid/1", id, lot, bidder, amount, document, salt));
    }

    /// @inheritdoc TenderNotices
    function _moveRound(ProjectId id, uint32 lot, uint64 by) internal override {
        if (_findRound(id, lot).deadline == 0) return;
        Round storage moved = _take(id, lot);
        // Nobody hands in another bid once one can be read.
        require(
            moved.openedCount == 0 && moved.openUntil + by <= type(uint40).max,
            PostponementInvalid(moved.deadline, moved.deadline + by)
        );

        moved.deadline += uint40(by);
        moved.openUntil += uint40(by);
    }

    function _predecessor() private view returns (ISealedBids) {
        return ISealedBids(predecessor());
    }

    /// @dev Empty when there is none.
    function _findRound(ProjectId id, uint32 lot) private view returns (Round memory found) {
        found = _rounds[id][lot];
        if (found.deadline > 0 || !_inherits()) return found;
        try _predecessor().round(id, lot) returns (Round memory before) {
            found = before;
        } catch {}
    }

    /// @dev The round to write to, copied when only the predecessor knows it.
    function _take(ProjectId id, uint32 lot) private returns (Round storage taken) {
        taken = _rounds[id][lot];
        if (taken.deadline > 0) return taken;
        _requireInheritance();
        _rounds[id][lot] = _findRound(id, lot);
        require(taken.deadline > 0, RoundUnknown(id, lot));
    }
}
