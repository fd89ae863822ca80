import type { RecordPlace } from "./activity.ts";
import { placeName, type TracedNode, type TraceEvent } from "./trace/types.ts";

/** States in which a record taints what was made from it. Superseded and cancelled records were good in their time. */
const BAD_STATES: ReadonlySet<string> = new Set([
  "status.suspended",
  "status.revoked",
  "status.withdrawn",
  "status.other",
]);

export interface BadRecord extends RecordPlace {
  readonly record: `0x${string}`;
  readonly kind: string;
  readonly issuer: string;
  readonly depth: number;
  /** The code of what is wrong: of the check that failed, of the state, or the rule's own. */
  readonly reason: string;
}

export interface BadAncestors {
  /** The farthest one; undefined when nothing is bad. */
  readonly first: BadRecord | undefined;
  /** Every bad record that has no bad one upstream of it, farthest first. */
  readonly all: readonly BadRecord[];
  /** False when something upstream is withheld or could not be asked about: the source may lie behind it. */
  readonly complete: boolean;
}

/** A quality rule of the caller: the code of what is wrong with a record, or undefined. */
export type QualityRule = (node: TracedNode) => string | undefined;

/** Finds in an upstream trace the most upstream records that fail a check, are in a bad state, or break a rule. */
export async function firstBadAncestor(
  events: AsyncIterable<TraceEvent>,
  rule: QualityRule = () => undefined,
): Promise<BadAncestors> {
  const bad = new Map<string, BadRecord>();
  const sources = new Map<string, string[]>();
  let complete = false;
  for await (const event of events) {
    if (event.type === "node") {
      const reason = reasonOf(event) ?? rule(event);
      const { scope, seq, record, kind, issuer, depth } = event;
      if (reason !== undefined) bad.set(placeName(event), { scope, seq, record, kind, issuer, depth, reason });
    } else if (event.type === "link") {
      const from = placeName(event.from);
      const known = sources.get(from);
      if (known === undefined) sources.set(from, [placeName(event.to)]);
      else known.push(placeName(event.to));
    } else if (event.type === "end") ({ complete } = event);
  }
  const tainted = taintedBy(bad, sources);
  const all = [...bad]
    .filter(([name]) => !tainted.has(name))
    .map(([, one]) => one)
    .sort((a, b) => b.depth - a.depth);
  return { first: all[0], all, complete };
}

function reasonOf({ checks, status }: TracedNode): string | undefined {
  const failed = checks.find(({ outcome }) => outcome === "fail");
  if (failed !== undefined) return failed.code;
  return BAD_STATES.has(status.code) ? status.code : undefined;
}

/** Bad records that were made from another bad one. */
function taintedBy(
  bad: ReadonlyMap<string, BadRecord>,
  sources: ReadonlyMap<string, readonly string[]>,
): ReadonlySet<string> {
  const tainted = new Set<string>();
  for (const name of bad.keys()) {
    const seen = new Set([name]);
    const waiting = [...(sources.get(name) ?? [])];
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      if (seen.has(at)) continue;
      seen.add(at);
      if (bad.has(at)) {
        tainted.add(name);
        break;
      }
      waiting.push(...(sources.get(at) ?? []));
    }
  }
  return tainted;
}
