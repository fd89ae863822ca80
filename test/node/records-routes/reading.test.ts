import { expect } from "chai";
import { addKeyCall } from "../../../sdk/chain/department-calls.ts";
import * as routes from "../../../sdk/client/routes/records.ts";
import { destroyRecord, getDestruction } from "../../../sdk/client/routes/destruction.ts";
import { journalScope } from "../../../sdk/protocol/anchor.ts";
import { toBase64Url, toHex, type Hex } from "../../../sdk/protocol/bytes.ts";
import { parseEvidence } from "../../../sdk/protocol/evidence.ts";
import { parseHeader, recordId } from "../../../sdk/protocol/header.ts";
import { intentBytes } from "../../../sdk/protocol/destruction.ts";
import { CERTIFICATE_KEYS } from "../../../node/storage/keyspaces.ts";
import { generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { makeDepartment, startLedger, type TestDepartment, type TestLedger } from "../../support/ledger.ts";
import { verifyAt } from "../../support/verifying.ts";
import { codeOf, startTestNode, type TestNode } from "../support/nodes.ts";
import { certificateOf, proposalOf, publishOver, renewed, submitTo, summary } from "../support/resources.ts";

const LATER = { timeoutMs: 20_000 };
const NOWHERE: Hex = `0x${"ab".repeat(32)}`;

describe("records over HTTP", function () {
  this.timeout(60_000);
  let ledger: TestLedger;
  let provider: TestNode;
  let authority: TestNode;
  let oversight: TestDepartment;
  let id: Hex;
  let scope: Hex;
  let next = 0;

  before(async () => {
    ledger = await startLedger();
    oversight = makeDepartment(31, "审计局");
    await ledger.admit(oversight, "oversight");
    provider = await startTestNode({ ledger, department: ledger.provider });
    authority = await startTestNode({ ledger, department: ledger.authority });
    const open = { shareClass: "unconditional", personal: false } as const;
    ({ id, scope } = await publishOver({ provider, authority }, proposalOf(ledger.provider, open)));
  });
  after(async () => {
    for (const node of [provider, authority]) await node.stop();
    await ledger.stop();
  });

  /** Submits a new certificate and waits until it is final. */
  const add = async (document = certificateOf(next++)) => {
    const [outcome] = await submitTo(provider, id, [document]);
    if (outcome?.outcome !== "accepted") throw new Error(summary(outcome ? [outcome] : []).join());
    const { seq, record } = outcome.receipt;
    await provider.node.core.records.waitFor(scope, seq, "final", LATER);
    return { document, seq, record, params: { scope, seq } };
  };
  const client = (as?: TestDepartment) => provider.client(as);
  const revertOf = (action: Promise<unknown>): Promise<unknown> =>
    action.then(
      () => "ok",
      (error: { values?: { error?: unknown } }) => error.values?.error,
    );

  describe("the view of a record", () => {
    it("tells its state, batch and history, and nothing of its content", async () => {
      const { params, record, document } = await add();
      const view = await client().call(routes.getRecord, { params });
      expect(view).to.deep.include({
        ...params,
        record,
        kind: "ecertificate",
        state: "final",
        destructionPending: false,
      });
      expect(view.history.map(({ state }) => state)).to.deep.equal([
        "accepted",
        "sealed",
        "submitted",
        "anchored",
        "final",
      ]);
      expect(view.batch).to.include({ time: ledger.now });
      expect(JSON.stringify(view)).not.to.include(document.certificateNumber);
    });

    it("carries a validity that began before 1970 and ends in 9999", async () => {
      const old = {
        ...certificateOf(next++),
        issueDate: "1965-05-01",
        validity: { start: "1965-05-01", end: "9999-12-31" },
      };
      delete (old as { extendInfo?: unknown }).extendInfo;
      const { params } = await add(old);
      const view = await client().call(routes.getRecord, { params });
      expect(view.validFrom).to.equal(Date.parse("1965-05-01T00:00:00+08:00") / 1000);
      expect(view.validUntil).to.equal(Date.parse("9999-12-31T00:00:00+08:00") / 1000 + 86_400);
    });

    it("is the department's own; an unknown number is a problem", async () => {
      const { params } = await add();
      expect(await codeOf(client(ledger.consumer).call(routes.getRecord, { params }))).to.equal("caller.not-own");
      expect(await codeOf(client().call(routes.getRecord, { params: { scope, seq: 9999 } }))).to.equal(
        "record.unknown",
      );
    });
  });

  describe("finding by business key", () => {
    it("gives the active record, that is the newest version", async () => {
      const { document } = await add();
      const key = document.certificateNumber;
      const find = (asked: string) => client().call(routes.findRecord, { params: { id }, body: { key: asked } });
      const before = await find(key);
      const { seq } = await add(renewed(document));
      expect((await find(key)).seq)
        .to.equal(seq)
        .and.not.equal(before.seq);
      expect(await codeOf(find("没有这个编号"))).to.equal("record.unknown-key");
      const elsewhere = client().call(routes.findRecord, { params: { id: NOWHERE }, body: { key } });
      expect(await codeOf(elsewhere)).to.equal("resource.unknown");
    });
  });

  describe("evidence", () => {
    it("verifies, and discloses parents when asked", async () => {
      const { document } = await add();
      const { params } = await add(renewed(document));
      const get = (query: { parents?: "true" | "false" }) => client().call(routes.getEvidence, { params, query });
      const evidence = parseEvidence(await get({ parents: "true" }));
      expect(evidence.parents?.disclosed).to.have.length(1);
      expect((await verifyAt(ledger, evidence)).verdict).to.equal("verified");
      expect(parseEvidence(await get({})).parents).to.equal(undefined);
      expect(await codeOf(client(ledger.consumer).call(routes.getEvidence, { params }))).to.equal("caller.not-own");
    });
  });

  describe("a header", () => {
    it("is oversight's to see", async () => {
      const { params, record, document } = await add();
      const seen = await client(oversight).call(routes.getHeader, { params });
      expect(toHex(recordId(parseHeader(seen.header)))).to.equal(record);
      expect(seen).to.include({ record, state: "final" });
      expect(JSON.stringify(seen)).not.to.include(document.holder.name);
      expect(await codeOf(client().call(routes.getHeader, { params }))).to.equal("caller.not-oversight");
    });
  });

  describe("batches", () => {
    it("are listed from a number on", async () => {
      const { seq } = await add();
      const list = (query: { from?: number; limit?: number }, asked = scope) =>
        client().call(routes.listBatches, { params: { scope: asked }, query });
      const { batches } = await list({});
      expect(batches[0]).to.include({ first: 0 });
      expect(batches.reduce((sum, { count }) => sum + count, 0)).to.equal(seq + 1);
      expect((await list({ from: seq, limit: 5 })).batches.map(({ first }) => first)).to.deep.equal([seq]);
      expect((await list({ limit: 1 })).batches).to.have.length(1);
      expect(await codeOf(list({}, NOWHERE))).to.equal("scope.unknown");
    });
  });

  describe("a status", () => {
    const change = (
      seq: number,
      body: { state: "suspended" | "active"; reason: number; effectiveFrom?: number },
      idempotencyKey?: string,
    ) =>
      client().call(
        routes.changeStatus,
        { params: { scope, seq }, body },
        idempotencyKey === undefined ? {} : { idempotencyKey },
      );
    const history = async (seq: number) =>
      (await (await ledger.connection.view("latest")).statusHistory(scope, seq)).map(({ state, effectiveFrom }) => [
        state,
        effectiveFrom,
      ]);

    it("changes from now on unless told, whatever the last block's age", async () => {
      const { seq } = await add();
      ledger.advance(1);
      await change(seq, { state: "suspended", reason: 1 });
      const first = ledger.now;
      ledger.advance(500);
      await change(seq, { state: "active", reason: 2 });
      expect(await history(seq)).to.deep.equal([
        ["suspended", first],
        ["active", first + 500],
      ]);
    });

    it("can take effect earlier, and at a present that no block has reached", async () => {
      const { seq } = await add();
      const earlier = ledger.now;
      ledger.advance(1);
      await change(seq, { state: "suspended", reason: 1, effectiveFrom: earlier });
      ledger.advance(1);
      await change(seq, { state: "active", reason: 1, effectiveFrom: ledger.now });
      expect(await history(seq)).to.deep.equal([
        ["suspended", earlier],
        ["active", ledger.now],
      ]);
      const future = change(seq, { state: "suspended", reason: 1, effectiveFrom: ledger.now + 10 });
      expect(await revertOf(future)).to.equal("EffectiveInFuture");
    });

    it("changes once for an idempotency key, and again for another", async () => {
      const { seq } = await add();
      const first = await change(seq, { state: "suspended", reason: 1 }, "decision-1");
      expect(await change(seq, { state: "suspended", reason: 1 }, "decision-1")).to.deep.equal(first);
      expect(await revertOf(change(seq, { state: "suspended", reason: 1 }, "decision-2"))).to.equal("StatusUnchanged");
    });

    it("of a record that this node does not have is a problem", async () => {
      expect(await codeOf(change(9999, { state: "suspended", reason: 1 }))).to.equal("record.unknown");
    });
  });

  describe("a destruction", () => {
    let second: KeyObject;
    before(async () => {
      const { privateKey, publicKey } = generateKeyPairSync("ed25519");
      second = privateKey;
      const material = toHex(publicKey.export({ format: "der", type: "spki" }).subarray(12));
      await ledger.send(ledger.provider, addKeyCall({ algorithm: "ed25519", material }));
    });

    const decision = ({ seq, record }: { seq: number; record: Hex }, signers: readonly [number, KeyObject][]) => {
      const intent = { ledger: ledger.ledger, scope, seq, record, reason: "retention-over", at: ledger.now };
      const approvals = signers.map(([index, key]) => ({
        key: `${ledger.provider.uscc}/${index}`,
        signature: toBase64Url(sign(null, intentBytes(intent), key)),
      }));
      return { reason: intent.reason, at: intent.at, approvals };
    };

    it("decided by two people runs to its end; the record is gone, its number stays", async () => {
      const target = await add();
      const { params, document } = target;
      const { exchange } = ledger.provider;
      expect(await codeOf(client().call(getDestruction, { params }))).to.equal("destruction.unknown");
      const twice = decision(target, [
        [1, exchange],
        [1, exchange],
      ]);
      expect(await codeOf(client().call(destroyRecord, { params, body: twice }))).to.equal("destruction.approvals");
      const body = decision(target, [
        [1, exchange],
        [2, second],
      ]);
      const begun = await client().call(destroyRecord, { params, body });
      expect(begun.intent).to.include({ scope: journalScope(ledger.provider.uscc) });
      await provider.node.core.records.waitFor(scope, params.seq, "destroyed", LATER);
      const view = await client().call(routes.getRecord, { params });
      expect(view.state).to.equal("destroyed");
      expect(await codeOf(client().call(routes.getEvidence, { params }))).to.match(/^record\.destr/);
      const found = client().call(routes.findRecord, { params: { id }, body: { key: document.certificateNumber } });
      expect(await codeOf(found)).to.equal("record.unknown-key");
      // Neither can a successor name it: its identifier died with it.
      expect(await provider.node.core.store.get(CERTIFICATE_KEYS, params)).to.equal(undefined);
      expect(summary(await submitTo(provider, id, [renewed(document)]))).to.deep.equal([
        "refused parent.predecessor-unknown",
      ]);
      await provider.restart();
      expect((await client().call(routes.getRecord, { params })).state).to.equal("destroyed");
    });
  });
});
