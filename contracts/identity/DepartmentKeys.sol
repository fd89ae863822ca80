// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Uscc} from "../types/Uscc.sol";
import {DepartmentRecords} from "./DepartmentRecords.sol";
import {IDepartmentRegistry} from "./IDepartmentRegistry.sol";

/// @title DepartmentKeys: chain accounts, exchange keys, and the recovery of lost accounts
abstract contract DepartmentKeys is DepartmentRecords {
    uint64 private constant NO_END = type(uint64).max;
    uint64 private constant RECOVERY_DELAY = 7 days;

    /// @dev One slot, all that `departmentOf` needs of an account. `validUntil` is the earlier of the key's end and its distrust.
    struct Account {
        Uscc id;
        uint32 index;
        uint40 validFrom;
        uint40 validUntil;
    }

    struct Proposal {
        address account;
        uint64 executableFrom;
    }

    /// @dev Ended every account with an index below `firstAccount`, at `time`. A list, so that ending many accounts costs no loop.
    struct Recovery {
        uint32 firstAccount;
        uint64 time;
    }

    mapping(Uscc id => mapping(uint32 index => Key key)) private _keys;
    mapping(address account => Account reference_) private _accounts;
    mapping(Uscc id => Proposal proposal) private _proposals;
    /// @dev Invariant: an account is here while its proposal is pending, so that nobody can take it and block the recovery.
    mapping(address account => Uscc id) private _reserved;
    mapping(Uscc id => Recovery[] recoveries) private _recoveries;

    /// @inheritdoc IDepartmentRegistry
    function addKey(
        KeyAlgorithm algorithm,
        bytes32 material,
        uint64 validFrom,
        uint64 validUntil
    ) external override whileActive returns (uint32 index) {
        Uscc id = _requireActiveSender();
        if (validFrom == 0) validFrom = uint64(block.timestamp);
        require(validFrom >= block.timestamp, ValidityInPast(validFrom, uint64(block.timestamp)));
        require(validUntil > validFrom, ValidityEmpty(validFrom, validUntil));

        return _addKey(id, algorithm, material, validFrom, validUntil);
    }

    /// @inheritdoc IDepartmentRegistry
    function endKey(uint32 index, uint64 validUntil) external override whileActive {
        Uscc id = _requireSender();
        Key storage ended = _requireKey(id, index);
        require(!_isAccount(ended, msg.sender), LastAccount(id));
        if (validUntil == 0) validUntil = uint64(block.timestamp);
        require(validUntil >= block.timestamp, ValidityInPast(validUntil, uint64(block.timestamp)));
        uint64 current = _earlier(_endOf(id, index, ended), ended.distrustedSince);
        require(current > block.timestamp, KeyNotInForce(id, index));
        require(validUntil < current, KeyEndNotEarlier(id, index, current));

        ended.validUntil = validUntil;
        _shortenAccount(ended, validUntil);

        emit KeyEnded(id, index, validUntil);
    }

    /// @inheritdoc IDepartmentRegistry
    function distrustKey(uint32 index, uint64 since) external override whileActive {
        Uscc id = _requireSender();
        Key storage distrusted = _requireKey(id, index);
        uint64 current = distrusted.distrustedSince;
        require(since != 0 && (current == 0 || since < current), KeyEndNotEarlier(id, index, current));

        distrusted.distrustedSince = since;
        _shortenAccount(distrusted, since);

        emit KeyDistrusted(id, index, since);
    }

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
        _reserved[account] = id;

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

        Record storage record = _record(id);
        record.firstAccount = record.keyCount;
        _recoveries[id].push(Recovery({firstAccount: record.keyCount, time: uint64(block.timestamp)}));
        uint32 index = _addKey(
            id,
            KeyAlgorithm.Secp256k1,
            bytes32(uint256(uint160(account))),
            uint64(block.timestamp),
            NO_END
        );

        emit RecoveryExecuted(id, account, index);
    }

    /// @inheritdoc IDepartmentRegistry
    /// @dev Two cold slots: the account's and the department's.
    function departmentOf(address account) external view override returns (Uscc) {
        Account storage known = _accounts[account];
        if (known.id.isZero()) return _inherits() ? _previous().departmentOf(account) : known.id;
        bool acts = _isInForce(known) && _record(known.id).status == Status.Active;
        return acts ? known.id : Uscc.wrap(0);
    }

    /// @inheritdoc IDepartmentRegistry
    function standing(address account) external view override returns (Uscc id, uint64 restrictions) {
        restrictions = _restrictionCount();
        Account storage known = _accounts[account];
        if (!known.id.isZero()) {
            if (_isInForce(known)) id = known.id;
        } else if (_inherits()) {
            (id, ) = _previous().standing(account);
        }
    }

    /// @inheritdoc IDepartmentRegistry
    function keyOfAccount(address account) public view override returns (Uscc id, uint32 index) {
        Account storage known = _accounts[account];
        if (known.id.isZero() && _inherits()) return _previous().keyOfAccount(account);
        return (known.id, known.index);
    }

    /// @inheritdoc IDepartmentRegistry
    function key(Uscc id, uint32 index) public view override returns (Key memory found) {
        if (_record(id).status == Status.None && _inherits()) return _previous().key(id, index);
        Key storage stored = _requireKey(id, index);
        found = stored;
        found.validUntil = _endOf(id, index, stored);
    }

    /// @inheritdoc IDepartmentRegistry
    function keyCount(Uscc id) external view override returns (uint32) {
        if (_record(id).status == Status.None && _inherits()) return _previous().keyCount(id);
        return _record(id).keyCount;
    }

    /// @inheritdoc IDepartmentRegistry
    function isKeyTrustedAt(Uscc id, uint32 index, uint64 time) external view override returns (bool) {
        if (_record(id).status == Status.None && _inherits()) return _previous().isKeyTrustedAt(id, index, time);
        Key storage stored = _keys[id][index];
        return time >= stored.validFrom && time < _earlier(_endOf(id, index, stored), stored.distrustedSince);
    }

    function _addKey(
        Uscc id,
        KeyAlgorithm algorithm,
        bytes32 material,
        uint64 validFrom,
        uint64 validUntil
    ) internal returns (uint32 index) {
        require(algorithm != KeyAlgorithm.None && material != 0, KeyMaterialInvalid(material));
        if (algorithm == KeyAlgorithm.Secp256k1) {
            require(uint256(material) <= type(uint160).max, KeyMaterialInvalid(material));
            _requireUnused(_toAccount(material));
        }

        index = _record(id).keyCount;
        _writeKey(id, index, Key(algorithm, validFrom, validUntil, 0, material));

        emit KeyAdded(id, index, algorithm, material, validFrom, validUntil);
    }

    function _adoptKeys(Uscc id) internal override {
        uint32 count = _previous().keyCount(id);
        for (uint32 i = 0; i < count; ++i) _writeKey(id, i, _previous().key(id, i));
    }

    /// @dev The department of which the sender is a valid account, active or not. Adopts it when only the predecessor knows it.
    function _requireSender() internal returns (Uscc id) {
        (id, ) = keyOfAccount(msg.sender);
        require(!id.isZero(), SenderNotDepartment(msg.sender, id));
        _requireRecord(id);
        require(_isInForce(_accounts[msg.sender]), SenderNotDepartment(msg.sender, id));
    }

    function _requireActiveSender() internal returns (Uscc id) {
        id = _requireSender();
        Status status = _record(id).status;
        require(status == Status.Active, DepartmentNotActive(id, status));
    }

    function _writeKey(Uscc id, uint32 index, Key memory written) private {
        _keys[id][index] = written;
        _record(id).keyCount = index + 1;
        if (written.algorithm != KeyAlgorithm.Secp256k1) return;
        _accounts[_toAccount(written.material)] = Account({
            id: id,
            index: index,
            validFrom: _toUint40(written.validFrom),
            validUntil: _toUint40(_earlier(written.validUntil, written.distrustedSince))
        });
    }

    function _shortenAccount(Key storage shortened, uint64 end) private {
        if (shortened.algorithm != KeyAlgorithm.Secp256k1) return;
        Account storage account = _accounts[_toAccount(shortened.material)];
        if (end < account.validUntil) account.validUntil = _toUint40(end);
    }

    function _takeProposal(Uscc id) private returns (Proposal memory proposal) {
        proposal = _proposals[id];
        require(proposal.account != address(0), RecoveryUnknown(id));

        delete _proposals[id];
        _reserved[proposal.account] = Uscc.wrap(0);
    }

    function _requireUnused(address account) private view {
        (Uscc user, ) = keyOfAccount(account);
        if (user.isZero()) user = _reserved[account];
        require(user.isZero(), AccountInUse(account, user));
    }

    function _requireKey(Uscc id, uint32 index) private view returns (Key storage stored) {
        stored = _keys[id][index];
        require(stored.algorithm != KeyAlgorithm.None, KeyUnknown(id, index));
    }

    function _isInForce(Account storage account) private view returns (bool) {
        return
            block.timestamp >= account.validFrom &&
            block.timestamp < account.validUntil &&
            account.index >= _record(account.id).firstAccount;
    }

    /// @dev The key's own end, or the recovery that ended it.
    function _endOf(Uscc id, uint32 index, Key storage stored) private view returns (uint64 end) {
        end = stored.validUntil;
        if (stored.algorithm != KeyAlgorithm.Secp256k1 || index >= _record(id).firstAccount) return end;
        Recovery[] storage recoveries = _recoveries[id];
        for (uint256 i = 0; i < recoveries.length; ++i) {
            if (index < recoveries[i].firstAccount) return _earlier(end, recoveries[i].time);
        }
    }

    function _isAccount(Key storage stored, address account) private view returns (bool) {
        return stored.algorithm == KeyAlgorithm.Secp256k1 && _toAccount(stored.material) == account;
    }

    function _toAccount(bytes32 material) private pure returns (address) {
        return address(uint160(uint256(material)));
    }

    /// @dev `distrusted` is 0 when the key is not distrusted.
    function _earlier(uint64 end, uint64 distrusted) private pure returns (uint64) {
        return distrusted != 0 && distrusted < end ? distrusted : end;
    }

    /// @dev A later time counts as the year 36812, which no block of this ledger reaches.
    function _toUint40(uint64 time) private pure returns (uint40) {
        return time < type(uint40).max ? uint40(time) : type(uint40).max;
    }
}
