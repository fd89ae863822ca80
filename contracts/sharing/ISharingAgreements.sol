// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AgreementId} from "../types/AgreementId.sol";
import {ResourceId} from "../types/ResourceId.sol";
import {Uscc} from "../types/Uscc.sol";

/// @title SharingAgreements: the right of one consumer to receive fields of a resource for a purpose in a period (共享授权)
/// @notice Fields, purpose and basis are claims of the application document, named here by its record id only. An application past its deadline stays open: the miss is recorded, not punished here.
interface ISharingAgreements {
    enum State {
        None,
        Applied,
        /// The provider asked, once, for what is missing: the clock stands until the supplement.
        Incomplete,
        Agreed,
        Refused,
        Suspended,
        Revoked,
        Expired,
        Completed
    }

    enum Duty {
        None,
        Reply,
        Supply,
        SettleDeliveries,
        SettleReceipts
    }

    struct Agreement {
        AgreementId id;
        ResourceId resource;
        Uscc provider;
        Uscc consumer;
        State state;
        bytes32 document;
        uint64 appliedAt;
        uint64 replyDue;
        uint64 supplyDue;
        uint64 validFrom;
        uint64 validUntil;
        uint64 endedAt;
        uint32 maximumUses;
        uint32 reserved;
        uint32 profile;
        bool askedOnce;
        uint32 extensionDays;
    }

    struct Profile {
        uint16 replyUnconditional;
        uint16 replyConditional;
        uint16 supply;
        uint16 settlement;
        uint64 effectiveFrom;
        bytes32 source;
    }

    event ProfileAppended(uint32 indexed version, Profile profile);
    event Applied(
        AgreementId indexed id,
        ResourceId indexed resource,
        Uscc indexed consumer,
        bytes32 document,
        uint64 validFrom,
        uint64 validUntil,
        uint32 maximumUses,
        uint64 replyDue
    );
    event SupplementRequested(AgreementId indexed id, bytes32 missing);
    event Supplemented(AgreementId indexed id, bytes32 document, uint64 replyDue);
    event ExtensionRequested(AgreementId indexed id, uint32 workingDays, bytes32 reason);
    event ExtensionGranted(AgreementId indexed id, uint32 workingDays, uint64 replyDue);
    event ExtensionDenied(AgreementId indexed id);
    event Agreed(AgreementId indexed id, uint64 supplyDue);
    event Refused(AgreementId indexed id, bytes32 basis);
    event Suspended(AgreementId indexed id, Uscc indexed by, uint16 reason);
    event Resumed(AgreementId indexed id, Uscc indexed by);
    event Revoked(AgreementId indexed id, Uscc indexed by, uint16 reason);
    event ExpiryRecorded(AgreementId indexed id);
    event Completed(AgreementId indexed id);
    event DeliveriesReserved(AgreementId indexed id, uint32 first, uint32 count);
    event DeadlineMissed(AgreementId indexed id, Duty duty, Uscc indexed behind, uint64 due);

    error AgreementUnknown(AgreementId id);
    error AgreementExists(AgreementId id);
    error AgreementStateInvalid(AgreementId id, State state);
    /// @notice Thrown when the agreement is agreed but outside its period, or its resource is withdrawn, a party inactive, or the consumer denied.
    error AgreementNotInForce(AgreementId id, State state);
    error SenderNotParty(address sender, AgreementId id);
    error SenderNotAuthority(address sender, Uscc provider);
    error ResourceNotShared(ResourceId resource);
    error ConsumerDenied(Uscc consumer, ResourceId resource);
    error ConsumerIsProvider(Uscc consumer);
    error PeriodInvalid(uint64 validFrom, uint64 validUntil);
    error UsesInvalid(uint32 maximumUses);
    error DocumentMissing();
    error BasisMissing(AgreementId id);
    /// @notice Thrown when the provider asks a second time for a supplement.
    error AlreadyAskedOnce(AgreementId id);
    error ExtensionNotRequested(AgreementId id);
    error ExtensionInvalid(AgreementId id, uint32 workingDays);
    error UsesExhausted(AgreementId id, uint32 reserved, uint32 requested, uint32 maximumUses);
    error ReservationEmpty();
    error DeadlineNotMissed(AgreementId id, Duty duty, uint64 due);
    error MissAlreadyRecorded(AgreementId id, Duty duty);
    /// @notice Thrown when a stream is settled beyond the reserved numbers.
    error BeyondReserve(AgreementId id, uint64 next, uint32 reserved);
    /// @notice Thrown when a stream is settled after the settlement period.
    error SettlementOver(AgreementId id, uint64 until);
    error ProfileInvalid();

