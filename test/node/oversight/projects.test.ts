import { expect } from "chai";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { contentDigestOf } from "../../../sdk/client/signature.ts";
import { PAYLOADS } from "../../../node/storage/keyspaces.ts";
import { put } from "../../../node/storage/store.ts";
import {
  listProjects,
  importProjects,
  showProject,
  projectEvidence,
  exportProject,
} from "../../../sdk/client/routes/projects.ts";
import { subscribeToProjects } from "../../../sdk/client/routes/project-alerts.ts";
import type { JsonObject } from "../../../sdk/protocol/json.ts";
import { standardFindings } from "../../../sdk/oversight/validate.ts";
import { parseEvidence } from "../../../sdk/protocol/evidence.ts";
import { verifyAt } from "../../support/verifying.ts";
import { makeDepartment, startLedger, type TestLedger } from "../../support/ledger.ts";
import { codeOf, startTestNode, type TestNode } from "../support/nodes.ts";
import { published, skipUnless } from "../../sdk/oversight/published.ts";

const cny = (amount: number) => ({ amount, currency: "CNY" });
const release = (day: number, tag: string, value: number): JsonObject => ({
  ocid: "ocds-abc-1",
  id: `r${day}`,
  date: `2026-01-0${day}T00:00:00Z`,
  tag: [tag],
  initiationType: "tender",
  tender: { id: "t", title: "滨江道路改造工程" },
  awards: [{ id: "a", value: cny(100) }],
  contracts: [{ id: "c", awardID: "a", value: cny(value) }],
});

