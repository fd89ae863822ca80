import { expect } from "chai";
import {
  applyForCall,
  completeAgreementCall,
  decideExtensionCall,
  recordMissedDeadlineCall,
  refuseCall,
  requestExtensionCall,
  requestSupplementCall,
  reserveCall,
  resumeAgreementCall,
  revokeAgreementCall,
  supplementCall,
  suspendAgreementCall,
} from "../../../sdk/chain/agreement-calls.ts";
import { anchoredIn } from "../../../sdk/chain/anchors.ts";
import { anchorCall, anchorSupersedingCall, changeStatusCall, openJournalCall } from "../../../sdk/chain/calls.ts";

import { ChainError } from "../../../sdk/chain/errors.ts";
import {
  agreementId,
  anchorDigest,
  deliveriesScope,
  journalScope,
  receiptsScope,
  resourceScope,
} from "../../../sdk/protocol/anchor.ts";
import type { Hex } from "../../../sdk/protocol/bytes.ts";

import { makeAgreement, someHash } from "../../support/deliveries.ts";
import { startLedger, type TestLedger } from "../../support/ledger.ts";
import { LICENCE_SCHEMA } from "../../support/records.ts";

describe("LedgerView: anchors and agreements", function () {
  this.timeout(20_000);

  let ledger: TestLedger;
  let resource: Hex;
  let scope: Hex;

  before(async function () {
    this.timeout(30_000);
    ledger = await startLedger();
    ({ resource, scope } = await ledger.publish({
      provider: ledger.provider,
      code: "licence",
      schema: LICENCE_SCHEMA,
    }));
  });

  after(() => ledger.stop());

  const view = () => ledger.connection.view();
  const refusal = async (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => undefined,
      (error: unknown) => (error instanceof ChainError ? error.values["error"] : error),
    );

  describe("anchors", () => {
    it("reads a scope's head, subject, slots and batches", async () => {
      const hash = "sha256";
      const receipt = await ledger.send(
        ledger.provider,
        anchorCall({ scope, first: 0, count: 3, root: someHash(5), hash }),
      );
      await ledger.send(ledger.provider, anchorCall({ scope, first: 3, count: 2, root: someHash(6), hash }));
      const at = await view();
      expect(scope).to.equal(resourceScope(resource));
      expect(await at.head(scope)).to.deep.equal({ kind: "resource", holder: ledger.provider.uscc, next: 5 });
      expect(await at.subjectOf(scope)).to.equal(resource);
      const [batch] = anchoredIn(receipt);
      expect(batch).to.deep.include({
        scope,
        first: 0,
        count: 3,
        hash,
        root: someHash(5),
        department: ledger.provider.uscc,
        time: ledger.now,
        block: receipt.block,
      });
      expect(await at.batchDigest(scope, 0)).to.equal(anchorDigest(batch!));
      expect(await at.batchDigest(scope, 1)).to.equal(undefined);
      expect((await at.batches(scope)).map(({ first, count }) => [first, count])).to.deep.equal([
        [0, 3],
        [3, 2],
      ]);
      expect(await at.head(someHash(1))).to.equal(undefined);
      expect(await at.subjectOf(someHash(1))).to.equal(undefined);
    });

    it("tells why an anchor is refused, with the contract's own values", async () => {
      const again = ledger.send(
        ledger.provider,
        anchorCall({ scope, first: 3, count: 2, root: someHash(6), hash: "sha256" }),
      );
      const error = await again.then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect((error as ChainError).values).to.deep.equal({ error: "ScopeNumberMismatch", scope, next: 5, first: 3 });
      expect(
        await refusal(
          ledger.send(ledger.consumer, anchorCall({ scope, first: 5, count: 1, root: someHash(6), hash: "sha256" })),
        ),
      ).to.equal("SenderNotHolder");
    });

    it("marks superseded records in the call that anchors their successors", async () => {
      await ledger.send(
        ledger.provider,
        anchorSupersedingCall({ scope, first: 5, count: 1, root: someHash(7), hash: "sha256", superseded: [0, 2] }),
      );
      const at = await view();
      const histories = await Promise.all([0, 1, 2].map((seq) => at.statusHistory(scope, seq)));
      expect(histories.map((history) => history.map(({ state, reason }) => [state, reason]))).to.deep.equal([
        [["superseded", 65535]],
        [],
        [["superseded", 65535]],
      ]);
      expect(
        await refusal(
          ledger.send(
            ledger.provider,
            changeStatusCall({ scope, seq: 0, state: "active", reason: 1, effectiveFrom: ledger.now }),
          ),
        ),
      ).to.equal("StatusTerminal");
    });

    it("opens a journal once", async () => {
      await ledger.send(ledger.authority, openJournalCall());
      expect(await (await view()).head(journalScope(ledger.authority.uscc))).to.deep.equal({
        kind: "journal",
        holder: ledger.authority.uscc,
        next: 0,
      });
      expect(await refusal(ledger.send(ledger.authority, openJournalCall()))).to.equal("ScopeAlreadyOpen");
    });
  });

  describe("agreements", () => {
    const apply = async (document: Hex): Promise<Hex> => {
      const validUntil = ledger.now + 30 * 86_400;
      await ledger.send(
        ledger.consumer,
        applyForCall({ resource, document, validFrom: ledger.now, validUntil, maximumUses: 5 }),
      );
      return agreementId(ledger.consumer.uscc, resource, document);
    };

    it("reads an agreement through its life", async () => {
      const { provider, consumer } = ledger;
      const { id, application } = await makeAgreement(ledger, {
        provider,
        consumer,
        resource,
        patterns: [["holder"]],
        reserve: 0,
      });
      await ledger.send(consumer, reserveCall({ agreement: id, count: 3 }));
      const agreed = ledger.now;
      const at = await view();
      expect(await at.agreement(id)).to.deep.include({
        id,
        resource,
        provider: provider.uscc,
        consumer: consumer.uscc,
        state: "agreed",
        document: application.id,
        reserved: 3,
        shareClass: "conditional",
      });
      expect(await at.head(deliveriesScope(id))).to.deep.equal({ kind: "deliveries", holder: provider.uscc, next: 0 });
      expect(await at.head(receiptsScope(id))).to.deep.equal({ kind: "receipts", holder: consumer.uscc, next: 0 });
      expect(await at.settlementUntil(id)).to.equal(undefined);
      expect((await at.agreements()).map((found) => found.id)).to.include(id);

      ledger.advance(10);
      await ledger.send(provider, suspendAgreementCall({ agreement: id, reason: 1 }));
      expect(await (await view()).isInForceAt(id, ledger.now)).to.equal(false);
      ledger.advance(10);
      await ledger.send(provider, resumeAgreementCall({ agreement: id }));
      expect(await (await view()).isInForceAt(id, ledger.now)).to.equal(true);
      ledger.advance(10);
      await ledger.send(provider, revokeAgreementCall({ agreement: id, reason: 2 }));
      const ended = await view();
      expect(await ended.agreement(id)).to.deep.include({ state: "revoked", endedAt: ledger.now });
      expect(
        await Promise.all(
          [agreed, agreed + 10, agreed + 20, agreed + 30].map((time) => ended.agreementStateAt(id, time)),
        ),
      ).to.deep.equal(["agreed", "suspended", "agreed", "revoked"]);
      expect(await ended.settlementUntil(id)).to.be.greaterThan(ledger.now);
      expect(await refusal(ledger.send(consumer, completeAgreementCall({ agreement: id })))).to.equal(
        "AgreementStateInvalid",
      );
    });

    it("reads supplements, extensions, refusals and missed deadlines", async () => {
      const { provider, consumer, authority } = ledger;
      const asked = await apply(someHash(0x31));
      await ledger.send(provider, requestSupplementCall({ agreement: asked, missing: someHash(1) }));
      expect(await (await view()).agreement(asked)).to.deep.include({ state: "incomplete", askedOnce: true });
      await ledger.send(consumer, supplementCall({ agreement: asked, document: someHash(0x32) }));
      await ledger.send(provider, requestExtensionCall({ agreement: asked, workingDays: 5, reason: someHash(2) }));
      expect(await (await view()).agreement(asked)).to.deep.include({
        document: someHash(0x32),
        extensionRequested: 5,
        extensionDays: 0,
      });
      await ledger.send(authority, decideExtensionCall({ agreement: asked, grant: true }));
      expect(await (await view()).agreement(asked)).to.deep.include({ extensionRequested: 0, extensionDays: 5 });
      await ledger.send(provider, refuseCall({ agreement: asked, basis: someHash(3) }));
      expect((await (await view()).agreement(asked))?.state).to.equal("refused");

      const ignored = await apply(someHash(0x33));
      const due = (await (await view()).agreement(ignored))?.replyDue ?? 0;
      expect(await (await view()).missedDeadline(ignored, "reply")).to.equal(undefined);
      ledger.advance(due - ledger.now + 1);
      await ledger.send(ledger.deployer, recordMissedDeadlineCall({ agreement: ignored, duty: "reply" }));
      expect(await (await view()).missedDeadline(ignored, "reply")).to.equal(due);
    });

    it("reads undefined, none and false for an agreement nobody made", async () => {
      const at = await view();
      expect(await at.agreement(someHash(1))).to.equal(undefined);
      expect(await at.agreementStateAt(someHash(1), ledger.now)).to.equal("none");
      expect(await at.isInForceAt(someHash(1), ledger.now)).to.equal(false);
      expect(await at.settlementUntil(someHash(1))).to.equal(undefined);
    });

    it("reads the deadline profile", async () => {
      const at = await view();
      expect(await at.profileCount()).to.equal(1);
      expect(await at.profile(1)).to.deep.include({
        replyUnconditional: 1,
        replyConditional: 10,
        supply: 20,
        settlement: 5,
      });
    });
  });
});
