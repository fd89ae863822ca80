// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TimedHistory} from "../../../contracts/libraries/TimedHistory.sol";
import {Asserts} from "./support/Asserts.sol";
import {vm} from "./support/Vm.sol";

contract HistoryHolder {
    using TimedHistory for TimedHistory.History;

    TimedHistory.History private _history;

    function push(uint208 value) external {
        _history.push(value);
    }

    function valueAt(uint64 time) external view returns (bool, uint208) {
        return _history.valueAt(time);
    }

    function latest() external view returns (bool, uint208) {
        return _history.latest();
    }

    function length() external view returns (uint256) {
        return _history.length();
    }

    function entry(uint256 index) external view returns (TimedHistory.Entry memory) {
        return _history.entry(index);
    }
}

contract TimedHistoryTest is Asserts {
    HistoryHolder private holder;

    function setUp() public {
        holder = new HistoryHolder();
        vm.warp(1000);
    }

    function test_valueAt_GivenNoEntry() public view {
        expectNothingAt(type(uint64).max);
        (bool exists, ) = holder.latest();
        same("latest", exists, false);
    }

    function test_valueAt_BeforeTheFirstEntry() public {
        holder.push(7);

        expectNothingAt(999);
        expectAt(1000, 7);
    }

    function test_valueAt_BetweenEntries() public {
        holder.push(7);
        vm.warp(2000);
        holder.push(8);
        vm.warp(3000);
        holder.push(0);

        expectAt(1999, 7);
        expectAt(2000, 8);
        expectAt(2999, 8);
        expectAt(3000, 0);
        expectAt(type(uint64).max, 0);
    }

    function test_push_TwiceInOneBlock_KeepsBoth() public {
        holder.push(7);
        holder.push(8);

        expectNothingAt(999);
        expectAt(1000, 8);
        same("length", holder.length(), 2);
        same("first", holder.entry(0).value, 7);
        same("first time", holder.entry(0).time, 1000);
        same("second", holder.entry(1).value, 8);
    }

    function test_entry_WhenTheIndexIsTheLength() public {
        holder.push(7);

        vm.expectRevert(abi.encodeWithSelector(TimedHistory.HistoryIndexInvalid.selector, 1, 1));
        holder.entry(1);
    }

    /// @dev Against a walk over all entries; a step of 0 makes a second entry in the block.
    function testFuzz_valueAt_EqualsTheNaiveWalk(uint8[12] calldata steps, uint16 asked) public {
        uint64 time = 1000;
        uint208 expected = 0;
        bool exists = false;
        for (uint208 i = 0; i < steps.length; ++i) {
            time += steps[i] % 4;
            vm.warp(time);
            holder.push(i + 1);
            if (time <= asked) (exists, expected) = (true, i + 1);
        }

        (bool found, uint208 value) = holder.valueAt(asked);
        same("exists", found, exists);
        same("value", value, expected);
    }

    /// @dev As above, with the question always inside the range of the entries.
    function testFuzz_valueAt_InsideTheRange(uint8[12] calldata steps, uint8 asked) public {
        this.testFuzz_valueAt_EqualsTheNaiveWalk(steps, 1000 + (asked % 40));
    }

    function expectNothingAt(uint64 time) private view {
        (bool exists, uint208 value) = holder.valueAt(time);
        same("exists", exists, false);
        same("value", value, 0);
    }

    function expectAt(uint64 time, uint208 expected) private view {
        (bool exists, uint208 value) = holder.valueAt(time);
        same("exists", exists, true);
        same("value", value, expected);
    }
}
