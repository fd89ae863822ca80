// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {DepartmentRegistry} from "../../../contracts/identity/DepartmentRegistry.sol";
import {IDepartmentRegistry} from "../../../contracts/identity/IDepartmentRegistry.sol";
import {IRetirable} from "../../../contracts/ledger/IRetirable.sol";
import {Uscc} from "../../../contracts/types/Uscc.sol";
import {LedgerFixture} from "./support/LedgerFixture.sol";
import {vm} from "./support/Vm.sol";

/// @dev Admission, status, succession, endpoint, enumeration.
contract DepartmentRegistryTest is LedgerFixture {
    IDepartmentRegistry.Status private constant NONE = IDepartmentRegistry.Status.None;
    IDepartmentRegistry.Status private constant ACTIVE = IDepartmentRegistry.Status.Active;
    IDepartmentRegistry.Status private constant SUSPENDED = IDepartmentRegistry.Status.Suspended;
    IDepartmentRegistry.Status private constant DISSOLVED = IDepartmentRegistry.Status.Dissolved;

    function test_constructor_GivenAChainInMilliseconds() public {
        vm.warp(1e11 + 1);
        vm.expectRevert(abi.encodeWithSelector(IRetirable.TimestampNotSeconds.selector, 1e11 + 1));
        new DepartmentRegistry(address(manager), address(0));
    }

    // ------------------------------------------------------------------- admit

    function test_admit_WhenTheSenderIsNotTheAuthority() public {
        IDepartmentRegistry.Admission memory given = stranger();
        vm.expectRevert(unauthorized(AUTHORITY_ACCOUNT));
        vm.prank(AUTHORITY_ACCOUNT);
        registry.admit(given);
    }

    function test_admit_WhenTheCodeIsInvalid() public {
        IDepartmentRegistry.Admission memory given = stranger();
        given.id = Uscc.wrap("119901009901000504");
        vm.expectRevert(abi.encodeWithSelector(IDepartmentRegistry.UsccInvalid.selector, given.id));
        registry.admit(given);
    }

    function test_admit_WhenTheDepartmentExists() public {
        IDepartmentRegistry.Admission memory given = stranger();
        given.id = PROVIDER;
        vm.expectRevert(abi.encodeWithSelector(IDepartmentRegistry.DepartmentExists.selector, PROVIDER));
        registry.admit(given);
    }

    function test_admit_WhenTheDepartmentIsDissolved() public {
        registry.setStatus(PROVIDER, DISSOLVED, 1);
        IDepartmentRegistry.Admission memory given = stranger();
        given.id = PROVIDER;
        vm.expectRevert(abi.encodeWithSelector(IDepartmentRegistry.DepartmentExists.selector, PROVIDER));
        registry.admit(given);
    }

    function test_admit_WhenAPartIsMissing() public {
        IDepartmentRegistry.Admission memory given = stranger();
        given.role = IDepartmentRegistry.Role.None;
        expectIncomplete(given);
        given = stranger();
        given.level = IDepartmentRegistry.Level.None;
        expectIncomplete(given);
        given = stranger();
        given.region = 99_999;
        expectIncomplete(given);
        given.region = 1_000_000;
        expectIncomplete(given);
        given = stranger();
        given.name = "";
        expectIncomplete(given);
    }

    function test_admit_WhenTheParentIsUnknown() public {
        IDepartmentRegistry.Admission memory given = stranger();
        given.parent = given.id;
        vm.expectRevert(abi.encodeWithSelector(IDepartmentRegistry.DepartmentUnknown.selector, given.id));
        registry.admit(given);
    }

    function test_admit_WhenTheAccountIsMissingOrInUse() public {
        IDepartmentRegistry.Admission memory given = stranger();
        given.account = address(0);
        vm.expectRevert(abi.encodeWithSelector(IDepartmentRegistry.KeyMaterialInvalid.selector, bytes32(0)));
        registry.admit(given);
        given.account = PROVIDER_ACCOUNT;
        vm.expectRevert(abi.encodeWithSelector(IDepartmentRegistry.AccountInUse.selector, PROVIDER_ACCOUNT, PROVIDER));
        registry.admit(given);
    }

    function test_admit_WhenTheExchangeKeyIsMissing() public {
        IDepartmentRegistry.Admission memory given = stranger();
        given.exchangeKey = 0;
        vm.expectRevert(abi.encodeWithSelector(IDepartmentRegistry.KeyMaterialInvalid.selector, bytes32(0)));
        registry.admit(given);
    }

    function test_admit_StoresTheDepartmentAndItsKeys() public {
        IDepartmentRegistry.Admission memory given = stranger();
        given.parent = AUTHORITY;
        given.level = IDepartmentRegistry.Level.County;
        vm.expectEmit(address(registry));
        emit IDepartmentRegistry.DepartmentAdmitted(
            STRANGER,
            given.role,
            given.level,
            REGION,
            given.name,
            given.endpoint
        );
        registry.admit(given);

        IDepartmentRegistry.Department memory known = registry.department(STRANGER);
        same("id", known.id, STRANGER);
        same("role", uint8(known.role), uint8(given.role));
        same("level", uint8(known.level), uint8(given.level));
        same("region", known.region, REGION);
        same("parent", known.parent, AUTHORITY);
        same("successor", known.successor, Uscc.wrap(0));
        same("status", uint8(known.status), uint8(ACTIVE));
        same("admitted", known.admittedAt, START);
        same("name", known.name, given.name);
        same("endpoint", known.endpoint, given.endpoint);
        same("key count", registry.keyCount(STRANGER), 2);
        IDepartmentRegistry.Key memory account = registry.key(STRANGER, 0);
        same("account", account.material, bytes32(uint256(uint160(given.account))));
        same("account algorithm", uint8(account.algorithm), uint8(IDepartmentRegistry.KeyAlgorithm.Secp256k1));
        same("account from", account.validFrom, START);
        same("account until", account.validUntil, NO_END);
        IDepartmentRegistry.Key memory exchange = registry.key(STRANGER, 1);
        same("exchange key", exchange.material, given.exchangeKey);
        same("exchange algorithm", uint8(exchange.algorithm), uint8(IDepartmentRegistry.KeyAlgorithm.Ed25519));
        same("department of", registry.departmentOf(given.account), STRANGER);
    }

    function test_admit_GivenRetired() public {
        registry.retire(address(0xbeef));
        vm.expectRevert(abi.encodeWithSelector(IRetirable.ContractRetired.selector, address(0xbeef)));
        registry.admit(stranger());
    }

    // --------------------------------------------------------------- setStatus

    function test_setStatus_WhenTheSenderIsNotTheAuthority() public {
        vm.expectRevert(unauthorized(PROVIDER_ACCOUNT));
        vm.prank(PROVIDER_ACCOUNT);
        registry.setStatus(PROVIDER, SUSPENDED, 1);
    }

    function test_setStatus_WhenTheDepartmentIsUnknown() public {
        vm.expectRevert(abi.encodeWithSelector(IDepartmentRegistry.DepartmentUnknown.selector, STRANGER));
        registry.setStatus(STRANGER, SUSPENDED, 1);
    }

    /// @dev Every one of the 3 × 4 pairs of statuses.
    function test_setStatus_AllTransitions() public {
        expectForbidden(ACTIVE, NONE);
        expectForbidden(ACTIVE, ACTIVE);
        registry.setStatus(PROVIDER, SUSPENDED, 1);
        expectForbidden(SUSPENDED, NONE);
        expectForbidden(SUSPENDED, SUSPENDED);
        registry.setStatus(PROVIDER, ACTIVE, 2);
        registry.setStatus(PROVIDER, SUSPENDED, 3);
        registry.setStatus(PROVIDER, DISSOLVED, 4);
        for (uint8 to = 0; to < 4; ++to) expectForbidden(DISSOLVED, IDepartmentRegistry.Status(to));

        registry.setStatus(CONSUMER, DISSOLVED, 5);
        same("dissolved", uint8(registry.department(CONSUMER).status), uint8(DISSOLVED));
    }

    function test_setStatus_WhenNotActive_TheAccountsCannotAct() public {
        vm.expectEmit(address(registry));
        emit IDepartmentRegistry.StatusChanged(PROVIDER, SUSPENDED, 7, START);
        registry.setStatus(PROVIDER, SUSPENDED, 7);
        same("suspended", registry.departmentOf(PROVIDER_ACCOUNT), Uscc.wrap(0));
        registry.setStatus(PROVIDER, ACTIVE, 8);
        same("active", registry.departmentOf(PROVIDER_ACCOUNT), PROVIDER);
        registry.setStatus(PROVIDER, DISSOLVED, 9);
        same("dissolved", registry.departmentOf(PROVIDER_ACCOUNT), Uscc.wrap(0));
    }

    function test_statusAt_TwoChangesInOneBlock() public {
        vm.warp(START + 100);
        registry.setStatus(PROVIDER, SUSPENDED, 1);
        registry.setStatus(PROVIDER, ACTIVE, 2);
        vm.warp(START + 200);
        registry.setStatus(PROVIDER, DISSOLVED, 3);

        expectStatusAt(START - 1, NONE);
        expectStatusAt(START, ACTIVE);
        expectStatusAt(START + 99, ACTIVE);
        expectStatusAt(START + 100, ACTIVE);
        expectStatusAt(START + 199, ACTIVE);
        expectStatusAt(START + 200, DISSOLVED);
        same("unknown", uint8(registry.statusAt(STRANGER, NO_END)), uint8(NONE));
    }

    // ------------------------------------------------------------ setSuccessor

    function test_setSuccessor_WhenTheSenderIsNotTheAuthority() public {
        vm.expectRevert(unauthorized(NOBODY));
        vm.prank(NOBODY);
        registry.setSuccessor(PROVIDER, OTHER);
    }

    function test_setSuccessor_GivenADepartmentThatIsNotDissolved() public {
        vm.expectRevert(invalidTransition(PROVIDER, ACTIVE, DISSOLVED));
        registry.setSuccessor(PROVIDER, OTHER);
    }

    function test_setSuccessor_WhenTheSuccessorIsUnknownOrNotActive() public {
        registry.setStatus(PROVIDER, DISSOLVED, 1);
        vm.expectRevert(abi.encodeWithSelector(IDepartmentRegistry.DepartmentUnknown.selector, STRANGER));
        registry.setSuccessor(PROVIDER, STRANGER);
        vm.expectRevert(notActive(PROVIDER, DISSOLVED));
        registry.setSuccessor(PROVIDER, PROVIDER);
        registry.setStatus(OTHER, SUSPENDED, 1);
        vm.expectRevert(notActive(OTHER, SUSPENDED));
        registry.setSuccessor(PROVIDER, OTHER);
    }

    function test_setSuccessor_NamesIt() public {
        registry.setStatus(PROVIDER, DISSOLVED, 1);
        vm.expectEmit(address(registry));
        emit IDepartmentRegistry.DepartmentSucceeded(PROVIDER, OTHER);
        registry.setSuccessor(PROVIDER, OTHER);
        same("successor", registry.department(PROVIDER).successor, OTHER);
    }

    // ------------------------------------------------------------- setEndpoint

    function test_setEndpoint_WhenTheSenderIsUnknownOrSuspended() public {
        vm.expectRevert(abi.encodeWithSelector(IDepartmentRegistry.SenderNotDepartment.selector, NOBODY, Uscc.wrap(0)));
        vm.prank(NOBODY);
        registry.setEndpoint("https://elsewhere.example");
        registry.setStatus(PROVIDER, SUSPENDED, 1);
        vm.expectRevert(notActive(PROVIDER, SUSPENDED));
        vm.prank(PROVIDER_ACCOUNT);
        registry.setEndpoint("https://elsewhere.example");
    }

    function test_setEndpoint_ChangesTheSendersOwn() public {
        vm.expectEmit(address(registry));
        emit IDepartmentRegistry.EndpointChanged(PROVIDER, "https://elsewhere.example");
        vm.prank(PROVIDER_ACCOUNT);
        registry.setEndpoint("https://elsewhere.example");
        same("endpoint", registry.department(PROVIDER).endpoint, "https://elsewhere.example");
        same("others", registry.department(CONSUMER).endpoint, "https://node.example");
    }

    // ------------------------------------------------------------- enumeration

    function test_departmentByIndex() public {
        same("count", registry.departmentCount(), 4);
        same("first", registry.departmentByIndex(0), AUTHORITY);
        same("last", registry.departmentByIndex(3), OTHER);
        vm.expectRevert(abi.encodeWithSelector(IDepartmentRegistry.IndexUnknown.selector, 4, 4));
        registry.departmentByIndex(4);
    }

    function test_department_WhenUnknown() public {
        vm.expectRevert(abi.encodeWithSelector(IDepartmentRegistry.DepartmentUnknown.selector, STRANGER));
        registry.department(STRANGER);
    }

    // ------------------------------------------------------------------ retire

    function test_retire_WhenTheSenderIsNotTheAuthority() public {
        vm.expectRevert(unauthorized(NOBODY));
        vm.prank(NOBODY);
        registry.retire(address(0xbeef));
    }

    function test_retire_WhenTheSuccessorIsInvalid() public {
        vm.expectRevert(abi.encodeWithSelector(IRetirable.SuccessorInvalid.selector, address(0)));
        registry.retire(address(0));
        vm.expectRevert(abi.encodeWithSelector(IRetirable.SuccessorInvalid.selector, address(registry)));
        registry.retire(address(registry));
    }

    function test_retire_IsOneWayAndEndsEveryWrite() public {
        vm.expectEmit(address(registry));
        emit IRetirable.Retired(address(0xbeef), START);
        registry.retire(address(0xbeef));
        same("successor", registry.successor(), address(0xbeef));

        expectRetired();
        registry.retire(address(0xcafe));
        expectRetired();
        registry.setStatus(PROVIDER, SUSPENDED, 1);
        expectRetired();
        registry.setSuccessor(PROVIDER, OTHER);
        expectRetired();
        registry.setListEntry(PROVIDER, 0, IDepartmentRegistry.ListKind.Deny, 1, NO_END);
        expectRetired();
        registry.proposeRecovery(PROVIDER, NOBODY);
        expectRetired();
        registry.executeRecovery(PROVIDER);
        vm.startPrank(PROVIDER_ACCOUNT);
        expectRetired();
        registry.vetoRecovery(PROVIDER);
        expectRetired();
        registry.addKey(IDepartmentRegistry.KeyAlgorithm.Ed25519, keccak256("k"), 0, NO_END);
        expectRetired();
        registry.endKey(1, 0);
        expectRetired();
        registry.distrustKey(1, START);
        expectRetired();
        registry.setEndpoint("https://elsewhere.example");
        vm.stopPrank();
        same("reads for ever", registry.departmentOf(PROVIDER_ACCOUNT), PROVIDER);
    }

    // ---------------------------------------------------------------- standing

    function test_standing_AnswersForAnyStatusAndCountsRestrictions() public {
        (Uscc id, uint64 before) = registry.standing(PROVIDER_ACCOUNT);
        same("active", id, PROVIDER);
        registry.setStatus(PROVIDER, SUSPENDED, 1);
        uint64 suspended;
        (id, suspended) = registry.standing(PROVIDER_ACCOUNT);
        same("suspended", id, PROVIDER);
        same("counted", suspended, before + 1);

        registry.setStatus(PROVIDER, ACTIVE, 1);
        registry.setListEntry(PROVIDER, 0, IDepartmentRegistry.ListKind.Allow, 1, NO_END);
        expectRestrictions(before + 1);
        registry.setListEntry(PROVIDER, 0, IDepartmentRegistry.ListKind.Deny, 1, NO_END);
        expectRestrictions(before + 2);
        vm.prank(NOBODY);
        registry.noteRestriction();
        expectRestrictions(before + 3);
        (id, ) = registry.standing(NOBODY);
        same("nobody", id, Uscc.wrap(0));
    }

    function test_departmentOf_ReadsTwoSlots() public {
        vm.record();
        registry.departmentOf(PROVIDER_ACCOUNT);
        (bytes32[] memory reads, bytes32[] memory writes) = vm.accesses(address(registry));
        uint256 distinct = 0;
        for (uint256 i = 0; i < reads.length; ++i) {
            bool seen = false;
            for (uint256 j = 0; j < i; ++j) seen = seen || reads[j] == reads[i];
            if (!seen) ++distinct;
        }
        same("slots", distinct, 2);
        same("writes", writes.length, 0);
    }

    // ----------------------------------------------------------------- support

    function stranger() private pure returns (IDepartmentRegistry.Admission memory) {
        return admission(STRANGER, IDepartmentRegistry.Role.Department, NOBODY);
    }

    function expectIncomplete(IDepartmentRegistry.Admission memory given) private {
        vm.expectRevert(abi.encodeWithSelector(IDepartmentRegistry.AdmissionIncomplete.selector, given.id));
        registry.admit(given);
    }

    function expectForbidden(IDepartmentRegistry.Status from, IDepartmentRegistry.Status to) private {
        vm.expectRevert(invalidTransition(PROVIDER, from, to));
        registry.setStatus(PROVIDER, to, 1);
    }

    function expectStatusAt(uint64 time, IDepartmentRegistry.Status expected) private view {
        same("status", uint8(registry.statusAt(PROVIDER, time)), uint8(expected));
    }

    function expectRestrictions(uint64 expected) private view {
        (, uint64 restrictions) = registry.standing(NOBODY);
        same("restrictions", restrictions, expected);
    }

    function expectRetired() private {
        vm.expectRevert(abi.encodeWithSelector(IRetirable.ContractRetired.selector, address(0xbeef)));
    }

    function unauthorized(address sender) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, sender);
    }

    function notActive(Uscc id, IDepartmentRegistry.Status status) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IDepartmentRegistry.DepartmentNotActive.selector, id, status);
    }

    function invalidTransition(
        Uscc id,
        IDepartmentRegistry.Status from,
        IDepartmentRegistry.Status to
    ) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IDepartmentRegistry.StatusTransitionInvalid.selector, id, from, to);
    }
}
