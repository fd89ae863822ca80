import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { LedgerConnection } from "../../sdk/chain/connection.ts";
import type { LedgerView } from "../../sdk/chain/view.ts";
import { anchorDigest } from "../../sdk/protocol/anchor.ts";
import { concat, toHex, type Hex } from "../../sdk/protocol/bytes.ts";
import { MerkleTree } from "../../sdk/protocol/tree.ts";
import { keyFolder } from "../keys/epochs.ts";
import { KeyError } from "../keys/errors.ts";
import { KeyRing } from "../keys/key-ring.ts";
import { RecordError } from "../records/errors.ts";
import { readHeader, RecordReader, type FoundBatch } from "../records/reader.ts";
import { SchemaRegistry } from "../records/schemas.ts";
import { MAXIMUM_SEQ, type ScopeSeq } from "../storage/codecs.ts";
import {
  BATCHES,
  DATA_KEYS,
  FINAL,
  HEADERS,
  META,
  NEXT,
  PAYLOADS,
  SCOPES,
  TOMBSTONES,
  type StoredBatch,
} from "../storage/keyspaces.ts";
import { checkFiles } from "../storage/files/check.ts";
import { openStore, STORE_FOLDER } from "../storage/level-store.ts";
import { StorageError } from "../storage/errors.ts";
import type { Space, Store } from "../storage/store.ts";
import { FsckFinding } from "./findings.ts";

export interface FsckOptions {
  readonly dataDir: string;
  /** Folder of the epoch keys. Default: `keys` inside the data folder. */
  readonly keyDir?: string;
  /** The keystore's root: with it every payload is opened and committed again. */
  readonly root?: Uint8Array;
  /** With it every batch is compared with its slot on chain. */
  readonly connection?: LedgerConnection;
  readonly onProgress?: (progress: FsckSummary) => void;
}

export interface FsckSummary {
  readonly scopes: number;
  readonly records: number;
  readonly batches: number;
  readonly findings: number;
}

const PROGRESS_RECORDS = 1000;
const UNREADABLE = Symbol("unreadable");

/**
 * Derives every record id, claims root and batch root again from stored bytes, and compares. Changes nothing; no node may
 * run on the folder. Throws StorageError `storage.locked`, `storage.missing`, `storage.unreadable`,
 * `storage.unavailable`, ChainError.
 */
export async function* fsck(options: FsckOptions): AsyncGenerator<FsckFinding, FsckSummary> {
  let files = 0;
  for await (const { file } of checkFiles(join(options.dataDir, STORE_FOLDER), { data: true })) {
    files++;
    yield new FsckFinding("fsck.file-damaged", { part: file });
  }
  let store: Store;
  try {
    store = await openStore({ dataDir: options.dataDir, create: false });
  } catch (error) {
    // The engine must not see it: it would drop what is damaged.
    if (files > 0 && isDamage(error)) return { scopes: 0, records: 0, batches: 0, findings: files };
    throw error;
  }
  const check = new Fsck(options, store);
  try {
    yield* check.run();
  } catch (error) {
    // What was found names the file; what lies behind it cannot be asked for.
    if (files === 0 || !isDamage(error)) throw error;
  } finally {
    await store.close();
  }
  return { ...check.summary, findings: check.summary.findings + files };
}

const isDamage = (error: unknown): boolean =>
  error instanceof StorageError && (error.code === "storage.damaged" || error.code === "storage.unreadable");

class Fsck {
  private readonly options: FsckOptions;
  private readonly store: Store;
  private reader: RecordReader | undefined;
  private view: LedgerView | undefined;
  private readonly counts = { scopes: 0, records: 0, batches: 0, findings: 0 };

  constructor(options: FsckOptions, store: Store) {
    this.options = options;
    this.store = store;
  }

  get summary(): FsckSummary {
    return { ...this.counts };
  }

  async *run(): AsyncGenerator<FsckFinding, void> {
    for await (const finding of this.all()) {
      this.counts.findings++;
      yield finding;
    }
  }

  private async *all(): AsyncGenerator<FsckFinding, void> {
    const otherKeystore = await this.openKeys();
    if (otherKeystore !== undefined) yield otherKeystore;
    this.view = await this.options.connection?.view("final");
    for await (const [scope] of this.store.iterate(SCOPES)) {
      this.counts.scopes++;
      yield* this.scope(scope);
    }
  }

  private async openKeys(): Promise<FsckFinding | undefined> {
    const { root } = this.options;
    // A store without the entry has no payload either.
    if (root === undefined || (await this.store.get(META, "keystore")) === undefined) return undefined;
    try {
      const { store } = this;
      const folder = this.options.keyDir ?? keyFolder(this.options.dataDir);
      const keys = await KeyRing.open({ root, folder, readOnly: true }, { store, random: randomBytes });
      this.reader = new RecordReader({ store, keys, schemas: new SchemaRegistry(store) });
      return undefined;
    } catch (error) {
      if (error instanceof KeyError && error.code === "key.other-keystore")
        return new FsckFinding("fsck.other-keystore", {});
      throw error;
    }
  }

