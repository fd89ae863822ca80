// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Uscc} from "../types/Uscc.sol";

/// @title DepartmentRegistry: who may act on the ledger, with which keys, since when
/// @notice Every answer about the past is by time: "at T" means after the last block with time ≤ T. Windows are half-open, [validFrom, validUntil).
interface IDepartmentRegistry {
    enum Status {
        None,
        Active,
        Suspended,
        Dissolved
    }

    /// @notice Authority = 数据主管部门, reviews the catalogue of its level and region. Oversight = 监督, reads.
    enum Role {
        None,
        Department,
        Authority,
        Oversight
    }

    enum Level {
        None,
        Province,
        City,
        County,
        Township
    }

    enum KeyAlgorithm {
        None,
        Secp256k1,
        Ed25519
    }

    enum ListKind {
        None,
        Allow,
        Deny
    }

    struct Admission {
        Uscc id;
        Role role;
        Level level;
        /// Administrative division code (GB/T 2260), six digits.
        uint32 region;
        Uscc parent;
        string name;
        string endpoint;
        address account;
        bytes32 exchangeKey;
    }

    struct Department {
        Uscc id;
        Role role;
        Level level;
        uint32 region;
        Uscc parent;
        Uscc successor;
        Status status;
        uint64 admittedAt;
        string name;
        string endpoint;
    }

    /// @notice `index` counts the department's keys from 0. A signature names its key as "<USCC>/<index>".
    struct Key {
        KeyAlgorithm algorithm;
        uint64 validFrom;
        uint64 validUntil;
        /// 0, or the time from which the key is not to be believed, declared after the fact.
        uint64 distrustedSince;
        /// The Ed25519 public key, or the address of a chain account, left-padded.
        bytes32 material;
    }

    struct ListEntry {
        ListKind kind;
        uint16 reason;
        uint64 from;
        uint64 until;
    }

    event DepartmentAdmitted(Uscc indexed id, Role role, Level level, uint32 region, string name, string endpoint);
    event StatusChanged(Uscc indexed id, Status status, uint16 reason, uint64 time);
    event EndpointChanged(Uscc indexed id, string endpoint);
    event KeyAdded(
        Uscc indexed id,
        uint32 index,
        KeyAlgorithm algorithm,
        bytes32 material,
        uint64 validFrom,
        uint64 validUntil
    );
    event KeyEnded(Uscc indexed id, uint32 index, uint64 validUntil);
    event KeyDistrusted(Uscc indexed id, uint32 index, uint64 since);
    event RecoveryProposed(Uscc indexed id, address account, uint64 executableFrom);
    event RecoveryVetoed(Uscc indexed id, address account);
    event RecoveryExecuted(Uscc indexed id, address account, uint32 index);
    event DepartmentSucceeded(Uscc indexed id, Uscc indexed successor);
    event ListEntrySet(Uscc indexed subject, bytes32 indexed scope, ListKind kind, uint16 reason, uint64 until);

    /// @notice Thrown when the code is not 18 characters of the USCC alphabet with a valid check character.
    error UsccInvalid(Uscc id);
    error DepartmentExists(Uscc id);
    error DepartmentUnknown(Uscc id);
    /// @notice Thrown when a department that must be active is not.
    error DepartmentNotActive(Uscc id, Status status);
    /// @notice Thrown when the sender is not a valid account of the department that the call needs.
    error SenderNotDepartment(address sender, Uscc required);
    error AccountInUse(address account, Uscc id);
    error KeyUnknown(Uscc id, uint32 index);
    error KeyMaterialInvalid(bytes32 material);
    /// @notice Thrown when validFrom is before the block's time: the past cannot be given a key.
    error ValidityInPast(uint64 validFrom, uint64 time);
    error ValidityEmpty(uint64 validFrom, uint64 validUntil);
    error KeyNotInForce(Uscc id, uint32 index);
    /// @notice Thrown when a key's end, or the time from which it is distrusted, would not move to an earlier time.
    error KeyEndNotEarlier(Uscc id, uint32 index, uint64 current);
    /// @notice Thrown when a chain account would end itself. Another account of the department does it, which proves that one is left that works.
    error LastAccount(Uscc id);
    error RecoveryPending(Uscc id, uint64 executableFrom);
    error RecoveryUnknown(Uscc id);
    /// @notice Thrown unless Active ↔ Suspended or Active, Suspended → Dissolved; by `setSuccessor` when the department is not dissolved.
    error StatusTransitionInvalid(Uscc id, Status from, Status to);
    /// @notice Thrown when an admission lacks a role, a level, a six-digit region or a name.
    error AdmissionIncomplete(Uscc id);
    /// @notice Thrown when an allow or deny entry has no reason or has ended already.
    error ListEntryInvalid(Uscc subject, bytes32 scope);
    /// @notice Thrown when an enumeration is asked beyond its end.
    error IndexUnknown(uint256 index, uint256 count);

