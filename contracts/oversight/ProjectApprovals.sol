// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ProjectId, toProjectId} from "../types/ProjectId.sol";
import {IProjectLedger} from "./IProjectLedger.sol";
import {ProjectRecords} from "./ProjectRecords.sol";

/// @title ProjectApprovals: from the code to the annual plan
abstract contract ProjectApprovals is ProjectRecords {
    /// @inheritdoc IProjectLedger
    function register(
        string calldata code,
        Bodies calldata bodies,
        Document calldata document
    ) external override whileActive returns (ProjectId id) {
        require(bytes(code).length > 0 && bytes(code).length <= LONGEST_CODE, CodeInvalid());
        _requireFiling(bodies.approver, document);
        _requireDuty(bodies.approver, Duty.Approve);
        _requireDuty(bodies.planner, Duty.Plan);
        _requireDuty(bodies.payer, Duty.Pay);
        _requireDuty(bodies.auditor, Duty.Audit);
        require(!bodies.owner.isZero(), SenderNotEntitled(msg.sender, bodies.owner));
        id = toProjectId(code);

        _create(id, code, bodies);

        emit ProjectRegistered(id, code, bodies, document);
    }

    /// @inheritdoc IProjectLedger
    function approve(
        ProjectId id,
        Stage stage,
        uint64 amount,
        Document calldata document
    ) external override whileActive {
        Project storage found = _requireProject(id);
        _requireFiling(found.bodies.approver, document);
        require(stage >= Stage.Proposal && stage <= Stage.Design, StageMissing(id, stage));
        _requireNotReached(id, found, stage);
        require(amount > 0 || stage == Stage.Proposal, AmountMissing());

        if (stage != Stage.Proposal && !_hasReached(found, Stage(uint8(stage) - 1)))
            _raise(id, 0, Rule.StageSkipped, uint8(stage) - 1, uint8(stage));
        if (stage == Stage.Feasibility) found.estimate = amount;
        if (stage == Stage.Design) _ratify(id, found, amount);
        _reach(id, found, stage, amount, document);
    }

    /// @inheritdoc IProjectLedger
    function reportExcess(ProjectId id, Document calldata document) external override whileActive {
        Project storage found = _requireProject(id);
        _requireFiling(found.bodies.owner, document);
        _requireReached(id, found, Stage.Feasibility);
        _requireNotReached(id, found, Stage.Design);

        found.excessReported = true;

        emit ExcessReported(id, document);
    }

    /// @inheritdoc IProjectLedger
    function reratify(
        ProjectId id,
        uint64 budget,
        Document calldata plan,
        bytes32 funding
    ) external override whileActive {
        Project storage found = _requireProject(id);
        _requireFiling(found.bodies.approver, plan);
        _requireReached(id, found, Stage.Design);
        uint64 before = found.budget;
        uint64 used = found.committed > found.paid ? found.committed : found.paid;
        _gate(id, funding != 0 && budget >= used, Rule.TotalExceeded, used, budget);

        found.budget = budget;

        emit BudgetReratified(id, before, budget, plan, funding);
    }

    /// @inheritdoc IProjectLedger
    function issuePlan(ProjectId id, uint64 amount, Document calldata document) external override whileActive {
        Project storage found = _requireProject(id);
        _requireFiling(found.bodies.planner, document);
        require(amount > 0, AmountMissing());
        bool approved = _hasReached(found, Stage.Feasibility) || _hasReached(found, Stage.Design);
        _gate(id, approved, Rule.PlanUnapproved, 0, 1);

        _reach(id, found, Stage.Plan, amount, document);
    }

    function _ratify(ProjectId id, Project storage found, uint64 amount) private {
        uint256 estimate = found.estimate;
        uint256 limit = (estimate * (WHOLE_SHARE + _currentRules().estimateTolerance)) / WHOLE_SHARE;
        if (estimate > 0 && amount > limit) {
            _gate(id, found.excessReported, Rule.EstimateExceeded, amount, limit);
            _raise(id, 0, Rule.EstimateExceededReported, amount, limit);
        }
        found.budget = amount;
    }
}
