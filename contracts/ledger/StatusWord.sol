// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice The states of 52 neighbouring records, as laid out in IRecordStatus: version (16 bits) ‖ time (32) ‖ 52 states of 4 bits.
/// A word of version 1 or later is never zero.
type StatusWord is uint256;

using {isZero, versionOf, timeOf, codeIn, areAll, withCode} for StatusWord global;

/// @dev Records to a word.
uint40 constant STATES_PER_WORD = 52;

/// @dev The lowest bit of each of the 52 states.
uint256 constant EVERY_STATE = 0x1111111111111111111111111111111111111111111111111111;

/// @notice The word that holds the state of record `number`.
function statusWordIndex(uint40 number) pure returns (uint40) {
    return number / STATES_PER_WORD;
}

/// @notice A neighbourhood of `count` ≥ 1 records from `first`, all in one word: `mask` has bit i, `ones` bit 4·i, for the i-th record of the word.
function statusRun(uint40 first, uint40 count) pure returns (uint64 mask, uint256 ones) {
    // Invariant: offset + count ≤ 52, so no shift below is negative or leaves the 52 states.
    unchecked {
        uint256 offset = first % STATES_PER_WORD;
        mask = uint64(((1 << count) - 1) << offset);
        ones = (EVERY_STATE >> (4 * (STATES_PER_WORD - count))) << (4 * offset);
    }
}

function isZero(StatusWord self) pure returns (bool) {
    return StatusWord.unwrap(self) == 0;
}

function versionOf(StatusWord self) pure returns (uint16) {
    return uint16(StatusWord.unwrap(self) >> 240);
}

function timeOf(StatusWord self) pure returns (uint32) {
    return uint32(StatusWord.unwrap(self) >> 208);
}

/// @notice The number of the state (an IRecordStatus.State) of record `number`, which must lie in this word.
function codeIn(StatusWord self, uint40 number) pure returns (uint256) {
    // Invariant: the remainder is below 52, so four times it is below 208.
    unchecked {
        return (StatusWord.unwrap(self) >> (4 * (number % STATES_PER_WORD))) & 0xf;
    }
}

/// @notice True when every record of `ones` has the state of number `code`.
function areAll(StatusWord self, uint256 ones, uint256 code) pure returns (bool) {
    // Invariant: `ones` has at most every fourth bit of 208, so times 15, and times a code, stays below 2^208.
    unchecked {
        return StatusWord.unwrap(self) & (ones * 0xf) == ones * code;
    }
}

/// @notice The word of `version` and `time` in which every record of `ones` has the state of number `code` and every other that of `self`.
function withCode(StatusWord self, uint256 ones, uint256 code, uint16 version, uint32 time) pure returns (StatusWord) {
    // Invariant: as in areAll.
    unchecked {
        uint256 states = uint208(StatusWord.unwrap(self) & ~(ones * 0xf)) | (ones * code);
        return StatusWord.wrap((uint256(version) << 240) | (uint256(time) << 208) | states);
    }
}
