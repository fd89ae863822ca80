import { findReceipt, readQuantity } from "../../../sdk/chain/blocks.ts";
import { proofread } from "../../../node/anchoring/proof-reading.ts";
import type { PageTask } from "../../../node/anchoring/proofread-page.ts";
import { BATCHES } from "../../../node/storage/keyspaces.ts";
import { spreadOf, type Figure } from "../figure.ts";
import { sendBodies, writeBodies } from "../node/load.ts";
import type { Rig } from "../node/rig.ts";
import { withRig } from "../node/with-rig.ts";
import { untilFinal } from "../node/wait.ts";
import { figureOf, single, timeTogether } from "../measure.ts";
import type { BenchContext, Suite } from "../suite.ts";
import { BARE_NAME, bareHasher } from "../bare.ts";

const CONNECTIONS = 4;
/** Far longer than the load takes: one batch holds it all. */
const NEVER_MS = 3_600_000;
/** Header bytes of a record: what its id is computed over. */
const HEADER_BYTES = 640;
const ROUNDS = 3;

/** One batch of many records: gas, and reading it back before it is signed. */
export const anchorSuite: Suite = {
  title: { zh: "锚定一个批次", en: "anchoring a batch" },
  size: 10_000,
  run: (context) => withRig(context, { blockIntervalMs: 0 }, (rig) => anchorOne(rig, context)),
};

async function* anchorOne(rig: Rig, { size, step }: BenchContext): AsyncGenerator<Figure> {
  const { core } = await rig.openInProcess({ anchoring: { sealAfterMs: NEVER_MS, batchMaximumRecords: size + 1 } });
  const bodies = await writeBodies({ folder: rig.folder, count: size }, () => undefined);
  await step({ zh: `提交 ${size} 条`, en: `${size} records submitted` }, async (progress) => {
    let done = 0;
    const tell = ({ accepted }: { readonly accepted: number }) => progress((done += accepted), size);
    await sendBodies({ rig, bodies, connections: CONNECTIONS }, tell);
  });
  await bodies.file.close();
  const { scope } = rig.resource;
  await step({ zh: "封存、校对、锚定", en: "sealed, proof-read, anchored" }, async () => {
    core.anchoring.hurry(scope);
    await untilFinal(rig, size - 1);
  });
  const batch = await core.store.get(BATCHES, { scope, seq: 0 });
  if (batch?.anchor === undefined || batch.count !== size) throw new Error("the records are not in one batch");
  const { transaction } = batch.anchor;
  const receipt = await findReceipt(rig.connection.rpc, transaction);
  const raw = (await rig.connection.rpc.request("eth_getTransactionReceipt", [transaction])) as { gasUsed: unknown };
  if (receipt?.succeeded !== true) throw new Error("the anchor failed");
  const gas = readQuantity(raw.gasUsed, "eth_getTransactionReceipt");
  const batchSize = { size };
  yield {
    ...batchSize,
    name: "anchor.gas-per-record",
    title: { zh: `${size} 条一批,每条记录的 gas`, en: `gas a record in a batch of ${size}` },
    unit: "gas",
    ours: single(gas / size),
    isMachineIndependent: true,
    targets: [{ of: "value", is: "at most", bound: 8 }],
    note: { zh: `一次锚定 ${gas} gas,与条数无关`, en: `${gas} gas an anchor, however many records` },
  };
  const bare = await bareHasher("keccak256");
  const header = new Uint8Array(HEADER_BYTES);
  const dependencies = {
    ...{ reader: core.records.reader, store: core.store, keys: core.keys },
    proofreadPage: (task: PageTask) => core.tasks.proofreadPage(task),
  };
  const works = {
    ours: () => proofread({ scope, found: { first: 0, batch } }, dependencies),
    limit: () => {
      for (let i = 0; i < size; i++) bare(header);
    },
  };
  const title = { zh: "签名前从磁盘校对", en: "proof-reading from disk before signing" };
  const seconds = await step(title, (onRound) => timeTogether(works, { rounds: ROUNDS, onRound }));
  yield figureOf(
    {
      ...batchSize,
      name: "anchor.proof-reading",
      title,
      unit: "/s",
      items: size,
      limit: { name: `record ids by ${BARE_NAME}` },
    },
    seconds,
  );
  const times = await step({ zh: "取一份存证", en: "one evidence" }, () => evidenceTimes(rig, core, size));
  yield {
    ...batchSize,
    name: "anchor.evidence",
    title: { zh: "批次树已在内存时取一份存证", en: "making one evidence, the batch's tree in memory" },
    unit: "ms",
    ours: spreadOf(times),
  };
}

const EVIDENCES = 50;

async function evidenceTimes(
  { resource: { scope } }: Rig,
  { records }: Awaited<ReturnType<Rig["openInProcess"]>>["core"],
  size: number,
): Promise<readonly number[]> {
  await records.evidence(scope, 0);
  const times: number[] = [];
  for (let i = 0; i < EVIDENCES; i++) {
    const started = performance.now();
    await records.evidence(scope, Math.floor((i * size) / EVIDENCES));
    times.push(performance.now() - started);
  }
  return times;
}
