// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice The hash function of a tree, by the number that an anchor stores. `Sm3` anchors, but no contract can verify it.
enum HashName {
    None,
    Keccak256,
    Sha256,
    Sm3
}
