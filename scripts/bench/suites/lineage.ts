import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toHex, utf8, type Hex } from "../../../sdk/protocol/bytes.ts";
import { digest } from "../../../sdk/protocol/hash.ts";
import { FinalBatches } from "../../../node/lineage/final-batches.ts";
import type { ParentsToStore } from "../../../node/lineage/links.ts";
import { Walk } from "../../../node/lineage/walk.ts";
import { LineageWriter } from "../../../node/lineage/writer.ts";
import { Draft } from "../../../node/storage/draft.ts";
import { BATCHES, SCOPES } from "../../../node/storage/keyspaces.ts";
import { openStore } from "../../../node/storage/level-store.ts";
import { put, type Store } from "../../../node/storage/store.ts";
import { medianOf, spreadOf, type Figure } from "../figure.ts";
import { makeGraph, plainClosure, type Graph } from "../lineage-graph.ts";
import { verifiedLineage } from "../lineage-verified.ts";
import type { BenchContext, Suite } from "../suite.ts";

/** Records of the closure that the targets are about. */
const CLOSURE = 10_000;
const RUNS = 9;
const GROUP = 512;
const BATCH = 16_384;
/** Seconds between the anchors of two batches. */
const PACE = 60;

const hash32 = (text: string): Hex => toHex(digest("sha256", utf8(text)));
const SCOPE = hash32("bench");
const LEDGER = hash32("ledger");
const SALT_BYTES = 16;
const SALTS = new Uint8Array(2 * SALT_BYTES);

