// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IResourceCatalogue} from "../../../contracts/catalogue/IResourceCatalogue.sol";
import {IWorkingCalendar} from "../../../contracts/catalogue/IWorkingCalendar.sol";
import {IDepartmentRegistry} from "../../../contracts/identity/IDepartmentRegistry.sol";
import {IRetirable} from "../../../contracts/ledger/IRetirable.sol";
import {ISharingAgreements} from "../../../contracts/sharing/ISharingAgreements.sol";
import {AgreementId, toAgreementId} from "../../../contracts/types/AgreementId.sol";
import {ResourceId} from "../../../contracts/types/ResourceId.sol";
import {ScopeKind, deliveriesScope, receiptsScope} from "../../../contracts/types/ScopeId.sol";
import {Uscc} from "../../../contracts/types/Uscc.sol";
import {SharingFixture} from "./support/SharingFixture.sol";
import {vm} from "./support/Vm.sol";

/// @dev From the application to consent or refusal. Invariant 13 of invariants.md.
contract SharingApplicationTest is SharingFixture {
    // ------------------------------------------------------------------- Apply

    function test_applyFor_StoresTheApplication() public {
        AgreementId id = toAgreementId(CONSUMER, resource, DOCUMENT);
        uint64 due = calendar.dueAfter(START, 10);
        vm.expectEmit(address(agreements));
        emit ISharingAgreements.Applied(id, resource, CONSUMER, DOCUMENT, VALID_FROM, VALID_UNTIL, USES, due);
        same("id", AgreementId.unwrap(applied()), AgreementId.unwrap(id));

        ISharingAgreements.Agreement memory found = agreements.agreement(id);
        same("id", AgreementId.unwrap(found.id), AgreementId.unwrap(id));
        same("resource", ResourceId.unwrap(found.resource), ResourceId.unwrap(resource));
        same("provider", found.provider, PROVIDER);
        same("consumer", found.consumer, CONSUMER);
        same("state", found.state, ISharingAgreements.State.Applied);
        same("document", found.document, DOCUMENT);
        same("appliedAt", found.appliedAt, START);
        same("replyDue", found.replyDue, due);
        same("supplyDue", found.supplyDue, 0);
        same("validFrom", found.validFrom, VALID_FROM);
        same("validUntil", found.validUntil, VALID_UNTIL);
        same("endedAt", found.endedAt, 0);
        same("settlementUntil", found.settlementUntil, 0);
        same("maximumUses", found.maximumUses, USES);
        same("reserved", found.reserved, 0);
        same("profile", found.profile, 1);
        same("class", uint8(found.shareClass), uint8(IResourceCatalogue.ShareClass.Conditional));
        same("askedOnce", found.askedOnce, false);
        same("extensionDays", found.extensionDays, 0);
        same("count", agreements.agreementCount(), 1);
        same("by index", AgreementId.unwrap(agreements.agreementByIndex(0)), AgreementId.unwrap(id));
        same("open", agreements.settlementUntil(id), 0);
    }

    function test_applyFor_AnUnconditionalResource_IsDueAfterOneWorkingDay() public {
        resource = publishedAs("u", IResourceCatalogue.ShareClass.Unconditional);
        same("due", agreements.agreement(applied()).replyDue, calendar.dueAfter(START, 1));
    }

    /// @dev The statutory example: 2025-09-28 and 10-11 are make-up workdays, 10-01 to 10-08 are not.
    function test_applyFor_OnFriday20250926_IsDueOn20251016() public {
        vm.warp(1_758_870_000); // 2025-09-26T15:00:00+08:00
        same("due", agreements.agreement(applied()).replyDue, 1_760_630_400); // 2025-10-17T00:00:00+08:00
    }

    function test_applyFor_WhenTheSenderIsNoActiveDepartment() public {
        vm.expectRevert(notParty(NOBODY, toAgreementId(Uscc.wrap(0), resource, DOCUMENT)));
        applyAs(NOBODY, DOCUMENT);
        registry.setStatus(CONSUMER, IDepartmentRegistry.Status.Suspended, REASON);
        vm.expectRevert(notParty(CONSUMER_ACCOUNT, toAgreementId(Uscc.wrap(0), resource, DOCUMENT)));
        applied();
    }

    function test_applyFor_WhenTheDocumentIsMissing() public {
        vm.expectRevert(abi.encodeWithSelector(ISharingAgreements.DocumentMissing.selector));
        applyAs(CONSUMER_ACCOUNT, 0);
    }

    function test_applyFor_WhenThePeriodIsInvalid() public {
        uint64 last = type(uint40).max;
        uint64[2][4] memory periods = [
            [START + 10, START + 10],
            [START - 10, START],
            [START + 11, START + 10],
            [START, last + 1]
        ];
        vm.startPrank(CONSUMER_ACCOUNT);
        for (uint256 i = 0; i < periods.length; i++) {
            (uint64 from, uint64 until) = (periods[i][0], periods[i][1]);
            vm.expectRevert(abi.encodeWithSelector(ISharingAgreements.PeriodInvalid.selector, from, until));
            agreements.applyFor(resource, DOCUMENT, from, until, USES);
        }
        agreements.applyFor(resource, DOCUMENT, START + 10, last, USES);
        vm.stopPrank();
    }

    function test_applyFor_WhenNoUseIsAskedFor() public {
        vm.expectRevert(abi.encodeWithSelector(ISharingAgreements.UsesInvalid.selector, 0));
        vm.prank(CONSUMER_ACCOUNT);
        agreements.applyFor(resource, DOCUMENT, VALID_FROM, VALID_UNTIL, 0);
    }

    function test_applyFor_WhenTheResourceIsNotShared() public {
        ResourceId closed = publishedAs("n", IResourceCatalogue.ShareClass.NotShared);
        requireNotShared(closed);
        requireNotShared(ResourceId.wrap("unknown"));
        vm.prank(PROVIDER_ACCOUNT);
        (ResourceId proposed, ) = catalogue.propose("p", "resource", someTerms());
        requireNotShared(proposed);
        vm.prank(PROVIDER_ACCOUNT);
        catalogue.withdraw(resource, REASON);
        requireNotShared(resource);
    }

    function test_applyFor_WhenTheConsumerIsTheProvider() public {
        vm.expectRevert(abi.encodeWithSelector(ISharingAgreements.ConsumerIsProvider.selector, PROVIDER));
        applyAs(PROVIDER_ACCOUNT, DOCUMENT);
    }

    function test_applyFor_WhenTheConsumerIsDenied() public {
        bytes memory denied = abi.encodeWithSelector(ISharingAgreements.ConsumerDenied.selector, CONSUMER, resource);
        deny(0, IDepartmentRegistry.ListKind.Deny);
        vm.expectRevert(denied);
        applied();
        deny(0, IDepartmentRegistry.ListKind.None);
        deny(ResourceId.unwrap(resource), IDepartmentRegistry.ListKind.Deny);
        vm.expectRevert(denied);
        applied();
        deny(ResourceId.unwrap(resource), IDepartmentRegistry.ListKind.Allow);
        applied();
    }

    function test_applyFor_TwiceWithOneDocument() public {
        AgreementId id = applied();
        vm.expectRevert(abi.encodeWithSelector(ISharingAgreements.AgreementExists.selector, id));
        applied();
        applyAs(OTHER_ACCOUNT, DOCUMENT);
        applyAs(CONSUMER_ACCOUNT, keccak256("another"));
        same("count", agreements.agreementCount(), 3);
        vm.expectRevert(abi.encodeWithSelector(ISharingAgreements.IndexUnknown.selector, 3, 3));
        agreements.agreementByIndex(3);
    }

    function test_applyFor_WhenTheCalendarDoesNotReach() public {
        vm.warp(1_798_700_000); // 2026-12-31T10:53:20+08:00
        vm.expectRevert(abi.encodeWithSelector(IWorkingCalendar.YearUnknown.selector, 2027));
        vm.prank(CONSUMER_ACCOUNT);
        agreements.applyFor(resource, DOCUMENT, START, type(uint40).max, USES);
    }

    function test_agreement_WhenUnknown() public {
        AgreementId id = AgreementId.wrap("x");
        bytes memory unknown = abi.encodeWithSelector(ISharingAgreements.AgreementUnknown.selector, id);
        vm.expectRevert(unknown);
        agreements.agreement(id);
        vm.expectRevert(unknown);
        agreements.settlementUntil(id);
        vm.expectRevert(unknown);
        agreements.requireSettleable(id, 0);
        vm.expectRevert(unknown);
        vm.prank(PROVIDER_ACCOUNT);
        agreements.agree(id);
        vm.expectRevert(unknown);
        agreements.recordExpiry(id);
        same("state", agreements.stateAt(id, START), ISharingAgreements.State.None);
        same("in force", agreements.isInForceAt(id, START), false);
    }

    // -------------------------------------------------------------- Supplement

    function test_requestSupplement_StopsTheClock_SupplementRestartsIt() public {
        AgreementId id = applied();
        vm.expectEmit(address(agreements));
        emit ISharingAgreements.SupplementRequested(id, BASIS);
        ask(id);
        same("state", stateOf(id), ISharingAgreements.State.Incomplete);
        same("no deadline", agreements.agreement(id).replyDue, 0);

        vm.warp(START + 40 days);
        uint64 due = calendar.dueAfter(START + 40 days, 10);
        vm.expectEmit(address(agreements));
        emit ISharingAgreements.Supplemented(id, keccak256("more"), due);
        supplement(id);
        same("state", stateOf(id), ISharingAgreements.State.Applied);
        same("document", agreements.agreement(id).document, keccak256("more"));
        same("deadline", agreements.agreement(id).replyDue, due);
        same("not late", agreements.missedDeadline(id, ISharingAgreements.Duty.Reply), 0);
    }

    function test_requestSupplement_OnlyOnce() public {
        AgreementId id = applied();
        ask(id);
        vm.expectRevert(stateInvalid(id, ISharingAgreements.State.Incomplete));
        ask(id);
        supplement(id);
        vm.expectRevert(abi.encodeWithSelector(ISharingAgreements.AlreadyAskedOnce.selector, id));
        ask(id);
        same("state", stateOf(id), ISharingAgreements.State.Applied);
    }

    function test_requestSupplement_WhenSenderOrDigestIsWrong() public {
        AgreementId id = applied();
        vm.expectRevert(notParty(CONSUMER_ACCOUNT, id));
        vm.prank(CONSUMER_ACCOUNT);
        agreements.requestSupplement(id, BASIS);
        vm.expectRevert(notParty(AUTHORITY_ACCOUNT, id));
        vm.prank(AUTHORITY_ACCOUNT);
        agreements.requestSupplement(id, BASIS);
        vm.expectRevert(abi.encodeWithSelector(ISharingAgreements.DocumentMissing.selector));
        vm.prank(PROVIDER_ACCOUNT);
        agreements.requestSupplement(id, 0);
    }

    function test_requestSupplement_DropsARequestedExtension() public {
        AgreementId id = applied();
        vm.startPrank(PROVIDER_ACCOUNT);
        agreements.requestExtension(id, 5, BASIS);
        agreements.requestSupplement(id, BASIS);
        vm.stopPrank();
        same("requested", agreements.agreement(id).extensionRequested, 0);
    }

    function test_supplement_WhenNotAsked() public {
        AgreementId id = applied();
        vm.expectRevert(stateInvalid(id, ISharingAgreements.State.Applied));
        supplement(id);
    }

    function test_supplement_WhenSenderOrDocumentIsWrong() public {
        AgreementId id = applied();
        ask(id);
        vm.expectRevert(notParty(PROVIDER_ACCOUNT, id));
        vm.prank(PROVIDER_ACCOUNT);
        agreements.supplement(id, BASIS);
        vm.expectRevert(abi.encodeWithSelector(ISharingAgreements.DocumentMissing.selector));
        vm.prank(CONSUMER_ACCOUNT);
        agreements.supplement(id, 0);
    }

    // ------------------------------------------------------------------- Agree

    function test_agree_OpensBothStreamsAndTheSupplyPeriod() public {
        AgreementId id = applied();
        uint64 due = calendar.dueAfter(START, 20);
        vm.expectEmit(address(agreements));
        emit ISharingAgreements.Agreed(id, due);
        vm.prank(PROVIDER_ACCOUNT);
        agreements.agree(id);

        same("state", stateOf(id), ISharingAgreements.State.Agreed);
        same("supply", agreements.agreement(id).supplyDue, due);
        (Uscc holder, uint40 next, ScopeKind kind) = anchorLog.head(deliveriesScope(id));
        same("holder", holder, PROVIDER);
        same("next", next, 0);
        same("kind", uint8(kind), uint8(ScopeKind.Deliveries));
        (holder, , kind) = anchorLog.head(receiptsScope(id));
        same("holder", holder, CONSUMER);
        same("kind", uint8(kind), uint8(ScopeKind.Receipts));
        same("subject", anchorLog.subjectOf(receiptsScope(id)), AgreementId.unwrap(id));
    }

    function test_agree_WhenSenderOrStateIsWrong() public {
        AgreementId id = applied();
        address[3] memory senders = [CONSUMER_ACCOUNT, AUTHORITY_ACCOUNT, NOBODY];
        for (uint256 i = 0; i < senders.length; i++) {
            vm.expectRevert(notParty(senders[i], id));
            vm.prank(senders[i]);
            agreements.agree(id);
        }
        ask(id);
        vm.expectRevert(stateInvalid(id, ISharingAgreements.State.Incomplete));
        vm.prank(PROVIDER_ACCOUNT);
        agreements.agree(id);
        supplement(id);
        vm.startPrank(PROVIDER_ACCOUNT);
        agreements.agree(id);
        vm.expectRevert(stateInvalid(id, ISharingAgreements.State.Agreed));
        agreements.agree(id);
        vm.stopPrank();
    }

    function test_agree_WhenThePeriodIsOver() public {
        AgreementId id = applied();
        vm.warp(VALID_UNTIL);
        vm.expectRevert(abi.encodeWithSelector(ISharingAgreements.PeriodInvalid.selector, VALID_FROM, VALID_UNTIL));
        vm.prank(PROVIDER_ACCOUNT);
        agreements.agree(id);
    }

    function test_agree_WhenTheResourceIsWithdrawnOrTheConsumerMayNot() public {
        AgreementId id = applied();
        bytes memory refused = notInForce(id, ISharingAgreements.State.Applied);
        deny(0, IDepartmentRegistry.ListKind.Deny);
        vm.expectRevert(refused);
        vm.prank(PROVIDER_ACCOUNT);
        agreements.agree(id);
        deny(0, IDepartmentRegistry.ListKind.None);
        registry.setStatus(CONSUMER, IDepartmentRegistry.Status.Suspended, REASON);
        vm.expectRevert(refused);
        vm.prank(PROVIDER_ACCOUNT);
        agreements.agree(id);
        registry.setStatus(CONSUMER, IDepartmentRegistry.Status.Active, REASON);
        vm.startPrank(PROVIDER_ACCOUNT);
        catalogue.withdraw(resource, REASON);
        vm.expectRevert(refused);
        agreements.agree(id);
        vm.stopPrank();
    }

    // ------------------------------------------------------------------ Refuse

    function test_refuse_WithABasis_AlsoWhileIncomplete() public {
        AgreementId id = applied();
        vm.expectEmit(address(agreements));
        emit ISharingAgreements.Refused(id, BASIS);
        refuse(id, BASIS);
        same("state", stateOf(id), ISharingAgreements.State.Refused);

        AgreementId second = applyAs(CONSUMER_ACCOUNT, keccak256("another"));
        ask(second);
        refuse(second, BASIS);
        same("state", stateOf(second), ISharingAgreements.State.Refused);
    }

    function test_refuse_WhenTheBasisIsMissing() public {
        AgreementId id = applied();
        vm.expectRevert(abi.encodeWithSelector(ISharingAgreements.BasisMissing.selector, id));
        refuse(id, 0);
    }

    function test_refuse_WhenSenderOrStateIsWrong() public {
        AgreementId id = applied();
        vm.expectRevert(notParty(CONSUMER_ACCOUNT, id));
        vm.prank(CONSUMER_ACCOUNT);
        agreements.refuse(id, BASIS);
        refuse(id, BASIS);
        vm.expectRevert(stateInvalid(id, ISharingAgreements.State.Refused));
        refuse(id, BASIS);
        vm.expectRevert(stateInvalid(id, ISharingAgreements.State.Refused));
        vm.prank(PROVIDER_ACCOUNT);
        agreements.agree(id);
    }

    // ---------------------------------------------------------------- Profiles

    function test_appendProfile_AppliesFromItsTimeOn() public {
        AgreementId before = applied();
        ISharingAgreements.Profile memory profile = someProfile(START + 100);
        vm.expectEmit(address(agreements));
        emit ISharingAgreements.ProfileAppended(2, profile);
        same("version", agreements.appendProfile(profile), 2);
        same("count", agreements.profileCount(), 2);
        same("source", agreements.profile(2).source, profile.source);

        vm.warp(START + 99);
        AgreementId early = applyAs(CONSUMER_ACCOUNT, keccak256("early"));
        vm.warp(START + 100);
        AgreementId late = applyAs(CONSUMER_ACCOUNT, keccak256("late"));
        same("early", agreements.agreement(early).profile, 1);
        same("late", agreements.agreement(late).profile, 2);
        same("late due", agreements.agreement(late).replyDue, calendar.dueAfter(START, 7));
        same("unchanged", agreements.agreement(before).replyDue, calendar.dueAfter(START, 10));
        vm.startPrank(PROVIDER_ACCOUNT);
        agreements.agree(late);
        agreements.agree(before);
        vm.stopPrank();
        same("late supply", agreements.agreement(late).supplyDue, calendar.dueAfter(START, 9));
        same("before supply", agreements.agreement(before).supplyDue, calendar.dueAfter(START, 20));
    }

    function test_profile_TheFirstIsTheContractsOwn() public {
        ISharingAgreements.Profile memory first = agreements.profile(1);
        same("unconditional", first.replyUnconditional, 1);
        same("conditional", first.replyConditional, 10);
        same("supply", first.supply, 20);
        same("settlement", first.settlement, 5);
        same("from", first.effectiveFrom, START);
        vm.expectRevert(abi.encodeWithSelector(ISharingAgreements.ProfileUnknown.selector, 0));
        agreements.profile(0);
        vm.expectRevert(abi.encodeWithSelector(ISharingAgreements.ProfileUnknown.selector, 2));
        agreements.profile(2);
    }

    function test_appendProfile_WhenInvalid() public {
        ISharingAgreements.Profile memory profile = someProfile(START);
        profile.replyUnconditional = 0;
        requireProfileInvalid(profile);
        profile = someProfile(START);
        profile.replyConditional = 251;
        requireProfileInvalid(profile);
        profile = someProfile(START);
        profile.supply = 0;
        requireProfileInvalid(profile);
        profile = someProfile(START);
        profile.settlement = 251;
        requireProfileInvalid(profile);
        requireProfileInvalid(someProfile(START - 1));
        agreements.appendProfile(someProfile(START + 100));
        requireProfileInvalid(someProfile(START + 99));
        agreements.appendProfile(someProfile(START + 100));
    }

    function test_appendProfile_WhenTheSenderIsNotTheAuthority() public {
        vm.expectRevert(abi.encodeWithSignature("AccessManagedUnauthorized(address)", PROVIDER_ACCOUNT));
        vm.prank(PROVIDER_ACCOUNT);
        agreements.appendProfile(someProfile(START));
    }

    function test_GivenRetired_EveryWriteIsRefused() public {
        AgreementId id = agreed();
        agreements.retire(NOBODY);
        bytes memory retired = abi.encodeWithSelector(IRetirable.ContractRetired.selector, NOBODY);
        bytes[14] memory calls = [
            abi.encodeCall(agreements.appendProfile, (someProfile(START))),
            abi.encodeCall(agreements.applyFor, (resource, BASIS, VALID_FROM, VALID_UNTIL, USES)),
            abi.encodeCall(agreements.requestSupplement, (id, BASIS)),
            abi.encodeCall(agreements.supplement, (id, BASIS)),
            abi.encodeCall(agreements.requestExtension, (id, 1, BASIS)),
            abi.encodeCall(agreements.decideExtension, (id, true)),
            abi.encodeCall(agreements.agree, (id)),
            abi.encodeCall(agreements.refuse, (id, BASIS)),
            abi.encodeCall(agreements.suspend, (id, REASON)),
            abi.encodeCall(agreements.resume, (id)),
            abi.encodeCall(agreements.revoke, (id, REASON)),
            abi.encodeCall(agreements.recordExpiry, (id)),
            abi.encodeCall(agreements.complete, (id)),
            abi.encodeCall(agreements.recordMissedDeadline, (id, ISharingAgreements.Duty.Reply))
        ];
        for (uint256 i = 0; i < calls.length; i++) requireRevert(calls[i], retired);
        vm.expectRevert(retired);
        reserve(id, 1);
        same("reads", stateOf(id), ISharingAgreements.State.Agreed);
    }

    // ----------------------------------------------------------------- Helpers

    function requireRevert(bytes memory call, bytes memory expected) private {
        (bool success, bytes memory result) = address(agreements).call(call);
        same("success", success, false);
        same("error", keccak256(result), keccak256(expected));
    }

    function requireNotShared(ResourceId id) private {
        vm.expectRevert(abi.encodeWithSelector(ISharingAgreements.ResourceNotShared.selector, id));
        vm.prank(CONSUMER_ACCOUNT);
        agreements.applyFor(id, DOCUMENT, VALID_FROM, VALID_UNTIL, USES);
    }

    function requireProfileInvalid(ISharingAgreements.Profile memory profile) private {
        vm.expectRevert(abi.encodeWithSelector(ISharingAgreements.ProfileInvalid.selector));
        agreements.appendProfile(profile);
    }

    function someProfile(uint64 effectiveFrom) private pure returns (ISharingAgreements.Profile memory) {
        return ISharingAgreements.Profile(3, 7, 9, 250, effectiveFrom, keccak256("rule"));
    }

    function deny(bytes32 listScope, IDepartmentRegistry.ListKind kind) private {
        registry.setListEntry(CONSUMER, listScope, kind, REASON, NO_END);
    }

    function ask(AgreementId id) private {
        vm.prank(PROVIDER_ACCOUNT);
        agreements.requestSupplement(id, BASIS);
    }

    function supplement(AgreementId id) private {
        vm.prank(CONSUMER_ACCOUNT);
        agreements.supplement(id, keccak256("more"));
    }

    function refuse(AgreementId id, bytes32 basis) private {
        vm.prank(PROVIDER_ACCOUNT);
        agreements.refuse(id, basis);
    }
}
