import { join } from "node:path";
import { Level } from "level";
import { StorageError } from "./errors.ts";
import { APPLIED, FIRST_INDEX, REDO } from "./keyspaces.ts";
import { decodeRedo, encodeRedo } from "./redo.ts";
import { del, nameOf, put, storedKey, type Operation } from "./store.ts";

export type Database = Level<Uint8Array, Uint8Array>;

/** The indexes' database, inside the folder of the store. */
export const INDEX_FOLDER = "index";
const ENCODING = { keyEncoding: "view", valueEncoding: "view" } as const;
/**
 * Of each database. Up to two write buffers are in memory, and a start reads up to one back from the log; the tables that the
 * engine reads it maps into memory; of blocks it keeps few, for what is looked up is seldom near what was looked up before.
 */
const MEMORY = { writeBufferSize: 8 * 1024 * 1024, maxFileSize: 1024 * 1024, cacheSize: 2 * 1024 * 1024 };
/** The fewest that the engine takes. What is read of records is mostly new; an index is read all over. */
const OPEN_TABLES_OF_RECORDS = 74;
/** The indexes are written when they lack so many batches, or so many entries. As many may be added meanwhile, not more. */
export const INDEX_LAG = { batches: 16, entries: 2048 };
/** Places for redos: more than batches that the indexes may lack. */
const REDO_PLACES = 256;

const isIndex = (space: number | undefined): boolean => space !== undefined && space >= FIRST_INDEX;

/**
 * The two databases of the engine that a store consists of, written as one. What comes in order, a record's parts above all,
 * the engine sorts once; an index, whose keys come in no order, it sorts again and again, and all that lies in the same
 * files with it: indexes have their own. A batch that touches one writes, with the rest of itself, what it does to it; then it is
 * durable. The indexes follow, some batches at once; what they lack is read from memory.
 */
export class Databases {
  private readonly main: Database;
  private readonly index: Database;
  /** Of the last batch that touched an index, of the last that is written to the indexes, and of the last that they have. */
  private number = 0;
  private taken = 0;
  private applied = 0;
  /** Numbers of the batches whose redos the main database holds, by place. */
  private readonly redos = new Map<number, number>();
  /** What the indexes lack, and what is being written to them: by key, the newest. */
  private lacking = new Map<string, Operation>();
  private underWay = new Map<string, Operation>();
  private applying = Promise.resolve();
  private isBehind = false;

  private constructor(main: Database, index: Database) {
    this.main = main;
    this.index = index;
  }

  /** `create` refuses a folder that holds a store. Throws StorageError `storage.locked`, `storage.unavailable`, `storage.damaged`. */
  static async open(location: string, { create = false }: { readonly create?: boolean } = {}): Promise<Databases> {
    const options = { ...ENCODING, ...MEMORY, errorIfExists: create };
    const databases = new Databases(
      new Level(location, { ...options, maxOpenFiles: OPEN_TABLES_OF_RECORDS }),
      new Level(join(location, INDEX_FOLDER), options),
    );
    try {
      await Promise.all(databases.all.map((database) => database.open()));
      await databases.catchUp();
      return databases;
    } catch (error) {
      await databases.close();
      if (error instanceof StorageError) throw error;
      if (codeOf(causeOf(error)) === "LEVEL_LOCKED") throw new StorageError("storage.locked", {}, error);
      throw new StorageError("storage.unavailable", {}, error);
    }
  }

  /** False also when the indexes could not be written: opened again, they take what they lack. */
  get isOpen(): boolean {
    return !this.isBehind && this.all.every(({ status }) => status === "open");
  }

