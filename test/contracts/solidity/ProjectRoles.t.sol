// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IProjectTypes} from "../../../contracts/oversight/IProjectTypes.sol";
import {ITenderNotices} from "../../../contracts/oversight/ITenderNotices.sol";
import {ScopeId, journalScope} from "../../../contracts/types/ScopeId.sol";
import {Uscc} from "../../../contracts/types/Uscc.sol";
import {ProjectFixture} from "./support/ProjectFixture.sol";
import {vm} from "./support/Vm.sol";

/// @dev Invariant 20 of invariants.md for projects, issues and sealed bids: at every step of a project's life, of all accounts with
/// all bodies' documents, exactly the body that the step belongs to succeeds, with its own document.
contract ProjectRolesTest is ProjectFixture {
    error Let(bytes4 step, address sender);
    error NotLet(bytes4 step, address sender, bytes reason);

    bytes32 private constant COMMITMENT = keccak256("commitment");

    function accounts() private view returns (address[8] memory) {
        return
            [
                OWNER_ACCOUNT,
                APPROVER_ACCOUNT,
                PAYER_ACCOUNT,
                AUDITOR_ACCOUNT,
                OVERSEER_ACCOUNT,
                AUTHORITY_ACCOUNT,
                address(this),
                NOBODY
            ];
    }

    function bodies() private pure returns (Uscc[6] memory) {
        return [OWNER, APPROVER, PAYER, AUDITOR, OVERSEER, AUTHORITY];
    }

    // ------------------------------------------------------------------- Steps

    function test_EveryStep_OfItsBodyOnly() public {
        approvals();
        tender();
        works();
        completion();
    }

    function approvals() private {
        filed(APPROVER, abi.encodeCall(projects.register, (CODE, someBodies(), doc(APPROVER))));
        id = projects.projectByIndex(0);
        filed(APPROVER, approval(IProjectTypes.Stage.Proposal, 0));
        filed(APPROVER, approval(IProjectTypes.Stage.Feasibility, ESTIMATE));
        filed(OWNER, abi.encodeCall(projects.reportExcess, (id, doc(OWNER))));
        filed(APPROVER, approval(IProjectTypes.Stage.Design, BUDGET));
        filed(APPROVER, abi.encodeCall(projects.reratify, (id, BUDGET, doc(APPROVER), RECORD)));
        filed(APPROVER, abi.encodeCall(projects.issuePlan, (id, BUDGET, doc(APPROVER))));
    }

    function tender() private {
        uint64 time = uint64(block.timestamp);
        uint64 deadline = time + 20 days;
        bytes memory announcement = abi.encodeCall(
            projects.announce,
            (id, 30 * MILLION, time, time + 5 days, deadline, 0, doc(OWNER))
        );
        filed(OWNER, announcement);
        filed(OWNER, announcement);
        filedAt(address(bids), OWNER, abi.encodeCall(bids.announceRound, (id, 1, deadline + 1 days, doc(OWNER))));
        filedAt(address(bids), OWNER, abi.encodeCall(bids.clarify, (id, 1, doc(OWNER))));
        filedAt(address(bids), OWNER, abi.encodeCall(bids.postpone, (id, 1, ++deadline, doc(OWNER))));
        objection();
        // Any department may hand a bid in; whoever is none may not.
        refused(NOBODY, address(bids), abi.encodeCall(bids.seal, (id, 1, COMMITMENT)));
        refused(address(this), address(bids), abi.encodeCall(bids.seal, (id, 1, COMMITMENT)));

        vm.warp(deadline);
        filed(OWNER, abi.encodeCall(projects.failTender, (id, 2, 1, doc(OWNER))));
        filed(OWNER, abi.encodeCall(projects.openBids, (id, 1, 3, deadline, doc(OWNER))));
        uint64 until = deadline + 3 days;
        filed(OWNER, abi.encodeCall(projects.publishCandidates, (id, 1, deadline, deadline, until, doc(OWNER))));
        vm.warp(until);
        filed(OWNER, abi.encodeCall(projects.award, (id, 1, STRANGER, CONTRACT, until, doc(OWNER))));
        filed(OWNER, abi.encodeCall(projects.fileResult, (id, 1, until, doc(OWNER))));
        filed(OWNER, abi.encodeCall(projects.sign, (id, 1, CONTRACT, 0, until, doc(OWNER))));
        filedAt(address(bids), OWNER, abi.encodeCall(bids.returnBonds, (id, 1, until, doc(OWNER))));
    }

    function objection() private {
        // Any department may object, with a document of its own.
        bytes memory data = abi.encodeCall(bids.raiseObjection, (id, 1, doc(AUDITOR)));
        only(AUDITOR_ACCOUNT, address(bids), data);
        filedAt(address(bids), OWNER, abi.encodeCall(bids.answerObjection, (id, 1, 3, doc(OWNER))));
    }

    function works() private {
        uint64 time = uint64(block.timestamp);
        filed(OWNER, abi.encodeCall(projects.start, (id, time, time + 365 days, PERMIT, doc(OWNER))));
        filed(OWNER, abi.encodeCall(projects.reportProgress, (id, 1, 10_000, time, doc(OWNER))));
        IProjectTypes.ChangeKind kind = IProjectTypes.ChangeKind.Scale;
        filed(OWNER, abi.encodeCall(projects.proposeChange, (id, 1, kind, 1, doc(OWNER))));
        filed(APPROVER, abi.encodeCall(projects.decideChange, (id, 1, true, doc(APPROVER))));
        only(OWNER_ACCOUNT, address(projects), abi.encodeCall(projects.applyChange, (id, 1)));
        filed(PAYER, abi.encodeCall(projects.pay, (id, 1, CONTRACT, doc(PAYER))));
    }

    function completion() private {
        filed(OWNER, abi.encodeCall(projects.accept, (id, uint64(block.timestamp), doc(OWNER))));
        filed(PAYER, abi.encodeCall(projects.settle, (id, CONTRACT, doc(PAYER))));
        filed(AUDITOR, abi.encodeCall(projects.audit, (id, CONTRACT, doc(AUDITOR))));
        filed(APPROVER, abi.encodeCall(projects.evaluate, (id, doc(APPROVER))));
    }

    function test_Issues_OfOversightAndTheAssigneeOnly() public {
        registered();
        bytes memory report = abi.encodeCall(issues.reportIssue, (id, doc(PAYER)));
        // Any department may report, with a document of its own.
        only(PAYER_ACCOUNT, address(issues), report);
        only(OVERSEER_ACCOUNT, address(issues), abi.encodeCall(issues.assignIssue, (id, 1, OWNER, 5)));
        only(OVERSEER_ACCOUNT, address(issues), abi.encodeCall(issues.urgeIssue, (id, 1)));
        filedAt(address(issues), OWNER, abi.encodeCall(issues.answerIssue, (id, 1, doc(OWNER))));
        filedAt(address(issues), OVERSEER, abi.encodeCall(issues.closeIssue, (id, 1, doc(OVERSEER))));
    }

    function test_DutiesAndRules_OfTheAuthorityOnly() public {
        uint16 duty = bit(IProjectTypes.Duty.Audit);
        only(address(this), address(projects), abi.encodeCall(projects.entitle, (OWNER, duty, RECORD)));
        IProjectTypes.Rules memory later = someRules();
        later.effectiveFrom = uint64(block.timestamp) + 1 days;
        only(address(this), address(projects), abi.encodeCall(projects.appendRules, (later)));
        ITenderNotices.TenderLimits memory limits = someLimits();
        limits.effectiveFrom = later.effectiveFrom;
        only(address(this), address(bids), abi.encodeCall(bids.appendTenderLimits, (limits)));
    }

    function approval(IProjectTypes.Stage stage, uint64 amount) private view returns (bytes memory) {
        return abi.encodeCall(projects.approve, (id, stage, amount, doc(APPROVER)));
    }

    // ------------------------------------------------------------ Expectations

    function accountOf(Uscc body) private pure returns (address) {
        if (body == OWNER) return OWNER_ACCOUNT;
        if (body == APPROVER) return APPROVER_ACCOUNT;
        if (body == PAYER) return PAYER_ACCOUNT;
        if (body == AUDITOR) return AUDITOR_ACCOUNT;
        return OVERSEER_ACCOUNT;
    }

    function filed(Uscc body, bytes memory data) private {
        filedAt(address(projects), body, data);
    }

    /// @dev Everybody tries with everybody's document; then the body whose step it is does it with its own.
    function filedAt(address target, Uscc body, bytes memory data) private {
        address account = accountOf(body);
        Uscc[6] memory others = bodies();
        for (uint256 i = 0; i < others.length; i++) {
            if (others[i] == body) continue;
            bytes memory foreign = ofAnother(data, body, others[i]);
            refused(account, target, foreign);
            refused(accountOf(others[i]), target, foreign);
        }
        only(account, target, data);
    }

    /// @dev Every other account is refused; then this one does it.
    function only(address account, address target, bytes memory data) private {
        address[8] memory all = accounts();
        for (uint256 i = 0; i < all.length; i++) {
            if (all[i] != account) refused(all[i], target, data);
        }
        vm.prank(account);
        (bool done, bytes memory reason) = target.call(data);
        require(done, NotLet(bytes4(data), account, reason));
    }

    function refused(address sender, address target, bytes memory data) private {
        vm.prank(sender);
        (bool done, ) = target.call(data);
        require(!done, Let(bytes4(data), sender));
    }

    /// @dev The same call with the document of another body: its scope stands in a word of its own.
    function ofAnother(bytes memory data, Uscc body, Uscc other) private pure returns (bytes memory changed) {
        bytes32 from = ScopeId.unwrap(journalScope(body));
        bytes32 to = ScopeId.unwrap(journalScope(other));
        changed = bytes.concat(data);
        uint256 found;
        for (uint256 word = 4; word < data.length; word += 32) {
            bool same_ = true;
            for (uint256 i = 0; i < 32 && same_; i++) same_ = data[word + i] == from[i];
            if (!same_) continue;
            found++;
            for (uint256 i = 0; i < 32; i++) changed[word + i] = to[i];
        }
        same("documents in the call", found, 1);
    }
}
