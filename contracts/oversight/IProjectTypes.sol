// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ScopeId} from "../types/ScopeId.sol";
import {Uscc} from "../types/Uscc.sol";

/// @title IProjectTypes: the words of the ProjectLedger
interface IProjectTypes {
    /// @notice 项目建议书, 可行性研究, 初步设计及概算, 年度计划, 招标, 合同, 开工, 进度与支付, 竣工验收, 决算, 审计, 后评价.
    enum Stage {
        None,
        Proposal,
        Feasibility,
        Design,
        Plan,
        Tender,
        Contract,
        Start,
        Works,
        Acceptance,
        FinalAccount,
        Audit,
        Evaluation
    }

    /// @notice 政府投资条例, 招标投标法, 招标投标法实施条例.
    enum Law {
        None,
        InvestmentRegulation,
        BiddingLaw,
        BiddingRegulation
    }

    /// @notice What is watched. A hard rule closes a gate (GateClosed); a soft one lets pass and raises a flag (FlagRaised). The last five
    /// speak in the notices of a tender, whose soft ones are in their event.
    enum Rule {
        None,
        StageSkipped, // soft
        EstimateExceeded, // hard: no report of it
        EstimateExceededReported, // soft
        PlanUnapproved, // hard
        StartConditionsMissing, // hard
        ChangeUnapproved, // hard
        TotalExceeded, // hard
        TimeOverrun, // soft
        FinalAccountBeforeAcceptance, // hard
        FiledLate, // soft
        TenderPeriodShort, // hard
        TooFewBidders, // hard
        ContractLate, // soft
        ResultFiledLate, // soft
        SalePeriodShort, // hard
        BidBondHigh, // hard
        CandidatesPublishedLate, // soft
        CandidatesPublishedShort, // hard
        ContractDiffersFromAward, // soft
        PerformanceBondHigh, // hard
        PaymentAboveContract, // soft
        PaymentAheadOfProgress, // soft
        ClarificationLate, // hard
        ObjectionLate, // hard
        ObjectionOpen, // hard
        ObjectionAnsweredLate, // soft
        BondsReturnedLate // soft
    }

    /// @notice Limits of one version of the rules. Days are local calendar days (UTC+8), shares are basis points.
    struct Rules {
        /// SHA-256 of the JCS form of the rules as published.
        bytes32 digest;
        uint64 effectiveFrom;
        uint16 estimateTolerance;
        uint16 minimumBidders;
        uint16 tenderDays;
        uint16 saleDays;
        uint16 candidateDays;
        uint16 candidatePublishDays;
        uint16 contractDays;
        uint16 resultFilingDays;
        uint16 reportingDays;
        uint16 bidBond;
        uint16 performanceBond;
    }

    /// @notice What a body may do: bits of `entitle`.
    enum Duty {
        Approve,
        Plan,
        Pay,
        Audit
    }

    /// @notice Who is entitled to which step: the owner tenders, builds and reports; the approver approves; the others plan, pay and audit.
    struct Bodies {
        Uscc owner;
        Uscc approver;
        Uscc planner;
        Uscc payer;
        Uscc auditor;
    }

    /// @notice The record of a filing. Its number must be anchored in a scope of the sender's department; that the number holds this record, its evidence shows.
    struct Document {
        ScopeId scope;
        uint40 seq;
        bytes32 record;
    }

    /// @notice Amounts are 分. `committed` is all contracts with their changes in effect.
    struct Project {
        string code;
        Bodies bodies;
        Stage stage;
        /// Bit n is stage n.
        uint16 reached;
        uint40 registeredAt;
        uint40 completionDue;
        uint64 estimate;
        uint64 budget;
        uint64 committed;
        uint64 paid;
        uint64 finalAccount;
        uint32 lots;
        uint32 changes;
        uint32 flags;
        bool excessReported;
    }

    enum LotState {
        None,
        Announced,
        Opened,
        CandidatesPublished,
        Awarded,
        Contracted,
        Failed
    }

    /// @notice One tender and its contract (标段). `value` is the contract with its changes in effect, `progress` basis points.
    struct Lot {
        LotState state;
        uint16 bidders;
        uint16 progress;
        uint40 saleFrom;
        uint40 deadline;
        uint40 candidatesUntil;
        uint40 awardedAt;
        uint40 signedAt;
        uint40 resultFiledAt;
        uint64 estimate;
        uint64 award;
        uint64 contracted;
        uint64 value;
        uint64 paid;
        Uscc winner;
    }

    enum ChangeKind {
        None,
        Price,
        Site,
        Scale,
        Content
    }

    enum ChangeState {
        None,
        Proposed,
        Approved,
        Refused,
        InEffect
    }

    struct Change {
        uint32 lot;
        ChangeKind kind;
        ChangeState state;
        uint40 proposedAt;
        int64 amount;
    }

    struct Flag {
        Rule rule;
        uint40 raisedAt;
        /// 0 for the project as a whole.
        uint32 lot;
        uint64 actual;
        uint64 limit;
    }
}
