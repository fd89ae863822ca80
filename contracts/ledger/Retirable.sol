// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IRetirable} from "./IRetirable.sol";

/// @title Retirable: the one-way end of writing
/// @dev Every external function that writes carries `whileActive`, or calls `_requireActive` first.
abstract contract Retirable is AccessManaged, IRetirable {
    /// @dev 10¹¹ seconds is the year 5138; a chain that counts milliseconds passed it in 1973.
    uint256 private constant LATEST_TIMESTAMP = 1e11;

    address private immutable PREDECESSOR;
    address private _successor;

    modifier whileActive() {
        _requireActive();
        _;
    }

    /// @param authority_ The AccessManager that guards the restricted functions.
    /// @param predecessor_ The contract that this one continues, or zero.
    constructor(address authority_, address predecessor_) AccessManaged(authority_) {
        require(block.timestamp <= LATEST_TIMESTAMP, TimestampNotSeconds(block.timestamp));

        PREDECESSOR = predecessor_;
    }

    /// @inheritdoc IRetirable
    function retire(address successor_) public virtual override restricted whileActive {
        require(successor_ != address(0) && successor_ != address(this), SuccessorInvalid(successor_));

        _successor = successor_;

        emit Retired(successor_, uint64(block.timestamp));
    }

    /// @inheritdoc IRetirable
    function successor() public view override returns (address) {
        return _successor;
    }

    /// @inheritdoc IRetirable
    function predecessor() public view override returns (address) {
        return PREDECESSOR;
    }

    function _requireActive() internal view {
        require(_successor == address(0), ContractRetired(_successor));
    }
}
