// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title A contract that can be followed by a successor
/// @notice Retiring is one-way: the contract answers reads for ever and refuses every write.
interface IRetirable {
    event Retired(address indexed successor, uint64 time);

    /// @notice Thrown by every write after `retire`.
    error ContractRetired(address successor);
    /// @notice Thrown when the successor is the zero address or the contract itself.
    error SuccessorInvalid(address successor);
    /// @notice Thrown by a successor's write that would continue its predecessor before that one is retired to it.
    error PredecessorNotRetired(address predecessor);
    /// @notice Thrown by a constructor on a chain that counts time in milliseconds.
    error TimestampNotSeconds(uint256 timestamp);

    /// @notice Ends writing here. Cannot be undone, cannot change or hide anything written, cannot move records.
    function retire(address successor) external;

    /// @notice The contract that continues this one, or zero.
    function successor() external view returns (address);

    /// @notice The contract that this one continues, or zero.
    function predecessor() external view returns (address);
}
