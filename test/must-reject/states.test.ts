import { expect } from "chai";
import {
  changeStatusCall,
  proposeResourceCall,
  reviewResourceCall,
  withdrawResourceCall,
} from "../../sdk/chain/calls.ts";
import { distrustKeyCall, setDepartmentStatusCall } from "../../sdk/chain/department-calls.ts";
import { isRevert } from "../../sdk/chain/errors.ts";
import { ZERO_HASH } from "../../sdk/chain/contracts.ts";
import type { RecordState } from "../../sdk/chain/statuses.ts";
import { resourceId, resourceScope } from "../../sdk/protocol/anchor.ts";
import { evidenceOf, licence, LICENCE_SCHEMA, parentOf, type TestRecord } from "../support/records.ts";
import type { TestLedger } from "../support/ledger.ts";
import { startWorld, type World } from "./world.ts";
import { countsCases } from "../faults/tally.ts";

const ENDED = [
  "suspended",
  "revoked",
  "cancelled",
  "lapsed",
  "transferred",
  "withdrawn",
  "superseded",
  "other",
] as const;

describe("must reject: a record that does not hold", function () {
  this.timeout(40_000);
  countsCases("forgeries");

  let world: World;
  let ledger: TestLedger;

  before(async () => {
    world = await startWorld();
    ledger = world.ledger;
  });
  after(() => world.stop());

  const set = (record: TestRecord, state: RecordState) => {
    const { scope, seq } = record.committed.header;
    const change = { scope, seq, state, reason: 1, effectiveFrom: 0 };
    return ledger.send(ledger.provider, changeStatusCall(change));
  };

  for (const state of ENDED) {
    it(state, async () => {
      const record = await world.one();
      await world.verifies({ file: evidenceOf(record) });
      ledger.advance(10);
      await set(record, state);
      await world.refuses({ file: evidenceOf(record), check: "status", code: `status.${state}` });
    });
  }

  it("expired, and not yet valid", async () => {
    const document = { ...licence(1), validFrom: "2026-03-10", validUntil: "2026-03-20" };
    const file = evidenceOf(await world.one({ documents: [document] }));
    const at = (text: string): number => Date.parse(text) / 1000;
    ledger.advance(Math.max(0, at("2026-03-22T00:00:00+08:00") - ledger.now));
    await world.verifies({ file, at: at("2026-03-10T00:00:00+08:00") });
    await world.refuses({
      file,
      at: at("2026-03-10T00:00:00+08:00") - 1,
      check: "period",
      code: "period.not-yet",
    });
    await world.refuses({ file, at: at("2026-03-21T00:00:00+08:00"), check: "period", code: "period.over" });
  });

  it("status asked before the anchor, or with knowledge from before it", async () => {
    const file = evidenceOf(await world.one());
    const { time } = file.anchor;
    await world.refuses({ file, at: time - 1, check: "status", code: "status.before-anchor" });
    await world.refuses({ file, knownAt: time - 1, check: "status", code: "status.not-known" });
  });

  it("status asked for a time that is still to come", async () => {
    const file = evidenceOf(await world.one());
    await world.verifies({ file, at: ledger.now + 300 });
    const future = { file, check: "status", code: "status.future", verdict: "undetermined" } as const;
    await world.refuses({ ...future, at: ledger.now + 301 });
  });

  it("a record that attests to a dead one", async () => {
    const parent = await world.one();
    const child = evidenceOf(await world.one({ parents: [parentOf(parent, "attests")] }));
    await world.verifies({ file: child });
    await set(parent, "cancelled");
    await world.refuses({ file: child, check: "status", code: "status.parent-dead" });
  });

  it("an issuer that was suspended at anchor time", async () => {
    const { stranger: department, deployer } = ledger;
    const theirs = await ledger.publish({
      provider: department,
      code: "theirs",
      schema: LICENCE_SCHEMA,
      shareClass: "unconditional",
    });
    const status = (to: "active" | "suspended") =>
      ledger.send(deployer, setDepartmentStatusCall({ department: department.uscc, status: to, reason: 1 }));
    ledger.advance(10);
    const before = evidenceOf(await world.one({ department, ...theirs }));
    ledger.advance(10);
    // Anchored and suspended in the same second: what counts is the end of that second.
    const file = evidenceOf(await world.one({ department, ...theirs }));
    await status("suspended");
    await world.refuses({ file, check: "issuer", code: "issuer.not-active" });
    await world.verifies({ file: before });
    ledger.advance(10);
    const refused = await world.one({ department, ...theirs }).catch((error: unknown) => error);
    expect(isRevert(refused)).to.equal(true);
    await status("active");
  });

  it("a resource that was withdrawn at anchor time", async () => {
    const { provider } = ledger;
    const short = await ledger.publish({
      provider,
      code: "short-lived",
      schema: LICENCE_SCHEMA,
      shareClass: "unconditional",
    });
    const before = evidenceOf(await world.one(short));
    ledger.advance(10);
    await ledger.send(provider, withdrawResourceCall({ resource: short.resource, reason: 1 }));
    await world.verifies({ file: before });
    const after = evidenceOf(await world.one(short));
    await world.refuses({ file: after, check: "issuer", code: "issuer.resource-not-published" });
  });

  it("a resource that was never approved: its records can stand nowhere", async () => {
    const { provider, authority } = ledger;
    const terms = {
      shareClass: "unconditional",
      level: 2,
      personal: false,
      schema: LICENCE_SCHEMA.digest,
      metadata: LICENCE_SCHEMA.digest,
      legalBasis: ZERO_HASH,
      updateCycleDays: 30,
      retentionDays: 3650,
    } as const;
    for (const approve of [undefined, false]) {
      const code = `unapproved-${String(approve)}`;
      const resource = resourceId(provider.uscc, code);
      await ledger.send(provider, proposeResourceCall({ code, name: code, terms }));
      if (approve !== undefined)
        await ledger.send(
          authority,
          reviewResourceCall({ resource, version: 1, approve, reason: LICENCE_SCHEMA.digest }),
        );
      const scope = resourceScope(resource);
      const anchored = await world.one({ resource, scope }).catch((error: unknown) => error);
      expect(isRevert(anchored, "ScopeUnknown")).to.equal(true);
      const elsewhere = await world.one({ resource });
      await world.refuses({ file: evidenceOf(elsewhere), check: "scope", code: "scope.resource" });
      await world.refuses({ file: evidenceOf(elsewhere), check: "schema", code: "schema.not-published" });
    }
  });

  it("a schema that was not published for the resource, and claims that do not obey it", async () => {
    const wrong = await world.one({ documents: [{ ...licence(1), capital: "a lot" }] });
    await world.refuses({ file: evidenceOf(wrong), check: "schema", code: "schema.value" });
  });

  it("a key distrusted from before the anchor", async () => {
    const { consumer: department } = ledger;
    const leaked = await ledger.publish({
      provider: department,
      code: "leaked",
      schema: LICENCE_SCHEMA,
      shareClass: "unconditional",
    });
    const early = evidenceOf(await world.one({ department, ...leaked }));
    ledger.advance(100);
    const late = evidenceOf(await world.one({ department, ...leaked }));
    await world.verifies({ file: late });
    await ledger.send(department, distrustKeyCall({ index: 0, since: ledger.now - 50 }));
    await world.verifies({ file: early });
    await world.refuses({ file: late, check: "issuer", code: "issuer.key-distrusted" });
  });
});
