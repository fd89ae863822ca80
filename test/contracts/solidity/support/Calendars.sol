// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice The committed calendars as bitmaps. test/scripts/deploy/calendar.test.ts proves that they are what the data gives.
library Calendars {
    uint256 internal constant LOW_2025 = 0x7cf9f3e7cf9f3e7cf9f3e7cf9e3e7cf9e0f7cf9f1e7cf9f3e7cf9f7806f9f3e6;
    uint256 internal constant HIGH_2025 = 0x1cf9f3e7cf9f3e7cf9f3ee01df3e;
    uint256 internal constant LOW_2026 = 0x3e7cf9f3e7cf9f3e7cf9f1e7cf9f3e7de0f3e7cf1f3e7cf9f7c01f9f3e7cf9f8;
    uint256 internal constant HIGH_2026 = 0x1e7cf9f3e7cf9f3e7cf9f701c7df;
}
