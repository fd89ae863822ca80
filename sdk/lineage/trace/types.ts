import type { LineageLine, NodeLine } from "../../client/routes/lineage-walk.ts";
import type { Hex } from "../../protocol/bytes.ts";
import type { ErrorValues } from "../../protocol/errors.ts";
import type { Evidence } from "../../protocol/evidence.ts";
import type { Check, CheckName, Finding, Verdict } from "../../verify/report.ts";
import type { RecordPlace } from "../activity.ts";
import type { Direction, LinkRelation } from "../relations.ts";

/** What a trace reports beside the checks of each node (SPEC §14.5). */
export const TRACE_CODES = [
  "link.proven",
  "link.unproven",
  "link.contradicted",
  "link.mismatch",
  "link.parent-late",
  "link.parent-not-received",
  "link.supersedes-issuer",
  "link.supersedes-subject",
  "node.not-anchored",
  "node.destroyed",
  "node.withheld",
  "gap.unreachable",
  "gap.refused",
  "gap.invalid",
  "gap.unknown",
  "gap.no-endpoint",
] as const;
export type TraceCode = (typeof TRACE_CODES)[number];
export type LinkOutcome = Extract<TraceCode, "link.proven" | "link.unproven" | "link.contradicted" | "link.mismatch">;
export type GapCode = Extract<TraceCode, `gap.${string}`>;

export interface TraceFinding {
  readonly code: TraceCode;
  readonly values: ErrorValues;
}

/** How a record stands at the time asked about: not whether it is genuine. */
export type Standing = Pick<Finding, "outcome" | "code" | "values">;

export interface TracedNode extends RecordPlace {
  readonly type: "node";
  readonly depth: number;
  readonly record: Hex;
  readonly kind: string;
  readonly issuer: string;
  /** Of every check but `status` and `period`: is it genuine? */
  readonly verdict: Verdict;
  readonly checks: readonly Check[];
  readonly status: Standing;
  readonly period: Standing;
  readonly findings: readonly TraceFinding[];
  /** Seconds; absent before the record is anchored. */
  readonly anchoredAt?: number;
  readonly withheld: number;
  /** As the node said it, with its proof: what a later trace goes on from. */
  readonly line: NodeLine;
}

export interface TracedLink {
  readonly type: "link";
  readonly relation: LinkRelation;
  /** The record that came from `to`. */
  readonly from: RecordPlace;
  readonly to: RecordPlace;
  readonly outcome: LinkOutcome;
  readonly findings: readonly TraceFinding[];
}

/** A record that could not be asked about: what lies behind it is not in the trace. */
export interface TraceGap extends RecordPlace {
  readonly type: "gap";
  readonly depth: number;
  /** Undefined when the chain knows no holder of the scope. */
  readonly department?: string;
  readonly code: GapCode;
  /** What the department's node answered. */
  readonly detail?: string;
}

export interface TraceEnd {
  readonly type: "end";
  readonly nodes: number;
  readonly links: number;
  readonly gaps: number;
  /** Links that were not shown, over all nodes. */
  readonly withheld: number;
  /** Records that a filter or the depth kept from being visited. */
  readonly notFollowed: number;
  /** Nothing is missing but what filters and depth left out. */
  readonly complete: boolean;
  readonly asOf?: number;
  /** The block at which the chain was read. */
  readonly block?: { readonly number: number; readonly hash: Hex; readonly time: number };
}

export type TraceEvent = TracedNode | TracedLink | TraceGap | TraceEnd;

/** One request to one department's node. */
export interface WalkRequest {
  readonly direction: Direction;
  readonly starts: readonly (RecordPlace & { readonly depth: number })[];
  readonly depth: number;
  readonly asOf?: number;
  readonly relations?: readonly LinkRelation[];
}

/** Where lineage is asked for. */
export interface LineageSource {
  /** Throws TraceGapError when the department's node cannot be asked. */
  walk(department: string, request: WalkRequest): Promise<AsyncIterable<LineageLine>>;
}

/** What links are judged by. */
export type SeenEvidence = Pick<Evidence, "header" | "claims" | "parents" | "anchor">;

/** A node of a trace as it is judged. */
export interface SeenNode {
  readonly node: TracedNode;
  readonly evidence: SeenEvidence | undefined;
}

/** Checks of §11.3 that a node of a trace is put to; the last two say how it stands. */
export const NODE_CHECKS = [
  "ledger",
  "scope",
  "record",
  "claims",
  "inclusion",
  "anchor",
  "finality",
  "time",
  "issuer",
] as const satisfies readonly CheckName[];

export const placeName = ({ scope, seq }: RecordPlace): string => `${scope}/${seq}`;
