import type { Figure } from "../figure.ts";
import { fill } from "../node/fill.ts";
import { writeBodies } from "../node/load.ts";
import type { Rig } from "../node/rig.ts";
import { untilFinal } from "../node/wait.ts";
import { withRig } from "../node/with-rig.ts";
import { figureOf } from "../measure.ts";
import type { BenchContext, Suite } from "../suite.ts";

const ROUNDS = 5;
const BLOCK_INTERVAL_MS = 1000;

/** Process start to `/readyz`, the store holding many records; the limit is the same node when it held none. */
export const startSuite: Suite = {
  title: { zh: "启动节点", en: "starting a node" },
  size: 1_000_000,
  run: (context) => withRig(context, { blockIntervalMs: BLOCK_INTERVAL_MS }, (rig) => starts(rig, context)),
};

async function* starts(rig: Rig, { size, step, isFullSize }: BenchContext): AsyncGenerator<Figure> {
  const empty = await step({ zh: "空库启动", en: "starts with an empty store" }, () => startTimes(rig));
  const bodies = await step({ zh: "生成文档", en: "documents written" }, (progress) =>
    writeBodies({ folder: rig.folder, count: size }, progress),
  );
  const filling = await fill({ rig, bodies, size }, { step });
  filling.stop();
  await bodies.file.close();
  await step({ zh: "等待最终确认", en: "all final" }, () => untilFinal(rig, size - 1));
  yield {
    ...{ name: "start.filling", unit: "/s", ours: filling.rate, limit: filling.limit, size },
    title: { zh: `收录 ${size} 条`, en: `${size} records taken in` },
    targets: isFullSize ? [{ of: "value", is: "at least", bound: 5000 }] : [],
    note: filling.cost,
  };
  yield* filling.memoryFigures("start");
  const full = await step({ zh: `${size} 条记录时启动`, en: `starts with ${size} records` }, () => startTimes(rig));
  yield figureOf(
    {
      ...{ name: "start.ready", unit: "s", items: 1, size },
      title: {
        zh: `存有 ${size} 条记录的节点从启动到就绪`,
        en: `a node with ${size} records, from start to ready`,
      },
      limit: { name: "the same with an empty store" },
      targets: [{ of: "value", is: "at most", bound: 2 }],
      note: {
        zh: "链在另一进程中运行;读取游标,不读历史;就绪探测间隔 100 ms",
        en: "the chain runs in another process; cursors are read, not history; readiness is asked for every 100 ms",
      },
    },
    { ours: full, limit: empty },
  );
}

/** Seconds of each start. */
async function startTimes(rig: Rig): Promise<readonly number[]> {
  const seconds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await rig.node.stop();
    const started = performance.now();
    await rig.startNode();
    seconds.push((performance.now() - started) / 1000);
  }
  return seconds;
}
