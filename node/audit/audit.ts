import { open, opendir } from "node:fs/promises";
import { extname, join } from "node:path";
import { openAgreeingView } from "../../sdk/chain/connection.ts";
import { MAXIMUM_EVIDENCE_BYTES } from "../../sdk/protocol/evidence.ts";
import { connectTrusted, type Trust } from "../../sdk/verify/trust.ts";
import { joinTexts } from "../records/lines.ts";
import { LARGE_NURSERY_MB, WorkerPool } from "../workers/pool.ts";
import type * as worker from "./task-worker.ts";
import type { AuditPage, FileVerdict } from "./verify-page.ts";

export const EVIDENCE_SUFFIX = ".evidence.json";
/** Files of one task: the chain's answers about their batches are asked once for all of them. */
export const PAGE_FILES = 128;
/** A task ends before it holds more: two tasks a thread are in memory at once. */
export const PAGE_BYTES = 8 * 1024 * 1024;

export interface AuditOptions {
  /** Every `*.evidence.json` below it is verified. */
  readonly folder: string;
  readonly trust: Trust;
  /** Those of the trust file unless given. */
  readonly rpc?: readonly string[];
  /** Seconds. */
  readonly now: number;
  readonly at?: number;
  readonly knownAt?: number;
  /** One for each core unless given. */
  readonly threads?: number;
}

export interface AuditedFile extends FileVerdict {
  /** Relative to the folder. */
  readonly file: string;
}

/**
 * Verifies all evidence below a folder, on every core, at one final block. Files are read as threads become free, so memory
 * does not grow with their number. Throws ChainError when the chain cannot be read at the start, and what the file system throws.
 */
export async function* audit(options: AuditOptions): AsyncGenerator<AuditedFile> {
  const { folder, trust, rpc = trust.rpc, now, at, knownAt, threads } = options;
  const { block } = await openAgreeingView(connectTrusted(trust, rpc));
  const asked: (readonly string[])[] = [];
  const pages = async function* (): AsyncGenerator<AuditPage> {
    for await (const { names, files } of readPages(folder)) {
      asked.push(names);
      const times = { ...(at !== undefined && { at }), ...(knownAt !== undefined && { knownAt }) };
      yield { files: joinTexts(files), trust, rpc, block: block.number, now, ...times };
    }
  };
  const module = new URL(`./task-worker${extname(import.meta.url)}`, import.meta.url);
  const pool = new WorkerPool<typeof worker>({
    module,
    nurseryMb: LARGE_NURSERY_MB,
    ...(threads !== undefined && { threads }),
  });
  try {
    for await (const verdicts of pool.inOrder("verifyPage", pages())) {
      const names = asked.shift() ?? [];
      for (const [i, verdict] of verdicts.entries()) yield { file: names[i] ?? "", ...verdict };
    }
  } finally {
    await pool.close();
  }
}

interface Page {
  readonly names: readonly string[];
  readonly files: readonly Uint8Array[];
}

async function* readPages(folder: string): AsyncGenerator<Page> {
  let names: string[] = [];
  let files: Uint8Array[] = [];
  let bytes = 0;
  for await (const name of evidenceBelow(folder)) {
    const file = await readBeginning(join(folder, name));
    names.push(name);
    files.push(file);
    bytes += file.length;
    if (names.length < PAGE_FILES && bytes < PAGE_BYTES) continue;
    yield { names, files };
    [names, files, bytes] = [[], [], 0];
  }
  if (names.length > 0) yield { names, files };
}

/** Names relative to the folder, of one folder after another. Links are not followed: they could lead round in a circle. */
async function* evidenceBelow(folder: string, below = ""): AsyncGenerator<string> {
  for await (const entry of await opendir(join(folder, below))) {
    const name = join(below, entry.name);
    if (entry.isDirectory()) yield* evidenceBelow(folder, name);
    else if (entry.isFile() && entry.name.endsWith(EVIDENCE_SUFFIX)) yield name;
  }
}

/** Of a file that is too long, one byte more than an evidence may have: enough for the verifier to refuse it. */
async function readBeginning(path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const bytes = new Uint8Array(Math.min(size, MAXIMUM_EVIDENCE_BYTES + 1));
    let read = 0;
    while (read < bytes.length) {
      const { bytesRead } = await file.read(bytes, read);
      if (bytesRead === 0) break;
      read += bytesRead;
    }
    return bytes.subarray(0, read);
  } finally {
    await file.close();
  }
}
