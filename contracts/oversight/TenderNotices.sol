// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDepartmentRegistry} from "../identity/IDepartmentRegistry.sol";
import {Continuing} from "../ledger/Continuing.sol";
import {IAnchorLog} from "../ledger/IAnchorLog.sol";
import {LocalDays} from "../libraries/LocalDays.sol";
import {ProjectId} from "../types/ProjectId.sol";
import {Uscc} from "../types/Uscc.sol";
import {IProjectLedger} from "./IProjectLedger.sol";
import {ITenderNotices} from "./ITenderNotices.sol";

/// @title TenderNotices: notices of a lot to all bidders at once, and the gates that belong to them
abstract contract TenderNotices is Continuing, ITenderNotices {
    IDepartmentRegistry internal immutable REGISTRY;
    IProjectLedger internal immutable PROJECTS;
    IAnchorLog private immutable ANCHOR_LOG;

    /// @dev Appended to only. Invariant: `effectiveFrom` never decreases; the first is in effect since the deployment.
    TenderLimits[] private _limits;
    mapping(ProjectId id => mapping(uint32 lot => Tender tender)) private _tenders;
    mapping(ProjectId id => mapping(uint32 lot => mapping(uint32 number => Notice notice))) private _notices;

    constructor(
        IDepartmentRegistry registry_,
        IAnchorLog anchorLog_,
        IProjectLedger projects_,
        TenderLimits memory first
    ) {
        REGISTRY = registry_;
        ANCHOR_LOG = anchorLog_;
        PROJECTS = projects_;
        first.effectiveFrom = uint64(block.timestamp);
        _append(first);
    }

    // ------------------------------------------------------------------ Limits

    /// @inheritdoc ITenderNotices
    function appendTenderLimits(
        TenderLimits calldata limits
    ) external override restricted whileActive returns (uint32 version) {
        require(
            limits.effectiveFrom >= block.timestamp &&
                limits.effectiveFrom >= _limits[_limits.length - 1].effectiveFrom,
            TenderLimitsInvalid()
        );

        return _append(limits);
    }

    /// @inheritdoc ITenderNotices
    function tenderLimits(uint32 version) external view override returns (TenderLimits memory) {
        require(version > 0 && version <= _limits.length, TenderLimitsUnknown(version));
        return _limits[version - 1];
    }

    /// @inheritdoc ITenderNotices
    function tenderLimitsCount() external view override returns (uint32) {
        return uint32(_limits.length);
    }

    // ----------------------------------------------------------------- Notices

    /// @inheritdoc ITenderNotices
    function clarify(
        ProjectId id,
        uint32 lot,
        Document calldata document
    ) external override whileActive returns (uint32 number) {
        _requireOwner(id, document);
        _requireLot(id, lot, LotState.Announced);
        uint64 left = _daysBetween(uint64(block.timestamp), deadlineOf(id, lot));
        uint64 limit = _currentLimits().clarificationDays;
        _gate(id, left >= limit, Rule.ClarificationLate, left, limit);

        number = _give(id, lot, NoticeKind.Clarification, 0, document);

        emit NoticeGiven(id, lot, NoticeKind.Clarification, number, 0, left, limit, document);
    }

    /// @inheritdoc ITenderNotices
    function raiseObjection(
        ProjectId id,
        uint32 lot,
        Document calldata document
    ) external override whileActive returns (uint32 number) {
        Uscc by = REGISTRY.departmentOf(msg.sender);
        require(!by.isZero(), SenderNotEntitled(msg.sender, by));
        _requireAnchored(by, document);
        _requireLot(id, lot, LotState.Announced);
        uint64 left = _daysBetween(uint64(block.timestamp), deadlineOf(id, lot));
        uint64 limit = _currentLimits().objectionDays;
        _gate(id, left >= limit, Rule.ObjectionLate, left, limit);

        number = _give(id, lot, NoticeKind.Objection, 0, document);
        _tenders[id][lot].openObjections++;

        emit NoticeGiven(id, lot, NoticeKind.Objection, number, 0, left, limit, document);
    }

    /// @inheritdoc ITenderNotices
    function answerObjection(
        ProjectId id,
        uint32 lot,
        uint32 objection,
        Document calldata document
    ) external override whileActive returns (uint32 number) {
        _requireOwner(id, document);
        Notice memory answered = _find(id, lot, objection);
        require(answered.kind == NoticeKind.Objection && answered.about == 0, ObjectionNotOpen(id, lot, objection));

        number = _give(id, lot, NoticeKind.Answer, objection, document);
        answered.about = number;
        _notices[id][lot][objection] = answered;
        Tender storage resting = _tenders[id][lot];
        if (--resting.openObjections == 0) resting.resumedAt = uint40(block.timestamp);
        uint64 taken = _daysBetween(answered.givenAt, uint64(block.timestamp));
        uint64 limit = _currentLimits().objectionAnswerDays;

        emit NoticeGiven(id, lot, NoticeKind.Answer, number, objection, taken, limit, document);
    }

    /// @inheritdoc ITenderNotices
    function postpone(
        ProjectId id,
        uint32 lot,
        uint64 deadline,
        Document calldata document
    ) external override whileActive returns (uint32 number) {
        _requireOwner(id, document);
        _requireLot(id, lot, LotState.Announced);
        uint64 before = deadlineOf(id, lot);
        Tender memory told = tender(id, lot);
        bool isAhead = block.timestamp < before || told.openObjections > 0 || told.resumedAt >= before;
        require(
            isAhead && deadline > before && deadline > block.timestamp && deadline <= type(uint40).max,
            PostponementInvalid(before, deadline)
        );

        number = _give(id, lot, NoticeKind.Postponement, 0, document);
        _tenders[id][lot].deadline = uint40(deadline);
        _moveRound(id, lot, deadline - before);

        emit NoticeGiven(id, lot, NoticeKind.Postponement, number, 0, deadline, before, document);
    }

    /// @inheritdoc ITenderNotices
    function returnBonds(
        ProjectId id,
        uint32 lot,
        uint64 returnedAt,
        Document calldata document
    ) external override whileActive returns (uint32 number) {
        _requireOwner(id, document);
        uint64 signedAt = _requireLot(id, lot, LotState.Contracted).signedAt;
        require(tender(id, lot).bondsReturnedAt == 0, NoticeNotPossible(id, lot, LotState.Contracted));
        require(returnedAt >= signedAt && returnedAt <= block.timestamp, ReturnTimeInvalid(returnedAt, signedAt));

        number = _give(id, lot, NoticeKind.BondReturn, 0, document);
        _tenders[id][lot].bondsReturnedAt = uint40(returnedAt);
        uint64 taken = _daysBetween(signedAt, returnedAt);
        uint64 limit = _currentLimits().bondReturnDays;

        emit NoticeGiven(id, lot, NoticeKind.BondReturn, number, 0, taken, limit, document);
    }

    // ----------------------------------------------------------------- Reading

    /// @inheritdoc ITenderNotices
    function tender(ProjectId id, uint32 lot) public view override returns (Tender memory found) {
        found = _tenders[id][lot];
        if (found.notices == 0 && _inherits()) found = ITenderNotices(predecessor()).tender(id, lot);
    }

    /// @inheritdoc ITenderNotices
    function notice(ProjectId id, uint32 lot, uint32 number) external view override returns (Notice memory found) {
        found = _find(id, lot, number);
        require(found.kind != NoticeKind.None, NoticeUnknown(id, lot, number));
    }

    /// @inheritdoc ITenderNotices
    function deadlineOf(ProjectId id, uint32 lot) public view override returns (uint64) {
        uint64 postponed = tender(id, lot).deadline;
        return postponed == 0 ? PROJECTS.lot(id, lot).deadline : postponed;
    }

    // ---------------------------------------------------------------- Internal

    /// @dev Moves the round of sealed bids of a lot, if there is one, by a number of seconds.
    function _moveRound(ProjectId id, uint32 lot, uint64 by) internal virtual;

    /// @dev A tender at which an objection is open rests (招标投标法实施条例 art. 22).
    function _requireRunning(ProjectId id, uint32 lot) internal view {
        uint32 open = tender(id, lot).openObjections;
        _gate(id, open == 0, Rule.ObjectionOpen, open, 0);
    }

    /// @dev The sender is the owner of the project, and what it says is anchored in a scope of its own.
    function _requireOwner(ProjectId id, Document calldata document) internal view {
        Uscc owner = PROJECTS.project(id).bodies.owner;
        require(REGISTRY.departmentOf(msg.sender) == owner, SenderNotEntitled(msg.sender, owner));
        _requireAnchored(owner, document);
    }

    function _requireAnchored(Uscc holder, Document calldata document) private view {
        (Uscc writer, uint40 next, ) = ANCHOR_LOG.head(document.scope);
        require(
            writer == holder && document.seq < next && document.record != 0,
            DocumentNotAnchored(document.scope, document.seq)
        );
    }

    function _requireLot(
        ProjectId id,
        uint32 number,
        LotState needed
    ) private view returns (IProjectLedger.Lot memory found) {
        found = PROJECTS.lot(id, number);
        require(found.state == needed, NoticeNotPossible(id, number, found.state));
    }

    /// @dev Empty when there is none.
    function _find(ProjectId id, uint32 lot, uint32 number) private view returns (Notice memory found) {
        found = _notices[id][lot][number];
        if (found.kind != NoticeKind.None || !_inherits()) return found;
        try ITenderNotices(predecessor()).notice(id, lot, number) returns (Notice memory before) {
            found = before;
        } catch {}
    }

    /// @dev The first notice of a lot here copies what the predecessor has of it: numbers go on.
    function _give(
        ProjectId id,
        uint32 lot,
        NoticeKind kind,
        uint32 about,
        Document calldata document
    ) private returns (uint32 number) {
        Tender storage told = _tenders[id][lot];
        if (told.notices == 0) {
            _requireInheritance();
            _tenders[id][lot] = tender(id, lot);
        }
        number = ++told.notices;
        _notices[id][lot][number] = Notice({
            kind: kind,
            givenAt: uint40(block.timestamp),
            about: about,
            by: REGISTRY.departmentOf(msg.sender),
            document: document
        });
    }

    /// @dev The version in effect: the newest whose `effectiveFrom` is not later than now. The first one always is.
    function _currentLimits() private view returns (TenderLimits storage) {
        uint256 i = _limits.length - 1;
        while (_limits[i].effectiveFrom > block.timestamp) i--;
        return _limits[i];
    }

    function _append(TenderLimits memory limits) private returns (uint32 version) {
        require(limits.digest != 0, TenderLimitsInvalid());
        _limits.push(limits);
        version = uint32(_limits.length);

        emit TenderLimitsAppended(version, limits);
    }

    function _gate(ProjectId id, bool open, Rule rule, uint64 actual, uint64 limit) private view {
        if (open) return;
        (Law law, uint16 article) = PROJECTS.articleOf(rule);
        revert GateClosed(id, rule, law, article, actual, limit);
    }

    /// @dev Local days from one time to another; 0 when the second is not later.
    function _daysBetween(uint64 from, uint64 to) private pure returns (uint64) {
        (uint256 first, uint256 last) = (LocalDays.dayOf(from), LocalDays.dayOf(to));
        return last > first ? uint64(last - first) : 0;
    }
}
