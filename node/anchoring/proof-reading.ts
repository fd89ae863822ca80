import { concat, equalBytes, fromHex, type Hex } from "../../sdk/protocol/bytes.ts";
import { MerkleTree } from "../../sdk/protocol/tree.ts";
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
/** Of a page of more records than this, one in so many is also committed again from its document and key; of a smaller one each. */
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

/** Records from one number on, whose end is not known yet. */
export type OpenRange = Omit<RecordRange, "count">;

/** Reads a sealed batch back. Throws Alarm `alarm.batch-damaged` for another root, and what `readTo` throws. */
export async function proofread(
  { scope, found: { first, batch } }: { readonly scope: Hex; readonly found: FoundBatch },
  dependencies: ProofReadingDependencies,
): Promise<void> {
  const { hash, count } = batch;
  const reading = new ReadBack({ scope, first, hash }, dependencies);
  await reading.readTo(first + count);
  if (!equalBytes(reading.rootOf(count), fromHex(batch.root))) throw new Alarm("alarm.batch-damaged", { first });
}

/**
 * Records as the disk has them, from one number on, read before their root is signed: every id from its header's bytes,
 * and every payload's tag under that id. What has rotted is found here and not anchored. That a record's claims are those
 * of its document the disk cannot change without breaking the tag; only a fault of this program could: of a page that is
 * not small a part is committed again. 32 bytes a record stay in memory.
 */
export class ReadBack {
  private readonly range: OpenRange;
  private readonly dependencies: ProofReadingDependencies;
  /** The ids of each. */
  private readonly pages: Uint8Array[] = [];
  private count = 0;

  constructor(range: OpenRange, dependencies: ProofReadingDependencies) {
    this.range = range;
    this.dependencies = dependencies;
  }

  /** The number that is read next. */
  get next(): number {
    return this.range.first + this.count;
  }

  /** Reads on up to, not including, `end`: some pages in memory at a time. Throws Alarm `alarm.record-damaged`. */
  async readTo(end: number): Promise<void> {
    const underWay: Promise<Uint8Array>[] = [];
    try {
      for (let at = this.next; at < end; at += PAGE_RECORDS) {
        const count = Math.min(PAGE_RECORDS, end - at);
        const page = readPage({ ...this.range, first: at, count }, this.dependencies);
        page.catch(() => undefined); // Awaited in its turn.
        underWay.push(page);
        if (underWay.length === PAGES_UNDER_WAY) await this.take(underWay);
      }
      while (underWay.length > 0) await this.take(underWay);
    } finally {
      // Nothing of it reads on after it.
      await Promise.allSettled(underWay);
    }
  }

  /** The root over the first `count` of what was read. */
  rootOf(count: number): Uint8Array {
    return MerkleTree.fromRecordIds(this.range.hash, concat(...this.pages).subarray(0, count * ID_BYTES)).root;
  }

  private async take(underWay: Promise<Uint8Array>[]): Promise<void> {
    const ids = await underWay.shift();
    if (ids === undefined) return;
    this.pages.push(ids);
    this.count += ids.length / ID_BYTES;
  }
}

/** The ids of a page. Each record that the thread finds fault with, or cannot judge, is read by itself, which names the fault. */
async function readPage(page: RecordRange, dependencies: ProofReadingDependencies): Promise<Uint8Array> {
  const { scope, first, hash, count } = page;
  const commitEvery = count > COMMIT_AGAIN_EVERY ? COMMIT_AGAIN_EVERY : 1;
  const { store, keys, proofreadPage } = dependencies;
  const [headers, wrapped, payloads] = await Promise.all([
    dense(HEADERS, page, store),
    dense(DATA_KEYS, page, store),
    dense(PAYLOADS, page, store),
  ]);
  const dataKeys = new Uint8Array(count * KEY_BYTES);
  const suspects = new Set<number>();
  const nothing = new Uint8Array();
  for (const [at, dataKey] of keys.findUnwrappedAll(wrapped).entries()) {
    if (headers[at] === undefined || dataKey === undefined || payloads[at] === undefined) suspects.add(at);
    if (dataKey !== undefined) dataKeys.set(dataKey, at * KEY_BYTES);
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
  { scope, first, count }: RecordRange,
  store: Store,
): Promise<readonly (V | undefined)[]> {
  const range = { gte: { scope, seq: first }, lt: { scope, seq: first + count }, limit: count };
  const values = await store.values(space, range);
  // As many as numbers. Were one of another key among them, the header's place or the payload's tag would not fit.
  if (values.length === count) return values;
  const found = Array.from({ length: count }, (): V | undefined => undefined);
  for (const [{ seq }, value] of await store.page(space, range)) found[seq - first] = value;
  return found;
}

async function restore(place: ScopeSeq, { reader }: ProofReadingDependencies) {
  try {
    return await reader.restore(await reader.open(place));
  } catch (error) {
    throw error instanceof RecordError ? damageAlarm(error) : error;
  }
}
