import { open, readFile, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Words } from "../figure.ts";
import { quantile } from "./life.ts";

const KILOBYTE = 1024;

export interface Resident {
  /** Bytes. */
  readonly all: number;
  /** Pages of files among it, which the system takes back when it needs them: the program's and the store's. */
  readonly ofFiles: number;
}

/** Resident memory of another process. Linux only. */
export async function residentMemory(pid: number): Promise<Resident> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const bytes = (name: string) =>
    Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1] ?? Number.NaN) * KILOBYTE;
  return { all: bytes("VmRSS"), ofFiles: bytes("RssFile") };
}

/** CPU time of another process so far, in seconds: all its threads. Linux only. */
export async function cpuSeconds(pid: number): Promise<number> {
  const TICKS_A_SECOND = 100;
  const fields = (await readFile(`/proc/${pid}/stat`, "utf8")).split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
}

/** Bytes of the files directly in a folder. */
export async function folderBytes(folder: string): Promise<number> {
  let bytes = 0;
  // A file that a compaction has just removed holds nothing.
  for (const name of await readdir(folder, { recursive: true })) {
    const found = await stat(join(folder, name)).catch(() => undefined);
    if (found?.isFile() === true) bytes += found.size;
  }
  return bytes;
}

/**
 * Starts to watch the machine's processors; the result says, in words, how busy they were since, and what the host of a
 * virtual machine took away from them. Linux only.
 */
export async function watchProcessors(): Promise<() => Promise<Words>> {
  const times = async () => {
    const [line = ""] = (await readFile("/proc/stat", "utf8")).split("\n");
    const fields = line.trim().split(/\s+/).slice(1, 9).map(Number);
    const [, , , idle = 0, waiting = 0, , , stolen = 0] = fields;
    return { all: fields.reduce((sum, ticks) => sum + ticks, 0), idle: idle + waiting, stolen };
  };
  const before = await times();
  return async () => {
    const { all, idle, stolen } = await times();
    const share = (ticks: number) => ((ticks / (all - before.all)) * 100).toFixed(0);
    const [idling, taken] = [share(idle - before.idle), share(stolen - before.stolen)];
    return {
      zh: `其间全机处理器空闲 ${idling} %,被宿主机占走 ${taken} %`,
      en: `all processors were idle for ${idling} % of the time, the host took ${taken} %`,
    };
  };
}

const SYNCED_BYTES = 2048;
const BETWEEN_WRITES_MS = 20;

/** Writes a little, durably, every now and then, while something else is measured; the result says how long that took. */
export async function watchSyncedWrites(folder: string): Promise<() => Promise<Words>> {
  const file = await open(join(folder, "synced-writes"), "w");
  const block = Buffer.alloc(SYNCED_BYTES, 1);
  const took: number[] = [];
  let isWatching = true;
  const watching = (async () => {
    while (isWatching) {
      const started = performance.now();
      await file.write(block, 0, block.length, took.length * block.length);
      await file.datasync();
      took.push(performance.now() - started);
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_WRITES_MS));
    }
  })();
  return async () => {
    isWatching = false;
    await watching;
    await file.close();
    const [p99, longest] = [quantile(took, 0.99), Math.max(...took)].map((ms) => ms.toFixed(1));
    return {
      zh: `其间同一磁盘上只写 2 KB 并落盘:第 99 百分位 ${p99} ms,最长 ${longest} ms`,
      en: `meanwhile 2 KB alone, synced to the same disk: p99 ${p99} ms, longest ${longest} ms`,
    };
  };
}
