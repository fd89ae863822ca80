import { Agent } from "node:http";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Level } from "level";
import { canonicalBytes } from "../../../sdk/protocol/canonical.ts";
import { GROUP_MAXIMUM_RECORDS } from "../../../node/records/intake.ts";
import { STORE_FOLDER } from "../../../node/storage/level-store.ts";
import { medianOf, spreadOf, type Figure } from "../figure.ts";
import { fill } from "../node/fill.ts";
import { LifeListener, quantile } from "../node/life.ts";
import { send, sendBodies, writeBodies } from "../node/load.ts";
import { folderBytes, watchSyncedWrites } from "../node/process.ts";
import type { Rig } from "../node/rig.ts";
import { withRig } from "../node/with-rig.ts";
import { CLAIMS, documentOf, ndjsonOf } from "../node/workload.ts";
import { single } from "../measure.ts";
import type { BenchContext, Suite } from "../suite.ts";

const CONNECTIONS = 4;
/** The first seconds compile what the rest runs: sustained is what comes after. */
const WARM_UP_RECORDS = 16_000;
const BLOCK_INTERVAL_MS = 1000;
const SAMPLE_MS = 500;
/** Far above every number of the load. */
const WARM_UP_FIRST = 50_000_000;
const SINGLES_FIRST = 60_000_000;
const SINGLES_A_SECOND = 200;
const SINGLES_SECONDS = 15;
/** So many are sent one after another, for comparison. */
const SINGLES_ALONE = 300;
const ALONE_FIRST = 70_000_000;
/** Until the engine has compiled what one record takes. */
const SINGLES_WARM_UP_SECONDS = 10;
const SETTLE_MS = 60_000;
/** What the node stores of a record: keys and values of the spaces that its write touches. */
const STORED_SIZES: readonly (readonly [key: number, value: number])[] = [
  ...([
    [38, 640],
    [38, 1180],
    [38, 76],
    [65, 5],
    [65, 5],
    [65, 5],
    [38, 32],
    [33, 40],
  ] as const),
];
const LIMIT_RECORDS = 20_000;

export const intakeSuite: Suite = {
  title: { zh: "经 HTTP 收录", en: "intake over HTTP" },
  size: 50_000,
  run: (context) =>
    withRig(context, { blockIntervalMs: BLOCK_INTERVAL_MS }, async function* (rig) {
      yield* throughput(rig, context);
      yield* singles(rig, context);
    }),
};

async function* throughput(rig: Rig, context: BenchContext): AsyncGenerator<Figure> {
  const { size, step } = context;
  const { folder } = rig;
  const bodies = await step({ zh: "生成文档", en: "documents written" }, (progress) =>
    writeBodies({ folder, count: size }, progress),
  );
  const warm = await writeBodies({ folder, count: WARM_UP_RECORDS, first: WARM_UP_FIRST }, () => undefined);
  await sendBodies({ rig, bodies: warm, connections: CONNECTIONS }, () => undefined);
  const life = new LifeListener();
  await life.open(rig.resource.scope, rig.client);
  const filling = await fill({ rig, bodies, size }, context);
  await step({ zh: "等待全部锚定", en: "everything anchored" }, () => untilAnchored(life, WARM_UP_RECORDS + size));
  filling.stop();
  await life.close();
  await Promise.all([bodies, warm].map(({ file }) => file.close()));
  const common = { size };
  const { rate, cost } = filling;
  const limit = await step({ zh: "上限:同样字节的同步批写", en: "limit: synced batch writes of the same bytes" }, () =>
    syncedWrites(),
  );
  yield {
    ...common,
    name: "intake.ndjson",
    title: {
      zh: `${CLAIMS} 项文档,NDJSON,已落盘并有签名回执`,
      en: `documents of ${CLAIMS} claims as NDJSON, durable, with signed receipts`,
    },
    unit: "/s",
    ours: rate,
    limit: {
      name: `level batches of ${GROUP_MAXIMUM_RECORDS} records, synced`,
      spread: spreadOf(limit),
      ratio: rate.median / medianOf(limit),
    },
    targets: [{ of: "value", is: "at least", bound: 5000 }],
    note: {
      zh: `含同时进行的校对与锚定;${cost.zh}`,
      en: `proof-reading and anchoring run meanwhile; ${cost.en}`,
    },
  };
  yield* filling.memoryFigures("intake");
  yield {
    ...common,
    name: "intake.anchored-p95",
    title: { zh: "收录到锚定,1 秒出块,第 95 百分位", en: "from accepted to anchored, one-second blocks, p95" },
    unit: "s",
    ours: {
      median: life.latencyMs(0.95, WARM_UP_RECORDS) / 1000,
      min: life.latencyMs(0, WARM_UP_RECORDS) / 1000,
      max: life.latencyMs(1, WARM_UP_RECORDS) / 1000,
      runs: size,
    },
    limit: {
      name: "one block",
      spread: single(BLOCK_INTERVAL_MS / 1000),
      ratio: BLOCK_INTERVAL_MS / life.latencyMs(0.95, WARM_UP_RECORDS),
    },
    targets: [{ of: "value", is: "at most", bound: 3 }],
  };
  yield await diskFigure(rig, WARM_UP_RECORDS + size, size);
}

