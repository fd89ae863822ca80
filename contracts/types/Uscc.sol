// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice A department's unified social credit code (统一社会信用代码, GB 32100-2015): its 18 ASCII characters.
type Uscc is bytes18;

using {usccEquals as ==, usccDiffers as !=, isZero} for Uscc global;

function usccEquals(Uscc a, Uscc b) pure returns (bool) {
    return Uscc.unwrap(a) == Uscc.unwrap(b);
}

function usccDiffers(Uscc a, Uscc b) pure returns (bool) {
    return Uscc.unwrap(a) != Uscc.unwrap(b);
}

function isZero(Uscc a) pure returns (bool) {
    return Uscc.unwrap(a) == bytes18(0);
}
