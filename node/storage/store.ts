import type { Codec, KeyCodec } from "./codecs.ts";

/** A named part of the store: all keys that begin with its number. `keyspaces.ts` lists every one. */
export interface Space<K, V> {
  readonly number: number;
  readonly name: string;
  /** Version of the stored form of keys and values. */
  readonly version: number;
  readonly key: KeyCodec<K>;
  readonly value: Codec<V>;
}

export type Operation =
  | { readonly type: "put"; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly type: "del"; readonly key: Uint8Array };

export const storedKey = <K, V>(space: Space<K, V>, key: K): Uint8Array => space.key.encodeKey(key, space.number);

export const put = <K, V>(space: Space<K, V>, key: K, value: V): Operation => ({
  type: "put",
  key: storedKey(space, key),
  value: space.value.encode(value),
});

export const del = <K, V>(space: Space<K, V>, key: K): Operation => ({ type: "del", key: storedKey(space, key) });

/** A key as a string, for a map. */
export const nameOf = (key: Uint8Array): string =>
  (Buffer.isBuffer(key) ? key : Buffer.from(key.buffer, key.byteOffset, key.length)).toString("latin1");

export interface RangeOptions<K> {
  readonly gt?: K;
  readonly gte?: K;
  readonly lt?: K;
  readonly lte?: K;
  /** Default false: ascending. */
  readonly reverse?: boolean;
}

export type Entry<K, V> = readonly [key: K, value: V];

export interface Lease {
  readonly name: string;
  release(): void;
}

/** The number of entries, and SHA-256 over every key and value in order, each with its length (four bytes) before it. */
export interface ContentDigest {
  readonly entries: number;
  readonly digest: Uint8Array;
}

/** What a search through the store's files found. */
export interface ScanReport {
  readonly files: number;
  readonly bytes: number;
  /** Files in which at least one of the probes occurs. */
  readonly found: readonly string[];
}

export interface WriteOptions {
  /** Default 0. */
  readonly patienceMs?: number;
}

/**
 * Ordered bytes with atomic, durable batches. Every method throws StorageError `storage.closed`, `storage.unavailable`,
 * `storage.unreadable`.
 */
export interface Store {
  /** Grows by one each time the store was reopened after a failed write: whatever was cached from it must be read again. */
  readonly generation: number;
  get<K, V>(space: Space<K, V>, key: K): Promise<V | undefined>;
  getMany<K, V>(space: Space<K, V>, keys: readonly K[]): Promise<(V | undefined)[]>;
  /** At most `limit` entries of a range. */
  page<K, V>(space: Space<K, V>, options: RangeOptions<K> & { readonly limit: number }): Promise<Entry<K, V>[]>;
  /** As `page`, without the keys. */
  values<K, V>(space: Space<K, V>, options: RangeOptions<K> & { readonly limit: number }): Promise<V[]>;
  /** All entries of a range, read page by page: entries written meanwhile may or may not be seen. */
  iterate<K, V>(space: Space<K, V>, options?: RangeOptions<K>): AsyncIterable<Entry<K, V>>;
  /**
   * All or nothing; when it resolves the operations survive a power cut. Throws `storage.indeterminate` when the disk
   * failed: then all or none of it happened, and the caller finds out by reading. What is written later is on disk no earlier:
   * with `patienceMs` it waits so long at most for a later write, and goes with that.
   */
  write(operations: readonly Operation[], options?: WriteOptions): Promise<void>;
  /** Every batch passes through `change` just before the engine gets it. */
  interceptWrites(change: (operations: readonly Operation[]) => readonly Operation[]): void;
  /** Resolves when every write that is under way has ended, well or not. */
  settled(): Promise<void>;
  /** Rewrites the files that hold a key, or a whole space, so that what was deleted or replaced there is gone from them. For spaces whose keys have one length. */
  compact<K, V>(space: Space<K, V>, key?: K): Promise<void>;
  /** Copies one moment of the store into a new folder, durably, while it is written to. */
  copyTo(location: string): Promise<ContentDigest>;
  /** What the store holds at one moment. */
  digest(): Promise<ContentDigest>;
  /** Searches the store's files for byte sequences. */
  scanFiles(probes: readonly Uint8Array[]): Promise<ScanReport>;
  /** The right to be the only worker of a name; ends with the process. Throws `storage.lease-held`. */
  lease(name: string): Lease;
  close(): Promise<void>;
}
