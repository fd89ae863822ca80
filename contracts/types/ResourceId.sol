// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Uscc} from "./Uscc.sol";

/// @notice A resource of the catalogue (资源).
type ResourceId is bytes32;

using {resourceEquals as ==} for ResourceId global;

function resourceEquals(ResourceId a, ResourceId b) pure returns (bool) {
    return ResourceId.unwrap(a) == ResourceId.unwrap(b);
}

/// @notice The only constructor of a `ResourceId`: the provider and its own code for the resource.
function toResourceId(Uscc provider, string memory code) pure returns (ResourceId) {
    return ResourceId.wrap(keccak256(abi.encode("suyuan/resource/1", provider, code)));
}
