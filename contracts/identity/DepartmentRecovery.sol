// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Uscc} from "../types/Uscc.sol";
import {DepartmentKeys} from "./DepartmentKeys.sol";
import {IDepartmentRegistry} from "./IDepartmentRegistry.sol";

/// @title DepartmentRecovery: the public, vetoable replacement of lost accounts
abstract contract DepartmentRecovery is DepartmentKeys {
    uint64 private constant NO_END = type(uint64).max;
    uint64 private constant RECOVERY_DELAY = 7 days;

    struct Proposal {
        address account;
        uint64 executableFrom;
    }

    /// @dev Invariant: the account of a pending proposal is reserved.
    mapping(Uscc id => Proposal proposal) private _proposals;

    /// @inheritdoc IDepartmentRegistry
    function proposeRecovery(Uscc id, address account) external override restricted whileActive {
        Status status = _requireRecord(id).status;
        require(status != Status.Dissolved, DepartmentNotActive(id, status));
        uint64 pending = _proposals[id].executableFrom;
        require(pending == 0, RecoveryPending(id, pending));
        require(account != address(0), KeyMaterialInvalid(0));
        _requireUnused(account);

        uint64 executableFrom = uint64(block.timestamp) + RECOVERY_DELAY;
        _proposals[id] = Proposal({account: account, executableFrom: executableFrom});
        _reserve(account, id);

        emit RecoveryProposed(id, account, executableFrom);
    }

    /// @inheritdoc IDepartmentRegistry
    function vetoRecovery(Uscc id) external override whileActive {
        require(_requireSender() == id, SenderNotDepartment(msg.sender, id));

        address account = _takeProposal(id).account;

        emit RecoveryVetoed(id, account);
    }

    /// @inheritdoc IDepartmentRegistry
    function executeRecovery(Uscc id) external override whileActive {
        uint64 executableFrom = _proposals[id].executableFrom;
        require(executableFrom <= block.timestamp, RecoveryPending(id, executableFrom));
        address account = _takeProposal(id).account;

        _endAccounts(id);
        uint32 index = _addKey(
            id,
            KeyAlgorithm.Secp256k1,
            bytes32(uint256(uint160(account))),
            uint64(block.timestamp),
            NO_END
        );

        emit RecoveryExecuted(id, account, index);
    }

    function _takeProposal(Uscc id) private returns (Proposal memory proposal) {
        proposal = _proposals[id];
        require(proposal.account != address(0), RecoveryUnknown(id));

        delete _proposals[id];
        _reserve(proposal.account, Uscc.wrap(0));
    }
}