/** Lineage at the size that one node holds: what indexing costs, how fast a closure is told, now and as of a time, and how fast it is verified. */
export const lineageSuite: Suite = {
  title: { zh: "血缘索引、闭包与核验", en: "index, closures and verification of lineage" },
  size: 1_000_000,
  async *run(context) {
    const folder = await mkdtemp(join(tmpdir(), "suyuan-bench-lineage-"));
    try {
      const store = await openStore({ dataDir: join(folder) });
      try {
        yield* structure(store, context);
      } finally {
        await store.close();
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    yield* verifiedLineage(context);
  },
};

async function* structure(store: Store, context: BenchContext): AsyncGenerator<Figure> {
  const { size, step } = context;
  const graph = makeGraph(size);
  const edges =
    graph.first.reduce((sum, one) => sum + (one >= 0 ? 1 : 0), 0) +
    graph.second.reduce((sum, one) => sum + (one >= 0 ? 1 : 0), 0);
  const title = {
    zh: `写入 ${size} 条记录、${edges} 条关系的索引`,
    en: `index of ${size} records and ${edges} links written`,
  };
  const spent = await step(title, (progress) => writeIndex({ graph, store }, progress));
  const perRecord = (spent * 1000) / size;
  yield {
    ...{ name: "lineage.index", title, unit: "µs", size },
    ours: { median: perRecord, min: perRecord, max: perRecord, runs: 1 },
    note: {
      zh: "每条记录的全部索引开销,含同步写;在收录中所占的份额另行测量",
      en: "all that the index costs a record, synced writes included; its share of intake is measured by itself",
    },
  };
  const batches = new FinalBatches({ store });
  for (const direction of ["up", "down"] as const) {
    const start = startOf(graph, direction);
    const plain: number[] = [];
    const ours: number[] = [];
    const asOf: number[] = [];
    const options = { starts: [{ scope: SCOPE, seq: start, depth: 0 }], direction, depth: 1_000_000, limit: CLOSURE };
    const late = Math.ceil(size / BATCH) * PACE * 2;
    let nodes = 0;
    for (let run = 0; run <= RUNS; run++) {
      const [a, closure] = await timed(() => closureOf({ store, batches, options }));
      const [b] = await timed(() => closureOf({ store, batches, options: { ...options, asOf: late } }));
      const [c, breadth] = await timed(async () => plainClosure(graph, { start, direction, limit: closure }));
      if (breadth !== closure) throw new Error(`a closure of ${closure} is one of ${breadth}`);
      nodes = closure;
      if (run === 0) continue; // Warms the store.
      ours.push(a);
      asOf.push(b);
      plain.push(c);
    }
    const words = direction === "up" ? { zh: "上游", en: "upstream" } : { zh: "下游", en: "downstream" };
    yield {
      ...{ name: `lineage.closure.${direction}`, unit: "ms", size: nodes },
      title: {
        zh: `${words.zh}闭包,${nodes} 条记录,仅结构`,
        en: `${words.en} closure of ${nodes} records, structure only`,
      },
      ours: spreadOf(ours),
      limit: {
        name: "breadth-first search in memory",
        spread: spreadOf(plain),
        ratio: medianOf(plain) / medianOf(ours),
      },
      targets: context.isFullSize ? [{ of: "value", is: "at most", bound: 150 }] : [],
    };
    yield {
      ...{ name: `lineage.as-of.${direction}`, unit: "ms", size: nodes },
      title: { zh: `${words.zh}闭包,按时点`, en: `${words.en} closure as of a time` },
      ours: spreadOf(asOf),
      peer: { name: "the same closure now", spread: spreadOf(ours), ratio: medianOf(ours) / medianOf(asOf) },
      targets: [{ of: "ratio", is: "at least", bound: 0.5 }],
    };
  }
}

const timed = async <T>(work: () => Promise<T>): Promise<readonly [ms: number, result: T]> => {
  const started = performance.now();
  const result = await work();
  return [performance.now() - started, result];
};

/** Milliseconds that the index alone took. */
async function writeIndex(
  { graph, store }: { readonly graph: Graph; readonly store: Store },
  progress: (done: number, total: number) => void,
): Promise<number> {
  const writer = new LineageWriter({ ledger: LEDGER });
  const anchors = Array.from({ length: Math.ceil(graph.count / BATCH) }, (_, i) => {
    const anchor = { time: (i + 1) * PACE, block: i, blockHash: LEDGER, transaction: LEDGER, department: "" };
    const count = Math.min(BATCH, graph.count - i * BATCH);
    const batch = {
      count,
      root: LEDGER,
      hash: "keccak256",
      state: "final",
      superseded: [],
      sealedAt: 0,
      anchor,
    } as const;
    return put(BATCHES, { scope: SCOPE, seq: i * BATCH }, batch);
  });
  await store.write([put(SCOPES, SCOPE, { kind: "resource", resource: SCOPE, hash: "keccak256" }), ...anchors]);
  let spent = 0;
  for (let first = 0; first < graph.count; first += GROUP) {
    const [ms] = await timed(async () => {
      const draft = new Draft(store);
      const group = Array.from({ length: Math.min(GROUP, graph.count - first) }, (_, i) => parentsOf(graph, first + i));
      await writer.prefetch(draft, group);
      for (let seq = first; seq < Math.min(first + GROUP, graph.count); seq++) {
        const place = { scope: SCOPE, seq };
        writer.noteId(draft, { id: idOf(seq), place });
        const parents = group[seq - first] ?? [];
        const salts = SALTS.subarray(0, parents.length * SALT_BYTES);
        if (parents.length > 0) await writer.noteParents(draft, { place, parents, salts });
      }
      await store.write(draft.operations);
    });
    spent += ms;
    progress(Math.min(first + GROUP, graph.count), graph.count);
  }
  return spent;
}

/** Spread over all ids, as hashes are. */
function idOf(seq: number): Uint8Array {
  const id = new Uint8Array(32);
  new DataView(id.buffer).setUint32(0, Math.imul(seq, 2_654_435_761));
  new DataView(id.buffer).setUint32(28, seq);
  return id;
}

const parentsOf = ({ first, second }: Graph, seq: number): ParentsToStore["parents"] =>
  [first[seq] ?? -1, second[seq] ?? -1]
    .filter((parent) => parent >= 0)
    .map((parent) => ({
      ...{ ledger: LEDGER, scope: SCOPE, seq: parent, record: LEDGER },
      ...{ relation: "derivedFrom", generated: false },
    }));

/** A record whose closure is large: the newest upstream; downstream the first that has enough, from an early one on. */
function startOf(graph: Graph, direction: "up" | "down"): number {
  const { count } = graph;
  if (direction === "up") return count - 1;
  const wanted = Math.min(CLOSURE, Math.floor(count / 20));
  for (let start = Math.floor(count / 200); start < count; start++)
    if (plainClosure(graph, { start, direction, limit: wanted }) >= wanted) return start;
  throw new Error("no record has a closure as large");
}

async function closureOf({
  store,
  batches,
  options,
}: {
  readonly store: Store;
  readonly batches: FinalBatches;
  readonly options: ConstructorParameters<typeof Walk>[0];
}): Promise<number> {
  let nodes = 0;
  for await (const level of new Walk(options, { store, batches }).levels()) nodes += level.nodes.length;
  return nodes;
}
