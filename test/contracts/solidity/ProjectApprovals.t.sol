// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IDepartmentRegistry} from "../../../contracts/identity/IDepartmentRegistry.sol";
import {IRetirable} from "../../../contracts/ledger/IRetirable.sol";
import {IProjectLedger} from "../../../contracts/oversight/IProjectLedger.sol";
import {IProjectTypes} from "../../../contracts/oversight/IProjectTypes.sol";
import {ProjectId, toProjectId} from "../../../contracts/types/ProjectId.sol";
import {journalScope} from "../../../contracts/types/ScopeId.sol";
import {Uscc} from "../../../contracts/types/Uscc.sol";
import {ProjectFixture} from "./support/ProjectFixture.sol";
import {vm} from "./support/Vm.sol";

/// @dev From the code to the annual plan; rules. Invariants 16, 17 and 18 of invariants.md.
contract ProjectApprovalsTest is ProjectFixture {
    // ---------------------------------------------------------------- Register

    function test_register_EntersTheProject() public {
        registered();
        same("id", ProjectId.unwrap(id), ProjectId.unwrap(toProjectId(CODE)));
        IProjectTypes.Project memory found = projects.project(id);
        same("code", found.code, CODE);
        same("owner", found.bodies.owner, OWNER);
        same("auditor", found.bodies.auditor, AUDITOR);
        same("stage", uint8(found.stage), 0);
        same("registeredAt", found.registeredAt, START);
        same("count", projects.projectCount(), 1);
        same("by index", ProjectId.unwrap(projects.projectByIndex(0)), ProjectId.unwrap(id));
        same("registered", projects.isRegistered(id), true);
        vm.expectRevert(abi.encodeWithSelector(IProjectLedger.IndexUnknown.selector, 1, 1));
        projects.projectByIndex(1);
    }

    function test_register_WhenTheProjectExists() public {
        registered();
        vm.expectRevert(abi.encodeWithSelector(IProjectLedger.ProjectExists.selector, id));
        registered();
    }

    function test_register_WhenTheCodeIsInvalid() public {
        string[2] memory codes = ["", "12345678901234567890123456789012345678901234567890123456789012345"];
        for (uint256 i = 0; i < codes.length; i++) {
            vm.expectRevert(abi.encodeWithSelector(IProjectLedger.CodeInvalid.selector));
            vm.prank(APPROVER_ACCOUNT);
            projects.register(codes[i], someBodies(), doc(APPROVER));
        }
    }

    function test_register_WhenTheSenderIsNotTheApprover() public {
        vm.expectRevert(abi.encodeWithSelector(IProjectLedger.SenderNotEntitled.selector, OWNER_ACCOUNT, APPROVER));
        vm.prank(OWNER_ACCOUNT);
        projects.register(CODE, someBodies(), doc(APPROVER));
    }

    function test_register_WhenABodyHasNotTheDuty() public {
        IProjectTypes.Bodies memory bodies = someBodies();
        bodies.payer = AUDITOR;
        vm.expectRevert(
            abi.encodeWithSelector(IProjectLedger.BodyNotEntitled.selector, AUDITOR, IProjectTypes.Duty.Pay)
        );
        vm.prank(APPROVER_ACCOUNT);
        projects.register(CODE, bodies, doc(APPROVER));
        projects.entitle(APPROVER, 0, RECORD);
        vm.expectRevert(
            abi.encodeWithSelector(IProjectLedger.BodyNotEntitled.selector, APPROVER, IProjectTypes.Duty.Approve)
        );
        registered();
    }

    function test_register_WhenTheDocumentIsNotAnchoredByTheSender() public {
        IProjectTypes.Document[3] memory documents = [doc(APPROVER), doc(APPROVER), doc(OWNER)];
        documents[0].seq = ANCHORED;
        documents[1].record = 0;
        for (uint256 i = 0; i < documents.length; i++) {
            vm.expectRevert(
                abi.encodeWithSelector(
                    IProjectLedger.DocumentNotAnchored.selector,
                    documents[i].scope,
                    documents[i].seq
                )
            );
            vm.prank(APPROVER_ACCOUNT);
            projects.register(CODE, someBodies(), documents[i]);
        }
    }

    function test_register_WhenTheApproverIsSuspended() public {
        registry.setStatus(APPROVER, IDepartmentRegistry.Status.Suspended, 1);
        vm.expectRevert(abi.encodeWithSelector(IProjectLedger.SenderNotEntitled.selector, APPROVER_ACCOUNT, APPROVER));
        registered();
    }

    function test_entitle_OnlyTheAuthority() public {
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, OWNER_ACCOUNT));
        vm.prank(OWNER_ACCOUNT);
        projects.entitle(OWNER, 15, RECORD);
    }

    // ----------------------------------------------------------------- Approve

    function test_approve_InOrder_RaisesNoFlag() public {
        planned();
        IProjectTypes.Project memory found = projects.project(id);
        same("estimate", found.estimate, ESTIMATE);
        same("budget", found.budget, BUDGET);
        same("stage", uint8(found.stage), uint8(IProjectTypes.Stage.Plan));
        same("reached", found.reached, 30);
        same("flags", found.flags, 0);
    }

    function test_approve_WhenAStageIsSkipped_RaisesAFlagOfArticle9() public {
        registered();
        expectFlag(IProjectTypes.Rule.StageSkipped, 0, IProjectTypes.Law.InvestmentRegulation, 9, 1, 2);
        approve(IProjectTypes.Stage.Feasibility, ESTIMATE);
        same("flags", flagCount(), 1);
        IProjectTypes.Flag memory flag = projects.flag(id, 1);
        same("rule", uint8(flag.rule), uint8(IProjectTypes.Rule.StageSkipped));
        same("raisedAt", flag.raisedAt, START);
        vm.expectRevert(abi.encodeWithSelector(IProjectLedger.FlagUnknown.selector, id, 2));
        projects.flag(id, 2);
    }

    function test_approve_Twice() public {
        planned();
        vm.expectRevert(
            abi.encodeWithSelector(IProjectLedger.StageAlreadyReached.selector, id, IProjectTypes.Stage.Design)
        );
        approve(IProjectTypes.Stage.Design, BUDGET);
    }

    function test_approve_NothingButTheThreeStages() public {
        registered();
        IProjectTypes.Stage[2] memory stages = [IProjectTypes.Stage.None, IProjectTypes.Stage.Plan];
        for (uint256 i = 0; i < stages.length; i++) {
            vm.expectRevert(abi.encodeWithSelector(IProjectLedger.StageMissing.selector, id, stages[i]));
            approve(stages[i], 1);
        }
        vm.expectRevert(abi.encodeWithSelector(IProjectLedger.AmountMissing.selector));
        approve(IProjectTypes.Stage.Feasibility, 0);
    }

    /// @dev 政府投资条例 art. 12: up to 10 % above the estimate passes, one 分 more does not.
    function test_approve_BudgetAboveTheEstimate() public {
        registered();
        approve(IProjectTypes.Stage.Proposal, 0);
        approve(IProjectTypes.Stage.Feasibility, ESTIMATE);
        uint64 limit = (ESTIMATE * 11) / 10;
        vm.expectRevert(
            closed(IProjectTypes.Rule.EstimateExceeded, IProjectTypes.Law.InvestmentRegulation, 12, limit + 1, limit)
        );
        approve(IProjectTypes.Stage.Design, limit + 1);

        vm.prank(OWNER_ACCOUNT);
        projects.reportExcess(id, doc(OWNER));
        expectFlag(
            IProjectTypes.Rule.EstimateExceededReported,
            0,
            IProjectTypes.Law.InvestmentRegulation,
            12,
            limit + 1,
            limit
        );
        approve(IProjectTypes.Stage.Design, limit + 1);
        same("budget", projects.project(id).budget, limit + 1);
    }

    function test_approve_BudgetAtTheTolerance_Passes() public {
        registered();
        approve(IProjectTypes.Stage.Proposal, 0);
        approve(IProjectTypes.Stage.Feasibility, ESTIMATE);
        approve(IProjectTypes.Stage.Design, (ESTIMATE * 11) / 10);
        same("flags", flagCount(), 0);
    }

    function test_reportExcess_OnlyBetweenEstimateAndBudget() public {
        registered();
        vm.expectRevert(
            abi.encodeWithSelector(IProjectLedger.StageMissing.selector, id, IProjectTypes.Stage.Feasibility)
        );
        vm.prank(OWNER_ACCOUNT);
        projects.reportExcess(id, doc(OWNER));
        approve(IProjectTypes.Stage.Feasibility, ESTIMATE);
        approve(IProjectTypes.Stage.Design, BUDGET);
        vm.expectRevert(
            abi.encodeWithSelector(IProjectLedger.StageAlreadyReached.selector, id, IProjectTypes.Stage.Design)
        );
        vm.prank(OWNER_ACCOUNT);
        projects.reportExcess(id, doc(OWNER));
    }

    // -------------------------------------------------------------------- Plan

    /// @dev 政府投资条例 art. 17.
    function test_issuePlan_NeedsAnApprovedStudyOrARatifiedBudget() public {
        registered();
        approve(IProjectTypes.Stage.Proposal, 0);
        vm.expectRevert(closed(IProjectTypes.Rule.PlanUnapproved, IProjectTypes.Law.InvestmentRegulation, 17, 0, 1));
        issuePlan();
        approve(IProjectTypes.Stage.Feasibility, ESTIMATE);
        issuePlan();
        // Every year again.
        issuePlan();
    }

    // ---------------------------------------------------------------- Reratify

    /// @dev 政府投资条例 art. 23: another budget needs a source of funds and covers what is committed.
    function test_reratify() public {
        planned();
        contractedLot(CONTRACT);
        vm.startPrank(APPROVER_ACCOUNT);
        bytes memory unfunded = closed(
            IProjectTypes.Rule.TotalExceeded,
            IProjectTypes.Law.InvestmentRegulation,
            23,
            CONTRACT,
            BUDGET + 1
        );
        vm.expectRevert(unfunded);
        projects.reratify(id, BUDGET + 1, doc(APPROVER), 0);
        vm.expectRevert(
            closed(IProjectTypes.Rule.TotalExceeded, IProjectTypes.Law.InvestmentRegulation, 23, CONTRACT, CONTRACT - 1)
        );
        projects.reratify(id, CONTRACT - 1, doc(APPROVER), RECORD);
        vm.expectEmit(address(projects));
        emit IProjectLedger.BudgetReratified(id, BUDGET, BUDGET + MILLION, doc(APPROVER), RECORD);
        projects.reratify(id, BUDGET + MILLION, doc(APPROVER), RECORD);
        vm.stopPrank();
        same("budget", projects.project(id).budget, BUDGET + MILLION);
    }

    function test_reratify_BeforeTheBudget() public {
        registered();
        vm.expectRevert(abi.encodeWithSelector(IProjectLedger.StageMissing.selector, id, IProjectTypes.Stage.Design));
        vm.prank(APPROVER_ACCOUNT);
        projects.reratify(id, BUDGET, doc(APPROVER), RECORD);
    }

    // ------------------------------------------------------------------- Rules

    function test_rules_AreVersioned() public {
        same("first", projects.rules(1).digest, RULES_DIGEST);
        same("in effect since", projects.rules(1).effectiveFrom, START);
        IProjectTypes.Rules memory later = someRules();
        later.effectiveFrom = START + 1 days;
        later.estimateTolerance = 500;
        same("version", projects.appendRules(later), 2);
        registered();
        approve(IProjectTypes.Stage.Proposal, 0);
        approve(IProjectTypes.Stage.Feasibility, ESTIMATE);
        vm.warp(START + 1 days);
        uint64 limit = (ESTIMATE * 105) / 100;
        vm.expectRevert(
            closed(IProjectTypes.Rule.EstimateExceeded, IProjectTypes.Law.InvestmentRegulation, 12, limit + 1, limit)
        );
        approve(IProjectTypes.Stage.Design, limit + 1);
        vm.expectRevert(abi.encodeWithSelector(IProjectLedger.RulesUnknown.selector, 3));
        projects.rules(3);
    }

    function test_appendRules_WhenTheyAreUnsound() public {
        IProjectTypes.Rules[5] memory all;
        for (uint256 i = 0; i < all.length; i++) {
            all[i] = someRules();
            all[i].effectiveFrom = START + 10;
        }
        all[0].digest = 0;
        all[1].minimumBidders = 0;
        all[2].bidBond = 10_001;
        all[3].performanceBond = 10_001;
        all[4].effectiveFrom = START - 1;
        for (uint256 i = 0; i < all.length; i++) {
            vm.expectRevert(abi.encodeWithSelector(IProjectLedger.RulesInvalid.selector));
            projects.appendRules(all[i]);
        }
    }

    /// @dev Each rule's article, as in the committed rule set: test/scripts/deploy compares the two.
    function test_articleOf() public view {
        (IProjectTypes.Law law, uint16 article) = projects.articleOf(IProjectTypes.Rule.TotalExceeded);
        same("law", uint8(law), uint8(IProjectTypes.Law.InvestmentRegulation));
        same("article", article, 23);
        (law, article) = projects.articleOf(IProjectTypes.Rule.PaymentAheadOfProgress);
        same("law", uint8(law), uint8(IProjectTypes.Law.None));
        same("article", article, 0);
    }

    function test_retire_RefusesEveryWriteAndAnswersEveryRead() public {
        planned();
        projects.retire(address(0xbeef));
        bytes memory retired = abi.encodeWithSelector(IRetirable.ContractRetired.selector, address(0xbeef));
        vm.expectRevert(retired);
        issuePlan();
        vm.expectRevert(retired);
        projects.entitle(OWNER, 1, RECORD);
        same("budget", projects.project(id).budget, BUDGET);
    }
}
