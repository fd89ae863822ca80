import { expect } from "chai";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { admitCall } from "../../../sdk/chain/department-calls.ts";
import { EXIT } from "../../../sdk/cli/errors.ts";
import { contentDigestOf } from "../../../sdk/client/signature.ts";
import type { Hex } from "../../../sdk/protocol/bytes.ts";
import type { JsonObject } from "../../../sdk/protocol/json.ts";
import { trustJson } from "../../../sdk/verify/trust.ts";
import { makeDepartment, REGION, startLedger, type TestLedger } from "../../support/ledger.ts";
import { run, type Run } from "../../sdk/cli/support.ts";
import { PASSWORD, writeKeystore } from "../support/keystores.ts";
import { startTestNode, trustOf, type TestNode } from "../support/nodes.ts";

const DAY = 86_400;
const CODE = "2026-110101-48-01-000002";
const cny = (amount: number) => ({ amount, currency: "CNY" });
const release = (day: number, tag: string, value: number): JsonObject => ({
  ocid: "ocds-abc-1",
  id: `r${day}`,
  date: `2026-01-0${day}T00:00:00Z`,
  tag: [tag],
  initiationType: "tender",
  tender: { id: "t", title: "滨江道路改造工程", status: "complete", procurementMethod: "open", numberOfTenderers: 1 },
  bids: { details: [{ id: "1", status: "valid", tenderers: [{ id: "T1" }], value: cny(100) }] },
  awards: [{ id: "a", status: "active", value: cny(100), suppliers: [{ id: "T1" }] }],
  contracts: [{ id: "c", awardID: "a", value: cny(value) }],
});

interface Shown {
  readonly flags: readonly { readonly rule: string; readonly flag: { scope: Hex; seq: number; record: Hex } }[];
  readonly releases: readonly { readonly seq: number }[];
}

