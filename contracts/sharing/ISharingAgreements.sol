// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IResourceCatalogue} from "../catalogue/IResourceCatalogue.sol";
import {AgreementId} from "../types/AgreementId.sol";
import {ResourceId} from "../types/ResourceId.sol";
import {Uscc} from "../types/Uscc.sol";

/// @title SharingAgreements: the right of one consumer to receive fields of a resource for a purpose in a period (共享授权)
/// @notice Fields, purpose and basis are claims of the application document, named here by its record id only. An application past its deadline stays open: the miss is recorded, not punished here.
/// "The authority" of an agreement is any active department with the role Authority at the provider's level and in its region.
/// Delivery number k may be served while it is below `reserved`; the moment of each reservation is in its event.
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
        /// When it was revoked or completed, or `validUntil` once the expiry is recorded; 0 before.
        uint64 endedAt;
        /// Fixed at the end; 0 before, and when the calendar did not reach that far then (see the function of the same name).
        uint64 settlementUntil;
        uint32 maximumUses;
        uint32 reserved;
        uint32 profile;
        /// As published at the application: it decides the reply period.
        IResourceCatalogue.ShareClass shareClass;
        bool askedOnce;
        bool suspendedByAuthority;
        /// Working days granted so far, and those requested and not decided yet.
        uint32 extensionDays;
        uint32 extensionRequested;
    }

    /// @notice Periods in working days, 1 to 250 each.
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
    /// @notice Thrown when the agreement is not agreed, outside its period, its resource not published, a party inactive, or the consumer denied.
    error AgreementNotInForce(AgreementId id, State state);
    error SenderNotParty(address sender, AgreementId id);
    error SenderNotAuthority(address sender, Uscc provider);
    error ResourceNotShared(ResourceId resource);
    error ConsumerDenied(Uscc consumer, ResourceId resource);
    error ConsumerIsProvider(Uscc consumer);
    error PeriodInvalid(uint64 validFrom, uint64 validUntil);
    error UsesInvalid(uint32 maximumUses);
    error DocumentMissing();
    /// @notice Thrown when a refusal, suspension, revocation or extension states no reason.
    error BasisMissing(AgreementId id);
    /// @notice Thrown when the provider asks a second time for a supplement.
    error AlreadyAskedOnce(AgreementId id);
    error ExtensionNotRequested(AgreementId id);
    /// @notice Thrown when an extension of no days or, with those granted before, of more than 10 is requested, while another is pending, or after the deadline.
    error ExtensionInvalid(AgreementId id, uint32 workingDays);
    error UsesExhausted(AgreementId id, uint32 reserved, uint32 requested, uint32 maximumUses);
    error ReservationEmpty();
    error DeadlineNotMissed(AgreementId id, Duty duty, uint64 due);
    error MissAlreadyRecorded(AgreementId id, Duty duty);
    /// @notice Thrown when a stream is settled beyond the reserved numbers.
    error BeyondReserve(AgreementId id, uint64 next, uint32 reserved);
    /// @notice Thrown when a stream is settled after the settlement period.
    error SettlementOver(AgreementId id, uint64 until);
    /// @notice Thrown when a period is outside 1 to 250 working days, or the profile would take effect before now or before the one appended last.
    error ProfileInvalid();
    error ProfileUnknown(uint32 version);
    error IndexUnknown(uint256 index, uint256 count);

    /// @notice Appends a deadline profile, effective for applications from `effectiveFrom`. Restricted to the authority. Cannot change a deadline already fixed.
    /// Version 1 is the contract's own: reply in 1 working day (unconditional) or 10 (conditional), supply in 20, settlement in 5.
    function appendProfile(Profile calldata profile) external returns (uint32 version);

    /// @notice Applies for a published resource. Any active department but the provider, unless denied. The reply period of the newest profile in effect begins.
    /// Cannot name fields or a purpose: `document`, the record id of the application, commits to them.
    function applyFor(
        ResourceId resource,
        bytes32 document,
        uint64 validFrom,
        uint64 validUntil,
        uint32 maximumUses
    ) external returns (AgreementId);

    /// @notice Asks, once, for what is missing; the clock stands until the supplement. Only the provider. `missing` is the digest of the written notice.
    /// Cannot hide a deadline that has passed: here, in `agree` and in `refuse` a late answer records the miss itself.
    function requestSupplement(AgreementId id, bytes32 missing) external;

    /// @notice Answers with a new document; the reply period starts again. Only the consumer.
    function supplement(AgreementId id, bytes32 document) external;

    /// @notice Requests a longer reply period, before it is over. Only the provider. Cannot extend anything by itself.
    function requestExtension(AgreementId id, uint32 workingDays, bytes32 reason) external;

    /// @notice Grants or denies a requested extension. Only the authority. Cannot shorten a deadline.
    /// Granted, the last day of the reply moves by as many working days: due = dueAfter(due − 1, workingDays).
    function decideExtension(AgreementId id, bool grant) external;

    /// @notice Consents; opens both streams, and the supply period begins. Only the provider, while the period lasts, the resource is published and the consumer is active and not denied.
    /// Cannot alter what was applied for.
    function agree(AgreementId id) external;

    /// @notice Refuses an application, also one that waits for a supplement, with a basis (digest of the written reason). Only the provider.
    function refuse(AgreementId id, bytes32 basis) external;

    /// @notice Provider or the authority. Takes effect on the next call. Numbers already reserved may still be settled.
    function suspend(AgreementId id, uint16 reason) external;

    /// @notice Lifts a suspension: the authority, or the provider when it suspended itself.
    function resume(AgreementId id) external;

    /// @notice Provider or the authority, before the period is over. Takes effect on the next call. Cannot undo deliveries, nor be blocked by an unknown calendar year.
    function revoke(AgreementId id, uint16 reason) external;

    /// @notice Records that the period of an agreed or suspended agreement is over. Anyone.
    function recordExpiry(AgreementId id) external;

    /// @notice Purpose achieved. Only the consumer.
    function complete(AgreementId id) external;

    /// @notice Reserves the next `count` delivery numbers while the agreement is in force. Only the consumer.
    /// Everything that `isInForceAt` names is checked at the call; parties, lists and resource are read again only when the registry has noted a restriction since they were last found in order.
    function reserve(AgreementId id, uint32 count) external returns (uint32 first);

    /// @notice Records that a duty's deadline passed. Anyone, once per duty and deadline.
    /// Reply: the application is still unanswered. Supply: numbers are reserved and the provider has settled none.
    /// SettleDeliveries, SettleReceipts: the settlement period is over and the stream ends below the reserve. Cannot punish.
    function recordMissedDeadline(AgreementId id, Duty duty) external;

    function agreement(AgreementId id) external view returns (Agreement memory);

    function agreementCount() external view returns (uint256);

    function agreementByIndex(uint256 index) external view returns (AgreementId);

    /// @notice The state recorded at `time`. An agreed agreement past its period is still Agreed here: see isInForceAt.
    function stateAt(AgreementId id, uint64 time) external view returns (State);

    /// @notice True when, at `time`, the agreement is Agreed, inside its period, its resource published, both parties active and the consumer not denied.
    /// Takes the time as an argument because the last block of an idle chain may be old.
    function isInForceAt(AgreementId id, uint64 time) external view returns (bool);

    /// @notice End of the period in which reserved numbers may be settled: 0 while the agreement has not ended (revoked, completed, or its period over by the last block's time).
    /// Reverts YearUnknown when the calendar does not reach that far.
    function settlementUntil(AgreementId id) external view returns (uint64);

    /// @notice The deadline of this duty that was last recorded as missed, or 0.
    function missedDeadline(AgreementId id, Duty duty) external view returns (uint64);

    /// @notice Reverts unless a stream of this agreement may be anchored up to `next` (exclusive) now. Called by the AnchorLog.
    function requireSettleable(AgreementId id, uint64 next) external view;

    /// @param version From 1.
    function profile(uint32 version) external view returns (Profile memory);

    function profileCount() external view returns (uint32);
}
