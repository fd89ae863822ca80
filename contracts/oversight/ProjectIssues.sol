// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IWorkingCalendar} from "../catalogue/IWorkingCalendar.sol";
import {IDepartmentRegistry} from "../identity/IDepartmentRegistry.sol";
import {IAnchorLog} from "../ledger/IAnchorLog.sol";
import {Continuing} from "../ledger/Continuing.sol";
import {Retirable} from "../ledger/Retirable.sol";
import {ProjectId} from "../types/ProjectId.sol";
import {Uscc} from "../types/Uscc.sol";
import {IProjectIssues} from "./IProjectIssues.sol";
import {IProjectLedger} from "./IProjectLedger.sol";

/// @title ProjectIssues
/// @notice Reads through: issues and their counts, from the moment when the predecessor is retired to this contract. The first write about
/// one of its issues takes that issue over.
contract ProjectIssues is Continuing, IProjectIssues {
    struct Counts {
        uint32 all;
        uint32 open;
        /// They count here: what the predecessor counted is in them.
        bool here;
    }

    IDepartmentRegistry private immutable REGISTRY;
    IWorkingCalendar private immutable CALENDAR;
    IAnchorLog private immutable ANCHOR_LOG;
    IProjectLedger private immutable PROJECTS;

    mapping(ProjectId id => Counts counts) private _counts;
    mapping(ProjectId id => mapping(uint32 number => Issue issue)) private _issues;

    constructor(
        address authority_,
        address predecessor_,
        IDepartmentRegistry registry_,
        IWorkingCalendar calendar_,
        IAnchorLog anchorLog_,
        IProjectLedger projects_
    ) Retirable(authority_, predecessor_) {
        REGISTRY = registry_;
        CALENDAR = calendar_;
        ANCHOR_LOG = anchorLog_;
        PROJECTS = projects_;
    }

    /// @inheritdoc IProjectIssues
    function reportIssue(
        ProjectId id,
        Document calldata document
    ) external override whileActive returns (uint32 number) {
        require(PROJECTS.isRegistered(id), ProjectUnknown(id));
        Uscc reporter = REGISTRY.departmentOf(msg.sender);
        require(!reporter.isZero(), SenderNotEntitled(msg.sender, reporter));
        _requireAnchored(reporter, document);

        Counts storage counts = _takeCounts(id);
        number = ++counts.all;
        counts.open++;
        Issue storage reported = _issues[id][number];
        reported.state = IssueState.Reported;
        reported.reporter = reporter;
        reported.reportedAt = uint40(block.timestamp);

        emit IssueReported(id, number, reporter, document);
    }

    /// @inheritdoc IProjectIssues
    function assignIssue(ProjectId id, uint32 number, Uscc assignee, uint16 workingDays) external override whileActive {
        Issue storage assigned = _requireIssue(id, number);
        _requireOversight();
        require(assigned.state != IssueState.Closed, IssueStateInvalid(id, number, assigned.state));
        require(
            REGISTRY.statusAt(assignee, uint64(block.timestamp)) == IDepartmentRegistry.Status.Active,
            SenderNotEntitled(msg.sender, assignee)
        );

        assigned.workingDays = workingDays;
        uint64 due = _hand(assigned, assignee);

        emit IssueAssigned(id, number, assignee, due);
    }

    /// @inheritdoc IProjectIssues
    function urgeIssue(ProjectId id, uint32 number) external override whileActive {
        Issue storage urged = _requireIssueState(id, number, IssueState.Assigned);
        Uscc sender = _requireOversight();

        urged.urged++;

        emit IssueUrged(id, number, sender);
    }

    /// @inheritdoc IProjectIssues
    function escalateIssue(ProjectId id, uint32 number) external override whileActive {
        Issue storage escalated = _requireIssueState(id, number, IssueState.Assigned);
        uint64 due = escalated.due;
        Uscc above = REGISTRY.department(escalated.assignee).parent;
        require(block.timestamp >= due && !above.isZero(), IssueNotEscalable(id, number, due));

        uint8 level = ++escalated.level;
        due = _hand(escalated, above);

        emit IssueEscalated(id, number, above, due, level);
    }

    /// @inheritdoc IProjectIssues
    function answerIssue(ProjectId id, uint32 number, Document calldata document) external override whileActive {
        Issue storage answered = _requireIssueState(id, number, IssueState.Assigned);
        require(
            REGISTRY.departmentOf(msg.sender) == answered.assignee,
            SenderNotEntitled(msg.sender, answered.assignee)
        );
        _requireAnchored(answered.assignee, document);

        answered.state = IssueState.Answered;

        emit IssueAnswered(id, number, block.timestamp >= answered.due, document);
    }

    /// @inheritdoc IProjectIssues
    function closeIssue(ProjectId id, uint32 number, Document calldata document) external override whileActive {
        Issue storage closed = _requireIssueState(id, number, IssueState.Answered);
        _requireAnchored(_requireOversight(), document);

        closed.state = IssueState.Closed;
        _takeCounts(id).open--;

        emit IssueClosed(id, number, document);
    }

    /// @inheritdoc IProjectIssues
    function issue(ProjectId id, uint32 number) external view override returns (Issue memory) {
        Issue storage found = _issues[id][number];
        if (found.state == IssueState.None && _inherits()) return _predecessor().issue(id, number);
        require(found.state != IssueState.None, IssueUnknown(id, number));
        return found;
    }

    /// @inheritdoc IProjectIssues
    function issueCount(ProjectId id) external view override returns (uint32) {
        return !_counts[id].here && _inherits() ? _predecessor().issueCount(id) : _counts[id].all;
    }

    /// @inheritdoc IProjectIssues
    function openIssueCount(ProjectId id) external view override returns (uint32) {
        return !_counts[id].here && _inherits() ? _predecessor().openIssueCount(id) : _counts[id].open;
    }

    function _predecessor() private view returns (IProjectIssues) {
        return IProjectIssues(predecessor());
    }

    function _takeCounts(ProjectId id) private returns (Counts storage counts) {
        counts = _counts[id];
        if (counts.here) return counts;
        _requireInheritance();
        counts.here = true;
        if (predecessor() == address(0)) return counts;
        counts.all = _predecessor().issueCount(id);
        counts.open = _predecessor().openIssueCount(id);
    }

    function _hand(Issue storage handed, Uscc assignee) private returns (uint64 due) {
        due = CALENDAR.dueAfter(uint64(block.timestamp), handed.workingDays);
        handed.assignee = assignee;
        handed.due = uint40(due);
        handed.state = IssueState.Assigned;
    }

    /// @dev The issue to write to, copied when only the predecessor knows it.
    function _requireIssue(ProjectId id, uint32 number) private returns (Issue storage found) {
        found = _issues[id][number];
        if (found.state == IssueState.None && _inherits()) _issues[id][number] = _predecessor().issue(id, number);
        require(found.state != IssueState.None, IssueUnknown(id, number));
    }

    function _requireIssueState(ProjectId id, uint32 number, IssueState needed) private returns (Issue storage found) {
        found = _requireIssue(id, number);
        require(found.state == needed, IssueStateInvalid(id, number, found.state));
    }

    function _requireOversight() private view returns (Uscc sender) {
        sender = REGISTRY.departmentOf(msg.sender);
        require(
            !sender.isZero() && REGISTRY.department(sender).role == IDepartmentRegistry.Role.Oversight,
            SenderNotOversight(msg.sender)
        );
    }

    function _requireAnchored(Uscc holder, Document calldata document) private view {
        (Uscc writer, uint40 next, ) = ANCHOR_LOG.head(document.scope);
        require(
            writer == holder && document.seq < next && document.record != 0,
            DocumentNotAnchored(document.scope, document.seq)
        );
    }
}
