import { expect } from "chai";
import { generateKeyPairSync } from "node:crypto";
import {
  completeAgreementCall,
  revokeAgreementCall,
  suspendAgreementCall,
} from "../../../sdk/chain/agreement-calls.ts";
import { anchorCall } from "../../../sdk/chain/calls.ts";
import { addKeyCall, distrustKeyCall, endKeyCall } from "../../../sdk/chain/department-calls.ts";
import { deliveriesScope } from "../../../sdk/protocol/anchor.ts";
import { toHex, type Hex } from "../../../sdk/protocol/bytes.ts";
import type { Evidence } from "../../../sdk/protocol/evidence.ts";
import { disclose } from "../../../sdk/protocol/claims.ts";
import { PROTOCOL_KINDS } from "../../../sdk/protocol/kinds.ts";
import { connectLedger } from "../../../sdk/chain/connection.ts";
import type { Policy } from "../../../sdk/verify/report.ts";
import { verifyEvidences } from "../../../sdk/verify/verify.ts";
import {
  deliver,
  exchangeKey,
  makeAgreement,
  someHash,
  type DeliverOptions,
  type TestAgreement,
} from "../../support/deliveries.ts";
import { startLedger, type TestLedger } from "../../support/ledger.ts";
import { startProxy } from "../../support/proxy.ts";
import {
  anchorBatch,
  evidenceOf,
  licence,
  LICENCE_SCHEMA,
  positionsOf,
  type TestRecord,
} from "../../support/records.ts";
import { outcomeOf, troubles, trustOf, verifyAt } from "../../support/verifying.ts";

