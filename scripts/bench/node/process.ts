import { readFile, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Words } from "../figure.ts";

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

/** Starts to watch what the host of a virtual machine takes away from it; the result says how much it was since, in words. Linux only. */
export async function watchStolenTime(): Promise<() => Promise<Words>> {
  const times = async () => {
    const [line = ""] = (await readFile("/proc/stat", "utf8")).split("\n");
    const fields = line.trim().split(/\s+/).slice(1, 9).map(Number);
    return { all: fields.reduce((sum, ticks) => sum + ticks, 0), stolen: fields[7] ?? 0 };
  };
  const before = await times();
  return async () => {
    const { all, stolen } = await times();
    const share = (((stolen - before.stolen) / (all - before.all)) * 100).toFixed(0);
    return { zh: `其间宿主机占走处理器时间的 ${share} %`, en: `the host took ${share} % of the processors meanwhile` };
  };
}
