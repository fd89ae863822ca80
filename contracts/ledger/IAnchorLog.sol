// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AgreementId} from "../types/AgreementId.sol";
import {HashName} from "../types/HashName.sol";
import {ResourceId} from "../types/ResourceId.sol";
import {ScopeId, ScopeKind} from "../types/ScopeId.sol";
import {Uscc} from "../types/Uscc.sol";

/// @title AnchorLog: the Merkle roots of every batch, by scope and first number
/// @notice A batch occupies one slot, keyed by (scope, first): keccak256(abi.encode(root, packed)) with
/// packed = department (144 bits) ‖ first (40) ‖ count (24) ‖ time (40) ‖ hash (8), most significant first. The preimage is in the event.
/// Re-sending a batch reverts with ScopeNumberMismatch: harmless, and a second writer is fenced.
interface IAnchorLog {
    event ScopeOpened(ScopeId indexed scope, ScopeKind kind, Uscc indexed holder, bytes32 subject);
    event Anchored(
        ScopeId indexed scope,
        uint40 indexed first,
        Uscc indexed department,
        uint24 count,
        uint40 time,
        HashName hash,
        bytes32 root
    );

    error ScopeUnknown(ScopeId scope);
    error ScopeAlreadyOpen(ScopeId scope);
    /// @notice Thrown when the sender may not open scopes.
    error OpenerNotEntitled(address sender);
    /// @notice Thrown when the sender is not an account of the active department that holds the scope.
    error SenderNotHolder(address sender, Uscc holder);
    /// @notice Thrown when `first` is not the scope's next number: somebody anchored already, perhaps this very batch.
    error ScopeNumberMismatch(ScopeId scope, uint40 next, uint40 first);
    error BatchEmpty();
    /// @notice Thrown when a batch has more than 2^20 records.
    error BatchTooLarge(uint256 count);
    error RootMissing();
    error HashNameInvalid(uint8 hash);
    error BatchUnknown(ScopeId scope, uint40 first);

    /// @notice Opens a resource's scope. Only the ResourceCatalogue, at publication.
    function openResource(ResourceId resource, Uscc holder) external;

    /// @notice Opens both streams of an agreement. Only SharingAgreements, at consent.
    function openStreams(AgreementId agreement, Uscc provider, Uscc consumer) external;

    /// @notice Opens the journal of the sender's own active department, once.
    function openJournal() external;

    /// @notice Anchors the next batch of a scope. Only an account of the active department that holds it.
    /// For a stream, `first + count` must lie within the reserve and the settlement period.
    function anchor(ScopeId scope, uint40 first, uint24 count, bytes32 root, HashName hash) external;

    /// @notice As `anchor`, and marks earlier records of the same scope superseded in the same call.
    function anchorSuperseding(
        ScopeId scope,
        uint40 first,
        uint24 count,
        bytes32 root,
        HashName hash,
        uint40[] calldata superseded
    ) external;

    /// @notice Who writes the scope, its next number, and its kind: None when it was never opened.
    function head(ScopeId scope) external view returns (Uscc holder, uint40 next, ScopeKind kind);

    /// @notice The ResourceId, AgreementId or (left-aligned) Uscc for which the scope stands.
    function subjectOf(ScopeId scope) external view returns (bytes32);

    /// @notice The stored slot, zero when no batch begins at `first`.
    function batchDigest(ScopeId scope, uint40 first) external view returns (bytes32);

    /// @notice True when the batch is anchored with exactly these values and `recordId` is the leaf data of record number `first + index`.
    /// Reverts HashNameInvalid for Sm3, which a contract cannot compute. The record id is not authentic by itself: recompute it from the header.
    function verifyInclusion(
        ScopeId scope,
        Batch calldata batch,
        bytes32 recordId,
        uint256 index,
        bytes32[] calldata proof
    ) external view returns (bool);

    struct Batch {
        Uscc department;
        uint40 first;
        uint24 count;
        uint40 time;
        HashName hash;
        bytes32 root;
    }
}
