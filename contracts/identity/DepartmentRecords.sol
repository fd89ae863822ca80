// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Continuing} from "../ledger/Continuing.sol";
import {TimedHistory} from "../libraries/TimedHistory.sol";
import {Uscc} from "../types/Uscc.sol";
import {IDepartmentRegistry} from "./IDepartmentRegistry.sol";

/// @title DepartmentRecords: the departments, and what is taken over from the predecessor
/// @dev A department that only the predecessor knows is read there. The first write about it adopts it: its record is copied, and
/// from then on the predecessor answers only about the time before, and about keys that are not written here.
abstract contract DepartmentRecords is Continuing, IDepartmentRegistry {
    using TimedHistory for TimedHistory.History;

    /// @dev The members up to `admittedAt` share one slot, which `departmentOf` reads. Unknown here while the status is None.
    struct Record {
        Status status;
        Role role;
        Level level;
        uint32 region;
        uint32 keyCount;
        /// Chain accounts with a smaller index were ended by a recovery.
        uint32 firstAccount;
        uint64 admittedAt;
        Uscc parent;
        Uscc successor;
        string name;
        string endpoint;
        TimedHistory.History statuses;
    }

    mapping(Uscc id => Record record) private _records;
    /// @dev Only ever grows. Anyone may make it grow: a caller that sees it unchanged may rely on what it checked before.
    uint64 private _restrictions;

    /// @inheritdoc IDepartmentRegistry
    function noteRestriction() external override {
        _countRestriction();
    }

    /// @inheritdoc IDepartmentRegistry
    function department(Uscc id) external view override returns (Department memory) {
        Record storage record = _records[id];
        if (record.status == Status.None) {
            require(_inherits(), DepartmentUnknown(id));
            return _previous().department(id);
        }
        return
            Department({
                id: id,
                role: record.role,
                level: record.level,
                region: record.region,
                parent: record.parent,
                successor: record.successor,
                status: record.status,
                admittedAt: record.admittedAt,
                name: record.name,
                endpoint: record.endpoint
            });
    }

    /// @inheritdoc IDepartmentRegistry
    function statusAt(Uscc id, uint64 time) public view override returns (Status) {
        (bool exists, uint208 value) = _records[id].statuses.valueAt(time);
        if (exists) return Status(uint8(value));
        return _inherits() ? _previous().statusAt(id, time) : Status.None;
    }

    /// @dev The record as stored here; status None when it is not.
    function _record(Uscc id) internal view returns (Record storage) {
        return _records[id];
    }

    /// @dev The record to write to, adopted when only the predecessor knows it.
    function _requireRecord(Uscc id) internal returns (Record storage record) {
        record = _records[id];
        if (record.status != Status.None) return record;
        _requireInheritance();
        require(_inherits(), DepartmentUnknown(id));
        Department memory known = _previous().department(id);

        record.role = known.role;
        record.level = known.level;
        record.region = known.region;
        record.keyCount = _previous().keyCount(id);
        record.admittedAt = known.admittedAt;
        record.parent = known.parent;
        record.successor = known.successor;
        record.name = known.name;
        record.endpoint = known.endpoint;
        _writeStatus(record, known.status);
    }

    function _requireKnown(Uscc id) internal view {
        if (_records[id].status != Status.None) return;
        require(_inherits(), DepartmentUnknown(id));
        require(_previous().statusAt(id, uint64(block.timestamp)) != Status.None, DepartmentUnknown(id));
    }

    function _writeStatus(Record storage record, Status status) internal {
        if (status != Status.Active) _countRestriction();
        record.status = status;
        record.statuses.push(uint208(uint8(status)));
    }

    function _countRestriction() internal {
        ++_restrictions;
    }

    /// @dev Counts the predecessor's too, which can grow after its retirement.
    function _restrictionCount() internal view returns (uint64 count) {
        count = _restrictions;
        if (!_inherits()) return count;
        (, uint64 before) = _previous().standing(address(0));
        return count + before;
    }

    function _previous() internal view returns (IDepartmentRegistry) {
        return IDepartmentRegistry(predecessor());
    }
}
