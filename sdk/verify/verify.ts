import { openAgreeingView, type LedgerConnection } from "../chain/connection.ts";
import { ChainError } from "../chain/errors.ts";
import { toHex } from "../protocol/bytes.ts";
import { evidenceJson, parseEvidence, parseEvidenceBytes, type Evidence } from "../protocol/evidence.ts";
import { recordId } from "../protocol/header.ts";
import { ProtocolError } from "../protocol/protocol-error.ts";
import type { RecordSchema } from "../protocol/schema.ts";
import { parseKnownSchema } from "../protocol/schema-texts.ts";
import { verifyInclusions } from "../protocol/tree.ts";
import { checkAnchor } from "./checks/anchor.ts";
import { checkAudience } from "./checks/audience.ts";
import { checkAuthorization } from "./checks/authorization.ts";
import { checkClaims } from "./checks/claims.ts";
import { checkFinality } from "./checks/finality.ts";
import { checkHead } from "./checks/head.ts";
import { inclusionFinding, inclusionOf } from "./checks/inclusion.ts";
import { checkIssuer } from "./checks/issuer.ts";
import { checkLedger } from "./checks/ledger.ts";
import { checkPeriod } from "./checks/period.ts";
import { checkReceipt } from "./checks/receipt.ts";
import { checkRecord } from "./checks/record.ts";
import { checkSchema } from "./checks/schema.ts";
import { checkScope } from "./checks/scope.ts";
import { checkStatus } from "./checks/status.ts";
import { checkTime } from "./checks/time.ts";
import { settled, type Chain, type Context } from "./context.ts";
import {
  CHECK_NAMES,
  fail,
  pass,
  skipped,
  unclear,
  USE_CHECKS,
  verdictOf,
  type Check,
  type CheckName,
  type Finding,
  type Policy,
  type RecordSummary,
  type Report,
} from "./report.ts";
import { trustedLedger, type Trust } from "./trust.ts";

export interface VerifyInput {
  /** The file's bytes, or an evidence already read from them. */
  readonly evidence: Uint8Array | Evidence;
  readonly policy: Policy;
  /** The time asked about, seconds; now unless given. */
  readonly at?: number;
  /** Only what was recorded by then counts, seconds. */
  readonly knownAt?: number;
  /** For the consumer's own node before it countersigns: its own signature may be missing. */
  readonly awaitingReceipt?: boolean;
}

export interface VerifyDependencies {
  /** Endpoints of the trusted ledger; with several, all must agree. */
  readonly connections: readonly LedgerConnection[] | undefined;
  readonly trust: Trust | undefined;
  /** Seconds. */
  readonly now: number;
  /** Where the chain is read: a block that whoever asks found to be final. The newest final one unless given. */
  readonly block?: number;
}

/** Files that are verified side by side. */
const AT_ONCE = 50;

/**
 * Verifies one evidence (SPEC §11): every check that can be made is made, and the report says each outcome. Never throws
 * for bad evidence or an unreachable chain, and believes nothing of the evidence that the trusted chain does not confirm.
 */
export async function verifyEvidence(input: VerifyInput, dependencies: VerifyDependencies): Promise<Report> {
  const [report] = await verifyTogether([input], await openChain(dependencies), dependencies);
  if (report === undefined) throw new TypeError("an input without a report");
  return report;
}

/**
 * As `verifyEvidence` for each input, all at one block: what the files of one delivery have in common is asked once.
 * The reports are in the order of the inputs.
 */
export async function verifyEvidences(
  inputs: readonly VerifyInput[],
  dependencies: VerifyDependencies,
): Promise<readonly Report[]> {
  const chain = await openChain(dependencies);
  const reports: Report[] = [];
  for (let i = 0; i < inputs.length; i += AT_ONCE) {
    const some = inputs.slice(i, i + AT_ONCE);
    reports.push(...(await verifyTogether(some, chain, dependencies)));
  }
  return reports;
}

/** What is hashed for all of them is hashed together. */
function verifyTogether(
  inputs: readonly VerifyInput[],
  chain: OpenedChain,
  dependencies: VerifyDependencies,
): Promise<readonly Report[]> {
  const files = inputs.map((input): OpenedFile => {
    const at = input.at ?? dependencies.now;
    const read = readEvidence(input.evidence);
    const context =
      "evidence" in read ? makeContext(input, dependencies, { evidence: read.evidence, chain, at }) : undefined;
    return { input, at, format: read.finding, context };
  });
  const contexts = files.flatMap(({ context }) => context ?? []);
  const held = verifyInclusions(contexts.map(inclusionOf));
  const included = new Map(contexts.map((context, i) => [context, held[i] ?? false]));
  return Promise.all(files.map((file) => reportOn(file, { chain, dependencies, included })));
}

interface OpenedFile {
  readonly input: VerifyInput;
  readonly at: number;
  readonly format: Finding;
  /** Absent when the file is no evidence. */
  readonly context: Context | undefined;
}

interface Together {
  readonly chain: OpenedChain;
  readonly dependencies: VerifyDependencies;
  /** Whether the record's path leads to its batch's root. */
  readonly included: ReadonlyMap<Context, boolean>;
}

