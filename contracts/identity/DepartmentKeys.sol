// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Uscc} from "../types/Uscc.sol";
import {DepartmentRecords} from "./DepartmentRecords.sol";
import {IDepartmentRegistry} from "./IDepartmentRegistry.sol";

/// @title DepartmentKeys: chain accounts and exchange keys
/// @dev A key of the predecessor is copied here, under its number, when it is written; no write costs a loop over a department's keys.
abstract contract DepartmentKeys is DepartmentRecords {
    /// @dev One slot, all that `departmentOf` needs of an account. `validUntil` is the earlier of the key's end and its distrust.
    struct Account {
        Uscc id;
        uint32 index;
        uint40 validFrom;
        uint40 validUntil;
    }

    /// @dev Ended every account with an index below `firstAccount`, at `time`. A list, so that ending many accounts costs no loop.
    struct Recovery {
        uint32 firstAccount;
        uint64 time;
    }

    /// @dev Empty where the predecessor has the key.
    mapping(Uscc id => mapping(uint32 index => Key key)) private _keys;
    /// @dev Written with its key. Empty where the predecessor has the account.
    mapping(address account => Account reference_) private _accounts;
    /// @dev Accounts of pending recoveries, so that nobody can take one and block its recovery.
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
        Key storage ended = _requireWritable(id, index);
        require(!_isAccount(ended, msg.sender), LastAccount(id));
        if (validUntil == 0) validUntil = uint64(block.timestamp);
        require(validUntil >= block.timestamp, ValidityInPast(validUntil, uint64(block.timestamp)));
        uint64 current = _trustEnd(id, index, ended);
        require(current > block.timestamp, KeyNotInForce(id, index));
        require(validUntil < current, KeyEndNotEarlier(id, index, current));

        ended.validUntil = validUntil;
        _shortenAccount(ended, validUntil);

        emit KeyEnded(id, index, validUntil);
    }

    /// @inheritdoc IDepartmentRegistry
    function distrustKey(uint32 index, uint64 since) external override whileActive {
        Uscc id = _requireSender();
        Key storage distrusted = _requireWritable(id, index);
        uint64 current = distrusted.distrustedSince;
        require(since != 0 && (current == 0 || since < current), KeyEndNotEarlier(id, index, current));

        distrusted.distrustedSince = since;
        _shortenAccount(distrusted, since);

        emit KeyDistrusted(id, index, since);
    }

    /// @inheritdoc IDepartmentRegistry
    /// @dev Two cold slots, the account's and the department's, each read once.
    function departmentOf(address account) external view override returns (Uscc) {
        (Uscc id, uint32 index, uint40 validFrom, uint40 validUntil) = _account(account);
        (bool inForce, Status status) = _standing(id, index, validFrom, validUntil);
        if (!inForce) return Uscc.wrap(0);
        if (status == Status.None) status = statusAt(id, uint64(block.timestamp));
        return status == Status.Active ? id : Uscc.wrap(0);
    }

    /// @inheritdoc IDepartmentRegistry
    function standing(address account) external view override returns (Uscc, uint64) {
        (Uscc id, uint32 index, uint40 validFrom, uint40 validUntil) = _account(account);
        (bool inForce, ) = _standing(id, index, validFrom, validUntil);
        return (inForce ? id : Uscc.wrap(0), _restrictionCount());
    }

    /// @inheritdoc IDepartmentRegistry
    function keyOfAccount(address account) public view override returns (Uscc id, uint32 index) {
        (id, index, , ) = _account(account);
    }

    /// @inheritdoc IDepartmentRegistry
    function key(Uscc id, uint32 index) external view override returns (Key memory found) {
        found = _requireKey(id, index);
        found.validUntil = _endOf(id, index, found);
    }

    /// @inheritdoc IDepartmentRegistry
    function keyCount(Uscc id) external view override returns (uint32) {
        if (_record(id).status == Status.None && _inherits()) return _previous().keyCount(id);
        return _record(id).keyCount;
    }

    /// @inheritdoc IDepartmentRegistry
    function isKeyTrustedAt(Uscc id, uint32 index, uint64 time) external view override returns (bool) {
        Key memory found = _findKey(id, index);
        return time >= found.validFrom && time < _trustEnd(id, index, found);
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

        index = _record(id).keyCount++;
        _writeKey(id, index, Key(algorithm, validFrom, validUntil, 0, material));

        emit KeyAdded(id, index, algorithm, material, validFrom, validUntil);
    }

    /// @dev Ends every chain account of the department, begun or not, at the block's time.
    function _endAccounts(Uscc id) internal {
        Record storage record = _record(id);
        record.firstAccount = record.keyCount;
        _recoveries[id].push(Recovery({firstAccount: record.keyCount, time: uint64(block.timestamp)}));
    }

    /// @dev Reserves the account for a department, or frees it when `id` is zero.
    function _reserve(address account, Uscc id) internal {
        _reserved[account] = id;
    }

    /// @dev The department of which the sender is a valid account, active or not. Adopts it when only the predecessor knows it.
    function _requireSender() internal returns (Uscc id) {
        uint32 index;
        uint40 validFrom;
        uint40 validUntil;
        (id, index, validFrom, validUntil) = _account(msg.sender);
        (bool inForce, ) = _standing(id, index, validFrom, validUntil);
        require(inForce, SenderNotDepartment(msg.sender, id));
        _requireRecord(id);
    }

    function _requireActiveSender() internal returns (Uscc id) {
        id = _requireSender();
        Status status = _record(id).status;
        require(status == Status.Active, DepartmentNotActive(id, status));
    }

    function _writeKey(Uscc id, uint32 index, Key memory written) private {
        _keys[id][index] = written;
        if (written.algorithm == KeyAlgorithm.Secp256k1) {
            _accounts[_toAccount(written.material)] = _pack(id, index, written);
        }
    }

    /// @dev The stored key, copied from the predecessor first when it is not here.
    function _requireWritable(Uscc id, uint32 index) private returns (Key storage stored) {
        stored = _keys[id][index];
        if (stored.algorithm == KeyAlgorithm.None) _writeKey(id, index, _requireKey(id, index));
    }

    function _shortenAccount(Key storage shortened, uint64 end) private {
        if (shortened.algorithm != KeyAlgorithm.Secp256k1) return;
        Account storage account = _accounts[_toAccount(shortened.material)];
        if (end < account.validUntil) account.validUntil = _toUint40(end);
    }

    function _requireUnused(address account) internal view {
        (Uscc user, ) = keyOfAccount(account);
        if (user.isZero()) user = _reserved[account];
        require(user.isZero(), AccountInUse(account, user));
    }

    function _requireKey(Uscc id, uint32 index) private view returns (Key memory found) {
        found = _findKey(id, index);
        require(found.algorithm != KeyAlgorithm.None, KeyUnknown(id, index));
    }

    /// @dev The key as stored here or in the predecessor; algorithm None when it is unknown.
    function _findKey(Uscc id, uint32 index) private view returns (Key memory found) {
        found = _keys[id][index];
        if (found.algorithm != KeyAlgorithm.None || !_inherits()) return found;
        if (index < _previous().keyCount(id)) found = _previous().key(id, index);
    }

    /// @dev The account as stored here or in the predecessor; id zero when it is unknown. Members of one slot, taken in one statement, cost one read.
    function _account(
        address account
    ) private view returns (Uscc id, uint32 index, uint40 validFrom, uint40 validUntil) {
        Account storage own = _accounts[account];
        (id, index, validFrom, validUntil) = (own.id, own.index, own.validFrom, own.validUntil);
        if (!id.isZero() || !_inherits()) return (id, index, validFrom, validUntil);
        (id, index) = _previous().keyOfAccount(account);
        if (id.isZero()) return (id, index, validFrom, validUntil);
        Account memory found = _pack(id, index, _previous().key(id, index));
        return (id, index, found.validFrom, found.validUntil);
    }

    /// @dev Whether the account is in force, never for the zero account, whose window is empty; and the department's status here.
    function _standing(
        Uscc id,
        uint32 index,
        uint40 validFrom,
        uint40 validUntil
    ) private view returns (bool inForce, Status status) {
        Record storage record = _record(id);
        uint32 firstAccount;
        (status, firstAccount) = (record.status, record.firstAccount);
        inForce = block.timestamp >= validFrom && block.timestamp < validUntil && index >= firstAccount;
    }

    /// @dev The time from which the key is not to be believed.
    function _trustEnd(Uscc id, uint32 index, Key memory stored) private view returns (uint64) {
        return _earlier(_endOf(id, index, stored), stored.distrustedSince);
    }

    /// @dev The key's own end, or the recovery that ended it.
    function _endOf(Uscc id, uint32 index, Key memory stored) private view returns (uint64 end) {
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

    function _pack(Uscc id, uint32 index, Key memory packed) private pure returns (Account memory) {
        return
            Account({
                id: id,
                index: index,
                validFrom: _toUint40(packed.validFrom),
                validUntil: _toUint40(_earlier(packed.validUntil, packed.distrustedSince))
            });
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
