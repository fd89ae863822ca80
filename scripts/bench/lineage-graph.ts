import { seededRandom } from "../../test/support/random.ts";

/** Parents of each record, in one flat list: one for each, a second for every other. */
export interface Graph {
  readonly count: number;
  readonly first: Int32Array;
  readonly second: Int32Array;
}

export function makeGraph(count: number): Graph {
  const random = seededRandom(7);
  const first = new Int32Array(count).fill(-1);
  const second = new Int32Array(count).fill(-1);
  for (let seq = 1; seq < count; seq++) {
    // Not far back, so that there are closures of any size, some seventy steps deep.
    first[seq] = Math.floor(seq * (0.7 + 0.3 * random()));
    if (seq % 2 === 1) second[seq] = Math.floor(seq * (0.3 + 0.7 * random()));
  }
  return { count, first, second };
}

interface PlainOptions {
  readonly start: number;
  readonly direction: "up" | "down";
  readonly limit: number;
}

let children: readonly number[][] | undefined;

/** The yardstick: the whole graph in memory as arrays. */
export function plainClosure(graph: Graph, { start, direction, limit }: PlainOptions): number {
  const seen = new Set([start]);
  for (let level = [start]; level.length > 0 && seen.size < limit;) {
    const next: number[] = [];
    for (const seq of level) {
      for (const one of neighbours(graph, seq, direction)) {
        if (seen.size >= limit || seen.has(one)) continue;
        seen.add(one);
        next.push(one);
      }
    }
    level = next;
  }
  return seen.size;
}

function neighbours(graph: Graph, seq: number, direction: "up" | "down"): readonly number[] {
  if (direction === "up") return [graph.first[seq] ?? -1, graph.second[seq] ?? -1].filter((one) => one >= 0);
  children ??= childrenOf(graph);
  return children[seq] ?? [];
}

function childrenOf(graph: Graph): readonly number[][] {
  const all: number[][] = Array.from({ length: graph.count }, () => []);
  for (let seq = 0; seq < graph.count; seq++)
    for (const parent of [graph.first[seq] ?? -1, graph.second[seq] ?? -1]) if (parent >= 0) all[parent]?.push(seq);
  return all;
}
