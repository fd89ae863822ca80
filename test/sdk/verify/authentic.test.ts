import { expect } from "chai";
import { randomBytes } from "node:crypto";
import { setDepartmentStatusCall } from "../../../sdk/chain/department-calls.ts";
import { withdrawResourceCall } from "../../../sdk/chain/calls.ts";
import { toHex, type Hex } from "../../../sdk/protocol/bytes.ts";
import type { Evidence } from "../../../sdk/protocol/evidence.ts";
import { PROTOCOL_KINDS } from "../../../sdk/protocol/kinds.ts";
import { commitRecord, type CommittedRecord } from "../../../sdk/protocol/record.ts";
import { parseSchema } from "../../../sdk/protocol/schema.ts";
import { recordId, type RecordHeader } from "../../../sdk/protocol/header.ts";
import { startLedger, type TestLedger } from "../../support/ledger.ts";
import {
  anchorBatch,
  evidenceOf,
  licence,
  LICENCE_SCHEMA,
  openJournal,
  type BatchOptions,
  type TestRecord,
} from "../../support/records.ts";
import { verifyEvidence } from "../../../sdk/verify/verify.ts";
import { AUTHENTIC, findingOf, outcomeOf, troubles, trustOf, verifyAt } from "../../support/verifying.ts";

/** A batch of one record whose header an issuer wrote wrongly, but anchored. */
const withHeader =
  (change: Partial<RecordHeader>) =>
  (record: CommittedRecord): CommittedRecord => {
    const header = { ...record.header, ...change };
    return { ...record, header, id: recordId(header) };
  };