  get all(): readonly Database[] {
    return [this.main, this.index];
  }

  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    if (!isIndex(key[0])) return this.main.get(key);
    const newest = this.newest(key);
    return newest === undefined ? this.index.get(key) : valueOf(newest);
  }

  /** Keys of one space. */
  async getMany(keys: Uint8Array[]): Promise<(Uint8Array | undefined)[]> {
    if (!isIndex(keys[0]?.[0])) return this.main.getMany(keys);
    const newest = keys.map((key) => this.newest(key));
    const others = keys.filter((_, i) => newest[i] === undefined);
    const found = (others.length === 0 ? [] : await this.index.getMany(others)).values();
    return newest.map((operation) => (operation === undefined ? found.next().value : valueOf(operation)));
  }

  /** The one that holds a space, whole: the indexes lack nothing then. */
  async of(space: number | undefined): Promise<Database> {
    if (!isIndex(space)) return this.main;
    await this.complete();
    return this.index;
  }

  /**
   * All or nothing, and on disk when it resolves. One at a time, when there is room; after one that failed the databases are
   * to be opened again.
   */
  async write(operations: readonly Operation[]): Promise<void> {
    const indexed: Operation[] = [];
    const others: Operation[] = [];
    for (const operation of operations) (isIndex(operation.key[0]) ? indexed : others).push(operation);
    if (indexed.length === 0) return writeSynced(this.main, others);
    const number = this.number + 1;
    for (const [place, redo] of this.redos)
      if (redo <= this.applied) {
        others.push(del(REDO, place));
        this.redos.delete(place);
      }
    others.push(put(REDO, number % REDO_PLACES, encodeRedo({ number, operations: indexed })));
    // Crash before this line: nothing of it happened. After it: all of it, for the next start does to the indexes what is left.
    await writeSynced(this.main, others);
    this.number = number;
    this.redos.set(number % REDO_PLACES, number);
    this.lack(indexed);
    if (this.isDue) void this.apply();
  }

  /** Resolves when the indexes lack so little that a batch may be written, or could not be written. */
  async room(): Promise<void> {
    if (!this.isDue) return;
    // As many as that came while others were written: those first.
    await this.applying.catch(() => undefined);
    void this.apply();
  }

  /** Resolves when the indexes lack nothing of what was written until now. */
  async complete(): Promise<void> {
    await this.applying;
    await this.apply();
  }

  async close(): Promise<void> {
    await this.complete().catch(() => undefined);
    await Promise.all(this.all.map((database) => database.close()));
  }

  private get isDue(): boolean {
    return this.number - this.taken >= INDEX_LAG.batches || this.lacking.size >= INDEX_LAG.entries;
  }

  private newest(key: Uint8Array): Operation | undefined {
    if (this.lacking.size + this.underWay.size === 0) return undefined;
    const name = nameOf(key);
    return this.lacking.get(name) ?? this.underWay.get(name);
  }

  private lack(operations: readonly Operation[]): void {
    for (const operation of operations) this.lacking.set(nameOf(operation.key), operation);
  }

  /** Writes what the indexes lack, unless that is being done. */
  private apply(): Promise<void> {
    if (this.underWay.size > 0 || this.lacking.size === 0) return this.applying;
    [this.underWay, this.lacking] = [this.lacking, this.underWay];
    const number = (this.taken = this.number);
    this.applying = writeSynced(this.index, [...this.underWay.values(), put(APPLIED, 0, number)]).then(() => {
      this.applied = number;
      this.underWay.clear();
    });
    this.applying.catch(() => (this.isBehind = true));
    return this.applying;
  }

  /** Does to the indexes what the last batches would have done, had they not been cut off. */
  private async catchUp(): Promise<void> {
    const stored = await this.index.get(storedKey(APPLIED, 0));
    const applied = stored === undefined ? 0 : APPLIED.value.decode(stored);
    const range = { gte: Uint8Array.of(REDO.number), lt: Uint8Array.of(REDO.number + 1) };
    const entries = await this.main.iterator(range).all();
    const redos = entries.map(([key, value]) => ({ place: REDO.key.decode(key.subarray(1)), ...decodeRedo(value) }));
    redos.sort((one, other) => one.number - other.number);
    const number = redos.at(-1)?.number ?? 0;
    const missing = redos.filter((redo) => redo.number > applied);
    // Not of the same store, or not of the same day: the newest redo stays, and those that the indexes lack do.
    if (number < applied || missing.some((redo, i) => redo.number !== applied + 1 + i))
      throw new StorageError("storage.damaged", { file: INDEX_FOLDER });
    this.number = number;
    this.taken = this.applied = applied;
    for (const redo of redos) this.redos.set(redo.place, redo.number);
    for (const { operations } of missing) this.lack(operations);
    await this.apply();
  }
}

const valueOf = (operation: Operation): Uint8Array | undefined =>
  operation.type === "put" ? operation.value : undefined;

function writeSynced(database: Database, operations: readonly Operation[]): Promise<void> {
  // One by one: a list is copied object by object on the way to the engine.
  const batch = database.batch();
  for (const operation of operations)
    if (operation.type === "put") batch.put(operation.key, operation.value);
    else batch.del(operation.key);
  return batch.write({ sync: true });
}

const causeOf = (error: unknown): unknown => (error instanceof Error ? error.cause : undefined);
const codeOf = (error: unknown): unknown =>
  typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
