// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DepartmentRegistry} from "../../../contracts/identity/DepartmentRegistry.sol";
import {IDepartmentRegistry} from "../../../contracts/identity/IDepartmentRegistry.sol";
import {IRetirable} from "../../../contracts/ledger/IRetirable.sol";
import {Uscc} from "../../../contracts/types/Uscc.sol";
import {LedgerFixture} from "./support/LedgerFixture.sol";
import {vm} from "./support/Vm.sol";

/// @dev A registry that continues a retired one: reads go through, the first write adopts.
contract RegistrySuccessionTest is LedgerFixture {
    IDepartmentRegistry.KeyAlgorithm private constant ACCOUNT = IDepartmentRegistry.KeyAlgorithm.Secp256k1;
    address private constant SECOND = address(0xb2);
    uint64 private constant HANDOVER = START + 1000;

    DepartmentRegistry private next;

    function setUp() public override {
        super.setUp();
        vm.prank(PROVIDER_ACCOUNT);
        registry.addKey(ACCOUNT, toMaterial(SECOND), 0, START + 2000);
        registry.setListEntry(CONSUMER, 0, IDepartmentRegistry.ListKind.Deny, 3, NO_END);
        registry.setStatus(OTHER, IDepartmentRegistry.Status.Dissolved, 1);
        registry.setSuccessor(OTHER, CONSUMER);
        next = new DepartmentRegistry(address(manager), address(registry));
        vm.warp(HANDOVER);
    }

    function test_BeforeThePredecessorIsRetired() public {
        same("reads nothing", next.departmentOf(PROVIDER_ACCOUNT), Uscc.wrap(0));
        same("count", next.departmentCount(), 0);
        vm.expectRevert(abi.encodeWithSelector(IDepartmentRegistry.DepartmentUnknown.selector, PROVIDER));
        next.department(PROVIDER);
        vm.expectRevert(notRetired());
        next.admit(admission(STRANGER, IDepartmentRegistry.Role.Department, NOBODY));
        vm.expectRevert(notRetired());
        next.setStatus(PROVIDER, IDepartmentRegistry.Status.Suspended, 1);
    }

    function test_ReadsThrough() public {
        handOver();
        same("account", next.departmentOf(PROVIDER_ACCOUNT), PROVIDER);
        same("name", next.department(PROVIDER).name, "department");
        same("successor", next.department(OTHER).successor, CONSUMER);
        same("status", uint8(next.statusAt(PROVIDER, START)), uint8(IDepartmentRegistry.Status.Active));
        same("unknown", uint8(next.statusAt(STRANGER, START)), uint8(IDepartmentRegistry.Status.None));
        same("count", next.departmentCount(), 4);
        same("by index", next.departmentByIndex(1), PROVIDER);
        same("keys", next.keyCount(PROVIDER), 3);
        same("key", next.key(PROVIDER, 2).material, toMaterial(SECOND));
        same("trusted", next.isKeyTrustedAt(PROVIDER, 2, START + 1999), true);
        same("not trusted", next.isKeyTrustedAt(PROVIDER, 2, START + 2000), false);
        same("no such key", next.isKeyTrustedAt(PROVIDER, 3, START), false);
        same("no such department", next.isKeyTrustedAt(STRANGER, 0, START), false);
        (Uscc id, uint32 index) = next.keyOfAccount(SECOND);
        same("key of account", id, PROVIDER);
        same("index", index, 2);
        same("denied", next.isDeniedAt(CONSUMER, keccak256("r"), START), true);
        (id, ) = next.standing(SECOND);
        same("standing", id, PROVIDER);
        vm.expectRevert(abi.encodeWithSelector(IDepartmentRegistry.DepartmentUnknown.selector, STRANGER));
        next.department(STRANGER);
    }

    function test_Admit_ContinuesTheEnumerationAndRefusesWhatThePredecessorHas() public {
        handOver();
        next.admit(admission(STRANGER, IDepartmentRegistry.Role.Department, NOBODY));
        same("count", next.departmentCount(), 5);
        same("by index", next.departmentByIndex(4), STRANGER);
        vm.expectRevert(abi.encodeWithSelector(IDepartmentRegistry.IndexUnknown.selector, 5, 5));
        next.departmentByIndex(5);
        vm.expectRevert(abi.encodeWithSelector(IDepartmentRegistry.DepartmentExists.selector, PROVIDER));
        next.admit(admission(PROVIDER, IDepartmentRegistry.Role.Department, address(0xf1)));
        Uscc another = Uscc.wrap("119901009901000690");
        vm.expectRevert(abi.encodeWithSelector(IDepartmentRegistry.AccountInUse.selector, SECOND, PROVIDER));
        next.admit(admission(another, IDepartmentRegistry.Role.Department, SECOND));
    }

    function test_SetStatus_AdoptsWithKeysAndKeepsThePast() public {
        handOver();
        next.setStatus(PROVIDER, IDepartmentRegistry.Status.Suspended, 1);

        same("acts no more", next.departmentOf(PROVIDER_ACCOUNT), Uscc.wrap(0));
        same("nor here", next.departmentOf(SECOND), Uscc.wrap(0));
        same("before", uint8(next.statusAt(PROVIDER, HANDOVER - 1)), uint8(IDepartmentRegistry.Status.Active));
        same("now", uint8(next.statusAt(PROVIDER, HANDOVER)), uint8(IDepartmentRegistry.Status.Suspended));
        same("admitted", next.department(PROVIDER).admittedAt, START);
        same("keys", next.keyCount(PROVIDER), 3);
        same("material", next.key(PROVIDER, 2).material, toMaterial(SECOND));
        same("until", next.key(PROVIDER, 2).validUntil, START + 2000);
        same("count is unchanged", next.departmentCount(), 4);
        same("the others", next.departmentOf(CONSUMER_ACCOUNT), CONSUMER);
    }

    function test_AddKey_BySenderOfThePredecessor_ContinuesTheNumbers() public {
        handOver();
        vm.prank(SECOND);
        uint32 index = next.addKey(ACCOUNT, toMaterial(NOBODY), 0, NO_END);

        same("index", index, 3);
        same("acts", next.departmentOf(NOBODY), PROVIDER);
        same("first still acts", next.departmentOf(PROVIDER_ACCOUNT), PROVIDER);
        vm.warp(START + 2000);
        same("second ended", next.departmentOf(SECOND), Uscc.wrap(0));
    }

    function test_DistrustKey_OfThePredecessor() public {
        handOver();
        vm.prank(PROVIDER_ACCOUNT);
        next.distrustKey(2, START + 10);
        same("before", next.isKeyTrustedAt(PROVIDER, 2, START + 9), true);
        same("since", next.isKeyTrustedAt(PROVIDER, 2, START + 10), false);
        same("acts no more", next.departmentOf(SECOND), Uscc.wrap(0));
    }

    function test_Recovery_OfThePredecessor_StaysExecuted() public {
        registry.proposeRecovery(PROVIDER, NOBODY);
        vm.warp(HANDOVER + 7 days);
        registry.executeRecovery(PROVIDER);
        handOver();
        next.setStatus(PROVIDER, IDepartmentRegistry.Status.Suspended, 1);
        next.setStatus(PROVIDER, IDepartmentRegistry.Status.Active, 1);

        same("ended before", next.departmentOf(PROVIDER_ACCOUNT), Uscc.wrap(0));
        same("recovered", next.departmentOf(NOBODY), PROVIDER);
    }

    function test_Recovery_InTheSuccessor_EndsTheAccountsOfThePredecessor() public {
        handOver();
        next.proposeRecovery(PROVIDER, NOBODY);
        vm.prank(PROVIDER_ACCOUNT);
        next.vetoRecovery(PROVIDER);
        next.proposeRecovery(PROVIDER, NOBODY);
        vm.warp(HANDOVER + 7 days);
        next.executeRecovery(PROVIDER);

        same("index", next.keyCount(PROVIDER), 4);
        same("recovered", next.departmentOf(NOBODY), PROVIDER);
        same("ended", next.departmentOf(PROVIDER_ACCOUNT), Uscc.wrap(0));
        same("until", next.key(PROVIDER, 0).validUntil, HANDOVER + 7 days);
        same("exchange key stays", next.key(PROVIDER, 1).validUntil, NO_END);
        same("ended before", next.key(PROVIDER, 2).validUntil, START + 2000);
        same("trusted then", next.isKeyTrustedAt(PROVIDER, 0, HANDOVER + 7 days - 1), true);
        same("not since", next.isKeyTrustedAt(PROVIDER, 0, HANDOVER + 7 days), false);
    }

    function test_EndKey_OfThePredecessor() public {
        handOver();
        vm.prank(PROVIDER_ACCOUNT);
        next.endKey(2, HANDOVER + 10);
        same("acts", next.departmentOf(SECOND), PROVIDER);
        vm.warp(HANDOVER + 10);
        same("acts no more", next.departmentOf(SECOND), Uscc.wrap(0));
        vm.prank(PROVIDER_ACCOUNT);
        vm.expectRevert(abi.encodeWithSelector(IDepartmentRegistry.KeyUnknown.selector, PROVIDER, 3));
        next.endKey(3, 0);
    }

    function test_SetListEntry_OverridesThePredecessorFromItsTimeOn() public {
        handOver();
        next.setListEntry(CONSUMER, 0, IDepartmentRegistry.ListKind.None, 4, 0);
        same("then", next.isDeniedAt(CONSUMER, 0, HANDOVER - 1), true);
        same("now", next.isDeniedAt(CONSUMER, 0, HANDOVER), false);
        vm.expectRevert(abi.encodeWithSelector(IDepartmentRegistry.DepartmentUnknown.selector, STRANGER));
        next.setListEntry(STRANGER, 0, IDepartmentRegistry.ListKind.Deny, 4, NO_END);
    }

    /// @dev Invariant: the number of restrictions never falls, whoever notes one and wherever.
    function test_Standing_CountsBothRegistries() public {
        handOver();
        (, uint64 before) = next.standing(NOBODY);
        same("the predecessor's", before, 2);
        registry.noteRestriction();
        next.noteRestriction();
        (, uint64 afterwards) = next.standing(NOBODY);
        same("both", afterwards, before + 2);
    }

    function test_SetStatus_ADissolvedDepartmentStaysDissolved() public {
        handOver();
        vm.expectRevert(
            abi.encodeWithSelector(
                IDepartmentRegistry.StatusTransitionInvalid.selector,
                OTHER,
                IDepartmentRegistry.Status.Dissolved,
                IDepartmentRegistry.Status.Active
            )
        );
        next.setStatus(OTHER, IDepartmentRegistry.Status.Active, 1);
    }

    function handOver() private {
        registry.retire(address(next));
    }

    function toMaterial(address account) private pure returns (bytes32) {
        return bytes32(uint256(uint160(account)));
    }

    function notRetired() private view returns (bytes memory) {
        return abi.encodeWithSelector(IRetirable.PredecessorNotRetired.selector, address(registry));
    }
}
