// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDepartmentRegistry} from "../../../contracts/identity/IDepartmentRegistry.sol";
import {IProjectIssues} from "../../../contracts/oversight/IProjectIssues.sol";
import {ProjectId} from "../../../contracts/types/ProjectId.sol";
import {Uscc} from "../../../contracts/types/Uscc.sol";
import {ProjectFixture} from "./support/ProjectFixture.sol";
import {vm} from "./support/Vm.sol";

/// @dev Report, assign, answer, close. Invariant 19 of invariants.md.
contract ProjectIssuesTest is ProjectFixture {
    uint16 private constant DAYS = 5;
    Uscc private constant BELOW = Uscc.wrap("11990100990100085M");

    function setUp() public override {
        super.setUp();
        registered();
    }

    function report() private returns (uint32) {
        vm.prank(PAYER_ACCOUNT);
        return issues.reportIssue(id, doc(PAYER));
    }

    function assign(uint32 issue, Uscc assignee) private {
        vm.prank(OVERSEER_ACCOUNT);
        issues.assignIssue(id, issue, assignee, DAYS);
    }

    function answer(uint32 issue) private {
        vm.prank(OWNER_ACCOUNT);
        issues.answerIssue(id, issue, doc(OWNER));
    }

    function close(uint32 issue) private {
        vm.prank(OVERSEER_ACCOUNT);
        issues.closeIssue(id, issue, doc(OVERSEER));
    }

    function invalid(uint32 issue, IProjectIssues.IssueState state) private view returns (bytes memory) {
        return abi.encodeWithSelector(IProjectIssues.IssueStateInvalid.selector, id, issue, state);
    }

    function test_TheWholeWay() public {
        uint32 issue = report();
        same("open", issues.openIssueCount(id), 1);
        same("reporter", issues.issue(id, issue).reporter, PAYER);
        uint64 due = calendar.dueAfter(START, DAYS);
        vm.expectEmit(address(issues));
        emit IProjectIssues.IssueAssigned(id, issue, OWNER, due);
        assign(issue, OWNER);
        vm.prank(OVERSEER_ACCOUNT);
        issues.urgeIssue(id, issue);
        same("urged", issues.issue(id, issue).urged, 1);
        same("due is not moved", issues.issue(id, issue).due, due);
        vm.expectEmit(address(issues));
        emit IProjectIssues.IssueAnswered(id, issue, false, doc(OWNER));
        answer(issue);
        close(issue);
        same("state", uint8(issues.issue(id, issue).state), uint8(IProjectIssues.IssueState.Closed));
        same("open", issues.openIssueCount(id), 0);
        same("all", issues.issueCount(id), 1);
    }

    function test_answer_Late_SaysSo() public {
        uint32 issue = report();
        assign(issue, OWNER);
        vm.warp(issues.issue(id, issue).due);
        vm.expectEmit(address(issues));
        emit IProjectIssues.IssueAnswered(id, issue, true, doc(OWNER));
        answer(issue);
    }

    function test_assign_GivesAnUnsatisfactoryAnswerBack() public {
        uint32 issue = report();
        assign(issue, OWNER);
        answer(issue);
        assign(issue, OWNER);
        same("state", uint8(issues.issue(id, issue).state), uint8(IProjectIssues.IssueState.Assigned));
    }

    function test_escalate_ToTheDepartmentAbove_OnceOverdue() public {
        IDepartmentRegistry.Admission memory below = admission(
            BELOW,
            IDepartmentRegistry.Role.Department,
            address(0xf3)
        );
        below.parent = OWNER;
        registry.admit(below);
        uint32 issue = report();
        assign(issue, below.id);
        uint64 due = issues.issue(id, issue).due;
        vm.expectRevert(abi.encodeWithSelector(IProjectIssues.IssueNotEscalable.selector, id, issue, due));
        issues.escalateIssue(id, issue);
        vm.warp(due);
        vm.expectEmit(address(issues));
        emit IProjectIssues.IssueEscalated(id, issue, OWNER, calendar.dueAfter(due, DAYS), 1);
        issues.escalateIssue(id, issue);
        due = issues.issue(id, issue).due;
        vm.warp(due);
        // Nobody stands above the owner.
        vm.expectRevert(abi.encodeWithSelector(IProjectIssues.IssueNotEscalable.selector, id, issue, due));
        issues.escalateIssue(id, issue);
    }

    function test_OnlyTheOneWhoseTurnItIs() public {
        uint32 issue = report();
        bytes memory notOversight = abi.encodeWithSelector(IProjectIssues.SenderNotOversight.selector, OWNER_ACCOUNT);
        vm.startPrank(OWNER_ACCOUNT);
        vm.expectRevert(notOversight);
        issues.assignIssue(id, issue, OWNER, DAYS);
        vm.stopPrank();
        assign(issue, OWNER);
        vm.expectRevert(notOversight);
        vm.prank(OWNER_ACCOUNT);
        issues.urgeIssue(id, issue);
        vm.expectRevert(abi.encodeWithSelector(IProjectIssues.SenderNotEntitled.selector, PAYER_ACCOUNT, OWNER));
        vm.prank(PAYER_ACCOUNT);
        issues.answerIssue(id, issue, doc(PAYER));
        answer(issue);
        vm.expectRevert(notOversight);
        vm.prank(OWNER_ACCOUNT);
        issues.closeIssue(id, issue, doc(OWNER));
    }

    function test_WhenTheStateDoesNotAllowIt() public {
        uint32 issue = report();
        vm.expectRevert(invalid(issue, IProjectIssues.IssueState.Reported));
        answer(issue);
        vm.expectRevert(invalid(issue, IProjectIssues.IssueState.Reported));
        close(issue);
        vm.expectRevert(invalid(issue, IProjectIssues.IssueState.Reported));
        issues.escalateIssue(id, issue);
        assign(issue, OWNER);
        answer(issue);
        vm.expectRevert(invalid(issue, IProjectIssues.IssueState.Answered));
        answer(issue);
        close(issue);
        vm.expectRevert(invalid(issue, IProjectIssues.IssueState.Closed));
        assign(issue, OWNER);
    }

    function test_report_WhenProjectSenderOrDocumentIsWrong() public {
        vm.expectRevert(abi.encodeWithSelector(IProjectIssues.IssueUnknown.selector, id, 1));
        issues.issue(id, 1);
        vm.expectRevert(abi.encodeWithSelector(IProjectIssues.SenderNotEntitled.selector, NOBODY, Uscc.wrap(0)));
        vm.prank(NOBODY);
        issues.reportIssue(id, doc(PAYER));
        vm.expectRevert(
            abi.encodeWithSelector(IProjectIssues.DocumentNotAnchored.selector, doc(OWNER).scope, ANCHORED - 1)
        );
        vm.prank(PAYER_ACCOUNT);
        issues.reportIssue(id, doc(OWNER));
        ProjectId other = ProjectId.wrap("other");
        vm.expectRevert(abi.encodeWithSelector(IProjectIssues.ProjectUnknown.selector, other));
        vm.prank(PAYER_ACCOUNT);
        issues.reportIssue(other, doc(PAYER));
        uint32 issue = report();
        vm.expectRevert(
            abi.encodeWithSelector(IProjectIssues.SenderNotEntitled.selector, OVERSEER_ACCOUNT, Uscc.wrap("nobody"))
        );
        assign(issue, Uscc.wrap("nobody"));
    }
}