async function reportOn(
  { input: { policy, knownAt }, at, format, context }: OpenedFile,
  { chain, dependencies: { trust }, included }: Together,
): Promise<Report> {
  const findings = context && (await runChecks(context, included.get(context) ?? false));
  const delivered = context?.evidence.delivery !== undefined;
  const checks = CHECK_NAMES.map((name, i): Check => {
    const { outcome, code, values } = name === "format" ? format : (findings?.[i] ?? skipped("verify.format-first"));
    return { name, outcome, code, values, mandatory: isMandatory(name, { policy, delivered }) };
  });
  return {
    format: "suyuan/report/1",
    verdict: verdictOf(checks),
    policy,
    at,
    ...(knownAt !== undefined && { knownAt }),
    ...(trust && { ledger: trustedLedger(trust) }),
    ...("view" in chain && { block: chain.view.block }),
    evaluation: (trust?.evaluation ?? false) || chain.evaluation,
    ...(context && { record: summaryOf(context) }),
    checks,
  };
}

/** A delivery in the file is checked under every policy: whatever the file says is confirmed or refused. */
function isMandatory(
  name: CheckName,
  { policy, delivered }: { readonly policy: Policy; readonly delivered: boolean },
): boolean {
  if (!USE_CHECKS.some((use) => use === name) || policy.name === "use") return true;
  return name === "authorization" || (name === "receipt" && delivered);
}

type ReadEvidence = { readonly finding: Finding; readonly evidence: Evidence } | { readonly finding: Finding };

function readEvidence(evidence: Uint8Array | Evidence): ReadEvidence {
  try {
    const parsed =
      evidence instanceof Uint8Array ? parseEvidenceBytes(evidence) : parseEvidence(evidenceJson(evidence));
    return { finding: pass("format.valid"), evidence: parsed };
  } catch (error) {
    if (!(error instanceof ProtocolError)) return { finding: fail("format.invalid", { rule: "json.value" }) };
    if (error.code === "version.unknown") return { finding: fail("format.version") };
    return { finding: fail("format.invalid", { ...error.values, rule: error.code }) };
  }
}

/** `evaluation`: the chain says so itself, by a Directory without delay. */
type OpenedChain = Chain & { readonly evaluation: boolean };

async function openChain({ connections = [], trust, block }: VerifyDependencies): Promise<OpenedChain> {
  if (trust === undefined || connections.length === 0)
    return { missing: unclear("verify.no-connection"), evaluation: false };
  if (connections.some(({ ledger }) => ledger !== trustedLedger(trust)))
    throw new TypeError("a connection to a ledger that is not the trusted one");
  try {
    const view = await openAgreeingView(connections, block);
    return { view, evaluation: (await view.directoryDelay()) === 0 };
  } catch (error) {
    if (error instanceof ChainError) return { missing: unclear(error.code, error.values), evaluation: false };
    throw error;
  }
}

interface Opened {
  readonly evidence: Evidence;
  readonly chain: Chain;
  readonly at: number;
}

function makeContext(input: VerifyInput, { trust, now }: VerifyDependencies, { evidence, chain, at }: Opened): Context {
  const record = recordId(evidence.header);
  return {
    evidence,
    record,
    recordHex: toHex(record),
    schema: readSchema(evidence),
    policy: input.policy,
    trust,
    chain,
    at,
    knownAt: input.knownAt,
    now,
    awaitingReceipt: input.awaitingReceipt ?? false,
  };
}

function readSchema({ schema }: Evidence): RecordSchema | undefined {
  try {
    return parseKnownSchema(schema);
  } catch {
    return undefined;
  }
}

type Runner = (context: Context, included: boolean) => Finding | Promise<Finding>;
const RUNNER_OF: Readonly<Partial<Record<CheckName, Runner>>> = {
  ledger: checkLedger,
  scope: checkScope,
  record: checkRecord,
  claims: checkClaims,
  schema: checkSchema,
  inclusion: ({ evidence }, included) => inclusionFinding(evidence, included),
  anchor: checkAnchor,
  finality: checkFinality,
  time: checkTime,
  issuer: checkIssuer,
  status: (context) => checkStatus(context),
  period: checkPeriod,
  authorization: checkAuthorization,
  audience: checkAudience,
  receipt: checkReceipt,
} satisfies Record<Exclude<CheckName, "format" | "head">, Runner>;
const RUNNERS = CHECK_NAMES.map((name) => RUNNER_OF[name]);
const HEAD = CHECK_NAMES.indexOf("head");

/** In the order of CHECK_NAMES; that of the format is made before. */
async function runChecks(context: Context, included: boolean): Promise<readonly (Finding | undefined)[]> {
  // Together: questions asked in the same turn share a request.
  const asked = RUNNERS.map((run) => run && settled(() => run(context, included)));
  const findings: (Finding | undefined)[] = [];
  for (const finding of asked) findings.push(finding instanceof Promise ? await finding : finding);
  findings[HEAD] = await settled(() => checkHead(context));
  return findings;
}

function summaryOf({ evidence: { header, anchor }, recordHex }: Context): RecordSummary {
  const { kind, issuer, scope, seq, resource } = header;
  return { id: recordHex, kind, issuer, scope, seq, ...(resource && { resource }), anchoredAt: anchor.time };
}
