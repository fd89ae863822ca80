import { existsSync } from "node:fs";
import { join } from "node:path";
import { concat, equalBytes } from "../../sdk/protocol/bytes.ts";
import type { Codec } from "./codecs.ts";
import { copyEntries, digestOf, momentsOf, type Moment } from "./copy.ts";
import { Databases } from "./databases.ts";
import { checkFiles } from "./files/check.ts";
import type { TableOptions } from "./files/table.ts";
import { StorageError } from "./errors.ts";
import { FIRST_INDEX, META, REDO } from "./keyspaces.ts";
import { scanFolder } from "./scan.ts";
import {
  put,
  storedKey,
  type ContentDigest,
  type Entry,
  type Lease,
  type Operation,
  type RangeOptions,
  type ScanReport,
  type Space,
  type Store,
  type WriteOptions,
} from "./store.ts";
import { WriteQueue } from "./write-queue.ts";

/** The version of the whole layout: the list of key spaces and what their entries mean together. */
export const STORE_FORMAT = "suyuan/store/3";
export const FIRST_STORE_FORMAT = "suyuan/store/1";
/** What can be upgraded: see node/keys/upgrade.ts. */
const OLDER_STORE_FORMATS: readonly string[] = [FIRST_STORE_FORMAT, "suyuan/store/2"];
/** Entries that `iterate` holds in memory at once. */
export const PAGE_ENTRIES = 256;

/** The store inside a data folder. */
export const STORE_FOLDER = "store";

/** On Node, `level` is `classic-level`, whose type says more than that of `level`. */
interface Compactable {
  compactRange(first: Uint8Array, last: Uint8Array): Promise<void>;
}

export interface OpenStoreOptions {
  readonly dataDir: string;
  /** False refuses a folder without a store (`storage.missing`). Default true. */
  readonly create?: boolean;
  /** True opens a store of the older format, which the caller then upgrades. Default false: `storage.format-older`. */
  readonly upgrade?: boolean;
}

/**
 * Opens the store of a data folder for this process alone. Throws StorageError `storage.locked`, `storage.missing`,
 * `storage.format-unknown`, `storage.format-older`, `storage.damaged`, `storage.not-a-store`, `storage.unavailable`.
 */
export async function openStore({ dataDir, create = true, upgrade = false }: OpenStoreOptions): Promise<Store> {
  const location = join(dataDir, STORE_FOLDER);
  if (!create && !existsSync(location)) throw new StorageError("storage.missing");
  // Before the engine opens them: it would drop what is damaged, and then delete the log that a backup could mend.
  await requireWhole(location, { data: false });
  const store = new LevelStore(location, await Databases.open(location));
  try {
    await checkFormat(store, upgrade);
  } catch (error) {
    await store.close();
    // A rotted name of the format is no other format.
    await requireWhole(location, { data: true });
    throw error;
  }
  return store;
}

async function requireWhole(location: string, options: TableOptions): Promise<void> {
  for await (const { file } of checkFiles(location, options)) throw new StorageError("storage.damaged", { file });
}

async function checkFormat(store: LevelStore, upgrade: boolean): Promise<void> {
  const found = await store.get(META, "format");
  if (found === STORE_FORMAT) return;
  if (found !== undefined && OLDER_STORE_FORMATS.includes(found)) {
    if (upgrade) return;
    throw new StorageError("storage.format-older", { found });
  }
  if (found !== undefined) throw new StorageError("storage.format-unknown", { found, known: STORE_FORMAT });
  if (!(await store.isEmpty())) throw new StorageError("storage.not-a-store");
  await store.write([put(META, "format", STORE_FORMAT)]);
}

/** Without the cause: what a decoder says may quote what it read. */
function decoded<T>(codec: Codec<T>, bytes: Uint8Array): T {
  try {
    return codec.decode(bytes);
  } catch {
    throw new StorageError("storage.unreadable");
  }
}

class LevelStore implements Store {
  generation = 0;
  private readonly location: string;
  private databases: Databases;
  private reopening: Promise<void> | undefined;
  private closed = false;
  private readonly leases = new Set<string>();
  private readonly writing = new Set<Promise<void>>();
  // One at a time: after a failed write the engine no longer knows where in its log it is, yet takes the next one and
  // acknowledges what a later start cannot read.
  private readonly queue = new WriteQueue(
    () => this.databases.room(),
    (operations) => this.writeNow(operations),
  );
  private change: (operations: readonly Operation[]) => readonly Operation[] = (operations) => operations;

