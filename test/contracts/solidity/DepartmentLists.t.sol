// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IDepartmentRegistry} from "../../../contracts/identity/IDepartmentRegistry.sol";
import {LedgerFixture} from "./support/LedgerFixture.sol";
import {vm} from "./support/Vm.sol";

contract DepartmentListsTest is LedgerFixture {
    IDepartmentRegistry.ListKind private constant NONE = IDepartmentRegistry.ListKind.None;
    IDepartmentRegistry.ListKind private constant ALLOW = IDepartmentRegistry.ListKind.Allow;
    IDepartmentRegistry.ListKind private constant DENY = IDepartmentRegistry.ListKind.Deny;
    bytes32 private constant EVERYTHING = 0;
    bytes32 private constant RESOURCE = keccak256("resource");
    bytes32 private constant OTHER_RESOURCE = keccak256("other resource");

    function test_setListEntry_WhenTheSenderIsNotTheAuthority() public {
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, AUTHORITY_ACCOUNT));
        vm.prank(AUTHORITY_ACCOUNT);
        registry.setListEntry(CONSUMER, EVERYTHING, DENY, 1, NO_END);
    }

    function test_setListEntry_WhenTheSubjectIsUnknown() public {
        vm.expectRevert(abi.encodeWithSelector(IDepartmentRegistry.DepartmentUnknown.selector, STRANGER));
        registry.setListEntry(STRANGER, EVERYTHING, DENY, 1, NO_END);
    }

    function test_setListEntry_WhenItHasNoReasonOrHasEnded() public {
        expectInvalid();
        registry.setListEntry(CONSUMER, RESOURCE, DENY, 0, NO_END);
        expectInvalid();
        registry.setListEntry(CONSUMER, RESOURCE, ALLOW, 1, START);
        expectInvalid();
        registry.setListEntry(CONSUMER, RESOURCE, ALLOW, 1, 0);
    }

    function test_listEntryAt_InForceFromItsBlockUntilItsEnd() public {
        vm.expectEmit(address(registry));
        emit IDepartmentRegistry.ListEntrySet(CONSUMER, RESOURCE, DENY, 7, START + 100);
        registry.setListEntry(CONSUMER, RESOURCE, DENY, 7, START + 100);

        expectEntry(START - 1, NONE);
        expectEntry(START, DENY);
        expectEntry(START + 99, DENY);
        expectEntry(START + 100, NONE);
        IDepartmentRegistry.ListEntry memory entry = registry.listEntryAt(CONSUMER, RESOURCE, START);
        same("reason", entry.reason, 7);
        same("from", entry.from, START);
        same("until", entry.until, START + 100);
    }

    function test_isDeniedAt_DenyForEverythingWins() public {
        registry.setListEntry(CONSUMER, RESOURCE, ALLOW, 1, NO_END);
        registry.setListEntry(CONSUMER, EVERYTHING, DENY, 1, START + 100);

        expectDenied(RESOURCE, START + 99, true);
        expectDenied(OTHER_RESOURCE, START + 99, true);
        expectDenied(EVERYTHING, START + 99, true);
        expectDenied(RESOURCE, START + 100, false);
    }

    function test_isDeniedAt_DenyForOneScope() public {
        registry.setListEntry(CONSUMER, EVERYTHING, ALLOW, 1, NO_END);
        registry.setListEntry(CONSUMER, RESOURCE, DENY, 1, NO_END);

        expectDenied(RESOURCE, START, true);
        expectDenied(OTHER_RESOURCE, START, false);
        expectDenied(EVERYTHING, START, false);
        same("another department", registry.isDeniedAt(OTHER, RESOURCE, START), false);
    }

    function test_setListEntry_TakingOff_KeepsThePast() public {
        registry.setListEntry(CONSUMER, RESOURCE, DENY, 1, NO_END);
        vm.warp(START + 50);
        registry.setListEntry(CONSUMER, RESOURCE, NONE, 2, 0);

        expectDenied(RESOURCE, START + 49, true);
        expectDenied(RESOURCE, START + 50, false);
        expectEntry(START + 50, NONE);
    }

    function test_setListEntry_TwiceInOneBlock_TheNewestStands() public {
        registry.setListEntry(CONSUMER, RESOURCE, DENY, 1, NO_END);
        registry.setListEntry(CONSUMER, RESOURCE, ALLOW, 2, NO_END);

        expectEntry(START, ALLOW);
        expectDenied(RESOURCE, START, false);
        expectDenied(RESOURCE, START - 1, false);
    }

    function expectInvalid() private {
        vm.expectRevert(abi.encodeWithSelector(IDepartmentRegistry.ListEntryInvalid.selector, CONSUMER, RESOURCE));
    }

    function expectEntry(uint64 time, IDepartmentRegistry.ListKind expected) private view {
        same("kind", uint8(registry.listEntryAt(CONSUMER, RESOURCE, time).kind), uint8(expected));
    }

    function expectDenied(bytes32 scope, uint64 time, bool denied) private view {
        same("denied", registry.isDeniedAt(CONSUMER, scope, time), denied);
    }
}
