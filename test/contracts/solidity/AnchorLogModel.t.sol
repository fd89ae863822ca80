// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDepartmentRegistry} from "../../../contracts/identity/IDepartmentRegistry.sol";
import {HashName} from "../../../contracts/types/HashName.sol";
import {ScopeId, journalScope, resourceScope} from "../../../contracts/types/ScopeId.sol";
import {Uscc} from "../../../contracts/types/Uscc.sol";
import {SharingFixture} from "./support/SharingFixture.sol";
import {vm} from "./support/Vm.sol";

/// @dev Everybody anchors everywhere, against a plain model. Invariants 2, 3 and 4 of invariants.md.
contract AnchorLogModelTest is SharingFixture {
    uint256 private constant STEPS = 48;
    uint24 private constant LARGEST = 1 << 20;

    struct Batch {
        ScopeId scope;
        uint40 first;
        bytes32 digest;
    }

    ScopeId[5] private scopes;
    Uscc[5] private holders;
    uint40[5] private next;
    address[6] private actors;
    Uscc[6] private identities;
    mapping(bytes18 department => bool suspended) private suspended;
    Batch[] private batches;

    function setUp() public override {
        super.setUp();
        scopes = [
            scope,
            resourceScope(publishedResource("second")),
            journalScope(PROVIDER),
            journalScope(CONSUMER),
            journalScope(OTHER)
        ];
        holders = [PROVIDER, PROVIDER, PROVIDER, CONSUMER, OTHER];
        actors = [PROVIDER_ACCOUNT, CONSUMER_ACCOUNT, OTHER_ACCOUNT, AUTHORITY_ACCOUNT, NOBODY, address(this)];
        identities = [PROVIDER, CONSUMER, OTHER, AUTHORITY, Uscc.wrap(0), Uscc.wrap(0)];
        for (uint256 i = 0; i < 3; i++) {
            vm.prank(actors[i]);
            anchorLog.openJournal();
        }
    }

    /// hardhat-config: fuzz.runs = 48
    function testFuzz_EqualsTheModel(uint256 seed) public {
        for (uint256 step = 0; step < STEPS; step++) {
            seed = uint256(keccak256(abi.encode(seed)));
            vm.warp(block.timestamp + (seed % 3) * 1 minutes);
            if ((seed >> 8) % 8 == 0) changeStatus(seed >> 16);
            else tryToAnchor(seed >> 16);
            requireTheModel();
        }
    }

    function changeStatus(uint256 random) private {
        Uscc department = identities[random % 3];
        bool suspend = (random >> 8) % 2 == 0;
        IDepartmentRegistry.Status status =
            suspend ? IDepartmentRegistry.Status.Suspended : IDepartmentRegistry.Status.Active;
        try registry.setStatus(department, status, REASON) {
            suspended[Uscc.unwrap(department)] = suspend;
        } catch {}
    }

    function tryToAnchor(uint256 random) private {
        uint256 which = random % 5;
        // Mostly the holder and the right number, or hardly anything would be anchored.
        uint256 who = (random >> 8) % 2 == 0 ? (random >> 16) % 6 : actorOf(holders[which]);
        uint40 first = (random >> 24) % 3 == 0 ? uint40((random >> 32) % (next[which] + 3)) : next[which];
        uint24 count = (random >> 48) % 16 == 0 ? LARGEST + uint24((random >> 56) % 2) : uint24((random >> 56) % 5);
        bytes32 root = (random >> 64) % 12 == 0 ? bytes32(0) : keccak256(abi.encode(random));
        HashName hash = HashName((random >> 72) % 4);
        bool expected =
            isHolder(who, which) &&
                first == next[which] &&
                count > 0 &&
                count <= LARGEST &&
                root != 0 &&
                hash != HashName.None;

        vm.prank(actors[who]);
        try anchorLog.anchor(scopes[which], first, count, root, hash) {
            same("allowed", expected, true);
            next[which] += count;
            batches.push(Batch(scopes[which], first, anchorLog.batchDigest(scopes[which], first)));
            requireDigest(which, batches.length - 1, count, root, hash);
        } catch {
            same("refused for a reason", expected, false);
        }
    }

    function isHolder(uint256 who, uint256 which) private view returns (bool) {
        bytes18 department = Uscc.unwrap(identities[who]);
        return department != 0 && department == Uscc.unwrap(holders[which]) && !suspended[department];
    }

    function actorOf(Uscc department) private view returns (uint256 who) {
        while (Uscc.unwrap(identities[who]) != Uscc.unwrap(department)) who++;
    }

    /// @dev The slot is the digest of exactly what was sent, by whom and when.
    function requireDigest(uint256 which, uint256 index, uint24 count, bytes32 root, HashName hash) private view {
        uint256 packed =
            (uint256(uint144(Uscc.unwrap(holders[which]))) << 112) |
                (uint256(batches[index].first) << 72) |
                (uint256(count) << 48) |
                (block.timestamp << 8) |
                uint256(uint8(hash));
        same("digest", batches[index].digest, keccak256(abi.encode(root, packed)));
    }

    function requireTheModel() private view {
        for (uint256 i = 0; i < scopes.length; i++) {
            (Uscc holder, uint40 head, ) = anchorLog.head(scopes[i]);
            same("next", head, next[i]);
            same("holder", holder, holders[i]);
            same("nothing begins at the head", anchorLog.batchDigest(scopes[i], next[i]), bytes32(0));
        }
        for (uint256 i = 0; i < batches.length; i++) {
            same("unchanged", anchorLog.batchDigest(batches[i].scope, batches[i].first), batches[i].digest);
        }
    }
}
