import { expect } from "chai";
import { openJournal } from "../../support/records.ts";
import { receiveOpenLineage, recordActivity } from "../../../sdk/client/routes/lineage-activities.ts";
import {
  deliverNotice,
  listRecallNotices,
  listRecalls,
  resourceImpact,
  sendRecalls,
} from "../../../sdk/client/routes/lineage-recalls.ts";
import { traceRecord } from "../../../sdk/client/routes/lineage-trace.ts";
import { getEvidence } from "../../../sdk/client/routes/records.ts";
import { journalScope } from "../../../sdk/protocol/anchor.ts";
import { utf8 } from "../../../sdk/protocol/bytes.ts";
import { recordDataset } from "../../../sdk/lineage/openlineage/records.ts";
import { verifyEvidence } from "../../../sdk/verify/verify.ts";
import { codeOf, trustOf } from "../support/nodes.ts";
import { collect } from "../support/resources.ts";
import { agree, obtain, settle } from "../deliveries/fixture.ts";
import { startLineage, trace, type LineagePair } from "./fixture.ts";

describe("records of lineage", function () {
  this.timeout(120_000);
  let pair: LineagePair;
  before(async () => {
    pair = await startLineage();
  });
  after(() => pair.stop());

  const event = (more: object) => ({
    eventType: "COMPLETE",
    eventTime: "2026-03-02T01:00:00Z",
    producer: "urn:test",
    schemaURL: "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
    run: { runId: "f99310b4-3c3c-4a1a-8b2b-c1b95c24ff11" },
    job: { namespace: "n", name: "j" },
    ...more,
  });

  it("takes OpenLineage events line by line, refuses bad ones with the path, and links what they name", async () => {
    const { consumer } = pair;
    const dataset = recordDataset({ ledger: pair.ledger.ledger, ...pair.licence });
    const lines = [
      event({ inputs: [dataset], outputs: [{ namespace: "db", name: "decisions" }] }),
      event({ run: { runId: "no" } }),
      event({ eventType: "START" }),
    ];
    const bytes = utf8(lines.map((line) => JSON.stringify(line)).join("\n"));
    const body = { mediaType: "application/x-ndjson", bytes } as const;
    const outcomes = await collect(await consumer.client().call(receiveOpenLineage, { body }));
    expect(
      outcomes.map((one) => (one.outcome === "accepted" ? "accepted" : `${one.code} ${String(one.values["at"])}`)),
    ).to.deep.equal(["accepted", "openlineage.schema /run/runId", "accepted"]);
    const [first] = outcomes;
    if (first?.outcome !== "accepted") throw new Error("accepted above");
    const { scope, seq } = first.receipt;
    await consumer.node.core.records.waitFor(scope, seq, "final", { timeoutMs: 30_000 });
    const found = await trace(pair, pair.oversight, { start: { scope, seq }, direction: "up", depth: 1 });
    expect(found.links.map(({ relation, to }) => [relation, to.scope])).to.deep.equal([
      ["derivedFrom", pair.receipt.scope],
    ]);
    const evidence = await consumer.client().call(getEvidence, { params: { scope, seq }, query: {} });
    const report = await verifyEvidence(
      { evidence: utf8(JSON.stringify(evidence)), policy: { name: "authentic" } },
      { connections: [pair.ledger.connection], trust: trustOf(pair.ledger), now: pair.ledger.now },
    );
    expect(report.verdict).to.equal("verified");
  });

  it("takes an activity that used several records of one delivery", async () => {
    const { consumer } = pair;
    const id = await agree(pair);
    await obtain(pair, id, ["A-1", "A-2"]);
    await settle(pair, id);
    const used = [pair.licence, { ...pair.licence, seq: 1 }];
    const body = { activity: "both", name: "both", state: "complete", used } as const;
    const made = await consumer.client().call(recordActivity, { body });
    const { header } = await consumer.node.core.records.view(made.scope, made.seq);
    expect(header.parentCount).to.equal(2);
    expect(
      await codeOf(consumer.client().call(recordActivity, { body: { ...body, used: [...used, pair.licence] } })),
    ).to.equal("activity.repeated");
  });

  it("refuses an activity with records that never came", async () => {
    const refused = (body: object) =>
      codeOf(
        pair.consumer.client().call(recordActivity, { body: { activity: "x", name: "x", state: "complete", ...body } }),
      );
    expect(await refused({ used: [{ ...pair.licence, seq: 7 }] })).to.equal("activity.not-received");
    expect(await refused({ generated: [pair.licence] })).to.equal("activity.own-only");
    expect(await refused({ used: [{ scope: journalScope(pair.ledger.consumer.uscc), seq: 9999 }] })).to.equal(
      "record.unknown",
    );
  });

  it("sends recalls as records, and keeps the recipient's receipt, which is a record too", async () => {
    const { provider, consumer } = pair;
    const { recalls } = await provider
      .client()
      .call(sendRecalls, { params: pair.licence, body: { reason: "data-error", instruction: "停止使用" } });
    expect(recalls.map(({ recipient, state }) => [recipient, state])).to.deep.equal([
      [pair.ledger.consumer.uscc, "pending"],
    ]);
    const [recall] = recalls;
    await provider.node.core.records.waitFor(journalScope(pair.ledger.provider.uscc), recall?.seq ?? 0, "final", {
      timeoutMs: 30_000,
    });
    await provider.node.exchange.settler.settled();
    const sent = (await provider.client().call(listRecalls, {})).recalls;
    expect(sent).to.have.length(1);
    expect(sent[0]).to.include({ state: "acknowledged" });
    const { notices } = await consumer.client().call(listRecallNotices, {});
    expect(
      notices.map(({ notice, sender, seq, reason, affected }) => ({ notice, sender, seq, reason, affected })),
    ).to.deep.equal([
      { notice: recall?.record, sender: pair.ledger.provider.uscc, seq: 0, reason: "data-error", affected: 3 },
    ]);
    const receipt = sent[0]?.receipt;
    const view = await consumer.node.core.records.view(receipt?.scope ?? "0x", receipt?.seq ?? 0);
    expect(view).to.include({ record: receipt?.record });
    expect(view.header.kind).to.equal("recall-receipt");
    // Another department cannot pass the notice off as its own.
    const evidence = await provider.client().call(getEvidence, {
      params: { scope: journalScope(pair.ledger.provider.uscc), seq: recall?.seq ?? 0 },
      query: {},
    });
    expect(
      await codeOf(pair.provider.client(pair.ledger.stranger).call(deliverNotice, { body: { evidence } })),
    ).to.equal("recall.invalid");
    expect(
      await codeOf(
        provider.client().call(sendRecalls, {
          params: { scope: journalScope(pair.ledger.provider.uscc), seq: recall?.seq ?? 0 },
          body: { reason: "x" },
        }),
      ),
    ).to.equal("recall.not-affected");
  });

  it("says what withdrawing the resource would touch", async () => {
    const impact = await pair.provider.client().call(resourceImpact, { params: { id: pair.resource } });
    expect(impact).to.include({ records: 2, deliveries: 2, truncated: false });
    expect(impact.recipients).to.deep.equal([pair.ledger.consumer.uscc]);
    expect(impact.agreementsInForce.map(({ agreement }) => agreement)).to.include(pair.agreement);
    expect(impact.dependants.map(({ kind }) => kind)).to.deep.equal(["recall"]);
  });

  it("is traced by a node itself, over HTTP, as its department sees it", async () => {
    const events = await collect(
      await pair.consumer.client().call(traceRecord, {
        params: { scope: pair.decision.scope, seq: pair.decision.seq },
        query: { direction: "up" },
      }),
    );
    expect(events.filter(({ type }) => type === "node").map(({ kind }) => kind)).to.have.members([
      "activity",
      "receipt",
      "delivery",
      "certificate",
    ]);
    expect(events.at(-1)).to.include({ type: "end", gaps: 0 });
  });

  it("reports what parents must not be: late, not received, of another issuer or subject", async () => {
    const { ledger, consumer, licence } = pair;
    const scope = await openJournal(ledger, ledger.consumer);
    expect(scope).to.equal(journalScope(ledger.consumer.uscc));
    const { records } = consumer.node.core;
    const licenceId = (await pair.provider.node.core.records.view(licence.scope, licence.seq)).record;
    const parent = { ledger: ledger.ledger, ...licence, record: licenceId };
    const [made] = await records.accept(scope, [
      {
        kind: "operation",
        document: { action: "test", subject: "x", key: `${ledger.consumer.uscc}/1` },
        parents: [
          { ...parent, relation: "derivedFrom" },
          { ...parent, relation: "supersedes" },
        ],
      },
    ]);
    if (made === undefined || "error" in made) throw new Error("accepted");
    await records.waitFor(scope, made.seq, "final", { timeoutMs: 30_000 });
    const found = await trace(pair, pair.oversight, { start: { scope, seq: made.seq }, direction: "up", depth: 1 });
    const codes = found.links.flatMap(({ findings }) => findings.map(({ code }) => code));
    expect(new Set(codes)).to.deep.equal(
      new Set(["link.parent-not-received", "link.supersedes-issuer", "link.supersedes-subject"]),
    );
  });
});
