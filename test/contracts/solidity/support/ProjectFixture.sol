// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDepartmentRegistry} from "../../../../contracts/identity/IDepartmentRegistry.sol";
import {IProjectLedger} from "../../../../contracts/oversight/IProjectLedger.sol";
import {IProjectTypes} from "../../../../contracts/oversight/IProjectTypes.sol";
import {ITenderNotices} from "../../../../contracts/oversight/ITenderNotices.sol";
import {ProjectIssues} from "../../../../contracts/oversight/ProjectIssues.sol";
import {ProjectLedger} from "../../../../contracts/oversight/ProjectLedger.sol";
import {SealedBids} from "../../../../contracts/oversight/SealedBids.sol";
import {HashName} from "../../../../contracts/types/HashName.sol";
import {ProjectId} from "../../../../contracts/types/ProjectId.sol";
import {ScopeId, journalScope} from "../../../../contracts/types/ScopeId.sol";
import {Uscc} from "../../../../contracts/types/Uscc.sol";
import {Calendars} from "./Calendars.sol";
import {LedgerFixture} from "./LedgerFixture.sol";
import {vm} from "./Vm.sol";

/// @notice A project of PROVIDER, approved and planned by CONSUMER, paid by OTHER, audited by STRANGER, overseen by OVERSEER. Each has anchored records in its journal.
abstract contract ProjectFixture is LedgerFixture {
    Uscc internal constant OWNER = PROVIDER;
    Uscc internal constant APPROVER = CONSUMER;
    Uscc internal constant PAYER = OTHER;
    Uscc internal constant AUDITOR = STRANGER;
    Uscc internal constant OVERSEER = Uscc.wrap("11990100990100077T");
    address internal constant OWNER_ACCOUNT = PROVIDER_ACCOUNT;
    address internal constant APPROVER_ACCOUNT = CONSUMER_ACCOUNT;
    address internal constant PAYER_ACCOUNT = OTHER_ACCOUNT;
    address internal constant AUDITOR_ACCOUNT = address(0xf1);
    address internal constant OVERSEER_ACCOUNT = address(0xf2);

    string internal constant CODE = "2025-990100-48-01-000001";
    bytes32 internal constant RECORD = keccak256("record");
    bytes32 internal constant PERMIT = keccak256("permit");
    bytes32 internal constant RULES_DIGEST = keccak256("rules");
    uint40 internal constant ANCHORED = 10;
    /// @dev 1 million 元.
    uint64 internal constant MILLION = 100_000_000;
    uint64 internal constant ESTIMATE = 38 * MILLION;
    uint64 internal constant BUDGET = 40 * MILLION;
    uint64 internal constant CONTRACT = 29 * MILLION;

    ProjectLedger internal projects;
    ProjectIssues internal issues;
    SealedBids internal bids;
    ProjectId internal id;

    function setUp() public virtual override {
        super.setUp();
        calendar.setYear(2025, Calendars.LOW_2025, Calendars.HIGH_2025, "2025");
        calendar.setYear(2026, Calendars.LOW_2026, Calendars.HIGH_2026, "2026");
        projects = new ProjectLedger(address(manager), address(0), registry, anchorLog, someRules());
        issues = new ProjectIssues(address(manager), address(0), registry, calendar, anchorLog, projects);
        bids = new SealedBids(address(manager), address(0), registry, anchorLog, projects, someLimits());
        registry.admit(admission(AUDITOR, IDepartmentRegistry.Role.Department, AUDITOR_ACCOUNT));
        registry.admit(admission(OVERSEER, IDepartmentRegistry.Role.Oversight, OVERSEER_ACCOUNT));
        projects.entitle(APPROVER, bit(IProjectTypes.Duty.Approve) | bit(IProjectTypes.Duty.Plan), RECORD);
        projects.entitle(PAYER, bit(IProjectTypes.Duty.Pay), RECORD);
        projects.entitle(AUDITOR, bit(IProjectTypes.Duty.Audit), RECORD);
        openJournal(OWNER_ACCOUNT, OWNER);
        openJournal(APPROVER_ACCOUNT, APPROVER);
        openJournal(PAYER_ACCOUNT, PAYER);
        openJournal(AUDITOR_ACCOUNT, AUDITOR);
        openJournal(OVERSEER_ACCOUNT, OVERSEER);
    }

    // ----------------------------------------------------------------- Samples

    function someRules() internal pure returns (IProjectTypes.Rules memory) {
        return
            IProjectTypes.Rules({
                digest: RULES_DIGEST,
                effectiveFrom: 0,
                estimateTolerance: 1000,
                minimumBidders: 3,
                tenderDays: 20,
                saleDays: 5,
                candidateDays: 3,
                candidatePublishDays: 3,
                contractDays: 30,
                resultFilingDays: 15,
                reportingDays: 10,
                bidBond: 200,
                performanceBond: 1000
            });
    }

    function someLimits() internal pure returns (ITenderNotices.TenderLimits memory) {
        return
            ITenderNotices.TenderLimits({
                digest: RULES_DIGEST,
                effectiveFrom: 0,
                clarificationDays: 15,
                objectionDays: 10,
                objectionAnswerDays: 3,
                bondReturnDays: 5
            });
    }

    function someBodies() internal pure returns (IProjectTypes.Bodies memory) {
        return
            IProjectTypes.Bodies({owner: OWNER, approver: APPROVER, planner: APPROVER, payer: PAYER, auditor: AUDITOR});
    }

    function doc(Uscc holder) internal pure returns (IProjectTypes.Document memory) {
        return IProjectTypes.Document({scope: journalScope(holder), seq: ANCHORED - 1, record: RECORD});
    }

    function bit(IProjectTypes.Duty duty) internal pure returns (uint16) {
        return uint16(1 << uint8(duty));
    }

    function openJournal(address account, Uscc holder) internal {
        vm.startPrank(account);
        anchorLog.openJournal();
        anchorLog.anchor(journalScope(holder), 0, uint24(ANCHORED), keccak256("root"), HashName.Keccak256);
        vm.stopPrank();
    }

    // ------------------------------------------------------------------- Steps

    function registered() internal {
        vm.prank(APPROVER_ACCOUNT);
        id = projects.register(CODE, someBodies(), doc(APPROVER));
    }

    function approve(IProjectTypes.Stage stage, uint64 amount) internal {
        vm.prank(APPROVER_ACCOUNT);
        projects.approve(id, stage, amount, doc(APPROVER));
    }

    function issuePlan() internal {
        vm.prank(APPROVER_ACCOUNT);
        projects.issuePlan(id, BUDGET, doc(APPROVER));
    }

    /// @notice Registered, all three approvals, in the plan.
    function planned() internal {
        registered();
        approve(IProjectTypes.Stage.Proposal, 0);
        approve(IProjectTypes.Stage.Feasibility, ESTIMATE);
        approve(IProjectTypes.Stage.Design, BUDGET);
        issuePlan();
    }

    function announce(uint64 tenderDays, uint64 saleDays, uint64 bond) internal returns (uint32) {
        uint64 from = uint64(block.timestamp);
        vm.prank(OWNER_ACCOUNT);
        return
            projects.announce(
                id,
                30 * MILLION,
                from,
                from + saleDays * 1 days,
                from + tenderDays * 1 days,
                bond,
                doc(OWNER)
            );
    }

    function openBids(uint32 lot, uint16 bidders) internal {
        vm.prank(OWNER_ACCOUNT);
        projects.openBids(id, lot, bidders, uint64(block.timestamp), doc(OWNER));
    }

    function publishCandidates(uint32 lot, uint64 reportAt, uint64 length) internal {
        uint64 from = uint64(block.timestamp);
        vm.prank(OWNER_ACCOUNT);
        projects.publishCandidates(id, lot, reportAt, from, from + length * 1 days, doc(OWNER));
    }

    function award(uint32 lot, uint64 amount) internal {
        vm.prank(OWNER_ACCOUNT);
        projects.award(id, lot, STRANGER, amount, uint64(block.timestamp), doc(OWNER));
    }

    function sign(uint32 lot, uint64 amount) internal {
        vm.prank(OWNER_ACCOUNT);
        projects.sign(id, lot, amount, amount / 10, uint64(block.timestamp), doc(OWNER));
    }

    /// @notice A lot awarded at `amount`, tendered as the law wants it.
    function awardedLot(uint64 amount) internal returns (uint32 lot) {
        lot = announce(20, 5, 0);
        vm.warp(block.timestamp + 20 days);
        openBids(lot, 3);
        publishCandidates(lot, uint64(block.timestamp), 3);
        vm.warp(block.timestamp + 3 days);
        award(lot, amount);
    }

    function contractedLot(uint64 amount) internal returns (uint32 lot) {
        lot = awardedLot(amount);
        sign(lot, amount);
    }

    function start() internal {
        uint64 time = uint64(block.timestamp);
        vm.prank(OWNER_ACCOUNT);
        projects.start(id, time, time + 365 days, PERMIT, doc(OWNER));
    }

    function progress(uint32 lot, uint16 share) internal {
        vm.prank(OWNER_ACCOUNT);
        projects.reportProgress(id, lot, share, uint64(block.timestamp), doc(OWNER));
    }

    function pay(uint32 lot, uint64 amount) internal {
        vm.prank(PAYER_ACCOUNT);
        projects.pay(id, lot, amount, doc(PAYER));
    }

    function propose(uint32 lot, IProjectTypes.ChangeKind kind, int64 amount) internal returns (uint32) {
        vm.prank(OWNER_ACCOUNT);
        return projects.proposeChange(id, lot, kind, amount, doc(OWNER));
    }

    function decide(uint32 change, bool approved) internal {
        vm.prank(APPROVER_ACCOUNT);
        projects.decideChange(id, change, approved, doc(APPROVER));
    }

    function applyChange(uint32 change) internal {
        vm.prank(OWNER_ACCOUNT);
        projects.applyChange(id, change);
    }

    function accept() internal {
        vm.prank(OWNER_ACCOUNT);
        projects.accept(id, uint64(block.timestamp), doc(OWNER));
    }

    function settle(uint64 amount) internal {
        vm.prank(PAYER_ACCOUNT);
        projects.settle(id, amount, doc(PAYER));
    }

    // ------------------------------------------------------------ Expectations

    function closed(
        IProjectTypes.Rule rule,
        IProjectTypes.Law law,
        uint16 article,
        uint64 actual,
        uint64 limit
    ) internal view returns (bytes memory) {
        return abi.encodeWithSelector(IProjectLedger.GateClosed.selector, id, rule, law, article, actual, limit);
    }

    function expectFlag(
        IProjectTypes.Rule rule,
        uint32 lot,
        IProjectTypes.Law law,
        uint16 article,
        uint64 actual,
        uint64 limit
    ) internal {
        vm.expectEmit(address(projects));
        emit IProjectLedger.FlagRaised(id, rule, lot, law, article, actual, limit);
    }

    function flagCount() internal view returns (uint32) {
        return projects.project(id).flags;
    }
}
