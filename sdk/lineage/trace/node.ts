import type { NodeLine } from "../../client/routes/lineage.ts";
import { toHex } from "../../protocol/bytes.ts";
import { EVIDENCE_FORMAT, parseEvidence, type Evidence } from "../../protocol/evidence.ts";
import { recordId, type RecordHeader } from "../../protocol/header.ts";
import { isProtocolKind, PROTOCOL_KINDS } from "../../protocol/kinds.ts";
import { ProtocolError } from "../../protocol/protocol-error.ts";
import type { RecordSchema } from "../../protocol/schema.ts";
import { checkAnchor } from "../../verify/checks/anchor.ts";
import { checkClaims } from "../../verify/checks/claims.ts";
import { checkFinality } from "../../verify/checks/finality.ts";
import { checkInclusion } from "../../verify/checks/inclusion.ts";
import { checkIssuer } from "../../verify/checks/issuer.ts";
import { checkLedger } from "../../verify/checks/ledger.ts";
import { checkPeriod } from "../../verify/checks/period.ts";
import { checkRecord } from "../../verify/checks/record.ts";
import { checkPlace, checkScope } from "../../verify/checks/scope.ts";
import { checkStatus } from "../../verify/checks/status.ts";
import { checkTime } from "../../verify/checks/time.ts";
import { settled, withChain, type Chain, type Context } from "../../verify/context.ts";
import {
  fail,
  pass,
  skipped,
  unclear,
  verdictOf,
  type Check,
  type CheckName,
  type Finding,
} from "../../verify/report.ts";
import type { Trust } from "../../verify/trust.ts";
import { NODE_CHECKS, type SeenNode, type TraceFinding } from "./types.ts";

export interface NodeJudgement {
  readonly chain: Chain;
  readonly trust: Trust | undefined;
  /** The time asked about, and what counts as known; seconds. */
  readonly at: number;
  readonly knownAt: number | undefined;
  readonly now: number;
  /** Findings about a batch, which all its records share; empty at the beginning of a trace. */
  readonly batches: Map<string, Promise<Finding>>;
}

/** Judges what a node said of one record: nothing of it is believed (SPEC §14.5). Never throws for a bad answer. */
export async function judgeNode(line: NodeLine, judgement: NodeJudgement): Promise<SeenNode> {
  const { scope, seq, depth, record, kind, issuer, withheld } = line;
  const base = { type: "node", scope, seq, depth, record, kind, issuer, withheld, line } as const;
  const evidence = readProof(line);
  if (evidence === undefined) {
    const finding =
      line.proof === undefined
        ? unclear("finality.pending", { block: 0 })
        : fail("format.invalid", { rule: "shape.format" });
    const checks = [named("format", finding)];
    const findings: TraceFinding[] = line.proof === undefined ? [{ code: "node.not-anchored", values: { seq } }] : [];
    const none = skipped("verify.format-first");
    return { ...base, verdict: verdictOf(checks), checks, status: none, period: none, findings, evidence };
  }
  const context = contextOf(evidence, judgement);
  const [findings, status, period] = await Promise.all([
    Promise.all(NODE_CHECKS.map((name) => run(name, context, judgement.batches))),
    settled(() => checkStatus(context)),
    settled(() => checkPeriod(context)),
  ]);
  const checks = [
    named("format", pass("format.valid")),
    ...NODE_CHECKS.map((name, i) => named(name, findings[i] ?? NO_FINDING)),
  ];
  return {
    ...base,
    // What the proof says, not what stands beside it.
    record: context.recordHex,
    kind: evidence.header.kind,
    issuer: evidence.header.issuer,
    verdict: verdictOf(checks),
    checks,
    status,
    period,
    anchoredAt: evidence.anchor.time,
    findings: nodeFindings(line, evidence),
    evidence,
  };
}

const NO_FINDING = unclear("verify.unexpected", { error: "none" });
/** `claims` is not mandatory: a record whose claims are not shown is no less genuine. */
const named = (name: CheckName, finding: Finding): Check => ({ name, ...finding, mandatory: name !== "claims" });

