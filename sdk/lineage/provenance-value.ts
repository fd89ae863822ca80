import type { Hex } from "../protocol/bytes.ts";
import { isHex } from "../protocol/bytes.ts";
import { isJsonObject } from "../protocol/json.ts";
import { HASH_BYTES } from "../protocol/hash.ts";
import type { RecordPlace } from "./activity.ts";
import type { TraceResult } from "./trace/collect.ts";
import { placeName, type TracedNode } from "./trace/types.ts";

/** How the classification of a product stands to those of its sources. */
export type ClassificationCode = "classification.kept" | "classification.lower" | "classification.inherited";

export interface Classification {
  /** Level of the record's own resource when it was anchored; undefined when it stands in none. */
  readonly own: number | undefined;
  /** The highest level among its sources; 0 when none has one. */
  readonly inherited: number;
  /** A source that has that level. */
  readonly from: RecordPlace | undefined;
  /** `lower`: the product is classified below its sources. `inherited`: it has no level of its own, so that one counts. */
  readonly code: ClassificationCode;
}

export interface ClassificationOptions {
  readonly start: RecordPlace;
  /** The level of a resource, 1–4, as of a time in seconds. */
  readonly levelOf: (resource: Hex, at: number) => Promise<number | undefined>;
}

/** What a product, a model among them, inherits from everything in an upstream trace of it: the highest classification. */
export async function classificationOf(
  { nodes }: TraceResult,
  { start, levelOf }: ClassificationOptions,
): Promise<Classification> {
  let own: number | undefined;
  let highest: { readonly level: number; readonly place: RecordPlace } | undefined;
  for (const node of nodes) {
    const resource = resourceOf(node);
    const level = resource && node.anchoredAt !== undefined ? await levelOf(resource, node.anchoredAt) : undefined;
    if (level === undefined || node.verdict !== "verified") continue;
    const { scope, seq } = node;
    if (placeName(node) === placeName(start)) own = level;
    else if (level > (highest?.level ?? 0)) highest = { level, place: { scope, seq } };
  }
  const inherited = highest?.level ?? 0;
  const code =
    own === undefined ? "classification.inherited" : own < inherited ? "classification.lower" : "classification.kept";
  return { own, inherited, from: highest?.place, code };
}

function resourceOf({ line }: TracedNode): Hex | undefined {
  const header = line.proof?.["header"];
  const resource = isJsonObject(header) ? header["resource"] : undefined;
  return isHex(resource, HASH_BYTES) ? resource : undefined;
}

/** The part of a product that is owed to one department's data. */
export interface Share {
  readonly department: string;
  readonly share: number;
  /** Records that nothing shown came before. */
  readonly sources: number;
}

/**
 * To whom a product is owed: each record passes its part on to its sources in equal shares, by proven links; what has none
 * keeps it. The shares of an upstream trace sum to 1.
 */
export function attributionOf({ nodes, links }: TraceResult, start: RecordPlace): readonly Share[] {
  const sources = new Map<string, Set<string>>();
  const known = new Map(nodes.map((node) => [placeName(node), node]));
  for (const { from, to, outcome } of links) {
    if (outcome !== "link.proven" || !known.has(placeName(to))) continue;
    const set = sources.get(placeName(from)) ?? new Set<string>();
    sources.set(placeName(from), set.add(placeName(to)));
  }
  const parts = new Map([[placeName(start), 1]]);
  const shares = new Map<string, { share: number; sources: number }>();
  for (const name of downwards(placeName(start), sources)) {
    const part = parts.get(name) ?? 0;
    const next = sources.get(name);
    if (next !== undefined) {
      for (const source of next) parts.set(source, (parts.get(source) ?? 0) + part / next.size);
      continue;
    }
    const department = known.get(name)?.issuer ?? "";
    const share = shares.get(department) ?? { share: 0, sources: 0 };
    shares.set(department, { share: share.share + part, sources: share.sources + 1 });
  }
  return [...shares].map(([department, share]) => ({ department, ...share })).sort((a, b) => b.share - a.share);
}

/** Every record before its sources. Links of records cannot form a cycle. */
function downwards(start: string, sources: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] {
  const order: string[] = [];
  const done = new Set<string>();
  const stack: { readonly name: string; readonly left: string[] }[] = [
    { name: start, left: [...(sources.get(start) ?? [])] },
  ];
  done.add(start);
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const next = top.left.pop();
    if (next === undefined) {
      order.push(top.name);
      stack.pop();
    } else if (!done.has(next)) {
      done.add(next);
      stack.push({ name: next, left: [...(sources.get(next) ?? [])] });
    }
  }
  return order.reverse();
}
