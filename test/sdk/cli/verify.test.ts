import { expect } from "chai";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { changeStatusCall } from "../../../sdk/chain/calls.ts";
import { SDK_COMMANDS } from "../../../sdk/cli/commands.ts";
import type { World } from "../../../sdk/cli/context.ts";
import { runCommandLine } from "../../../sdk/cli/program.ts";
import { reportLines } from "../../../sdk/cli/report-text.ts";
import type { Evidence } from "../../../sdk/protocol/evidence.ts";
import { utf8 } from "../../../sdk/protocol/bytes.ts";
import type { Report } from "../../../sdk/verify/report.ts";
import type { SecondOpinion } from "../../../sdk/cli/second-opinion.ts";
import { trustJson } from "../../../sdk/verify/trust.ts";
import { deliver, makeAgreement, someHash, type TestAgreement } from "../../support/deliveries.ts";
import { startLedger, type TestLedger } from "../../support/ledger.ts";
import { anchorBatch, licence, LICENCE_SCHEMA } from "../../support/records.ts";
import { fileOf, outcomeOf, trustOf } from "../../support/verifying.ts";

const PROGRAM = fileURLToPath(new URL("../../../node/cli.ts", import.meta.url));

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

describe("suyuan verify", function () {
  this.timeout(20_000);

  let ledger: TestLedger;
  let folder: string;
  let evidence: Evidence;
  let agreement: TestAgreement;

  before(async function () {
    this.timeout(30_000);
    ledger = await startLedger();
    const { provider, consumer } = ledger;
    const { resource, scope } = await ledger.publish({ provider, code: "licence", schema: LICENCE_SCHEMA });
    const records = await anchorBatch(ledger, {
      department: provider,
      scope,
      resource,
      kind: "certificate",
      schema: LICENCE_SCHEMA,
      documents: [1, 2, 3].map(licence),
    });
    agreement = await makeAgreement(ledger, { provider, consumer, resource, patterns: [["holder"], ["note"]] });
    evidence = deliver(ledger, { agreement, records })[1]!;
    ledger.advance(100);
    await ledger.send(
      provider,
      changeStatusCall({ scope, seq: 2, state: "suspended", reason: 1, effectiveFrom: ledger.now }),
    );

    folder = await mkdtemp(join(tmpdir(), "suyuan-cli-"));
    await mkdir(join(folder, "data"));
    await mkdir(join(folder, "inbox", "today"), { recursive: true });
    await writeFile(join(folder, "data", "trust.json"), JSON.stringify(trustJson(trustOf(ledger))));
    await writeFile(join(folder, "inbox", "good.evidence.json"), fileOf(evidence));
    await writeFile(
      join(folder, "inbox", "suspended.evidence.json"),
      fileOf(deliver(ledger, { agreement, records, k: 1 })[2]!),
    );
    const bad = {
      ...evidence,
      claims: {
        ...evidence.claims,
        disclosed: evidence.claims.disclosed.map((claim, i) => (i === 0 ? { ...claim, value: "L-9" } : claim)),
      },
    };
    await writeFile(join(folder, "inbox", "bad.evidence.json"), fileOf(bad));
  });

  after(async () => {
    await rm(folder, { recursive: true, force: true });
    await ledger.stop();
  });

  const run = async (
    args: readonly string[],
    world: { stdin?: Uint8Array; env?: Record<string, string>; at?: string; cwd?: string } = {},
  ): Promise<Run> => {
    const written = { out: "", err: "" };
    const sink = (name: "out" | "err") => ({
      write: (text: string) => ((written[name] += text), true),
      drained: () => Promise.resolve(),
      closed: false,
      isTerminal: false,
    });
    const fake: World = {
      env: { LANG: "en_GB.UTF-8", INIT_CWD: join(folder, world.at ?? "inbox"), ...world.env },
      cwd: world.cwd ?? "/",
      stdin: (async function* () {
        yield world.stdin ?? new Uint8Array();
      })(),
      stdout: sink("out"),
      stderr: sink("err"),
      clock: () => ledger.now * 1000,
      random: (length) => new Uint8Array(length),
      sleep: () => Promise.resolve(),
    };
    const code = await runCommandLine({ args: ["verify", ...args], version: "0", commands: SDK_COMMANDS }, fake);
    return { code, ...written };
  };

  const json = async (
    args: readonly string[],
    world = {},
  ): Promise<{ code: number; report: Report & { secondOpinion?: SecondOpinion } }> => {
    const { code, out } = await run([...args, "--json"], world);
    return { code, report: JSON.parse(out) as Report }; // What the command has just written.
  };

  const use = (): string[] => ["--as", ledger.consumer.uscc, "--purpose", agreement.purpose];

  it("exits 0 for a good file, finding the trust file in a folder above where the person stands", async () => {
    for (const at of ["inbox", "inbox/today", "."]) {
      const { code, report } = await json([join(folder, "inbox", "good.evidence.json"), ...use()], { at });
      expect(code).to.equal(0);
      expect(report.verdict).to.equal("verified");
    }
    expect((await json(["good.evidence.json"])).report.policy).to.deep.equal({ name: "authentic" });
  });

  it("exits 1 for a changed file, a suspended record, another department, another ledger's trust", async () => {
    expect((await json(["bad.evidence.json"])).code).to.equal(1);
    const suspended = await json(["suspended.evidence.json"]);
    expect([suspended.code, outcomeOf(suspended.report, "status")]).to.deep.equal([1, "fail status.suspended"]);
    expect(
      (await json(["good.evidence.json", "--as", ledger.stranger.uscc, "--purpose", agreement.purpose])).code,
    ).to.equal(1);
    const other = join(folder, "other.json");
    await writeFile(
      other,
      JSON.stringify(trustJson(trustOf(ledger, { ledger: { ...ledger.name, genesis: someHash(1) } }))),
    );
    const foreign = await json(["good.evidence.json", "--trust", other]);
    expect([foreign.code, outcomeOf(foreign.report, "ledger")]).to.deep.equal([1, "fail ledger.other"]);
  });

  it("exits 0 again for the time before the suspension, and for what was known then", async () => {
    const { time } = evidence.anchor;
    expect((await json(["suspended.evidence.json", "--at", String(time + 50)])).code).to.equal(0);
    expect((await json(["suspended.evidence.json", "--known-at", String(time + 50)])).code).to.equal(0);
    expect((await json(["suspended.evidence.json", "--at", String(time - 1)])).code).to.equal(1);
  });

  it("exits 2 without a trust file, and with the chain stopped", async () => {
    const bare = await mkdtemp(join(tmpdir(), "suyuan-bare-"));
    try {
      const { code, report } = await json(["-"], { stdin: fileOf(evidence), env: { INIT_CWD: bare } });
      expect([code, outcomeOf(report, "ledger")]).to.deep.equal([2, "error ledger.no-trust"]);
      // As npm runs it for a person who stands elsewhere.
      const elsewhere = { stdin: fileOf(evidence), env: { INIT_CWD: bare }, cwd: folder };
      expect((await run(["-"], elsewhere)).code).to.equal(0);
    } finally {
      await rm(bare, { recursive: true });
    }
    expect((await json(["good.evidence.json", "--rpc", "http://127.0.0.1:1"])).code).to.equal(2);
    expect((await json(["good.evidence.json", "--rpc", ledger.rpcUrl, "--rpc", "http://127.0.0.1:1"])).code).to.equal(
      2,
    );
    expect((await json(["good.evidence.json", "--rpc", ledger.rpcUrl, "--rpc", ledger.rpcUrl])).code).to.equal(0);
  });

  it("exits 64 for wrong usage and files that are not there", async () => {
    const wrong = [
      [],
      ["good.evidence.json", "--as", ledger.consumer.uscc],
      ["good.evidence.json", "--purpose", "x"],
      ["good.evidence.json", "--as", "11110101DEPT0003", "--purpose", "x"],
      ["good.evidence.json", "--at", "2026-02-31"],
      ["good.evidence.json", "--rpc", "file:///x"],
      ["good.evidence.json", "--trust", "absent.json"],
      ["good.evidence.json", "--trust", "good.evidence.json"],
      ["absent.evidence.json"],
      ["good.evidence.json", "--nonsense"],
    ];
    for (const args of wrong) expect((await run(args)).code, args.join(" ")).to.equal(64);
  });

  it("rejects a truncated file and one that is no JSON, from standard input too", async () => {
    const whole = fileOf(evidence);
    expect((await json(["-"], { stdin: whole })).code).to.equal(0);
    for (const stdin of [whole.subarray(0, whole.length / 2), utf8("no"), new Uint8Array([0xff, 0xfe])]) {
      const { code, report } = await json(["-"], { stdin });
      expect([code, outcomeOf(report, "format")]).to.deep.equal([1, "fail format.invalid"]);
    }
  });

  it("repeats the proofs with another library when asked", async () => {
    const { code, report } = await json(["good.evidence.json", "--second-opinion"]);
    expect([code, report.secondOpinion]).to.deep.equal([0, { library: "merkletreejs", inclusion: true, claims: true }]);
    const bad = await json(["bad.evidence.json", "--second-opinion"]);
    expect([bad.code, bad.report.secondOpinion]).to.deep.equal([
      1,
      { library: "merkletreejs", inclusion: true, claims: false },
    ]);
  });

  it("shows people what was asked first, then each check with a sign and a word, then the verdict and what to do", async () => {
    const good = (await run(["good.evidence.json", ...use()])).out.split("\n");
    expect(good[0])
      .to.include("use")
      .and.include(ledger.consumer.uscc)
      .and.include(agreement.purpose)
      .and.include("2026-03-02");
    expect(good.filter((line) => line.startsWith("✓ "))).to.have.length(18);
    const rejected = (await run(["suspended.evidence.json", "--lang", "zh"])).out;
    expect(rejected)
      .to.match(/^✗ 不通过 .*status\.suspended/m)
      .and.match(/^– 未检查 .*audience\.not-asked/m);
    expect(rejected.trimEnd().split("\n").at(-1)).to.include(":");
    const unreachable = (await run(["good.evidence.json", "--rpc", "http://127.0.0.1:1"])).out;
    expect(unreachable).to.match(/^\? .*chain\.unreachable/m);
  });

  it("lets no control character of a stranger reach the terminal", async () => {
    const { report } = await json(["good.evidence.json"]);
    const checks = report.checks.map((check) =>
      check.name === "issuer" ? { ...check, values: { ...check.values, name: "\u001b[2J\u009b1m\u202e" } } : check,
    );
    const lines = reportLines({ ...report, checks }, "en");
    expect(lines.filter((line) => line.includes("\ufffd"))).to.have.length(2);
    expect(lines.join("")).to.not.match(/\p{Cc}|\p{Cf}/u);
  });

  it("runs as a program of its own", async function () {
    this.timeout(30_000);
    const child = spawn(process.execPath, [PROGRAM, "verify", "bad.evidence.json", "--json"], {
      env: { ...process.env, INIT_CWD: join(folder, "inbox") },
    });
    let out = "";
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString("utf8")));
    const [code] = (await once(child, "close")) as [number];
    expect([code, (JSON.parse(out) as Report).verdict]).to.deep.equal([1, "rejected"]);
  });
});
