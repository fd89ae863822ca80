// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ProjectId} from "../types/ProjectId.sol";
import {ScopeId} from "../types/ScopeId.sol";
import {Uscc} from "../types/Uscc.sol";
import {IProjectTypes} from "./IProjectTypes.sol";

/// @title ProjectIssues: report, assign, answer, close, with working-day deadlines (问题督办)
/// @notice Issues of the projects of one ProjectLedger. What an issue says stays off-chain, in anchored records.
interface IProjectIssues is IProjectTypes {
    enum IssueState {
        None,
        Reported,
        Assigned,
        Answered,
        Closed
    }

    struct Issue {
        IssueState state;
        Uscc reporter;
        Uscc assignee;
        uint40 reportedAt;
        uint40 due;
        uint16 workingDays;
        /// How often it was escalated, and urged.
        uint8 level;
        uint16 urged;
    }

    event IssueReported(ProjectId indexed id, uint32 indexed issue, Uscc indexed reporter, Document document);
    event IssueAssigned(ProjectId indexed id, uint32 indexed issue, Uscc indexed assignee, uint64 due);
    event IssueUrged(ProjectId indexed id, uint32 indexed issue, Uscc indexed by);
    event IssueEscalated(ProjectId indexed id, uint32 indexed issue, Uscc indexed assignee, uint64 due, uint8 level);
    event IssueAnswered(ProjectId indexed id, uint32 indexed issue, bool late, Document document);
    event IssueClosed(ProjectId indexed id, uint32 indexed issue, Document document);

    /// @notice Thrown when the sender's department does not have the role of oversight.
    error SenderNotOversight(address sender);
    error IssueUnknown(ProjectId id, uint32 issue);
    error IssueStateInvalid(ProjectId id, uint32 issue, IssueState state);
    /// @notice Thrown when an issue is escalated before its deadline, or the assignee has nobody above it.
    error IssueNotEscalable(ProjectId id, uint32 issue, uint64 due);
    error ProjectUnknown(ProjectId id);
    /// @notice Thrown when the sender is not an account of the active department that the step belongs to, or the assignee is not active.
    error SenderNotEntitled(address sender, Uscc required);
    /// @notice Thrown when the document's number is not anchored in a scope of the sender's department, or names no record.
    error DocumentNotAnchored(ScopeId scope, uint40 seq);

    /// @notice Reports an issue. Any active department.
    function reportIssue(ProjectId id, Document calldata document) external returns (uint32 issue);

    /// @notice Assigns an issue, or gives an unsatisfactory answer back, with a deadline in working days. Only oversight.
    function assignIssue(ProjectId id, uint32 issue, Uscc assignee, uint16 workingDays) external;

    /// @notice 督办: urges the assignee. Only oversight. Cannot move the deadline.
    function urgeIssue(ProjectId id, uint32 issue) external;

    /// @notice Hands an overdue issue to the department above the assignee, with as many working days again. Anyone.
    function escalateIssue(ProjectId id, uint32 issue) external;

    /// @notice Answers an issue. Only the assignee. A late answer says so.
    function answerIssue(ProjectId id, uint32 issue, Document calldata document) external;

    /// @notice Closes an answered issue. Only oversight.
    function closeIssue(ProjectId id, uint32 issue, Document calldata document) external;

    /// @param number From 1.
    function issue(ProjectId id, uint32 number) external view returns (Issue memory);

    function issueCount(ProjectId id) external view returns (uint32);

    /// @notice Issues that are not closed.
    function openIssueCount(ProjectId id) external view returns (uint32);
}
