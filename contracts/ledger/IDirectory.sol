// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Directory: which contract serves a name, and since when
/// @notice Append-only. A verifier asks for the entry in force at an anchor's time, so a later entry never changes how an old anchor is read.
/// Names are short strings in bytes32: "DepartmentRegistry", "ResourceCatalogue", "WorkingCalendar", "SharingAgreements", "AnchorLog", "RecordStatus".
interface IDirectory {
    struct Entry {
        uint32 version;
        address implementation;
        uint64 effectiveFrom;
    }

    event EntryAppended(bytes32 indexed name, uint32 version, address indexed implementation, uint64 effectiveFrom);

    /// @notice Thrown when an entry names the zero address or an address without code.
    error ImplementationInvalid(address implementation);
    /// @notice Thrown when an entry would take effect before the delay has passed, or before the entry in force.
    error EffectiveTooEarly(uint64 effectiveFrom, uint64 earliest);
    /// @notice Thrown when no entry of the name was in force at the time.
    error EntryUnknown(bytes32 name, uint64 time);
    /// @notice Thrown when fewer entries of the name exist.
    error EntryIndexUnknown(bytes32 name, uint256 index);

    /// @notice Appends the next version of a name. The first entry of a name may take effect at once; any later one after `delay` seconds,
    /// and not before the entry that precedes it. `effectiveFrom` 0 stands for the earliest time allowed.
    /// Restricted to the authority. Cannot change or remove an entry, nor shorten the delay.
    function append(bytes32 name, address implementation, uint64 effectiveFrom) external;

    /// @notice Seconds between appending an entry and its effect (604,800 or more in production; 0 marks an evaluation ledger).
    function delay() external view returns (uint64);

    /// @notice The entry in force at `time` (the last one with effectiveFrom ≤ time).
    function entryAt(bytes32 name, uint64 time) external view returns (Entry memory);

    function entryCount(bytes32 name) external view returns (uint256);

    function entry(bytes32 name, uint256 index) external view returns (Entry memory);
}
