// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IResourceCatalogue} from "../../../../contracts/catalogue/IResourceCatalogue.sol";
import {ISharingAgreements} from "../../../../contracts/sharing/ISharingAgreements.sol";
import {AgreementId} from "../../../../contracts/types/AgreementId.sol";
import {HashName} from "../../../../contracts/types/HashName.sol";
import {ResourceId} from "../../../../contracts/types/ResourceId.sol";
import {ScopeId, deliveriesScope, receiptsScope, resourceScope} from "../../../../contracts/types/ScopeId.sol";
import {Calendars} from "./Calendars.sol";
import {LedgerFixture} from "./LedgerFixture.sol";
import {vm} from "./Vm.sol";

/// @notice The ledger with the calendars of 2025 and 2026 and one conditional resource of PROVIDER.
abstract contract SharingFixture is LedgerFixture {
    bytes32 internal constant DOCUMENT = keccak256("application");
    bytes32 internal constant BASIS = keccak256("basis");
    bytes32 internal constant ROOT = keccak256("root");
    uint16 internal constant REASON = 7;
    uint32 internal constant USES = 100;
    uint64 internal constant VALID_FROM = START;
    /// @dev 2026-03-31T00:00:00+08:00.
    uint64 internal constant VALID_UNTIL = 1_774_886_400;

    ResourceId internal resource;
    ScopeId internal scope;

    function setUp() public virtual override {
        super.setUp();
        calendar.setYear(2025, Calendars.LOW_2025, Calendars.HIGH_2025, "2025");
        calendar.setYear(2026, Calendars.LOW_2026, Calendars.HIGH_2026, "2026");
        resource = publishedResource("r");
        scope = resourceScope(resource);
    }

    function applyAs(address account, bytes32 document) internal returns (AgreementId) {
        vm.prank(account);
        return agreements.applyFor(resource, document, VALID_FROM, VALID_UNTIL, USES);
    }

    function applied() internal returns (AgreementId) {
        return applyAs(CONSUMER_ACCOUNT, DOCUMENT);
    }

    function agreed() internal returns (AgreementId id) {
        id = applied();
        vm.prank(PROVIDER_ACCOUNT);
        agreements.agree(id);
    }

    function reserve(AgreementId id, uint32 count) internal returns (uint32) {
        vm.prank(CONSUMER_ACCOUNT);
        return agreements.reserve(id, count);
    }

    function anchorRecords(uint40 first, uint24 count) internal {
        vm.prank(PROVIDER_ACCOUNT);
        anchorLog.anchor(scope, first, count, ROOT, HashName.Keccak256);
    }

    function settleDeliveries(AgreementId id, uint40 first, uint24 count) internal {
        vm.prank(PROVIDER_ACCOUNT);
        anchorLog.anchor(deliveriesScope(id), first, count, ROOT, HashName.Keccak256);
    }

    function settleReceipts(AgreementId id, uint40 first, uint24 count) internal {
        vm.prank(CONSUMER_ACCOUNT);
        anchorLog.anchor(receiptsScope(id), first, count, ROOT, HashName.Keccak256);
    }

    function nextOf(ScopeId stream) internal view returns (uint40 next) {
        (, next, ) = anchorLog.head(stream);
    }

    function stateOf(AgreementId id) internal view returns (ISharingAgreements.State) {
        return agreements.agreement(id).state;
    }

    function same(
        string memory what,
        ISharingAgreements.State actual,
        ISharingAgreements.State expected
    ) internal pure {
        same(what, uint8(actual), uint256(uint8(expected)));
    }

    function stateInvalid(AgreementId id, ISharingAgreements.State state) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(ISharingAgreements.AgreementStateInvalid.selector, id, state);
    }

    function notInForce(AgreementId id, ISharingAgreements.State state) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(ISharingAgreements.AgreementNotInForce.selector, id, state);
    }

    function notParty(address sender, AgreementId id) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(ISharingAgreements.SenderNotParty.selector, sender, id);
    }

    function publishedAs(
        string memory code,
        IResourceCatalogue.ShareClass shareClass
    ) internal returns (ResourceId id) {
        IResourceCatalogue.Terms memory terms = someTerms();
        terms.shareClass = shareClass;
        terms.legalBasis = BASIS;
        vm.prank(PROVIDER_ACCOUNT);
        (id, ) = catalogue.propose(code, "resource", terms);
        vm.prank(AUTHORITY_ACCOUNT);
        catalogue.review(id, 1, true, 0);
        vm.prank(PROVIDER_ACCOUNT);
        catalogue.publish(id, 1);
    }
}
