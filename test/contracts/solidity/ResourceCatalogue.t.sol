// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IResourceCatalogue} from "../../../contracts/catalogue/IResourceCatalogue.sol";
import {ResourceCatalogue} from "../../../contracts/catalogue/ResourceCatalogue.sol";
import {IDepartmentRegistry} from "../../../contracts/identity/IDepartmentRegistry.sol";
import {IRetirable} from "../../../contracts/ledger/IRetirable.sol";
import {ResourceId, toResourceId} from "../../../contracts/types/ResourceId.sol";
import {resourceScope, ScopeKind} from "../../../contracts/types/ScopeId.sol";
import {Uscc} from "../../../contracts/types/Uscc.sol";
import {LedgerFixture} from "./support/LedgerFixture.sol";
import {vm} from "./support/Vm.sol";

contract ResourceCatalogueTest is LedgerFixture {
    bytes32 private constant REASON = keccak256("reason");
    Uscc private constant NO_ONE = Uscc.wrap(0);

    // ----------------------------------------------------------------- propose

    function test_propose_WhenTheSenderIsNoActiveDepartment() public {
        expectNotProvider(NOBODY, NO_ONE);
        vm.prank(NOBODY);
        catalogue.propose("a", "name", someTerms());
        registry.setStatus(PROVIDER, IDepartmentRegistry.Status.Suspended, 1);
        expectNotProvider(PROVIDER_ACCOUNT, NO_ONE);
        vm.prank(PROVIDER_ACCOUNT);
        catalogue.propose("a", "name", someTerms());
    }

    function test_propose_WhenAPartIsMissing() public {
        ResourceId id = toResourceId(PROVIDER, "a");
        IResourceCatalogue.Terms memory given = someTerms();
        vm.startPrank(PROVIDER_ACCOUNT);
        expectTermsInvalid(toResourceId(PROVIDER, ""));
        catalogue.propose("", "name", given);
        expectTermsInvalid(id);
        catalogue.propose("a", "", given);
        given.shareClass = IResourceCatalogue.ShareClass.None;
        expectTermsInvalid(id);
        catalogue.propose("a", "name", given);
        given = someTerms();
        given.level = 0;
        expectTermsInvalid(id);
        catalogue.propose("a", "name", given);
        given.level = 5;
        expectTermsInvalid(id);
        catalogue.propose("a", "name", given);
        given = someTerms();
        given.schema = 0;
        expectTermsInvalid(id);
        catalogue.propose("a", "name", given);
        given = someTerms();
        given.metadata = 0;
        expectTermsInvalid(id);
        catalogue.propose("a", "name", given);
        vm.stopPrank();
    }

    function test_propose_NotShared_NeedsALegalBasis() public {
        ResourceId id = toResourceId(PROVIDER, "a");
        IResourceCatalogue.Terms memory given = someTerms();
        given.shareClass = IResourceCatalogue.ShareClass.NotShared;
        vm.startPrank(PROVIDER_ACCOUNT);
        vm.expectRevert(abi.encodeWithSelector(IResourceCatalogue.LegalBasisMissing.selector, id));
        catalogue.propose("a", "name", given);
        given.legalBasis = keccak256("statute");
        catalogue.propose("a", "name", given);
        vm.stopPrank();
        same("basis", catalogue.terms(id, 1).legalBasis, keccak256("statute"));
    }

    function test_propose_StoresTheProposal() public {
        ResourceId id = toResourceId(PROVIDER, "a");
        vm.expectEmit(address(catalogue));
        emit IResourceCatalogue.ResourceProposed(id, PROVIDER, 1, "a", "name", someTerms());
        propose("a", "name");

        IResourceCatalogue.Resource memory known = catalogue.resource(id);
        same("id", ResourceId.unwrap(known.id), ResourceId.unwrap(id));
        same("provider", known.provider, PROVIDER);
        same("state", uint8(known.state), uint8(IResourceCatalogue.State.Proposed));
        same("version", known.version, 0);
        same("latest", known.latest, 1);
        same("code", known.code, "a");
        same("name", known.name, "name");
        same("terms", keccak256(abi.encode(catalogue.terms(id, 1))), keccak256(abi.encode(someTerms())));
        same("count", catalogue.resourceCount(), 1);
        same("by index", ResourceId.unwrap(catalogue.resourceByIndex(0)), ResourceId.unwrap(id));
        expectPublishedAt(id, START, IResourceCatalogue.State.None, 0);
    }

    /// @dev Two departments may use the same code.
    function test_propose_TheSameCodeOfAnotherDepartment() public {
        propose("a", "name");
        vm.prank(OTHER_ACCOUNT);
        (ResourceId id, uint32 version) = catalogue.propose("a", "name", someTerms());
        same("version", version, 1);
        same("provider", catalogue.resource(id).provider, OTHER);
        same("count", catalogue.resourceCount(), 2);
    }

    /// @dev A name that nobody reviewed is not shown as the resource's.
    function test_propose_ANextVersion_ChangesNothingInForce() public {
        ResourceId id = publishedResource("a");
        propose("a", "another name");

        IResourceCatalogue.Resource memory known = catalogue.resource(id);
        same("version", known.version, 1);
        same("latest", known.latest, 2);
        same("state", uint8(known.state), uint8(IResourceCatalogue.State.Published));
        same("name", known.name, "resource");
        same("proposed name", catalogue.versionName(id, 2), "another name");
        same("count", catalogue.resourceCount(), 1);
    }

    function test_propose_GivenWithdrawn() public {
        ResourceId id = withdrawn("a");
        expectStateInvalid(id, 1, IResourceCatalogue.State.Withdrawn);
        propose("a", "name");
    }

    // ------------------------------------------------------------------ review

    function test_review_WhenTheResourceOrVersionIsUnknown() public {
        ResourceId id = propose("a", "name");
        ResourceId unknown = toResourceId(PROVIDER, "b");
        vm.startPrank(AUTHORITY_ACCOUNT);
        vm.expectRevert(abi.encodeWithSelector(IResourceCatalogue.ResourceUnknown.selector, unknown));
        catalogue.review(unknown, 1, true, 0);
        vm.expectRevert(abi.encodeWithSelector(IResourceCatalogue.VersionUnknown.selector, id, 0));
        catalogue.review(id, 0, true, 0);
        vm.expectRevert(abi.encodeWithSelector(IResourceCatalogue.VersionUnknown.selector, id, 2));
        catalogue.review(id, 2, true, 0);
        vm.stopPrank();
    }

    function test_review_WhenTheReviewerIsNotEntitled() public {
        ResourceId id = propose("a", "name");
        expectNotEntitled(NO_ONE);
        vm.prank(NOBODY);
        catalogue.review(id, 1, true, 0);
        expectNotEntitled(PROVIDER);
        vm.prank(PROVIDER_ACCOUNT);
        catalogue.review(id, 1, true, 0);
        expectNotEntitled(CONSUMER);
        vm.prank(CONSUMER_ACCOUNT);
        catalogue.review(id, 1, true, 0);
        // The AccessManager's admin governs the ledger, it does not review.
        expectNotEntitled(NO_ONE);
        catalogue.review(id, 1, true, 0);
    }

    function test_review_WhenTheAuthorityIsOfAnotherLevelOrRegion() public {
        ResourceId id = propose("a", "name");
        IDepartmentRegistry.Admission memory given = admission(STRANGER, IDepartmentRegistry.Role.Authority, NOBODY);
        given.level = IDepartmentRegistry.Level.Province;
        registry.admit(given);
        expectNotEntitled(STRANGER);
        vm.prank(NOBODY);
        catalogue.review(id, 1, true, 0);

        Uscc another = Uscc.wrap("119901009901000690");
        given = admission(another, IDepartmentRegistry.Role.Authority, address(0xf1));
        given.region = REGION + 1;
        registry.admit(given);
        expectNotEntitled(another);
        vm.prank(address(0xf1));
        catalogue.review(id, 1, true, 0);
    }

    function test_review_WhenTheAuthorityReviewsItself() public {
        vm.prank(AUTHORITY_ACCOUNT);
        (ResourceId id, ) = catalogue.propose("a", "name", someTerms());
        vm.expectRevert(abi.encodeWithSelector(IResourceCatalogue.ReviewerNotEntitled.selector, AUTHORITY, AUTHORITY));
        vm.prank(AUTHORITY_ACCOUNT);
        catalogue.review(id, 1, true, 0);
    }

    function test_review_WhenTheAuthorityIsSuspended() public {
        ResourceId id = propose("a", "name");
        registry.setStatus(AUTHORITY, IDepartmentRegistry.Status.Suspended, 1);
        expectNotEntitled(NO_ONE);
        vm.prank(AUTHORITY_ACCOUNT);
        catalogue.review(id, 1, true, 0);
    }

    function test_review_RejectionNeedsAReason() public {
        ResourceId id = propose("a", "name");
        vm.startPrank(AUTHORITY_ACCOUNT);
        vm.expectRevert(abi.encodeWithSelector(IResourceCatalogue.RejectionReasonMissing.selector, id));
        catalogue.review(id, 1, false, 0);
        vm.expectEmit(address(catalogue));
        emit IResourceCatalogue.ResourceReviewed(id, 1, false, AUTHORITY, REASON);
        catalogue.review(id, 1, false, REASON);
        vm.stopPrank();
        expectVersionState(id, 1, IResourceCatalogue.State.Rejected);
        same("resource", uint8(catalogue.resource(id).state), uint8(IResourceCatalogue.State.Rejected));
    }

    function test_review_WhenAlreadyReviewed() public {
        ResourceId id = propose("a", "name");
        review(id, 1, true);
        vm.startPrank(AUTHORITY_ACCOUNT);
        expectStateInvalid(id, 1, IResourceCatalogue.State.Approved);
        catalogue.review(id, 1, false, REASON);
        vm.stopPrank();
        propose("a", "name");
        review(id, 2, false);
        vm.startPrank(AUTHORITY_ACCOUNT);
        expectStateInvalid(id, 2, IResourceCatalogue.State.Rejected);
        catalogue.review(id, 2, true, 0);
        vm.stopPrank();
    }

    function test_review_GivenWithdrawn() public {
        ResourceId id = publishedResource("a");
        propose("a", "name");
        vm.prank(PROVIDER_ACCOUNT);
        catalogue.withdraw(id, 1);
        vm.startPrank(AUTHORITY_ACCOUNT);
        expectStateInvalid(id, 2, IResourceCatalogue.State.Withdrawn);
        catalogue.review(id, 2, true, 0);
        vm.stopPrank();
    }

    // ----------------------------------------------------------------- publish

    function test_publish_WhenTheSenderIsNotTheProvider() public {
        ResourceId id = propose("a", "name");
        review(id, 1, true);
        expectNotProvider(AUTHORITY_ACCOUNT, PROVIDER);
        vm.prank(AUTHORITY_ACCOUNT);
        catalogue.publish(id, 1);
    }

    function test_publish_WhenNotApproved() public {
        ResourceId id = propose("a", "name");
        vm.startPrank(PROVIDER_ACCOUNT);
        expectStateInvalid(id, 1, IResourceCatalogue.State.Proposed);
        catalogue.publish(id, 1);
        vm.expectRevert(abi.encodeWithSelector(IResourceCatalogue.VersionUnknown.selector, id, 2));
        catalogue.publish(id, 2);
        ResourceId unknown = toResourceId(PROVIDER, "b");
        vm.expectRevert(abi.encodeWithSelector(IResourceCatalogue.ResourceUnknown.selector, unknown));
        catalogue.publish(unknown, 1);
        vm.stopPrank();
        review(id, 1, false);
        vm.startPrank(PROVIDER_ACCOUNT);
        expectStateInvalid(id, 1, IResourceCatalogue.State.Rejected);
        catalogue.publish(id, 1);
        vm.stopPrank();
    }

    function test_publish_OpensTheScopeOnce() public {
        ResourceId id = publishedResource("a");
        (Uscc holder, , ScopeKind kind) = anchorLog.head(resourceScope(id));
        same("kind", uint8(kind), uint8(ScopeKind.Resource));
        same("holder", holder, PROVIDER);

        propose("a", "second");
        review(id, 2, true);
        publish(id, 2);
        same("version", catalogue.resource(id).version, 2);
        same("name", catalogue.resource(id).name, "second");
    }

    function test_publish_AnEarlierVersionThanTheOneInForce() public {
        ResourceId id = propose("a", "first");
        propose("a", "second");
        review(id, 1, true);
        review(id, 2, true);
        publish(id, 2);
        vm.startPrank(PROVIDER_ACCOUNT);
        expectStateInvalid(id, 2, IResourceCatalogue.State.Published);
        catalogue.publish(id, 1);
        expectStateInvalid(id, 2, IResourceCatalogue.State.Published);
        catalogue.publish(id, 2);
        vm.stopPrank();
    }

    function test_publish_ANotSharedResource_OpensItsScopeToo() public {
        IResourceCatalogue.Terms memory given = someTerms();
        given.shareClass = IResourceCatalogue.ShareClass.NotShared;
        given.legalBasis = keccak256("statute");
        vm.prank(PROVIDER_ACCOUNT);
        (ResourceId id, ) = catalogue.propose("a", "name", given);
        review(id, 1, true);
        publish(id, 1);
        (, , ScopeKind kind) = anchorLog.head(resourceScope(id));
        same("kind", uint8(kind), uint8(ScopeKind.Resource));
    }

    function test_publishedAt_TwoVersionsInOneBlock() public {
        ResourceId id = publishedResource("a");
        vm.warp(START + 100);
        propose("a", "second");
        propose("a", "third");
        review(id, 2, true);
        review(id, 3, true);
        publish(id, 2);
        vm.expectEmit(address(catalogue));
        emit IResourceCatalogue.ResourcePublished(id, 3, START + 100);
        publish(id, 3);
        vm.warp(START + 200);
        vm.prank(PROVIDER_ACCOUNT);
        catalogue.withdraw(id, 1);

        expectPublishedAt(id, START - 1, IResourceCatalogue.State.None, 0);
        expectPublishedAt(id, START, IResourceCatalogue.State.Published, 1);
        expectPublishedAt(id, START + 99, IResourceCatalogue.State.Published, 1);
        expectPublishedAt(id, START + 100, IResourceCatalogue.State.Published, 3);
        expectPublishedAt(id, START + 199, IResourceCatalogue.State.Published, 3);
        expectPublishedAt(id, START + 200, IResourceCatalogue.State.Withdrawn, 3);
        expectVersionState(id, 2, IResourceCatalogue.State.Published);
    }

    // ---------------------------------------------------------------- withdraw

    function test_withdraw_WhenTheSenderIsNeitherProviderNorItsAuthority() public {
        ResourceId id = publishedResource("a");
        expectNotProvider(CONSUMER_ACCOUNT, PROVIDER);
        vm.prank(CONSUMER_ACCOUNT);
        catalogue.withdraw(id, 1);
        expectNotProvider(NOBODY, PROVIDER);
        vm.prank(NOBODY);
        catalogue.withdraw(id, 1);
    }

    function test_withdraw_WhenNotPublished() public {
        ResourceId id = propose("a", "name");
        vm.startPrank(PROVIDER_ACCOUNT);
        expectStateInvalid(id, 0, IResourceCatalogue.State.Proposed);
        catalogue.withdraw(id, 1);
        vm.stopPrank();
        id = withdrawn("b");
        vm.startPrank(PROVIDER_ACCOUNT);
        expectStateInvalid(id, 1, IResourceCatalogue.State.Withdrawn);
        catalogue.withdraw(id, 1);
        vm.stopPrank();
    }

    function test_withdraw_ByTheAuthority_CountsARestriction() public {
        ResourceId id = publishedResource("a");
        (, uint64 before) = registry.standing(NOBODY);
        vm.expectEmit(address(catalogue));
        emit IResourceCatalogue.ResourceWithdrawn(id, 1, 5, START);
        vm.prank(AUTHORITY_ACCOUNT);
        catalogue.withdraw(id, 5);
        same("state", uint8(catalogue.resource(id).state), uint8(IResourceCatalogue.State.Withdrawn));
        (, uint64 afterwards) = registry.standing(NOBODY);
        same("restrictions", afterwards, before + 1);
    }

    // ----------------------------------------------------------------- reading

    function test_reading_WhenUnknown() public {
        ResourceId id = toResourceId(PROVIDER, "a");
        vm.expectRevert(abi.encodeWithSelector(IResourceCatalogue.ResourceUnknown.selector, id));
        catalogue.resource(id);
        vm.expectRevert(abi.encodeWithSelector(IResourceCatalogue.VersionUnknown.selector, id, 1));
        catalogue.terms(id, 1);
        vm.expectRevert(abi.encodeWithSelector(IResourceCatalogue.VersionUnknown.selector, id, 1));
        catalogue.versionName(id, 1);
        vm.expectRevert(abi.encodeWithSelector(IResourceCatalogue.IndexUnknown.selector, 0, 0));
        catalogue.resourceByIndex(0);
        expectVersionState(id, 1, IResourceCatalogue.State.None);
        expectPublishedAt(id, START, IResourceCatalogue.State.None, 0);
    }

    function test_writes_GivenRetired() public {
        ResourceId id = publishedResource("a");
        catalogue.retire(address(0xbeef));
        vm.startPrank(PROVIDER_ACCOUNT);
        expectRetired();
        catalogue.propose("b", "name", someTerms());
        expectRetired();
        catalogue.review(id, 1, true, 0);
        expectRetired();
        catalogue.publish(id, 1);
        expectRetired();
        catalogue.withdraw(id, 1);
        vm.stopPrank();
        same("reads for ever", catalogue.resource(id).version, 1);
    }

    // -------------------------------------------------------------- succession

    function test_successor_ReadsThroughAndTakesOver() public {
        ResourceId id = publishedResource("a");
        propose("a", "second");
        review(id, 2, true);
        ResourceCatalogue next = new ResourceCatalogue(address(manager), address(catalogue), registry, anchorLog);
        vm.expectRevert(abi.encodeWithSelector(IRetirable.PredecessorNotRetired.selector, address(catalogue)));
        vm.prank(PROVIDER_ACCOUNT);
        next.publish(id, 2);
        catalogue.retire(address(next));

        same("version", next.resource(id).version, 1);
        same("name", next.resource(id).name, "resource");
        same("count", next.resourceCount(), 1);
        same("by index", ResourceId.unwrap(next.resourceByIndex(0)), ResourceId.unwrap(id));
        same("terms", next.terms(id, 2).schema, keccak256("schema"));
        same("state", uint8(next.versionState(id, 2)), uint8(IResourceCatalogue.State.Approved));

        vm.warp(START + 100);
        vm.prank(PROVIDER_ACCOUNT);
        next.publish(id, 2);
        same("version", next.resource(id).version, 2);
        same("name", next.resource(id).name, "second");
        same("terms", next.terms(id, 2).schema, keccak256("schema"));
        (IResourceCatalogue.State state, uint32 version) = next.publishedAt(id, START + 99);
        same("before", version, 1);
        (state, version) = next.publishedAt(id, START + 100);
        same("now", version, 2);
        same("state", uint8(state), uint8(IResourceCatalogue.State.Published));
        same("count is unchanged", next.resourceCount(), 1);
    }

    function test_successor_ContinuesVersionsAndNumbers() public {
        ResourceId id = publishedResource("a");
        ResourceId gone = withdrawn("b");
        ResourceCatalogue next = new ResourceCatalogue(address(manager), address(catalogue), registry, anchorLog);
        catalogue.retire(address(next));

        vm.startPrank(PROVIDER_ACCOUNT);
        (, uint32 version) = next.propose("a", "second", someTerms());
        same("version", version, 2);
        (, version) = next.propose("c", "third", someTerms());
        same("a new one", version, 1);
        expectStateInvalid(gone, 1, IResourceCatalogue.State.Withdrawn);
        next.propose("b", "name", someTerms());
        vm.stopPrank();
        same("latest", next.resource(id).latest, 2);
        same("in force", next.resource(id).version, 1);
        same("count", next.resourceCount(), 3);
        same("by index", ResourceId.unwrap(next.resourceByIndex(2)), ResourceId.unwrap(toResourceId(PROVIDER, "c")));
        ResourceId unknown = toResourceId(PROVIDER, "d");
        vm.expectRevert(abi.encodeWithSelector(IResourceCatalogue.ResourceUnknown.selector, unknown));
        vm.prank(PROVIDER_ACCOUNT);
        next.withdraw(unknown, 1);
    }

    // ----------------------------------------------------------------- support

    function propose(string memory code, string memory name) private returns (ResourceId id) {
        vm.prank(PROVIDER_ACCOUNT);
        (id, ) = catalogue.propose(code, name, someTerms());
    }

    function review(ResourceId id, uint32 version, bool approve) private {
        vm.prank(AUTHORITY_ACCOUNT);
        catalogue.review(id, version, approve, approve ? bytes32(0) : REASON);
    }

    function publish(ResourceId id, uint32 version) private {
        vm.prank(PROVIDER_ACCOUNT);
        catalogue.publish(id, version);
    }

    function withdrawn(string memory code) private returns (ResourceId id) {
        id = publishedResource(code);
        vm.prank(PROVIDER_ACCOUNT);
        catalogue.withdraw(id, 1);
    }

    function expectPublishedAt(
        ResourceId id,
        uint64 time,
        IResourceCatalogue.State expected,
        uint32 expectedVersion
    ) private view {
        (IResourceCatalogue.State state, uint32 version) = catalogue.publishedAt(id, time);
        same("published", uint8(state), uint8(expected));
        same("version", version, expectedVersion);
    }

    function expectVersionState(ResourceId id, uint32 version, IResourceCatalogue.State expected) private view {
        same("version state", uint8(catalogue.versionState(id, version)), uint8(expected));
    }

    function expectNotProvider(address sender, Uscc provider) private {
        vm.expectRevert(abi.encodeWithSelector(IResourceCatalogue.SenderNotProvider.selector, sender, provider));
    }

    function expectNotEntitled(Uscc reviewer) private {
        vm.expectRevert(abi.encodeWithSelector(IResourceCatalogue.ReviewerNotEntitled.selector, reviewer, PROVIDER));
    }

    function expectTermsInvalid(ResourceId id) private {
        vm.expectRevert(abi.encodeWithSelector(IResourceCatalogue.TermsInvalid.selector, id));
    }

    function expectStateInvalid(ResourceId id, uint32 version, IResourceCatalogue.State state) private {
        vm.expectRevert(abi.encodeWithSelector(IResourceCatalogue.ResourceStateInvalid.selector, id, version, state));
    }

    function expectRetired() private {
        vm.expectRevert(abi.encodeWithSelector(IRetirable.ContractRetired.selector, address(0xbeef)));
    }
}
