import { expect } from "chai";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toHex, type Hex } from "../../sdk/protocol/bytes.ts";
import type { ClaimValue, DisclosedClaim, Path } from "../../sdk/protocol/claims.ts";
import type { Evidence } from "../../sdk/protocol/evidence.ts";
import { recordId } from "../../sdk/protocol/header.ts";
import type { Check, CheckName, Policy, Report, Verdict } from "../../sdk/verify/report.ts";
import type { FindingCode } from "../../sdk/verify/codes.ts";
import { connectTrusted, trustJson, type Trust } from "../../sdk/verify/trust.ts";
import { verifyEvidence } from "../../sdk/verify/verify.ts";
import { forge } from "../../scripts/vectors/claim-cases.ts";
import { run } from "../sdk/cli/support.ts";
import { startLedger, type TestLedger } from "../support/ledger.ts";
import {
  anchorBatch,
  evidenceOf,
  licence,
  LICENCE_SCHEMA,
  type BatchOptions,
  type TestRecord,
} from "../support/records.ts";
import { AUTHENTIC, fileOf, trustOf } from "../support/verifying.ts";

/** A file that must not be verified: where it is found out, and by which code. */
export interface Refusal {
  readonly file: Evidence | Uint8Array;
  readonly check: CheckName;
  readonly code: FindingCode;
  /** `rejected` unless given: an endpoint that cannot be believed leaves it undetermined. */
  readonly verdict?: Exclude<Verdict, "verified">;
  readonly policy?: Policy;
  /** Seconds. */
  readonly at?: number;
  readonly knownAt?: number;
  readonly rpc?: readonly string[];
  readonly trust?: Trust;
}

type Asking = Omit<Refusal, "check" | "code" | "verdict">;

const EXIT_CODES: Readonly<Record<Verdict, number>> = { verified: 0, rejected: 1, undetermined: 2 };

/** A ledger with an open resource in it, and the two ways to ask about a file: the SDK and the command line. */
export class World {
  readonly ledger: TestLedger;
  readonly open: { readonly resource: Hex; readonly scope: Hex };
  private readonly folder: string;

  constructor(ledger: TestLedger, parts: { readonly open: World["open"]; readonly folder: string }) {
    this.ledger = ledger;
    this.open = parts.open;
    this.folder = parts.folder;
  }

  /** Anchors documents as certificates of the open resource, or as told. */
  anchor(changes: Partial<BatchOptions> = {}): Promise<readonly TestRecord[]> {
    const { ledger, open } = this;
    const batch = { department: ledger.provider, ...open, kind: "certificate", schema: LICENCE_SCHEMA };
    return anchorBatch(ledger, { ...batch, documents: [licence(1)], ...changes });
  }

  async one(changes: Partial<BatchOptions> = {}): Promise<TestRecord> {
    const [record] = await this.anchor(changes);
    if (record === undefined) throw new Error("no record");
    return record;
  }

  /** Anchors a record whose claim tree is a dishonest writer's: the claims stand in the order given, whatever they say. */
  async forged(claims: readonly (readonly [path: Path, value: ClaimValue])[]): Promise<Evidence> {
    const { root, count, disclosed, proof } = forge(
      "keccak256",
      claims.map(([path, value]) => ({ path, value })),
      LICENCE_SCHEMA.required,
    );
    const record = await this.one({
      alter: (made) => {
        const header = { ...made.header, claimsRoot: toHex(root), claimCount: count };
        return { ...made, header, id: recordId(header) };
      },
    });
    return { ...evidenceOf(record), claims: { disclosed, proof } };
  }

  /** The verdict of the SDK and of the command line: what each says in full. */
  async ask(asking: Asking): Promise<{ readonly sdk: Report; readonly cli: Report; readonly exit: number }> {
    const { ledger } = this;
    const { policy = AUTHENTIC, at, knownAt, trust = trustOf(ledger), rpc = trust.rpc } = asking;
    const bytes = asking.file instanceof Uint8Array ? asking.file : fileOf(asking.file);
    const times = { ...(at !== undefined && { at }), ...(knownAt !== undefined && { knownAt }) };
    const sdk = await verifyEvidence(
      { evidence: bytes, policy, ...times },
      { connections: connectTrusted(trust, rpc), trust, now: ledger.now },
    );
    const trustFile = join(this.folder, "trust.json");
    await writeFile(trustFile, JSON.stringify(trustJson(trust)));
    const args = ["verify", "-", "--json", "--trust", trustFile, ...rpc.flatMap((url) => ["--rpc", url])];
    if (policy.name === "use") args.push("--as", policy.as, "--purpose", policy.purpose);
    if (at !== undefined) args.push("--at", String(at));
    if (knownAt !== undefined) args.push("--known-at", String(knownAt));
    const { code, out } = await run(args, { stdin: bytes, clock: () => ledger.now * 1000 });
    return { sdk, cli: JSON.parse(out) as Report, exit: code }; // What the command has just written.
  }

  async verifies(asking: Asking): Promise<void> {
    const { sdk, cli, exit } = await this.ask(asking);
    expect(troublesOf(sdk)).to.deep.equal([]);
    expect([sdk.verdict, cli.verdict, exit]).to.deep.equal(["verified", "verified", 0]);
  }

  async refuses({ check, code, verdict = "rejected", ...asking }: Refusal): Promise<void> {
    const { sdk, cli, exit } = await this.ask(asking);
    const found = ({ checks }: Report) => checks.find(({ name }) => name === check)?.code;
    const said = `SDK: ${troublesOf(sdk).join("; ")} · CLI: ${troublesOf(cli).join("; ")}`;
    expect([sdk.verdict, found(sdk)], said).to.deep.equal([verdict, code]);
    expect([cli.verdict, found(cli), exit], said).to.deep.equal([verdict, code, EXIT_CODES[verdict]]);
  }

  async stop(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
    await this.ledger.stop();
  }
}

const troublesOf = ({ checks }: Report): string[] =>
  checks
    .filter(({ outcome }: Check) => outcome === "fail" || outcome === "error")
    .map(({ name, outcome, code }) => `${name} ${outcome} ${code}`);

export async function startWorld(): Promise<World> {
  const ledger = await startLedger();
  const open = await ledger.publish({
    provider: ledger.provider,
    code: "open",
    schema: LICENCE_SCHEMA,
    shareClass: "unconditional",
  });
  return new World(ledger, { open, folder: await mkdtemp(join(tmpdir(), "suyuan-must-reject-")) });
}

/** A file whose disclosed claims were edited after they were committed. */
export const withClaims = (evidence: Evidence, change: (claims: DisclosedClaim[]) => DisclosedClaim[]): Evidence => ({
  ...evidence,
  claims: { ...evidence.claims, disclosed: change([...evidence.claims.disclosed]) },
});

/** The one claim at a top-level name, changed. */
export const withClaim = (evidence: Evidence, name: string, change: Partial<DisclosedClaim>): Evidence =>
  withClaims(evidence, (claims) => {
    if (!claims.some(({ path }) => path[0] === name)) throw new Error(`no claim ${name}`);
    return claims.map((claim) => (claim.path[0] === name ? { ...claim, ...change } : claim));
  });

export const randomNode = (): Uint8Array => new Uint8Array(randomBytes(32));
