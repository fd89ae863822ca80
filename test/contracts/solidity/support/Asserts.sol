// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Uscc} from "../../../../contracts/types/Uscc.sol";

/// @notice Equality that reverts with both values.
abstract contract Asserts {
    error NotEqual(string what, bytes32 actual, bytes32 expected);

    function same(string memory what, bytes32 actual, bytes32 expected) internal pure {
        require(actual == expected, NotEqual(what, actual, expected));
    }

    function same(string memory what, uint256 actual, uint256 expected) internal pure {
        same(what, bytes32(actual), bytes32(expected));
    }

    function same(string memory what, bool actual, bool expected) internal pure {
        same(what, actual ? 1 : 0, expected ? uint256(1) : 0);
    }

    function same(string memory what, address actual, address expected) internal pure {
        same(what, uint160(actual), uint256(uint160(expected)));
    }

    function same(string memory what, Uscc actual, Uscc expected) internal pure {
        same(what, bytes32(Uscc.unwrap(actual)), bytes32(Uscc.unwrap(expected)));
    }

    function same(string memory what, string memory actual, string memory expected) internal pure {
        same(what, keccak256(bytes(actual)), keccak256(bytes(expected)));
    }
}
