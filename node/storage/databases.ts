import { join } from "node:path";
import { Level } from "level";
import { StorageError } from "./errors.ts";
import { APPLIED, FIRST_INDEX, REDO } from "./keyspaces.ts";
import { decodeRedo, encodeRedo } from "./redo.ts";
import { put, storedKey, type Operation } from "./store.ts";

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

const isIndex = (space: number | undefined): boolean => space !== undefined && space >= FIRST_INDEX;

/**
 * The two databases of the engine that a store consists of, written as one. What comes in order, a record's parts above all,
 * the engine sorts once; an index, whose keys come in no order, it sorts again and again, and all that lies in the same
 * files with it: indexes have their own. A batch that touches one writes, with the rest of itself, what it does to it; then it is
 * durable, and the index follows.
 */
export class Databases {
  private readonly main: Database;
  private readonly index: Database;
  /** Of the last batch that touched an index. */
  private number = 0;
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

  /** The one that holds a space, or a key, whose first byte is its space; with all that was written. */
  async of(space: number | undefined): Promise<Database> {
    if (!isIndex(space)) return this.main;
    await this.applying;
    return this.index;
  }

  /**
   * All or nothing, and on disk when it resolves. One at a time, when the one before is settled; after one that failed the
   * databases are to be opened again.
   */
  async write(operations: readonly Operation[]): Promise<void> {
    const indexed: Operation[] = [];
    const others: Operation[] = [];
    for (const operation of operations) (isIndex(operation.key[0]) ? indexed : others).push(operation);
    if (indexed.length > 0) {
      this.number++;
      others.push(put(REDO, 0, encodeRedo({ number: this.number, operations: indexed })));
    }
    // Crash before this line: nothing of it happened. After it: all of it, for the next start does to the indexes what is left.
    await writeSynced(this.main, others);
    if (indexed.length === 0) return;
    this.applying = this.apply(this.number, indexed);
    this.applying.catch(() => (this.isBehind = true));
  }

  /** Resolves when the indexes have what the last write brought, or could not be written. */
  async settled(): Promise<void> {
    await this.applying.catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.settled();
    await Promise.all(this.all.map((database) => database.close()));
  }

  /** Does to the indexes what the last batch would have done, had it not been cut off. */
  private async catchUp(): Promise<void> {
    const redo = await this.main.get(storedKey(REDO, 0));
    const applied = await this.index.get(storedKey(APPLIED, 0));
    const { number, operations } = redo === undefined ? NOTHING_TO_DO : decodeRedo(redo);
    const done = applied === undefined ? 0 : APPLIED.value.decode(applied);
    this.number = number;
    if (done === number) return;
    // Not of the same store, or not of the same day.
    if (done !== number - 1) throw new StorageError("storage.damaged", { file: INDEX_FOLDER });
    await this.apply(number, operations);
  }

  private apply(number: number, operations: readonly Operation[]): Promise<void> {
    return writeSynced(this.index, [...operations, put(APPLIED, 0, number)]);
  }
}

const NOTHING_TO_DO = { number: 0, operations: [] };

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
