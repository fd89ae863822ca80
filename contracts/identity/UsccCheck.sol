// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Uscc} from "../types/Uscc.sol";

/// @title UsccCheck: the form of a unified social credit code
/// @notice GB 32100-2015: 18 characters of an alphabet of 31 (digits and capitals without I, O, S, V, Z); the last is
/// 31 − (Σ value·3^(position−1) mod 31), modulo 31. The organisation code inside (GB 11714) is not checked here.
library UsccCheck {
    uint256 private constant MODULUS = 31;
    uint256 private constant NOT_IN_ALPHABET = 31;

    function isValid(Uscc id) internal pure returns (bool) {
        bytes18 code = Uscc.unwrap(id);
        uint256 sum = 0;
        uint256 weight = 1;
        for (uint256 i = 0; i < 17; ++i) {
            uint256 value = _valueOf(uint8(code[i]));
            if (value == NOT_IN_ALPHABET) return false;
            sum += value * weight;
            weight = (weight * 3) % MODULUS;
        }
        return _valueOf(uint8(code[17])) == (MODULUS - (sum % MODULUS)) % MODULUS;
    }

    /// @dev The alphabet is 0–9 A–H J–N P–R T U W–Y, numbered from 0 without the gaps.
    function _valueOf(uint256 character) private pure returns (uint256) {
        if (character >= 0x30 && character <= 0x39) return character - 0x30;
        if (character >= 0x41 && character <= 0x48) return character - 0x41 + 10;
        if (character >= 0x4a && character <= 0x4e) return character - 0x4a + 18;
        if (character >= 0x50 && character <= 0x52) return character - 0x50 + 23;
        if (character >= 0x54 && character <= 0x55) return character - 0x54 + 26;
        if (character >= 0x57 && character <= 0x59) return character - 0x57 + 28;
        return NOT_IN_ALPHABET;
    }
}
