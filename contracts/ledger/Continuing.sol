// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IRetirable} from "./IRetirable.sol";
import {Retirable} from "./Retirable.sol";

/// @title Continuing: reading through to the predecessor
/// @dev A successor continues what it does not hold itself, once the predecessor is retired to it and can no longer change.
abstract contract Continuing is Retirable {
    /// @dev True when there is a predecessor that is retired to this contract: what it answers stands for ever.
    function _inherits() internal view returns (bool) {
        address predecessor_ = predecessor();
        return predecessor_ != address(0) && IRetirable(predecessor_).successor() == address(this);
    }

    /// @dev Guards the first write of a key here: before the predecessor is retired both could write it.
    function _requireInheritance() internal view {
        require(predecessor() == address(0) || _inherits(), PredecessorNotRetired(predecessor()));
    }
}
