// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IWorkingCalendar} from "../catalogue/IWorkingCalendar.sol";
import {IResourceCatalogue} from "../catalogue/IResourceCatalogue.sol";
import {IAnchorLog} from "../ledger/IAnchorLog.sol";
import {AgreementId} from "../types/AgreementId.sol";
import {ScopeId, deliveriesScope, receiptsScope} from "../types/ScopeId.sol";
import {AgreementRecords} from "./AgreementRecords.sol";
import {ISharingAgreements} from "./ISharingAgreements.sol";

/// @title AgreementDeadlines: reply, supply and settlement periods, extensions, and the record of misses
abstract contract AgreementDeadlines is AgreementRecords {
    /// @dev Local policy: the most working days by which a reply may be extended, all grants together.
    uint32 private constant MAXIMUM_EXTENSION_DAYS = 10;

    IWorkingCalendar internal immutable CALENDAR;
    IAnchorLog internal immutable ANCHOR_LOG;

    /// @dev The deadline last recorded as missed. A deadline only moves forward, so one is enough to record each once.
    mapping(AgreementId id => mapping(Duty duty => uint64 due) duties) private _missed;

    constructor(IWorkingCalendar calendar_, IAnchorLog anchorLog_) {
        CALENDAR = calendar_;
        ANCHOR_LOG = anchorLog_;
    }

    // -------------------------------------------------------------- Extensions

    /// @inheritdoc ISharingAgreements
    function requestExtension(AgreementId id, uint32 workingDays, bytes32 reason) external override whileActive {
        Record storage record = _requireRecord(id);
        _requireProvider(id, record);
        _requireState(id, record, State.Applied);
        require(
            workingDays > 0 &&
                workingDays <= MAXIMUM_EXTENSION_DAYS - record.extensionDays &&
                record.extensionRequested == 0 &&
                block.timestamp < record.replyDue,
            ExtensionInvalid(id, workingDays)
        );
        require(reason != 0, BasisMissing(id));

        record.extensionRequested = uint8(workingDays);

        emit ExtensionRequested(id, workingDays, reason);
    }

    /// @inheritdoc ISharingAgreements
    function decideExtension(AgreementId id, bool grant) external override whileActive {
        Record storage record = _requireRecord(id);
        _requireAuthority(record);
        _requireState(id, record, State.Applied);
        uint8 workingDays = record.extensionRequested;
        require(workingDays > 0, ExtensionNotRequested(id));

        record.extensionRequested = 0;
        if (!grant) {
            emit ExtensionDenied(id);
            return;
        }
        // A deadline is the end of its last day, so the second before it lies in that day.
        uint64 replyDue = CALENDAR.dueAfter(record.replyDue - 1, workingDays);
        record.replyDue = uint40(replyDue);
        record.extensionDays += workingDays;

        emit ExtensionGranted(id, workingDays, replyDue);
    }

    // ------------------------------------------------------------------ Misses

    /// @inheritdoc ISharingAgreements
    function recordMissedDeadline(AgreementId id, Duty duty) external override whileActive {
        Record storage record = _requireRecord(id);
        (bool missed, uint64 due) = _isMissed(id, record, duty);
        require(missed, DeadlineNotMissed(id, duty, due));
        require(missedDeadline(id, duty) != due, MissAlreadyRecorded(id, duty));

        _missed[id][duty] = due;

        emit DeadlineMissed(id, duty, duty == Duty.SettleReceipts ? record.use.consumer : record.provider, due);
    }

    /// @inheritdoc ISharingAgreements
    function missedDeadline(AgreementId id, Duty duty) public view override returns (uint64) {
        uint64 own = _missed[id][duty];
        if (own != 0 || !_inherits()) return own;
        return _previous().missedDeadline(id, duty);
    }

    // -------------------------------------------------------------- Settlement

    /// @inheritdoc ISharingAgreements
    function settlementUntil(AgreementId id) external view override returns (uint64) {
        Agreement memory found = agreement(id);
        return _hasEnded(found) ? _settlementEnd(found) : 0;
    }

    /// @inheritdoc ISharingAgreements
    function requireSettleable(AgreementId id, uint64 next) external view override {
        Use memory use = _record(id).use;
        if (use.consumer.isZero()) use.reserved = agreement(id).reserved;
        require(next <= use.reserved, BeyondReserve(id, next, use.reserved));
        if (block.timestamp < use.openUntil) return;

        Agreement memory found = agreement(id);
        if (!_hasEnded(found)) return;
        uint64 until = _settlementEnd(found);
        require(block.timestamp < until, SettlementOver(id, until));
    }

    // ---------------------------------------------------------------- Internal

    /// @dev The end of the reply period of an application or supplement made now.
    function _replyDue(Record storage record) internal view returns (uint40) {
        Profile memory periods = profile(record.profile);
        bool conditional = record.shareClass == IResourceCatalogue.ShareClass.Conditional;
        return
            uint40(
                CALENDAR.dueAfter(
                    uint64(block.timestamp),
                    conditional ? periods.replyConditional : periods.replyUnconditional
                )
            );
    }

    /// @dev A late answer records the miss, so that answering cannot hide it.
    function _noteLateReply(AgreementId id, Record storage record) internal {
        (bool missed, uint64 due) = _isMissed(id, record, Duty.Reply);
        if (!missed || missedDeadline(id, Duty.Reply) == due) return;

        _missed[id][Duty.Reply] = due;

        emit DeadlineMissed(id, Duty.Reply, record.provider, due);
    }

    /// @dev Ends an agreement as of `endedAt`. The settlement period is fixed here unless the calendar does not reach that far:
    /// an unknown year must not keep a right alive, so the period is then computed when it is asked for.
    function _end(Record storage record, State state, uint40 endedAt) internal {
        uint40 openUntil = endedAt;
        try CALENDAR.dueAfter(endedAt, profile(record.profile).settlement) returns (uint64 due) {
            openUntil = uint40(due);
        } catch {}

        record.endedAt = endedAt;
        record.use.openUntil = openUntil;
        _setState(record, state);
    }

    function _isMissed(AgreementId id, Record storage record, Duty duty) private view returns (bool, uint64 due) {
        if (duty == Duty.Reply) {
            due = record.replyDue;
            return (record.state == State.Applied && block.timestamp >= due, due);
        }
        if (duty == Duty.Supply) {
            due = record.supplyDue;
            bool open = due != 0 && record.use.reserved > 0;
            return (open && block.timestamp >= due && _settled(deliveriesScope(id)) == 0, due);
        }
        Agreement memory found = agreement(id);
        if (duty == Duty.None || !_hasEnded(found)) return (false, 0);
        due = _settlementEnd(found);
        ScopeId stream = duty == Duty.SettleDeliveries ? deliveriesScope(id) : receiptsScope(id);
        return (block.timestamp >= due && _settled(stream) < found.reserved, due);
    }

    function _settled(ScopeId stream) private view returns (uint40 next) {
        (, next, ) = ANCHOR_LOG.head(stream);
    }

    /// @dev Revoked, completed, or past the period of an agreement that was agreed.
    function _hasEnded(Agreement memory found) private view returns (bool) {
        return found.endedAt != 0 || (found.supplyDue != 0 && block.timestamp >= found.validUntil);
    }

    function _settlementEnd(Agreement memory found) private view returns (uint64) {
        if (found.settlementUntil != 0) return found.settlementUntil;
        uint64 end = found.endedAt == 0 ? found.validUntil : found.endedAt;
        return CALENDAR.dueAfter(end, profile(found.profile).settlement);
    }
}
