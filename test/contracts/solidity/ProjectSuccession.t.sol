// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IRetirable} from "../../../contracts/ledger/IRetirable.sol";
import {IProjectIssues} from "../../../contracts/oversight/IProjectIssues.sol";
import {IProjectLedger} from "../../../contracts/oversight/IProjectLedger.sol";
import {IProjectTypes} from "../../../contracts/oversight/IProjectTypes.sol";
import {ISealedBids} from "../../../contracts/oversight/ISealedBids.sol";
import {ProjectIssues} from "../../../contracts/oversight/ProjectIssues.sol";
import {ProjectLedger} from "../../../contracts/oversight/ProjectLedger.sol";
import {SealedBids} from "../../../contracts/oversight/SealedBids.sol";
import {ProjectId, toProjectId} from "../../../contracts/types/ProjectId.sol";
import {ProjectFixture} from "./support/ProjectFixture.sol";
import {vm} from "./support/Vm.sol";

/// @dev ProjectLedger, ProjectIssues and SealedBids that continue retired ones. Invariant 15 of invariants.md.
contract ProjectSuccessionTest is ProjectFixture {
    string private constant LONG_CODE = "2025-990100-48-01-000002-a-code-of-more-than-31-bytes";
    bytes32 private constant SALT = keccak256("salt");

    ProjectLedger private before;
    ProjectIssues private issuesBefore;
    SealedBids private bidsBefore;
    ProjectId private long;
    uint32 private lot;
    uint32 private tendered;
    uint32 private change;

    function setUp() public override {
        super.setUp();
        planned();
        lot = contractedLot(CONTRACT);
        start();
        progress(lot, 5000);
        pay(lot, 20 * MILLION);
        change = propose(lot, IProjectTypes.ChangeKind.Scale, int64(MILLION));
        tendered = announce(30, 5, 0);
        vm.prank(APPROVER_ACCOUNT);
        long = projects.register(LONG_CODE, someBodies(), doc(APPROVER));
        vm.prank(PAYER_ACCOUNT);
        issues.reportIssue(id, doc(PAYER));
        vm.prank(OVERSEER_ACCOUNT);
        issues.assignIssue(id, 1, OWNER, 5);
        uint64 deadline = projects.lot(id, tendered).deadline;
        vm.prank(OWNER_ACCOUNT);
        bids.announceRound(id, tendered, deadline + 1 days, doc(OWNER));
        seal(commitment(1));

        before = projects;
        issuesBefore = issues;
        bidsBefore = bids;
        IProjectTypes.Rules memory next = someRules();
        next.minimumBidders = 4;
        projects = new ProjectLedger(address(manager), address(before), registry, anchorLog, next);
        issues = new ProjectIssues(address(manager), address(issuesBefore), registry, calendar, anchorLog, projects);
        bids = new SealedBids(address(manager), address(bidsBefore), registry, anchorLog, projects, someLimits());
    }

    function test_BeforeThePredecessorIsRetired() public {
        same("count", projects.projectCount(), 0);
        same("registered", projects.isRegistered(id), false);
        same("duties", projects.dutiesOf(APPROVER), 0);
        same("issues", issues.issueCount(id), 0);
        vm.expectRevert(abi.encodeWithSelector(IProjectLedger.ProjectUnknown.selector, id));
        projects.project(id);
        bytes memory notRetired = abi.encodeWithSelector(IRetirable.PredecessorNotRetired.selector, address(before));
        vm.expectRevert(notRetired);
        pay(lot, MILLION);
        vm.expectRevert(notRetired);
        projects.entitle(OWNER, bit(IProjectTypes.Duty.Pay), RECORD);
        vm.expectRevert(abi.encodeWithSelector(IRetirable.PredecessorNotRetired.selector, address(bidsBefore)));
        seal(RECORD);
    }

    function test_ReadsThrough() public {
        handOver();
        requireSame();
        same("count", projects.projectCount(), 2);
        same("first", ProjectId.unwrap(projects.projectByIndex(0)), ProjectId.unwrap(id));
        vm.expectRevert(abi.encodeWithSelector(IProjectLedger.IndexUnknown.selector, 2, 2));
        projects.projectByIndex(2);
        same("duties", projects.dutiesOf(PAYER), bit(IProjectTypes.Duty.Pay));
        same("rules", projects.rulesCount(), 2);
        same("old rules", projects.rules(1).minimumBidders, 3);
        same("new rules", projects.rules(2).minimumBidders, 4);
        vm.expectRevert(abi.encodeWithSelector(IProjectLedger.RulesUnknown.selector, 3));
        projects.rules(3);
        vm.expectRevert(abi.encodeWithSelector(IProjectLedger.LotUnknown.selector, id, 9));
        projects.lot(id, 9);
        vm.expectRevert(abi.encodeWithSelector(IProjectLedger.FlagUnknown.selector, id, 9));
        projects.flag(id, 9);
        vm.expectRevert(abi.encodeWithSelector(IProjectLedger.ChangeUnknown.selector, id, 9));
        projects.change(id, 9);
        same("issues", issues.issueCount(id), 1);
        same("open", issues.openIssueCount(id), 1);
        same("due", issues.issue(id, 1).due, issuesBefore.issue(id, 1).due);
        same("sealed", bids.round(id, tendered).sealedCount, 1);
        same("bid", bids.bid(id, tendered, 1).commitment, commitment(1));
    }

    function test_TheProjectGoesOn_WithItsNumbers() public {
        uint32 flags = flagCount(before);
        handOver();
        vm.expectRevert(abi.encodeWithSelector(IRetirable.ContractRetired.selector, address(projects)));
        vm.prank(PAYER_ACCOUNT);
        before.pay(id, lot, MILLION, doc(PAYER));
        pay(lot, MILLION);
        same("paid", projects.project(id).paid, 21 * MILLION);
        same("lot paid", projects.lot(id, lot).paid, 21 * MILLION);
        same("the rest of the lot", projects.lot(id, lot).winner, STRANGER);
        same("flag", flagCount(projects), flags + 1);
        same("its number", projects.flag(id, flags + 1).actual, 21 * MILLION);
        same("flags before", projects.flag(id, 1).raisedAt, before.flag(id, 1).raisedAt);
        decide(change, true);
        applyChange(change);
        same("value", projects.lot(id, lot).value, CONTRACT + MILLION);
        same("committed", projects.project(id).committed, CONTRACT + MILLION);
        same("next change", propose(lot, IProjectTypes.ChangeKind.Price, 1), change + 1);
        same("next lot", announce(20, 5, 0), tendered + 1);
        same("untouched there", before.project(id).paid, 20 * MILLION);
        // Beyond the budget is refused with what was paid before the succession.
        vm.expectRevert(
            closed(IProjectTypes.Rule.TotalExceeded, IProjectTypes.Law.InvestmentRegulation, 23, 41 * MILLION, BUDGET)
        );
        pay(lot, 20 * MILLION);
    }

    function test_AProjectWithALongCode_IsTakenOverWhole() public {
        handOver();
        vm.prank(APPROVER_ACCOUNT);
        projects.approve(long, IProjectTypes.Stage.Proposal, 0, doc(APPROVER));
        same("code", projects.project(long).code, LONG_CODE);
        same("bodies", keccak256(abi.encode(projects.project(long).bodies)), keccak256(abi.encode(someBodies())));
    }

    function test_TheRulesOfTheSuccessorApply() public {
        handOver();
        vm.warp(projects.lot(id, tendered).deadline);
        vm.expectRevert(closed(IProjectTypes.Rule.TooFewBidders, IProjectTypes.Law.BiddingLaw, 28, 3, 4));
        openBids(tendered, 3);
        openBids(tendered, 4);
    }

    function test_Register_ContinuesTheEnumerationAndRefusesWhatThePredecessorHas() public {
        handOver();
        vm.expectRevert(abi.encodeWithSelector(IProjectLedger.ProjectExists.selector, id));
        registered();
        vm.prank(APPROVER_ACCOUNT);
        ProjectId fresh = projects.register("fresh", someBodies(), doc(APPROVER));
        same("count", projects.projectCount(), 3);
        same("by index", ProjectId.unwrap(projects.projectByIndex(2)), ProjectId.unwrap(fresh));
        ProjectId none = toProjectId("none");
        vm.expectRevert(abi.encodeWithSelector(IProjectLedger.ProjectUnknown.selector, none));
        vm.prank(APPROVER_ACCOUNT);
        projects.issuePlan(none, 1, doc(APPROVER));
    }

    function test_Duties_TakenAwayHere_StayTakenAway() public {
        handOver();
        projects.entitle(APPROVER, 0, RECORD);
        same("duties", projects.dutiesOf(APPROVER), 0);
        vm.expectRevert(
            abi.encodeWithSelector(IProjectLedger.BodyNotEntitled.selector, APPROVER, IProjectTypes.Duty.Approve)
        );
        vm.prank(APPROVER_ACCOUNT);
        projects.register("fresh", someBodies(), doc(APPROVER));
    }

    function test_ASuccessorOfTheSuccessor_ReadsAndGoesOn() public {
        handOver();
        ProjectLedger second = projects;
        projects = new ProjectLedger(address(manager), address(second), registry, anchorLog, someRules());
        second.retire(address(projects));
        requireSame();
        pay(lot, MILLION);
        same("paid", projects.project(id).paid, 21 * MILLION);
        vm.prank(APPROVER_ACCOUNT);
        projects.approve(long, IProjectTypes.Stage.Proposal, 0, doc(APPROVER));
        same("code", projects.project(long).code, LONG_CODE);
        same("rules", projects.rulesCount(), 3);
    }

    function test_AnIssueGoesOn_AndIsClosed() public {
        handOver();
        vm.prank(OWNER_ACCOUNT);
        issues.answerIssue(id, 1, doc(OWNER));
        vm.prank(OVERSEER_ACCOUNT);
        issues.closeIssue(id, 1, doc(OVERSEER));
        same("open", issues.openIssueCount(id), 0);
        same("reporter", issues.issue(id, 1).reporter, PAYER);
        same("state there", uint8(issuesBefore.issue(id, 1).state), uint8(IProjectIssues.IssueState.Assigned));
        vm.prank(PAYER_ACCOUNT);
        same("next", issues.reportIssue(id, doc(PAYER)), 2);
        same("all", issues.issueCount(id), 2);
        same("open again", issues.openIssueCount(id), 1);
    }

    function test_ASealedBid_IsOpenedInTheSuccessor() public {
        handOver();
        bytes32 known = commitment(1);
        vm.expectRevert(abi.encodeWithSelector(ISealedBids.CommitmentKnown.selector, known));
        seal(known);
        same("next", seal(commitment(2)), 2);
        vm.warp(bids.round(id, tendered).deadline);
        bids.open(id, tendered, 1, STRANGER, 1, RECORD, SALT);
        same("opened", bids.bid(id, tendered, 1).amount, 1);
        same("relay", bids.bid(id, tendered, 1).relay, PAYER);
        same("count", bids.round(id, tendered).openedCount, 1);
    }

    function handOver() private {
        before.retire(address(projects));
        issuesBefore.retire(address(issues));
        bidsBefore.retire(address(bids));
    }

    function requireSame() private view {
        same("project", keccak256(abi.encode(projects.project(id))), keccak256(abi.encode(before.project(id))));
        same("long", keccak256(abi.encode(projects.project(long))), keccak256(abi.encode(before.project(long))));
        same("lot", keccak256(abi.encode(projects.lot(id, lot))), keccak256(abi.encode(before.lot(id, lot))));
        same("change", keccak256(abi.encode(projects.change(id, change))), keccak256(abi.encode(before.change(id, 1))));
        same("flag", keccak256(abi.encode(projects.flag(id, 1))), keccak256(abi.encode(before.flag(id, 1))));
    }

    function flagCount(ProjectLedger ledger) private view returns (uint32) {
        return ledger.project(id).flags;
    }

    function commitment(uint64 amount) private view returns (bytes32) {
        return bids.commitmentOf(id, tendered, STRANGER, amount, RECORD, SALT);
    }

    function seal(bytes32 sealed_) private returns (uint32) {
        vm.prank(PAYER_ACCOUNT);
        return bids.seal(id, tendered, sealed_);
    }
}
