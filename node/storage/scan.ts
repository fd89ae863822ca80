import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { ScanReport } from "./store.ts";

const CHUNK_BYTES = 1024 * 1024;

/** Searches every file of a folder, and of those in it, for the probes, across chunk borders. A file that vanishes meanwhile is skipped: its content went elsewhere or away. */
export async function scanFolder(folder: string, probes: readonly Uint8Array[]): Promise<ScanReport> {
  const wanted = probes.map((probe) => Buffer.from(probe));
  const overlap = Math.max(...probes.map((probe) => probe.length), 1) - 1;
  const found: string[] = [];
  let files = 0;
  let bytes = 0;
  for (const name of (await readdir(folder, { recursive: true })).sort()) {
    const handle = await open(join(folder, name), "r").catch(() => undefined);
    if (handle === undefined) continue;
    try {
      if (!(await handle.stat()).isFile()) continue;
      files++;
      const buffer = Buffer.alloc(overlap + CHUNK_BYTES);
      let kept = 0;
      let hit = false;
      for (;;) {
        const { bytesRead } = await handle.read(buffer, kept, CHUNK_BYTES, null);
        if (bytesRead === 0) break;
        bytes += bytesRead;
        const filled = buffer.subarray(0, kept + bytesRead);
        hit ||= wanted.some((probe) => filled.includes(probe));
        const tail = filled.subarray(Math.max(0, filled.length - overlap));
        buffer.copyWithin(0, filled.length - tail.length, filled.length);
        kept = tail.length;
      }
      if (hit) found.push(name);
    } finally {
      await handle.close();
    }
  }
  return { files, bytes, found };
}
