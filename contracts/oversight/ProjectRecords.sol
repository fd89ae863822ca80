// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDepartmentRegistry} from "../identity/IDepartmentRegistry.sol";
import {IAnchorLog} from "../ledger/IAnchorLog.sol";
import {LocalDays} from "../libraries/LocalDays.sol";
import {ProjectId} from "../types/ProjectId.sol";
import {Uscc} from "../types/Uscc.sol";
import {IProjectLedger} from "./IProjectLedger.sol";
import {ProjectRules} from "./ProjectRules.sol";

/// @title ProjectRecords: what is stored of a project, who may write it, and how rules speak
abstract contract ProjectRecords is ProjectRules {
    uint256 internal constant WHOLE_SHARE = 10_000;

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
        _duties[body] = duties;

        emit BodyEntitled(body, duties, basis);
    }

    /// @inheritdoc IProjectLedger
    function dutiesOf(Uscc body) external view override returns (uint16) {
        return _duties[body];
    }

    // ----------------------------------------------------------------- Reading

    /// @inheritdoc IProjectLedger
    function project(ProjectId id) external view override returns (Project memory) {
        return _requireProject(id);
    }

    /// @inheritdoc IProjectLedger
    function isRegistered(ProjectId id) external view override returns (bool) {
        return bytes(_projects[id].code).length > 0;
    }

    /// @inheritdoc IProjectLedger
    function projectCount() external view override returns (uint256) {
        return _registered.length;
    }

    /// @inheritdoc IProjectLedger
    function projectByIndex(uint256 index) external view override returns (ProjectId) {
        require(index < _registered.length, IndexUnknown(index, _registered.length));
        return _registered[index];
    }

    /// @inheritdoc IProjectLedger
    function lot(ProjectId id, uint32 number) external view override returns (Lot memory) {
        return _requireLot(id, number);
    }

    /// @inheritdoc IProjectLedger
    function change(ProjectId id, uint32 number) external view override returns (Change memory) {
        return _requireChange(id, number);
    }

    /// @inheritdoc IProjectLedger
    function flag(ProjectId id, uint32 number) external view override returns (Flag memory) {
        require(number > 0 && number <= _projects[id].flags, FlagUnknown(id, number));
        return _flags[id][number];
    }

    // ---------------------------------------------------------------- Internal

    function _create(ProjectId id, string calldata code, Bodies calldata bodies) internal {
        Project storage created = _projects[id];
        require(bytes(created.code).length == 0, ProjectExists(id));
        created.code = code;
        created.bodies = bodies;
        created.registeredAt = uint40(block.timestamp);
        _registered.push(id);
    }

    function _requireProject(ProjectId id) internal view returns (Project storage found) {
        found = _projects[id];
        require(bytes(found.code).length > 0, ProjectUnknown(id));
    }

    function _requireLot(ProjectId id, uint32 number) internal view returns (Lot storage found) {
        found = _lots[id][number];
        require(found.state != LotState.None, LotUnknown(id, number));
    }

    function _requireLotState(ProjectId id, uint32 number, LotState needed) internal view returns (Lot storage found) {
        found = _requireLot(id, number);
        require(found.state == needed, LotStateInvalid(id, number, found.state));
    }

    function _requireChange(ProjectId id, uint32 number) internal view returns (Change storage found) {
        found = _changes[id][number];
        require(found.state != ChangeState.None, ChangeUnknown(id, number));
    }

    function _requireDuty(Uscc body, Duty duty) internal view {
        require(_duties[body] & uint16(1 << uint8(duty)) != 0, BodyNotEntitled(body, duty));
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
