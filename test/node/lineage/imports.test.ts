import { expect } from "chai";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { checkLineageGraph } from "../../../sdk/client/routes/lineage-activities.ts";
import { recordDataset } from "../../../sdk/lineage/openlineage/records.ts";
import { parseEvent } from "../../../sdk/lineage/openlineage/validate.ts";
import { RECORD_NAMESPACE } from "../../../sdk/lineage/prov/import.ts";
import { verifyEvidence } from "../../../sdk/verify/verify.ts";
import { trustOf } from "../support/nodes.ts";
import { utf8, type Hex } from "../../../sdk/protocol/bytes.ts";
import type { Json, JsonObject } from "../../../sdk/protocol/json.ts";
import { startCommands, type Commands } from "./commands.ts";
import type { LineagePair } from "./fixture.ts";

describe("suyuan lineage, with running nodes", function () {
  this.timeout(180_000);
  let commands: Commands;
  let pair: LineagePair;
  before(async () => {
    commands = await startCommands();
    ({ pair } = commands);
  });
  after(() => commands.stop());

  const as: Commands["as"] = (...args) => commands.as(...args);
  const write: Commands["write"] = (...args) => commands.write(...args);

  const RUN = "f99310b4-3c3c-4a1a-8b2b-c1b95c24ff1";
  const event = (run: number, inputs: readonly object[], outputs: readonly object[]) => ({
    eventType: "COMPLETE",
    eventTime: "2026-03-02T01:00:00Z",
    producer: "urn:test",
    schemaURL: "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
    run: { runId: `${RUN}${run}` },
    job: { namespace: "n", name: `job ${run}` },
    inputs,
    outputs,
  });
  const table = (name: string) => ({ namespace: "db", name });
  const prefix = { ex: "urn:example:", record: RECORD_NAMESPACE };

  it("check finds a cycle in either form, names it, and says what does not fit", async () => {
    await write("chain.ndjson", event(1, [table("a")], [table("b")]), event(2, [table("b")], [table("c")]));
    const chain = await as("provider", "lineage", "check", "chain.ndjson");
    expect([chain.code, chain.result]).to.deep.equal([
      0,
      { format: "openlineage", statements: 2, dependencies: 4, code: "lineage.acyclic" },
    ]);
    await write("loop.ndjson", event(1, [table("a")], [table("b")]), event(2, [table("b")], [table("a")]));
    const loop = await as("provider", "lineage", "check", "loop.ndjson");
    expect([loop.code, loop.result?.["code"]]).to.deep.equal([1, "lineage.cycle"]);
    expect(loop.result?.["cycle"]).to.have.members(["dataset db a", "dataset db b", `run ${RUN}1`, `run ${RUN}2`]);
    const derived = (generated: string, used: string) => ({
      "prov:generatedEntity": generated,
      "prov:usedEntity": used,
    });
    await write("loop.json", {
      prefix,
      wasDerivedFrom: {
        "_:1": derived("ex:a", "ex:b"),
        "_:2": derived("ex:b", "ex:c"),
        "_:3": derived("ex:c", "ex:a"),
      },
    });
    const prov = await as("provider", "lineage", "check", "loop.json");
    expect([prov.code, prov.result?.["code"], prov.result?.["format"]]).to.deep.equal([
      1,
      "lineage.cycle",
      "prov-json",
    ]);
    expect(prov.result?.["cycle"]).to.deep.equal(["ex:a", "ex:b", "ex:c"]);
    await write("bad.json", { wasEatenBy: {} });
    const bad = await as("provider", "lineage", "check", "bad.json");
    expect([bad.code, bad.error?.code, bad.error?.values["at"]]).to.deep.equal([1, "prov.section", "/wasEatenBy"]);
  });

  it("the node answers the same, and refuses to record a PROV document with a cycle", async () => {
    const client = pair.provider.client();
    const bytes = utf8(
      JSON.stringify({ prefix, wasInformedBy: { "_:1": { "prov:informed": "ex:a", "prov:informant": "ex:a" } } }),
    );
    const body = { mediaType: "application/json", bytes } as const;
    const found = await client.call(checkLineageGraph, { body });
    expect(found).to.deep.equal({
      format: "prov-json",
      statements: 1,
      dependencies: 1,
      code: "lineage.cycle",
      cycle: ["ex:a"],
    });
    await writeFile(join(commands.folder, "self.json"), bytes);
    const refused = await as("provider", "lineage", "import", "self.json");
    expect([refused.code, refused.error?.code, refused.error?.values["length"]]).to.deep.equal([1, "lineage.cycle", 1]);
  });

  it("import records events from a file, those of a cycle with a remark, and export gives one back with its proof", async () => {
    const licenceName = recordDataset({ ledger: pair.ledger.ledger, ...pair.licence });
    await write(
      "events.ndjson",
      event(3, [licenceName, table("in")], [table("out")]),
      event(4, [table("x")], [table("y")]),
      event(5, [table("y")], [table("x")]),
    );
    const { code, result } = await as("consumer", "lineage", "import", "events.ndjson");
    expect(code).to.equal(0);
    const outcomes = result?.["outcomes"] as {
      remarks?: string[];
      receipt: { scope: Hex; seq: number; record: Hex };
    }[];
    expect(outcomes.map(({ remarks }) => remarks)).to.deep.equal([undefined, ["lineage.cycle"], ["lineage.cycle"]]);
    const again = await as("consumer", "lineage", "import", "events.ndjson");
    expect((again.result?.["outcomes"] as { duplicate: boolean }[]).map(({ duplicate }) => duplicate)).to.deep.equal([
      true,
      true,
      true,
    ]);
    const { scope, seq, record } = outcomes[0]!.receipt;
    await pair.consumer.node.core.records.waitFor(scope, seq, "final", { timeoutMs: 30_000 });
    const exported = await as("consumer", "lineage", "export", record);
    expect(exported.code).to.equal(0);
    expect(parseEvent(exported.result as JsonObject).kind).to.equal("run");
    const { run, ...rest } = exported.result as { run: { facets: Record<string, { evidence: Json; record: Hex }> } };
    const { run: _run, ...given } = event(3, [licenceName, table("in")], [table("out")]);
    expect(rest).to.deep.equal(given);
    const facet = run.facets["suyuan_proof"];
    expect(facet?.record).to.equal(record);
    const report = await verifyEvidence(
      { evidence: utf8(JSON.stringify(facet?.evidence)), policy: { name: "authentic" } },
      { connections: [pair.ledger.connection], trust: trustOf(pair.ledger), now: pair.ledger.now },
    );
    expect(report.verdict).to.equal("verified");
    const none = await as("consumer", "lineage", "export", pair.decision.record);
    expect([none.code, none.error?.code]).to.deep.equal([1, "openlineage.no-event"]);
  });

  it("import records the activities of a PROV document, and links the records it names", async () => {
    const name = `record:${pair.licence.scope.slice(2)}.${pair.licence.seq}`;
    const document = {
      prefix,
      entity: { [name]: {}, "ex:report": {}, "ex:old": {} },
      activity: { "ex:review": { "prov:startTime": "2026-03-02T01:00:00Z", "prov:endTime": "2026-03-02T02:00:00Z" } },
      agent: { "ex:committee": {} },
      used: { "_:u": { "prov:activity": "ex:review", "prov:entity": name } },
      wasGeneratedBy: { "_:g": { "prov:entity": "ex:report", "prov:activity": "ex:review" } },
      wasAssociatedWith: { "_:a": { "prov:activity": "ex:review", "prov:agent": "ex:committee" } },
      wasDerivedFrom: { "_:d": { "prov:generatedEntity": "ex:report", "prov:usedEntity": "ex:old" } },
    };
    await write("review.json", document);
    const { code, result } = await as("consumer", "lineage", "import", "review.json");
    expect(code).to.equal(0);
    const outcomes = result?.["outcomes"] as { receipt: { scope: Hex; seq: number } }[];
    expect(outcomes).to.have.length(2);
    const { reader } = pair.consumer.node.core.records;
    const [review, derivation] = await Promise.all(
      outcomes.map(({ receipt: { scope, seq } }) => reader.open({ scope, seq })),
    );
    expect(review?.document).to.deep.include({
      activity: "urn:example:review",
      state: "complete",
      startedAt: 1_772_413_200,
      endedAt: 1_772_416_800,
      actor: "urn:example:committee",
      used: 1,
      outputs: [{ namespace: "urn:example:", name: "report" }],
    });
    expect(review?.parents.map(({ scope, relation }) => [scope, relation])).to.deep.equal([
      [pair.receipt.scope, "derivedFrom"],
    ]);
    expect(derivation?.document).to.deep.include({
      inputs: [{ namespace: "urn:example:", name: "old" }],
      outputs: [{ namespace: "urn:example:", name: "report" }],
    });
    // What was said about the activity is in its record, as it came.
    expect(review?.document["event"]).to.deep.include({
      used: document.used,
      wasAssociatedWith: document.wasAssociatedWith,
    });
  });
});
