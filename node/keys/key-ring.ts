import { createSecretKey, type KeyObject } from "node:crypto";
import { equalBytes, fromHex, toHex, type Hex } from "../../sdk/protocol/bytes.ts";
import { silentLog, systemTimer, type Log, type RandomBytes, type Timer } from "../ports.ts";
import { META } from "../storage/keyspaces.ts";
import { FIRST_STORE_FORMAT, STORE_FORMAT } from "../storage/level-store.ts";
import { Serial } from "../storage/serial.ts";
import { put, type Store } from "../storage/store.ts";
import { contentIndexKey, derive, hmac, indexDigest, KEY_BYTES, subjectKey } from "./derive.ts";
import { readEpochs, writeEpochs, type EpochsPlace } from "./epochs.ts";
import { KeyError } from "./errors.ts";
import { compactSpaces, renewed, renewSpaces } from "./renewal.ts";
import { upgradeStore } from "./upgrade.ts";
import { unwrapKey, unwrapKeys, wrapKey, wrapKeys } from "./wrap.ts";

export interface WrappedKey {
  readonly epoch: number;
  readonly wrapped: Uint8Array;
}

/** What index entries of one resource are made with. They open no payload. */
export interface IndexKeys {
  readonly content: KeyObject;
  readonly subject: KeyObject;
}

const CHECK_ENTRY = "keystore";
const EPOCH_ENTRY = "kek-epoch";
/** How long an erased epoch's key stays in memory, for what was wrapped before and is about to be written. */
const FORGET_AFTER_MS = 60_000;

export interface KeyRingOptions extends EpochsPlace {
  /** True writes nothing, and refuses a store that would have to be upgraded. Default false. */
  readonly readOnly?: boolean;
}

export interface KeyRingDependencies {
  readonly store: Store;
  readonly random: RandomBytes;
  readonly timer?: Timer;
  /** Told of an upgrade, which can take minutes. */
  readonly log?: Log;
}

/**
 * The keys of a node's data: wraps and unwraps data keys, digests content and subjects. Data keys are wrapped under the
 * random key of an epoch, which exists in the key folder only, itself wrapped under the keystore's root. Holds the root
 * for as long as the process lives: whoever can read the process's memory can open every payload.
 */
export class KeyRing {
  private readonly options: KeyRingOptions;
  private readonly contentKey: KeyObject;
  private readonly store: Store;
  private readonly random: RandomBytes;
  private readonly timer: Timer;
  private readonly keks: Map<number, KeyObject>;
  /** Erased from the folder and about to leave memory. */
  private readonly leaving = new Map<number, KeyObject>();
  private readonly subjects = new Map<Hex, KeyObject>();
  /** Data keys are read and written back by renewal and deleted by destruction: never both at once, or a deleted key returns. */
  private readonly dataKeys = new Serial();
  private readonly retiring = new Serial();
  private current: number;

  private constructor(
    options: KeyRingOptions,
    keks: Map<number, KeyObject>,
    { store, random, timer = systemTimer }: KeyRingDependencies,
  ) {
    this.options = options;
    this.keks = keks;
    this.current = Math.max(...keks.keys());
    this.contentKey = contentIndexKey(options.root);
    this.store = store;
    this.random = random;
    this.timer = timer;
  }

