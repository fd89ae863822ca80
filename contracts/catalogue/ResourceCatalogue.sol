// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Authorities} from "../identity/Authorities.sol";
import {IDepartmentRegistry} from "../identity/IDepartmentRegistry.sol";
import {Continuing} from "../ledger/Continuing.sol";
import {IAnchorLog} from "../ledger/IAnchorLog.sol";
import {Retirable} from "../ledger/Retirable.sol";
import {TimedHistory} from "../libraries/TimedHistory.sol";
import {ResourceId, toResourceId} from "../types/ResourceId.sol";
import {Uscc} from "../types/Uscc.sol";
import {IResourceCatalogue} from "./IResourceCatalogue.sol";

/// @title ResourceCatalogue
/// @notice Reads through: resources, versions with their states, the history and the enumeration, from the moment when the predecessor
/// is retired to this contract. The first write about one of its resources takes that resource over, open proposals included.
contract ResourceCatalogue is Continuing, IResourceCatalogue {
    using TimedHistory for TimedHistory.History;
    using Authorities for IDepartmentRegistry;

    uint8 private constant LOWEST_LEVEL = 1;
    uint8 private constant HIGHEST_LEVEL = 4;

    /// @dev Unknown here while the provider is zero.
    struct Item {
        Uscc provider;
        uint32 version;
        uint32 latest;
        bool withdrawn;
        string code;
        /// Values are state (8 bits) ‖ version (32), most significant first.
        TimedHistory.History publications;
    }

    struct Version {
        State state;
        string name;
        Terms terms;
    }

    IDepartmentRegistry private immutable REGISTRY;
    IAnchorLog private immutable ANCHOR_LOG;

    mapping(ResourceId id => Item item) private _items;
    /// @dev Name and terms are written once, at the proposal. What is empty here is answered by the predecessor.
    mapping(ResourceId id => mapping(uint32 number => Version version)) private _versions;
    /// @dev The resources first proposed here, in order; they continue the predecessor's numbers.
    ResourceId[] private _proposed;

    constructor(
        address authority_,
        address predecessor_,
        IDepartmentRegistry registry_,
        IAnchorLog anchorLog_
    ) Retirable(authority_, predecessor_) {
        REGISTRY = registry_;
        ANCHOR_LOG = anchorLog_;
    }

    // --------------------------------------------------------------- Life cycle

    /// @inheritdoc IResourceCatalogue
    function propose(
        string calldata code,
        string calldata name,
        Terms calldata terms_
    ) external override whileActive returns (ResourceId id, uint32 version) {
        Uscc provider = REGISTRY.departmentOf(msg.sender);
        require(!provider.isZero(), SenderNotProvider(msg.sender, provider));
        id = toResourceId(provider, code);
        _requireTerms(id, code, name, terms_);
        Item storage item = _items[id];
        if (!_takeOver(id)) {
            item.provider = provider;
            item.code = code;
            _proposed.push(id);
        }
        require(!item.withdrawn, ResourceStateInvalid(id, item.version, State.Withdrawn));

        version = ++item.latest;
        Version storage proposed = _versions[id][version];
        proposed.state = State.Proposed;
        proposed.name = name;
        proposed.terms = terms_;

        emit ResourceProposed(id, provider, version, code, name, terms_);
    }

    /// @inheritdoc IResourceCatalogue
    function review(ResourceId id, uint32 version, bool approve, bytes32 reason) external override whileActive {
        Item storage item = _requireItem(id);
        Uscc reviewer = REGISTRY.departmentOf(msg.sender);
        require(REGISTRY.isAuthorityOver(reviewer, item.provider), ReviewerNotEntitled(reviewer, item.provider));
        _requireVersionState(id, version, State.Proposed);
        require(approve || reason != 0, RejectionReasonMissing(id));

        _versions[id][version].state = approve ? State.Approved : State.Rejected;

        emit ResourceReviewed(id, version, approve, reviewer, reason);
    }

    /// @inheritdoc IResourceCatalogue
    function publish(ResourceId id, uint32 version) external override whileActive {
        Item storage item = _requireItem(id);
        Uscc provider = item.provider;
        require(REGISTRY.departmentOf(msg.sender) == provider, SenderNotProvider(msg.sender, provider));
        _requireVersionState(id, version, State.Approved);
        uint32 before = item.version;
        require(version > before, ResourceStateInvalid(id, before, State.Published));

        _versions[id][version].state = State.Published;
        item.version = version;
        _pushPublication(item, State.Published);

        emit ResourcePublished(id, version, uint64(block.timestamp));
        if (before == 0) ANCHOR_LOG.openResource(id, provider);
    }

    /// @inheritdoc IResourceCatalogue
    function withdraw(ResourceId id, uint16 reason) external override whileActive {
        Item storage item = _requireItem(id);
        Uscc sender = REGISTRY.departmentOf(msg.sender);
        require(
            sender == item.provider || REGISTRY.isAuthorityOver(sender, item.provider),
            SenderNotProvider(msg.sender, item.provider)
        );
        uint32 version = item.version;
        State state = _stateOf(id);
        require(state == State.Published, ResourceStateInvalid(id, version, state));

        item.withdrawn = true;
        _pushPublication(item, State.Withdrawn);
        REGISTRY.noteRestriction();

        emit ResourceWithdrawn(id, version, reason, uint64(block.timestamp));
    }

    // ------------------------------------------------------------------ Reading

    /// @inheritdoc IResourceCatalogue
    function resource(ResourceId id) external view override returns (Resource memory) {
        Item storage item = _items[id];
        if (item.provider.isZero()) {
            require(_inherits(), ResourceUnknown(id));
            return _previous().resource(id);
        }
        return
            Resource({
                id: id,
                provider: item.provider,
                state: _stateOf(id),
                version: item.version,
                latest: item.latest,
                code: item.code,
                name: versionName(id, item.version == 0 ? item.latest : item.version)
            });
    }

    /// @inheritdoc IResourceCatalogue
    function terms(ResourceId id, uint32 version) external view override returns (Terms memory) {
        Terms storage own = _versions[id][version].terms;
        if (own.shareClass != ShareClass.None) return own;
        require(_inherits(), VersionUnknown(id, version));
        return _previous().terms(id, version);
    }

    /// @inheritdoc IResourceCatalogue
    function versionName(ResourceId id, uint32 version) public view override returns (string memory) {
        string storage own = _versions[id][version].name;
        if (bytes(own).length > 0) return own;
        require(_inherits(), VersionUnknown(id, version));
        return _previous().versionName(id, version);
    }

    /// @inheritdoc IResourceCatalogue
    function versionState(ResourceId id, uint32 version) public view override returns (State) {
        State own = _versions[id][version].state;
        if (own != State.None || !_inherits()) return own;
        return _previous().versionState(id, version);
    }

    /// @inheritdoc IResourceCatalogue
    function publishedAt(ResourceId id, uint64 time) external view override returns (State state, uint32 version) {
        (bool exists, uint208 value) = _items[id].publications.valueAt(time);
        if (exists) return (State(uint8(value >> 32)), uint32(value));
        return _inherits() ? _previous().publishedAt(id, time) : (State.None, 0);
    }

    /// @inheritdoc IResourceCatalogue
    function resourceCount() external view override returns (uint256) {
        return _previousCount() + _proposed.length;
    }

    /// @inheritdoc IResourceCatalogue
    function resourceByIndex(uint256 index) external view override returns (ResourceId) {
        uint256 before = _previousCount();
        if (index < before) return _previous().resourceByIndex(index);
        require(index < before + _proposed.length, IndexUnknown(index, before + _proposed.length));
        return _proposed[index - before];
    }

    // ----------------------------------------------------------------- Internal

    /// @dev Copies what is written later on; versions and history stay with the predecessor. False when nobody knows the resource.
    function _takeOver(ResourceId id) private returns (bool) {
        Item storage item = _items[id];
        if (!item.provider.isZero()) return true;
        _requireInheritance();
        if (!_inherits()) return false;
        if (_previous().versionState(id, 1) == State.None) return false;
        Resource memory previous = _previous().resource(id);

        item.provider = previous.provider;
        item.version = previous.version;
        item.latest = previous.latest;
        item.withdrawn = previous.state == State.Withdrawn;
        item.code = previous.code;
        return true;
    }

    function _pushPublication(Item storage item, State state) private {
        item.publications.push((uint208(uint8(state)) << 32) | item.version);
    }

    function _requireItem(ResourceId id) private returns (Item storage) {
        require(_takeOver(id), ResourceUnknown(id));
        return _items[id];
    }

    function _requireVersionState(ResourceId id, uint32 version, State needed) private view {
        State state = versionState(id, version);
        require(state != State.None, VersionUnknown(id, version));
        if (_items[id].withdrawn) state = State.Withdrawn;
        require(state == needed, ResourceStateInvalid(id, version, state));
    }

    /// @dev The state in force; before the first publication that of the newest proposal.
    function _stateOf(ResourceId id) private view returns (State) {
        Item storage item = _items[id];
        if (item.withdrawn) return State.Withdrawn;
        return item.version == 0 ? versionState(id, item.latest) : State.Published;
    }

    function _previousCount() private view returns (uint256) {
        return _inherits() ? _previous().resourceCount() : 0;
    }

    function _previous() private view returns (IResourceCatalogue) {
        return IResourceCatalogue(predecessor());
    }

    function _requireTerms(
        ResourceId id,
        string calldata code,
        string calldata name,
        Terms calldata given
    ) private pure {
        require(
            bytes(code).length > 0 &&
                bytes(name).length > 0 &&
                given.shareClass != ShareClass.None &&
                given.level >= LOWEST_LEVEL &&
                given.level <= HIGHEST_LEVEL &&
                given.schema != 0 &&
                given.metadata != 0,
            TermsInvalid(id)
        );
        require(given.shareClass != ShareClass.NotShared || given.legalBasis != 0, LegalBasisMissing(id));
    }
}
