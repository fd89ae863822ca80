// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IProjectLedger} from "../../../contracts/oversight/IProjectLedger.sol";
import {IProjectTypes} from "../../../contracts/oversight/IProjectTypes.sol";
import {ProjectFixture} from "./support/ProjectFixture.sol";
import {vm} from "./support/Vm.sol";

/// @dev From the start of construction to the evaluation. Invariants 16, 17 and 18 of invariants.md.
contract ProjectWorksTest is ProjectFixture {
    uint32 private lot;

    function setUp() public override {
        super.setUp();
        planned();
        lot = contractedLot(CONTRACT);
    }

    // ------------------------------------------------------------------- Start

    /// @dev 政府投资条例 art. 20: plan, contract and permit.
    function test_start_NeedsItsConditions() public {
        vm.expectRevert(
            closed(IProjectTypes.Rule.StartConditionsMissing, IProjectTypes.Law.InvestmentRegulation, 20, 126, 0)
        );
        vm.prank(OWNER_ACCOUNT);
        projects.start(id, uint64(block.timestamp), uint64(block.timestamp) + 1, 0, doc(OWNER));
        start();
        vm.expectRevert(
            abi.encodeWithSelector(IProjectLedger.StageAlreadyReached.selector, id, IProjectTypes.Stage.Start)
        );
        start();
    }

    function test_start_WithoutPlanOrContract() public {
        vm.prank(APPROVER_ACCOUNT);
        id = projects.register("other", someBodies(), doc(APPROVER));
        vm.expectRevert(
            closed(IProjectTypes.Rule.StartConditionsMissing, IProjectTypes.Law.InvestmentRegulation, 20, 0, 1)
        );
        start();
    }

    /// @dev 政府投资条例 art. 27.
    function test_start_FiledLate_IsFlagged() public {
        uint64 startedAt = uint64(block.timestamp);
        vm.warp(startedAt + 11 days);
        expectFlag(IProjectTypes.Rule.FiledLate, 0, IProjectTypes.Law.InvestmentRegulation, 27, 11, 10);
        vm.prank(OWNER_ACCOUNT);
        projects.start(id, startedAt, startedAt + 365 days, PERMIT, doc(OWNER));
    }

    // ---------------------------------------------------------------- Progress

    function test_reportProgress_NeverGoesBack() public {
        vm.expectRevert(abi.encodeWithSelector(IProjectLedger.StageMissing.selector, id, IProjectTypes.Stage.Start));
        progress(lot, 1);
        start();
        progress(lot, 4000);
        progress(lot, 4000);
        vm.expectRevert(abi.encodeWithSelector(IProjectLedger.ProgressInvalid.selector, 4000, 3999));
        progress(lot, 3999);
        vm.expectRevert(abi.encodeWithSelector(IProjectLedger.ProgressInvalid.selector, 4000, 10_001));
        progress(lot, 10_001);
    }

    // ---------------------------------------------------------------- Payments

    function test_pay_WithinProgress_RaisesNoFlag() public {
        start();
        progress(lot, 5000);
        pay(lot, CONTRACT / 2);
        same("flags", flagCount(), 0);
        same("paid", projects.project(id).paid, CONTRACT / 2);
    }

    function test_pay_AheadOfProgress_IsFlagged() public {
        start();
        progress(lot, 5000);
        expectFlag(
            IProjectTypes.Rule.PaymentAheadOfProgress,
            lot,
            IProjectTypes.Law.None,
            0,
            CONTRACT / 2 + 1,
            CONTRACT / 2
        );
        pay(lot, CONTRACT / 2 + 1);
    }

    function test_pay_AboveTheContract_IsFlagged() public {
        start();
        progress(lot, 10_000);
        expectFlag(IProjectTypes.Rule.PaymentAboveContract, lot, IProjectTypes.Law.None, 0, CONTRACT + 1, CONTRACT);
        pay(lot, CONTRACT + 1);
    }

    /// @dev 政府投资条例 art. 23: paying beyond the ratified budget reverts, one 分 less does not.
    function test_pay_BeyondTheBudget_Reverts() public {
        start();
        progress(lot, 10_000);
        vm.expectRevert(
            closed(IProjectTypes.Rule.TotalExceeded, IProjectTypes.Law.InvestmentRegulation, 23, BUDGET + 1, BUDGET)
        );
        pay(lot, BUDGET + 1);
        pay(lot, BUDGET);
        vm.expectRevert(
            closed(IProjectTypes.Rule.TotalExceeded, IProjectTypes.Law.InvestmentRegulation, 23, BUDGET + 1, BUDGET)
        );
        pay(lot, 1);
        // An amount that would overflow 64 bits is beyond the budget too.
        vm.expectRevert(
            closed(
                IProjectTypes.Rule.TotalExceeded,
                IProjectTypes.Law.InvestmentRegulation,
                23,
                type(uint64).max,
                BUDGET
            )
        );
        pay(lot, type(uint64).max);
        vm.prank(APPROVER_ACCOUNT);
        projects.reratify(id, BUDGET + MILLION, doc(APPROVER), RECORD);
        pay(lot, MILLION);
    }

    function test_pay_OnlyThePayer() public {
        vm.expectRevert(abi.encodeWithSelector(IProjectLedger.SenderNotEntitled.selector, OWNER_ACCOUNT, PAYER));
        vm.prank(OWNER_ACCOUNT);
        projects.pay(id, lot, 1, doc(OWNER));
        vm.expectRevert(abi.encodeWithSelector(IProjectLedger.AmountMissing.selector));
        pay(lot, 0);
    }

    // ----------------------------------------------------------------- Changes

    function test_change_OfThePrice_NeedsNoConsent() public {
        uint32 change = propose(lot, IProjectTypes.ChangeKind.Price, int64(6 * MILLION + MILLION / 4));
        applyChange(change);
        same("value", projects.lot(id, lot).value, CONTRACT + 6 * MILLION + MILLION / 4);
        same("committed", projects.project(id).committed, CONTRACT + 6 * MILLION + MILLION / 4);
        same("state", uint8(projects.change(id, change).state), uint8(IProjectTypes.ChangeState.InEffect));
    }

    /// @dev 政府投资条例 art. 21: site, scale and content return to the approver.
    function test_change_OfSiteScaleOrContent_NeedsTheApprover() public {
        for (uint8 kind = 2; kind <= 4; kind++) {
            uint32 change = propose(lot, IProjectTypes.ChangeKind(kind), 1);
            vm.expectRevert(
                closed(IProjectTypes.Rule.ChangeUnapproved, IProjectTypes.Law.InvestmentRegulation, 21, kind, 1)
            );
            applyChange(change);
            decide(change, true);
            applyChange(change);
        }
        same("value", projects.lot(id, lot).value, CONTRACT + 3);
    }

    function test_change_Refused_IsOver() public {
        uint32 change = propose(lot, IProjectTypes.ChangeKind.Scale, 1);
        decide(change, false);
        bytes memory refused = abi.encodeWithSelector(
            IProjectLedger.ChangeStateInvalid.selector,
            id,
            change,
            IProjectTypes.ChangeState.Refused
        );
        vm.expectRevert(refused);
        applyChange(change);
        vm.expectRevert(refused);
        decide(change, true);
    }

    /// @dev 政府投资条例 art. 23 holds for changes too.
    function test_change_BeyondTheBudget() public {
        uint32 change = propose(lot, IProjectTypes.ChangeKind.Price, int64(11 * MILLION + 1));
        vm.expectRevert(
            closed(IProjectTypes.Rule.TotalExceeded, IProjectTypes.Law.InvestmentRegulation, 23, BUDGET + 1, BUDGET)
        );
        applyChange(change);
    }

    function test_change_NotBelowWhatIsPaid() public {
        start();
        pay(lot, CONTRACT);
        int64[3] memory amounts = [int64(-1), -int64(CONTRACT), type(int64).min];
        for (uint256 i = 0; i < amounts.length; i++) {
            uint32 change = propose(lot, IProjectTypes.ChangeKind.Price, amounts[i]);
            vm.expectRevert(abi.encodeWithSelector(IProjectLedger.ChangeAmountInvalid.selector, amounts[i]));
            applyChange(change);
        }
    }

    function test_change_OnlyOwnerAndApprover() public {
        uint32 change = propose(lot, IProjectTypes.ChangeKind.Price, 1);
        vm.expectRevert(abi.encodeWithSelector(IProjectLedger.SenderNotEntitled.selector, PAYER_ACCOUNT, OWNER));
        vm.prank(PAYER_ACCOUNT);
        projects.applyChange(id, change);
        vm.expectRevert(abi.encodeWithSelector(IProjectLedger.SenderNotEntitled.selector, OWNER_ACCOUNT, APPROVER));
        vm.prank(OWNER_ACCOUNT);
        projects.decideChange(id, change, true, doc(OWNER));
        vm.expectRevert(abi.encodeWithSelector(IProjectLedger.ChangeUnknown.selector, id, 9));
        decide(9, true);
        vm.expectRevert(
            abi.encodeWithSelector(IProjectLedger.ChangeStateInvalid.selector, id, 2, IProjectTypes.ChangeState.None)
        );
        propose(lot, IProjectTypes.ChangeKind.None, 1);
    }

    // -------------------------------------------------------------- Completion

    function test_completion_InOrder_RaisesNoFlag() public {
        start();
        progress(lot, 10_000);
        pay(lot, CONTRACT);
        accept();
        settle(CONTRACT);
        vm.prank(AUDITOR_ACCOUNT);
        projects.audit(id, CONTRACT, doc(AUDITOR));
        vm.prank(APPROVER_ACCOUNT);
        projects.evaluate(id, doc(APPROVER));
        IProjectTypes.Project memory found = projects.project(id);
        same("stage", uint8(found.stage), uint8(IProjectTypes.Stage.Evaluation));
        same("reached", found.reached, 8190);
        same("final account", found.finalAccount, CONTRACT);
        same("flags", found.flags, 0);
    }

    /// @dev 政府投资条例 art. 24.
    function test_accept_AfterTheConstructionPeriod_IsFlagged() public {
        start();
        uint64 due = projects.project(id).completionDue;
        vm.warp(due + 1);
        expectFlag(IProjectTypes.Rule.TimeOverrun, 0, IProjectTypes.Law.InvestmentRegulation, 24, due + 1, due);
        accept();
    }

    /// @dev 政府投资条例 art. 25 and 23.
    function test_settle_NeedsAcceptanceAndTheBudget() public {
        start();
        vm.expectRevert(
            closed(IProjectTypes.Rule.FinalAccountBeforeAcceptance, IProjectTypes.Law.InvestmentRegulation, 25, 0, 1)
        );
        settle(CONTRACT);
        accept();
        vm.expectRevert(
            closed(IProjectTypes.Rule.TotalExceeded, IProjectTypes.Law.InvestmentRegulation, 23, BUDGET + 1, BUDGET)
        );
        settle(BUDGET + 1);
        settle(BUDGET);
    }

    function test_accept_audit_evaluate_NeedTheStageBefore() public {
        vm.expectRevert(abi.encodeWithSelector(IProjectLedger.StageMissing.selector, id, IProjectTypes.Stage.Start));
        accept();
        vm.expectRevert(
            abi.encodeWithSelector(IProjectLedger.StageMissing.selector, id, IProjectTypes.Stage.FinalAccount)
        );
        vm.prank(AUDITOR_ACCOUNT);
        projects.audit(id, 1, doc(AUDITOR));
        vm.expectRevert(
            abi.encodeWithSelector(IProjectLedger.StageMissing.selector, id, IProjectTypes.Stage.Acceptance)
        );
        vm.prank(APPROVER_ACCOUNT);
        projects.evaluate(id, doc(APPROVER));
    }
}
