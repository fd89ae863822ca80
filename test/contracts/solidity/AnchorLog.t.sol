// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDepartmentRegistry} from "../../../contracts/identity/IDepartmentRegistry.sol";
import {AnchorLog} from "../../../contracts/ledger/AnchorLog.sol";
import {IAnchorLog} from "../../../contracts/ledger/IAnchorLog.sol";
import {IRecordStatus} from "../../../contracts/ledger/IRecordStatus.sol";
import {IRetirable} from "../../../contracts/ledger/IRetirable.sol";
import {MerkleInclusion} from "../../../contracts/libraries/MerkleInclusion.sol";
import {AgreementId} from "../../../contracts/types/AgreementId.sol";
import {HashName} from "../../../contracts/types/HashName.sol";
import {ResourceId} from "../../../contracts/types/ResourceId.sol";
import {ScopeId, ScopeKind, deliveriesScope, journalScope, resourceScope} from "../../../contracts/types/ScopeId.sol";
import {Uscc} from "../../../contracts/types/Uscc.sol";
import {NaiveTree} from "./support/NaiveTree.sol";
import {SharingFixture} from "./support/SharingFixture.sol";
import {vm} from "./support/Vm.sol";

/// @dev Invariants 2 to 5 of invariants.md.
contract AnchorLogTest is SharingFixture {
    uint24 private constant LARGEST = 1 << 20;

    // ---------------------------------------------------------------- Opening

    function test_openResource_AtPublication() public view {
        requireHead(scope, PROVIDER, 0, ScopeKind.Resource);
        same("subject", anchorLog.subjectOf(scope), ResourceId.unwrap(resource));
    }

    function test_openResource_WhenTheSenderIsNotTheCatalogue() public {
        vm.expectRevert(abi.encodeWithSelector(IAnchorLog.OpenerNotEntitled.selector, PROVIDER_ACCOUNT));
        vm.prank(PROVIDER_ACCOUNT);
        anchorLog.openResource(ResourceId.wrap("x"), PROVIDER);
    }

    function test_openResource_GivenAnOpenScope() public {
        vm.expectRevert(abi.encodeWithSelector(IAnchorLog.ScopeAlreadyOpen.selector, scope));
        vm.prank(address(catalogue));
        anchorLog.openResource(resource, OTHER);
    }

    function test_openStreams_WhenTheSenderIsNotSharingAgreements() public {
        vm.expectRevert(abi.encodeWithSelector(IAnchorLog.OpenerNotEntitled.selector, address(this)));
        anchorLog.openStreams(AgreementId.wrap("x"), PROVIDER, CONSUMER);
    }

    function test_openJournal_Once() public {
        ScopeId journal = journalScope(OTHER);
        vm.expectEmit(address(anchorLog));
        emit IAnchorLog.ScopeOpened(journal, ScopeKind.Journal, OTHER, bytes32(Uscc.unwrap(OTHER)));
        vm.prank(OTHER_ACCOUNT);
        anchorLog.openJournal();

        requireHead(journal, OTHER, 0, ScopeKind.Journal);
        same("subject", anchorLog.subjectOf(journal), bytes32(Uscc.unwrap(OTHER)));
        vm.expectRevert(abi.encodeWithSelector(IAnchorLog.ScopeAlreadyOpen.selector, journal));
        vm.prank(OTHER_ACCOUNT);
        anchorLog.openJournal();
    }

    function test_openJournal_WhenTheSenderIsNoDepartment() public {
        vm.expectRevert(abi.encodeWithSelector(IAnchorLog.OpenerNotEntitled.selector, NOBODY));
        vm.prank(NOBODY);
        anchorLog.openJournal();
    }

    // --------------------------------------------------------------- Anchoring

    function test_anchor_StoresTheDigestAndMovesTheHead() public {
        vm.expectEmit(address(anchorLog));
        emit IAnchorLog.Anchored(scope, 0, PROVIDER, 1000, uint40(START), HashName.Keccak256, ROOT);
        anchorRecords(0, 1000);

        requireHead(scope, PROVIDER, 1000, ScopeKind.Resource);
        uint256 packed = (uint256(uint144(Uscc.unwrap(PROVIDER))) << 112) | (1000 << 48) | (uint256(START) << 8) | 1;
        same("digest", anchorLog.batchDigest(scope, 0), keccak256(abi.encode(ROOT, packed)));

        vm.warp(START + 60);
        vm.prank(PROVIDER_ACCOUNT);
        anchorLog.anchor(scope, 1000, 1, ROOT, HashName.Sm3);
        packed =
            (uint256(uint144(Uscc.unwrap(PROVIDER))) << 112) |
            (1000 << 72) |
            (1 << 48) |
            (uint256(START + 60) << 8) |
            3;
        same("second", anchorLog.batchDigest(scope, 1000), keccak256(abi.encode(ROOT, packed)));
        same("between", anchorLog.batchDigest(scope, 999), bytes32(0));
    }

    function test_anchor_Journal() public {
        vm.startPrank(OTHER_ACCOUNT);
        anchorLog.openJournal();
        anchorLog.anchor(journalScope(OTHER), 0, 1, ROOT, HashName.Sha256);
        vm.stopPrank();
        requireHead(journalScope(OTHER), OTHER, 1, ScopeKind.Journal);
    }

    function test_anchor_WhenResent() public {
        anchorRecords(0, 10);
        bytes32 digest = anchorLog.batchDigest(scope, 0);
        vm.expectRevert(numberMismatch(scope, 10, 0));
        anchorRecords(0, 10);
        same("unchanged", anchorLog.batchDigest(scope, 0), digest);
    }

    function test_anchor_WhenANumberIsSkipped() public {
        vm.expectRevert(numberMismatch(scope, 0, 1));
        anchorRecords(1, 10);
    }

    function test_anchor_WhenTheScopeIsUnknown() public {
        ScopeId unknown = resourceScope(ResourceId.wrap("x"));
        vm.expectRevert(abi.encodeWithSelector(IAnchorLog.ScopeUnknown.selector, unknown));
        vm.prank(PROVIDER_ACCOUNT);
        anchorLog.anchor(unknown, 0, 1, ROOT, HashName.Keccak256);
    }

    function test_anchor_WhenTheSenderIsNotTheHolder() public {
        vm.expectRevert(notHolder(OTHER_ACCOUNT));
        vm.prank(OTHER_ACCOUNT);
        anchorLog.anchor(scope, 0, 1, ROOT, HashName.Keccak256);
        vm.expectRevert(notHolder(NOBODY));
        vm.prank(NOBODY);
        anchorLog.anchor(scope, 0, 1, ROOT, HashName.Keccak256);
    }

    function test_anchor_GivenTheHolderIsSuspended() public {
        registry.setStatus(PROVIDER, IDepartmentRegistry.Status.Suspended, REASON);
        vm.expectRevert(notHolder(PROVIDER_ACCOUNT));
        anchorRecords(0, 1);
        registry.setStatus(PROVIDER, IDepartmentRegistry.Status.Active, REASON);
        anchorRecords(0, 1);
    }

    function test_anchor_GivenTheHolderIsDissolved_NotEvenTheSuccessor() public {
        registry.setStatus(PROVIDER, IDepartmentRegistry.Status.Dissolved, REASON);
        registry.setSuccessor(PROVIDER, OTHER);
        vm.expectRevert(notHolder(OTHER_ACCOUNT));
        vm.prank(OTHER_ACCOUNT);
        anchorLog.anchor(scope, 0, 1, ROOT, HashName.Keccak256);
    }

    function test_anchor_WhenCountIsOutOfRange() public {
        vm.expectRevert(abi.encodeWithSelector(IAnchorLog.BatchEmpty.selector));
        anchorRecords(0, 0);
        vm.expectRevert(abi.encodeWithSelector(IAnchorLog.BatchTooLarge.selector, LARGEST + 1));
        anchorRecords(0, LARGEST + 1);
        anchorRecords(0, LARGEST);
    }

    function test_anchor_WhenRootOrHashIsMissing() public {
        vm.startPrank(PROVIDER_ACCOUNT);
        vm.expectRevert(abi.encodeWithSelector(IAnchorLog.RootMissing.selector));
        anchorLog.anchor(scope, 0, 1, 0, HashName.Keccak256);
        vm.expectRevert(abi.encodeWithSelector(IAnchorLog.HashNameInvalid.selector, 0));
        anchorLog.anchor(scope, 0, 1, ROOT, HashName.None);
        vm.stopPrank();
    }

    function test_anchor_GivenRetired_ReadsGoOn() public {
        anchorRecords(0, 10);
        bytes32 digest = anchorLog.batchDigest(scope, 0);
        anchorLog.retire(NOBODY);
        bytes memory retired = abi.encodeWithSelector(IRetirable.ContractRetired.selector, NOBODY);
        vm.expectRevert(retired);
        anchorRecords(10, 10);
        vm.expectRevert(retired);
        vm.prank(PROVIDER_ACCOUNT);
        anchorLog.anchorSuperseding(scope, 10, 1, ROOT, HashName.Keccak256, new uint40[](1));
        vm.expectRevert(retired);
        vm.prank(OTHER_ACCOUNT);
        anchorLog.openJournal();
        vm.expectRevert(retired);
        vm.prank(address(catalogue));
        anchorLog.openResource(ResourceId.wrap("x"), PROVIDER);
        vm.expectRevert(retired);
        vm.prank(address(agreements));
        anchorLog.openStreams(AgreementId.wrap("x"), PROVIDER, CONSUMER);
        requireHead(scope, PROVIDER, 10, ScopeKind.Resource);
        same("digest", anchorLog.batchDigest(scope, 0), digest);
    }

    function test_anchorSuperseding_MarksTheOldInTheSameCall() public {
        anchorRecords(0, 200);
        vm.prank(PROVIDER_ACCOUNT);
        anchorLog.anchorSuperseding(scope, 200, 2, ROOT, HashName.Keccak256, numbers(3, 200));
        requireHead(scope, PROVIDER, 202, ScopeKind.Resource);
        requireStatus(3, IRecordStatus.State.Superseded);
        requireStatus(200, IRecordStatus.State.Superseded);
        requireStatus(201, IRecordStatus.State.Active);
    }

    function test_anchorSuperseding_WhenItIsRefused_NothingIsAnchored() public {
        anchorRecords(0, 10);
        bytes memory notAnchored = abi.encodeWithSelector(IRecordStatus.NumberNotAnchored.selector, scope, 11, 11);
        vm.expectRevert(notAnchored);
        vm.prank(PROVIDER_ACCOUNT);
        anchorLog.anchorSuperseding(scope, 10, 1, ROOT, HashName.Keccak256, numbers(3, 11));
        requireHead(scope, PROVIDER, 10, ScopeKind.Resource);
        requireStatus(3, IRecordStatus.State.Active);
    }

    function test_anchorSuperseding_WhenTheScopeIsNoResource() public {
        ScopeId journal = journalScope(OTHER);
        vm.startPrank(OTHER_ACCOUNT);
        anchorLog.openJournal();
        vm.expectRevert(abi.encodeWithSelector(IRecordStatus.ScopeNotResource.selector, journal));
        anchorLog.anchorSuperseding(journal, 0, 2, ROOT, HashName.Keccak256, numbers(0, 1));
        vm.stopPrank();
    }

    /// @dev Numbers stay dense: whatever is sent, the head moves by exactly the accepted counts.
    function testFuzz_anchor_NumbersStayDense(uint256 seed) public {
        uint40 next = 0;
        for (uint256 i = 0; i < 20; i++) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint40 first = seed % 3 == 0 ? next : uint40((seed >> 8) % (next + 3));
            uint24 count = uint24((seed >> 16) % 4);
            vm.prank(PROVIDER_ACCOUNT);
            try anchorLog.anchor(scope, first, count, ROOT, HashName.Keccak256) {
                same("only the next number", first, next);
                next += count;
            } catch {
                same("refused for a reason", first != next || count == 0, true);
            }
            same("next", nextOf(scope), next);
        }
    }

    // --------------------------------------------------------------- Inclusion

    function test_verifyInclusion_BothHashes() public {
        requireInclusion(HashName.Keccak256, 0);
        requireInclusion(HashName.Sha256, 5);
    }

    function test_verifyInclusion_WhenTheHashIsNotComputable() public {
        vm.prank(PROVIDER_ACCOUNT);
        anchorLog.anchor(scope, 0, 1, ROOT, HashName.Sm3);
        IAnchorLog.Batch memory batch = IAnchorLog.Batch(PROVIDER, 0, 1, uint40(START), HashName.Sm3, ROOT);
        vm.expectRevert(abi.encodeWithSelector(IAnchorLog.HashNameInvalid.selector, 3));
        anchorLog.verifyInclusion(scope, batch, ROOT, 0, new bytes32[](0));
        batch.hash = HashName.None;
        vm.expectRevert(abi.encodeWithSelector(IAnchorLog.HashNameInvalid.selector, 0));
        anchorLog.verifyInclusion(scope, batch, ROOT, 0, new bytes32[](0));
    }

    // --------------------------------------------------------------- Successor

    function test_successor_BeforeThePredecessorIsRetired() public {
        anchorRecords(0, 10);
        AnchorLog next = newSuccessor();
        (, , ScopeKind kind) = next.head(scope);
        same("kind", uint8(kind), uint8(ScopeKind.None));
        same("digest", next.batchDigest(scope, 0), bytes32(0));
        same("subject", next.subjectOf(scope), bytes32(0));
        vm.expectRevert(abi.encodeWithSelector(IRetirable.PredecessorNotRetired.selector, address(anchorLog)));
        vm.prank(OTHER_ACCOUNT);
        next.openJournal();
        vm.expectRevert(abi.encodeWithSelector(IAnchorLog.ScopeUnknown.selector, scope));
        vm.prank(PROVIDER_ACCOUNT);
        next.anchor(scope, 0, 1, ROOT, HashName.Keccak256);
    }

    function test_successor_GivenThePredecessorIsRetiredToAnother() public {
        AnchorLog next = newSuccessor();
        anchorLog.retire(NOBODY);
        (, , ScopeKind kind) = next.head(scope);
        same("kind", uint8(kind), uint8(ScopeKind.None));
    }

    function test_successor_ContinuesTheNumbers() public {
        anchorRecords(0, 10);
        AnchorLog next = newSuccessor();
        anchorLog.retire(address(next));

        (Uscc holder, uint40 number, ScopeKind kind) = next.head(scope);
        same("holder", holder, PROVIDER);
        same("next", number, 10);
        same("kind", uint8(kind), uint8(ScopeKind.Resource));
        same("subject", next.subjectOf(scope), ResourceId.unwrap(resource));
        same("digest", next.batchDigest(scope, 0), anchorLog.batchDigest(scope, 0));
        vm.expectRevert(numberMismatch(scope, 10, 0));
        vm.prank(PROVIDER_ACCOUNT);
        next.anchor(scope, 0, 1, ROOT, HashName.Keccak256);
        vm.prank(PROVIDER_ACCOUNT);
        next.anchor(scope, 10, 5, ROOT, HashName.Keccak256);
        (, number, ) = next.head(scope);
        same("next", number, 15);
        same("predecessor", nextOf(scope), 10);
        same("not there", anchorLog.batchDigest(scope, 10), bytes32(0));
        vm.expectRevert(abi.encodeWithSelector(IAnchorLog.ScopeAlreadyOpen.selector, scope));
        vm.prank(address(catalogue));
        next.openResource(resource, OTHER);
    }

    // ----------------------------------------------------------------- Helpers

    function requireInclusion(HashName hash, uint40 first) private {
        bytes32[] memory leaves = new bytes32[](5);
        for (uint256 i = 0; i < 5; i++) leaves[i] = MerkleInclusion.leafHash(hash, keccak256(abi.encode(i)));
        bytes32 root = NaiveTree.root(hash, leaves);
        vm.prank(PROVIDER_ACCOUNT);
        anchorLog.anchor(scope, first, 5, root, hash);
        IAnchorLog.Batch memory batch = IAnchorLog.Batch(PROVIDER, first, 5, uint40(START), hash, root);
        bytes32 id = keccak256(abi.encode(3));
        bytes32[] memory proof = NaiveTree.proof(hash, leaves, 3);

        same("included", anchorLog.verifyInclusion(scope, batch, id, 3, proof), true);
        same("position", anchorLog.verifyInclusion(scope, batch, id, 2, proof), false);
        same("record", anchorLog.verifyInclusion(scope, batch, ROOT, 3, proof), false);
        same("length", anchorLog.verifyInclusion(scope, batch, id, 3, new bytes32[](2)), false);
        same("scope", anchorLog.verifyInclusion(journalScope(PROVIDER), batch, id, 3, proof), false);
        requireRefusedBatches(batch, id, proof);
    }

    function requireRefusedBatches(IAnchorLog.Batch memory batch, bytes32 id, bytes32[] memory proof) private view {
        batch.department = OTHER;
        same("department", anchorLog.verifyInclusion(scope, batch, id, 3, proof), false);
        batch.department = PROVIDER;
        batch.first++;
        same("first", anchorLog.verifyInclusion(scope, batch, id, 3, proof), false);
        batch.first--;
        batch.count++;
        same("count", anchorLog.verifyInclusion(scope, batch, id, 3, proof), false);
        batch.count--;
        batch.time++;
        same("time", anchorLog.verifyInclusion(scope, batch, id, 3, proof), false);
        batch.time--;
        batch.hash = batch.hash == HashName.Sha256 ? HashName.Keccak256 : HashName.Sha256;
        same("hash", anchorLog.verifyInclusion(scope, batch, id, 3, proof), false);
    }

    function newSuccessor() private returns (AnchorLog) {
        return
            new AnchorLog(address(manager), address(anchorLog), registry, address(catalogue), agreements, recordStatus);
    }

    function requireHead(ScopeId id, Uscc holder, uint40 next, ScopeKind kind) private view {
        (Uscc actualHolder, uint40 actualNext, ScopeKind actualKind) = anchorLog.head(id);
        same("holder", actualHolder, holder);
        same("next", actualNext, next);
        same("kind", uint8(actualKind), uint8(kind));
    }

    function requireStatus(uint40 number, IRecordStatus.State state) private view {
        same("status", uint8(recordStatus.stateOf(scope, number)), uint8(state));
    }

    function numbers(uint40 a, uint40 b) private pure returns (uint40[] memory list) {
        list = new uint40[](2);
        (list[0], list[1]) = (a, b);
    }

    function notHolder(address sender) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IAnchorLog.SenderNotHolder.selector, sender, PROVIDER);
    }

    function numberMismatch(ScopeId id, uint40 next, uint40 first) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IAnchorLog.ScopeNumberMismatch.selector, id, next, first);
    }
}
