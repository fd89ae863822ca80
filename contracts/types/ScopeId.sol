// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AgreementId} from "./AgreementId.sol";
import {ResourceId} from "./ResourceId.sol";
import {Uscc} from "./Uscc.sol";

/// @notice A sequence of densely numbered records written by one department.
type ScopeId is bytes32;

using {scopeEquals as ==} for ScopeId global;

/// @notice What a scope stands for. `None` marks a scope that was never opened.
enum ScopeKind {
    None,
    Resource,
    Deliveries,
    Receipts,
    Journal
}

function scopeEquals(ScopeId a, ScopeId b) pure returns (bool) {
    return ScopeId.unwrap(a) == ScopeId.unwrap(b);
}

/// @notice The scope of a resource's records, written by its provider.
function resourceScope(ResourceId resource) pure returns (ScopeId) {
    return ScopeId.wrap(keccak256(abi.encode("suyuan/scope/resource/1", resource)));
}

/// @notice The stream of an agreement's deliveries, written by the provider.
function deliveriesScope(AgreementId agreement) pure returns (ScopeId) {
    return ScopeId.wrap(keccak256(abi.encode("suyuan/scope/deliveries/1", agreement)));
}

/// @notice The stream of an agreement's receipts, written by the consumer.
function receiptsScope(AgreementId agreement) pure returns (ScopeId) {
    return ScopeId.wrap(keccak256(abi.encode("suyuan/scope/receipts/1", agreement)));
}

/// @notice A department's own journal: applications, destructions, operators' actions.
function journalScope(Uscc department) pure returns (ScopeId) {
    return ScopeId.wrap(keccak256(abi.encode("suyuan/scope/journal/1", department)));
}