function nodeFindings(line: NodeLine, { header, parents }: Evidence): readonly TraceFinding[] {
  const hidden = header.parentCount - (parents?.disclosed.length ?? 0);
  const withheld = Math.max(line.withheld, hidden);
  return [
    ...(line.destroyed ? [{ code: "node.destroyed", values: { seq: line.destroyed.seq } } as const] : []),
    ...(withheld > 0 ? [{ code: "node.withheld", values: { count: withheld } } as const] : []),
  ];
}

/** The proof as an evidence that discloses no more than it has; undefined when it is none of this place. */
export function readProof({ proof, scope, seq, record, kind, issuer }: NodeLine): Evidence | undefined {
  if (proof === undefined) return undefined;
  try {
    const evidence = parseEvidence({
      format: EVIDENCE_FORMAT,
      schema: {},
      claims: { disclosed: [], proof: [] },
      ...proof,
    });
    const { header } = evidence;
    const isOfPlace = header.scope === scope && header.seq === seq && header.kind === kind && header.issuer === issuer;
    return isOfPlace && toHex(recordId(header)) === record ? evidence : undefined;
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

function contextOf(evidence: Evidence, { chain, trust, at, knownAt, now }: NodeJudgement): Context {
  const record = recordId(evidence.header);
  return {
    evidence,
    record,
    recordHex: toHex(record),
    schema: protocolSchema(evidence.header),
    policy: { name: "authentic" },
    trust,
    chain,
    at,
    knownAt,
    now,
    awaitingReceipt: false,
  };
}

/** Of these checks every record of a batch gives the same finding. */
const OF_BATCH: ReadonlySet<CheckName> = new Set(["anchor", "finality", "issuer"]);

function run(
  name: (typeof NODE_CHECKS)[number],
  context: Context,
  batches: Map<string, Promise<Finding>>,
): Promise<Finding> {
  const make = async (): Promise<Finding> => settled(() => RUNNERS[name](context));
  if (!OF_BATCH.has(name)) return make();
  const { scope, hash, issuer, resource } = context.evidence.header;
  const key = JSON.stringify([name, scope, hash, issuer, resource ?? "", context.evidence.anchor]);
  const known = batches.get(key) ?? make();
  batches.set(key, known);
  return known;
}

const RUNNERS: Readonly<Record<(typeof NODE_CHECKS)[number], (context: Context) => Finding | Promise<Finding>>> = {
  ledger: checkLedger,
  scope: checkNodeScope,
  record: checkRecord,
  claims: checkShownClaims,
  inclusion: checkInclusion,
  anchor: checkAnchor,
  finality: checkFinality,
  time: checkTime,
  issuer: checkIssuer,
};

/** As of an evidence; the claims by which an exchange's record says of which number it is may be withheld. */
function checkNodeScope(context: Context): Finding | Promise<Finding> {
  const { header, anchor, claims } = context.evidence;
  if (claims.disclosed.length > 0 || (header.kind !== "delivery" && header.kind !== "receipt"))
    return checkScope(context);
  if (header.seq < anchor.first || header.seq >= anchor.first + anchor.count)
    return fail("scope.number", { seq: header.seq });
  if (anchor.department !== header.issuer) return fail("scope.issuer");
  return withChain(context.chain, (view) => checkPlace(view, header, anchor.time));
}

/** Claims are shown of deliveries and receipts only; their schema is the protocol's own. */
function checkShownClaims(context: Context): Finding {
  if (context.evidence.claims.disclosed.length === 0) return skipped("claims.schema-unreadable");
  return context.schema === undefined ? fail("schema.digest") : checkClaims(context);
}

/** The fixed schema of a protocol kind, if the header names it. */
function protocolSchema({ kind, schema }: RecordHeader): RecordSchema | undefined {
  const known = isProtocolKind(kind) ? PROTOCOL_KINDS[kind] : undefined;
  return known?.digest === schema ? known : undefined;
}