/** Everything that people do about projects at a terminal, against running nodes. */
describe("suyuan project with real nodes", function () {
  this.timeout(120_000);
  let ledger: TestLedger;
  let folder: string;
  const departments = {
    owner: makeDepartment(41, "住建局"),
    approver: makeDepartment(42, "发改委"),
    overseer: makeDepartment(43, "监督"),
    office: makeDepartment(44, "市政处"),
    authority: makeDepartment(45, "数据局"),
  };
  type Party = keyof typeof departments;
  const nodes = {} as Record<Party, TestNode>;

  before(async () => {
    ledger = await startLedger();
    folder = await mkdtemp(join(tmpdir(), "cli-projects-"));
    // The account that administers the contracts is the authority's.
    departments.authority = { ...departments.authority, wallet: ledger.deployer };
    for (const [name, department] of Object.entries(departments)) {
      await ledger.send(
        ledger.deployer,
        admitCall({
          id: department.uscc,
          role: name === "overseer" ? "oversight" : name === "authority" ? "authority" : "department",
          level: "city",
          region: REGION,
          name: department.name,
          endpoint: "http://127.0.0.1:1",
          account: department.wallet.address.toLowerCase() as Hex, // An address is hexadecimal.
          exchangeKey: department.exchangePublic,
          ...(name === "office" && { parent: departments.owner.uscc }),
        }),
      );
      await writeKeystore(join(folder, `${name}.json`), department);
      nodes[name as Party] = await startTestNode({ ledger, department }); // The names of a constant.
    }
    await writeFile(join(folder, "basis.txt"), "三定方案");
    await writeFile(join(folder, "trust.json"), JSON.stringify(trustJson(trustOf(ledger))));
    await writeFile(
      join(folder, "releases.json"),
      JSON.stringify([release(1, "contract", 100), release(2, "contract", 121.55)]),
    );
  });
  after(async () => {
    for (const node of Object.values(nodes)) await node.stop();
    await ledger.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** A command of a party; `at` is whose node it talks to, its own unless told. */
  const as = (
    party: Party,
    args: readonly string[],
    { at = party, stdin = "" }: { at?: Party; stdin?: string } = {},
  ): Promise<Run> =>
    run(["project", ...args], {
      stdin,
      env: {
        SUYUAN_NODE: nodes[at].url,
        SUYUAN_KEYSTORE: `${party}.json`,
        SUYUAN_KEYSTORE_PASSWORD: PASSWORD,
        SUYUAN_KEY_ID: `${departments[party].uscc}/1`,
        SUYUAN_TRUST: "trust.json",
        INIT_CWD: folder,
      },
      clock: () => ledger.now * 1000,
    });
  const json = async (party: Party, args: readonly string[], options: { at?: Party } = {}) => {
    const { code, out, err } = await as(party, [...args, "--json"], options);
    expect([code, err]).to.deep.equal([EXIT.ok, ""]);
    return JSON.parse(out) as never;
  };
  const refusal = async (party: Party, args: readonly string[], options: { at?: Party } = {}) => {
    const { code, err } = await as(party, [...args, "--json"], options);
    return [code, (JSON.parse(err) as { code: string }).code];
  };

  it("import records every release, and refuses what does not fit with the place", async () => {
    const imported: JsonObject = await json("owner", ["import", "releases.json", "--project", CODE]);
    expect(imported).to.deep.include({ accepted: 2, duplicates: 0, projects: [{ code: CODE, flags: 3 }] });
    expect(await json("owner", ["import", "releases.json", "--project", CODE])).to.deep.include({ accepted: 0 });
    await writeFile(join(folder, "bad.json"), JSON.stringify([{ ...release(3, "contract", 1), tag: "contract" }]));
    const { code, err } = await as("owner", ["import", "bad.json", "--json"]);
    expect(code).to.equal(EXIT.negative);
    expect(JSON.parse(err))
      .to.deep.include({ code: "project.invalid" })
      .and.to.have.nested.property("values.path", "/0/tag");
    // Only the department itself writes its journal.
    expect(await refusal("approver", ["import", "releases.json"], { at: "owner" })).to.deep.equal([
      EXIT.negative,
      "caller.not-own",
    ]);
  });

  it("show and list need no key; each flag names rule, figures, article and record", async () => {
    const env = { SUYUAN_NODE: nodes.owner.url };
    const { code, out } = await run(["project", "show", CODE, "--lang", "en"], { env });
    expect(code).to.equal(EXIT.ok);
    for (const said of ["cost-overrun", "+21.55 %", "article 23", "/contracts/0/value/amount/1 = r2: 121.55"])
      expect(out).to.include(said);
    const list = await run(["project", "list", "--json"], { env });
    expect((JSON.parse(list.out) as { code: string; flags: number }[]).find((one) => one.code === CODE)).to.include({
      releases: 2,
      flags: 3,
    });
  });

  it("what is exported is merged offline to what the node compiled", async () => {
    const releases = await as("owner", ["export", CODE, "--format", "ocds-releases"]);
    const record = JSON.parse((await as("owner", ["export", CODE, "--format", "ocds-record"])).out) as {
      records: { compiledRelease: JsonObject; versionedRelease: JsonObject }[];
    };
    const merged = async (...more: string[]): Promise<unknown> =>
      JSON.parse((await as("owner", ["merge", "-", ...more], { stdin: releases.out })).out);
    expect(await merged()).to.deep.equal(record.records[0]!.compiledRelease);
    expect(await merged("--versioned")).to.deep.equal(record.records[0]!.versionedRelease);
  });

  it("flags over a node are those over its exported compiled releases, and only oversight asks for them", async () => {
    const record = JSON.parse((await as("owner", ["export", CODE, "--format", "ocds-record"])).out) as {
      records: { compiledRelease: JsonObject }[];
    };
    const stdin = `${JSON.stringify(record.records[0]!.compiledRelease)}\n`;
    const offline = JSON.parse((await as("owner", ["flags", "-"], { stdin })).out) as JsonObject;
    expect(offline).to.have.nested.property("OCID.ocds-abc-1.R018", 1);
    const connected = await as("overseer", ["flags"], { at: "owner" });
    expect(JSON.parse(connected.out)).to.deep.equal(offline);
    expect(await refusal("approver", ["flags"], { at: "owner" })).to.deep.equal([
      EXIT.negative,
      "caller.not-oversight",
    ]);
  });

  it("the evidence of a flag is verified like any other, and its figure is traced to the anchored releases", async () => {
    const shown: JsonObject = await json("owner", ["show", CODE]);
    const { flags, releases } = shown as unknown as Shown; // As the route answers.
    const { scope, seq, record } = flags.find(({ rule }) => rule === "cost-overrun")!.flag;
    await nodes.owner.node.core.records.waitFor(scope, seq, "final", { timeoutMs: 30_000 });
    await as("owner", ["evidence", CODE, String(seq), "--out", "flag.json"]);
    const verified = await run(["verify", "flag.json", "--trust", "trust.json"], {
      env: { INIT_CWD: folder },
      clock: () => ledger.now * 1000,
    });
    expect(verified.code).to.equal(EXIT.ok);
    const keys = ["--keystore", "overseer.json", "--key-id", `${departments.overseer.uscc}/1`];
    const traced = await run(
      ["trace", record, "--node", nodes.owner.url, ...keys, "--trust", "trust.json", "--format", "json"],
      { env: { INIT_CWD: folder, SUYUAN_KEYSTORE_PASSWORD: PASSWORD }, clock: () => ledger.now * 1000 },
    );
    expect([traced.code, traced.err]).to.deep.equal([EXIT.ok, ""]);
    const found = (JSON.parse(traced.out) as { nodes: { seq: number }[] }).nodes.map((node) => node.seq);
    expect(found.sort()).to.deep.equal([seq, ...releases.map((one) => one.seq)].sort());
  });

  it("entitle is the authority's alone, needs duties or none, and opens the steps of the body", async () => {
    const { approver, owner } = departments;
    const bodies = Object.fromEntries(["approver", "planner", "payer", "auditor"].map((role) => [role, approver.uscc]));
    await writeFile(
      join(folder, "register.json"),
      JSON.stringify({ step: "register", bodies: { ...bodies, owner: owner.uscc } }),
    );
    const register = ["step", CODE, "register.json", "--title", "登记"];
    const entitle = ["entitle", approver.uscc, "--basis", "basis.txt"];
    const duties = ["approve", "plan", "pay", "audit"].flatMap((duty) => ["--duty", duty]);
    expect(await refusal("approver", register)).to.deep.equal([EXIT.negative, "chain.revert"]);
    for (const neither of [[], [...duties, "--none"]])
      expect(await refusal("authority", [...entitle, ...neither])).to.deep.equal([EXIT.usage, "usage.either"]);
    expect(await refusal("approver", [...entitle, ...duties])).to.deep.equal([EXIT.negative, "chain.revert"]);
    await json("authority", [...entitle, ...duties]);
    await json("authority", [...entitle, "--none"]);
    expect(await refusal("approver", register)).to.deep.equal([EXIT.negative, "chain.revert"]);
    await json("authority", [...entitle, ...duties]);
    await json("approver", register);
  });

  it("an issue goes its whole way at the terminal: deadline in working days, urged, escalated, answered, closed", async () => {
    const issue = (party: Party, ...args: string[]) => json(party, ["issue", ...args]);
    const listed = async () => ((await json("owner", ["issue", "list", CODE])) as JsonObject[])[0]!;
    await issue("approver", "report", CODE, "--title", "施工停滞");
    expect(await listed()).to.deep.include({ number: 1, state: "reported", assignee: "", isOverdue: false });
    const to = ["--to", departments.office.uscc, "--days", "5"];
    expect(await refusal("owner", ["issue", "assign", CODE, "1", ...to, "--title", "交办"])).to.deep.equal([
      EXIT.negative,
      "chain.revert",
    ]);
    await issue("overseer", "assign", CODE, "1", ...to, "--title", "交办");
    const assigned = await listed();
    // Monday 2026-03-02: five working days end with Monday the 9th.
    expect(assigned).to.deep.include({ state: "assigned", workingDays: 5, isOverdue: false });
    expect(new Date((Number(assigned["due"]) + 8 * 3600 - 1) * 1000).toISOString().slice(0, 10)).to.equal("2026-03-09");
    await issue("overseer", "urge", CODE, "1", "--title", "督办");
    expect(await refusal("approver", ["issue", "escalate", CODE, "1", "--title", "提级"])).to.deep.equal([
      EXIT.negative,
      "chain.revert",
    ]);
    ledger.advance(8 * DAY);
    expect(await listed()).to.deep.include({ isOverdue: true, urged: 1 });
    await issue("approver", "escalate", CODE, "1", "--title", "提级");
    expect(await listed()).to.deep.include({ assignee: departments.owner.uscc, level: 1, isOverdue: false });
    await issue("owner", "answer", CODE, "1", "--title", "整改报告");
    await issue("overseer", "close", CODE, "1", "--title", "办结");
    expect(await listed()).to.deep.include({ state: "closed", urged: 1, level: 1 });
    const text = await as("owner", ["issue", "list", CODE, "--lang", "en"]);
    expect(text.out).to.include("closed");
  });

  describe("an overseer is told", () => {
    let server: Server;
    let url: string;
    const received: { readonly body: JsonObject; readonly isSigned: boolean }[] = [];

    before(async () => {
      server = createServer((request, response) => {
        void (async () => {
          const chunks: Uint8Array[] = [];
          for await (const chunk of request) chunks.push(chunk as Uint8Array); // A request gives bytes.
          const body = Buffer.concat(chunks);
          const { headers } = request;
          const isSigned = contentDigestOf(body) === headers["content-digest"] && "signature" in headers;
          received.push({ body: JSON.parse(body.toString()) as JsonObject, isSigned });
          response.writeHead(204).end();
        })();
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/alerts`; // It listens on a port.
    });
    after(() => server.close());

    it("by a stream, of the rules and projects asked for", async () => {
      const args = ["watch", "--cursor", "0", "--project", CODE, "--rule", "cost-overrun", "--count", "1"];
      const { code, out } = await as("overseer", [...args, "--json"], { at: "owner" });
      expect(code).to.equal(EXIT.ok);
      expect(JSON.parse(out)).to.deep.include({ project: CODE, rule: "cost-overrun" });
      expect((await as("overseer", [...args, "--lang", "en"], { at: "owner" })).out).to.include("article 23");
    });

    it("by a webhook, which is listed, and told nothing more once it is ended", async () => {
      const { id } = (await json("overseer", ["subscribe", url, "--project", "P-9"], { at: "owner" })) as {
        id: string;
      };
      const subscriptions = () => json("overseer", ["subscriptions"], { at: "owner" }) as Promise<JsonObject[]>;
      expect((await subscriptions()).map((one) => [one["id"], one["url"], one["projects"]])).to.deep.equal([
        [id, url, ["P-9"]],
      ]);
      const bring = async (ocid: string, project: string) => {
        await writeFile(join(folder, "more.json"), JSON.stringify([{ ...release(1, "contract", 90), ocid }]));
        await json("owner", ["import", "more.json", "--project", project]);
        await nodes.owner.node.projects.deliver();
      };
      await bring("ocds-abc-8", "P-8");
      await bring("ocds-abc-9", "P-9");
      expect(received.map(({ body, isSigned }) => [body["project"], body["rule"], isSigned])).to.deep.equal([
        ["P-9", "contract-differs", true],
      ]);
      expect(await refusal("overseer", ["unsubscribe", "none"], { at: "owner" })).to.deep.equal([
        EXIT.negative,
        "project.subscription-unknown",
      ]);
      await json("overseer", ["unsubscribe", id], { at: "owner" });
      expect(await subscriptions()).to.deep.equal([]);
      await bring("ocds-abc-10", "P-9");
      expect(received).to.have.length(1);
    });
  });
});
