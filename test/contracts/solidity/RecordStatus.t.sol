// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDepartmentRegistry} from "../../../contracts/identity/IDepartmentRegistry.sol";
import {AnchorLog} from "../../../contracts/ledger/AnchorLog.sol";
import {IRecordStatus} from "../../../contracts/ledger/IRecordStatus.sol";
import {IRetirable} from "../../../contracts/ledger/IRetirable.sol";
import {RecordStatus} from "../../../contracts/ledger/RecordStatus.sol";
import {HashName} from "../../../contracts/types/HashName.sol";
import {ResourceId} from "../../../contracts/types/ResourceId.sol";
import {ScopeId, journalScope, resourceScope} from "../../../contracts/types/ScopeId.sol";
import {Uscc} from "../../../contracts/types/Uscc.sol";
import {SharingFixture} from "./support/SharingFixture.sol";
import {vm} from "./support/Vm.sol";

/// @dev Invariants 6 to 8 of invariants.md.
contract RecordStatusTest is SharingFixture {
    IRecordStatus.State private constant ACTIVE = IRecordStatus.State.Active;
    IRecordStatus.State private constant SUSPENDED = IRecordStatus.State.Suspended;
    IRecordStatus.State private constant REVOKED = IRecordStatus.State.Revoked;
    IRecordStatus.State private constant SUPERSEDED = IRecordStatus.State.Superseded;
    uint40 private constant ANCHORED = 300;
    uint40 private constant EFFECTIVE = uint40(START - 10 days);

    function setUp() public override {
        super.setUp();
        anchorRecords(0, uint24(ANCHORED));
    }

    // -------------------------------------------------------------- One record

    function test_change_WritesStateVersionAndTime() public {
        vm.expectEmit(address(recordStatus));
        emit IRecordStatus.StatusChanged(scope, 1, 1, 1 << 3, SUSPENDED, REASON, EFFECTIVE, PROVIDER);
        change(55, SUSPENDED);

        requireState(55, SUSPENDED);
        requireState(54, ACTIVE);
        same("word", recordStatus.word(scope, 1), (1 << 240) | (uint256(START) << 208) | (1 << 12));
        same("next word", recordStatus.word(scope, 2), 0);
        same("version 0", recordStatus.wordVersion(scope, 1, 0), 0);
        same("version 1", recordStatus.wordVersion(scope, 1, 1), recordStatus.word(scope, 1));
        same("version 2", recordStatus.wordVersion(scope, 1, 2), 0);
    }

    function test_change_AgainKeepsTheEarlierVersion() public {
        change(0, SUSPENDED);
        uint256 first = recordStatus.word(scope, 0);
        vm.warp(START + 100);
        change(51, REVOKED);

        uint256 states = 1 | (uint256(2) << 204);
        same("second", recordStatus.word(scope, 0), (2 << 240) | (uint256(START + 100) << 208) | states);
        same("first", recordStatus.wordVersion(scope, 0, 1), first);
    }

    function test_change_LiftsEveryStateThatIsNotTerminal() public {
        IRecordStatus.State[3] memory open = [SUSPENDED, IRecordStatus.State.Transferred, IRecordStatus.State.Other];
        for (uint256 i = 0; i < open.length; i++) {
            change(9, open[i]);
            change(9, ACTIVE);
            requireState(9, ACTIVE);
        }
        change(9, SUSPENDED);
        change(9, IRecordStatus.State.Transferred);
        change(9, REVOKED);
        requireState(9, REVOKED);
    }

    function test_change_WhenTheStateIsTerminal() public {
        IRecordStatus.State[5] memory terminal = [
            REVOKED,
            IRecordStatus.State.Cancelled,
            IRecordStatus.State.Lapsed,
            IRecordStatus.State.Withdrawn,
            SUPERSEDED
        ];
        for (uint40 i = 0; i < terminal.length; i++) {
            change(i, terminal[i]);
            for (uint8 to = 0; to <= uint8(IRecordStatus.State.Other); to++) {
                vm.expectRevert(terminalError(i, terminal[i]));
                change(i, IRecordStatus.State(to));
            }
            requireState(i, terminal[i]);
        }
    }

    function test_change_WhenTheStateIsUnchanged() public {
        vm.expectRevert(unchangedError(5, ACTIVE));
        change(5, ACTIVE);
        change(5, SUSPENDED);
        vm.expectRevert(unchangedError(5, SUSPENDED));
        change(5, SUSPENDED);
    }

    function test_change_WhenTheNumberIsNotAnchored() public {
        change(ANCHORED - 1, SUSPENDED);
        vm.expectRevert(notAnchored(ANCHORED));
        change(ANCHORED, SUSPENDED);
        vm.expectRevert(notAnchored(ANCHORED + 7));
        change(ANCHORED + 7, SUSPENDED);
    }

    function test_change_WhenTheScopeIsNoResource() public {
        ScopeId journal = journalScope(OTHER);
        vm.startPrank(OTHER_ACCOUNT);
        anchorLog.openJournal();
        anchorLog.anchor(journal, 0, 1, ROOT, HashName.Keccak256);
        vm.expectRevert(abi.encodeWithSelector(IRecordStatus.ScopeNotResource.selector, journal));
        recordStatus.change(journal, 0, SUSPENDED, REASON, EFFECTIVE, 0);
        ScopeId unknown = resourceScope(ResourceId.wrap("x"));
        vm.expectRevert(abi.encodeWithSelector(IRecordStatus.ScopeNotResource.selector, unknown));
        recordStatus.change(unknown, 0, SUSPENDED, REASON, EFFECTIVE, 0);
        vm.stopPrank();
    }

    function test_change_WhenReasonOrTimeIsWrong() public {
        vm.startPrank(PROVIDER_ACCOUNT);
        vm.expectRevert(abi.encodeWithSelector(IRecordStatus.ReasonMissing.selector));
        recordStatus.change(scope, 0, SUSPENDED, 0, EFFECTIVE, 0);
        vm.expectRevert(abi.encodeWithSelector(IRecordStatus.EffectiveInFuture.selector, START + 1, START));
        recordStatus.change(scope, 0, SUSPENDED, REASON, uint40(START + 1), 0);
        recordStatus.change(scope, 0, SUSPENDED, REASON, uint40(START), 0);
        vm.stopPrank();
    }

    function test_change_WhenNoTimeIsGiven_ItIsTheBlocks() public {
        vm.startPrank(PROVIDER_ACCOUNT);
        vm.expectEmit(address(recordStatus));
        emit IRecordStatus.StatusChanged(scope, 0, 1, 1, SUSPENDED, REASON, uint40(START), PROVIDER);
        recordStatus.change(scope, 0, SUSPENDED, REASON, 0, 0);
        vm.expectEmit(address(recordStatus));
        emit IRecordStatus.StatusChanged(scope, 1, 1, 3, SUSPENDED, REASON, uint40(START), PROVIDER);
        recordStatus.changeRange(scope, 52, 2, SUSPENDED, REASON, 0);
        vm.stopPrank();
    }

    function test_change_WhenTheSenderIsNotEntitled() public {
        address[3] memory senders = [OTHER_ACCOUNT, AUTHORITY_ACCOUNT, NOBODY];
        for (uint256 i = 0; i < senders.length; i++) {
            vm.expectRevert(notEntitled(senders[i]));
            vm.prank(senders[i]);
            recordStatus.change(scope, 0, SUSPENDED, REASON, EFFECTIVE, 0);
        }
        registry.setStatus(PROVIDER, IDepartmentRegistry.Status.Suspended, REASON);
        vm.expectRevert(notEntitled(PROVIDER_ACCOUNT));
        change(0, SUSPENDED);
    }

    function test_change_GivenTheHolderIsDissolved_BySuccessorOnly() public {
        registry.setStatus(PROVIDER, IDepartmentRegistry.Status.Dissolved, REASON);
        vm.expectRevert(notEntitled(OTHER_ACCOUNT));
        vm.prank(OTHER_ACCOUNT);
        recordStatus.change(scope, 0, SUSPENDED, REASON, EFFECTIVE, 0);
        registry.setSuccessor(PROVIDER, OTHER);
        vm.expectEmit(address(recordStatus));
        emit IRecordStatus.StatusChanged(scope, 0, 1, 1, SUSPENDED, REASON, EFFECTIVE, OTHER);
        vm.prank(OTHER_ACCOUNT);
        recordStatus.change(scope, 0, SUSPENDED, REASON, EFFECTIVE, 0);
        vm.expectRevert(notEntitled(CONSUMER_ACCOUNT));
        vm.prank(CONSUMER_ACCOUNT);
        recordStatus.change(scope, 1, SUSPENDED, REASON, EFFECTIVE, 0);
    }

    // ------------------------------------------------------------------- Range

    function test_changeRange_OverWords() public {
        vm.expectEmit(address(recordStatus));
        emit IRecordStatus.StatusChanged(scope, 0, 1, 3 << 50, SUSPENDED, REASON, EFFECTIVE, PROVIDER);
        vm.expectEmit(address(recordStatus));
        emit IRecordStatus.StatusChanged(scope, 1, 1, (1 << 52) - 1, SUSPENDED, REASON, EFFECTIVE, PROVIDER);
        vm.expectEmit(address(recordStatus));
        emit IRecordStatus.StatusChanged(scope, 2, 1, 1, SUSPENDED, REASON, EFFECTIVE, PROVIDER);
        changeRange(50, 55, SUSPENDED);

        requireState(49, ACTIVE);
        for (uint40 n = 50; n < 105; n++) requireState(n, SUSPENDED);
        requireState(105, ACTIVE);
    }

    function test_changeRange_WhenOneIsTerminal_NothingChanges() public {
        change(80, REVOKED);
        vm.expectRevert(terminalError(80, REVOKED));
        changeRange(40, 60, SUSPENDED);
        requireState(40, ACTIVE);
        requireState(79, ACTIVE);
    }

    function test_changeRange_WhenOneIsUnchanged_NothingChanges() public {
        change(80, SUSPENDED);
        vm.expectRevert(unchangedError(80, SUSPENDED));
        changeRange(60, 40, SUSPENDED);
        requireState(60, ACTIVE);
    }

    function test_changeRange_OverMixedStates() public {
        change(1, SUSPENDED);
        change(3, IRecordStatus.State.Other);
        changeRange(0, 5, REVOKED);
        for (uint40 n = 0; n < 5; n++) requireState(n, REVOKED);
    }

    function test_changeRange_WhenCountIsOutOfRange() public {
        anchorRecords(ANCHORED, 2000);
        vm.expectRevert(abi.encodeWithSelector(IRecordStatus.RangeEmpty.selector));
        changeRange(0, 0, SUSPENDED);
        vm.expectRevert(abi.encodeWithSelector(IRecordStatus.RangeTooLarge.selector, 1041));
        changeRange(0, 1041, SUSPENDED);
        changeRange(7, 1040, SUSPENDED);
        requireState(1046, SUSPENDED);
        requireState(1047, ACTIVE);
    }

    function test_changeRange_WhenItsEndIsNotAnchored() public {
        vm.expectRevert(notAnchored(ANCHORED));
        changeRange(ANCHORED - 5, 6, SUSPENDED);
        vm.expectRevert(notAnchored(ANCHORED + 1));
        changeRange(ANCHORED + 1, 6, SUSPENDED);
        changeRange(ANCHORED - 5, 5, SUSPENDED);
    }

    function test_changeRange_WhenReasonTimeOrSenderIsWrong() public {
        vm.startPrank(PROVIDER_ACCOUNT);
        vm.expectRevert(abi.encodeWithSelector(IRecordStatus.ReasonMissing.selector));
        recordStatus.changeRange(scope, 0, 2, SUSPENDED, 0, EFFECTIVE);
        vm.expectRevert(abi.encodeWithSelector(IRecordStatus.EffectiveInFuture.selector, START + 1, START));
        recordStatus.changeRange(scope, 0, 2, SUSPENDED, REASON, uint40(START + 1));
        vm.stopPrank();
        vm.expectRevert(notEntitled(OTHER_ACCOUNT));
        vm.prank(OTHER_ACCOUNT);
        recordStatus.changeRange(scope, 0, 2, SUSPENDED, REASON, EFFECTIVE);
    }

    // --------------------------------------------------------------- Supersede

    function test_supersede_OneEventForNeighboursInTheList() public {
        uint40[] memory list = new uint40[](4);
        (list[0], list[1], list[2], list[3]) = (4, 2, 60, 3);
        uint40 time = uint40(START);
        vm.expectEmit(address(recordStatus));
        emit IRecordStatus.StatusChanged(scope, 0, 1, (1 << 4) | (1 << 2), SUPERSEDED, 65535, time, PROVIDER);
        vm.expectEmit(address(recordStatus));
        emit IRecordStatus.StatusChanged(scope, 1, 1, 1 << 8, SUPERSEDED, 65535, time, PROVIDER);
        vm.expectEmit(address(recordStatus));
        emit IRecordStatus.StatusChanged(scope, 0, 2, 1 << 3, SUPERSEDED, 65535, time, PROVIDER);
        vm.prank(PROVIDER_ACCOUNT);
        anchorLog.anchorSuperseding(scope, ANCHORED, 1, ROOT, HashName.Keccak256, list);
        for (uint256 i = 0; i < list.length; i++) requireState(list[i], SUPERSEDED);
    }

    function test_supersede_WhenTheSenderIsNotTheAnchorLog() public {
        vm.expectRevert(abi.encodeWithSelector(IRecordStatus.SenderNotAnchorLog.selector, PROVIDER_ACCOUNT));
        vm.prank(PROVIDER_ACCOUNT);
        recordStatus.supersede(scope, new uint40[](1), PROVIDER);
    }

    function test_supersede_WhenTheListIsEmpty() public {
        vm.expectRevert(abi.encodeWithSelector(IRecordStatus.RangeEmpty.selector));
        supersede(new uint40[](0));
    }

    function test_supersede_WhenANumberIsTwiceInTheList() public {
        uint40[] memory list = new uint40[](2);
        (list[0], list[1]) = (4, 4);
        vm.expectRevert(terminalError(4, SUPERSEDED));
        supersede(list);
        (list[0], list[1]) = (4, 60);
        supersede(list);
        vm.expectRevert(terminalError(60, SUPERSEDED));
        (list[0], list[1]) = (5, 60);
        supersede(list);
    }

    function test_supersede_WhenARecordIsTerminal() public {
        change(4, REVOKED);
        uint40[] memory list = new uint40[](1);
        list[0] = 4;
        vm.expectRevert(terminalError(4, REVOKED));
        supersede(list);
    }

    // ----------------------------------------------------------- Known version

    function testFuzz_change_WhateverVersionIsSaidToBeKnown(uint16 known, uint8 changes) public {
        changes = changes % 20;
        for (uint256 i = 0; i < changes; i++) change(7, i % 2 == 0 ? SUSPENDED : ACTIVE);
        vm.prank(PROVIDER_ACCOUNT);
        recordStatus.change(scope, 8, SUSPENDED, REASON, EFFECTIVE, known);

        same("version", recordStatus.word(scope, 0) >> 240, uint256(changes) + 1);
        requireState(7, changes % 2 == 0 ? ACTIVE : SUSPENDED);
        requireState(8, SUSPENDED);
    }

    function testFuzz_change_WhateverVersionOfASuccessorIsSaidToBeKnown(uint16 known) public {
        change(7, SUSPENDED);
        change(7, ACTIVE);
        RecordStatus next = newSuccessor();
        recordStatus.retire(address(next));
        vm.startPrank(PROVIDER_ACCOUNT);
        next.change(scope, 8, SUSPENDED, REASON, EFFECTIVE, known % 6);
        next.change(scope, 7, SUSPENDED, REASON, EFFECTIVE, known % 5);
        vm.stopPrank();

        same("version", next.word(scope, 0) >> 240, 4);
        same("state 7", uint8(next.stateOf(scope, 7)), uint8(SUSPENDED));
        same("state 8", uint8(next.stateOf(scope, 8)), uint8(SUSPENDED));
    }

    // ----------------------------------------------------------------- History

    function test_stateAt_IsAfterTheLastBlockWithTimeNotLater() public {
        vm.warp(START + 10);
        change(7, SUSPENDED);
        change(7, ACTIVE);
        vm.warp(START + 20);
        change(7, IRecordStatus.State.Other);
        change(8, SUSPENDED);
        vm.warp(START + 30);
        change(7, REVOKED);

        requireStateAt(7, START + 9, ACTIVE);
        requireStateAt(7, START + 10, ACTIVE);
        requireStateAt(7, START + 19, ACTIVE);
        requireStateAt(7, START + 20, IRecordStatus.State.Other);
        requireStateAt(7, START + 29, IRecordStatus.State.Other);
        requireStateAt(7, START + 30, REVOKED);
        requireStateAt(7, type(uint64).max, REVOKED);
        requireStateAt(8, START + 19, ACTIVE);
        requireStateAt(8, START + 20, SUSPENDED);
        requireStateAt(299, START + 20, ACTIVE);
    }

    function test_ManyVersions_AreAllFound() public {
        for (uint256 version = 1; version <= 70; version++) {
            vm.warp(START + version);
            change(7, version % 2 == 1 ? SUSPENDED : ACTIVE);
            same("newest", recordStatus.word(scope, 0) >> 240, version);
        }
        for (uint16 version = 1; version <= 70; version++) {
            same("version", recordStatus.wordVersion(scope, 0, version) >> 240, version);
            requireStateAt(7, START + version, version % 2 == 1 ? SUSPENDED : ACTIVE);
        }
    }

    function test_change_WhenVersionsAreExhausted() public {
        change(7, SUSPENDED);
        // The predecessor's newest version is the largest, so the successor has none left.
        FullWord full = new FullWord(scope);
        RecordStatus next = new RecordStatus(address(manager), address(full), registry, anchorLog);
        full.retireTo(address(next));
        vm.expectRevert(abi.encodeWithSelector(IRecordStatus.VersionsExhausted.selector, scope, 0));
        vm.prank(PROVIDER_ACCOUNT);
        next.change(scope, 7, SUSPENDED, REASON, EFFECTIVE, 0);
    }

    // --------------------------------------------------------- Retire, succeed

    function test_GivenRetired_ReadsGoOn() public {
        change(7, SUSPENDED);
        recordStatus.retire(NOBODY);
        bytes memory retired = abi.encodeWithSelector(IRetirable.ContractRetired.selector, NOBODY);
        vm.expectRevert(retired);
        change(7, ACTIVE);
        vm.expectRevert(retired);
        changeRange(8, 2, SUSPENDED);
        vm.expectRevert(retired);
        supersede(new uint40[](1));
        requireState(7, SUSPENDED);
    }

    function test_successor_BeforeThePredecessorIsRetired() public {
        change(7, SUSPENDED);
        RecordStatus next = newSuccessor();
        same("state", uint8(next.stateOf(scope, 7)), uint8(ACTIVE));
        bytes memory notRetired = abi.encodeWithSelector(
            IRetirable.PredecessorNotRetired.selector,
            address(recordStatus)
        );
        vm.expectRevert(notRetired);
        vm.prank(PROVIDER_ACCOUNT);
        next.change(scope, 8, SUSPENDED, REASON, EFFECTIVE, 0);
    }

    function test_successor_ContinuesVersionsAndKeepsTerminalStates() public {
        vm.warp(START + 10);
        change(7, SUSPENDED);
        vm.warp(START + 20);
        change(8, REVOKED);
        uint256 first = recordStatus.wordVersion(scope, 0, 1);
        uint256 second = recordStatus.word(scope, 0);
        RecordStatus next = newSuccessor();
        recordStatus.retire(address(next));
        same("newest", next.word(scope, 0), second);
        same("first", next.wordVersion(scope, 0, 1), first);

        vm.warp(START + 30);
        vm.startPrank(PROVIDER_ACCOUNT);
        vm.expectRevert(terminalError(8, REVOKED));
        next.change(scope, 8, ACTIVE, REASON, EFFECTIVE, 0);
        next.change(scope, 7, ACTIVE, REASON, EFFECTIVE, 0);
        next.change(scope, 9, SUSPENDED, REASON, EFFECTIVE, 0);
        next.change(scope, 60, SUSPENDED, REASON, EFFECTIVE, 0);
        vm.stopPrank();

        same("version", next.word(scope, 0) >> 240, 4);
        same("first", next.wordVersion(scope, 0, 1), first);
        same("second", next.wordVersion(scope, 0, 2), second);
        same("other word", next.word(scope, 1) >> 240, 1);
        same("at 10", uint8(next.stateAt(scope, 7, START + 10)), uint8(SUSPENDED));
        same("at 19", uint8(next.stateAt(scope, 8, START + 19)), uint8(ACTIVE));
        same("at 20", uint8(next.stateAt(scope, 8, START + 20)), uint8(REVOKED));
        same("at 30", uint8(next.stateAt(scope, 7, START + 30)), uint8(ACTIVE));
        same("predecessor", recordStatus.word(scope, 0), second);
    }

    // ----------------------------------------------------------------- Helpers

    function newSuccessor() private returns (RecordStatus) {
        return new RecordStatus(address(manager), address(recordStatus), registry, anchorLog);
    }

    function change(uint40 number, IRecordStatus.State state) private {
        vm.prank(PROVIDER_ACCOUNT);
        recordStatus.change(scope, number, state, REASON, EFFECTIVE, 0);
    }

    function changeRange(uint40 first, uint24 count, IRecordStatus.State state) private {
        vm.prank(PROVIDER_ACCOUNT);
        recordStatus.changeRange(scope, first, count, state, REASON, EFFECTIVE);
    }

    function supersede(uint40[] memory list) private {
        vm.prank(address(anchorLog));
        recordStatus.supersede(scope, list, PROVIDER);
    }

    function requireState(uint40 number, IRecordStatus.State state) private view {
        same("state", uint8(recordStatus.stateOf(scope, number)), uint8(state));
    }

    function requireStateAt(uint40 number, uint64 time, IRecordStatus.State state) private view {
        same("state at", uint8(recordStatus.stateAt(scope, number, time)), uint8(state));
    }

    function terminalError(uint40 number, IRecordStatus.State state) private view returns (bytes memory) {
        return abi.encodeWithSelector(IRecordStatus.StatusTerminal.selector, scope, number, state);
    }

    function unchangedError(uint40 number, IRecordStatus.State state) private view returns (bytes memory) {
        return abi.encodeWithSelector(IRecordStatus.StatusUnchanged.selector, scope, number, state);
    }

    function notAnchored(uint40 number) private view returns (bytes memory) {
        return abi.encodeWithSelector(IRecordStatus.NumberNotAnchored.selector, scope, number, nextOf(scope));
    }

    function notEntitled(address sender) private view returns (bytes memory) {
        return abi.encodeWithSelector(IRecordStatus.SenderNotEntitled.selector, sender, scope);
    }
}

/// @notice A predecessor that answers with one word at its last version; no honest one gets there in a test's time.
contract FullWord {
    address public successor;
    ScopeId private immutable SCOPE;

    constructor(ScopeId scope) {
        SCOPE = scope;
    }

    function retireTo(address successor_) external {
        successor = successor_;
    }

    function word(ScopeId scope, uint40 index) external view returns (uint256) {
        return scope == SCOPE && index == 0 ? uint256(type(uint16).max) << 240 : 0;
    }
}
