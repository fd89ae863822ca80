// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDepartmentRegistry} from "../../../contracts/identity/IDepartmentRegistry.sol";
import {Uscc} from "../../../contracts/types/Uscc.sol";
import {LedgerFixture} from "./support/LedgerFixture.sol";
import {vm} from "./support/Vm.sol";

/// @dev Invariants over arbitrary sequences of a department's and the authority's calls.
/// 1. An account acts now exactly when its key is trusted now and the department is active.
/// 2. A status at a past time never changes.
/// 3. Trust at a past time is only ever taken back, by a distrust; it is never given.
/// 4. `standing` names the department exactly when its key is trusted now.
contract RegistryInvariantsTest is LedgerFixture {
    struct Seen {
        uint64 time;
        IDepartmentRegistry.Status status;
        uint256 trusted;
    }

    Seen[] private seen;
    uint160 private nextAccount = 0x1000;

    /// hardhat-config: fuzz.runs = 48
    function testFuzz_Invariants(uint256 seed) public {
        for (uint256 step = 0; step < 24; ++step) {
            seed = uint256(keccak256(abi.encode(seed)));
            vm.warp(block.timestamp + (seed % 5) * 1 days);
            act(uint8(seed >> 8), seed >> 16);
            checkNow();
            uint64 time = uint64(block.timestamp);
            // The block may go on: only a time that is over has its last answer.
            if (time > START) seen.push(Seen(time - 1, registry.statusAt(PROVIDER, time - 1), trustedAt(time - 1)));
        }
        checkPast();
    }

    /// @dev A call that is refused is part of the game.
    function act(uint8 choice, uint256 random) private {
        uint32 index = uint32(random % (registry.keyCount(PROVIDER) + 1));
        uint64 time = uint64(block.timestamp + ((random >> 32) % 10 days));
        address sender = actingAccount(random >> 64);
        choice %= 8;
        if (choice == 0) {
            IDepartmentRegistry.Status status = IDepartmentRegistry.Status(1 + (random % 2));
            try registry.setStatus(PROVIDER, status, 1) {} catch {}
        } else if (choice == 1) {
            try registry.proposeRecovery(PROVIDER, address(++nextAccount)) {} catch {}
        } else if (choice == 2) {
            try registry.executeRecovery(PROVIDER) {} catch {}
        } else {
            vm.prank(sender);
            if (choice == 3) {
                try registry.vetoRecovery(PROVIDER) {} catch {}
            } else if (choice == 4) {
                try registry.endKey(index, time) {} catch {}
            } else if (choice == 5 && random % 4 == 0) {
                try registry.distrustKey(index, time - 5 days) {} catch {}
            } else {
                bytes32 material = bytes32(uint256(++nextAccount));
                IDepartmentRegistry.KeyAlgorithm algorithm = IDepartmentRegistry.KeyAlgorithm(1 + (random % 2));
                try registry.addKey(algorithm, material, time, time + 20 days) {} catch {}
            }
        }
    }

    function checkNow() private view {
        uint64 time = uint64(block.timestamp);
        bool active = registry.statusAt(PROVIDER, time) == IDepartmentRegistry.Status.Active;
        for (uint32 i = 0; i < registry.keyCount(PROVIDER); ++i) {
            IDepartmentRegistry.Key memory key = registry.key(PROVIDER, i);
            if (key.algorithm != IDepartmentRegistry.KeyAlgorithm.Secp256k1) continue;
            address account = address(uint160(uint256(key.material)));
            bool trusted = registry.isKeyTrustedAt(PROVIDER, i, time);
            same("1", registry.departmentOf(account), trusted && active ? PROVIDER : Uscc.wrap(0));
            (Uscc id, ) = registry.standing(account);
            same("4", id, trusted ? PROVIDER : Uscc.wrap(0));
        }
    }

    function checkPast() private view {
        for (uint256 i = 0; i < seen.length; ++i) {
            same("2", uint8(registry.statusAt(PROVIDER, seen[i].time)), uint8(seen[i].status));
            same("3", trustedAt(seen[i].time) & ~seen[i].trusted, 0);
        }
    }

    /// @dev Bit i is set when key i is trusted at the time.
    function trustedAt(uint64 time) private view returns (uint256 bits) {
        for (uint32 i = 0; i < registry.keyCount(PROVIDER); ++i) {
            if (registry.isKeyTrustedAt(PROVIDER, i, time)) bits |= 1 << i;
        }
    }

    /// @dev Some account of the department, in force or not.
    function actingAccount(uint256 random) private view returns (address) {
        uint32 count = registry.keyCount(PROVIDER);
        for (uint32 i = 0; i < count; ++i) {
            IDepartmentRegistry.Key memory key = registry.key(PROVIDER, uint32((random + i) % count));
            if (key.algorithm == IDepartmentRegistry.KeyAlgorithm.Secp256k1) {
                return address(uint160(uint256(key.material)));
            }
        }
        return NOBODY;
    }
}
