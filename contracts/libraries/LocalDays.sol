// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title LocalDays: civil days of UTC+8, counted from 1970-01-01
/// @notice The years 2000–2199 only. UTC+8 has no daylight saving time in this range.
library LocalDays {
    uint16 internal constant FIRST_YEAR = 2000;
    uint16 internal constant LAST_YEAR = 2199;

    uint256 private constant DAY_SECONDS = 86_400;
    uint256 private constant OFFSET_SECONDS = 8 hours;
    uint256 private constant DAY_2000 = 10_957;
    uint256 private constant DAY_2200 = 84_006;

    /// @notice The local day in which `time` (seconds) lies.
    function dayOf(uint256 time) internal pure returns (uint256) {
        return (time + OFFSET_SECONDS) / DAY_SECONDS;
    }

    /// @notice The end (exclusive, seconds) of a local day.
    function endOf(uint256 day) internal pure returns (uint64) {
        return uint64((day + 1) * DAY_SECONDS - OFFSET_SECONDS);
    }

    /// @notice The year of a day; 1999 for every earlier day and 2200 for every later one.
    function yearOf(uint256 day) internal pure returns (uint16 year) {
        if (day < DAY_2000) return FIRST_YEAR - 1;
        if (day >= DAY_2200) return LAST_YEAR + 1;
        // 366 days a year never estimates too late a year; the loop corrects by one at most.
        year = FIRST_YEAR + uint16((day - DAY_2000) / 366);
        while (firstDayOf(year + 1) <= day) ++year;
    }

    /// @notice 1 January of a year from 2000 on, as a day.
    function firstDayOf(uint16 year) internal pure returns (uint256) {
        uint256 n = year - FIRST_YEAR;
        return DAY_2000 + 365 * n + (n + 3) / 4 - (n + 99) / 100 + (n + 399) / 400;
    }

    /// @notice 365 or 366.
    function lengthOf(uint16 year) internal pure returns (uint256) {
        return firstDayOf(year + 1) - firstDayOf(year);
    }
}
