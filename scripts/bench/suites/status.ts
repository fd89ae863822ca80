import { findReceipt, readQuantity } from "../../../sdk/chain/blocks.ts";
import type { Hex } from "../../../sdk/protocol/bytes.ts";
import { medianOf, spreadOf, type Figure } from "../figure.ts";
import { sendBodies, writeBodies } from "../node/load.ts";
import type { Rig } from "../node/rig.ts";
import { withRig } from "../node/with-rig.ts";
import { untilFinal } from "../node/wait.ts";
import type { BenchContext, Suite } from "../suite.ts";

const CONNECTIONS = 4;
/** A decision that covers many neighbours. */
const RANGE = 200;
const REASON = 1;
/** Blocks mined to see how many a second the chain makes. */
const LIMIT_BLOCKS = 50;

/** Changes of a record's state: each is a transaction. */
export const statusSuite: Suite = {
  title: { zh: "改变记录状态", en: "changing the state of records" },
  size: 200,
  run: (context) => withRig(context, { blockIntervalMs: 0 }, (rig) => changes(rig, context)),
};

async function* changes(rig: Rig, { size, step }: BenchContext): AsyncGenerator<Figure> {
  const { core } = await rig.openInProcess({});
  const { scope } = rig.resource;
  const count = size + RANGE + LIMIT_BLOCKS;
  const bodies = await writeBodies({ folder: rig.folder, count }, () => undefined);
  await sendBodies({ rig, bodies, connections: CONNECTIONS }, () => undefined);
  await bodies.file.close();
  await untilFinal(rig, count - 1);
  const change = (first: number, more = 1) =>
    core.status.change({ scope, first, count: more, state: "suspended", reason: REASON, key: `bench-${first}` });
  const gas: number[] = [];
  const title = { zh: `${size} 次暂扣,同时提出`, en: `${size} suspensions, asked for at once` };
  const started = performance.now();
  await step(title, async (progress) => {
    await Promise.all(
      Array.from({ length: size }, async (_, i) => {
        const { transaction } = await change(i);
        gas.push(await gasOf(transaction, rig));
        progress(gas.length, size);
      }),
    );
  });
  const seconds = (performance.now() - started) / 1000;
  // One at a time: each is a block of its own, and the next waits for it.
  const alone: number[] = [];
  for (let i = 0; i < LIMIT_BLOCKS; i++) {
    const before = performance.now();
    await change(size + RANGE + i);
    alone.push(1000 / (performance.now() - before));
  }
  yield {
    ...{ name: "status.changes", title, unit: "/s", size },
    ours: { median: size / seconds, min: size / seconds, max: size / seconds, runs: 1 },
    limit: {
      name: "one after another, a block each",
      spread: spreadOf(alone),
      ratio: size / seconds / medianOf(alone),
    },
  };
  yield {
    ...{ name: "status.gas", unit: "gas", size, isMachineIndependent: true },
    title: { zh: "每次改变一条记录的 gas", en: "gas of a change of one record" },
    ours: spreadOf(gas),
  };
  const { transaction } = await change(size, RANGE);
  yield {
    ...{ name: "status.gas-of-range", unit: "gas", size: RANGE, isMachineIndependent: true },
    title: { zh: `一次改变 ${RANGE} 条相邻记录,每条的 gas`, en: `gas a record of one change of ${RANGE} neighbours` },
    ours: spreadOf([(await gasOf(transaction, rig)) / RANGE]),
  };
}

async function gasOf(transaction: Hex, { connection: { rpc } }: Rig): Promise<number> {
  if ((await findReceipt(rpc, transaction))?.succeeded !== true) throw new Error("a change failed");
  const raw = (await rpc.request("eth_getTransactionReceipt", [transaction])) as { gasUsed: unknown }; // By EIP-1474.
  return readQuantity(raw.gasUsed, "eth_getTransactionReceipt");
}
