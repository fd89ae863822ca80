// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDepartmentRegistry} from "../identity/IDepartmentRegistry.sol";
import {IAnchorLog} from "../ledger/IAnchorLog.sol";
import {LocalDays} from "../libraries/LocalDays.sol";
import {ProjectId} from "../types/ProjectId.sol";
import {Uscc} from "../types/Uscc.sol";
import {IProjectLedger} from "./IProjectLedger.sol";
import {ProjectWords} from "./ProjectWords.sol";

/// @title ProjectRecords: what is stored of a project, who may write it, and how rules speak
/// @dev What only the predecessor knows is read there. The first write about a project, lot or change copies it here, word by word; flags stay there.
abstract contract ProjectRecords is ProjectWords {
    uint256 internal constant WHOLE_SHARE = 10_000;

    /// @dev Says that the duties of a body are stated here, none included.
    uint16 private constant STATED = 1 << 15;

    uint256 internal constant LONGEST_CODE = 64;
    uint256 private constant SHORT_CODE = 32;
    /// @dev Words of storage that each takes; the test of succession compares every member.
    uint256 private constant PROJECT_WORDS = 9;
    uint256 private constant LOT_WORDS = 4;
    uint256 private constant CHANGE_WORDS = 1;

    IDepartmentRegistry internal immutable REGISTRY;
    IAnchorLog private immutable ANCHOR_LOG;

    mapping(Uscc body => uint16 duties) private _duties;
    mapping(ProjectId id => Project project) private _projects;
    mapping(ProjectId id => mapping(uint32 number => Lot lot)) internal _lots;
    mapping(ProjectId id => mapping(uint32 number => Change change)) internal _changes;
    /// @dev Appended to only.
    mapping(ProjectId id => mapping(uint32 number => Flag flag)) private _flags;
    ProjectId[] private _registered;

    constructor(IDepartmentRegistry registry_, IAnchorLog anchorLog_) {
        REGISTRY = registry_;
        ANCHOR_LOG = anchorLog_;
    }

    // ------------------------------------------------------------------ Duties

    /// @inheritdoc IProjectLedger
    function entitle(Uscc body, uint16 duties, bytes32 basis) external override restricted whileActive {
        _requireInheritance();

        _duties[body] = duties | STATED;

        emit BodyEntitled(body, duties, basis);
    }

    /// @inheritdoc IProjectLedger
    function dutiesOf(Uscc body) public view override returns (uint16) {
        uint16 duties = _duties[body];
        if (duties == 0 && _inherits()) return _predecessor().dutiesOf(body);
        return duties & ~STATED;
    }

    // ----------------------------------------------------------------- Reading

    /// @inheritdoc IProjectLedger
    function project(ProjectId id) external view override returns (Project memory) {
        if (_isThere(_isHere(id))) _answerAsPredecessor();
        require(_isHere(id), ProjectUnknown(id));
        return _projects[id];
    }

    /// @inheritdoc IProjectLedger
    function isRegistered(ProjectId id) public view override returns (bool) {
        return _isHere(id) || (_inherits() && _predecessor().isRegistered(id));
    }

    /// @inheritdoc IProjectLedger
    function projectCount() external view override returns (uint256) {
        return _countBefore() + _registered.length;
    }

    /// @inheritdoc IProjectLedger
    function projectByIndex(uint256 index) external view override returns (ProjectId) {
        uint256 before = _countBefore();
        if (index < before) _answerAsPredecessor();
        require(index - before < _registered.length, IndexUnknown(index, before + _registered.length));
        return _registered[index - before];
    }

    /// @inheritdoc IProjectLedger
    function lot(ProjectId id, uint32 number) external view override returns (Lot memory) {
        Lot storage found = _lots[id][number];
        if (_isThere(found.state != LotState.None)) _answerAsPredecessor();
        require(found.state != LotState.None, LotUnknown(id, number));
        return found;
    }

    /// @inheritdoc IProjectLedger
    function change(ProjectId id, uint32 number) external view override returns (Change memory) {
        Change storage found = _changes[id][number];
        if (_isThere(found.state != ChangeState.None)) _answerAsPredecessor();
        require(found.state != ChangeState.None, ChangeUnknown(id, number));
        return found;
    }

    /// @inheritdoc IProjectLedger
    function flag(ProjectId id, uint32 number) external view override returns (Flag memory) {
        Flag storage found = _flags[id][number];
        if (_isThere(found.rule != Rule.None)) _answerAsPredecessor();
        require(found.rule != Rule.None, FlagUnknown(id, number));
        return found;
    }

    // ---------------------------------------------------------------- Internal

    function _isHere(ProjectId id) private view returns (bool) {
        return bytes(_projects[id].code).length > 0;
    }

    function _slotOf(Project storage found) private pure returns (bytes32 slot) {
        assembly {
            slot := found.slot
        }
    }

    function _countBefore() private view returns (uint256) {
        return _inherits() ? _predecessor().projectCount() : 0;
    }

    function _create(ProjectId id, string calldata code, Bodies calldata bodies) internal {
        _requireInheritance();
        require(!isRegistered(id), ProjectExists(id));
        Project storage created = _projects[id];
        created.code = code;
        created.bodies = bodies;
        created.registeredAt = uint40(block.timestamp);
        _registered.push(id);
    }

    /// @dev The project to write to, copied when only the predecessor knows it.
    function _requireProject(ProjectId id) internal returns (Project storage found) {
        found = _projects[id];
        if (bytes(found.code).length == 0) {
            _requireInheritance();
            require(predecessor() != address(0), ProjectUnknown(id));
            _copy(_slotOf(found), PROJECT_WORDS);
            // A code of more than 31 bytes lies apart (Solidity, layout of bytes and string); it has at most LONGEST_CODE.
            bytes32 apart = keccak256(abi.encode(_slotOf(found)));
            if (bytes(found.code).length >= SHORT_CODE) _copyUnder(_slotOf(found), apart, LONGEST_CODE / 32);
            require(bytes(found.code).length > 0, ProjectUnknown(id));
        }
    }

    /// @dev Called after `_requireProject`, as are the ones below.
    function _requireLot(ProjectId id, uint32 number) internal returns (Lot storage found) {
        found = _lots[id][number];
        bytes32 slot;
        assembly {
            slot := found.slot
        }
        if (_isThere(found.state != LotState.None)) _copy(slot, LOT_WORDS);
        require(found.state != LotState.None, LotUnknown(id, number));
    }

    function _requireLotState(ProjectId id, uint32 number, LotState needed) internal returns (Lot storage found) {
        found = _requireLot(id, number);
        require(found.state == needed, LotStateInvalid(id, number, found.state));
    }

    function _requireChange(ProjectId id, uint32 number) internal returns (Change storage found) {
        found = _changes[id][number];
        bytes32 slot;
        assembly {
            slot := found.slot
        }
        if (_isThere(found.state != ChangeState.None)) _copy(slot, CHANGE_WORDS);
        require(found.state != ChangeState.None, ChangeUnknown(id, number));
    }

    function _requireDuty(Uscc body, Duty duty) internal view {
        require(dutiesOf(body) & uint16(1 << uint8(duty)) != 0, BodyNotEntitled(body, duty));
    }

    /// @dev The sender acts for exactly this active department, and what it files is anchored in a scope of its own.
    function _requireFiling(Uscc body, Document calldata document) internal view {
        require(REGISTRY.departmentOf(msg.sender) == body, SenderNotEntitled(msg.sender, body));
        _requireAnchored(body, document);
    }

    function _requireAnchored(Uscc holder, Document calldata document) internal view {
        (Uscc writer, uint40 next, ) = ANCHOR_LOG.head(document.scope);
        require(
            writer == holder && document.seq < next && document.record != 0,
            DocumentNotAnchored(document.scope, document.seq)
        );
    }

    /// @dev A declared time: not later than now, not earlier than the step before.
    function _requireTime(uint64 time, uint64 notBefore) internal view {
        require(time <= block.timestamp, TimeInFuture(time));
        require(time >= notBefore, TimeOutOfOrder(time, notBefore));
    }

    function _hasReached(Project storage found, Stage stage) internal view returns (bool) {
        return found.reached & uint16(1 << uint8(stage)) != 0;
    }

    function _requireReached(ProjectId id, Project storage found, Stage stage) internal view {
        require(_hasReached(found, stage), StageMissing(id, stage));
    }

    function _requireNotReached(ProjectId id, Project storage found, Stage stage) internal view {
        require(!_hasReached(found, stage), StageAlreadyReached(id, stage));
    }

    function _reach(
        ProjectId id,
        Project storage found,
        Stage stage,
        uint64 amount,
        Document calldata document
    ) internal {
        found.reached |= uint16(1 << uint8(stage));
        if (stage > found.stage) found.stage = stage;

        emit StageReached(id, stage, amount, document);
    }

    /// @dev Local days from one time to another; 0 when the second is not later.
    function _daysBetween(uint64 from, uint64 to) internal pure returns (uint256) {
        uint256 first = LocalDays.dayOf(from);
        uint256 last = LocalDays.dayOf(to);
        return last > first ? last - first : 0;
    }

    /// @dev Times are stored in 40 bits: the year 36812.
    function _bounded(uint64 time) internal pure returns (uint40) {
        require(time <= type(uint40).max, TimeInFuture(time));
        return uint40(time);
    }

    function _gate(ProjectId id, bool open, Rule rule, uint256 actual, uint256 limit) internal pure {
        if (open) return;
        (Law law, uint16 article) = articleOf(rule);
        // A sum may pass 64 bits; what is told then is the largest figure there is.
        uint64 told = actual > type(uint64).max ? type(uint64).max : uint64(actual);
        revert GateClosed(id, rule, law, article, told, uint64(limit));
    }

    function _raise(ProjectId id, uint32 number, Rule rule, uint256 actual, uint256 limit) internal {
        Project storage found = _projects[id];
        _flags[id][++found.flags] = Flag({
            rule: rule,
            raisedAt: uint40(block.timestamp),
            lot: number,
            actual: uint64(actual),
            limit: uint64(limit)
        });
        (Law law, uint16 article) = articleOf(rule);

        emit FlagRaised(id, rule, number, law, article, uint64(actual), uint64(limit));
    }

    /// @dev What is committed to contracts may not pass the ratified budget (政府投资条例 art. 23).
    function _commit(ProjectId id, Project storage found, uint256 committed) internal {
        _gate(id, committed <= found.budget, Rule.TotalExceeded, committed, found.budget);
        // Bounded by the budget, which is a uint64.
        found.committed = uint64(committed);
    }
}