    /// @notice Appends a deadline profile, effective for applications from `effectiveFrom`. Restricted to the authority. Cannot change a deadline already fixed.
    function appendProfile(Profile calldata profile) external returns (uint32 version);

    function applyFor(
        ResourceId resource,
        bytes32 document,
        uint64 validFrom,
        uint64 validUntil,
        uint32 maximumUses
    ) external returns (AgreementId);

    /// @notice Asks, once, for what is missing. Only the provider. `missing` is the digest of the written notice.
    function requestSupplement(AgreementId id, bytes32 missing) external;

    /// @notice Answers with a new document; the reply period starts again. Only the consumer.
    function supplement(AgreementId id, bytes32 document) external;

    function requestExtension(AgreementId id, uint32 workingDays, bytes32 reason) external;

    /// @notice Grants or denies a requested extension. Only the authority of the provider's level and region. Cannot shorten a deadline.
    function decideExtension(AgreementId id, bool grant) external;

    /// @notice Consents; opens both streams. Only the provider. Cannot alter what was applied for.
    function agree(AgreementId id) external;

    /// @notice Refuses with a basis (digest of the written reason). Only the provider.
    function refuse(AgreementId id, bytes32 basis) external;

    /// @notice Provider or its authority.
    function suspend(AgreementId id, uint16 reason) external;

    /// @notice Only who suspended, or the authority.
    function resume(AgreementId id) external;

    /// @notice Provider or its authority. Takes effect on the next call. Cannot undo deliveries.
    function revoke(AgreementId id, uint16 reason) external;

    /// @notice Anyone, once the period is over.
    function recordExpiry(AgreementId id) external;

    /// @notice Purpose achieved. Only the consumer.
    function complete(AgreementId id) external;

    /// @notice Reserves the next `count` delivery numbers while the agreement is in force. Only the consumer.
    function reserve(AgreementId id, uint32 count) external returns (uint32 first);

    /// @notice Records that a duty's deadline passed. Anyone, once per duty and deadline.
    function recordMissedDeadline(AgreementId id, Duty duty) external;

    function agreement(AgreementId id) external view returns (Agreement memory);

    function agreementCount() external view returns (uint256);

    function agreementByIndex(uint256 index) external view returns (AgreementId);

    /// @notice The state recorded at `time`. An agreed agreement past its period is still Agreed here: see isInForceAt.
    function stateAt(AgreementId id, uint64 time) external view returns (State);

    /// @notice True when, at `time`, the agreement is Agreed, inside its period, its resource published, both parties active and the consumer not denied.
    /// Takes the time as an argument because the last block of an idle chain may be old.
    function isInForceAt(AgreementId id, uint64 time) external view returns (bool);

    /// @notice The number of delivery numbers reserved after the last block with time ≤ `time`.
    function reservedAt(AgreementId id, uint64 time) external view returns (uint32);

    /// @notice End of the period in which reserved numbers may be settled: 0 while the agreement has not ended.
    function settlementUntil(AgreementId id) external view returns (uint64);

    /// @notice Reverts unless a stream of this agreement may be anchored up to `next` (exclusive) now. Called by the AnchorLog.
    function requireSettleable(AgreementId id, uint64 next) external view;

    function profile(uint32 version) external view returns (Profile memory);

    function profileCount() external view returns (uint32);
}