  private async *scope(scope: Hex): AsyncGenerator<FsckFinding, void> {
    const next = (await this.store.get(NEXT, scope)) ?? 0;
    const final = (await this.store.get(FINAL, scope)) ?? 0;
    let first = 0;
    const range = { gte: { scope, seq: 0 }, lte: { scope, seq: MAXIMUM_SEQ } };
    const unreadable: string[] = [];
    for await (const [{ seq }, batch] of readable(this.store.iterate(BATCHES, range), () =>
      unreadable.push("batches"),
    )) {
      if (seq !== first) yield new FsckFinding("fsck.batch-gap", { scope, seq: first });
      // Numbers of a missing batch are still records.
      if (seq > first) yield* this.records({ scope, from: first, until: seq });
      first = seq + batch.count;
      this.counts.batches++;
      yield* this.batch({ scope, found: { first: seq, batch }, final });
    }
    yield* this.records({ scope, from: first, until: next });
    const beyond = { gte: { scope, seq: Math.max(first, next) }, lte: { scope, seq: MAXIMUM_SEQ } };
    for await (const [{ seq }] of readable(this.store.iterate(HEADERS, beyond), () => unreadable.push("headers"))) {
      yield new FsckFinding("fsck.number-beyond", { scope, seq });
    }
    for (const part of unreadable) yield new FsckFinding("fsck.unreadable", { scope, part });
    const head = await this.view?.head(scope);
    if (head !== undefined && head.next > next)
      yield new FsckFinding("fsck.store-behind", { scope, chain: head.next, local: next });
  }

  private async *batch({
    scope,
    found,
    final,
  }: {
    scope: Hex;
    found: FoundBatch;
    final: number;
  }): AsyncGenerator<FsckFinding, void> {
    const { first, batch } = found;
    const ids: Uint8Array[] = [];
    yield* this.records({
      scope,
      from: first,
      until: first + batch.count,
      onId: (id) => ids.push(id),
    });
    const isWhole = ids.length === batch.count && batch.count > 0;
    const root = isWhole ? toHex(MerkleTree.fromRecordIds(batch.hash, concat(...ids)).root) : undefined;
    if (root !== batch.root) yield new FsckFinding("fsck.root-mismatch", { scope, first });
    if ((batch.state === "final") !== first + batch.count <= final)
      yield new FsckFinding("fsck.cursor", { scope, first });
    yield* this.onChain({ scope, first, batch });
  }

  private async *onChain({
    scope,
    first,
    batch,
  }: {
    scope: Hex;
    first: number;
    batch: StoredBatch;
  }): AsyncGenerator<FsckFinding, void> {
    const { anchor } = batch;
    if (this.view === undefined || anchor === undefined || anchor.block > this.view.block.number) return;
    const digest = await this.view.batchDigest(scope, first);
    const { time, department } = anchor;
    const { count, hash, root } = batch;
    if (digest === undefined) yield new FsckFinding("fsck.anchor-missing", { scope, first });
    else if (digest !== anchorDigest({ first, count, time, hash, root, department })) {
      yield new FsckFinding("fsck.anchor-mismatch", { scope, first });
    }
  }

  private async *records({
    scope,
    from,
    until,
    onId,
  }: {
    scope: Hex;
    from: number;
    until: number;
    onId?: (id: Uint8Array) => void;
  }): AsyncGenerator<FsckFinding, void> {
    // Number by number: a table that cannot be read then costs the records in it, not those behind it.
    for (let seq = from; seq < until; seq++) {
      const place = { scope, seq };
      const bytes = await this.read(HEADERS, place);
      if (bytes === undefined) {
        yield new FsckFinding("fsck.header-missing", place);
        continue;
      }
      this.counts.records++;
      if (this.counts.records % PROGRESS_RECORDS === 0) this.options.onProgress?.({ ...this.counts });
      const stored = bytes === UNREADABLE ? undefined : readHeader(bytes, place);
      if (stored === undefined) yield new FsckFinding("fsck.header-damaged", place);
      else {
        onId?.(stored.id);
        yield* this.content(place);
      }
    }
  }

  private async read<V>(space: Space<ScopeSeq, V>, place: ScopeSeq): Promise<V | typeof UNREADABLE | undefined> {
    try {
      return await this.store.get(space, place);
    } catch (error) {
      if (error instanceof StorageError && error.code === "storage.unreadable") return UNREADABLE;
      throw error;
    }
  }

  private async *content(place: ScopeSeq): AsyncGenerator<FsckFinding, void> {
    const [key, payload, tombstone] = await Promise.all([
      this.read(DATA_KEYS, place),
      this.read(PAYLOADS, place),
      this.read(TOMBSTONES, place),
    ]);
    if (tombstone !== undefined) {
      if (key !== undefined) yield new FsckFinding("fsck.not-erased", { ...place, part: "key" });
      if (payload !== undefined) yield new FsckFinding("fsck.not-erased", { ...place, part: "payload" });
      return;
    }
    if (key === undefined || key === UNREADABLE)
      yield new FsckFinding("fsck.payload-damaged", { ...place, part: "key" });
    else if (payload === undefined || payload === UNREADABLE)
      yield new FsckFinding("fsck.payload-damaged", { ...place, part: "payload" });
    else if (this.reader !== undefined) {
      try {
        await this.reader.restore(await this.reader.open(place));
      } catch (error) {
        if (!(error instanceof RecordError)) throw error;
        yield new FsckFinding("fsck.payload-damaged", { ...place, part: String(error.values["part"] ?? error.code) });
      }
    }
  }
}

/** Entries up to the first that cannot be read. */
async function* readable<T>(entries: AsyncIterable<T>, onEnd: () => void): AsyncGenerator<T, void> {
  try {
    yield* entries;
  } catch (error) {
    if (!(error instanceof StorageError) || error.code !== "storage.unreadable") throw error;
    onEnd();
  }
}