  constructor(location: string, databases: Databases) {
    this.location = location;
    this.databases = databases;
  }

  async get<K, V>(space: Space<K, V>, key: K): Promise<V | undefined> {
    const bytes = await this.read((databases) => databases.get(storedKey(space, key)));
    return bytes === undefined ? undefined : decoded(space.value, bytes);
  }

  async getMany<K, V>(space: Space<K, V>, keys: readonly K[]): Promise<(V | undefined)[]> {
    if (keys.length === 0) return [];
    const stored = keys.map((key) => storedKey(space, key));
    const values = await this.read((databases) => databases.getMany(stored));
    return values.map((bytes) => (bytes === undefined ? undefined : decoded(space.value, bytes)));
  }

  async page<K, V>(space: Space<K, V>, options: RangeOptions<K> & { limit: number }): Promise<Entry<K, V>[]> {
    const range = bounds(space, options);
    const entries = await this.read(async (databases) => (await databases.of(space.number)).iterator(range).all());
    return entries.map(([key, value]) => [decoded(space.key, key.subarray(1)), decoded(space.value, value)]);
  }

  async values<K, V>(space: Space<K, V>, options: RangeOptions<K> & { limit: number }): Promise<V[]> {
    const range = bounds(space, options);
    const values = await this.read(async (databases) => (await databases.of(space.number)).values(range).all());
    return values.map((value) => decoded(space.value, value));
  }

  async *iterate<K, V>(space: Space<K, V>, options: RangeOptions<K> = {}): AsyncIterable<Entry<K, V>> {
    let rest: RangeOptions<K> = options;
    for (;;) {
      const entries = await this.page(space, { ...rest, limit: PAGE_ENTRIES });
      yield* entries;
      const last = entries.at(-1);
      if (last === undefined || entries.length < PAGE_ENTRIES) return;
      rest = after(options, last[0]);
    }
  }

  async write(operations: readonly Operation[], { patienceMs }: WriteOptions = {}): Promise<void> {
    await this.ready();
    const writing = this.queue.add(this.change(operations), patienceMs);
    this.writing.add(writing);
    try {
      await writing;
    } finally {
      this.writing.delete(writing);
    }
  }

  interceptWrites(change: (operations: readonly Operation[]) => readonly Operation[]): void {
    this.change = change;
  }

  async settled(): Promise<void> {
    await Promise.allSettled(this.writing);
  }

  async compact<K, V>(space: Space<K, V>, key?: K): Promise<void> {
    await this.compactRange(key === undefined ? edgesOf(space.number) : neighboursOf(storedKey(space, key)));
    // What the last batch did to an index is written there, too.
    if (space.number >= FIRST_INDEX) await this.compactRange(edgesOf(REDO.number));
  }

  private async compactRange([first, last]: readonly [Uint8Array, Uint8Array]): Promise<void> {
    for (let round = 0; round < 2; round++) {
      // The engine sets fresh tables down above the ones they overlap and merges from there: deletions on both sides make
      // them overlap whatever holds the range. The first round brings to disk what was in memory only, the second merges it.
      await this.write([
        { type: "del", key: first },
        { type: "del", key: last },
      ]);
      await this.read(async (databases) => {
        const database = await databases.of(first[0]);
        await (database as unknown as Compactable).compactRange(first, last);
      });
    }
  }

  async copyTo(location: string): Promise<ContentDigest> {
    const target = await Databases.open(location, { create: true });
    try {
      const copied = await this.read(async (databases) => copyEntries(await this.moments(databases), target));
      // Read back from the copy: what is promised about it was seen in it.
      const found = await digestOf(momentsOf(target));
      if (!equalBytes(found.digest, copied.digest)) throw new StorageError("storage.unreadable");
      return found;
    } finally {
      await target.close();
    }
  }

  digest(): Promise<ContentDigest> {
    return this.read(async (databases) => digestOf(await this.moments(databases)));
  }

