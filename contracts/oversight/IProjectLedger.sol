// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ProjectId} from "../types/ProjectId.sol";
import {ScopeId} from "../types/ScopeId.sol";
import {Uscc} from "../types/Uscc.sol";
import {IProjectTypes} from "./IProjectTypes.sol";

/// @title ProjectLedger: major projects under watch (重大项目监督)
/// @notice Stages, amounts, approvals and flags of government investment projects. Documents stay off-chain, as anchored records.
/// Times handed in are declared by the body that acts and never later than the block's; how late they were handed in, the block shows.
interface IProjectLedger is IProjectTypes {
    event RulesAppended(uint32 indexed version, Rules rules);
    event BodyEntitled(Uscc indexed body, uint16 duties, bytes32 basis);
    event ProjectRegistered(ProjectId indexed id, string code, Bodies bodies, Document document);
    event StageReached(ProjectId indexed id, Stage indexed stage, uint64 amount, Document document);
    event ExcessReported(ProjectId indexed id, Document document);
    event BudgetReratified(ProjectId indexed id, uint64 before, uint64 budget, Document plan, bytes32 funding);
    event TenderAnnounced(
        ProjectId indexed id,
        uint32 indexed lot,
        uint64 estimate,
        uint64 deadline,
        Document document
    );
    event TenderFailed(ProjectId indexed id, uint32 indexed lot, uint16 bidders, Document document);
    event BidsOpened(ProjectId indexed id, uint32 indexed lot, uint16 bidders, Document document);
    event CandidatesPublished(ProjectId indexed id, uint32 indexed lot, uint64 from, uint64 until, Document document);
    event LotAwarded(ProjectId indexed id, uint32 indexed lot, Uscc indexed winner, uint64 amount, Document document);
    event ResultFiled(ProjectId indexed id, uint32 indexed lot, uint64 filedAt, Document document);
    event ContractSigned(ProjectId indexed id, uint32 indexed lot, uint64 amount, uint64 signedAt, Document document);
    event ProgressReported(ProjectId indexed id, uint32 indexed lot, uint16 progress, Document document);
    event Paid(ProjectId indexed id, uint32 indexed lot, uint64 amount, uint64 total, Document document);
    event ChangeProposed(
        ProjectId indexed id,
        uint32 indexed change,
        uint32 lot,
        ChangeKind kind,
        int64 amount,
        Document document
    );
    event ChangeDecided(ProjectId indexed id, uint32 indexed change, bool approved, Document document);
    event ChangeInEffect(ProjectId indexed id, uint32 indexed change, uint64 committed);
    event FlagRaised(
        ProjectId indexed id,
        Rule indexed rule,
        uint32 indexed lot,
        Law law,
        uint16 article,
        uint64 actual,
        uint64 limit
    );

    /// @notice Thrown when a hard rule is broken: what the law names as a condition is not there. `actual` against `limit` in 分, days, bidders or basis points.
    error GateClosed(ProjectId id, Rule rule, Law law, uint16 article, uint64 actual, uint64 limit);
    error ProjectUnknown(ProjectId id);
    error ProjectExists(ProjectId id);
    /// @notice Thrown when a project code is empty or longer than 64 bytes.
    error CodeInvalid();
    /// @notice Thrown when the sender is not an account of the active body that the step belongs to.
    error SenderNotEntitled(address sender, Uscc required);
    /// @notice Thrown when a project names a body without the duty that the step needs.
    error BodyNotEntitled(Uscc body, Duty duty);
    /// @notice Thrown when the document's number is not anchored in a scope of the sender's department, or names no record.
    error DocumentNotAnchored(ScopeId scope, uint40 seq);
    /// @notice Thrown when a step comes before the stage that it needs.
    error StageMissing(ProjectId id, Stage needed);
    /// @notice Thrown when a stage that happens once happens again.
    error StageAlreadyReached(ProjectId id, Stage stage);
    error AmountMissing();
    /// @notice Thrown when a declared time lies after the block's time.
    error TimeInFuture(uint64 time);
    /// @notice Thrown when a declared time lies before the step that it follows.
    error TimeOutOfOrder(uint64 time, uint64 notBefore);
    error LotUnknown(ProjectId id, uint32 lot);
    error LotStateInvalid(ProjectId id, uint32 lot, LotState state);
    error ProgressInvalid(uint16 before, uint16 progress);
    error ChangeUnknown(ProjectId id, uint32 change);
    error ChangeStateInvalid(ProjectId id, uint32 change, ChangeState state);
    /// @notice Thrown when a change would leave a contract below what is paid.
    error ChangeAmountInvalid(int64 amount);
    error FlagUnknown(ProjectId id, uint32 flag);
    error RulesUnknown(uint32 version);
    /// @notice Thrown when rules have no digest, a share above 100 %, or would take effect before now or before those appended last.
    error RulesInvalid();
    error IndexUnknown(uint256 index, uint256 count);

    /// @notice Appends a version of the rules. Restricted to the authority. Cannot change what was decided under earlier ones.
    function appendRules(Rules calldata rules_) external returns (uint32 version);

    /// @notice Says which duties a body has by law (bit n is Duty n) and on which basis. Restricted to the authority. Cannot act for the body, nor undo what it did.
    function entitle(Uscc body, uint16 duties, bytes32 basis) external;

    /// @notice Enters a project under its code. Only the approver it names.
    function register(
        string calldata code,
        Bodies calldata bodies,
        Document calldata document
    ) external returns (ProjectId);

