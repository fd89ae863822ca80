// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDepartmentRegistry} from "../identity/IDepartmentRegistry.sol";
import {MerkleInclusion} from "../libraries/MerkleInclusion.sol";
import {ISharingAgreements} from "../sharing/ISharingAgreements.sol";
import {AgreementId} from "../types/AgreementId.sol";
import {HashName} from "../types/HashName.sol";
import {ResourceId} from "../types/ResourceId.sol";
import {ScopeId, ScopeKind, deliveriesScope, journalScope, receiptsScope, resourceScope} from "../types/ScopeId.sol";
import {Uscc} from "../types/Uscc.sol";
import {Continuing} from "./Continuing.sol";
import {IAnchorLog} from "./IAnchorLog.sol";
import {IRecordStatus} from "./IRecordStatus.sol";
import {Retirable} from "./Retirable.sol";

/// @title AnchorLog
/// @notice Reads through: heads, subjects and batches, from the moment when the predecessor is retired to this contract. The first batch of
/// one of its scopes here begins at that scope's next number.
contract AnchorLog is IAnchorLog, Continuing {
    /// @dev One slot.
    struct Head {
        Uscc holder;
        uint40 next;
        ScopeKind kind;
    }

    uint24 private constant MAXIMUM_BATCH = 1 << 20;

    IDepartmentRegistry private immutable REGISTRY;
    address private immutable CATALOGUE;
    ISharingAgreements private immutable AGREEMENTS;
    IRecordStatus private immutable RECORD_STATUS;

    /// @dev Written by the holder's accounts through `anchor`, and once by the opener. A scope of the predecessor is copied here with its first batch here.
    mapping(ScopeId scope => Head head) private _heads;
    mapping(ScopeId scope => bytes32 subject) private _subjects;
    /// @dev Invariant: written once, because `first` is below the scope's next number ever after.
    mapping(ScopeId scope => mapping(uint40 first => bytes32 digest) batches) private _batches;

    constructor(
        address authority_,
        address predecessor_,
        IDepartmentRegistry registry_,
        address catalogue_,
        ISharingAgreements agreements_,
        IRecordStatus recordStatus_
    ) Retirable(authority_, predecessor_) {
        REGISTRY = registry_;
        CATALOGUE = catalogue_;
        AGREEMENTS = agreements_;
        RECORD_STATUS = recordStatus_;
    }

    // ---------------------------------------------------------------- Opening

    /// @inheritdoc IAnchorLog
    function openResource(ResourceId resource, Uscc holder) external override whileActive {
        require(msg.sender == CATALOGUE, OpenerNotEntitled(msg.sender));

        _open(resourceScope(resource), ScopeKind.Resource, holder, ResourceId.unwrap(resource));
    }

    /// @inheritdoc IAnchorLog
    function openStreams(AgreementId agreement, Uscc provider, Uscc consumer) external override whileActive {
        require(msg.sender == address(AGREEMENTS), OpenerNotEntitled(msg.sender));

        _open(deliveriesScope(agreement), ScopeKind.Deliveries, provider, AgreementId.unwrap(agreement));
        _open(receiptsScope(agreement), ScopeKind.Receipts, consumer, AgreementId.unwrap(agreement));
    }

    /// @inheritdoc IAnchorLog
    function openJournal() external override whileActive {
        Uscc department = REGISTRY.departmentOf(msg.sender);
        require(!department.isZero(), OpenerNotEntitled(msg.sender));

        _open(journalScope(department), ScopeKind.Journal, department, bytes32(Uscc.unwrap(department)));
    }

    // --------------------------------------------------------------- Anchoring

    /// @inheritdoc IAnchorLog
    function anchor(
        ScopeId scope,
        uint40 first,
        uint24 count,
        bytes32 root,
        HashName hash
    ) external override whileActive {
        _anchor(scope, first, count, root, hash);
    }

    /// @inheritdoc IAnchorLog
    function anchorSuperseding(
        ScopeId scope,
        uint40 first,
        uint24 count,
        bytes32 root,
        HashName hash,
        uint40[] calldata superseded
    ) external override whileActive {
        Uscc holder = _anchor(scope, first, count, root, hash);

        RECORD_STATUS.supersede(scope, superseded, holder);
    }

    // ----------------------------------------------------------------- Reading

    /// @inheritdoc IAnchorLog
    function head(ScopeId scope) public view override returns (Uscc holder, uint40 next, ScopeKind kind) {
        Head storage own = _heads[scope];
        (holder, next, kind) = (own.holder, own.next, own.kind);
        if (kind == ScopeKind.None && _inherits()) return IAnchorLog(predecessor()).head(scope);
    }

    /// @inheritdoc IAnchorLog
    function subjectOf(ScopeId scope) public view override returns (bytes32) {
        bytes32 own = _subjects[scope];
        if (own != 0 || !_inherits()) return own;
        return IAnchorLog(predecessor()).subjectOf(scope);
    }

    /// @inheritdoc IAnchorLog
    function batchDigest(ScopeId scope, uint40 first) public view override returns (bytes32) {
        bytes32 own = _batches[scope][first];
        if (own != 0 || !_inherits()) return own;
        return IAnchorLog(predecessor()).batchDigest(scope, first);
    }

    /// @inheritdoc IAnchorLog
    function verifyInclusion(
        ScopeId scope,
        Batch calldata batch,
        bytes32 recordId,
        uint256 index,
        bytes32[] calldata proof
    ) external view override returns (bool) {
        HashName hash = batch.hash;
        require(hash == HashName.Keccak256 || hash == HashName.Sha256, HashNameInvalid(uint8(hash)));

        bytes32 digest = _digest(batch.root, batch.department, batch.first, batch.count, batch.time, hash);
        if (batchDigest(scope, batch.first) != digest) return false;

        bytes32 leaf = MerkleInclusion.leafHash(hash, recordId);
        return MerkleInclusion.verify(hash, batch.root, leaf, index, batch.count, proof);
    }

    // ---------------------------------------------------------------- Internal

    function _open(ScopeId scope, ScopeKind kind, Uscc holder, bytes32 subject) private {
        _requireInheritance();
        (, , ScopeKind current) = head(scope);
        require(current == ScopeKind.None, ScopeAlreadyOpen(scope));

        _heads[scope] = Head({holder: holder, next: 0, kind: kind});
        _subjects[scope] = subject;

        emit ScopeOpened(scope, kind, holder, subject);
    }

    function _anchor(
        ScopeId scope,
        uint40 first,
        uint24 count,
        bytes32 root,
        HashName hash
    ) private returns (Uscc holder) {
        uint40 next;
        ScopeKind kind;
        (holder, next, kind) = head(scope);
        require(kind != ScopeKind.None, ScopeUnknown(scope));
        require(REGISTRY.departmentOf(msg.sender) == holder, SenderNotHolder(msg.sender, holder));
        require(first == next, ScopeNumberMismatch(scope, next, first));
        require(count > 0, BatchEmpty());
        require(count <= MAXIMUM_BATCH, BatchTooLarge(count));
        require(root != 0, RootMissing());
        require(hash != HashName.None, HashNameInvalid(uint8(hash)));
        next = first + count;
        if (kind == ScopeKind.Deliveries || kind == ScopeKind.Receipts) {
            AGREEMENTS.requireSettleable(AgreementId.wrap(subjectOf(scope)), next);
        }

        uint40 time = uint40(block.timestamp);
        _heads[scope] = Head({holder: holder, next: next, kind: kind});
        _batches[scope][first] = _digest(root, holder, first, count, time, hash);

        emit Anchored(scope, first, holder, count, time, hash, root);
    }

    /// @dev The one place that fixes the stored form of a batch.
    function _digest(
        bytes32 root,
        Uscc department,
        uint40 first,
        uint24 count,
        uint40 time,
        HashName hash
    ) private pure returns (bytes32) {
        uint256 packed =
            (uint256(uint144(Uscc.unwrap(department))) << 112) |
                (uint256(first) << 72) |
                (uint256(count) << 48) |
                (uint256(time) << 8) |
                uint8(hash);
        return keccak256(abi.encode(root, packed));
    }
}
