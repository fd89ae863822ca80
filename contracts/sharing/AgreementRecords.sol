// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IResourceCatalogue} from "../catalogue/IResourceCatalogue.sol";
import {Authorities} from "../identity/Authorities.sol";
import {IDepartmentRegistry} from "../identity/IDepartmentRegistry.sol";
import {TimedHistory} from "../libraries/TimedHistory.sol";
import {AgreementId} from "../types/AgreementId.sol";
import {ResourceId} from "../types/ResourceId.sol";
import {Uscc} from "../types/Uscc.sol";
import {DeadlineProfiles} from "./DeadlineProfiles.sol";
import {ISharingAgreements} from "./ISharingAgreements.sol";

/// @title AgreementRecords: the stored agreements, who may act on them, and what is taken over from the predecessor
/// @dev An agreement that only the predecessor knows is read there. The first write about it copies it here.
abstract contract AgreementRecords is DeadlineProfiles {
    using Authorities for IDepartmentRegistry;
    using TimedHistory for TimedHistory.History;

    /// @dev One slot: all that anchoring into a stream reads, and all that a reservation writes.
    struct Use {
        Uscc consumer;
        uint32 reserved;
        /// The streams may be settled before this time; from then on only until the end of the settlement period.
        uint40 openUntil;
        /// The registry's number of restrictions at which parties, lists and resource were last found in order.
        uint40 restrictions;
    }

    /// @dev The members from `maximumUses` to `extensionRequested` share one slot. Unknown here while the consumer is zero.
    struct Record {
        Use use;
        uint32 maximumUses;
        uint40 validFrom;
        uint40 validUntil;
        uint40 replyDue;
        uint40 endedAt;
        uint16 profile;
        State state;
        IResourceCatalogue.ShareClass shareClass;
        bool askedOnce;
        bool suspendedByAuthority;
        uint8 extensionDays;
        uint8 extensionRequested;
        Uscc provider;
        uint40 appliedAt;
        uint40 supplyDue;
        ResourceId resource;
        bytes32 document;
        TimedHistory.History states;
    }

    /// @dev No number of restrictions: the next reservation looks at everything.
    uint40 internal constant NEVER_LOOKED = type(uint40).max;

    IDepartmentRegistry internal immutable REGISTRY;
    IResourceCatalogue internal immutable CATALOGUE;

    /// @dev Written by the two parties, the authority and, for what time alone decides, by anyone.
    mapping(AgreementId id => Record record) private _records;
    /// @dev The agreements applied for here, in order; they continue the predecessor's numbers.
    AgreementId[] private _applied;

    constructor(IDepartmentRegistry registry_, IResourceCatalogue catalogue_) {
        REGISTRY = registry_;
        CATALOGUE = catalogue_;
    }

    // ----------------------------------------------------------------- Reading

    /// @inheritdoc ISharingAgreements
    function agreement(AgreementId id) public view override returns (Agreement memory) {
        Record storage record = _records[id];
        if (record.use.consumer.isZero()) {
            require(_inherits(), AgreementUnknown(id));
            return _previous().agreement(id);
        }
        uint40 endedAt = record.endedAt;
        uint40 openUntil = record.use.openUntil;
        return
            Agreement({
                id: id,
                resource: record.resource,
                provider: record.provider,
                consumer: record.use.consumer,
                state: record.state,
                document: record.document,
                appliedAt: record.appliedAt,
                replyDue: record.replyDue,
                supplyDue: record.supplyDue,
                validFrom: record.validFrom,
                validUntil: record.validUntil,
                endedAt: endedAt,
                settlementUntil: endedAt != 0 && openUntil > endedAt ? openUntil : 0,
                maximumUses: record.maximumUses,
                reserved: record.use.reserved,
                profile: record.profile,
                shareClass: record.shareClass,
                askedOnce: record.askedOnce,
                suspendedByAuthority: record.suspendedByAuthority,
                extensionDays: record.extensionDays,
                extensionRequested: record.extensionRequested
            });
    }

    /// @inheritdoc ISharingAgreements
    function agreementCount() public view override returns (uint256) {
        return _previousCount() + _applied.length;
    }

    /// @inheritdoc ISharingAgreements
    function agreementByIndex(uint256 index) external view override returns (AgreementId) {
        uint256 before = _previousCount();
        if (index < before) return _previous().agreementByIndex(index);
        require(index < before + _applied.length, IndexUnknown(index, before + _applied.length));
        return _applied[index - before];
    }

    /// @inheritdoc ISharingAgreements
    function stateAt(AgreementId id, uint64 time) public view override returns (State) {
        (bool exists, uint208 value) = _records[id].states.valueAt(time);
        if (exists) return State(uint8(value));
        return _inherits() ? _previous().stateAt(id, time) : State.None;
    }

    /// @inheritdoc ISharingAgreements
    function isInForceAt(AgreementId id, uint64 time) external view override returns (bool) {
        if (stateAt(id, time) != State.Agreed) return false;
        Agreement memory found = agreement(id);
        return
            time >= found.validFrom &&
            time < found.validUntil &&
            _isInOrderAt(found.resource, found.provider, found.consumer, time);
    }

    // ----------------------------------------------------------------- Writing

    /// @dev The record to write to, copied when only the predecessor knows it.
    function _requireRecord(AgreementId id) internal returns (Record storage record) {
        record = _records[id];
        if (!record.use.consumer.isZero()) return record;
        _requireInheritance();
        require(_inherits(), AgreementUnknown(id));
        Agreement memory known = _previous().agreement(id);

        uint64 openUntil = known.endedAt == 0 ? known.validUntil : known.endedAt;
        if (known.settlementUntil != 0) openUntil = known.settlementUntil;
        record.use = Use({
            consumer: known.consumer,
            reserved: known.reserved,
            openUntil: uint40(openUntil),
            restrictions: NEVER_LOOKED
        });
        record.maximumUses = known.maximumUses;
        record.validFrom = uint40(known.validFrom);
        record.validUntil = uint40(known.validUntil);
        record.replyDue = uint40(known.replyDue);
        record.endedAt = uint40(known.endedAt);
        record.profile = uint16(known.profile);
        record.shareClass = known.shareClass;
        record.askedOnce = known.askedOnce;
        record.suspendedByAuthority = known.suspendedByAuthority;
        record.extensionDays = uint8(known.extensionDays);
        record.extensionRequested = uint8(known.extensionRequested);
        record.provider = known.provider;
        record.appliedAt = uint40(known.appliedAt);
        record.supplyDue = uint40(known.supplyDue);
        record.resource = known.resource;
        record.document = known.document;
        _setState(record, known.state);
    }

    function _newRecord(AgreementId id) internal returns (Record storage record) {
        _requireInheritance();
        require(stateAt(id, uint64(block.timestamp)) == State.None, AgreementExists(id));

        _applied.push(id);
        return _records[id];
    }

    function _setState(Record storage record, State state) internal {
        record.state = state;
        record.states.push(uint208(uint8(state)));
    }

    // ------------------------------------------------------------------ Checks

    /// @dev The record as stored here; the consumer is zero when it is not.
    function _record(AgreementId id) internal view returns (Record storage) {
        return _records[id];
    }

    function _requireState(AgreementId id, Record storage record, State needed) internal view {
        State state = _currentState(record);
        require(state == needed, AgreementStateInvalid(id, state));
    }

    /// @dev As recorded, but Expired from the end of the period on, recorded or not.
    function _currentState(Record storage record) internal view returns (State state) {
        state = record.state;
        bool runs = state == State.Agreed || state == State.Suspended;
        if (runs && block.timestamp >= record.validUntil) return State.Expired;
    }

    function _requireConsumer(AgreementId id, Record storage record) internal view {
        require(REGISTRY.departmentOf(msg.sender) == record.use.consumer, SenderNotParty(msg.sender, id));
    }

    function _requireProvider(AgreementId id, Record storage record) internal view {
        require(REGISTRY.departmentOf(msg.sender) == record.provider, SenderNotParty(msg.sender, id));
    }

    function _requireAuthority(Record storage record) internal view {
        Uscc sender = REGISTRY.departmentOf(msg.sender);
        require(REGISTRY.isAuthorityOver(sender, record.provider), SenderNotAuthority(msg.sender, record.provider));
    }

    function _requireProviderOrAuthority(
        AgreementId id,
        Record storage record
    ) internal view returns (Uscc sender, bool isAuthority) {
        sender = REGISTRY.departmentOf(msg.sender);
        if (sender == record.provider) return (sender, false);
        require(REGISTRY.isAuthorityOver(sender, record.provider), SenderNotParty(msg.sender, id));
        return (sender, true);
    }

    /// @dev True when, at `time`, the resource was published, both parties were active and the consumer was not denied.
    function _isInOrderAt(ResourceId resource, Uscc provider, Uscc consumer, uint64 time) internal view returns (bool) {
        (IResourceCatalogue.State state, ) = CATALOGUE.publishedAt(resource, time);
        return
            state == IResourceCatalogue.State.Published &&
            REGISTRY.statusAt(provider, time) == IDepartmentRegistry.Status.Active &&
            REGISTRY.statusAt(consumer, time) == IDepartmentRegistry.Status.Active &&
            !REGISTRY.isDeniedAt(consumer, ResourceId.unwrap(resource), time);
    }

    function _previous() internal view returns (ISharingAgreements) {
        return ISharingAgreements(predecessor());
    }

    function _previousCount() private view returns (uint256) {
        return _inherits() ? _previous().agreementCount() : 0;
    }
}
