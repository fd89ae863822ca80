// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ProjectId} from "../types/ProjectId.sol";
import {Uscc} from "../types/Uscc.sol";
import {IProjectLedger} from "./IProjectLedger.sol";
import {ProjectApprovals} from "./ProjectApprovals.sol";

/// @title ProjectTenders: from the announcement of a lot to its contract
abstract contract ProjectTenders is ProjectApprovals {
    /// @inheritdoc IProjectLedger
    function announce(
        ProjectId id,
        uint64 estimate,
        uint64 saleFrom,
        uint64 saleUntil,
        uint64 deadline,
        uint64 bidBond,
        Document calldata document
    ) external override whileActive returns (uint32 number) {
        Project storage found = _requireProject(id);
        _requireFiling(found.bodies.owner, document);
        require(estimate > 0, AmountMissing());
        Rules storage rules_ = _currentRules();
        uint256 length = _daysBetween(saleFrom, deadline);
        _gate(id, length >= rules_.tenderDays, Rule.TenderPeriodShort, length, rules_.tenderDays);
        length = _daysBetween(saleFrom, saleUntil);
        _gate(id, length >= rules_.saleDays, Rule.SalePeriodShort, length, rules_.saleDays);
        uint256 limit = (uint256(estimate) * rules_.bidBond) / WHOLE_SHARE;
        _gate(id, bidBond <= limit, Rule.BidBondHigh, bidBond, limit);

        if (!_hasReached(found, Stage.Design))
            _raise(id, 0, Rule.StageSkipped, uint8(Stage.Design), uint8(Stage.Tender));
        number = ++found.lots;
        Lot storage opened = _lots[id][number];
        opened.state = LotState.Announced;
        opened.estimate = estimate;
        opened.saleFrom = _bounded(saleFrom);
        opened.deadline = _bounded(deadline);
        _reach(id, found, Stage.Tender, estimate, document);

        emit TenderAnnounced(id, number, estimate, deadline, document);
    }

    /// @inheritdoc IProjectLedger
    function failTender(
        ProjectId id,
        uint32 number,
        uint16 bidders,
        Document calldata document
    ) external override whileActive {
        Lot storage failed = _requireOwnLot(id, number, LotState.Announced, document);
        uint16 minimum = _currentRules().minimumBidders;
        require(bidders < minimum, LotStateInvalid(id, number, failed.state));
        _requireTime(uint64(block.timestamp), failed.deadline);

        failed.bidders = bidders;
        failed.state = LotState.Failed;

        emit TenderFailed(id, number, bidders, document);
    }

    /// @inheritdoc IProjectLedger
    function openBids(
        ProjectId id,
        uint32 number,
        uint16 bidders,
        uint64 openedAt,
        Document calldata document
    ) external override whileActive {
        Lot storage opened = _requireOwnLot(id, number, LotState.Announced, document);
        _requireTime(openedAt, opened.deadline);
        uint16 minimum = _currentRules().minimumBidders;
        _gate(id, bidders >= minimum, Rule.TooFewBidders, bidders, minimum);

        opened.bidders = bidders;
        opened.state = LotState.Opened;

        emit BidsOpened(id, number, bidders, document);
    }

    /// @inheritdoc IProjectLedger
    function publishCandidates(
        ProjectId id,
        uint32 number,
        uint64 reportAt,
        uint64 from,
        uint64 until,
        Document calldata document
    ) external override whileActive {
        Lot storage published = _requireOwnLot(id, number, LotState.Opened, document);
        _requireTime(reportAt, published.deadline);
        _requireTime(from, reportAt);
        Rules storage rules_ = _currentRules();
        uint256 length = _daysBetween(from, until);
        _gate(id, length >= rules_.candidateDays, Rule.CandidatesPublishedShort, length, rules_.candidateDays);

        uint256 taken = _daysBetween(reportAt, from);
        uint256 limit = rules_.candidatePublishDays;
        if (taken > limit) _raise(id, number, Rule.CandidatesPublishedLate, taken, limit);
        published.candidatesUntil = _bounded(until);
        published.state = LotState.CandidatesPublished;

        emit CandidatesPublished(id, number, from, until, document);
    }

    /// @inheritdoc IProjectLedger
    function award(
        ProjectId id,
        uint32 number,
        Uscc winner,
        uint64 amount,
        uint64 awardedAt,
        Document calldata document
    ) external override whileActive {
        Lot storage awarded = _requireOwnLot(id, number, LotState.CandidatesPublished, document);
        require(amount > 0, AmountMissing());
        _requireTime(awardedAt, awarded.candidatesUntil);

        awarded.winner = winner;
        awarded.award = amount;
        awarded.awardedAt = uint40(awardedAt);
        awarded.state = LotState.Awarded;

        emit LotAwarded(id, number, winner, amount, document);
    }

    /// @inheritdoc IProjectLedger
    function fileResult(
        ProjectId id,
        uint32 number,
        uint64 filedAt,
        Document calldata document
    ) external override whileActive {
        Project storage found = _requireProject(id);
        _requireFiling(found.bodies.owner, document);
        Lot storage filed = _requireLot(id, number);
        require(filed.awardedAt > 0 && filed.resultFiledAt == 0, LotStateInvalid(id, number, filed.state));
        _requireTime(filedAt, filed.awardedAt);

        uint256 taken = _daysBetween(filed.awardedAt, filedAt);
        uint256 limit = _currentRules().resultFilingDays;
        if (taken > limit) _raise(id, number, Rule.ResultFiledLate, taken, limit);
        filed.resultFiledAt = uint40(filedAt);

        emit ResultFiled(id, number, filedAt, document);
    }

    /// @inheritdoc IProjectLedger
    function sign(
        ProjectId id,
        uint32 number,
        uint64 amount,
        uint64 performanceBond,
        uint64 signedAt,
        Document calldata document
    ) external override whileActive {
        Lot storage signed = _requireOwnLot(id, number, LotState.Awarded, document);
        require(amount > 0, AmountMissing());
        _requireTime(signedAt, signed.awardedAt);
        Rules storage rules_ = _currentRules();
        uint256 limit = (uint256(amount) * rules_.performanceBond) / WHOLE_SHARE;
        _gate(id, performanceBond <= limit, Rule.PerformanceBondHigh, performanceBond, limit);
        Project storage found = _requireProject(id);

        _commit(id, found, uint256(found.committed) + amount);
        uint256 taken = _daysBetween(signed.awardedAt, signedAt);
        if (taken > rules_.contractDays) _raise(id, number, Rule.ContractLate, taken, rules_.contractDays);
        if (amount != signed.award) _raise(id, number, Rule.ContractDiffersFromAward, amount, signed.award);
        signed.contracted = amount;
        signed.value = amount;
        signed.signedAt = uint40(signedAt);
        signed.state = LotState.Contracted;
        _reach(id, found, Stage.Contract, amount, document);

        emit ContractSigned(id, number, amount, signedAt, document);
    }

    function _requireOwnLot(
        ProjectId id,
        uint32 number,
        LotState needed,
        Document calldata document
    ) internal returns (Lot storage) {
        _requireFiling(_requireProject(id).bodies.owner, document);
        return _requireLotState(id, number, needed);
    }
}