describe("verifyEvidence: policy authentic", function () {
  this.timeout(20_000);

  let ledger: TestLedger;
  let open: { resource: Hex; scope: Hex };
  let batch: Omit<BatchOptions, "documents">;

  before(async function () {
    this.timeout(30_000);
    ledger = await startLedger();
    open = await ledger.publish({
      provider: ledger.provider,
      code: "open",
      schema: LICENCE_SCHEMA,
      shareClass: "unconditional",
    });
    batch = { department: ledger.provider, ...open, kind: "certificate", schema: LICENCE_SCHEMA };
  });

  after(() => ledger.stop());

  const one = async (changes: Partial<BatchOptions> = {}): Promise<TestRecord> => {
    const [record] = await anchorBatch(ledger, { ...batch, documents: [licence(7)], ...changes });
    if (record === undefined) throw new Error("no record");
    return record;
  };

  it("verifies a record of an open resource, with all claims or the required ones only", async () => {
    const records = await anchorBatch(ledger, { ...batch, documents: [1, 2, 3].map(licence) });
    for (const record of records) {
      expect((await verifyAt(ledger, evidenceOf(record))).verdict).to.equal("verified");
      const report = await verifyAt(ledger, evidenceOf(record, { patterns: [] }));
      expect(report.verdict).to.equal("verified");
      expect(findingOf(report, "claims").values).to.deep.equal({ disclosed: 4 });
      expect(outcomeOf(report, "authorization")).to.equal("pass authorization.not-needed");
      expect(outcomeOf(report, "audience")).to.equal("skipped audience.not-asked");
      expect(outcomeOf(report, "receipt")).to.equal("skipped receipt.not-needed");
    }
  });

  for (const hash of ["keccak256", "sha256", "sm3"] as const) {
    it(`verifies a batch of ${hash}`, async () => {
      const records = await anchorBatch(ledger, { ...batch, hash, documents: [1, 2, 3, 4, 5].map(licence) });
      const reports = await Promise.all(records.map((record) => verifyAt(ledger, evidenceOf(record))));
      expect(reports.map(({ verdict }) => verdict)).to.deep.equal(Array(5).fill("verified"));
    });
  }

  it("names what it looked at: the block, the record, the ledger", async () => {
    const record = await one();
    const report = await verifyAt(ledger, evidenceOf(record));
    const { header } = record.committed;
    expect(report.record).to.deep.equal({
      id: record.id,
      kind: "certificate",
      issuer: ledger.provider.uscc,
      scope: open.scope,
      seq: header.seq,
      resource: open.resource,
      anchoredAt: record.anchor.time,
    });
    expect(report.block?.number).to.equal((await ledger.connection.check()).number);
    expect(report.ledger).to.equal(ledger.ledger);
    expect(report.evaluation).to.equal(true);
  });

  it("is marked evaluation by the trust file, or by a Directory without delay", async () => {
    const evidence = evidenceOf(await one());
    const marked = async (on: TestLedger, evaluation: boolean) =>
      (
        await verifyEvidence(
          { evidence, policy: AUTHENTIC },
          { connections: [on.connection], trust: trustOf(on, { evaluation }), now: on.now },
        )
      ).evaluation;
    expect(await marked(ledger, false)).to.equal(true);
    const production = await startLedger({ delay: 604_800n });
    try {
      expect(await marked(production, false)).to.equal(false);
      expect(await marked(production, true)).to.equal(true);
    } finally {
      await production.stop();
    }
  }).timeout(20_000);

  it("verifies a record of a journal by the protocol's own schema", async () => {
    const scope = await openJournal(ledger, ledger.stranger);
    const document = { action: "key-added", subject: "1", key: `${ledger.stranger.uscc}/0` };
    const [record] = await anchorBatch(ledger, {
      department: ledger.stranger,
      scope,
      kind: "operation",
      schema: PROTOCOL_KINDS.operation,
      documents: [document],
    });
    const report = await verifyAt(ledger, evidenceOf(record!));
    expect(report.verdict).to.equal("verified");
    expect(outcomeOf(report, "schema")).to.equal("pass schema.protocol");
  });

  it("verifies a void record in a resource's scope", async () => {
    const report = await verifyAt(
      ledger,
      evidenceOf(await one({ kind: "void", schema: PROTOCOL_KINDS.void, documents: [{ reason: "not-readable" }] })),
    );
    expect(troubles(report)).to.deep.equal([]);
    expect(report.verdict).to.equal("verified");
  });

  it("refuses a kind that does not belong in the scope", async () => {
    const document = { action: "x", subject: "1", key: `${ledger.provider.uscc}/0` };
    const inResource = await one({ kind: "operation", schema: PROTOCOL_KINDS.operation, documents: [document] });
    expect(outcomeOf(await verifyAt(ledger, evidenceOf(inResource)), "scope")).to.equal("fail scope.kind");
    const scope = await openJournal(ledger, ledger.provider);
    const { resource: _resource, ...rest } = batch;
    const [inJournal] = await anchorBatch(ledger, { ...rest, scope, documents: [licence(1)] });
    const report = await verifyAt(ledger, evidenceOf(inJournal!));
    expect(outcomeOf(report, "scope")).to.equal("fail scope.kind");
    expect(outcomeOf(report, "schema")).to.equal("fail schema.not-published");
  });

  it("refuses a header that names another resource, issuer, ledger or number than the chain", async () => {
    const other = toHex(randomBytes(32));
    const report = async (change: Partial<RecordHeader>) =>
      verifyAt(ledger, evidenceOf(await one({ alter: withHeader(change) })));
    expect(outcomeOf(await report({ resource: other }), "scope")).to.equal("fail scope.resource");
    expect(outcomeOf(await report({ issuer: ledger.consumer.uscc }), "scope")).to.equal("fail scope.issuer");
    expect(outcomeOf(await report({ ledger: other }), "ledger")).to.equal("fail ledger.other");
    expect(outcomeOf(await report({ seq: 10_000 }), "scope")).to.equal("fail scope.number");
    expect(outcomeOf(await report({ scope: other }), "scope")).to.equal("fail scope.unknown");
  });

  it("refuses a record that was issued after its anchor, and calls one that was anchored a day late", async () => {
    expect(outcomeOf(await verifyAt(ledger, evidenceOf(await one({ issuedBefore: -1 }))), "time")).to.equal(
      "fail time.after-anchor",
    );
    expect(outcomeOf(await verifyAt(ledger, evidenceOf(await one({ issuedBefore: 0 }))), "time")).to.equal(
      "pass time.ok",
    );
    expect(outcomeOf(await verifyAt(ledger, evidenceOf(await one({ issuedBefore: 86_400 }))), "time")).to.equal(
      "pass time.ok",
    );
    const late = await verifyAt(ledger, evidenceOf(await one({ issuedBefore: 86_401 })));
    expect(outcomeOf(late, "time")).to.equal("pass time.late");
    expect(late.verdict).to.equal("verified");
  });

  it("refuses a schema that the catalogue did not publish for the resource", async () => {
    const schema = parseSchema({ ...LICENCE_SCHEMA.json, title: "another" });
    expect(outcomeOf(await verifyAt(ledger, evidenceOf(await one({ schema }))), "schema")).to.equal(
      "fail schema.not-published",
    );
  });

  it("refuses claims that do not conform to the schema, and a validity that is not theirs", async () => {
    const wrong = await one({ documents: [{ ...licence(1), capital: "a lot" }] });
    const report = await verifyAt(ledger, evidenceOf(wrong));
    expect(outcomeOf(report, "schema")).to.equal("fail schema.value");
    expect(findingOf(report, "schema").values).to.deep.equal({ at: "capital" });
    const extended = await one({ alter: withHeader({ validUntil: 4_000_000_000 }) });
    expect(outcomeOf(await verifyAt(ledger, evidenceOf(extended)), "schema")).to.equal("fail schema.validity");
  });

  it("judges the period at the time asked about, half-open", async () => {
    const record = await one({ documents: [{ ...licence(1), validFrom: "2026-03-10", validUntil: "2026-03-20" }] });
    const evidence = evidenceOf(record);
    const from = Date.parse("2026-03-10T00:00:00+08:00") / 1000;
    const until = Date.parse("2026-03-21T00:00:00+08:00") / 1000;
    const period = async (at: number) => outcomeOf(await verifyAt(ledger, evidence, { at }), "period");
    expect(await period(from - 1)).to.equal("fail period.not-yet");
    expect(await period(from)).to.equal("pass period.current");
    expect(await period(until - 1)).to.equal("pass period.current");
    expect(await period(until)).to.equal("fail period.over");
    const endless = await one({ documents: [{ ...licence(1), validFrom: "", validUntil: "长期" }] });
    expect(outcomeOf(await verifyAt(ledger, evidenceOf(endless)), "period")).to.equal("pass period.unlimited");
  });

  it("refuses an anchor that another transaction or block of the same chain made", async () => {
    const first = evidenceOf(await one());
    const second = evidenceOf(await one());
    const outcome = async (anchor: Partial<Evidence["anchor"]>) =>
      outcomeOf(await verifyAt(ledger, { ...first, anchor: { ...first.anchor, ...anchor } }), "anchor");
    expect(await outcome({ transaction: second.anchor.transaction })).to.equal("fail anchor.block");
    expect(await outcome({ transaction: second.anchor.transaction, block: second.anchor.block })).to.equal(
      "fail anchor.event",
    );
    expect(await outcome({ block: first.anchor.block - 1 })).to.equal("fail anchor.block");
    expect(await outcome({ transaction: toHex(randomBytes(32)) })).to.equal("fail anchor.transaction-unknown");
    expect(await outcome({ time: first.anchor.time - 1 })).to.equal("fail anchor.time");
    expect(await outcome({ count: 2 })).to.equal("fail anchor.event");
    // A block that this endpoint has not seen: it may be behind, so nothing is known.
    expect(await outcome({ transaction: toHex(randomBytes(32)), block: 1_000_000 })).to.equal("error anchor.not-yet");
  });

  it("relies on the issuer and the resource as they were at anchor time", async () => {
    const evidence = evidenceOf(await one());
    ledger.advance(10);
    await ledger.send(
      ledger.deployer,
      setDepartmentStatusCall({ department: ledger.provider.uscc, status: "suspended", reason: 1 }),
    );
    expect((await verifyAt(ledger, evidence)).verdict).to.equal("verified");
    ledger.advance(10);
    await ledger.send(
      ledger.deployer,
      setDepartmentStatusCall({ department: ledger.provider.uscc, status: "active", reason: 1 }),
    );

    const { resource, scope } = await ledger.publish({
      provider: ledger.provider,
      code: "short-lived",
      schema: LICENCE_SCHEMA,
      shareClass: "unconditional",
    });
    const before = evidenceOf(await one({ resource, scope }));
    ledger.advance(10);
    await ledger.send(ledger.provider, withdrawResourceCall({ resource, reason: 1 }));
    expect((await verifyAt(ledger, before)).verdict).to.equal("verified");
    const later = evidenceOf(await one({ resource, scope }));
    expect(outcomeOf(await verifyAt(ledger, later), "issuer")).to.equal("fail issuer.resource-not-published");
  });

  it("refuses a conditional or a personal resource without a delivery", async () => {
    for (const [code, shareClass, personal] of [
      ["conditional", "conditional", false],
      ["personal", "unconditional", true],
    ] as const) {
      const published = await ledger.publish({
        provider: ledger.provider,
        code,
        schema: LICENCE_SCHEMA,
        shareClass,
        personal,
      });
      const report = await verifyAt(ledger, evidenceOf(await one(published)));
      expect(troubles(report)).to.deep.equal(["authorization fail authorization.delivery-missing"]);
      expect(report.verdict).to.equal("rejected");
    }
  });

  it("never throws, whatever it is given", async () => {
    const evidence = evidenceOf(await one());
    for (const broken of [
      new Uint8Array(),
      new Uint8Array([0xff]),
      {} as Evidence,
      { ...evidence, schema: { type: "object" } },
      { ...evidence, header: {} as RecordHeader },
    ]) {
      const report = await verifyAt(ledger, broken as Evidence);
      expect(report.verdict).to.equal("rejected");
    }
    const unreadable = await verifyAt(ledger, { ...evidence, schema: { type: "object", $ref: "http://127.0.0.1/" } });
    expect(outcomeOf(unreadable, "schema")).to.equal("fail schema.unreadable");
    expect(outcomeOf(unreadable, "claims")).to.equal("skipped claims.schema-unreadable");
    expect(
      outcomeOf(await verifyAt(ledger, { ...evidence, header: { ...evidence.header, v: 2 as 1 } }), "format"),
    ).to.equal("fail format.version");
  });

  it("does not run a stranger's pattern before the catalogue vouches for it", async () => {
    const evil = parseSchema({
      ...LICENCE_SCHEMA.json,
      properties: { number: { type: "string", pattern: "^(a+)+$" } },
      "x-required-claims": [["number"]],
      "x-validity": {},
    });
    const draft = {
      ...(await one()).committed.header,
      parents: [],
      schema: evil,
      document: { number: `${"a".repeat(40)}!` },
      seed: randomBytes(32),
    };
    const { header, claims } = commitRecord(draft);
    const evidence = {
      ...evidenceOf(await one()),
      header,
      schema: evil.json,
      claims: { disclosed: [{ at: 0, ...claims.claims[0]! }], proof: claims.tree.multiproof([0]) },
    };
    expect(outcomeOf(await verifyAt(ledger, evidence), "schema")).to.equal("fail schema.not-published");
  });
});
