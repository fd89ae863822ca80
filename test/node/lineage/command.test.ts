import { expect } from "chai";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseProvBytes } from "../../../sdk/lineage/prov/document.ts";
import { parseEvent } from "../../../sdk/lineage/openlineage/validate.ts";
import { pageHashes } from "../../../sdk/lineage/report/page-hashes.ts";
import { reportVerifier } from "../../../sdk/lineage/report/verifier.ts";
import type { Json } from "../../../sdk/protocol/json.ts";
import { utf8 } from "../../../sdk/protocol/bytes.ts";
import { trustJson } from "../../../sdk/verify/trust.ts";
import { run } from "../../sdk/cli/support.ts";
import { restartProvider } from "../deliveries/fixture.ts";
import { PASSWORD, writeKeystore } from "../support/keystores.ts";
import { trustOf } from "../support/nodes.ts";
import { startLineage, suspend, type LineagePair } from "./fixture.ts";

describe("suyuan trace", function () {
  this.timeout(120_000);
  let pair: LineagePair;
  let folder: string;
  before(async () => {
    pair = await startLineage();
    folder = await mkdtemp(join(tmpdir(), "suyuan-trace-"));
    await writeFile(join(folder, "trust.json"), JSON.stringify(trustJson(trustOf(pair.ledger))));
    await writeKeystore(join(folder, "oversight.json"), pair.oversight);
    await writeKeystore(join(folder, "consumer.json"), pair.ledger.consumer);
  });
  after(async () => {
    await pair.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** As oversight, whose own node is nowhere: any node names itself, and the key is given. */
  const trace = (record: string, ...more: string[]) =>
    run(
      [
        "--lang",
        "en",
        "trace",
        record,
        "--node",
        pair.consumer.url,
        "--keystore",
        "oversight.json",
        "--key-id",
        `${pair.oversight.uscc}/1`,
        "--trust",
        "trust.json",
        ...more,
      ],
      {
        cwd: folder,
        env: { SUYUAN_KEYSTORE_PASSWORD: PASSWORD },
        clock: () => pair.ledger.now * 1000,
      },
    );

  it("draws the way from the decision to the licence, by the decision's id", async () => {
    const { code, out, err } = await trace(pair.decision.record);
    expect(code, err).to.equal(0);
    expect(out).to.include("[derived from] ✓ receipt").and.to.include("✓ certificate").and.to.include("市场监督管理局");
    expect(out).to.include("✓ The trace is complete: 4 records, 4 links, 0 gaps, 0 links withheld");
  });

  it("writes PROV-JSON, OpenLineage and JSON that read back", async () => {
    const prov = await trace(pair.decision.record, "--format", "prov");
    const document = parseProvBytes(utf8(prov.out));
    expect(document.statements.filter(({ kind }) => kind === "used")).to.have.length(1);
    const events = (await trace(pair.decision.record, "--format", "openlineage")).out.trim().split("\n");
    expect(events.map((line) => parseEvent(JSON.parse(line) as Json).kind)).to.deep.equal(["run", "run", "run"]);
    const json = JSON.parse((await trace(pair.decision.record, "--format", "json")).out) as { nodes: unknown[] };
    expect(json.nodes).to.have.length(4);
  });

  it("writes a report that verifies itself, and not with one byte changed", async () => {
    const { code } = await trace(pair.decision.record, "--format", "html", "--out", "report.html");
    expect(code).to.equal(0);
    const page = await readFile(join(folder, "report.html"), "utf8");
    const [, text = ""] = /id="evidence">([^]*?)<\/script>/.exec(page) ?? [];
    const [, sum = ""] = /id="digest">(0x[0-9a-f]{64})</.exec(page) ?? [];
    expect(reportVerifier(text, sum, pageHashes())).to.deep.equal({ holds: true, records: 4, links: 4, faults: [] });
    expect(reportVerifier(text.replace('"certificate"', '"certificatf"'), sum, pageHashes()).holds).to.equal(false);
  });

  it("tells the five kinds of events of one record", async () => {
    const licence = `${pair.licence.scope}/${pair.licence.seq}`;
    const { code, out } = await trace(licence, "--events", "--json");
    expect(code).to.equal(0);
    const { events } = JSON.parse(out) as {
      events: { event: string; kind: string; department: string; record: string }[];
    };
    const { provider, consumer } = pair.ledger;
    expect(events.map(({ event, kind, department }) => [event, kind, department])).to.have.deep.members([
      ["source", "certificate", provider.uscc],
      ["ownership", "certificate", provider.uscc],
      ["circulation", "delivery", provider.uscc],
      ["circulation", "receipt", consumer.uscc],
      ["use", "activity", consumer.uscc],
    ]);
    expect(events.find(({ event }) => event === "use")?.record).to.equal(pair.decision.record);
    expect((await trace(licence, "--events")).out)
      .to.include("circulation")
      .and.to.include(consumer.name);
  });

  it("tells the level that a product inherits, and to whom it is owed", async () => {
    const { code, out } = await trace(pair.decision.record, "--value", "--json");
    expect(code).to.equal(0);
    const { classification, shares } = JSON.parse(out) as { classification: object; shares: object[] };
    expect(classification).to.deep.equal({ inherited: 2, from: pair.licence, code: "classification.inherited" });
    expect(shares).to.deep.equal([{ department: pair.ledger.provider.uscc, share: 1, sources: 1 }]);
    expect((await trace(pair.decision.record, "--value")).out)
      .to.include("100.0 %")
      .and.to.include(pair.ledger.provider.name);
  });

  it("ends with 2 and a marked gap when a node is down, and goes on from what it had", async () => {
    await pair.provider.node.stop();
    const broken = await trace(pair.decision.record);
    expect(broken.code).to.equal(2);
    expect(broken.out).to.include("✂").and.to.include("gap.unreachable");
    const lines = await trace(pair.decision.record, "--format", "ndjson");
    expect(lines.code).to.equal(2);
    await writeFile(join(folder, "trace.ndjson"), lines.out);
    await restartProvider(pair);
    const resumed = await trace(pair.decision.record, "--resume", "trace.ndjson");
    expect(resumed.code, resumed.err).to.equal(0);
  });

  it("names the decision in the recall list of the suspended licence, and the licence as the first bad ancestor", async () => {
    const licence = `${pair.licence.scope}/${pair.licence.seq}`;
    expect((await trace(pair.decision.record, "--first-bad")).code).to.equal(0);
    pair.ledger.advance(60);
    await suspend(pair, pair.licence);
    const recall = await trace(licence, "--recall");
    expect(recall.code, recall.err).to.equal(0);
    expect(recall.out).to.include(pair.decision.record).and.to.include(pair.ledger.consumer.name);
    const bad = await trace(pair.decision.record, "--first-bad");
    expect(bad.code).to.equal(1);
    expect(bad.out).to.include("status.suspended certificate");
  });

  it("says what is wrong with how it is called", async () => {
    expect((await trace("0x12")).code).to.equal(64);
    expect((await trace(pair.decision.record, "--format", "pdf")).code).to.equal(64);
    expect((await trace(`0x${"00".repeat(32)}`)).err).to.include("lineage.unknown");
  });
});
