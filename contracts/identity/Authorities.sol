// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Uscc} from "../types/Uscc.sol";
import {IDepartmentRegistry} from "./IDepartmentRegistry.sol";

/// @title Authorities: which data authority (数据主管部门) answers for a department
library Authorities {
    /// @notice True when `reviewer` has the role of an authority at the level and in the region of `provider`, and is another department.
    /// Says nothing of its status: take `reviewer` from `departmentOf`, which answers for active departments only.
    function isAuthorityOver(IDepartmentRegistry registry, Uscc reviewer, Uscc provider) internal view returns (bool) {
        if (reviewer.isZero() || reviewer == provider) return false;
        IDepartmentRegistry.Department memory judge = registry.department(reviewer);
        if (judge.role != IDepartmentRegistry.Role.Authority) return false;
        IDepartmentRegistry.Department memory judged = registry.department(provider);
        return judge.level == judged.level && judge.region == judged.region;
    }
}