    /// @notice Admits a department with its first chain account and Ed25519 exchange key, keys 0 and 1, both without an end. Restricted to the authority.
    /// Cannot give a key validity in the past, nor change a department already admitted.
    function admit(Admission calldata admission) external;

    /// @notice Suspends, resumes or dissolves. Restricted to the authority. Cannot change the past: earlier answers stay.
    function setStatus(Uscc id, Status status, uint16 reason) external;

    /// @notice Names the department that continues a dissolved one: it may set record status for it, not anchor. Restricted to the authority.
    function setSuccessor(Uscc id, Uscc successor) external;

    /// @notice Puts a department on, or takes it off (kind None), the allow or deny list of a scope. `scope` is zero for everything, else a ResourceId. Restricted to the authority.
    /// Deny wins over any allow entry of another scope; within a scope the newest entry stands alone. An entry without an end has `until` 2^64 − 1.
    /// Cannot change what was decided at an earlier time.
    function setListEntry(Uscc subject, bytes32 scope, ListKind kind, uint16 reason, uint64 until) external;

    /// @notice Begins the replacement of a department's lost accounts: executable after 7 days unless vetoed. Restricted to the authority.
    /// Cannot shorten the 7 days, replace a proposal that is pending, or override a veto. The account is reserved meanwhile.
    function proposeRecovery(Uscc id, address account) external;

    /// @notice Stops a recovery. Only a valid account of the department, whatever its status: a suspended department can still veto.
    function vetoRecovery(Uscc id) external;

    /// @notice Ends every chain account of the department and adds the proposed one. Anyone, once executable.
    function executeRecovery(Uscc id) external;

    /// @notice Adds a key to the sender's own department. Only a valid account of an active department.
    /// `validFrom` 0 stands for the block's time, `validUntil` 2^64 − 1 for no end. An account is never given twice, not even after its end.
    function addKey(
        KeyAlgorithm algorithm,
        bytes32 material,
        uint64 validFrom,
        uint64 validUntil
    ) external returns (uint32 index);

    /// @notice Ends a key of the sender's own department now or later; never in the past, never later than it ends already.
    /// `validUntil` 0 stands for the block's time. An account cannot end itself. Any status: a suspended department can still end its keys.
    function endKey(uint32 index, uint64 validUntil) external;

    /// @notice Declares that a key of the sender's own department is not to be believed from `since` on (may be in the past, not 0). Can only move earlier.
    /// Any status and any key, the sender's own and last one too: then only a recovery gives the department an account again.
    function distrustKey(uint32 index, uint64 since) external;

    /// @notice Changes where the sender's own department is reached. Only a valid account of an active department.
    function setEndpoint(string calldata endpoint) external;

    /// @notice Counts one more restriction (see `standing`). Anyone; the ResourceCatalogue calls it in `withdraw`.
    /// It takes no right away, it only makes others look again; so it needs no permission, and works after `retire` too.
    function noteRestriction() external;

    /// @notice The active department for which `account` may act now, or zero.
    function departmentOf(address account) external view returns (Uscc);

    /// @notice The question of a frequent caller, in few reads (account, key, counter): the department of which `account` is a valid chain account now,
    /// whatever the status of that department, or zero; and the number of restrictions so far. A restriction is a status set to other than Active,
    /// a deny entry set, or a call of `noteRestriction`. Who found everything in order at this number need not look again while it stands.
    function standing(address account) external view returns (Uscc id, uint64 restrictions);

    function department(Uscc id) external view returns (Department memory);

    function departmentCount() external view returns (uint256);

    function departmentByIndex(uint256 index) external view returns (Uscc);

    /// @notice None before the admission and for an unknown department.
    function statusAt(Uscc id, uint64 time) external view returns (Status);

    /// @notice The key with the end that a recovery may have given it.
    function key(Uscc id, uint32 index) external view returns (Key memory);

    function keyCount(Uscc id) external view returns (uint32);

    /// @notice True when the key was in force at `time` and is not distrusted from that time or before.
    function isKeyTrustedAt(Uscc id, uint32 index, uint64 time) external view returns (bool);

    /// @notice The key of a chain account, in force or not; (0, 0) when no department has it.
    function keyOfAccount(address account) external view returns (Uscc id, uint32 index);

    /// @notice The list entry in force at `time` for exactly this scope; kind None when there is none or it has ended.
    function listEntryAt(Uscc subject, bytes32 scope, uint64 time) external view returns (ListEntry memory);

    /// @notice True when a deny entry for everything or for `scope` is in force at `time`.
    function isDeniedAt(Uscc subject, bytes32 scope, uint64 time) external view returns (bool);
}