describe("a node's projects", function () {
  this.timeout(60_000);
  let ledger: TestLedger;
  let node: TestNode;

  before(async () => {
    ledger = await startLedger();
    node = await startTestNode({ ledger, department: ledger.provider });
  });
  after(async () => {
    await node.stop();
    await ledger.stop();
  });

  const bring = (document: unknown, project?: string) =>
    node.client().call(importProjects, { body: { document, ...(project !== undefined && { project }) } });
  const show = (code: string) => node.client().call(showProject, { params: { code } });
  const final = (seq: number) =>
    node.node.core.records.waitFor(node.node.core.journal, seq, "final", { timeoutMs: 30_000 });

  it("imports releases, each a record of the journal; again, it is the same record", async () => {
    const first = await bring([release(1, "contract", 100)], "P-1");
    expect(first).to.include({ accepted: 1, duplicates: 0 });
    expect(first.projects).to.deep.equal([{ code: "P-1", flags: 0 }]);
    const again = await bring([release(1, "contract", 100)], "P-1");
    expect(again).to.include({ accepted: 0, duplicates: 1 });
    expect(again.records).to.deep.equal(first.records);
  });

  it("flags what later releases say, with the records and the article", async () => {
    const { projects } = await bring([release(2, "contract", 121.55)], "P-1");
    expect(projects).to.deep.equal([{ code: "P-1", flags: 3 }]);
    const { flags, releases, title } = await show("P-1");
    expect(title).to.equal("滨江道路改造工程");
    expect(flags.map(({ rule }) => rule).sort()).to.deep.equal([
      "contract-differs",
      "cost-overrun",
      "silent-rewriting",
    ]);
    const overrun = flags.find(({ rule }) => rule === "cost-overrun")!;
    expect(overrun).to.include({ actual: 12_155, limit: 10_000, excess: 2155, source: "records", kind: "soft" });
    expect(overrun.article.zh).to.equal("《政府投资条例》第23条");
    expect(overrun.records).to.deep.equal(releases.map(({ scope, seq, record }) => ({ scope, seq, record })));
    // The same flags are not recorded again.
    expect((await bring([release(3, "contractAmendment", 121.55)], "P-1")).projects).to.deep.equal([
      { code: "P-1", flags: 3 },
    ]);
  });

  it("shows its evidence to anyone, who can verify it and derive the figures", async () => {
    const { flags } = await show("P-1");
    const { seq } = flags.find(({ rule }) => rule === "cost-overrun")!.flag!;
    await final(seq);
    const anyone = node.client();
    const evidence = await anyone.call(projectEvidence, { params: { code: "P-1", seq } });
    const report = await verifyAt(ledger, parseEvidence(evidence));
    expect(report.verdict).to.equal("verified");
    expect(await codeOf(anyone.call(projectEvidence, { params: { code: "P-2", seq } }))).to.equal(
      "project.record-unknown",
    );
  });

  it("refuses a package that does not fit the official schema, with the place", async () => {
    const bad = {
      uri: "https://example.org/p",
      publishedDate: "2026-01-01T00:00:00Z",
      publisher: { name: "x" },
      version: "0.9",
    };
    expect(await codeOf(bring({ ...bad, projects: [{ title: "no id" }] }))).to.equal("project.invalid");
    expect(await codeOf(bring([{ ocid: "o", date: 5 }]))).to.equal("ocds.member");
    expect(await codeOf(show("none"))).to.equal("project.unknown");
  });

  it("refuses a release that does not merge with those before it, and records nothing of what came with it", async () => {
    const own = (day: number, rest: JsonObject): JsonObject => {
      return { ...release(day, "contract", 100), ocid: "ocds-kinds-1", id: `k${day}`, ...rest };
    };
    await bring([own(1, { extension: { phases: [{ id: "1", name: "a" }] } })], "P-KINDS");
    for (const [document, path] of [
      [[own(2, { extension: { phases: [{ id: "1", name: "b" }] } }), own(3, { extension: "none" })], "/1/extension"],
      [[own(2, { extension: { phases: [{ id: "1", name: { zh: "b" } }] } })], "/0/extension/phases/name"],
      // Earlier than what is recorded, or at odds with one another: as much in the way.
      [[own(1, { id: "k0", date: "2025-12-31T00:00:00Z", extension: ["a"] })], "/0/extension"],
      [[own(2, { extra: { a: 1 } }), own(3, { extra: 1 })], "/1/extra"],
    ] as const) {
      const error = await bring(document, "P-KINDS").catch((thrown: unknown) => thrown);
      expect(error).to.include({ code: "ocds.kind-changed" });
      expect(error).to.have.nested.property("values.path", path);
      expect((await show("P-KINDS")).releases).to.have.length(1);
    }
    // The project goes on, and null is no kind.
    const { projects } = await bring([own(4, { extension: null }), own(5, { extension: { phases: [] } })], "P-KINDS");
    expect(projects).to.deep.equal([{ code: "P-KINDS", flags: 0 }]);
    expect((await show("P-KINDS")).releases).to.have.length(3);
  });

  it("many releases of one call, prepared in a thread, are the records that they are one by one", async () => {
    const of = (ocid: string) =>
      Array.from({ length: 40 }, (_, i) => ({
        ...release(1, "contract", 100),
        ...{ ocid, id: `m${i}`, date: `2026-01-01T00:00:${String(i).padStart(2, "0")}Z` },
      }));
    const first = await bring(of("ocds-many-1"), "P-MANY");
    expect(first).to.include({ accepted: 40, duplicates: 0 });
    const again: number[] = [];
    for (const one of of("ocds-many-1")) again.push(...(await bring([one], "P-MANY")).records.map(({ seq }) => seq));
    expect(again).to.deep.equal(first.records.map(({ seq }) => seq));
    await final(first.records.at(-1)!.seq);
    const evidence = await node
      .client()
      .call(projectEvidence, { params: { code: "P-MANY", seq: first.records[20]!.seq } });
    expect((await verifyAt(ledger, parseEvidence(evidence))).verdict).to.equal("verified");
  });

  it("exports what it was given, merged where asked", async () => {
    const get = (format: "oc4ids" | "ocds-releases" | "ocds-record") =>
      node.client().call(exportProject, { params: { code: "P-1" }, query: { format } });
    const releases = await get("ocds-releases");
    expect(standardFindings(releases, "ocds-release-package")).to.deep.equal([]);
    expect(releases["releases"]).to.have.length(3);
    const { records } = (await get("ocds-record")) as unknown as { records: { compiledRelease: JsonObject }[] };
    expect(records[0]!.compiledRelease["contracts"]).to.deep.equal([{ id: "c", awardID: "a", value: cny(121.55) }]);
    expect(await codeOf(get("oc4ids"))).to.equal("project.nothing-to-export");
  });

  it("the OC4IDS example is flagged with the records that prove it, and comes out valid", async function () {
    skipUnless(this, "oc4ids/examples/example.json");
    const document = published.json("oc4ids/examples/example.json");
    const { projects } = await bring(document);
    expect(projects[0]!.flags).to.equal(3);
    const { code } = projects[0]!;
    const { flags } = await show(code);
    expect(
      flags.filter(({ rule }) => rule === "cost-overrun").map(({ actual, limit, excess }) => [actual, limit, excess]),
    ).to.deep.equal([
      [4_210_000_000, 4_000_000_000, 525],
      [3_525_000_000, 2_900_000_000, 2155],
    ]);
    for (const { records, inputs } of flags) {
      expect(records).to.have.length(1);
      expect(inputs.every(({ record }) => record === 0)).to.equal(true);
    }
    const exported = await node.client().call(exportProject, { params: { code } });
    expect(standardFindings(exported, "oc4ids-project-package")).to.deep.equal([]);
    expect(exported["projects"]).to.deep.equal((document as JsonObject)["projects"]);
  });

  it("lists the board in pages", async () => {
    const { projects } = await node.client().call(listProjects, { query: { limit: 1 } });
    expect(projects).to.have.length(1);
    const all = await node.client().call(listProjects, {});
    const [, second] = all.projects;
    const next = await node.client().call(listProjects, { query: { after: projects[0]!.code, limit: 1 } });
    expect(next.projects[0]?.code).to.equal(second?.code);
    expect(all.projects.find(({ code }) => code === "P-1")).to.include({ releases: 3, flags: 3 });
  });

  it("is looked at from the command line", async () => {
    const { run, runJson } = await import("../../sdk/cli/support.ts");
    const env = { SUYUAN_NODE: node.url };
    const { code, out } = await run(["project", "show", "P-1", "--lang", "en"], { env });
    expect(code).to.equal(0);
    expect(out).to.include("cost-overrun").and.to.include("+21.55 %").and.to.include("article 23");
    const list = await runJson(["project", "list"], { env });
    expect(list.result).to.be.an("array").with.lengthOf.at.least(1);
    const exported = await run(["project", "export", "P-1", "--format", "ocds-releases"], { env });
    expect(JSON.parse(exported.out)).to.have.property("releases").with.lengthOf(3);
    const { flags } = await show("P-1");
    const evidence = await run(["project", "evidence", "P-1", String(flags[0]!.flag!.seq)], { env });
    expect(parseEvidence(JSON.parse(evidence.out) as JsonObject).header.kind).to.equal("project-flag");
    expect((await runJson(["project", "show", "none"], { env })).error?.code).to.equal("project.unknown");
  });

  it("tells a webhook with a signed request, what it did not take again, and only what it asked for", async () => {
    const received: { body: JsonObject; signed: boolean }[] = [];
    let failures = 1;
    const server = createServer((request, response) => {
      void (async () => {
        const chunks: Uint8Array[] = [];
        for await (const chunk of request) chunks.push(chunk as Uint8Array); // A request gives bytes.
        const body = Buffer.concat(chunks);
        const signed = contentDigestOf(body) === request.headers["content-digest"] && "signature" in request.headers;
        if (failures-- > 0) return response.writeHead(500).end();
        received.push({ body: JSON.parse(body.toString()) as JsonObject, signed });
        response.writeHead(204).end();
      })();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo; // It listens on a port.
    const overseer = makeDepartment(31, "监督");
    await ledger.admit(overseer, "oversight");
    const body = { url: `http://127.0.0.1:${port}/alerts`, rules: ["contract-differs"] };
    await node.client(overseer).call(subscribeToProjects, { body });
    expect(await codeOf(node.client(ledger.stranger).call(subscribeToProjects, { body }))).to.equal(
      "caller.not-oversight",
    );
    await bring([{ ...release(1, "contract", 90), ocid: "ocds-abc-2" }], "P-3");
    await bring([{ ...release(1, "contract", 95), ocid: "ocds-abc-3" }], "P-3");
    for (let i = 0; received.length < 2 && i < 100; i++) {
      await node.node.projects.deliver();
      await new Promise((resolve) => setImmediate(resolve));
    }
    server.close();
    expect(received.map(({ body: { project, rule }, signed }) => [project, rule, signed])).to.deep.equal([
      ["P-3", "contract-differs", true],
      ["P-3", "contract-differs", true],
    ]);
  });

  it("editing a stored release is found by fsck, and the project is not shown as if nothing were", async () => {
    const { releases } = await show("P-1");
    const place = { scope: releases[0]!.scope, seq: releases[0]!.seq };
    const { store } = node.node.core;
    const payload = await store.get(PAYLOADS, place);
    const edited = Uint8Array.from(payload!, (byte, i) => (i === payload!.length - 1 ? byte ^ 1 : byte));
    await store.write([put(PAYLOADS, place, edited)]);
    expect(await codeOf(node.node.core.records.document(place.scope, place.seq))).to.equal("record.damaged");
    expect(
      await codeOf(node.client().call(exportProject, { params: { code: "P-1" }, query: { format: "ocds-record" } })),
    ).to.equal("internal");
    await store.write([put(PAYLOADS, place, payload!)]);
  });

  it("keeps everything over a restart", async () => {
    const before = await show("P-1");
    await node.restart();
    expect((await show("P-1")).flags).to.deep.equal(before.flags);
  });
});
