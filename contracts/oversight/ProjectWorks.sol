// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ProjectId} from "../types/ProjectId.sol";
import {IProjectLedger} from "./IProjectLedger.sol";
import {ProjectTenders} from "./ProjectTenders.sol";

/// @title ProjectWorks: from the start of construction to the evaluation
abstract contract ProjectWorks is ProjectTenders {
    // ------------------------------------------------------------ Construction

    /// @inheritdoc IProjectLedger
    function start(
        ProjectId id,
        uint64 startedAt,
        uint64 completionDue,
        bytes32 permit,
        Document calldata document
    ) external override whileActive {
        Project storage found = _requireProject(id);
        _requireFiling(found.bodies.owner, document);
        _requireNotReached(id, found, Stage.Start);
        _requireTime(startedAt, 0);
        require(completionDue > startedAt, TimeOutOfOrder(completionDue, startedAt));
        bool ready = _hasReached(found, Stage.Plan) && _hasReached(found, Stage.Contract) && permit != 0;
        _gate(id, ready, Rule.StartConditionsMissing, found.reached, permit == 0 ? 0 : 1);

        found.completionDue = _bounded(completionDue);
        _noteFiling(id, 0, startedAt);
        _reach(id, found, Stage.Start, 0, document);
    }

    /// @inheritdoc IProjectLedger
    function reportProgress(
        ProjectId id,
        uint32 number,
        uint16 progress,
        uint64 asOf,
        Document calldata document
    ) external override whileActive {
        Lot storage reported = _requireOwnLot(id, number, LotState.Contracted, document);
        _requireTime(asOf, reported.signedAt);
        Project storage found = _requireProject(id);
        _requireReached(id, found, Stage.Start);
        uint16 before = reported.progress;
        require(progress >= before && progress <= WHOLE_SHARE, ProgressInvalid(before, progress));

        reported.progress = progress;
        _noteFiling(id, number, asOf);
        _reach(id, found, Stage.Works, progress, document);

        emit ProgressReported(id, number, progress, document);
    }

    /// @inheritdoc IProjectLedger
    function pay(ProjectId id, uint32 number, uint64 amount, Document calldata document) external override whileActive {
        Project storage found = _requireProject(id);
        _requireFiling(found.bodies.payer, document);
        Lot storage contract_ = _requireLotState(id, number, LotState.Contracted);
        require(amount > 0, AmountMissing());
        uint256 total = uint256(found.paid) + amount;
        _gate(id, total <= found.budget, Rule.TotalExceeded, total, found.budget);

        // Bounded by the total, and that by the budget.
        uint64 paid = contract_.paid + amount;
        uint256 value = contract_.value;
        uint256 earned = (value * contract_.progress) / WHOLE_SHARE;
        if (paid > value) _raise(id, number, Rule.PaymentAboveContract, paid, value);
        else if (paid > earned) _raise(id, number, Rule.PaymentAheadOfProgress, paid, earned);
        contract_.paid = paid;
        found.paid = uint64(total);
        _reach(id, found, Stage.Works, amount, document);

        emit Paid(id, number, amount, uint64(total), document);
    }

    // ----------------------------------------------------------------- Changes

    /// @inheritdoc IProjectLedger
    function proposeChange(
        ProjectId id,
        uint32 number,
        ChangeKind kind,
        int64 amount,
        Document calldata document
    ) external override whileActive returns (uint32 proposed) {
        _requireOwnLot(id, number, LotState.Contracted, document);
        proposed = ++_requireProject(id).changes;
        require(kind != ChangeKind.None, ChangeStateInvalid(id, proposed, ChangeState.None));

        _changes[id][proposed] = Change({
            lot: number,
            kind: kind,
            state: ChangeState.Proposed,
            proposedAt: uint40(block.timestamp),
            amount: amount
        });

        emit ChangeProposed(id, proposed, number, kind, amount, document);
    }

    /// @inheritdoc IProjectLedger
    function decideChange(
        ProjectId id,
        uint32 number,
        bool approved,
        Document calldata document
    ) external override whileActive {
        _requireFiling(_requireProject(id).bodies.approver, document);
        Change storage decided = _requireChange(id, number);
        require(decided.state == ChangeState.Proposed, ChangeStateInvalid(id, number, decided.state));

        decided.state = approved ? ChangeState.Approved : ChangeState.Refused;

        emit ChangeDecided(id, number, approved, document);
    }

    /// @inheritdoc IProjectLedger
    function applyChange(ProjectId id, uint32 number) external override whileActive {
        Project storage found = _requireProject(id);
        require(
            REGISTRY.departmentOf(msg.sender) == found.bodies.owner,
            SenderNotEntitled(msg.sender, found.bodies.owner)
        );
        Change storage applied = _requireChange(id, number);
        ChangeState state = applied.state;
        require(state == ChangeState.Proposed || state == ChangeState.Approved, ChangeStateInvalid(id, number, state));
        bool free = applied.kind == ChangeKind.Price || state == ChangeState.Approved;
        _gate(id, free, Rule.ChangeUnapproved, uint8(applied.kind), uint8(ChangeKind.Price));
        Lot storage contract_ = _requireLot(id, applied.lot);
        int256 value = int256(uint256(contract_.value)) + applied.amount;
        require(value > 0 && uint256(value) >= contract_.paid, ChangeAmountInvalid(applied.amount));

        _commit(id, found, uint256(found.committed) - contract_.value + uint256(value));
        // Not above what is committed, which is a uint64.
        contract_.value = uint64(uint256(value));
        applied.state = ChangeState.InEffect;

        emit ChangeInEffect(id, number, found.committed);
    }

    // -------------------------------------------------------------- Completion

    /// @inheritdoc IProjectLedger
    function accept(ProjectId id, uint64 acceptedAt, Document calldata document) external override whileActive {
        Project storage found = _requireProject(id);
        _requireFiling(found.bodies.owner, document);
        _requireReached(id, found, Stage.Start);
        _requireNotReached(id, found, Stage.Acceptance);
        _requireTime(acceptedAt, 0);

        uint64 due = found.completionDue;
        if (acceptedAt > due) _raise(id, 0, Rule.TimeOverrun, acceptedAt, due);
        _noteFiling(id, 0, acceptedAt);
        _reach(id, found, Stage.Acceptance, 0, document);
    }

    /// @inheritdoc IProjectLedger
    function settle(ProjectId id, uint64 amount, Document calldata document) external override whileActive {
        Project storage found = _requireProject(id);
        _requireFiling(found.bodies.payer, document);
        _requireNotReached(id, found, Stage.FinalAccount);
        require(amount > 0, AmountMissing());
        _gate(id, _hasReached(found, Stage.Acceptance), Rule.FinalAccountBeforeAcceptance, 0, 1);
        _gate(id, amount <= found.budget, Rule.TotalExceeded, amount, found.budget);

        found.finalAccount = amount;
        _reach(id, found, Stage.FinalAccount, amount, document);
    }

    /// @inheritdoc IProjectLedger
    function audit(ProjectId id, uint64 amount, Document calldata document) external override whileActive {
        Project storage found = _requireProject(id);
        _requireFiling(found.bodies.auditor, document);
        _requireReached(id, found, Stage.FinalAccount);

        _reach(id, found, Stage.Audit, amount, document);
    }

    /// @inheritdoc IProjectLedger
    function evaluate(ProjectId id, Document calldata document) external override whileActive {
        Project storage found = _requireProject(id);
        _requireFiling(found.bodies.approver, document);
        _requireReached(id, found, Stage.Acceptance);

        _reach(id, found, Stage.Evaluation, 0, document);
    }

    /// @dev 开工, 进度 and 竣工 are reported in time (政府投资条例 art. 27).
    function _noteFiling(ProjectId id, uint32 number, uint64 happenedAt) private {
        uint256 taken = _daysBetween(happenedAt, uint64(block.timestamp));
        uint256 limit = _currentRules().reportingDays;
        if (taken > limit) _raise(id, number, Rule.FiledLate, taken, limit);
    }
}
