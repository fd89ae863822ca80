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
import {
  anchorCall,
  anchorSupersedingCall,
  changeStatusCall,
  openJournalCall,
  withdrawResourceCall,
} from "../../../sdk/chain/calls.ts";
import {
  addKeyCall,
  endKeyCall,
  setDepartmentStatusCall,
  setListEntryCall,
  setSuccessorCall,
} from "../../../sdk/chain/department-calls.ts";
import { ChainError } from "../../../sdk/chain/errors.ts";
import {
  agreementId,
  anchorDigest,
  deliveriesScope,
  journalScope,
  receiptsScope,
  resourceId,
  resourceScope,
} from "../../../sdk/protocol/anchor.ts";
import type { Hex } from "../../../sdk/protocol/bytes.ts";
import { codeOf } from "../../support/codes.ts";
import { makeAgreement, someHash } from "../../support/deliveries.ts";
import { REGION, startLedger, type TestLedger } from "../../support/ledger.ts";
import { LICENCE_SCHEMA } from "../../support/records.ts";

const UNKNOWN = "11110101DEPT00099X";

describe("LedgerView", () => {
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

  describe("departments", () => {
    it("reads what was admitted, and undefined for nobody", async () => {
      const { provider, authority } = ledger;
      const at = await view();
      expect(await at.department(provider.uscc)).to.deep.include({
        id: provider.uscc,
        role: "department",
        level: "city",
        region: REGION,
        status: "active",
        name: provider.name,
      });
      expect((await at.department(authority.uscc))?.role).to.equal("authority");
      expect(await at.department(UNKNOWN)).to.equal(undefined);
      expect((await at.departments()).map(({ id }) => id)).to.have.length(4);
      expect(await at.departmentStatusAt(UNKNOWN, ledger.now)).to.equal("none");
    });

    it("reads keys with their algorithm, validity and owner", async () => {
      const { provider } = ledger;
      const account = provider.wallet.address.toLowerCase() as Hex;
      const at = await view();
      expect(await at.departmentOf(account)).to.equal(provider.uscc);
      expect(await at.departmentOf(`0x${"12".repeat(20)}`)).to.equal(undefined);
      expect(await at.keyOfAccount(account)).to.deep.equal({ department: provider.uscc, index: 0 });
      expect(await at.keyOfAccount(`0x${"12".repeat(20)}`)).to.equal(undefined);
      const [first, second] = await at.keys(provider.uscc);
      expect(first?.algorithm).to.equal("secp256k1");
      expect(second)
        .to.include({ algorithm: "ed25519", material: provider.exchangePublic })
        .and.not.have.property("validUntil");
      expect(await at.key(provider.uscc, 9)).to.equal(undefined);
      expect(await at.key(UNKNOWN, 0)).to.equal(undefined);
      expect(await at.keys(UNKNOWN)).to.deep.equal([]);
      expect(await at.isKeyTrustedAt(provider.uscc, 9, ledger.now)).to.equal(false);
    });

    it("reads a key that was added and ended", async () => {
      const { stranger } = ledger;
      await ledger.send(
        stranger,
        addKeyCall({ algorithm: "ed25519", material: someHash(0x21), validUntil: ledger.now + 1000 }),
      );
      expect((await (await view()).key(stranger.uscc, 2))?.validUntil).to.equal(ledger.now + 1000);
      ledger.advance(10);
      await ledger.send(stranger, endKeyCall({ index: 2 }));
      const at = await view();
      expect((await at.key(stranger.uscc, 2))?.validUntil).to.equal(ledger.now);
      expect(await at.isKeyTrustedAt(stranger.uscc, 2, ledger.now - 1)).to.equal(true);
      expect(await at.isKeyTrustedAt(stranger.uscc, 2, ledger.now)).to.equal(false);
    });

    it("reads status by time, successors and list entries", async () => {
      const { stranger, consumer } = ledger;
      const before = ledger.now;
      ledger.advance(10);
      await ledger.send(
        ledger.deployer,
        setListEntryCall({ department: stranger.uscc, resource, kind: "deny", reason: 3 }),
      );
      await ledger.send(
        ledger.deployer,
        setDepartmentStatusCall({ department: stranger.uscc, status: "dissolved", reason: 1 }),
      );
      await ledger.send(ledger.deployer, setSuccessorCall({ department: stranger.uscc, successor: consumer.uscc }));
      const at = await view();
      expect(await at.departmentStatusAt(stranger.uscc, before)).to.equal("active");
      expect(await at.departmentStatusAt(stranger.uscc, ledger.now)).to.equal("dissolved");
      expect((await at.department(stranger.uscc))?.successor).to.equal(consumer.uscc);
      expect(await at.listEntryAt(stranger.uscc, ledger.now, resource)).to.deep.equal({
        kind: "deny",
        reason: 3,
        from: ledger.now,
      });
      expect(await at.listEntryAt(stranger.uscc, before, resource)).to.equal(undefined);
      expect(await at.isDeniedAt(stranger.uscc, resource, ledger.now)).to.equal(true);
      expect(await at.isDeniedAt(stranger.uscc, resource, before)).to.equal(false);
    });
  });

  describe("catalogue", () => {
    it("reads a resource, its terms and its publication by time", async () => {
      const at = await view();
      expect(resource).to.equal(resourceId(ledger.provider.uscc, "licence"));
      expect(await at.resource(resource)).to.deep.include({
        id: resource,
        provider: ledger.provider.uscc,
        state: "published",
        version: 1,
        latest: 1,
        code: "licence",
      });
      expect(await at.terms(resource, 1)).to.deep.include({
        shareClass: "conditional",
        personal: false,
        schema: LICENCE_SCHEMA.digest,
        level: 2,
      });
      expect(await at.terms(resource, 2)).to.equal(undefined);
      expect(await at.versionState(resource, 1)).to.equal("published");
      expect(await at.versionState(resource, 2)).to.equal("none");
      expect(await at.resource(someHash(1))).to.equal(undefined);
      expect(await at.publishedAt(someHash(1), ledger.now)).to.deep.equal({ state: "none", version: 0 });
      expect((await at.resources()).map(({ id }) => id)).to.include(resource);
    });

    it("reads a withdrawal from its time on", async () => {
      const short = await ledger.publish({ provider: ledger.provider, code: "short", schema: LICENCE_SCHEMA });
      const before = ledger.now;
      ledger.advance(10);
      await ledger.send(ledger.provider, withdrawResourceCall({ resource: short.resource, reason: 1 }));
      const at = await view();
      expect(await at.publishedAt(short.resource, before)).to.deep.equal({ state: "published", version: 1 });
      expect(await at.publishedAt(short.resource, ledger.now)).to.deep.equal({ state: "withdrawn", version: 1 });
    });
  });

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

  describe("directory", () => {
    it("reads addresses by time, and refuses a time before the first entry", async () => {
      const at = await view();
      const { addresses } = ledger.deployed;
      expect(await at.contractAddress("AnchorLog")).to.equal(addresses.AnchorLog.toLowerCase());
      expect(await at.contractAddresses("RecordStatus")).to.deep.equal([addresses.RecordStatus.toLowerCase()]);
      expect(await codeOf(at.contractAddress("AnchorLog", 1))).to.equal("chain.contract-missing");
      expect(await at.directoryDelay()).to.equal(0);
    });
  });
});
