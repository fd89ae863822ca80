// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title TimedHistory: what a value was at a time
/// @notice Append-only. Two changes in one block are two entries: nothing is overwritten, and "at T" is the last entry with time ≤ T.
library TimedHistory {
    struct Entry {
        uint48 time;
        uint208 value;
    }

    /// @dev Invariant: times never decrease, because each is the time of the block that pushed it.
    struct History {
        Entry[] entries;
    }

    /// @notice Thrown when an entry is asked for that does not exist.
    error HistoryIndexInvalid(uint256 index, uint256 length);

    /// @notice Appends `value` at the block's time.
    function push(History storage self, uint208 value) internal {
        self.entries.push(Entry({time: uint48(block.timestamp), value: value}));
    }

    /// @notice The value after the last block with time ≤ `time`; (false, 0) before the first entry.
    /// @dev Reads the newest entry first: most questions are about now.
    function valueAt(History storage self, uint64 time) internal view returns (bool exists, uint208 value) {
        Entry[] storage entries = self.entries;
        uint256 low = 0;
        uint256 high = entries.length;
        if (high > 0 && entries[high - 1].time <= time) low = high;

        // Invariant: every entry below `low` has time ≤ `time`, every entry from `high` on is later.
        while (low < high) {
            uint256 middle = (low + high) / 2;
            if (entries[middle].time <= time) low = middle + 1;
            else high = middle;
        }
        return low == 0 ? (false, uint208(0)) : (true, entries[low - 1].value);
    }

    /// @notice The newest value; (false, 0) when there is none.
    function latest(History storage self) internal view returns (bool exists, uint208 value) {
        uint256 count = self.entries.length;
        return count == 0 ? (false, uint208(0)) : (true, self.entries[count - 1].value);
    }

    function length(History storage self) internal view returns (uint256) {
        return self.entries.length;
    }

    /// @notice The `index`-th entry from 0, in the order of writing.
    function entry(History storage self, uint256 index) internal view returns (Entry memory) {
        uint256 count = self.entries.length;
        require(index < count, HistoryIndexInvalid(index, count));
        return self.entries[index];
    }
}
