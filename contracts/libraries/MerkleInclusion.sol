// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {HashName} from "../types/HashName.sol";

/// @title MerkleInclusion: positional inclusion proofs in trees of the shape of RFC 9162 §2.1
/// @notice Leaf H(0x00 ‖ data), node H(0x01 ‖ left ‖ right), an odd node is promoted unchanged. The proof lists siblings from the leaf upwards.
/// The root says nothing about the number of leaves: `count` must come from where the root came from.
library MerkleInclusion {
    /// @notice Thrown for a hash that a contract cannot compute.
    error HashNotComputable(HashName hash);
    /// @notice Thrown on a chain without the SHA-256 precompile.
    error Sha256Unavailable();

    /// @notice The hash of a leaf whose data is 32 bytes.
    function leafHash(HashName hash, bytes32 data) internal pure returns (bytes32) {
        bytes memory preimage = bytes.concat(hex"00", data);
        if (hash == HashName.Keccak256) return keccak256(preimage);
        if (hash == HashName.Sha256) return sha256(preimage);
        revert HashNotComputable(hash);
    }

    /// @notice True when `leaf` (a leaf hash) is leaf number `index` of the tree with `count` leaves under `root`.
    /// False, never a revert, for a count of 0, an index outside the tree, and a proof of any other length than (index, count) asks for.
    function verify(
        HashName hash,
        bytes32 root,
        bytes32 leaf,
        uint256 index,
        uint256 count,
        bytes32[] calldata proof
    ) internal view returns (bool) {
        (bool fits, bytes32 computed) = rootFrom(hash, leaf, index, count, proof);
        return fits && computed == root;
    }

    /// @notice The root to which the proof leads; `fits` is false, and the root zero, when the proof's length does not fit (index, count).
    function rootFrom(
        HashName hash,
        bytes32 leaf,
        uint256 index,
        uint256 count,
        bytes32[] calldata proof
    ) internal view returns (bool fits, bytes32 root) {
        require(hash == HashName.Keccak256 || hash == HashName.Sha256, HashNotComputable(hash));
        if (index >= count) return (false, 0);

        bytes32 node = leaf;
        uint256 used = 0;
        // Invariant: `node` is number `index` of its level and `last` is the number of that level's last node.
        for (uint256 last = count - 1; last > 0; last >>= 1) {
            bool isRight = index & 1 == 1;
            if (isRight || index < last) {
                if (used == proof.length) return (false, 0);
                bytes32 sibling = proof[used++];
                (bytes32 left, bytes32 right) = isRight ? (sibling, node) : (node, sibling);
                node = hash == HashName.Keccak256 ? _keccak256(left, right) : _sha256(left, right);
            }
            index >>= 1;
        }
        return used == proof.length ? (true, node) : (false, bytes32(0));
    }

    function _keccak256(bytes32 left, bytes32 right) private pure returns (bytes32 digest) {
        // Invariant: the 65 bytes of the preimage lie behind the free memory pointer, where nothing is kept and nothing is expected to be zero.
        assembly ("memory-safe") {
            let preimage := mload(0x40)
            mstore8(preimage, 0x01)
            mstore(add(preimage, 0x01), left)
            mstore(add(preimage, 0x21), right)
            digest := keccak256(preimage, 0x41)
        }
    }

    function _sha256(bytes32 left, bytes32 right) private view returns (bytes32 digest) {
        bool answered;
        // Invariant: as above; the answer goes to the scratch space 0x00–0x1f, and is complete when the call succeeded with 32 bytes.
        assembly ("memory-safe") {
            let preimage := mload(0x40)
            mstore8(preimage, 0x01)
            mstore(add(preimage, 0x01), left)
            mstore(add(preimage, 0x21), right)
            answered := staticcall(gas(), 0x02, preimage, 0x41, 0x00, 0x20)
            answered := and(answered, eq(returndatasize(), 0x20))
            digest := mload(0x00)
        }
        require(answered, Sha256Unavailable());
    }
}
