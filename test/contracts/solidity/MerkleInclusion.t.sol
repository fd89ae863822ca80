// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {MerkleInclusion} from "../../../contracts/libraries/MerkleInclusion.sol";
import {HashName} from "../../../contracts/types/HashName.sol";
import {Asserts} from "./support/Asserts.sol";
import {NaiveTree} from "./support/NaiveTree.sol";
import {vm} from "./support/Vm.sol";

/// @notice Gives the library its proofs as calldata.
contract InclusionCalls {
    function leafHash(HashName hash, bytes32 data) external pure returns (bytes32) {
        return MerkleInclusion.leafHash(hash, data);
    }

    function verify(
        HashName hash,
        bytes32 root,
        bytes32 leaf,
        uint256 index,
        uint256 count,
        bytes32[] calldata proof
    ) external view returns (bool) {
        return MerkleInclusion.verify(hash, root, leaf, index, count, proof);
    }

    function rootFrom(
        HashName hash,
        bytes32 leaf,
        uint256 index,
        uint256 count,
        bytes32[] calldata proof
    ) external view returns (bool, bytes32) {
        return MerkleInclusion.rootFrom(hash, leaf, index, count, proof);
    }
}

/// @dev The oracle follows the recursive definitions of RFC 9162 §2.1.1 and §2.1.3.1; the library walks levels. Invariant 1 of invariants.md.
contract MerkleInclusionTest is Asserts {
    uint256 private constant LARGEST = 70;

    InclusionCalls private calls;

    function setUp() public {
        calls = new InclusionCalls();
    }

    function test_EveryLeafOfEveryCount_Keccak256() public view {
        everyLeafOfEveryCount(HashName.Keccak256);
    }

    function test_EveryLeafOfEveryCount_Sha256() public view {
        everyLeafOfEveryCount(HashName.Sha256);
    }

    function testFuzz_AMutatedProofIsRefused(uint256 seed, bool sha256_) public view {
        HashName hash = sha256_ ? HashName.Sha256 : HashName.Keccak256;
        uint256 count = 1 + (seed % LARGEST);
        uint256 index = (seed >> 8) % count;
        bytes32[] memory leaves = leavesOf(hash, count, seed);
        bytes32 root = NaiveTree.root(hash, leaves);
        bytes32[] memory proof = NaiveTree.proof(hash, leaves, index);
        same("valid", calls.verify(hash, root, leaves[index], index, count, proof), true);

        bytes32 flip = bytes32(1 << ((seed >> 16) & 0xff));
        same("leaf", calls.verify(hash, root, leaves[index] ^ flip, index, count, proof), false);
        same("root", calls.verify(hash, root ^ flip, leaves[index], index, count, proof), false);
        same("longer", calls.verify(hash, root, leaves[index], index, count, extended(proof, flip)), false);
        for (uint256 i = 0; i < proof.length; i++) {
            proof[i] ^= flip;
            same("node", calls.verify(hash, root, leaves[index], index, count, proof), false);
            proof[i] ^= flip;
        }
        for (uint256 other = 0; other < count; other++) {
            if (other == index) continue;
            same("index", calls.verify(hash, root, leaves[index], other, count, proof), false);
        }
        if (proof.length > 0) {
            same("shorter", calls.verify(hash, root, leaves[index], index, count, shortened(proof)), false);
        }
    }

    function test_WhenCountIsZero() public view {
        same("verify", calls.verify(HashName.Keccak256, 0, 0, 0, 0, new bytes32[](0)), false);
    }

    function test_WhenIndexIsOutsideTheTree() public view {
        bytes32[] memory leaves = leavesOf(HashName.Keccak256, 1, 0);
        bytes32[] memory none = new bytes32[](0);
        same("inside", calls.verify(HashName.Keccak256, leaves[0], leaves[0], 0, 1, none), true);
        same("outside", calls.verify(HashName.Keccak256, leaves[0], leaves[0], 1, 1, none), false);
        same("far", calls.verify(HashName.Keccak256, leaves[0], leaves[0], type(uint256).max, 1, none), false);
    }

    function test_WhenTheProofDoesNotFit_TheRootIsZero() public view {
        bytes32[] memory leaves = leavesOf(HashName.Sha256, 3, 0);
        (bool fits, bytes32 root) = calls.rootFrom(HashName.Sha256, leaves[0], 0, 3, new bytes32[](1));
        same("fits", fits, false);
        same("root", root, bytes32(0));
        (fits, root) = calls.rootFrom(HashName.Sha256, leaves[2], 2, 3, new bytes32[](2));
        same("fits", fits, false);
        same("root", root, bytes32(0));
    }

    function test_AnInnerNodeDoesNotPassAsALeaf() public view {
        bytes32[] memory leaves = leavesOf(HashName.Keccak256, 4, 9);
        bytes32 root = NaiveTree.root(HashName.Keccak256, leaves);
        bytes32[] memory left = new bytes32[](2);
        (left[0], left[1]) = (leaves[0], leaves[1]);
        bytes32 inner = NaiveTree.root(HashName.Keccak256, left);
        bytes32[] memory right = new bytes32[](2);
        (right[0], right[1]) = (leaves[2], leaves[3]);
        bytes32[] memory proof = new bytes32[](1);
        proof[0] = NaiveTree.root(HashName.Keccak256, right);

        // The same path belongs to a tree of two leaves, so the count must come from the anchor.
        same("of two", calls.verify(HashName.Keccak256, root, inner, 0, 2, proof), true);
        same("of four", calls.verify(HashName.Keccak256, root, inner, 0, 4, proof), false);
        bytes32 asData = calls.leafHash(HashName.Keccak256, inner);
        same("as data", calls.verify(HashName.Keccak256, root, asData, 0, 2, proof), false);
    }

    function test_WhenTheHashIsNotComputable() public {
        vm.expectRevert(abi.encodeWithSelector(MerkleInclusion.HashNotComputable.selector, HashName.Sm3));
        calls.verify(HashName.Sm3, 0, 0, 0, 1, new bytes32[](0));
        vm.expectRevert(abi.encodeWithSelector(MerkleInclusion.HashNotComputable.selector, HashName.None));
        calls.leafHash(HashName.None, 0);
    }

    function everyLeafOfEveryCount(HashName hash) private view {
        for (uint256 count = 1; count <= LARGEST; count += count < 20 ? 1 : 7) {
            bytes32[] memory leaves = leavesOf(hash, count, count);
            bytes32 root = NaiveTree.root(hash, leaves);
            for (uint256 index = 0; index < count; index++) {
                bytes32[] memory proof = NaiveTree.proof(hash, leaves, index);
                same("included", calls.verify(hash, root, leaves[index], index, count, proof), true);
            }
        }
    }

    function leavesOf(HashName hash, uint256 count, uint256 seed) private view returns (bytes32[] memory leaves) {
        leaves = new bytes32[](count);
        for (uint256 i = 0; i < count; i++) leaves[i] = calls.leafHash(hash, keccak256(abi.encode(seed, i)));
    }

    function extended(bytes32[] memory proof, bytes32 node) private pure returns (bytes32[] memory longer) {
        longer = new bytes32[](proof.length + 1);
        for (uint256 i = 0; i < proof.length; i++) longer[i] = proof[i];
        longer[proof.length] = node;
    }

    function shortened(bytes32[] memory proof) private pure returns (bytes32[] memory shorter) {
        shorter = new bytes32[](proof.length - 1);
        for (uint256 i = 0; i < shorter.length; i++) shorter[i] = proof[i];
    }
}
