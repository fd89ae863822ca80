import type { NodeLine } from "../../client/routes/lineage-walk.ts";
import type { Evidence } from "../../protocol/evidence.ts";
import type { RecordHeader } from "../../protocol/header.ts";
import { isProtocolKind, PROTOCOL_KINDS } from "../../protocol/kinds.ts";
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
import type { MetStatuses } from "./met-statuses.ts";
import type { ReadNode } from "./read-proof.ts";
import type { MetBatches, SharedFinding, SharedFindings } from "./shared.ts";
import { NODE_CHECKS, type SeenNode, type TraceFinding } from "./types.ts";

export interface NodeJudgement {
  readonly chain: Chain;
  readonly trust: Trust | undefined;
  /** The time asked about, and what counts as known; seconds. */
  readonly at: number;
  readonly knownAt: number | undefined;
  readonly now: number;
  /** What the records of a batch share; empty at the beginning of a trace. */
  readonly batches: MetBatches;
  /** As `batches`. */
  readonly statuses: MetStatuses;
}

/** Judges what a node said of one record, and what was read of its proof: nothing of it is believed (SPEC §14.5). Never throws for a bad answer. At once when the chain was asked before. */
export function judgeNode(
  line: NodeLine,
  proof: ReadNode | undefined,
  judgement: NodeJudgement,
): SeenNode | Promise<SeenNode> {
  const { scope, seq, depth, record, kind, issuer, withheld } = line;
  const base = { type: "node", scope, seq, depth, record, kind, issuer, withheld, line } as const;
  if (proof === undefined) {
    const finding =
      line.proof === undefined
        ? unclear("finality.pending", { block: 0 })
        : fail("format.invalid", { rule: "shape.format" });
    const checks = [named("format", finding)];
    const findings: TraceFinding[] = line.proof === undefined ? [{ code: "node.not-anchored", values: { seq } }] : [];
    const none = skipped("verify.format-first");
    const node = { ...base, verdict: verdictOf(checks), checks, status: none, period: none, findings };
    return { node, evidence: undefined };
  }
  const { evidence } = proof;
  const { header, claims, parents } = evidence;
  const shared = judgement.batches.of(evidence);
  const context = contextOf(proof, judgement);
  const seen = ([status, period, ...found]: readonly Finding[]): SeenNode => {
    const checks = [FORMAT, ...NODE_CHECKS.map((name, i) => named(name, found[i] ?? NO_FINDING))];
    return {
      node: {
        ...base,
        // What the proof says, not what stands beside it.
        record: context.recordHex,
        kind: header.kind,
        issuer: header.issuer,
        verdict: verdictOf(checks),
        checks,
        status: status ?? NO_FINDING,
        period: period ?? NO_FINDING,
        anchoredAt: evidence.anchor.time,
        findings: nodeFindings(line, evidence),
      },
      evidence: { header, claims, anchor: shared.anchor, ...(parents && { parents }) },
    };
  };
  const made = all([
    settled(() => checkStatus(context, (view, place) => judgement.statuses.of(view, place))),
    settled(() => checkPeriod(context)),
    ...NODE_CHECKS.map((name) => (name === "inclusion" && proof.inclusion) || run(name, context, shared)),
  ]);
  return made instanceof Promise ? made.then(seen) : seen(made);
}

/** Without a turn of the event loop when all are there. */
function all(findings: readonly SharedFinding[]): readonly Finding[] | Promise<Finding[]> {
  const made = findings.filter((one): one is Finding => !(one instanceof Promise));
  return made.length === findings.length ? made : Promise.all(findings.map((one) => Promise.resolve(one)));
}

const NO_FINDING = unclear("verify.unexpected", { error: "none" });
/** `claims` is not mandatory: a record whose claims are not shown is no less genuine. */
const named = (name: CheckName, finding: Finding): Check => ({ name, ...finding, mandatory: name !== "claims" });
const FORMAT = named("format", pass("format.valid"));

function nodeFindings(line: NodeLine, { header, parents }: Evidence): readonly TraceFinding[] {
  const hidden = header.parentCount - (parents?.disclosed.length ?? 0);
  const withheld = Math.max(line.withheld, hidden);
  return [
    ...(line.destroyed ? [{ code: "node.destroyed", values: { seq: line.destroyed.seq } } as const] : []),
    ...(withheld > 0 ? [{ code: "node.withheld", values: { count: withheld } } as const] : []),
  ];
}

function contextOf({ evidence, record, recordHex }: ReadNode, judgement: NodeJudgement): Context {
  const { chain, trust, at, knownAt, now } = judgement;
  return {
    ...{ evidence, record, recordHex, trust, chain, at, knownAt, now },
    schema: protocolSchema(evidence.header),
    policy: { name: "authentic" },
    awaitingReceipt: false,
  };
}

/** Of these checks every record of a batch gives the same finding. */
const OF_BATCH: ReadonlySet<CheckName> = new Set(["ledger", "anchor", "finality", "issuer"]);

function run(name: (typeof NODE_CHECKS)[number], context: Context, shared: SharedFindings): SharedFinding {
  const make = (): SharedFinding => settled(() => RUNNERS[name](context, shared));
  return OF_BATCH.has(name) ? shared.once(`${name} ${context.evidence.header.ledger}`, make) : make();
}

const RUNNERS: Readonly<
  Record<(typeof NODE_CHECKS)[number], (context: Context, shared: SharedFindings) => SharedFinding>
> = {
  ledger: checkLedger,
  scope: checkNodeScope,
  record: checkRecord,
  claims: checkShownClaims,
  inclusion: (context, { tree }) => checkInclusion(context, tree),
  anchor: checkAnchor,
  finality: checkFinality,
  time: checkTime,
  issuer: checkIssuer,
};

/** As of an evidence; the claims by which an exchange's record says of which number it is may be withheld. */
function checkNodeScope(context: Context, shared: SharedFindings): SharedFinding {
  const { header, anchor, claims } = context.evidence;
  const { seq, kind, issuer } = header;
  if (claims.disclosed.length > 0) return checkScope(context);
  if (seq < anchor.first || seq >= anchor.first + anchor.count) return fail("scope.number", { seq });
  if (anchor.department !== issuer) return fail("scope.issuer");
  const placeOf = (number: number): Finding | Promise<Finding> =>
    withChain(context.chain, (view) => checkPlace(view, { ...header, seq: number }, anchor.time));
  // What the chain says of the last number of a batch holds for the numbers before it.
  const ofLast = shared.once(`scope ${kind}`, () => placeOf(anchor.first + anchor.count - 1));
  const own = (last: Finding): SharedFinding =>
    last.outcome === "pass" ? { ...last, values: { ...last.values, seq } } : placeOf(seq);
  return ofLast instanceof Promise ? ofLast.then(own) : own(ofLast);
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