describe("verifyEvidence: policy use", function () {
  this.timeout(20_000);

  let ledger: TestLedger;
  let resource: Hex;
  let records: readonly TestRecord[];
  let agreement: TestAgreement;
  let use: Policy;

  before(async function () {
    this.timeout(30_000);
    ledger = await startLedger();
    const published = await ledger.publish({ provider: ledger.provider, code: "licence", schema: LICENCE_SCHEMA });
    resource = published.resource;
    const batch = { department: ledger.provider, ...published, kind: "certificate", schema: LICENCE_SCHEMA };
    records = await anchorBatch(ledger, { ...batch, documents: [1, 2, 3, 4, 5].map(licence) });
    agreement = await agree();
    use = { name: "use", as: ledger.consumer.uscc, purpose: agreement.purpose };
  });

  after(() => ledger.stop());

  const agree = (changes: Partial<Parameters<typeof makeAgreement>[1]> = {}) =>
    makeAgreement(ledger, {
      provider: ledger.provider,
      consumer: ledger.consumer,
      resource,
      patterns: [["holder"], ["scopes", "*"]],
      ...changes,
    });

  const handOver = (changes: Partial<DeliverOptions> = {}): Evidence => {
    const [evidence] = deliver(ledger, { agreement, records: records.slice(0, 3), ...changes });
    if (evidence === undefined) throw new Error("no evidence");
    return evidence;
  };

  const trouble = async (evidence: Evidence, policy = use) => troubles(await verifyAt(ledger, evidence, { policy }));

  it("verifies every record of a package for its consumer and purpose", async () => {
    for (const evidence of deliver(ledger, { agreement, records, k: 2 })) {
      const report = await verifyAt(ledger, evidence, { policy: use });
      expect(troubles(report)).to.deep.equal([]);
      expect(report.verdict).to.equal("verified");
    }
  });

  it("verifies the files of one package together, asking once what they have in common", async () => {
    const proxy = await startProxy(ledger.rpcUrl);
    try {
      const files = deliver(ledger, { agreement, records, k: 3 });
      const broken = { ...files[1]!, inclusion: [] };
      const connection = connectLedger({ rpcUrl: proxy.url, ledger: ledger.name, finality: { tag: "latest" } });
      const dependencies = { connections: [connection], trust: trustOf(ledger), now: ledger.now };
      const ask = (some: readonly Evidence[]) =>
        verifyEvidences(
          some.map((evidence) => ({ evidence, policy: use })),
          dependencies,
        );
      expect((await ask([files[0]!, broken, ...files.slice(2)])).map(({ verdict }) => verdict)).to.deep.equal([
        "verified",
        "rejected",
        "verified",
        "verified",
        "verified",
      ]);
      const alone = proxy.asked.splice(0).length;
      await ask([files[0]!]);
      expect(alone - proxy.asked.length).to.be.lessThan(10);
    } finally {
      await proxy.stop();
    }
  });

  describe("a record of a stream", () => {
    const stream = async (document: { readonly agreement: Hex; readonly k: number }) => {
      const scope = deliveriesScope(agreement.id);
      const [record] = await anchorBatch(ledger, {
        department: ledger.provider,
        scope,
        kind: "delivery",
        schema: PROTOCOL_KINDS.delivery,
        documents: [{ ...document, outcome: "delivered" }],
      });
      return verifyAt(ledger, evidenceOf(record!));
    };

    it("verifies when it says of which agreement and number it is, and not when it says another", async () => {
      const right = await stream({ agreement: agreement.id, k: 0 });
      expect(troubles(right)).to.deep.equal([]);
      expect(right.verdict).to.equal("verified");
      expect(outcomeOf(await stream({ agreement: agreement.id, k: 7 }), "scope")).to.equal("fail scope.stream");
      expect(outcomeOf(await stream({ agreement: someHash(4), k: 2 }), "scope")).to.equal("fail scope.stream");
    });
  });

  describe("audience", () => {
    it("checks a delivery also when nobody asks about use", async () => {
      expect((await verifyAt(ledger, handOver())).verdict).to.equal("verified");
      const unsigned = await verifyAt(ledger, handOver({ countersigned: false }));
      expect(troubles(unsigned)).to.deep.equal(["receipt fail receipt.countersignature-missing"]);
      expect(unsigned.verdict).to.equal("rejected");
    });
  });

  describe("authorization", () => {
    it("accepts less than the grant", async () => {
      expect(await trouble(handOver({ patterns: [] }))).to.deep.equal([]);
    });

    it("rejects a disclosed set that is not the signed one", async () => {
      const evidence = handOver();
      const less = {
        ...evidence,
        claims: disclose(records[0]!.committed.claims, 4, positionsOf(records[0]!, [["holder"]])),
      };
      expect(await trouble(less)).to.deep.equal(["authorization fail authorization.package"]);
      const other = { ...evidenceOf(records[4]!, { patterns: agreement.patterns }), delivery: evidence.delivery! };
      expect(await trouble(other)).to.deep.equal(["authorization fail authorization.package"]);
    });

    it("rejects a delivery dated before the anchor or in the future, with five minutes for clocks", async () => {
      const anchored = records[0]!.anchor.time;
      const dated = (at: number) => trouble(handOver({ terms: { at } }));
      expect(await dated(anchored - 301)).to.include("authorization fail authorization.time");
      expect(await dated(ledger.now + 301)).to.include("authorization fail authorization.time");
      expect(await dated(ledger.now + 300)).to.deep.equal([]);
    });

    it("outlives a suspension and a revocation, which stop only what comes later", async () => {
      const short = await agree();
      const before = handOver({ agreement: short });
      ledger.advance(10);
      await ledger.send(ledger.provider, suspendAgreementCall({ agreement: short.id, reason: 1 }));
      expect(await trouble(before)).to.deep.equal([]);
      expect(await trouble(handOver({ agreement: short }))).to.deep.equal([
        "authorization fail authorization.not-in-force",
      ]);
      await ledger.send(ledger.provider, revokeAgreementCall({ agreement: short.id, reason: 1 }));
      ledger.advance(10);
      expect(await trouble(before)).to.deep.equal([]);
      expect(await trouble(handOver({ agreement: short }))).to.deep.equal([
        "authorization fail authorization.not-in-force",
      ]);
    });

    it("rejects what was never settled once the settlement period is over", async () => {
      const ended = await agree();
      const [settled, open] = [handOver({ agreement: ended, k: 0 }), handOver({ agreement: ended, k: 1 })];
      ledger.advance(10);
      await ledger.send(ledger.consumer, completeAgreementCall({ agreement: ended.id }));
      const scope = deliveriesScope(ended.id);
      await ledger.send(
        ledger.provider,
        anchorCall({ scope, first: 0, count: 1, root: someHash(9), hash: "keccak256" }),
      );
      const until = (await (await ledger.connection.view()).settlementUntil(ended.id)) ?? 0;
      ledger.advance(until - 1 - ledger.now);
      expect(await trouble(open)).to.deep.equal([]);
      ledger.advance(1);
      expect(await trouble(open)).to.deep.equal(["authorization fail authorization.unsettled"]);
      expect(await trouble(settled)).to.deep.equal([]);
    });
  });

  describe("receipt", () => {
    it("accepts a missing countersignature only from the consumer's own node, and says so", async () => {
      const evidence = handOver({ agreement: (agreement = await agree()), countersigned: false });
      expect(await trouble(evidence)).to.deep.equal(["receipt fail receipt.countersignature-missing"]);
      const report = await verifyAt(ledger, evidence, { policy: use, awaitingReceipt: true });
      expect(outcomeOf(report, "receipt")).to.equal("pass receipt.awaiting");
      expect(report.verdict).to.equal("verified");
    });

    it("rejects a signature by another key, another department, or a chain account", async () => {
      const { provider, consumer, stranger } = ledger;
      const forged = generateKeyPairSync("ed25519").privateKey;
      expect(await trouble(handOver({ providerKey: { id: `${provider.uscc}/1`, key: forged } }))).to.deep.equal([
        "receipt fail receipt.signature",
      ]);
      expect(await trouble(handOver({ consumerKey: { id: `${consumer.uscc}/1`, key: forged } }))).to.deep.equal([
        "receipt fail receipt.signature",
      ]);
      expect(await trouble(handOver({ consumerKey: exchangeKey(stranger) }))).to.deep.equal([
        "receipt fail receipt.key-party",
      ]);
      expect(await trouble(handOver({ providerKey: exchangeKey(consumer) }))).to.deep.equal([
        "receipt fail receipt.key-party",
      ]);
      expect(
        await trouble(handOver({ providerKey: { id: `${provider.uscc}/0`, key: provider.exchange } })),
      ).to.deep.equal(["receipt fail receipt.key-algorithm"]);
      expect(
        await trouble(handOver({ providerKey: { id: `${provider.uscc}/9`, key: provider.exchange } })),
      ).to.deep.equal(["receipt fail receipt.key-untrusted"]);
    });

    it("judges a key at the time of delivery", async () => {
      const { provider } = ledger;
      const { publicKey, privateKey } = generateKeyPairSync("ed25519");
      const material = toHex(publicKey.export({ format: "der", type: "spki" }).subarray(12));
      await ledger.send(provider, addKeyCall({ algorithm: "ed25519", material }));
      const index = (await (await ledger.connection.view()).keyCount(provider.uscc)) - 1;
      ledger.advance(100);
      const providerKey = { id: `${provider.uscc}/${index}`, key: privateKey };
      const early = handOver({ providerKey });
      ledger.advance(100);
      await ledger.send(provider, endKeyCall({ index }));
      expect(await trouble(early)).to.deep.equal([]);
      expect(await trouble(handOver({ providerKey }))).to.deep.equal(["receipt fail receipt.key-untrusted"]);
      await ledger.send(provider, distrustKeyCall({ index, since: ledger.now - 150 }));
      expect(await trouble(early)).to.deep.equal(["receipt fail receipt.key-untrusted"]);
    });
  });
});
