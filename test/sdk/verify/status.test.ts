import { expect } from "chai";
import { changeStatusCall, changeStatusRangeCall } from "../../../sdk/chain/calls.ts";
import type { RecordState, StatusChange } from "../../../sdk/chain/statuses.ts";
import type { Hex } from "../../../sdk/protocol/bytes.ts";
import type { Evidence } from "../../../sdk/protocol/evidence.ts";
import type { Relation } from "../../../sdk/protocol/parents.ts";
import { stateAt } from "../../../sdk/verify/checks/status.ts";
import { startLedger, type TestLedger } from "../../support/ledger.ts";
import {
  anchorBatch,
  evidenceOf,
  licence,
  LICENCE_SCHEMA,
  parentOf,
  type BatchOptions,
  type TestRecord,
} from "../../support/records.ts";
import { findingOf, outcomeOf, verifyAt } from "../../support/verifying.ts";

const change = (state: RecordState, effectiveFrom: number, recordedAt: number): StatusChange => ({
  state,
  effectiveFrom,
  recordedAt,
  reason: 1,
  by: "",
  block: 0,
  transaction: "0x",
});
const EVER = { knownAt: Infinity };

describe("stateAt", () => {
  it("is active without changes, and before a change takes effect", () => {
    expect(stateAt([], { at: 5, ...EVER })).to.deep.equal({ state: "active" });
    const history = [change("suspended", 100, 110)];
    expect(stateAt(history, { at: 99, ...EVER })).to.deep.equal({ state: "active" });
    expect(stateAt(history, { at: 100, ...EVER })).to.deep.equal({ state: "suspended", since: 100 });
  });

  it("limits to what was recorded by then", () => {
    const history = [change("suspended", 100, 110)];
    expect(stateAt(history, { at: 105, knownAt: 109 }).state).to.equal("active");
    expect(stateAt(history, { at: 105, knownAt: 110 }).state).to.equal("suspended");
  });

  it("knows an interval of suspension by its effective times", () => {
    const history = [change("suspended", 100, 110), change("active", 200, 215)];
    expect([99, 100, 199, 200, 300].map((at) => stateAt(history, { at, ...EVER }).state)).to.deep.equal([
      "active",
      "suspended",
      "suspended",
      "active",
      "active",
    ]);
  });

  it("lets a decision that was recorded later stand against earlier ones from its own effective time", () => {
    const history = [change("suspended", 200, 210), change("withdrawn", 150, 300)];
    expect([149, 150, 250].map((at) => stateAt(history, { at, ...EVER }).state)).to.deep.equal([
      "active",
      "withdrawn",
      "withdrawn",
    ]);
    expect(stateAt(history, { at: 250, knownAt: 299 }).state).to.equal("suspended");
    const lifted = [change("suspended", 100, 110), change("active", 90, 120)];
    expect(stateAt(lifted, { at: 105, ...EVER }).state).to.equal("active");
  });

  it("takes a revocation as void from the start, whatever its effective time says", () => {
    const history = [change("suspended", 100, 110), change("revoked", 500, 510)];
    expect([1, 99, 100, 499, 500].map((at) => stateAt(history, { at, ...EVER }).state)).to.deep.equal(
      Array(5).fill("revoked"),
    );
    expect(stateAt(history, { at: 99, knownAt: 509 }).state).to.equal("active");
  });
});

