import type { LineageLine } from "../../sdk/client/routes/lineage-walk.ts";
import type { ExamineProofs } from "../../sdk/lineage/trace/examine.ts";
import { traceLineage, type TraceDependencies } from "../../sdk/lineage/trace/trace.ts";
import type { LineageSource } from "../../sdk/lineage/trace/types.ts";
import { journalScope } from "../../sdk/protocol/anchor.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import type { Parent } from "../../sdk/protocol/parents.ts";
import { parseTrust } from "../../sdk/verify/trust.ts";
import type { NodeCore } from "../../node/core.ts";
import { LineageTeller } from "../../node/lineage/tell.ts";
import { isRefusal } from "../../node/records/model.ts";
import { seededRandom } from "../../test/support/random.ts";
import { medianOf, spreadOf, type Figure } from "./figure.ts";
import { openRig, type Rig } from "./node/rig.ts";
import type { BenchContext } from "./suite.ts";

const RECORDS = 10_000;
const GROUP = 512;
const RUNS = 5;
/** Records taken in with the index, and as many without, in each round. */
const ROUND_RECORDS = 4096;
const ROUNDS = 15;

/** A real node's records: what the index costs of their intake, and how fast their lineage is told and judged, every record and link. */
export async function* verifiedLineage({ step }: BenchContext): AsyncGenerator<Figure> {
  const rig = await step({ zh: "启动链与节点", en: "chain and node started" }, () => openRig({ blockIntervalMs: 0 }));
  try {
    const { core } = await rig.openInProcess({});
    const { uscc } = rig.provider.department;
    await core.openJournal();
    const scope = journalScope(uscc);
    const first = await core.records.count(scope);
    const writer = new Writer({ core, scope, department: uscc, ledger: rig.connection.ledger });
    const title = { zh: `${RECORDS} 条记录锚定`, en: `${RECORDS} records anchored` };
    await step(title, async (progress) => {
      while (writer.written < RECORDS) {
        await writer.write(Math.min(GROUP, RECORDS - writer.written));
        progress(writer.written, RECORDS);
      }
      await core.records.waitFor(scope, first + RECORDS - 1, "final", { timeoutMs: 120_000 });
    });
    yield await verified({ core, rig, scope, first });
    yield await intakeShare(core, writer);
  } finally {
    await rig.close();
  }
}

interface WriterOptions {
  readonly core: NodeCore;
  readonly scope: Hex;
  readonly department: string;
  readonly ledger: Hex;
}

/** Writes records that descend from the first one: one parent each, every other one two. */
class Writer {
  written = 0;
  private readonly options: WriterOptions;
  private readonly random = seededRandom(7);
  private readonly made: Parent[] = [];

  constructor(options: WriterOptions) {
    this.options = options;
  }

  async write(count: number): Promise<void> {
    const { core, scope, ledger, department } = this.options;
    // The first one alone: all others descend from it.
    const wanted = this.written === 0 ? 1 : count;
    const inputs = Array.from({ length: wanted }, (_, i) => {
      const [one, other] = [this.any(), this.any()];
      const second = i % 2 === 1 && one[0]?.seq !== other[0]?.seq ? other : [];
      return {
        kind: "operation",
        document: { action: "bench", subject: String(this.written + i), key: `${department}/1` },
        parents: [...one, ...second],
      };
    });
    for (const one of await core.records.accept(scope, inputs)) {
      if (isRefusal(one)) throw one.error;
      this.made.push({ ledger, scope, seq: one.seq, record: one.record, relation: "derivedFrom" });
    }
    this.written += wanted;
  }

  private any(): readonly Parent[] {
    const found = this.made[Math.floor(this.random() * this.made.length)];
    return found === undefined ? [] : [found];
  }
}

interface Traced {
  readonly core: NodeCore;
  readonly rig: Rig;
  readonly scope: Hex;
  readonly first: number;
}

