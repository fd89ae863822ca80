// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title WorkingCalendar: the statutory clock
/// @notice Days are local days of UTC+8. A year is a bitmap of working days; an unknown year reverts, it is never guessed.
interface IWorkingCalendar {
    event YearSet(uint16 indexed year, uint256 low, uint256 high, bytes32 source);

    /// @notice Thrown when a computation needs a year whose calendar is not set.
    error YearUnknown(uint16 year);
    /// @notice Thrown when a change touches a day that has begun.
    error DayNotFuture(uint32 day);
    /// @notice Thrown when the bitmap has bits beyond the year's days, or fewer than 200 or more than 300 working days.
    error CalendarInvalid(uint16 year, uint256 workingDays);
    /// @notice Thrown when a year before 2000 or after 2199 is set.
    error YearOutOfRange(uint16 year);
    /// @notice Thrown when more than 250 working days are to be counted.
    error TooManyWorkingDays(uint32 count);

    /// @notice Sets a year, or changes days of it that have not begun. Bit i of `low` is day i of the year (0 = 1 January) for i < 256, bit i − 256 of `high` the rest.
    /// Restricted to the authority. Cannot change a day that has begun once the year is set, nor a deadline already fixed.
    function setYear(uint16 year, uint256 low, uint256 high, bytes32 source) external;

    function isYearKnown(uint16 year) external view returns (bool);

    /// @notice The bitmap of a year as `setYear` takes it, and the digest of the notice it comes from.
    function calendarOf(uint16 year) external view returns (uint256 low, uint256 high, bytes32 source);

    /// @param day Days since 1970-01-01, local (UTC+8).
    function isWorkingDay(uint32 day) external view returns (bool);

    /// @notice The end (exclusive, seconds) of the `count`-th working day after the local day of `from`.
    /// Example: from 2025-09-26, 10 → 2025-10-17T00:00+08:00, so that 2025-10-16 is the last day. Count 0 is the end of the local day of `from` itself.
    function dueAfter(uint64 from, uint32 count) external view returns (uint64);
}
