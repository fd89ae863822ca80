// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice A government investment project (政府投资项目).
type ProjectId is bytes32;

using {projectEquals as ==} for ProjectId global;

function projectEquals(ProjectId a, ProjectId b) pure returns (bool) {
    return ProjectId.unwrap(a) == ProjectId.unwrap(b);
}

/// @notice The only constructor of a `ProjectId`: the code that the online approval platform gave the project (项目代码).
function toProjectId(string memory code) pure returns (ProjectId) {
    return ProjectId.wrap(keccak256(abi.encode("suyuan/project/1", code)));
}