describe("verifyEvidence: status", function () {
  this.timeout(20_000);

  let ledger: TestLedger;
  let batch: Omit<BatchOptions, "documents">;
  let scope: Hex;

  before(async function () {
    this.timeout(30_000);
    ledger = await startLedger();
    const open = await ledger.publish({
      provider: ledger.provider,
      code: "open",
      schema: LICENCE_SCHEMA,
      shareClass: "unconditional",
    });
    scope = open.scope;
    batch = { department: ledger.provider, ...open, kind: "certificate", schema: LICENCE_SCHEMA };
  });

  after(() => ledger.stop());

  const issue = async (
    changes: Partial<BatchOptions> = {},
  ): Promise<{ record: TestRecord; evidence: Evidence; anchored: number; seq: number }> => {
    const [record] = await anchorBatch(ledger, { ...batch, documents: [licence(1)], ...changes });
    if (record === undefined) throw new Error("no record");
    return { record, evidence: evidenceOf(record), anchored: record.anchor.time, seq: record.committed.header.seq };
  };

  const set = (seq: number, state: RecordState, effectiveFrom = ledger.now) =>
    ledger.send(ledger.provider, changeStatusCall({ scope, seq, state, reason: 1, effectiveFrom }));

  const status = async (evidence: Evidence, times: { at?: number; knownAt?: number } = {}) =>
    outcomeOf(await verifyAt(ledger, evidence, times), "status");

  it("rejects a suspended record now, not for the time before, and not after its return", async () => {
    const { evidence, anchored, seq } = await issue();
    ledger.advance(100);
    await set(seq, "suspended");
    expect(await status(evidence)).to.equal("fail status.suspended");
    expect((await verifyAt(ledger, evidence)).verdict).to.equal("rejected");
    expect((await verifyAt(ledger, evidence, { at: anchored + 99 })).verdict).to.equal("verified");
    expect(await status(evidence, { at: anchored + 100 })).to.equal("fail status.suspended");
    expect(await status(evidence, { knownAt: anchored + 99 })).to.equal("pass status.active");
    ledger.advance(100);
    await set(seq, "active");
    expect(await status(evidence)).to.equal("pass status.active");
    expect(await status(evidence, { at: anchored + 150 })).to.equal("fail status.suspended");
  });

  it("never verifies for a time before the anchor, or with knowledge from before it", async () => {
    ledger.advance(1000);
    const { evidence, anchored } = await issue();
    expect(await status(evidence, { at: anchored - 1 })).to.equal("fail status.before-anchor");
    expect(await status(evidence, { at: anchored })).to.equal("pass status.active");
    expect(await status(evidence, { knownAt: anchored - 1 })).to.equal("fail status.not-known");
    expect(await status(evidence, { knownAt: anchored })).to.equal("pass status.active");
  });

  for (const state of ["cancelled", "lapsed", "transferred", "withdrawn", "other"] as const) {
    it(`ends a ${state} record at its effective time, even one before the record of it`, async () => {
      const { evidence, anchored, seq } = await issue();
      ledger.advance(100);
      await set(seq, state, anchored + 40);
      expect(await status(evidence, { at: anchored + 39 })).to.equal("pass status.active");
      expect(await status(evidence, { at: anchored + 40 })).to.equal(`fail status.${state}`);
      expect(await status(evidence, { at: anchored + 40, knownAt: anchored + 99 })).to.equal("pass status.active");
    });
  }

  it("voids a revoked record from the start", async () => {
    const { evidence, anchored, seq } = await issue();
    ledger.advance(100);
    await set(seq, "revoked");
    expect(await status(evidence, { at: anchored })).to.equal("fail status.revoked");
    expect(await status(evidence, { at: anchored, knownAt: anchored + 99 })).to.equal("pass status.active");
  });

  it("tells neighbours apart, in one word and over two", async () => {
    const first = await issue({ documents: Array.from({ length: 60 }, (_, i) => licence(i)) });
    ledger.advance(10);
    const range = {
      scope,
      first: first.seq + 40,
      count: 15,
      state: "suspended" as const,
      reason: 1,
      effectiveFrom: ledger.now,
    };
    await ledger.send(ledger.provider, changeStatusRangeCall(range));
    const view = await ledger.connection.view();
    const states = await Promise.all(Array.from({ length: 60 }, (_, i) => view.statusHistory(scope, first.seq + i)));
    expect(states.map((history) => history.length)).to.deep.equal([
      ...Array<number>(40).fill(0),
      ...Array<number>(15).fill(1),
      ...Array<number>(5).fill(0),
    ]);
    expect(await view.currentState(scope, first.seq + 40)).to.equal("suspended");
    expect(await view.currentState(scope, first.seq + 39)).to.equal("active");
  });

  describe("of disclosed parents", () => {
    const relate = async (relation: Relation, state?: RecordState) => {
      const parent = await issue();
      if (state !== undefined) await set(parent.seq, state);
      const child = await issue({ parents: [parentOf(parent.record, relation)] });
      return { child, parent };
    };

    it("fails when the record it attests to is dead", async () => {
      const { child, parent } = await relate("attests", "revoked");
      const report = await verifyAt(ledger, child.evidence);
      expect(outcomeOf(report, "status")).to.equal("fail status.parent-dead");
      expect(findingOf(report, "status").values).to.deep.equal({ seq: parent.seq, state: "revoked" });
    });

    it("passes while it lives", async () => {
      const { child } = await relate("attests");
      expect(await status(child.evidence)).to.equal("pass status.active");
      expect(findingOf(await verifyAt(ledger, child.evidence), "record").values).to.include({
        disclosed: 1,
        withheld: 0,
      });
    });

    it("warns of any other dead source, and still verifies", async () => {
      const { child } = await relate("derivedFrom", "suspended");
      const report = await verifyAt(ledger, child.evidence);
      expect(outcomeOf(report, "status")).to.equal("pass status.parent-dead-warning");
      expect(report.verdict).to.equal("verified");
    });

    it("does not know of a withheld one, and counts it", async () => {
      const { child } = await relate("attests", "revoked");
      const report = await verifyAt(ledger, evidenceOf(child.record, { parents: [] }));
      expect(outcomeOf(report, "status")).to.equal("pass status.active");
      expect(findingOf(report, "record").values).to.include({ disclosed: 0, withheld: 1 });
    });

    it("refuses a parent that the header does not commit to", async () => {
      const { child } = await relate("attests", "revoked");
      const { parents } = child.evidence;
      const disclosed = parents!.disclosed.map((parent) => ({ ...parent, seq: 0 }));
      const report = await verifyAt(ledger, { ...child.evidence, parents: { ...parents!, disclosed } });
      expect(outcomeOf(report, "record")).to.equal("fail record.parents");
    });
  });
});
