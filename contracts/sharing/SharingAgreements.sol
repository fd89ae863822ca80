// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IResourceCatalogue} from "../catalogue/IResourceCatalogue.sol";
import {IWorkingCalendar} from "../catalogue/IWorkingCalendar.sol";
import {IDepartmentRegistry} from "../identity/IDepartmentRegistry.sol";
import {IAnchorLog} from "../ledger/IAnchorLog.sol";
import {IRetirable} from "../ledger/IRetirable.sol";
import {Retirable} from "../ledger/Retirable.sol";
import {AgreementId, toAgreementId} from "../types/AgreementId.sol";
import {ResourceId} from "../types/ResourceId.sol";
import {Uscc} from "../types/Uscc.sol";
import {AgreementDeadlines} from "./AgreementDeadlines.sol";
import {AgreementRecords} from "./AgreementRecords.sol";
import {ISharingAgreements} from "./ISharingAgreements.sol";

/// @title SharingAgreements
/// @notice Reads through: agreements with their states and recorded misses, profiles, and the enumeration, from the moment when the predecessor
/// is retired to this contract. The first write about one of its agreements takes that agreement over.
contract SharingAgreements is AgreementDeadlines {
    constructor(
        address authority_,
        address predecessor_,
        IDepartmentRegistry registry_,
        IResourceCatalogue catalogue_,
        IWorkingCalendar calendar_,
        IAnchorLog anchorLog_
    )
        Retirable(authority_, predecessor_)
        AgreementRecords(registry_, catalogue_)
        AgreementDeadlines(calendar_, anchorLog_)
    {}

    // -------------------------------------------------------------- Retirement

    /// @inheritdoc IRetirable
    /// @dev The noted restriction makes every later reservation look at the retirement.
    function retire(address successor_) public override {
        super.retire(successor_);

        REGISTRY.noteRestriction();
    }

    // ------------------------------------------------------------- Application

    /// @inheritdoc ISharingAgreements
    function applyFor(
        ResourceId resource,
        bytes32 document,
        uint64 validFrom,
        uint64 validUntil,
        uint32 maximumUses
    ) external override whileActive returns (AgreementId id) {
        Uscc consumer = REGISTRY.departmentOf(msg.sender);
        id = toAgreementId(consumer, resource, document);
        require(!consumer.isZero(), SenderNotParty(msg.sender, id));
        require(document != 0, DocumentMissing());
        require(
            validFrom < validUntil && validUntil > block.timestamp && validUntil <= type(uint40).max,
            PeriodInvalid(validFrom, validUntil)
        );
        require(maximumUses > 0, UsesInvalid(maximumUses));
        (Uscc provider, IResourceCatalogue.ShareClass shareClass) = _requireShared(resource);
        require(consumer != provider, ConsumerIsProvider(consumer));
        require(
            !REGISTRY.isDeniedAt(consumer, ResourceId.unwrap(resource), uint64(block.timestamp)),
            ConsumerDenied(consumer, resource)
        );

        Record storage record = _newRecord(id);
        record.use.consumer = consumer;
        record.maximumUses = maximumUses;
        record.validFrom = uint40(validFrom);
        record.validUntil = uint40(validUntil);
        record.profile = uint16(_currentProfile());
        record.shareClass = shareClass;
        record.provider = provider;
        record.appliedAt = uint40(block.timestamp);
        record.resource = resource;
        record.document = document;
        record.replyDue = _replyDue(record);
        _setState(record, State.Applied);

        emit Applied(id, resource, consumer, document, validFrom, validUntil, maximumUses, record.replyDue);
    }

    /// @inheritdoc ISharingAgreements
    function requestSupplement(AgreementId id, bytes32 missing) external override whileActive {
        Record storage record = _requireRecord(id);
        _requireProvider(id, record);
        _requireState(id, record, State.Applied);
        require(!record.askedOnce, AlreadyAskedOnce(id));
        require(missing != 0, DocumentMissing());

        _noteLateReply(id, record);
        record.askedOnce = true;
        record.replyDue = 0;
        record.extensionRequested = 0;
        _setState(record, State.Incomplete);

        emit SupplementRequested(id, missing);
    }

    /// @inheritdoc ISharingAgreements
    function supplement(AgreementId id, bytes32 document) external override whileActive {
        Record storage record = _requireRecord(id);
        _requireConsumer(id, record);
        _requireState(id, record, State.Incomplete);
        require(document != 0, DocumentMissing());

        uint40 replyDue = _replyDue(record);
        record.document = document;
        record.replyDue = replyDue;
        _setState(record, State.Applied);

        emit Supplemented(id, document, replyDue);
    }

    /// @inheritdoc ISharingAgreements
    function agree(AgreementId id) external override whileActive {
        Record storage record = _requireRecord(id);
        _requireProvider(id, record);
        _requireState(id, record, State.Applied);
        uint40 validUntil = record.validUntil;
        require(validUntil > block.timestamp, PeriodInvalid(record.validFrom, validUntil));
        require(_isInOrder(record), AgreementNotInForce(id, State.Applied));

        _noteLateReply(id, record);
        uint64 supplyDue = CALENDAR.dueAfter(uint64(block.timestamp), profile(record.profile).supply);
        (, uint64 restrictions) = REGISTRY.standing(msg.sender);
        record.supplyDue = uint40(supplyDue);
        record.extensionRequested = 0;
        record.use.openUntil = validUntil;
        record.use.restrictions = uint40(restrictions);
        _setState(record, State.Agreed);

        emit Agreed(id, supplyDue);
        ANCHOR_LOG.openStreams(id, record.provider, record.use.consumer);
    }

    /// @inheritdoc ISharingAgreements
    function refuse(AgreementId id, bytes32 basis) external override whileActive {
        Record storage record = _requireRecord(id);
        _requireProvider(id, record);
        State state = record.state;
        require(state == State.Applied || state == State.Incomplete, AgreementStateInvalid(id, _currentState(record)));
        require(basis != 0, BasisMissing(id));

        _noteLateReply(id, record);
        record.extensionRequested = 0;
        _setState(record, State.Refused);

        emit Refused(id, basis);
    }

    // -------------------------------------------------------------- Life cycle

    /// @inheritdoc ISharingAgreements
    function suspend(AgreementId id, uint16 reason) external override whileActive {
        Record storage record = _requireRecord(id);
        (Uscc sender, bool isAuthority) = _requireProviderOrAuthority(id, record);
        _requireState(id, record, State.Agreed);
        require(reason != 0, BasisMissing(id));

        record.suspendedByAuthority = isAuthority;
        _setState(record, State.Suspended);

        emit Suspended(id, sender, reason);
    }

    /// @inheritdoc ISharingAgreements
    function resume(AgreementId id) external override whileActive {
        Record storage record = _requireRecord(id);
        (Uscc sender, bool isAuthority) = _requireProviderOrAuthority(id, record);
        _requireState(id, record, State.Suspended);
        require(isAuthority || !record.suspendedByAuthority, SenderNotAuthority(msg.sender, record.provider));

        record.suspendedByAuthority = false;
        _setState(record, State.Agreed);

        emit Resumed(id, sender);
    }

    /// @inheritdoc ISharingAgreements
    function revoke(AgreementId id, uint16 reason) external override whileActive {
        Record storage record = _requireRecord(id);
        (Uscc sender, ) = _requireProviderOrAuthority(id, record);
        _requireRunning(id, record);
        require(reason != 0, BasisMissing(id));

        _end(record, State.Revoked, uint40(block.timestamp));

        emit Revoked(id, sender, reason);
    }

    /// @inheritdoc ISharingAgreements
    function recordExpiry(AgreementId id) external override whileActive {
        Record storage record = _requireRecord(id);
        State state = record.state;
        require(state != State.Expired && _currentState(record) == State.Expired, AgreementStateInvalid(id, state));

        _end(record, State.Expired, record.validUntil);

        emit ExpiryRecorded(id);
    }

    /// @inheritdoc ISharingAgreements
    function complete(AgreementId id) external override whileActive {
        Record storage record = _requireRecord(id);
        _requireConsumer(id, record);
        _requireRunning(id, record);

        _end(record, State.Completed, uint40(block.timestamp));

        emit Completed(id);
    }

    // -------------------------------------------------------------- Deliveries

    /// @inheritdoc ISharingAgreements
    /// @dev Values that share a slot are taken from it in one statement, which costs one read. Retirement is looked at with parties and lists,
    /// because `retire` notes a restriction.
    function reserve(AgreementId id, uint32 count) external override returns (uint32 first) {
        Record storage record = _requireRecord(id);
        Uscc consumer;
        uint40 lookedAt;
        (consumer, first, lookedAt) = (record.use.consumer, record.use.reserved, record.use.restrictions);
        (Uscc sender, uint64 restrictions) = REGISTRY.standing(msg.sender);
        require(sender == consumer, SenderNotParty(msg.sender, id));
        uint32 left = _requireInForce(id, record, restrictions == lookedAt) - first;
        require(count > 0, ReservationEmpty());
        require(count <= left, UsesExhausted(id, first, count, first + left));

        record.use.reserved = first + count;
        if (restrictions != lookedAt) record.use.restrictions = uint40(restrictions);

        emit DeliveriesReserved(id, first, count);
    }

    // ---------------------------------------------------------------- Internal

    function _requireShared(
        ResourceId resource
    ) private view returns (Uscc provider, IResourceCatalogue.ShareClass shareClass) {
        (IResourceCatalogue.State state, uint32 version) = CATALOGUE.publishedAt(resource, uint64(block.timestamp));
        require(state == IResourceCatalogue.State.Published, ResourceNotShared(resource));
        shareClass = CATALOGUE.terms(resource, version).shareClass;
        require(shareClass != IResourceCatalogue.ShareClass.NotShared, ResourceNotShared(resource));
        provider = CATALOGUE.resource(resource).provider;
    }

    function _requireRunning(AgreementId id, Record storage record) private view {
        State state = _currentState(record);
        require(state == State.Agreed || state == State.Suspended, AgreementStateInvalid(id, state));
    }

    /// @dev `inOrder` is true when the contract is known to be active, and resource, parties and lists to be in order.
    function _requireInForce(
        AgreementId id,
        Record storage record,
        bool inOrder
    ) private view returns (uint32 maximumUses) {
        if (!inOrder) _requireActive();
        State state;
        uint40 validFrom;
        uint40 validUntil;
        (maximumUses, validFrom, validUntil, state) = (
            record.maximumUses,
            record.validFrom,
            record.validUntil,
            record.state
        );
        require(
            state == State.Agreed &&
                block.timestamp >= validFrom &&
                block.timestamp < validUntil &&
                (inOrder || _isInOrder(record)),
            AgreementNotInForce(id, state)
        );
    }

    function _isInOrder(Record storage record) private view returns (bool) {
        return _isInOrderAt(record.resource, record.provider, record.use.consumer, uint64(block.timestamp));
    }
}
