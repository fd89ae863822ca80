// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {IWorkingCalendar} from "../../../contracts/catalogue/IWorkingCalendar.sol";
import {WorkingCalendar} from "../../../contracts/catalogue/WorkingCalendar.sol";
import {IRetirable} from "../../../contracts/ledger/IRetirable.sol";
import {LocalDays} from "../../../contracts/libraries/LocalDays.sol";
import {Asserts} from "./support/Asserts.sol";
import {Calendars} from "./support/Calendars.sol";
import {vm} from "./support/Vm.sol";

contract WorkingCalendarTest is Asserts {
    /// @dev 2025-06-15T12:00+08:00, local day 166 of the year (index 165).
    uint64 private constant START = 1_749_960_000;
    uint256 private constant TODAY = 165;
    bytes32 private constant SOURCE = keccak256("source");

    AccessManager private manager;
    WorkingCalendar private calendar;

    function setUp() public {
        vm.warp(START);
        manager = new AccessManager(address(this));
        calendar = new WorkingCalendar(address(manager), address(0));
        calendar.setYear(2025, Calendars.LOW_2025, Calendars.HIGH_2025, SOURCE);
        calendar.setYear(2026, Calendars.LOW_2026, Calendars.HIGH_2026, SOURCE);
    }

    // ------------------------------------------------------------------ setYear

    function test_setYear_WhenTheSenderIsNotTheAuthority() public {
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, address(1)));
        vm.prank(address(1));
        calendar.setYear(2027, Calendars.LOW_2025, Calendars.HIGH_2025, SOURCE);
    }

    function test_setYear_WhenTheYearIsOutOfRange() public {
        vm.expectRevert(abi.encodeWithSelector(IWorkingCalendar.YearOutOfRange.selector, 1999));
        calendar.setYear(1999, Calendars.LOW_2025, Calendars.HIGH_2025, SOURCE);
        vm.expectRevert(abi.encodeWithSelector(IWorkingCalendar.YearOutOfRange.selector, 2200));
        calendar.setYear(2200, Calendars.LOW_2025, Calendars.HIGH_2025, SOURCE);

        calendar.setYear(2000, Calendars.LOW_2025, Calendars.HIGH_2025, SOURCE);
        calendar.setYear(2199, Calendars.LOW_2025, Calendars.HIGH_2025, SOURCE);
    }

    function test_setYear_WhenABitLiesBeyondTheYear() public {
        uint256 beyond = Calendars.HIGH_2025 | (1 << (365 - 256));
        vm.expectRevert(abi.encodeWithSelector(IWorkingCalendar.CalendarInvalid.selector, 2027, 249));
        calendar.setYear(2027, Calendars.LOW_2025, beyond, SOURCE);

        calendar.setYear(2028, Calendars.LOW_2025, beyond, SOURCE);
        same("leap day 366", calendar.isWorkingDay(uint32(LocalDays.firstDayOf(2028) + 365)), true);
    }

    function test_setYear_WhenWorkingDaysAreTooFewOrTooMany() public {
        uint256 days199 = (1 << 199) - 1;
        vm.expectRevert(abi.encodeWithSelector(IWorkingCalendar.CalendarInvalid.selector, 2027, 199));
        calendar.setYear(2027, days199, 0, SOURCE);
        uint256 days45 = (1 << 45) - 1;
        vm.expectRevert(abi.encodeWithSelector(IWorkingCalendar.CalendarInvalid.selector, 2027, 301));
        calendar.setYear(2027, type(uint256).max, days45, SOURCE);

        calendar.setYear(2027, (days199 << 1) | 1, 0, SOURCE);
        calendar.setYear(2028, type(uint256).max, days45 >> 1, SOURCE);
    }

    function test_setYear_GivenAKnownYear_WhenADayThatHasBegunChanges() public {
        uint32 today = uint32(LocalDays.firstDayOf(2025) + TODAY);
        vm.expectRevert(abi.encodeWithSelector(IWorkingCalendar.DayNotFuture.selector, today));
        calendar.setYear(2025, Calendars.LOW_2025 ^ (1 << TODAY), Calendars.HIGH_2025, SOURCE);
        vm.expectRevert(abi.encodeWithSelector(IWorkingCalendar.DayNotFuture.selector, today - uint32(TODAY)));
        calendar.setYear(2025, Calendars.LOW_2025 ^ 1, Calendars.HIGH_2025, SOURCE);
    }

    function test_setYear_GivenAKnownYear_WhenOnlyFutureDaysChange() public {
        uint256 low = Calendars.LOW_2025 ^ (1 << (TODAY + 1));
        uint256 high = Calendars.HIGH_2025 ^ (1 << 100);
        vm.expectEmit(address(calendar));
        emit IWorkingCalendar.YearSet(2025, low, high, keccak256("second"));
        calendar.setYear(2025, low, high, keccak256("second"));

        (uint256 storedLow, uint256 storedHigh, bytes32 source) = calendar.calendarOf(2025);
        same("low", storedLow, low);
        same("high", storedHigh, high);
        same("source", source, keccak256("second"));
    }

    /// @dev The local day begins at 16:00 UTC of the day before.
    function test_setYear_AtLocalMidnight() public {
        uint256 low = Calendars.LOW_2025 ^ (1 << (TODAY + 1));
        uint64 midnight = LocalDays.endOf(LocalDays.firstDayOf(2025) + TODAY);
        uint32 tomorrow = uint32(LocalDays.firstDayOf(2025) + TODAY + 1);
        vm.warp(midnight);
        vm.expectRevert(abi.encodeWithSelector(IWorkingCalendar.DayNotFuture.selector, tomorrow));
        calendar.setYear(2025, low, Calendars.HIGH_2025, SOURCE);

        vm.warp(midnight - 1);
        calendar.setYear(2025, low, Calendars.HIGH_2025, SOURCE);
    }

    function test_setYear_GivenAnUnknownYear_MaySetThePast() public {
        same("unknown", calendar.isYearKnown(2024), false);
        calendar.setYear(2024, Calendars.LOW_2025, Calendars.HIGH_2025, SOURCE);
        same("known", calendar.isYearKnown(2024), true);
    }

    function test_setYear_GivenRetired() public {
        calendar.retire(address(0xbeef));

        vm.expectRevert(abi.encodeWithSelector(IRetirable.ContractRetired.selector, address(0xbeef)));
        calendar.setYear(2027, Calendars.LOW_2025, Calendars.HIGH_2025, SOURCE);
        same("still read", calendar.isYearKnown(2025), true);
    }

    // ------------------------------------------------------------------ reading

    function test_isWorkingDay_HolidaysAndMakeUpDays() public view {
        uint32 september28 = 20_359;
        same("Sunday 2025-09-28, made up", calendar.isWorkingDay(september28), true);
        same("Saturday 2025-09-27", calendar.isWorkingDay(september28 - 1), false);
        same("Tuesday 2025-09-30", calendar.isWorkingDay(september28 + 2), true);
        same("Wednesday 2025-10-01", calendar.isWorkingDay(september28 + 3), false);
        same("Wednesday 2025-10-08", calendar.isWorkingDay(september28 + 10), false);
        same("Thursday 2025-10-09", calendar.isWorkingDay(september28 + 11), true);
        same("Saturday 2025-10-11, made up", calendar.isWorkingDay(september28 + 13), true);
    }

    function test_isWorkingDay_GivenAnUnknownYear() public {
        expectUnknown(2024);
        calendar.isWorkingDay(uint32(LocalDays.firstDayOf(2025) - 1));
        expectUnknown(2027);
        calendar.isWorkingDay(uint32(LocalDays.firstDayOf(2027)));
        expectUnknown(1999);
        calendar.isWorkingDay(0);
        expectUnknown(2200);
        calendar.isWorkingDay(type(uint32).max);
    }

    function test_calendarOf_GivenAnUnknownYear() public {
        expectUnknown(2027);
        calendar.calendarOf(2027);
    }

    // ----------------------------------------------------------------- dueAfter

    /// @dev The statutory clock: Friday 2025-09-26, ten working days; 09-28 and 10-11 count, 10-01 to 10-08 do not.
    function test_dueAfter_TheStatutoryExample() public view {
        uint64 applied = 1_758_868_200; // 2025-09-26T14:30+08:00
        uint64 end = 1_760_630_400; // 2025-10-17T00:00+08:00
        same("due", calendar.dueAfter(applied, 10), end);
        same("first second of the day", calendar.dueAfter(1_758_816_000, 10), end);
        same("last second of the day", calendar.dueAfter(1_758_902_399, 10), end);
        same("next second: Saturday, the same ten days", calendar.dueAfter(1_758_902_400, 10), end);
        same("from Sunday 09-28: one day later", calendar.dueAfter(1_758_988_800, 10), end + 1 days);
    }

    function test_dueAfter_AcrossTheYear() public view {
        uint64 wednesday = 1_767_150_000; // 2025-12-31T11:00+08:00
        uint64 sunday = 1_767_542_400; // 2026-01-05T00:00+08:00: 01-04 is the first working day
        same("due", calendar.dueAfter(wednesday, 1), sunday);
    }

    /// @dev 2024 has 366 days and 2025 has 248 working days: the 250th is the second of 2026, 01-05.
    function test_dueAfter_AcrossALeapYearAndAWholeYear() public {
        calendar.setYear(2024, Calendars.LOW_2025, Calendars.HIGH_2025, SOURCE);
        same("due", calendar.dueAfter(1_735_574_400, 250), 1_767_628_800);
    }

    function test_dueAfter_WhenCountIsZero() public view {
        same("end of the day itself", calendar.dueAfter(1_758_868_200, 0), 1_758_902_400);
    }

    function test_dueAfter_WhenItRunsIntoAnUnknownYear() public {
        uint64 december = 1_797_609_600; // 2026-12-19T00:00+08:00, nine working days left
        same("the last day", calendar.dueAfter(december, 9), LocalDays.endOf(LocalDays.firstDayOf(2027) - 1));
        expectUnknown(2027);
        calendar.dueAfter(december, 10);
    }

    function test_dueAfter_WhenItBeginsInAnUnknownYear() public {
        expectUnknown(2024);
        calendar.dueAfter(1_735_660_799, 0);
        same("one second later", calendar.dueAfter(1_735_660_800, 0), 1_735_747_200);
        expectUnknown(2200);
        calendar.dueAfter(type(uint64).max, 1);
    }

    function test_dueAfter_WhenTooManyDaysAreCounted() public {
        vm.expectRevert(abi.encodeWithSelector(IWorkingCalendar.TooManyWorkingDays.selector, 251));
        calendar.dueAfter(START, 251);
        calendar.dueAfter(START, 250);
    }

    /// @dev Against a walk that asks day by day.
    function testFuzz_dueAfter_EqualsTheNaiveWalk(uint32 offset, uint8 count) public view {
        uint64 from = 1_735_660_800 + (offset % uint64(365 days));
        uint32 day = uint32((from + 8 hours) / 1 days);
        for (uint32 left = count % 200; left > 0;) {
            ++day;
            if (calendar.isWorkingDay(day)) --left;
        }
        same("due", calendar.dueAfter(from, count % 200), (uint64(day) + 1) * 1 days - 8 hours);
    }

    /// @dev Invariant: a later event or a longer period is never due earlier.
    function testFuzz_dueAfter_IsMonotonic(uint32 offset, uint8 count) public view {
        uint64 from = 1_735_660_800 + (offset % uint64(365 days));
        uint64 due = calendar.dueAfter(from, count % 200);
        same("count", calendar.dueAfter(from, (count % 200) + 1) > due, true);
        same("time", calendar.dueAfter(from + 1 hours, count % 200) >= due, true);
        same("future", due > from, true);
    }

    // -------------------------------------------------------------- predecessor

    function test_successor_ReadsThrough_OnceThePredecessorIsRetired() public {
        WorkingCalendar next = new WorkingCalendar(address(manager), address(calendar));
        same("not yet", next.isYearKnown(2025), false);
        vm.expectRevert(abi.encodeWithSelector(IRetirable.PredecessorNotRetired.selector, address(calendar)));
        next.setYear(2027, Calendars.LOW_2025, Calendars.HIGH_2025, SOURCE);

        calendar.retire(address(next));
        same("known", next.isYearKnown(2025), true);
        same("unknown", next.isYearKnown(2027), false);
        same("due", next.dueAfter(1_758_868_200, 10), 1_760_630_400);
        (, , bytes32 source) = next.calendarOf(2026);
        same("source", source, SOURCE);
    }

    function test_successor_GuardsThePastOfThePredecessor() public {
        WorkingCalendar next = new WorkingCalendar(address(manager), address(calendar));
        calendar.retire(address(next));

        uint32 january1 = uint32(LocalDays.firstDayOf(2025));
        vm.expectRevert(abi.encodeWithSelector(IWorkingCalendar.DayNotFuture.selector, january1));
        next.setYear(2025, Calendars.LOW_2025 ^ 1, Calendars.HIGH_2025, SOURCE);

        next.setYear(2025, Calendars.LOW_2025, Calendars.HIGH_2025 ^ 1, SOURCE);
        (, uint256 high, ) = next.calendarOf(2025);
        same("its own", high, Calendars.HIGH_2025 ^ 1);
    }

    function expectUnknown(uint16 year) private {
        vm.expectRevert(abi.encodeWithSelector(IWorkingCalendar.YearUnknown.selector, year));
    }
}

/// @dev The civil calendar against a walk from 2000-01-01 by the Gregorian rule.
contract LocalDaysTest is Asserts {
    function test_firstDayOf_AndYearOf_AllYears() public pure {
        uint256 day = 10_957;
        for (uint16 year = 2000; year < 2200; ++year) {
            bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
            same("first day", LocalDays.firstDayOf(year), day);
            same("length", LocalDays.lengthOf(year), leap ? 366 : 365);
            same("first", LocalDays.yearOf(day), year);
            day += leap ? 366 : 365;
            same("last", LocalDays.yearOf(day - 1), year);
        }
        same("before", LocalDays.yearOf(10_956), 1999);
        same("after", LocalDays.yearOf(day), 2200);
        same("far after", LocalDays.yearOf(type(uint256).max), 2200);
    }
}
