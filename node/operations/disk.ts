import { statfs } from "node:fs/promises";
import type { Clock } from "../ports.ts";

/** What was seen so long ago still counts: in it a node writes a fraction of what it keeps free. */
const FRESH_MS = 1000;

export interface DiskSpace {
  /** What this process may still use. */
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** The space of the file system that holds a folder. */
async function diskSpace(folder: string): Promise<DiskSpace> {
  const { bavail, blocks, bsize } = await statfs(folder);
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}

/** The same, asked of the system once a second at most: every request that brings records asks. */
export function watchDisk(folder: string, clock: Clock): () => Promise<DiskSpace> {
  let askedAt = Number.NEGATIVE_INFINITY;
  let answer: Promise<DiskSpace>;
  return () => {
    const now = clock();
    // A failure stands for that second as well. A clock that was set back asks again.
    if (Math.abs(now - askedAt) < FRESH_MS) return answer;
    askedAt = now;
    return (answer = diskSpace(folder));
  };
}
