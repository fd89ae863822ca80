// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Continuing} from "../ledger/Continuing.sol";
import {Retirable} from "../ledger/Retirable.sol";
import {LocalDays} from "../libraries/LocalDays.sol";
import {IWorkingCalendar} from "./IWorkingCalendar.sol";

/// @title WorkingCalendar
/// @notice Reads through: every read of a year that is unknown here asks the predecessor.
/// A year known only there can be set here, under the same rule: days that have begun stay as they are.
contract WorkingCalendar is Continuing, IWorkingCalendar {
    uint256 private constant FEWEST_WORKING_DAYS = 200;
    uint256 private constant MOST_WORKING_DAYS = 300;
    uint32 private constant MOST_COUNTED = 250;

    /// @dev Known when either word is not zero: a valid year has 200 working days or more.
    struct Year {
        uint256 low;
        uint256 high;
        bytes32 source;
    }

    mapping(uint16 year => Year days_) private _years;

    constructor(address authority_, address predecessor_) Retirable(authority_, predecessor_) {}

    /// @inheritdoc IWorkingCalendar
    function setYear(uint16 year, uint256 low, uint256 high, bytes32 source) external override restricted whileActive {
        _requireInheritance();
        require(year >= LocalDays.FIRST_YEAR && year <= LocalDays.LAST_YEAR, YearOutOfRange(year));
        uint256 workingDays = _countBits(low) + _countBits(high);
        require(
            workingDays >= FEWEST_WORKING_DAYS &&
                workingDays <= MOST_WORKING_DAYS &&
                high >> (LocalDays.lengthOf(year) - 256) == 0,
            CalendarInvalid(year, workingDays)
        );
        Year memory known = _find(year);
        if (_isKnown(known)) _requireFuture(year, known.low ^ low, known.high ^ high);

        _years[year] = Year({low: low, high: high, source: source});

        emit YearSet(year, low, high, source);
    }

    /// @inheritdoc IWorkingCalendar
    function isYearKnown(uint16 year) external view override returns (bool) {
        return _isKnown(_find(year));
    }

    /// @inheritdoc IWorkingCalendar
    function calendarOf(uint16 year) external view override returns (uint256 low, uint256 high, bytes32 source) {
        Year memory known = _get(year);
        return (known.low, known.high, known.source);
    }

    /// @inheritdoc IWorkingCalendar
    function isWorkingDay(uint32 day) external view override returns (bool) {
        uint16 year = LocalDays.yearOf(day);
        return _isWorking(_get(year), day - LocalDays.firstDayOf(year));
    }

    /// @inheritdoc IWorkingCalendar
    function dueAfter(uint64 from, uint32 count) external view override returns (uint64) {
        require(count <= MOST_COUNTED, TooManyWorkingDays(count));
        uint256 day = LocalDays.dayOf(from);
        uint16 year = LocalDays.yearOf(day);
        Year memory known = _get(year);
        uint256 index = day - LocalDays.firstDayOf(year);
        uint256 length = LocalDays.lengthOf(year);

        for (uint32 left = count; left > 0;) {
            ++day;
            if (++index == length) {
                known = _get(++year);
                index = 0;
                length = LocalDays.lengthOf(year);
            }
            if (_isWorking(known, index)) --left;
        }
        return LocalDays.endOf(day);
    }

    /// @dev `changedLow` and `changedHigh` have a bit for each day that differs.
    function _requireFuture(uint16 year, uint256 changedLow, uint256 changedHigh) private view {
        uint256 today = LocalDays.dayOf(block.timestamp);
        uint256 first = LocalDays.firstDayOf(year);
        for (uint256 i = 0; first + i <= today && i < LocalDays.lengthOf(year); ++i) {
            bool changed = _isWorking(Year({low: changedLow, high: changedHigh, source: 0}), i);
            require(!changed, DayNotFuture(uint32(first + i)));
        }
    }

    function _get(uint16 year) private view returns (Year memory known) {
        known = _find(year);
        require(_isKnown(known), YearUnknown(year));
    }

    /// @dev The zero year when it is unknown here and in the predecessor.
    function _find(uint16 year) private view returns (Year memory known) {
        known = _years[year];
        if (_isKnown(known) || !_inherits()) return known;
        IWorkingCalendar before = IWorkingCalendar(predecessor());
        if (before.isYearKnown(year)) (known.low, known.high, known.source) = before.calendarOf(year);
    }

    function _isKnown(Year memory known) private pure returns (bool) {
        return known.low | known.high != 0;
    }

    function _isWorking(Year memory known, uint256 index) private pure returns (bool) {
        return (index < 256 ? known.low >> index : known.high >> (index - 256)) & 1 == 1;
    }

    function _countBits(uint256 word) private pure returns (uint256 count) {
        for (; word != 0; word &= word - 1) ++count;
    }
}