  /**
   * Opens the key folder of a store, or makes one for a new store. Throws KeyError `key.other-keystore`,
   * `key.epochs-missing`, `key.epochs-damaged`, `key.epochs-behind`, `key.epochs-erased`, `key.length`.
   */
  static async open(options: KeyRingOptions, dependencies: KeyRingDependencies): Promise<KeyRing> {
    const { store, random, log = silentLog } = dependencies;
    const { root, readOnly = false } = options;
    const check = toHex(derive(root, "suyuan/keystore-check/1"));
    const [known, format, noted] = await store.getMany(META, [CHECK_ENTRY, "format", EPOCH_ENTRY]);
    if (known !== undefined && !equalBytes(fromHex(known), fromHex(check))) throw new KeyError("key.other-keystore");
    const hasDerivedEpochs = format === FIRST_STORE_FORMAT;
    const isOlder = format !== STORE_FORMAT;
    const epoch = noted === undefined ? undefined : Number(noted);
    const found = await readEpochs(options);
    if (found === undefined && ((known !== undefined && !hasDerivedEpochs) || readOnly))
      throw new KeyError("key.epochs-missing");
    const first = hasDerivedEpochs ? (epoch ?? 0) + 1 : 0;
    const keks = new Map(found ?? [[first, createSecretKey(random(KEY_BYTES))]]);
    if (found !== undefined && !hasDerivedEpochs && epoch !== undefined) checkAge(keks, epoch);
    // Crash after this line: the folder has a key that nothing uses, and the next start goes on with it.
    if (found === undefined) await writeEpochs(options, keks);
    const ring = new KeyRing(options, keks, dependencies);
    if (readOnly) return ring;
    if (isOlder) await upgradeStore({ root, hasDerivedEpochs, ring, store, random, log });
    if (known === undefined || epoch !== ring.current || isOlder) {
      const entries = { [CHECK_ENTRY]: check, [EPOCH_ENTRY]: String(ring.current), format: STORE_FORMAT };
      await store.write(Object.entries(entries).map(([key, value]) => put(META, key, value)));
    }
    store.interceptWrites((operations) => renewed(operations, ring));
    return ring;
  }

  get epoch(): number {
    return this.current;
  }

  /** The oldest epoch whose key exists: data under earlier ones can be read by nobody. */
  get oldestEpoch(): number {
    return Math.min(...this.keks.keys());
  }

  newDataKey(): Uint8Array {
    return this.random(KEY_BYTES);
  }

  /** Many data keys in one buffer, 32 bytes each. */
  newDataKeys(count: number): Uint8Array {
    return this.random(count * KEY_BYTES);
  }

  wrap(dataKey: Uint8Array): WrappedKey {
    return { epoch: this.current, wrapped: wrapKey(this.kek(this.current), dataKey) };
  }

  /** As `wrap`, of each: many together cost a fraction of as many one by one. */
  wrapAll(dataKeys: readonly Uint8Array[]): readonly WrappedKey[] {
    const epoch = this.current;
    return wrapKeys(this.kek(epoch), dataKeys).map((wrapped) => ({ epoch, wrapped }));
  }

  /** Throws KeyError `key.unwrap-failed`. */
  unwrap(wrapped: WrappedKey): Uint8Array {
    const key = this.findUnwrapped(wrapped);
    if (key === undefined) throw new KeyError("key.unwrap-failed", { epoch: wrapped.epoch });
    return key;
  }

  /** Undefined when the bytes were not wrapped under an epoch that still exists. */
  findUnwrapped({ epoch, wrapped }: WrappedKey): Uint8Array | undefined {
    const kek = this.existing(epoch);
    return kek && unwrapKey(kek, wrapped);
  }

  /** As `findUnwrapped`, of each. */
  findUnwrappedAll(keys: readonly (WrappedKey | undefined)[]): readonly (Uint8Array | undefined)[] {
    const found = keys.map((): Uint8Array | undefined => undefined);
    const wrapped = keys.flatMap((key, at) => (key === undefined ? [] : [{ ...key, at }]));
    for (const [epoch, group] of Map.groupBy(wrapped, ({ epoch }) => epoch)) {
      const kek = this.existing(epoch);
      if (kek === undefined) continue;
      const opened = unwrapKeys(
        kek,
        group.map(({ wrapped }) => wrapped),
      );
      for (const [i, { at }] of group.entries()) found[at] = opened[i];
    }
    return found;
  }

  /** Keyed digest for the indexes: equal content is found, content cannot be guessed from the index. */
  contentDigest(use: string, ...parts: readonly (Uint8Array | string)[]): Uint8Array {
    return indexDigest(this.contentKey, use, ...parts);
  }

  /** The header's `subject`: HMAC-SHA-256 of the business key under the resource's key (SPEC §5). */
  subject(resource: Hex, businessKey: string): Hex {
    return hmac(this.indexKeys(resource).subject, businessKey);
  }

