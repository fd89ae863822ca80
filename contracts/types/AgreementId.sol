// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ResourceId} from "./ResourceId.sol";
import {Uscc} from "./Uscc.sol";

/// @notice A sharing agreement (共享授权): one consumer, one resource, one application document.
type AgreementId is bytes32;

using {agreementEquals as ==} for AgreementId global;

function agreementEquals(AgreementId a, AgreementId b) pure returns (bool) {
    return AgreementId.unwrap(a) == AgreementId.unwrap(b);
}

/// @notice The only constructor of an `AgreementId`. `document` is the record id of the application, so a second application needs a second document.
function toAgreementId(Uscc consumer, ResourceId resource, bytes32 document) pure returns (AgreementId) {
    return AgreementId.wrap(keccak256(abi.encode("suyuan/agreement/1", consumer, resource, document)));
}
