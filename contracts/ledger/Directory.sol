// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IDirectory} from "./IDirectory.sol";
import {IRetirable} from "./IRetirable.sol";

/// @title Directory
/// @dev Not retirable: the ledger id commits to this address, so another Directory is another ledger.
contract Directory is AccessManaged, IDirectory {
    uint256 private constant LATEST_TIMESTAMP = 1e11;

    uint64 private immutable DELAY;

    /// @dev Invariant: `effectiveFrom` never decreases within a name.
    mapping(bytes32 name => Entry[] entries) private _entries;

    /// @param authority_ The AccessManager that guards `append`.
    /// @param delay_ Seconds, see `delay`.
    constructor(address authority_, uint64 delay_) AccessManaged(authority_) {
        require(block.timestamp <= LATEST_TIMESTAMP, IRetirable.TimestampNotSeconds(block.timestamp));

        DELAY = delay_;
    }

    /// @inheritdoc IDirectory
    function append(bytes32 name, address implementation, uint64 effectiveFrom) external override restricted {
        require(implementation.code.length > 0, ImplementationInvalid(implementation));
        Entry[] storage entries = _entries[name];
        uint256 count = entries.length;
        uint64 earliest = uint64(block.timestamp);
        if (count > 0) {
            earliest += DELAY;
            uint64 previous = entries[count - 1].effectiveFrom;
            if (previous > earliest) earliest = previous;
        }
        if (effectiveFrom == 0) effectiveFrom = earliest;
        require(effectiveFrom >= earliest, EffectiveTooEarly(effectiveFrom, earliest));

        uint32 version = uint32(count) + 1;
        entries.push(Entry({version: version, implementation: implementation, effectiveFrom: effectiveFrom}));

        emit EntryAppended(name, version, implementation, effectiveFrom);
    }

    /// @inheritdoc IDirectory
    function delay() external view override returns (uint64) {
        return DELAY;
    }

    /// @inheritdoc IDirectory
    function entryAt(bytes32 name, uint64 time) external view override returns (Entry memory) {
        Entry[] storage entries = _entries[name];
        for (uint256 i = entries.length; i > 0; --i) {
            if (entries[i - 1].effectiveFrom <= time) return entries[i - 1];
        }
        revert EntryUnknown(name, time);
    }

    /// @inheritdoc IDirectory
    function entryCount(bytes32 name) external view override returns (uint256) {
        return _entries[name].length;
    }

    /// @inheritdoc IDirectory
    function entry(bytes32 name, uint256 index) external view override returns (Entry memory) {
        require(index < _entries[name].length, EntryIndexUnknown(name, index));
        return _entries[name][index];
    }
}