  /** The keys under which `contentDigest` and `subject` are made, for the worker threads of this process. */
  indexKeys(resource: Hex): IndexKeys {
    let subject = this.subjects.get(resource);
    if (subject === undefined) this.subjects.set(resource, (subject = subjectKey(this.options.root, resource)));
    return { content: this.contentKey, subject };
  }

  /**
   * Erases the keys of every epoch up to `through`, after what is alive under them was wrapped under a newer one: copies
   * of the store made before then open nowhere. Repeating it is harmless. Throws KeyError `key.renewal-damaged` (nothing
   * is erased), StorageError.
   */
  retire(through: number): Promise<void> {
    return this.retiring.run(async () => {
      if (this.oldestEpoch > through) return;
      if (this.current <= through) await this.rotate();
      await this.store.write([put(META, EPOCH_ENTRY, String(this.current))]);
      await this.renewAll();
      await this.erase(through);
    });
  }

  /** Replaces the copy of the epoch keys in another folder by what exists now. */
  copyTo(folder: string): Promise<void> {
    return this.retiring.run(() => writeEpochs({ folder, root: this.options.root }, this.keks));
  }

  /** Runs an action that no other reading and writing back of data keys overlaps. */
  exclusive<T>(action: () => Promise<T>): Promise<T> {
    return this.dataKeys.run(action);
  }

  /** Begins the next epoch: new data keys are wrapped under it. */
  private async rotate(): Promise<void> {
    const next = this.current + 1;
    const kek = createSecretKey(this.random(KEY_BYTES));
    // Crash before this line: the old epoch goes on. After it: the next start goes on with the new one.
    await writeEpochs(this.options, new Map([...this.keks, [next, kek]]));
    this.keks.set(next, kek);
    this.current = next;
  }

  /**
   * Wraps every key of an earlier epoch under the current one, then rewrites the files so that no old wrapping stays.
   * Crash at any point: each key is wrapped under exactly one epoch and names it; the older epochs still exist.
   */
  private async renewAll(): Promise<void> {
    // What the engine was given before the rotation names an old epoch; what it is given from now on does not.
    await this.store.settled();
    let total = 0;
    for (let found = -1; found !== 0; total += found) {
      // The last round finds nothing: that, and not the counting of the first, is why the old keys may go.
      const { renewed, damaged } = await renewSpaces(this, this.store);
      if (damaged > 0) throw new KeyError("key.renewal-damaged", { count: damaged });
      found = renewed;
    }
    if (total === 0) return;
    await compactSpaces(this.store);
  }

  private async erase(through: number): Promise<void> {
    const kept = [...this.keks].filter(([epoch]) => epoch > through);
    // Crash before this line: everything can still be read, and whoever wanted this asks again. After it: the epochs are gone.
    await writeEpochs(this.options, new Map(kept));
    for (const [epoch, kek] of this.keks) {
      if (epoch > through) continue;
      this.keks.delete(epoch);
      this.leaving.set(epoch, kek);
      this.timer(FORGET_AFTER_MS, () => this.leaving.delete(epoch));
    }
  }

  /** One that was erased a moment ago still opens what is on its way to be renewed. */
  private existing(epoch: number): KeyObject | undefined {
    return this.keks.get(epoch) ?? this.leaving.get(epoch);
  }

  private kek(epoch: number): KeyObject {
    const kek = this.keks.get(epoch);
    if (kek === undefined) throw new KeyError("key.unwrap-failed", { epoch });
    return kek;
  }
}

/** The store notes the newest epoch after the folder has it: what the folder lacks tells which of the two is an old copy. */
function checkAge(keks: ReadonlyMap<number, KeyObject>, epoch: number): void {
  const newest = Math.max(...keks.keys());
  const oldest = Math.min(...keks.keys());
  if (newest < epoch) throw new KeyError("key.epochs-behind", { found: newest, wanted: epoch });
  if (oldest > epoch) throw new KeyError("key.epochs-erased", { found: epoch, oldest });
}
