// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDepartmentRegistry} from "../identity/IDepartmentRegistry.sol";
import {IAnchorLog} from "../ledger/IAnchorLog.sol";
import {Retirable} from "../ledger/Retirable.sol";
import {ProjectRecords} from "./ProjectRecords.sol";
import {ProjectRules} from "./ProjectRules.sol";
import {ProjectWorks} from "./ProjectWorks.sol";

/// @title ProjectLedger
/// @notice Reads through: projects with their lots, changes and flags, duties, rules and the enumeration, from the moment when the predecessor
/// is retired to this contract. The first write about one of its projects takes that project over, with its numbers.
contract ProjectLedger is ProjectWorks {
    constructor(
        address authority_,
        address predecessor_,
        IDepartmentRegistry registry_,
        IAnchorLog anchorLog_,
        Rules memory rules_
    ) Retirable(authority_, predecessor_) ProjectRules(rules_) ProjectRecords(registry_, anchorLog_) {}
}
