import { expect } from "chai";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { concat, toHex, type Hex } from "../../sdk/protocol/bytes.ts";
import { claimData, type ClaimValue, type Path } from "../../sdk/protocol/claims.ts";
import type { Evidence } from "../../sdk/protocol/evidence.ts";
import { recordId } from "../../sdk/protocol/header.ts";
import type { CommittedRecord } from "../../sdk/protocol/record.ts";
import { leafHash, MerkleTree } from "../../sdk/protocol/tree.ts";
import { compareFiles, equivocationTexts, type Comparison, type EquivocationCode } from "../../sdk/verify/compare.ts";
import { trustJson } from "../../sdk/verify/trust.ts";
import { verifyEvidences } from "../../sdk/verify/verify.ts";
import { run } from "../sdk/cli/support.ts";
import { deliver, makeAgreement, someHash } from "../support/deliveries.ts";
import type { TestLedger } from "../support/ledger.ts";
import { evidenceOf, licence, LICENCE_SCHEMA } from "../support/records.ts";
import { AUTHENTIC, fileOf, trustOf } from "../support/verifying.ts";
import { startWorld, type World } from "./world.ts";
import { countsCases } from "../faults/tally.ts";

describe("must reject: two files that contradict one another", function () {
  this.timeout(40_000);
  countsCases("forgeries");

  let world: World;
  let ledger: TestLedger;
  let folder: string;

  before(async () => {
    world = await startWorld();
    ledger = world.ledger;
    folder = await mkdtemp(join(tmpdir(), "suyuan-equivocation-"));
    await writeFile(join(folder, "trust.json"), JSON.stringify(trustJson(trustOf(ledger))));
  });
  after(async () => {
    await rm(folder, { recursive: true, force: true });
    await world.stop();
  });

  interface Expected {
    readonly verdicts: readonly string[];
    readonly codes: readonly EquivocationCode[];
    readonly over: string;
    readonly offline?: boolean;
  }

  /** The SDK and the command line come to the same. */
  const compare = async (files: readonly Evidence[], { verdicts, codes, over, offline = false }: Expected) => {
    const reports = await verifyEvidences(
      files.map((evidence) => ({ evidence, policy: AUTHENTIC })),
      { connections: offline ? undefined : [ledger.connection], trust: trustOf(ledger), now: ledger.now },
    );
    const sdk = compareFiles(files.map((evidence, i) => ({ evidence, report: reports[i]! })));
    const names = await Promise.all(
      files.map(async (evidence, i) => {
        const name = join(folder, `${i}.evidence.json`);
        await writeFile(name, fileOf(evidence));
        return name;
      }),
    );
    const rpc = offline ? ["--rpc", "http://127.0.0.1:1"] : [];
    const args = ["verify", ...names, "--json", "--trust", join(folder, "trust.json"), ...rpc];
    const { code, out } = await run(args, { clock: () => ledger.now * 1000 });
    const cli = JSON.parse(out) as Comparison; // What the command has just written.
    for (const comparison of [sdk, cli]) {
      expect(comparison.reports.map(({ verdict }) => verdict)).to.deep.equal(verdicts);
      expect(comparison.equivocations.map((found) => found.code)).to.deep.equal(codes);
      expect(comparison.verdict).to.equal(over);
    }
    expect(code).to.equal({ verified: 0, rejected: 1, undetermined: 2 }[over]);
    return sdk;
  };

  /** One anchored record of a dishonest tree, shown in two parts. */
  const twoFaces = async (first: readonly [Path, ClaimValue], second: readonly [Path, ClaimValue]) => {
    const whole = await world.forged([
      [["number"], "L-1"],
      [["holder", "code"], "911101010000000001"],
      [["validFrom"], "2020-01-01"],
      [["validUntil"], "2030-12-31"],
      first,
      second,
      [["capital"], 1],
      [["open"], true],
    ]);
    const leaves = whole.claims.disclosed.map((claim) => leafHash("keccak256", claimData(claim)));
    const tree = MerkleTree.fromLeafHashes("keccak256", concat(...leaves));
    return [4, 5].map((face): Evidence => {
      const positions = [0, 1, 2, 3, face];
      const disclosed = whole.claims.disclosed.filter(({ at }) => positions.includes(at));
      return { ...whole, claims: { disclosed, proof: tree.multiproof(positions) } };
    });
  };

  it("one record with two values, each file verified alone", async () => {
    const files = await twoFaces([["note"], "fit"], [["note"], "unfit"]);
    for (const file of files) await world.verifies({ file });
    const { equivocations } = await compare(files, {
      verdicts: ["verified", "verified"],
      codes: ["equivocation.value"],
      over: "rejected",
    });
    expect(equivocations[0]).to.deep.equal({ code: "equivocation.value", files: [0, 1], values: { at: "note" } });
  });

  it("one record of which two parts cannot be of one document", async () => {
    const files = await twoFaces([["remarks"], {}], [["remarks", "a"], "b"]);
    await compare(files, { verdicts: ["verified", "verified"], codes: ["equivocation.path"], over: "rejected" });
  });

  it("two active records of one subject", async () => {
    const subject: Hex = someHash(7);
    const saying = (record: CommittedRecord): CommittedRecord => {
      const header = { ...record.header, subject };
      return { ...record, header, id: recordId(header) };
    };
    const records = await world.anchor({ documents: [licence(1), licence(2)], alter: saying });
    const files = records.map((record) => evidenceOf(record));
    await compare(files, { verdicts: ["verified", "verified"], codes: ["equivocation.subject"], over: "rejected" });
  });

  it("two records under one number: with the chain one of them is refused, without it both are", async () => {
    const [a, b] = (await world.anchor({ documents: [licence(1), licence(2)] })).map((record) => evidenceOf(record));
    const header = { ...b!.header, seq: a!.header.seq };
    const lone = { ...a!.anchor, count: 1 };
    const tree = (id: Uint8Array) => MerkleTree.fromLeafHashes("keccak256", leafHash("keccak256", id));
    const files = [a!.header, header].map((one, i) => ({
      ...[a!, b!][i]!,
      header: one,
      inclusion: [],
      anchor: { ...lone, root: toHex(tree(recordId(one)).root) },
    }));
    await compare(files, {
      verdicts: ["undetermined", "undetermined"],
      codes: ["equivocation.number"],
      over: "rejected",
      offline: true,
    });
    await compare([a!, files[1]!], { verdicts: ["verified", "rejected"], codes: [], over: "rejected" });
  });

  it("two deliveries signed under one number", async () => {
    const { provider, consumer } = ledger;
    const published = await ledger.publish({ provider, code: "licence", schema: LICENCE_SCHEMA });
    const records = await world.anchor({ ...published, documents: [licence(1), licence(2)] });
    const { resource } = published;
    const agreement = await makeAgreement(ledger, { provider, consumer, resource, patterns: [["holder"]] });
    const [first] = deliver(ledger, { agreement, records: records.slice(0, 1) });
    const [second] = deliver(ledger, { agreement, records: records.slice(1) });
    await compare([first!, second!], {
      verdicts: ["verified", "verified"],
      codes: ["equivocation.delivery"],
      over: "rejected",
    });
    const unsigned = deliver(ledger, { agreement, records: records.slice(1), countersigned: false });
    await compare([first!, unsigned[0]!], { verdicts: ["verified", "rejected"], codes: [], over: "rejected" });
  });

  it("and verify parts of one record, and records of one batch", async () => {
    const [a, b] = await world.anchor({ documents: [licence(1), licence(2)] });
    const files = [evidenceOf(a!), evidenceOf(a!, { patterns: [["capital"]] }), evidenceOf(b!)];
    await compare(files, { verdicts: Array(3).fill("verified"), codes: [], over: "verified" });
  });

  it("a forged file convicts nobody", async () => {
    const files = await twoFaces([["note"], "fit"], [["note"], "unfit"]);
    const forged = { ...files[1]!, anchor: { ...files[1]!.anchor, root: someHash(1) } };
    await compare([files[0]!, forged], { verdicts: ["verified", "rejected"], codes: [], over: "rejected" });
  });

  it("is in the protocol's text, with a remedy in both languages", () => {
    const spec = readFileSync(fileURLToPath(new URL("../../sdk/protocol/SPEC.md", import.meta.url)), "utf8");
    for (const [code, { remedy }] of Object.entries(equivocationTexts)) {
      expect(spec).to.include(`\`${code}\``);
      expect(remedy.zh).to.not.equal("");
      expect(remedy.en).to.not.equal("");
    }
  });
});
