// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {HashName} from "../../../../contracts/types/HashName.sol";

/// @notice The recursive definitions of RFC 9162, word for word: MTH (§2.1.1) and PATH (§2.1.3.1), over leaf hashes.
library NaiveTree {
    function root(HashName hash, bytes32[] memory leaves) internal pure returns (bytes32) {
        return _mth(hash, leaves, 0, leaves.length);
    }

    /// @notice Siblings from the leaf upwards.
    function proof(HashName hash, bytes32[] memory leaves, uint256 index) internal pure returns (bytes32[] memory) {
        return _path(hash, leaves, index, 0, leaves.length);
    }

    function _mth(HashName hash, bytes32[] memory leaves, uint256 from, uint256 n) private pure returns (bytes32) {
        if (n == 1) return leaves[from];
        uint256 k = _split(n);
        bytes memory node = bytes.concat(hex"01", _mth(hash, leaves, from, k), _mth(hash, leaves, from + k, n - k));
        return hash == HashName.Sha256 ? sha256(node) : keccak256(node);
    }

    function _path(
        HashName hash,
        bytes32[] memory leaves,
        uint256 m,
        uint256 from,
        uint256 n
    ) private pure returns (bytes32[] memory path) {
        if (n == 1) return new bytes32[](0);
        uint256 k = _split(n);
        bool inLeft = m < k;
        bytes32[] memory below = inLeft ? _path(hash, leaves, m, from, k) : _path(hash, leaves, m - k, from + k, n - k);
        path = new bytes32[](below.length + 1);
        for (uint256 i = 0; i < below.length; i++) path[i] = below[i];
        path[below.length] = inLeft ? _mth(hash, leaves, from + k, n - k) : _mth(hash, leaves, from, k);
    }

    /// @dev The largest power of two smaller than n.
    function _split(uint256 n) private pure returns (uint256 k) {
        k = 1;
        while (k * 2 < n) k *= 2;
    }
}
