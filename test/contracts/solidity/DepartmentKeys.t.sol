// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IDepartmentRegistry} from "../../../contracts/identity/IDepartmentRegistry.sol";
import {Uscc} from "../../../contracts/types/Uscc.sol";
import {LedgerFixture} from "./support/LedgerFixture.sol";
import {vm} from "./support/Vm.sol";

/// @dev Keys of a department and the recovery of its accounts.
contract DepartmentKeysTest is LedgerFixture {
    IDepartmentRegistry.KeyAlgorithm private constant ACCOUNT = IDepartmentRegistry.KeyAlgorithm.Secp256k1;
    IDepartmentRegistry.KeyAlgorithm private constant EXCHANGE = IDepartmentRegistry.KeyAlgorithm.Ed25519;
    address private constant SECOND = address(0xb2);
    address private constant RECOVERED = address(0xb9);
    bytes32 private constant PUBLIC_KEY = keccak256("public key");

    // ------------------------------------------------------------------ addKey

    function test_addKey_WhenTheSenderIsUnknown() public {
        vm.expectRevert(notDepartment(NOBODY, Uscc.wrap(0)));
        vm.prank(NOBODY);
        registry.addKey(EXCHANGE, PUBLIC_KEY, 0, NO_END);
    }

    /// @dev The authority cannot give a department a key, whatever its role.
    function test_addKey_WhenTheSenderIsTheAdministrator() public {
        vm.expectRevert(notDepartment(address(this), Uscc.wrap(0)));
        registry.addKey(ACCOUNT, toMaterial(SECOND), 0, NO_END);
    }

    function test_addKey_GivenADepartmentThatIsNotActive() public {
        registry.setStatus(PROVIDER, IDepartmentRegistry.Status.Suspended, 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                IDepartmentRegistry.DepartmentNotActive.selector,
                PROVIDER,
                IDepartmentRegistry.Status.Suspended
            )
        );
        vm.prank(PROVIDER_ACCOUNT);
        registry.addKey(EXCHANGE, PUBLIC_KEY, 0, NO_END);
    }

    function test_addKey_WhenValidFromIsInThePast() public {
        vm.expectRevert(abi.encodeWithSelector(IDepartmentRegistry.ValidityInPast.selector, START - 1, START));
        vm.prank(PROVIDER_ACCOUNT);
        registry.addKey(EXCHANGE, PUBLIC_KEY, START - 1, NO_END);
    }

    function test_addKey_WhenTheValidityIsEmpty() public {
        vm.expectRevert(abi.encodeWithSelector(IDepartmentRegistry.ValidityEmpty.selector, START + 5, START + 5));
        vm.prank(PROVIDER_ACCOUNT);
        registry.addKey(EXCHANGE, PUBLIC_KEY, START + 5, START + 5);
        vm.expectRevert(abi.encodeWithSelector(IDepartmentRegistry.ValidityEmpty.selector, START, 0));
        vm.prank(PROVIDER_ACCOUNT);
        registry.addKey(EXCHANGE, PUBLIC_KEY, 0, 0);
    }

    function test_addKey_WhenTheMaterialIsInvalid() public {
        vm.startPrank(PROVIDER_ACCOUNT);
        expectMaterialInvalid(0);
        registry.addKey(EXCHANGE, 0, 0, NO_END);
        expectMaterialInvalid(0);
        registry.addKey(ACCOUNT, 0, 0, NO_END);
        expectMaterialInvalid(PUBLIC_KEY);
        registry.addKey(IDepartmentRegistry.KeyAlgorithm.None, PUBLIC_KEY, 0, NO_END);
        bytes32 wide = bytes32(uint256(1) << 160);
        expectMaterialInvalid(wide);
        registry.addKey(ACCOUNT, wide, 0, NO_END);
        vm.stopPrank();
    }

    function test_addKey_WhenTheAccountIsInUse_EvenEnded() public {
        expectInUse(CONSUMER_ACCOUNT, CONSUMER);
        addAccount(CONSUMER_ACCOUNT);
        addAccount(SECOND);
        vm.prank(PROVIDER_ACCOUNT);
        registry.endKey(2, 0);
        expectInUse(SECOND, PROVIDER);
        addAccount(SECOND);
    }

    function test_addKey_InForceFromValidFromUntilValidUntil() public {
        vm.expectEmit(address(registry));
        emit IDepartmentRegistry.KeyAdded(PROVIDER, 2, ACCOUNT, toMaterial(SECOND), START + 10, START + 20);
        vm.prank(PROVIDER_ACCOUNT);
        uint32 index = registry.addKey(ACCOUNT, toMaterial(SECOND), START + 10, START + 20);

        same("index", index, 2);
        same("count", registry.keyCount(PROVIDER), 3);
        expectTrusted(2, START + 9, false);
        expectTrusted(2, START + 10, true);
        expectTrusted(2, START + 19, true);
        expectTrusted(2, START + 20, false);
        expectActsAt(START + 9, false);
        expectActsAt(START + 10, true);
        expectActsAt(START + 19, true);
        expectActsAt(START + 20, false);
    }

    function test_addKey_WithoutAStart_BeginsNow() public {
        addAccount(SECOND);
        same("from", registry.key(PROVIDER, 2).validFrom, START);
        same("acts", registry.departmentOf(SECOND), PROVIDER);
        (Uscc id, uint32 index) = registry.keyOfAccount(SECOND);
        same("id", id, PROVIDER);
        same("index", index, 2);
    }

    /// @dev A key without an end outlives the 40 bits in which an account's window is packed.
    function test_addKey_VeryLateTimesAreNotCut() public {
        vm.prank(PROVIDER_ACCOUNT);
        registry.addKey(ACCOUNT, toMaterial(SECOND), uint64(1 << 40) + 5, NO_END);
        same("stored as given", registry.key(PROVIDER, 2).validFrom, uint64(1 << 40) + 5);
        same("not in force", registry.departmentOf(SECOND), Uscc.wrap(0));
    }

    // ------------------------------------------------------------------ endKey

    function test_endKey_WhenTheSenderIsUnknownOrExpired() public {
        vm.expectRevert(notDepartment(NOBODY, Uscc.wrap(0)));
        vm.prank(NOBODY);
        registry.endKey(0, 0);
        vm.prank(PROVIDER_ACCOUNT);
        registry.addKey(ACCOUNT, toMaterial(SECOND), 0, START + 10);
        vm.warp(START + 10);
        vm.expectRevert(notDepartment(SECOND, PROVIDER));
        vm.prank(SECOND);
        registry.endKey(0, 0);
    }

    function test_endKey_WhenTheKeyIsUnknown() public {
        vm.expectRevert(abi.encodeWithSelector(IDepartmentRegistry.KeyUnknown.selector, PROVIDER, 2));
        vm.prank(PROVIDER_ACCOUNT);
        registry.endKey(2, 0);
    }

    function test_endKey_WhenItIsTheSendersOwnAccount() public {
        vm.expectRevert(abi.encodeWithSelector(IDepartmentRegistry.LastAccount.selector, PROVIDER));
        vm.prank(PROVIDER_ACCOUNT);
        registry.endKey(0, 0);
    }

    function test_endKey_WhenTheEndIsInThePast() public {
        vm.expectRevert(abi.encodeWithSelector(IDepartmentRegistry.ValidityInPast.selector, START - 1, START));
        vm.prank(PROVIDER_ACCOUNT);
        registry.endKey(1, START - 1);
    }

    function test_endKey_WhenTheKeyHasEnded() public {
        vm.startPrank(PROVIDER_ACCOUNT);
        registry.endKey(1, 0);
        vm.expectRevert(abi.encodeWithSelector(IDepartmentRegistry.KeyNotInForce.selector, PROVIDER, 1));
        registry.endKey(1, START + 5);
        vm.stopPrank();
    }

    function test_endKey_WhenTheEndWouldMoveLater() public {
        vm.startPrank(PROVIDER_ACCOUNT);
        registry.endKey(1, START + 100);
        vm.expectRevert(notEarlier(1, START + 100));
        registry.endKey(1, START + 100);
        registry.endKey(1, START + 99);
        vm.stopPrank();
        same("until", registry.key(PROVIDER, 1).validUntil, START + 99);
    }

    function test_endKey_AnAccountActsUntilItsEnd() public {
        addAccount(SECOND);
        vm.expectEmit(address(registry));
        emit IDepartmentRegistry.KeyEnded(PROVIDER, 2, START + 50);
        vm.prank(PROVIDER_ACCOUNT);
        registry.endKey(2, START + 50);
        expectActsAt(START + 49, true);
        expectActsAt(START + 50, false);
        expectTrusted(2, START + 49, true);
        expectTrusted(2, START + 50, false);
    }

    /// @dev Rotation: the new account ends the old one, and nothing of the past changes.
    function test_endKey_TheNewAccountEndsTheOld() public {
        addAccount(SECOND);
        vm.warp(START + 10);
        vm.prank(SECOND);
        registry.endKey(0, 0);
        same("old", registry.departmentOf(PROVIDER_ACCOUNT), Uscc.wrap(0));
        expectTrusted(0, START + 9, true);
        expectTrusted(0, START + 10, false);
    }

    function test_endKey_GivenASuspendedDepartment() public {
        registry.setStatus(PROVIDER, IDepartmentRegistry.Status.Suspended, 1);
        vm.prank(PROVIDER_ACCOUNT);
        registry.endKey(1, 0);
        expectTrusted(1, START, false);
    }

    // ------------------------------------------------------------- distrustKey

    function test_distrustKey_WhenTheSenderIsUnknown() public {
        vm.expectRevert(notDepartment(NOBODY, Uscc.wrap(0)));
        vm.prank(NOBODY);
        registry.distrustKey(0, START);
    }

    function test_distrustKey_WhenTheKeyIsUnknown() public {
        vm.expectRevert(abi.encodeWithSelector(IDepartmentRegistry.KeyUnknown.selector, PROVIDER, 9));
        vm.prank(PROVIDER_ACCOUNT);
        registry.distrustKey(9, START);
    }

    function test_distrustKey_OnlyMovesEarlier() public {
        vm.startPrank(PROVIDER_ACCOUNT);
        vm.expectRevert(notEarlier(1, 0));
        registry.distrustKey(1, 0);
        registry.distrustKey(1, START + 5);
        vm.expectRevert(notEarlier(1, START + 5));
        registry.distrustKey(1, START + 5);
        vm.expectEmit(address(registry));
        emit IDepartmentRegistry.KeyDistrusted(PROVIDER, 1, START - 50);
        registry.distrustKey(1, START - 50);
        vm.stopPrank();
        same("since", registry.key(PROVIDER, 1).distrustedSince, START - 50);
    }

    function test_distrustKey_InThePast_TakesBackTrust() public {
        addAccount(SECOND);
        vm.warp(START + 100);
        expectTrusted(2, START + 40, true);
        vm.prank(PROVIDER_ACCOUNT);
        registry.distrustKey(2, START + 30);
        expectTrusted(2, START + 29, true);
        expectTrusted(2, START + 30, false);
        same("acts no more", registry.departmentOf(SECOND), Uscc.wrap(0));
    }

    /// @dev A stolen key is distrusted even when nothing is left.
    function test_distrustKey_TheSendersLastAccount() public {
        vm.prank(PROVIDER_ACCOUNT);
        registry.distrustKey(0, START);
        same("acts no more", registry.departmentOf(PROVIDER_ACCOUNT), Uscc.wrap(0));
        vm.expectRevert(notDepartment(PROVIDER_ACCOUNT, PROVIDER));
        vm.prank(PROVIDER_ACCOUNT);
        registry.addKey(EXCHANGE, PUBLIC_KEY, 0, NO_END);
    }

    function test_endKey_GivenAKeyToBeDistrusted() public {
        vm.startPrank(PROVIDER_ACCOUNT);
        registry.distrustKey(1, START + 50);
        vm.expectRevert(notEarlier(1, START + 50));
        registry.endKey(1, START + 50);
        registry.endKey(1, START + 49);
        vm.stopPrank();
    }

    function test_isKeyTrustedAt_WhenTheKeyIsUnknown() public view {
        same("index", registry.isKeyTrustedAt(PROVIDER, 9, START), false);
        same("department", registry.isKeyTrustedAt(STRANGER, 0, START), false);
    }

    function test_key_WhenUnknown() public {
        vm.expectRevert(abi.encodeWithSelector(IDepartmentRegistry.KeyUnknown.selector, STRANGER, 0));
        registry.key(STRANGER, 0);
    }

    // ---------------------------------------------------------------- recovery

    function test_proposeRecovery_WhenTheSenderIsNotTheAuthority() public {
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, PROVIDER_ACCOUNT));
        vm.prank(PROVIDER_ACCOUNT);
        registry.proposeRecovery(PROVIDER, RECOVERED);
    }

    function test_proposeRecovery_WhenTheDepartmentIsUnknownOrDissolved() public {
        vm.expectRevert(abi.encodeWithSelector(IDepartmentRegistry.DepartmentUnknown.selector, STRANGER));
        registry.proposeRecovery(STRANGER, RECOVERED);
        registry.setStatus(PROVIDER, IDepartmentRegistry.Status.Dissolved, 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                IDepartmentRegistry.DepartmentNotActive.selector,
                PROVIDER,
                IDepartmentRegistry.Status.Dissolved
            )
        );
        registry.proposeRecovery(PROVIDER, RECOVERED);
    }

    function test_proposeRecovery_WhenTheAccountIsMissingOrInUse() public {
        expectMaterialInvalid(0);
        registry.proposeRecovery(PROVIDER, address(0));
        expectInUse(CONSUMER_ACCOUNT, CONSUMER);
        registry.proposeRecovery(PROVIDER, CONSUMER_ACCOUNT);
    }

    function test_proposeRecovery_WhenOneIsPending() public {
        registry.proposeRecovery(PROVIDER, RECOVERED);
        vm.warp(START + 8 days);
        vm.expectRevert(pending());
        registry.proposeRecovery(PROVIDER, SECOND);
    }

    function test_proposeRecovery_ReservesTheAccount() public {
        registry.proposeRecovery(PROVIDER, RECOVERED);
        expectInUse(RECOVERED, PROVIDER);
        vm.prank(CONSUMER_ACCOUNT);
        registry.addKey(ACCOUNT, toMaterial(RECOVERED), 0, NO_END);
        expectInUse(RECOVERED, PROVIDER);
        registry.proposeRecovery(CONSUMER, RECOVERED);
        same("acts for nobody", registry.departmentOf(RECOVERED), Uscc.wrap(0));
    }

    function test_executeRecovery_WhenThereIsNone() public {
        vm.expectRevert(abi.encodeWithSelector(IDepartmentRegistry.RecoveryUnknown.selector, PROVIDER));
        registry.executeRecovery(PROVIDER);
    }

    function test_executeRecovery_BeforeSevenDays() public {
        registry.proposeRecovery(PROVIDER, RECOVERED);
        vm.warp(START + 7 days - 1);
        vm.expectRevert(pending());
        registry.executeRecovery(PROVIDER);
    }

    function test_executeRecovery_ByAnyone_ReplacesEveryAccount() public {
        addAccount(SECOND);
        vm.expectEmit(address(registry));
        emit IDepartmentRegistry.RecoveryProposed(PROVIDER, RECOVERED, START + 7 days);
        registry.proposeRecovery(PROVIDER, RECOVERED);
        vm.warp(START + 7 days);
        same("until then", registry.departmentOf(PROVIDER_ACCOUNT), PROVIDER);
        vm.expectEmit(address(registry));
        emit IDepartmentRegistry.RecoveryExecuted(PROVIDER, RECOVERED, 3);
        vm.prank(NOBODY);
        registry.executeRecovery(PROVIDER);

        same("first", registry.departmentOf(PROVIDER_ACCOUNT), Uscc.wrap(0));
        same("second", registry.departmentOf(SECOND), Uscc.wrap(0));
        same("recovered", registry.departmentOf(RECOVERED), PROVIDER);
        same("until", registry.key(PROVIDER, 0).validUntil, START + 7 days);
        same("exchange key stays", registry.key(PROVIDER, 1).validUntil, NO_END);
        expectTrusted(0, START + 7 days - 1, true);
        expectTrusted(0, START + 7 days, false);
        expectTrusted(1, START + 7 days, true);
        expectTrusted(3, START + 7 days, true);
        vm.expectRevert(notDepartment(SECOND, PROVIDER));
        vm.prank(SECOND);
        registry.addKey(EXCHANGE, PUBLIC_KEY, 0, NO_END);
    }

    function test_executeRecovery_Twice_EachEndsItsOwnAccounts() public {
        registry.proposeRecovery(PROVIDER, RECOVERED);
        vm.warp(START + 7 days);
        registry.executeRecovery(PROVIDER);
        registry.proposeRecovery(PROVIDER, SECOND);
        vm.warp(START + 14 days);
        registry.executeRecovery(PROVIDER);

        same("first", registry.key(PROVIDER, 0).validUntil, START + 7 days);
        same("recovered", registry.key(PROVIDER, 2).validUntil, START + 14 days);
        same("newest", registry.key(PROVIDER, 3).validUntil, NO_END);
        same("acts", registry.departmentOf(SECOND), PROVIDER);
        same("acts no more", registry.departmentOf(RECOVERED), Uscc.wrap(0));
    }

    /// @dev A key that would begin later must not outlive the recovery.
    function test_executeRecovery_EndsAccountsThatHaveNotBegun() public {
        vm.prank(PROVIDER_ACCOUNT);
        registry.addKey(ACCOUNT, toMaterial(SECOND), START + 30 days, NO_END);
        registry.proposeRecovery(PROVIDER, RECOVERED);
        vm.warp(START + 7 days);
        registry.executeRecovery(PROVIDER);
        vm.warp(START + 31 days);
        same("never acts", registry.departmentOf(SECOND), Uscc.wrap(0));
        expectTrusted(2, START + 31 days, false);
    }

    function test_vetoRecovery_WhenThereIsNone() public {
        vm.expectRevert(abi.encodeWithSelector(IDepartmentRegistry.RecoveryUnknown.selector, PROVIDER));
        vm.prank(PROVIDER_ACCOUNT);
        registry.vetoRecovery(PROVIDER);
    }

    function test_vetoRecovery_WhenTheSenderIsAnotherDepartment() public {
        registry.proposeRecovery(PROVIDER, RECOVERED);
        vm.expectRevert(notDepartment(CONSUMER_ACCOUNT, PROVIDER));
        vm.prank(CONSUMER_ACCOUNT);
        registry.vetoRecovery(PROVIDER);
        vm.expectRevert(notDepartment(address(this), Uscc.wrap(0)));
        registry.vetoRecovery(PROVIDER);
    }

    function test_vetoRecovery_StopsItAndFreesTheAccount() public {
        registry.proposeRecovery(PROVIDER, RECOVERED);
        vm.warp(START + 9 days);
        vm.expectEmit(address(registry));
        emit IDepartmentRegistry.RecoveryVetoed(PROVIDER, RECOVERED);
        vm.prank(PROVIDER_ACCOUNT);
        registry.vetoRecovery(PROVIDER);
        vm.expectRevert(abi.encodeWithSelector(IDepartmentRegistry.RecoveryUnknown.selector, PROVIDER));
        registry.executeRecovery(PROVIDER);
        registry.proposeRecovery(CONSUMER, RECOVERED);
    }

    function test_vetoRecovery_GivenASuspendedDepartment() public {
        registry.proposeRecovery(PROVIDER, RECOVERED);
        registry.setStatus(PROVIDER, IDepartmentRegistry.Status.Suspended, 1);
        vm.prank(PROVIDER_ACCOUNT);
        registry.vetoRecovery(PROVIDER);
        vm.warp(START + 7 days);
        vm.expectRevert(abi.encodeWithSelector(IDepartmentRegistry.RecoveryUnknown.selector, PROVIDER));
        registry.executeRecovery(PROVIDER);
    }

    // ----------------------------------------------------------------- support

    function addAccount(address account) private {
        vm.prank(PROVIDER_ACCOUNT);
        registry.addKey(ACCOUNT, toMaterial(account), 0, NO_END);
    }

    function expectActsAt(uint64 time, bool acts) private {
        vm.warp(time);
        same("acts", registry.departmentOf(SECOND), acts ? PROVIDER : Uscc.wrap(0));
    }

    function expectTrusted(uint32 index, uint64 time, bool trusted) private view {
        same("trusted", registry.isKeyTrustedAt(PROVIDER, index, time), trusted);
    }

    function expectInUse(address account, Uscc user) private {
        vm.expectRevert(abi.encodeWithSelector(IDepartmentRegistry.AccountInUse.selector, account, user));
    }

    function expectMaterialInvalid(bytes32 material) private {
        vm.expectRevert(abi.encodeWithSelector(IDepartmentRegistry.KeyMaterialInvalid.selector, material));
    }

    function toMaterial(address account) private pure returns (bytes32) {
        return bytes32(uint256(uint160(account)));
    }

    function notDepartment(address sender, Uscc required) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IDepartmentRegistry.SenderNotDepartment.selector, sender, required);
    }

    function notEarlier(uint32 index, uint64 current) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IDepartmentRegistry.KeyEndNotEarlier.selector, PROVIDER, index, current);
    }

    function pending() private pure returns (bytes memory) {
        return abi.encodeWithSelector(IDepartmentRegistry.RecoveryPending.selector, PROVIDER, START + 7 days);
    }
}
