// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {Directory} from "../../../contracts/ledger/Directory.sol";
import {IDirectory} from "../../../contracts/ledger/IDirectory.sol";
import {IRetirable} from "../../../contracts/ledger/IRetirable.sol";
import {Asserts} from "./support/Asserts.sol";
import {vm} from "./support/Vm.sol";

contract DirectoryTest is Asserts {
    uint64 private constant START = 1_000_000;
    uint64 private constant DELAY = 7 days;
    bytes32 private constant NAME = "AnchorLog";

    AccessManager private manager;
    Directory private directory;
    address private first;
    address private second;

    function setUp() public {
        vm.warp(START);
        manager = new AccessManager(address(this));
        directory = new Directory(address(manager), DELAY);
        first = address(manager);
        second = address(directory);
    }

    function test_constructor_GivenAChainInMilliseconds() public {
        vm.warp(1e11 + 1);
        vm.expectRevert(abi.encodeWithSelector(IRetirable.TimestampNotSeconds.selector, 1e11 + 1));
        new Directory(address(manager), DELAY);

        vm.warp(1e11);
        same("delay", new Directory(address(manager), DELAY).delay(), DELAY);
    }

    function test_append_WhenTheSenderIsNotTheAuthority() public {
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, first));
        vm.prank(first);
        directory.append(NAME, first, 0);
    }

    function test_append_WhenTheAddressHasNoCode() public {
        vm.expectRevert(abi.encodeWithSelector(IDirectory.ImplementationInvalid.selector, address(0)));
        directory.append(NAME, address(0), 0);

        vm.expectRevert(abi.encodeWithSelector(IDirectory.ImplementationInvalid.selector, address(0xbeef)));
        directory.append(NAME, address(0xbeef), 0);
    }

    function test_append_TheFirstEntry_MayTakeEffectAtOnce() public {
        vm.expectEmit(address(directory));
        emit IDirectory.EntryAppended(NAME, 1, first, START);
        directory.append(NAME, first, 0);

        IDirectory.Entry memory entry = directory.entryAt(NAME, START);
        same("version", entry.version, 1);
        same("implementation", entry.implementation, first);
        same("effective", entry.effectiveFrom, START);
    }

    function test_append_TheFirstEntry_InThePast() public {
        vm.expectRevert(abi.encodeWithSelector(IDirectory.EffectiveTooEarly.selector, START - 1, START));
        directory.append(NAME, first, START - 1);
    }

    function test_append_ALaterEntry_BeforeTheDelay() public {
        directory.append(NAME, first, 0);

        uint64 earliest = START + DELAY;
        vm.expectRevert(abi.encodeWithSelector(IDirectory.EffectiveTooEarly.selector, earliest - 1, earliest));
        directory.append(NAME, second, earliest - 1);
    }

    function test_append_ALaterEntry_AfterTheDelay() public {
        directory.append(NAME, first, 0);
        directory.append(NAME, second, START + DELAY);

        same("before", directory.entryAt(NAME, START + DELAY - 1).implementation, first);
        same("from then on", directory.entryAt(NAME, START + DELAY).implementation, second);
        same("version", directory.entryAt(NAME, type(uint64).max).version, 2);
    }

    function test_append_ALaterEntry_WithoutATime_TakesTheEarliest() public {
        directory.append(NAME, first, 0);
        vm.warp(START + 5);
        directory.append(NAME, second, 0);

        same("effective", directory.entry(NAME, 1).effectiveFrom, START + 5 + DELAY);
    }

    function test_append_BeforeAnEntryThatIsPending() public {
        directory.append(NAME, first, 0);
        uint64 pending = START + 2 * DELAY;
        directory.append(NAME, second, pending);

        vm.expectRevert(abi.encodeWithSelector(IDirectory.EffectiveTooEarly.selector, pending - 1, pending));
        directory.append(NAME, first, pending - 1);
    }

    function test_append_TwiceInOneBlock_GivenNoDelay() public {
        Directory evaluation = new Directory(address(manager), 0);
        evaluation.append(NAME, first, 0);
        evaluation.append(NAME, second, 0);

        same("after the block", evaluation.entryAt(NAME, START).implementation, second);
        same("kept", evaluation.entry(NAME, 0).implementation, first);
        same("count", evaluation.entryCount(NAME), 2);
    }

    function test_entryAt_BeforeTheFirstEntry() public {
        directory.append(NAME, first, START + 10);

        vm.expectRevert(abi.encodeWithSelector(IDirectory.EntryUnknown.selector, NAME, START + 9));
        directory.entryAt(NAME, START + 9);
    }

    function test_entryAt_WhenTheNameIsUnknown() public {
        directory.append(NAME, first, 0);

        vm.expectRevert(abi.encodeWithSelector(IDirectory.EntryUnknown.selector, bytes32("Other"), START));
        directory.entryAt("Other", START);
    }

    function test_entry_WhenTheIndexIsTheCount() public {
        directory.append(NAME, first, 0);

        vm.expectRevert(abi.encodeWithSelector(IDirectory.EntryIndexUnknown.selector, NAME, 1));
        directory.entry(NAME, 1);
    }
}
