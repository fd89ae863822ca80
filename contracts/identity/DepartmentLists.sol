// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TimedHistory} from "../libraries/TimedHistory.sol";
import {Uscc} from "../types/Uscc.sol";
import {DepartmentRecords} from "./DepartmentRecords.sol";
import {IDepartmentRegistry} from "./IDepartmentRegistry.sol";

/// @title DepartmentLists: allow and deny entries (黑白名单) with their history
abstract contract DepartmentLists is DepartmentRecords {
    using TimedHistory for TimedHistory.History;

    bytes32 private constant EVERYTHING = 0;

    /// @dev A value is kind (8 bits) ‖ reason (16) ‖ from (64) ‖ until (64), most significant first.
    mapping(Uscc subject => mapping(bytes32 scope => TimedHistory.History entries)) private _entries;

    /// @inheritdoc IDepartmentRegistry
    function setListEntry(
        Uscc subject,
        bytes32 scope,
        ListKind kind,
        uint16 reason,
        uint64 until
    ) external override restricted whileActive {
        _requireKnown(subject);
        if (kind == ListKind.None) until = uint64(block.timestamp);
        else require(reason != 0 && until > block.timestamp, ListEntryInvalid(subject, scope));

        uint208 value =
            (uint208(uint8(kind)) << 144) | (uint208(reason) << 128) | (uint208(block.timestamp) << 64) | until;
        _entries[subject][scope].push(value);
        if (kind == ListKind.Deny) _countRestriction();

        emit ListEntrySet(subject, scope, kind, reason, until);
    }

    /// @inheritdoc IDepartmentRegistry
    function listEntryAt(
        Uscc subject,
        bytes32 scope,
        uint64 time
    ) public view override returns (ListEntry memory found) {
        (bool exists, uint208 value) = _entries[subject][scope].valueAt(time);
        if (!exists) {
            if (_inherits()) found = _previous().listEntryAt(subject, scope, time);
            return found;
        }
        if (time >= uint64(value)) return found;
        return
            ListEntry({
                kind: ListKind(uint8(value >> 144)),
                reason: uint16(value >> 128),
                from: uint64(value >> 64),
                until: uint64(value)
            });
    }

    /// @inheritdoc IDepartmentRegistry
    function isDeniedAt(Uscc subject, bytes32 scope, uint64 time) external view override returns (bool) {
        if (listEntryAt(subject, EVERYTHING, time).kind == ListKind.Deny) return true;
        return scope != EVERYTHING && listEntryAt(subject, scope, time).kind == ListKind.Deny;
    }
}
