import { expect } from "chai";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { audit, PAGE_FILES, type AuditedFile, type AuditOptions } from "../../../node/audit/audit.ts";
import { registerAudit } from "../../../node/audit/command.ts";
import { changeStatusCall } from "../../../sdk/chain/calls.ts";
import { utf8 } from "../../../sdk/protocol/bytes.ts";
import { MAXIMUM_EVIDENCE_BYTES } from "../../../sdk/protocol/evidence.ts";
import { trustJson } from "../../../sdk/verify/trust.ts";
import { run, runJson, withFolder } from "../../sdk/cli/support.ts";
import { startLedger, type TestLedger } from "../../support/ledger.ts";
import { anchorBatch, evidenceOf, licence, LICENCE_SCHEMA, type TestRecord } from "../../support/records.ts";
import { fileOf, trustOf } from "../../support/verifying.ts";

const commands = [registerAudit];
const UNREACHABLE = "http://127.0.0.1:1";

describe("an audit of a folder", function () {
  this.timeout(60_000);
  let ledger: TestLedger;
  let records: readonly TestRecord[];
  let folder: string;

  before(async () => {
    ledger = await startLedger();
    const { provider } = ledger;
    const published = await ledger.publish({
      provider,
      code: "licence",
      schema: LICENCE_SCHEMA,
      shareClass: "unconditional",
    });
    records = await anchorBatch(ledger, {
      ...{ department: provider, ...published, kind: "certificate", schema: LICENCE_SCHEMA },
      documents: Array.from({ length: 5 }, (_, i) => licence(i)),
    });
    ledger.advance(100);
    const change = {
      scope: published.scope,
      seq: 4,
      state: "suspended",
      reason: 1,
      effectiveFrom: ledger.now,
    } as const;
    await ledger.send(provider, changeStatusCall(change));
  });
  after(() => ledger.stop());
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), "suyuan-audit-"))));
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const file = (i: number): Uint8Array => fileOf(evidenceOf(records[i]!));
  const write = async (files: Readonly<Record<string, Uint8Array>>): Promise<void> => {
    for (const [name, bytes] of Object.entries(files)) {
      await mkdir(join(folder, name, ".."), { recursive: true });
      await writeFile(join(folder, name), bytes);
    }
  };
  const verdicts = async (options: Partial<AuditOptions> = {}): Promise<Record<string, string>> => {
    const found: AuditedFile[] = [];
    for await (const one of audit({ folder, trust: trustOf(ledger), now: ledger.now, threads: 2, ...options }))
      found.push(one);
    return Object.fromEntries(
      found.map(({ file: name, verdict, findings }) => [
        name.replaceAll("\\", "/"),
        [verdict, ...findings.map(({ name: check, code }) => `${check} ${code}`)].join(", "),
      ]),
    );
  };

  it("says of each evidence, at any depth, what verify says of it", async () => {
    await write({
      "a.evidence.json": file(0),
      "2026/03/b.evidence.json": file(1),
      "2026/suspended.evidence.json": file(4),
      "2026/forged.evidence.json": utf8(new TextDecoder().decode(file(2)).replace('"L-2"', '"L-3"')),
      "2026/broken.evidence.json": utf8("{"),
      "2026/empty.evidence.json": new Uint8Array(),
      "2026/large.evidence.json": new Uint8Array(MAXIMUM_EVIDENCE_BYTES + 2).fill(0x20),
      "2026/other.json": file(3),
    });
    expect(await verdicts()).to.deep.equal({
      "a.evidence.json": "verified",
      "2026/03/b.evidence.json": "verified",
      "2026/suspended.evidence.json": "rejected, status status.suspended",
      "2026/forged.evidence.json": "rejected, claims claims.root",
      "2026/broken.evidence.json": "rejected, format format.invalid",
      "2026/empty.evidence.json": "rejected, format format.invalid",
      "2026/large.evidence.json": "rejected, format format.invalid",
    });
    expect(await verdicts({ at: ledger.now - 50 })).to.include({ "2026/suspended.evidence.json": "verified" });
  });

  it("takes more files than one task holds, each once", async () => {
    const names = Array.from({ length: 2 * PAGE_FILES + 3 }, (_, i) => `${i}.evidence.json`);
    await write(Object.fromEntries(names.map((name, i) => [name, file(i % 4)])));
    const found = await verdicts();
    expect(Object.keys(found).sort()).to.deep.equal([...names].sort());
    expect(new Set(Object.values(found))).to.deep.equal(new Set(["verified"]));
  });

  it("verifies every file at the block at which it began", async () => {
    await write({ "a.evidence.json": file(0) });
    const options = { folder, trust: trustOf(ledger), now: ledger.now, threads: 1 };
    const results = audit(options);
    expect((await results.next()).value).to.include({ verdict: "verified" });
    expect((await results.next()).done).to.equal(true);
  });

  it("fails at once when the chain is away", async () => {
    await write({ "a.evidence.json": file(0) });
    const error = await verdicts({ rpc: [UNREACHABLE] }).catch((thrown: unknown) => thrown);
    expect(error).to.include({ name: "ChainError" });
  });

  describe("on the command line", () => {
    const withTrust = async (work: (trust: string) => Promise<void>): Promise<void> =>
      withFolder(async (path) => {
        const trust = join(path, "trust.json");
        await writeFile(trust, JSON.stringify(trustJson(trustOf(ledger))));
        await work(trust);
      });
    const clock = () => ledger.now * 1000;

    it("ends with 0 when all is verified, and counts", () =>
      withTrust(async (trust) => {
        await write({ "a.evidence.json": file(0), "b.evidence.json": file(1) });
        const { code, result } = await runJson(["audit", folder, "--trust", trust], { commands, clock });
        expect(code).to.equal(0);
        expect(result).to.deep.equal({ verified: 2, rejected: 0, undetermined: 0, files: [] });
      }));

    it("ends with 1 and names the files that are rejected", () =>
      withTrust(async (trust) => {
        await write({ "a.evidence.json": file(0), "b.evidence.json": utf8("{}") });
        const { code, out } = await run(["audit", folder, "--trust", trust], { commands, clock });
        expect(code).to.equal(1);
        expect(out)
          .to.include("✗ b.evidence.json")
          .and.to.include("format.invalid")
          .and.not.to.include("a.evidence.json");
      }));

    it("ends with 2 when there is nothing to verify, or the chain is away", () =>
      withTrust(async (trust) => {
        const none = await runJson(["audit", folder, "--trust", trust], { commands, clock });
        expect(none.code).to.equal(2);
        await write({ "a.evidence.json": file(0) });
        const away = await runJson(["audit", folder, "--trust", trust, "--rpc", UNREACHABLE], { commands, clock });
        expect(away.code).to.equal(2);
        expect(away.error?.code).to.match(/^chain\./);
      }));

    it("says what is missing", async () => {
      const missing = await runJson(["audit", join(folder, "nowhere")], { commands, cwd: folder });
      expect([missing.code, missing.error?.code]).to.deep.equal([64, "input.missing"]);
      const untrusted = await runJson(["audit", folder], { commands, cwd: folder });
      expect([untrusted.code, untrusted.error?.code]).to.deep.equal([64, "usage.option-missing"]);
    });
  });
});