    /// @notice Approves 项目建议书, 可行性研究 (with the estimate) or 初步设计及概算 (ratifies the budget). Only the approver.
    /// A budget above the estimate by more than the tolerance needs the owner's report of it first; then it is flagged.
    function approve(ProjectId id, Stage stage, uint64 amount, Document calldata document) external;

    /// @notice Reports that the budget will exceed the estimate by more than the tolerance, before it is ratified. Only the owner.
    function reportExcess(ProjectId id, Document calldata document) external;

    /// @notice Ratifies another budget, with an adjustment plan and the record that names the source of funds. Only the approver. Cannot go below what is committed.
    function reratify(ProjectId id, uint64 budget, Document calldata plan, bytes32 funding) external;

    /// @notice Takes the project into the annual plan of a year. Only the planner, and only once 可研 is approved or 概算 ratified.
    function issuePlan(ProjectId id, uint64 amount, Document calldata document) external;

    /// @notice Announces the tender of a lot: documents on sale in [saleFrom, saleUntil), bids until `deadline`. Only the owner.
    function announce(
        ProjectId id,
        uint64 estimate,
        uint64 saleFrom,
        uint64 saleUntil,
        uint64 deadline,
        uint64 bidBond,
        Document calldata document
    ) external returns (uint32 lot);

    /// @notice Records that too few bids came in: the lot is tendered again, as another one. Only the owner.
    function failTender(ProjectId id, uint32 lot, uint16 bidders, Document calldata document) external;

    function openBids(ProjectId id, uint32 lot, uint16 bidders, uint64 openedAt, Document calldata document) external;

    /// @notice Publishes the candidates for [from, until), after the evaluation report of `reportAt`. Only the owner.
    function publishCandidates(
        ProjectId id,
        uint32 lot,
        uint64 reportAt,
        uint64 from,
        uint64 until,
        Document calldata document
    ) external;

    function award(
        ProjectId id,
        uint32 lot,
        Uscc winner,
        uint64 amount,
        uint64 awardedAt,
        Document calldata document
    ) external;

    /// @notice Reports the result to the supervisor of tenders. Only the owner.
    function fileResult(ProjectId id, uint32 lot, uint64 filedAt, Document calldata document) external;

    /// @notice Signs the contract. Only the owner. A contract that differs from the award, or comes late, is flagged; one beyond the budget reverts.
    function sign(
        ProjectId id,
        uint32 lot,
        uint64 amount,
        uint64 performanceBond,
        uint64 signedAt,
        Document calldata document
    ) external;

    /// @notice Begins construction. Only the owner. `permit` is the record of the construction permit or approved 开工报告.
    function start(
        ProjectId id,
        uint64 startedAt,
        uint64 completionDue,
        bytes32 permit,
        Document calldata document
    ) external;

    /// @notice Reports the progress of a lot in basis points, never less than before. Only the owner.
    function reportProgress(
        ProjectId id,
        uint32 lot,
        uint16 progress,
        uint64 asOf,
        Document calldata document
    ) external;

    /// @notice Pays a contractor. Only the payer. Beyond the ratified budget reverts; beyond the contract or ahead of the progress is flagged.
    function pay(ProjectId id, uint32 lot, uint64 amount, Document calldata document) external;

    /// @notice Proposes a change of a contract. Only the owner.
    function proposeChange(
        ProjectId id,
        uint32 lot,
        ChangeKind kind,
        int64 amount,
        Document calldata document
    ) external returns (uint32 change);

    /// @notice Approves or refuses a change. Only the approver.
    function decideChange(ProjectId id, uint32 change, bool approved, Document calldata document) external;

    /// @notice Puts a change into effect. Only the owner. A change of site, scale or content needs the approver's consent; no change passes the budget.
    function applyChange(ProjectId id, uint32 change) external;

    /// @notice Records 竣工验收. Only the owner.
    function accept(ProjectId id, uint64 acceptedAt, Document calldata document) external;

    /// @notice Records 竣工财务决算. Only the payer, after acceptance, within the budget.
    function settle(ProjectId id, uint64 amount, Document calldata document) external;

    /// @notice Records the audit of the final account. Only the auditor.
    function audit(ProjectId id, uint64 amount, Document calldata document) external;

    /// @notice Records 后评价. Only the approver.
    function evaluate(ProjectId id, Document calldata document) external;

    function project(ProjectId id) external view returns (Project memory);

    function isRegistered(ProjectId id) external view returns (bool);

    function projectCount() external view returns (uint256);

    function projectByIndex(uint256 index) external view returns (ProjectId);

    /// @param number From 1.
    function lot(ProjectId id, uint32 number) external view returns (Lot memory);

    /// @param number From 1.
    function change(ProjectId id, uint32 number) external view returns (Change memory);

    /// @param number From 1.
    function flag(ProjectId id, uint32 number) external view returns (Flag memory);

    function dutiesOf(Uscc body) external view returns (uint16);

    /// @param version From 1.
    function rules(uint32 version) external view returns (Rules memory);

    function rulesCount() external view returns (uint32);

    /// @notice For a successor, which copies what it continues: the word of storage at `slot`, here or, when the word at `first` is zero here, in
    /// the predecessor. Nothing in it is secret; the other views say the same in their types.
    function word(bytes32 first, bytes32 slot) external view returns (bytes32);

    /// @notice The article that a rule stands for; none where the rule is this ledger's own.
    function articleOf(Rule rule) external pure returns (Law law, uint16 article);
}
