// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IProjectLedger} from "./IProjectLedger.sol";
import {ProjectRules} from "./ProjectRules.sol";

/// @title ProjectWords: copying what the predecessor stored
/// @dev Copied as words of storage, because decoding what the views answer does not fit into one contract: a successor keeps the layout of
/// Project, Lot and Change, the order of what is stored before them, and a first word in each that is never zero. Stores nothing itself.
abstract contract ProjectWords is ProjectRules {
    /// @inheritdoc IProjectLedger
    function word(bytes32 first, bytes32 slot) external view override returns (bytes32 value) {
        bytes32 marker;
        assembly {
            marker := sload(first)
            value := sload(slot)
        }
        if (marker == 0 && _inherits()) return _predecessor().word(first, slot);
    }

    /// @dev Copies words of the predecessor's storage from `slot` on, where nothing is stored here.
    function _copy(bytes32 slot, uint256 count) internal {
        _copyUnder(slot, slot, count);
    }

    function _copyUnder(bytes32 first, bytes32 slot, uint256 count) internal {
        // From the last on: the first is the marker of `word`.
        for (uint256 i = count; i > 0; i--) {
            bytes32 place = bytes32(uint256(slot) + i - 1);
            bytes32 value = _predecessor().word(first, place);
            assembly {
                sstore(place, value)
            }
        }
    }

    /// @dev Whether to ask the predecessor about what is not here.
    function _isThere(bool isHere) internal view returns (bool) {
        return !isHere && _inherits();
    }
}