async function verified({ core, rig, scope, first }: Traced): Promise<Figure> {
  const { uscc } = rig.provider.department;
  const { chainId, genesis, directory } = rig.connection;
  const trust = parseTrust({
    ...{ format: "suyuan/trust/1", ledger: { chainId, genesis, directory }, rpc: [rig.chain.rpcUrl] },
    ...{ maximumLagSeconds: null, evaluation: true, finality: { tag: "latest" } },
  });
  const teller = new LineageTeller({
    ...{ store: core.store, department: uscc, reader: core.records.reader },
    consumerOf: () => Promise.resolve(undefined),
  });
  const caller = { department: uscc, role: "department", keyId: "" } as const;
  const source: LineageSource = {
    walk: async (_department, { relations: _relations, ...request }) =>
      flattened(teller.tell({ ...request, limit: RECORDS, proofs: true, caller })),
  };
  const examine: ExamineProofs = (task) => core.tasks.examineProofs(task);
  const rates: number[] = [];
  let nodes = 0;
  for (let run = 0; run <= RUNS; run++) {
    const started = performance.now();
    nodes = await traceAll({ scope, first }, { source, trust, connections: [rig.connection], examine });
    if (run > 0) rates.push((nodes * 1000) / (performance.now() - started));
  }
  return {
    ...{ name: "lineage.verified", unit: "/s", size: nodes },
    title: {
      zh: `逐条核验的闭包,${nodes} 条记录`,
      en: `closure of ${nodes} records, every one and every link verified`,
    },
    ours: spreadOf(rates),
    targets: [{ of: "value", is: "at least", bound: 5000 }],
    note: {
      zh: "节点取证与追溯方判定同在一个线程,逐条证明在其他线程中核验",
      en: "the node that tells and the tracer that judges share one thread; proofs are examined in others",
    },
  };
}

async function traceAll(
  { scope, first }: Pick<Traced, "scope" | "first">,
  dependencies: Omit<TraceDependencies, "now">,
): Promise<number> {
  let nodes = 0;
  const options = { start: { scope, seq: first }, direction: "down" } as const;
  const now = Math.floor(Date.now() / 1000);
  for await (const event of traceLineage(options, { ...dependencies, now })) {
    if (event.type === "node") {
      nodes++;
      if (event.verdict !== "verified") throw new Error(`a record of the bench is ${event.verdict}`);
    }
    if (event.type === "link" && event.outcome !== "link.proven")
      throw new Error(`a link of the bench is ${event.outcome}`);
  }
  return nodes;
}

/** The same intake with and without the index, turn by turn. The records without it are not traced any more. */
async function intakeShare({ lineage }: NodeCore, writer: Writer): Promise<Figure> {
  const indexed = { prefetch: lineage.prefetch.bind(lineage), note: lineage.note.bind(lineage) };
  const nothing = { prefetch: () => Promise.resolve(), note: () => Promise.resolve() };
  const rates: Record<"with" | "without", number[]> = { with: [], without: [] };
  const sinks = [["with", indexed] as const, ["without", nothing] as const];
  for (let round = 0; round <= ROUNDS; round++) {
    // Neither is always the one that comes after what is left to do of the other.
    for (const [name, sink] of round % 2 === 0 ? sinks : sinks.toReversed()) {
      Object.assign(lineage, sink);
      const started = performance.now();
      for (let written = 0; written < ROUND_RECORDS; written += GROUP) await writer.write(GROUP);
      if (round > 0) rates[name].push((ROUND_RECORDS * 1000) / (performance.now() - started));
    }
  }
  Object.assign(lineage, indexed);
  const ratios = rates.with.map((rate, i) => rate / (rates.without[i] ?? rate));
  return {
    ...{ name: "lineage.intake", unit: "/s", size: ROUND_RECORDS },
    title: { zh: "接收记录,同时建立血缘索引", en: "records taken in, their lineage indexed" },
    ours: spreadOf(rates.with),
    peer: { name: "the same intake without the index", spread: spreadOf(rates.without), ratio: medianOf(ratios) },
    // At most a fifth of the throughput.
    targets: [{ of: "ratio", is: "at least", bound: 0.8 }],
  };
}

async function* flattened(levels: AsyncIterable<readonly LineageLine[]>): AsyncGenerator<LineageLine> {
  for await (const lines of levels) yield* lines;
}