  private moments(databases: Databases): Promise<readonly Moment[]> {
    return this.queue.between(async () => {
      await databases.complete();
      return momentsOf(databases);
    });
  }

  scanFiles(probes: readonly Uint8Array[]): Promise<ScanReport> {
    return scanFolder(this.location, probes);
  }

  lease(name: string): Lease {
    if (this.leases.has(name)) throw new StorageError("storage.lease-held", { name });
    this.leases.add(name);
    // The engine's own lock keeps other processes out, so a lease within this process is a lease everywhere.
    return { name, release: () => void this.leases.delete(name) };
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.settled();
    await this.reopening?.catch(() => undefined);
    await this.databases.close();
  }

  async isEmpty(): Promise<boolean> {
    const [any] = await this.read(async (databases) => (await databases.of(META.number)).keys({ limit: 1 }).all());
    return any === undefined;
  }

  private async ready(): Promise<Databases> {
    if (this.closed) throw new StorageError("storage.closed");
    return this.opened();
  }

  private async opened(): Promise<Databases> {
    await this.reopening;
    // A reopening that failed is tried again by whoever comes next.
    if (!this.databases.isOpen) await this.reopen(this.databases);
    return this.databases;
  }

  private async writeNow(operations: readonly Operation[]): Promise<void> {
    const databases = await this.opened();
    try {
      await databases.write(operations);
    } catch (error) {
      // After a failed sync the engine refuses every further write, and the log may or may not hold this batch.
      // Reopening reads the log again and writes what it holds to a new, synced file: then a read tells the outcome.
      void this.reopen(databases);
      throw new StorageError("storage.indeterminate", {}, error);
    }
  }

  private async read<T>(action: (databases: Databases) => Promise<T>): Promise<T> {
    const databases = await this.ready();
    try {
      return await action(databases);
    } catch (error) {
      if (this.closed) throw new StorageError("storage.closed", {}, error);
      if (this.databases !== databases || this.reopening !== undefined || !databases.isOpen)
        return action(await this.ready());
      throw new StorageError("storage.unreadable", {}, error);
    }
  }

  private reopen(failed: Databases): Promise<void> {
    if (this.databases !== failed) return Promise.resolve();
    this.reopening ??= (async () => {
      try {
        await failed.close();
        this.databases = await Databases.open(this.location);
        this.generation++;
      } finally {
        this.reopening = undefined;
      }
    })();
    // Nobody may be waiting for it; whoever needs the store next gets the error.
    this.reopening.catch(() => undefined);
    return this.reopening;
  }
}

/** Longer than any key. */
const TAIL = new Uint8Array(128).fill(0xff);

/** Keys that nobody has, just below and just above all keys of a space. */
const edgesOf = (space: number): [Uint8Array, Uint8Array] => [Uint8Array.of(space), concat(Uint8Array.of(space), TAIL)];

/** Keys that nobody has, just below and just above a key. */
function neighboursOf(key: Uint8Array): [Uint8Array, Uint8Array] {
  const stem = key.subarray(0, -1);
  const last = key.at(-1) ?? 0;
  return [last === 0 ? stem : concat(stem, Uint8Array.of(last - 1), TAIL), concat(key, Uint8Array.of(0))];
}

function bounds<K, V>(
  space: Space<K, V>,
  { gt, gte, lt, lte, limit, reverse = false }: RangeOptions<K> & { readonly limit: number },
) {
  const lower =
    gt !== undefined
      ? { gt: storedKey(space, gt) }
      : { gte: gte !== undefined ? storedKey(space, gte) : Uint8Array.of(space.number) };
  const upper =
    lt !== undefined
      ? { lt: storedKey(space, lt) }
      : lte !== undefined
        ? { lte: storedKey(space, lte) }
        : { lt: Uint8Array.of(space.number + 1) };
  return { ...lower, ...upper, limit, reverse };
}

function after<K>({ gt, gte, lt, lte, reverse }: RangeOptions<K>, last: K): RangeOptions<K> {
  if (reverse === true)
    return { ...(gt !== undefined && { gt }), ...(gte !== undefined && { gte }), lt: last, reverse };
  return { ...(lt !== undefined && { lt }), ...(lte !== undefined && { lte }), gt: last };
}
