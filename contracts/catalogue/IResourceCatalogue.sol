// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ResourceId} from "../types/ResourceId.sol";
import {Uscc} from "../types/Uscc.sol";

/// @title ResourceCatalogue: what is shared, by whom, on which conditions
/// @notice propose (provider) → review (authority of the same level and region) → publish (provider) → withdraw. Each approved version stays readable.
interface IResourceCatalogue {
    /// @notice 无条件共享 / 有条件共享 / 不予共享.
    enum ShareClass {
        None,
        Unconditional,
        Conditional,
        NotShared
    }

    enum State {
        None,
        Proposed,
        Approved,
        Rejected,
        Published,
        Withdrawn
    }

    struct Terms {
        ShareClass shareClass;
        /// Data classification 1–4.
        uint8 level;
        /// True when the payload holds personal data.
        bool personal;
        /// SHA-256 of the JCS of the JSON Schema.
        bytes32 schema;
        /// SHA-256 of the JCS of the core metadata document (13 items).
        bytes32 metadata;
        /// SHA-256 of the legal basis document; required for NotShared, else zero or given.
        bytes32 legalBasis;
        uint32 updateCycleDays;
        uint32 retentionDays;
    }

    struct Resource {
        ResourceId id;
        Uscc provider;
        State state;
        /// The version in force (published), 0 before the first publication.
        uint32 version;
        /// The newest version proposed.
        uint32 latest;
        string code;
        string name;
    }

    event ResourceProposed(
        ResourceId indexed id,
        Uscc indexed provider,
        uint32 version,
        string code,
        string name,
        Terms terms
    );
    event ResourceReviewed(ResourceId indexed id, uint32 version, bool approved, Uscc indexed reviewer, bytes32 reason);
    event ResourcePublished(ResourceId indexed id, uint32 version, uint64 time);
    event ResourceWithdrawn(ResourceId indexed id, uint32 version, uint16 reason, uint64 time);

    error ResourceUnknown(ResourceId id);
    error VersionUnknown(ResourceId id, uint32 version);
    /// @notice Thrown when a proposal lacks a code, a name, a class, a level of 1–4, a schema or metadata.
    error TermsInvalid(ResourceId id);
    /// @notice Thrown when a 不予共享 entry states no legal basis.
    error LegalBasisMissing(ResourceId id);
    /// @notice Thrown when the resource or version is not in the state the call needs; by `publish` also when the version in force is a later one.
    error ResourceStateInvalid(ResourceId id, uint32 version, State state);
    /// @notice Thrown when the sender is not an account of the active department that provides the resource; by `withdraw`, nor of its authority.
    error SenderNotProvider(address sender, Uscc provider);
    /// @notice Thrown when the reviewer is not an authority of the provider's level and region, or is the provider itself.
    error ReviewerNotEntitled(Uscc reviewer, Uscc provider);
    error RejectionReasonMissing(ResourceId id);
    /// @notice Thrown when the enumeration is asked beyond its end.
    error IndexUnknown(uint256 index, uint256 count);

    /// @notice Proposes a new resource, or the next version of one. Only an active department; cannot publish by itself.
    function propose(
        string calldata code,
        string calldata name,
        Terms calldata terms
    ) external returns (ResourceId id, uint32 version);

    /// @notice Approves or rejects a proposed version. Cannot alter its terms. `reason` is the digest of the written reason, required on rejection.
    function review(ResourceId id, uint32 version, bool approve, bytes32 reason) external;

    /// @notice Puts an approved version in force, in place of an earlier one, and, the first time, opens the resource's scope. Only the provider.
    /// A 不予共享 resource is published too: its records are anchored, applications for it are refused.
    function publish(ResourceId id, uint32 version) external;

    /// @notice Ends sharing, for good: a withdrawn resource takes no further version. Only the provider or the authority entitled to review. Records anchored before stay valid.
    /// Calls `DepartmentRegistry.noteRestriction`, so that the next reservation of every agreement looks again.
    function withdraw(ResourceId id, uint16 reason) external;

    /// @notice `state` is that of the newest version until the first publication, then Published or Withdrawn. `name` is that of the version in force, before it of the newest.
    function resource(ResourceId id) external view returns (Resource memory);

    function terms(ResourceId id, uint32 version) external view returns (Terms memory);

    /// @notice The name that a version was proposed with.
    function versionName(ResourceId id, uint32 version) external view returns (string memory);

    /// @notice None for an unknown version. A version stays Published when a later one takes its place or the resource is withdrawn: see `publishedAt`.
    function versionState(ResourceId id, uint32 version) external view returns (State);

    /// @notice State and version in force at `time`: (None, 0) before the first publication, then (Published, v), (Withdrawn, v).
    function publishedAt(ResourceId id, uint64 time) external view returns (State state, uint32 version);

    function resourceCount() external view returns (uint256);

    function resourceByIndex(uint256 index) external view returns (ResourceId);
}
