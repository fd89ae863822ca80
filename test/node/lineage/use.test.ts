import { expect } from "chai";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { listAssessments, makeAssessment, resourceUse } from "../../../sdk/client/routes/lineage-use.ts";
import { toHex, utf8 } from "../../../sdk/protocol/bytes.ts";
import { canonicalBytes } from "../../../sdk/protocol/canonical.ts";
import { digest } from "../../../sdk/protocol/hash.ts";
import { verifyEvidence } from "../../../sdk/verify/verify.ts";
import { trustOf } from "../support/nodes.ts";
import { startCommands, type Commands } from "./commands.ts";
import { restartProvider } from "../deliveries/fixture.ts";
import { startLineage, type LineagePair } from "./fixture.ts";

const DAY = 86_400;
const sha256 = (bytes: Uint8Array) => toHex(digest("sha256", bytes));

describe("how data is used", function () {
  this.timeout(180_000);
  let commands: Commands;
  let pair: LineagePair;
  before(async () => {
    commands = await startCommands();
    ({ pair } = commands);
  });
  after(() => commands.stop());

  const ask = (query: { before?: number; maximumUses?: number; from?: number }) =>
    pair.provider.client().call(resourceUse, { params: { id: pair.resource }, query });

  describe("use of a resource", () => {
    it("counts deliveries, and nothing is cold that was issued or used since", async () => {
      const page = await ask({ before: pair.ledger.now - DAY });
      expect(page).to.include({ records: 2, kept: 2, used: 1, uses: 1 });
      expect(page.cold).to.deep.equal([]);
      expect(page.next).to.equal(undefined);
    });

    it("lists what was not used since, with its uses and the last of them", async () => {
      const { cold } = await ask({ before: pair.ledger.now + DAY });
      expect(cold.map(({ seq, deliveries, derived }) => ({ seq, deliveries, derived }))).to.deep.equal([
        { seq: 0, deliveries: 1, derived: 0 },
        { seq: 1, deliveries: 0, derived: 0 },
      ]);
      expect(cold[0]?.lastUsedAt).to.be.a("number");
      expect(cold[1]?.lastUsedAt).to.equal(undefined);
      const never = await ask({ before: pair.ledger.now + DAY, maximumUses: 0 });
      expect(never.cold.map(({ seq }) => seq)).to.deep.equal([1]);
      expect(await ask({ from: 2 })).to.include({ records: 0, kept: 0 });
    });
  });

  describe("suyuan resource use --archive", () => {
    it("writes complete evidence, and records its digest", async () => {
      const before = String(pair.ledger.now + DAY);
      const { code, result } = await commands.as(
        ...(["provider", "resource", "use", pair.resource, "--before", before] as const),
        ...["--maximum-uses", "0", "--archive", "cold.ndjson"],
      );
      expect(code).to.equal(0);
      const bytes = await readFile(join(commands.folder, "cold.ndjson"));
      const [line = "", ...rest] = bytes.toString("utf8").trimEnd().split("\n");
      expect(rest).to.deep.equal([]);
      const report = await verifyEvidence(
        { evidence: utf8(line), policy: { name: "authentic" } },
        { connections: [pair.ledger.connection], trust: trustOf(pair.ledger), now: pair.ledger.now },
      );
      // It holds personal data and was handed to nobody: to any other department it would say just that.
      expect(report.checks.flatMap(({ outcome, code }) => (outcome === "fail" ? [code] : []))).to.deep.equal([
        "authorization.delivery-missing",
      ]);
      expect(report.checks.filter(({ outcome }) => outcome === "error")).to.deep.equal([]);
      const archived = result?.["archived"] as { digest: string; records: number; activity: string };
      expect(archived).to.include({ digest: sha256(bytes), records: 1 });
      const { records, journal } = pair.provider.node.core;
      const seq = (await records.count(journal)) - 1;
      expect((await records.view(journal, seq)).record).to.equal(archived.activity);
      expect(await records.document(journal, seq)).to.deep.include({
        outputs: [{ namespace: "archive", name: pair.resource, version: sha256(bytes) }],
      });
    });

    it("says that nothing is cold, and writes nothing", async () => {
      const { code, out } = await commands.text("provider", "resource", "use", pair.resource, "--archive", "none");
      expect(code).to.equal(0);
      expect(out).to.contain("Nothing is cold");
    });
  });

  describe("assessment", () => {
    it("is a report whose digest an activity in the journal names", async () => {
      const made = await pair.provider.client().call(makeAssessment, {});
      expect(made.digest).to.equal(sha256(canonicalBytes(made.report)));
      const { records } = pair.provider.node.core;
      expect(await records.document(made.scope, made.seq)).to.deep.include({
        name: "assessment",
        outputs: [{ namespace: "assessment", name: pair.ledger.provider.uscc, version: made.digest }],
      });
      const [resource] = made.report["resources"] as readonly Record<string, unknown>[];
      expect(resource).to.include({ resource: pair.resource, records: 2, kept: 2, used: 1, agreementsInForce: 1 });
      const { assessments } = await pair.provider.client().call(listAssessments, {});
      expect(assessments[0]).to.deep.equal(made);
    });

    it("is made and listed by the command", async () => {
      pair.ledger.advance(1);
      const made = await commands.as("provider", "lineage", "assess");
      expect(made.code).to.equal(0);
      const listed = await commands.as("provider", "lineage", "assess", "--list");
      const [newest] = listed.result?.["assessments"] as readonly unknown[];
      expect(newest).to.deep.equal(made.result);
      expect((await commands.text("provider", "lineage", "assess", "--list")).code).to.equal(0);
    });
  });
});

describe("suyuan events", function () {
  this.timeout(120_000);
  let commands: Commands;
  before(async () => {
    commands = await startCommands();
  });
  after(() => commands.stop());

  it("lists what happened after a cursor, and a cursor that the feed has not reached is refused", async () => {
    const { code, out } = await commands.text("provider", "events", "--cursor", "2", "--count", "3");
    expect(code).to.equal(0);
    expect(
      out
        .trimEnd()
        .split("\n")
        .map((line) => line.split(" ")[0]),
    ).to.deep.equal(["3", "4", "5"]);
    const beyond = await commands.as("provider", "events", "--cursor", "999999", "--count", "1");
    expect(beyond.error?.code).to.equal("events.cursor");
  });
});

describe("assessments in their turn", function () {
  this.timeout(120_000);
  let pair: LineagePair;
  before(async () => {
    // Not before everything is set up: the set-up sends from the provider's account, too.
    const config = { assessmentDays: 0 };
    pair = await startLineage({ provider: { config, tunables: { assessmentLookMs: 20 } } });
    config.assessmentDays = 7;
    await restartProvider(pair);
  });
  after(() => pair.stop());

  it("are made when they are due, and not before", async () => {
    const made = async (count: number) => {
      for (;;) {
        const { assessments } = await pair.provider.client().call(listAssessments, {});
        if (assessments.length >= count) return assessments.map(({ at }) => at);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    const [first = 0] = await made(1);
    pair.ledger.advance(7 * DAY - 60);
    pair.ledger.advance(120);
    const [second = 0, ...before] = await made(2);
    expect(before).to.deep.equal([first]);
    expect(second - first).to.be.at.least(7 * DAY);
  });
});
