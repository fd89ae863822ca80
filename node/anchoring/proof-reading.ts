import { equalBytes, fromHex, type Hex } from "../../sdk/protocol/bytes.ts";
import { leafHash, MerkleTree } from "../../sdk/protocol/tree.ts";
import type { KeyRing } from "../keys/key-ring.ts";
import { RecordError } from "../records/errors.ts";
import type { RecordRange } from "../records/batch-tree.ts";
import { joinTexts } from "../records/lines.ts";
import type { FoundBatch, RecordReader } from "../records/reader.ts";
import { DATA_KEYS, HEADERS, PAYLOADS } from "../storage/keyspaces.ts";
import type { Space, Store } from "../storage/store.ts";
import type { ScopeSeq } from "../storage/codecs.ts";
import { Alarm } from "./errors.ts";
import type { PageTask, ReadPage } from "./proofread-page.ts";
import { damageAlarm } from "./sealer.ts";

/** Records read back from disk at a time: bounds memory, about 4 kB a record. */
export const PAGE_RECORDS = 256;
/** Pages under way: while one is checked in another thread the next are read. */
export const PAGES_UNDER_WAY = 4;
/** In batches of more records than this, one in so many is also committed again from its document and key; in smaller ones each. */
export const COMMIT_AGAIN_EVERY = 16;

const ID_BYTES = 32;
const KEY_BYTES = 32;

export interface ProofReadingDependencies {
  readonly reader: RecordReader;
  readonly store: Store;
  readonly keys: KeyRing;
  /** `proofreadPage`, in another thread. */
  readonly proofreadPage: (task: PageTask) => Promise<ReadPage>;
}

interface Page extends Pick<PageTask, "scope" | "first" | "hash" | "commitEvery"> {
  readonly count: number;
}

/** Reads a sealed batch back as `proofreadRoot` does. Throws Alarm `alarm.batch-damaged` for another root, and what it throws. */
export async function proofread(
  { scope, found: { first, batch } }: { readonly scope: Hex; readonly found: FoundBatch },
  dependencies: ProofReadingDependencies,
): Promise<void> {
  const { hash, count } = batch;
  const root = await proofreadRoot({ scope, first, count, hash }, dependencies);
  if (!equalBytes(root, fromHex(batch.root))) throw new Alarm("alarm.batch-damaged", { first });
}

/**
 * The root over records as the disk has them, before it is signed: every id from its header's bytes, and every payload's
 * tag under that id. What has rotted is found here and not anchored. That a record's claims are those of its document
 * the disk cannot change without breaking the tag; only a fault of this program could: of a batch that is not
 * small a part is committed again. Some pages in memory at a time. Throws Alarm `alarm.record-damaged`.
 */
export async function proofreadRoot(
  { scope, first, count, hash }: RecordRange,
  dependencies: ProofReadingDependencies,
): Promise<Uint8Array> {
  const leaves = new Uint8Array(count * ID_BYTES);
  const commitEvery = count > COMMIT_AGAIN_EVERY ? COMMIT_AGAIN_EVERY : 1;
  const underWay: Promise<void>[] = [];
  try {
    for (let done = 0; done < count; done += PAGE_RECORDS) {
      const page = { scope, hash, first: first + done, count: Math.min(PAGE_RECORDS, count - done), commitEvery };
      const read = leavesOf(page, dependencies).then((hashes) => leaves.set(hashes, done * ID_BYTES));
      read.catch(() => undefined); // Awaited in its turn.
      underWay.push(read);
      if (underWay.length === PAGES_UNDER_WAY) await underWay.shift();
    }
    for (const read of underWay) await read;
  } finally {
    // Nothing of it reads on after it.
    await Promise.allSettled(underWay);
  }
  return MerkleTree.fromLeafHashes(hash, leaves).root;
}

/** The leaf hashes of a page. */
async function leavesOf(page: Page, dependencies: ProofReadingDependencies): Promise<Uint8Array> {
  const { hash, count } = page;
  const ids = await readPage(page, dependencies);
  const hashes = new Uint8Array(count * ID_BYTES);
  for (let at = 0; at < hashes.length; at += ID_BYTES) hashes.set(leafHash(hash, ids.subarray(at, at + ID_BYTES)), at);
  return hashes;
}

/** The ids of a page. Each record that the thread finds fault with, or cannot judge, is read by itself, which names the fault. */
async function readPage(page: Page, dependencies: ProofReadingDependencies): Promise<Uint8Array> {
  const { scope, first, hash, count, commitEvery } = page;
  const { store, keys, proofreadPage } = dependencies;
  const [headers, wrapped, payloads] = await Promise.all([
    dense(HEADERS, page, store),
    dense(DATA_KEYS, page, store),
    dense(PAYLOADS, page, store),
  ]);
  const dataKeys = new Uint8Array(count * KEY_BYTES);
  const suspects = new Set<number>();
  const nothing = new Uint8Array();
  for (const [at, key] of wrapped.entries()) {
    if (headers[at] === undefined || key === undefined || payloads[at] === undefined) suspects.add(at);
    const dataKey = key && keys.findUnwrapped(key);
    if (dataKey === undefined) suspects.add(at);
    else dataKeys.set(dataKey, at * KEY_BYTES);
  }
  const { ids, bad, unjudged } = await proofreadPage({
    ...{ scope, first, hash, dataKeys, commitEvery },
    headers: joinTexts(headers.map((header) => header ?? nothing)),
    payloads: joinTexts(payloads.map((payload) => payload ?? nothing)),
  });
  for (const at of new Set([...suspects, ...bad, ...unjudged])) {
    const { header, id } = await restore({ scope, seq: first + at }, dependencies);
    if (header.hash !== hash) throw new Alarm("alarm.record-damaged", { seq: first + at, part: "header" });
    ids.set(id, at * ID_BYTES);
  }
  return ids;
}

/** One value a number of the page, undefined where there is none. */
async function dense<V>(
  space: Space<ScopeSeq, V>,
  { scope, first, count }: Page,
  store: Store,
): Promise<(V | undefined)[]> {
  const values = Array.from({ length: count }, (): V | undefined => undefined);
  const range = { gte: { scope, seq: first }, lt: { scope, seq: first + count }, limit: count };
  for (const [{ seq }, value] of await store.page(space, range)) values[seq - first] = value;
  return values;
}

async function restore(place: ScopeSeq, { reader }: ProofReadingDependencies) {
  try {
    return await reader.restore(await reader.open(place));
  } catch (error) {
    throw error instanceof RecordError ? damageAlarm(error) : error;
  }
}
