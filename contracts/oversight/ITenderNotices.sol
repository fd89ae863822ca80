// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ProjectId} from "../types/ProjectId.sol";
import {ScopeId} from "../types/ScopeId.sol";
import {Uscc} from "../types/Uscc.sol";
import {IProjectTypes} from "./IProjectTypes.sol";

/// @title ITenderNotices: what is said to all bidders of a lot at once (澄清, 异议, 答复, 顺延, 退还保证金)
/// @notice A notice is on chain, with its anchored record, for everybody in the same block: no bidder is told before another. Who took the
/// tender documents is written nowhere, so nobody learns how many bidders there are or which.
/// @notice What it cannot do. It does not see what the owner says to a bidder elsewhere; a bidder who was told something that is no notice
/// has the absence of a notice to show. The opening of bids that were handed in on paper is written in the ProjectLedger, which does not
/// ask here: a node flags it when an objection is open then.
interface ITenderNotices is IProjectTypes {
    enum NoticeKind {
        None,
        Clarification,
        Objection,
        Answer,
        Postponement,
        BondReturn
    }

    /// @notice Limits of one version, in local calendar days (UTC+8).
    struct TenderLimits {
        /// SHA-256 of the JCS form of the rules as published.
        bytes32 digest;
        uint64 effectiveFrom;
        uint16 clarificationDays;
        uint16 objectionDays;
        uint16 objectionAnswerDays;
        uint16 bondReturnDays;
    }

    /// @notice What the notices of a lot come to. `deadline` is 0 until it is postponed, `resumedAt` the time of the last answer after which no
    /// objection was open.
    struct Tender {
        uint32 notices;
        uint32 openObjections;
        uint40 resumedAt;
        uint40 deadline;
        uint40 bondsReturnedAt;
    }

    /// @notice `about` is, of an answer, the number of its objection; of an objection, the number of its answer, 0 while it is open.
    struct Notice {
        NoticeKind kind;
        uint40 givenAt;
        uint32 about;
        Uscc by;
        Document document;
    }

    event TenderLimitsAppended(uint32 indexed version, TenderLimits limits);
    /// @notice `actual` and `limit`: for clarifications and objections the days left until the deadline and those that the law asks for; for answers
    /// and returned bonds the days taken and those allowed; for postponements the new and the old deadline.
    event NoticeGiven(
        ProjectId indexed id,
        uint32 indexed lot,
        NoticeKind indexed kind,
        uint32 number,
        uint32 about,
        uint64 actual,
        uint64 limit,
        Document document
    );

    /// @notice Thrown when the law does not allow the step: article, and `actual` against `limit` in days (open objections: their number against 0).
    error GateClosed(ProjectId id, Rule rule, Law law, uint16 article, uint64 actual, uint64 limit);
    /// @notice Thrown when the lot is in a state that such a notice does not belong to, or its bonds are returned already.
    error NoticeNotPossible(ProjectId id, uint32 lot, LotState state);
    /// @notice Thrown when there is no such objection, or it is answered.
    error ObjectionNotOpen(ProjectId id, uint32 lot, uint32 number);
    error NoticeUnknown(ProjectId id, uint32 lot, uint32 number);
    /// @notice Thrown when a deadline is not moved to a later time that lies ahead, or was over before.
    error PostponementInvalid(uint64 before, uint64 deadline);
    /// @notice Thrown when a declared time lies before the contract or after the block's time.
    error ReturnTimeInvalid(uint64 time, uint64 signedAt);
    /// @notice Thrown when the sender is not an account of the active department that the step belongs to.
    error SenderNotEntitled(address sender, Uscc required);
    /// @notice Thrown when the document's number is not anchored in a scope of the sender's department, or names no record.
    error DocumentNotAnchored(ScopeId scope, uint40 seq);
    /// @notice Thrown when limits have no digest, or would take effect before now or before those appended last.
    error TenderLimitsInvalid();
    error TenderLimitsUnknown(uint32 version);

    /// @notice Appends a version of the limits. Restricted to the authority. Cannot change what was decided under earlier ones.
    function appendTenderLimits(TenderLimits calldata limits) external returns (uint32 version);

    /// @notice Clarifies the tender documents to all. Only the owner, days before the deadline as the law says: after that it has to be postponed first.
    function clarify(ProjectId id, uint32 lot, Document calldata document) external returns (uint32 number);

    /// @notice Objects to the tender documents. Any active department, for whichever bidder. The tender rests until it is answered:
    /// no bid is sealed or opened. Refused when fewer days are left than the law says.
    function raiseObjection(ProjectId id, uint32 lot, Document calldata document) external returns (uint32 number);

    /// @notice Answers an objection. Only the owner. The tender goes on when none is open.
    function answerObjection(
        ProjectId id,
        uint32 lot,
        uint32 objection,
        Document calldata document
    ) external returns (uint32 number);

    /// @notice Moves the deadline of a lot to a later time. Only the owner, before it is over, or where an objection kept the tender at rest over it.
    /// Cannot bring it forward, nor reopen a tender of which a sealed bid is open. The time to open sealed bids moves with it.
    function postpone(
        ProjectId id,
        uint32 lot,
        uint64 deadline,
        Document calldata document
    ) external returns (uint32 number);

    /// @notice Says that the bid bonds of a lot are returned (or that none were asked for). Only the owner, once, after its contract.
    function returnBonds(
        ProjectId id,
        uint32 lot,
        uint64 returnedAt,
        Document calldata document
    ) external returns (uint32 number);

    /// @notice All zero for a lot without notices.
    function tender(ProjectId id, uint32 lot) external view returns (Tender memory);

    /// @param number From 1.
    function notice(ProjectId id, uint32 lot, uint32 number) external view returns (Notice memory);

    /// @notice When bids are due: the last postponement, else what the ProjectLedger has.
    function deadlineOf(ProjectId id, uint32 lot) external view returns (uint64);

    /// @param version From 1, in this contract: those of a predecessor are asked there.
    function tenderLimits(uint32 version) external view returns (TenderLimits memory);

    function tenderLimitsCount() external view returns (uint32);
}