async function untilAnchored(life: LifeListener, end: number): Promise<void> {
  const deadline = performance.now() + SETTLE_MS;
  while (life.anchoredEnd < end) {
    if (performance.now() > deadline) throw new Error(`anchored up to ${life.anchoredEnd} of ${end} only`);
    await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
  }
}

async function diskFigure(rig: Rig, records: number, size: number): Promise<Figure> {
  const stored = (await folderBytes(join(rig.provider.folder, STORE_FOLDER))) / records;
  const payloads = Array.from({ length: 200 }, (_, i) => canonicalBytes({ ...documentOf(i) }).length);
  const payload = payloads.reduce((sum, bytes) => sum + bytes, 0) / payloads.length;
  return {
    name: "intake.disk",
    title: {
      zh: `每条记录的磁盘字节(规范载荷 ${payload.toFixed(0)} 字节)`,
      en: `bytes on disk a record (canonical payload: ${payload.toFixed(0)})`,
    },
    unit: "bytes",
    ours: single(stored),
    size,
    isMachineIndependent: true,
    targets: [{ of: "value", is: "at most", bound: 1.6 * payload + 400 }],
  };
}

/** What the disk and the engine do alone: the bytes that intake stores, in synced batches, one after another. */
async function syncedWrites(): Promise<readonly number[]> {
  const folder = await mkdtemp(join(tmpdir(), "suyuan-limit-"));
  const rates: number[] = [];
  try {
    const level = new Level<Uint8Array, Uint8Array>(folder, { keyEncoding: "view", valueEncoding: "view" });
    await level.open();
    const groups = Array.from({ length: Math.ceil(LIMIT_RECORDS / GROUP_MAXIMUM_RECORDS) }, () =>
      Array.from({ length: GROUP_MAXIMUM_RECORDS }, () =>
        STORED_SIZES.map(
          ([key, value]) => ({ type: "put", key: randomBytes(key), value: randomBytes(value) }) as const,
        ),
      ).flat(),
    );
    for (const group of groups) {
      const started = performance.now();
      await level.batch(group, { sync: true });
      rates.push((GROUP_MAXIMUM_RECORDS / (performance.now() - started)) * 1000);
    }
    await level.close();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return rates;
}

/** One record a request, so many a second whatever the answers take. */
async function* singles(rig: Rig, { step }: BenchContext): AsyncGenerator<Figure> {
  const total = SINGLES_A_SECOND * SINGLES_SECONDS;
  const warmUp = SINGLES_A_SECOND * SINGLES_WARM_UP_SECONDS;
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const bodies = Array.from({ length: total + warmUp }, (_, i) => ndjsonOf(SINGLES_FIRST + i, 1));
  const latencies: number[] = [];
  const windows: number[][] = Array.from({ length: SINGLES_SECONDS }, () => []);
  const title = {
    zh: `单条请求,每秒 ${SINGLES_A_SECOND} 次`,
    en: `single-record requests, ${SINGLES_A_SECOND} a second`,
  };
  const disk = await watchSyncedWrites(rig.folder);
  await step(title, async (progress) => {
    const started = performance.now();
    await Promise.all(
      bodies.map(async (body, i) => {
        const due = started + (i * 1000) / SINGLES_A_SECOND;
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
        await sendOne({ rig, body, agent });
        if (i < warmUp) return;
        const window = Math.floor((i - warmUp) / SINGLES_A_SECOND);
        const latency = performance.now() - due;
        latencies.push(latency);
        windows[window]?.push(latency);
        progress(latencies.length, total);
      }),
    );
  });
  const { zh, en } = await disk();
  const alone = await step({ zh: "上限:逐条发送", en: "limit: one after another" }, () => oneAfterAnother(rig, agent));
  agent.destroy();
  const p99 = quantile(latencies, 0.99);
  const perWindow = windows.map((window) => quantile(window, 0.99));
  yield {
    name: "intake.single-p99",
    title,
    unit: "ms",
    ours: { ...spreadOf(perWindow), median: p99 },
    size: total,
    limit: {
      name: "one request after another, p99",
      spread: { ...spreadOf(alone), median: quantile(alone, 0.99) },
      ratio: quantile(alone, 0.99) / p99,
    },
    targets: [{ of: "value", is: "at most", bound: 30 }],
    note: {
      zh: `签名请求到落盘回执,第 99 百分位;中位数 ${medianOf(latencies).toFixed(1)} ms;${zh}`,
      en: `signed request to durable receipt, p99; median ${medianOf(latencies).toFixed(1)} ms; ${en}`,
    },
  };
}

/** The same requests without any that wait behind them: milliseconds each. */
async function oneAfterAnother(rig: Rig, agent: Agent): Promise<readonly number[]> {
  const latencies: number[] = [];
  for (let i = 0; i < SINGLES_ALONE; i++) {
    const body = ndjsonOf(ALONE_FIRST + i, 1);
    const started = performance.now();
    await sendOne({ rig, body, agent });
    latencies.push(performance.now() - started);
  }
  return latencies;
}

async function sendOne(single: Parameters<typeof send>[0]): Promise<void> {
  const { accepted, lastLine } = await send(single);
  if (accepted !== 1) throw new Error(`a single record was not accepted: ${lastLine}`);
}
