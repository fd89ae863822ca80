// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Retirable} from "../ledger/Retirable.sol";
import {Uscc} from "../types/Uscc.sol";
import {DepartmentLists} from "./DepartmentLists.sol";
import {DepartmentRecovery} from "./DepartmentRecovery.sol";
import {IDepartmentRegistry} from "./IDepartmentRegistry.sol";
import {UsccCheck} from "./UsccCheck.sol";

/// @title DepartmentRegistry
/// @notice Reads through: departments, keys, accounts, statuses, list entries and the enumeration. Not read through: a pending
/// recovery, which must be proposed again. All of it from the moment when the predecessor is retired to this contract.
contract DepartmentRegistry is DepartmentRecovery, DepartmentLists {
    uint32 private constant SMALLEST_REGION = 100_000;
    uint32 private constant LARGEST_REGION = 999_999;

    /// @dev The departments admitted here, in order; they continue the predecessor's numbers.
    Uscc[] private _admitted;

    constructor(address authority_, address predecessor_) Retirable(authority_, predecessor_) {}

    /// @inheritdoc IDepartmentRegistry
    function admit(Admission calldata admission) external override restricted whileActive {
        Uscc id = admission.id;
        _requireInheritance();
        require(UsccCheck.isValid(id), UsccInvalid(id));
        require(statusAt(id, uint64(block.timestamp)) == Status.None, DepartmentExists(id));
        _requireComplete(admission);

        Record storage record = _record(id);
        record.role = admission.role;
        record.level = admission.level;
        record.region = admission.region;
        record.admittedAt = uint64(block.timestamp);
        record.parent = admission.parent;
        record.name = admission.name;
        record.endpoint = admission.endpoint;
        _writeStatus(record, Status.Active);
        _admitted.push(id);

        emit DepartmentAdmitted(
            id,
            admission.role,
            admission.level,
            admission.region,
            admission.name,
            admission.endpoint
        );
        bytes32 account = bytes32(uint256(uint160(admission.account)));
        _addKey(id, KeyAlgorithm.Secp256k1, account, uint64(block.timestamp), type(uint64).max);
        _addKey(id, KeyAlgorithm.Ed25519, admission.exchangeKey, uint64(block.timestamp), type(uint64).max);
    }

    /// @inheritdoc IDepartmentRegistry
    function setStatus(Uscc id, Status status, uint16 reason) external override restricted whileActive {
        Record storage record = _requireRecord(id);
        Status current = record.status;
        bool valid =
            status == Status.Dissolved
                ? current != Status.Dissolved
                : (current == Status.Active && status == Status.Suspended) ||
                    (current == Status.Suspended && status == Status.Active);
        require(valid, StatusTransitionInvalid(id, current, status));

        _writeStatus(record, status);

        emit StatusChanged(id, status, reason, uint64(block.timestamp));
    }

    /// @inheritdoc IDepartmentRegistry
    function setSuccessor(Uscc id, Uscc successor_) external override restricted whileActive {
        Record storage record = _requireRecord(id);
        Status status = record.status;
        require(status == Status.Dissolved, StatusTransitionInvalid(id, status, Status.Dissolved));
        _requireKnown(successor_);
        status = statusAt(successor_, uint64(block.timestamp));
        require(status == Status.Active, DepartmentNotActive(successor_, status));

        record.successor = successor_;

        emit DepartmentSucceeded(id, successor_);
    }

    /// @inheritdoc IDepartmentRegistry
    function setEndpoint(string calldata endpoint) external override whileActive {
        Uscc id = _requireActiveSender();

        _record(id).endpoint = endpoint;

        emit EndpointChanged(id, endpoint);
    }

    /// @inheritdoc IDepartmentRegistry
    function departmentCount() public view override returns (uint256) {
        return _previousCount() + _admitted.length;
    }

    /// @inheritdoc IDepartmentRegistry
    function departmentByIndex(uint256 index) external view override returns (Uscc) {
        uint256 before = _previousCount();
        if (index < before) return _previous().departmentByIndex(index);
        require(index < before + _admitted.length, IndexUnknown(index, before + _admitted.length));
        return _admitted[index - before];
    }

    function _requireComplete(Admission calldata admission) private view {
        require(
            admission.role != Role.None &&
                admission.level != Level.None &&
                admission.region >= SMALLEST_REGION &&
                admission.region <= LARGEST_REGION &&
                bytes(admission.name).length > 0,
            AdmissionIncomplete(admission.id)
        );
        if (!admission.parent.isZero()) _requireKnown(admission.parent);
    }

    function _previousCount() private view returns (uint256) {
        return _inherits() ? _previous().departmentCount() : 0;
    }
}
