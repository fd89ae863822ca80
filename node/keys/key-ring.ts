import type { KeyObject } from "node:crypto";
import { equalBytes, fromHex, toHex, utf8, type Hex } from "../../sdk/protocol/bytes.ts";
import type { RandomBytes } from "../ports.ts";
import { DATA_KEYS, META } from "../storage/keyspaces.ts";
import { Serial } from "../storage/serial.ts";
import { put, type Operation, type Store } from "../storage/store.ts";
import { contentIndexKey, derive, hmac, KEY_BYTES, keyEncryptionKey, subjectKey } from "./derive.ts";
import { KeyError } from "./errors.ts";
import { unwrapKey, wrapKey } from "./wrap.ts";

export interface WrappedKey {
  readonly epoch: number;
  readonly wrapped: Uint8Array;
}

const CHECK_ENTRY = "keystore";
const EPOCH_ENTRY = "kek-epoch";
const REWRAP_ENTRIES = 256;

/**
 * The keys of a node's data: wraps and unwraps data keys, digests content and subjects. Holds the root for as long as the
 * process lives: whoever can read the process's memory, or has the keystore and its password, can open every payload.
 */
export class KeyRing {
  private readonly root: Uint8Array;
  private readonly contentKey: KeyObject;
  private readonly store: Store;
  private readonly random: RandomBytes;
  private readonly keks = new Map<number, KeyObject>();
  private readonly subjects = new Map<Hex, KeyObject>();
  /** Data keys are read and written back by `rewrap` and deleted by destruction: never both at once, or a deleted key returns. */
  private readonly dataKeys = new Serial();
  private current: number;

  private constructor({ root, epoch }: { root: Uint8Array; epoch: number }, { store, random }: KeyRingDependencies) {
    this.root = root;
    this.contentKey = contentIndexKey(root);
    this.current = epoch;
    this.store = store;
    this.random = random;
  }

  /** Throws KeyError `key.other-keystore` when the store was made with another root, `key.length`. */
  static async open({ root }: { readonly root: Uint8Array }, dependencies: KeyRingDependencies): Promise<KeyRing> {
    const { store } = dependencies;
    const check = toHex(derive(root, "suyuan/keystore-check/1"));
    const known = await store.get(META, CHECK_ENTRY);
    if (known === undefined) await store.write([put(META, CHECK_ENTRY, check)]);
    else if (!equalBytes(fromHex(known), fromHex(check))) throw new KeyError("key.other-keystore");
    return new KeyRing({ root, epoch: Number((await store.get(META, EPOCH_ENTRY)) ?? 0) }, dependencies);
  }

  get epoch(): number {
    return this.current;
  }

  newDataKey(): Uint8Array {
    return this.random(KEY_BYTES);
  }

  wrap(dataKey: Uint8Array): WrappedKey {
    return { epoch: this.current, wrapped: wrapKey(this.kek(this.current), dataKey) };
  }

  /** Throws KeyError `key.unwrap-failed`. */
  unwrap({ epoch, wrapped }: WrappedKey): Uint8Array {
    const key = unwrapKey(this.kek(epoch), wrapped);
    if (key === undefined) throw new KeyError("key.unwrap-failed", { epoch });
    return key;
  }

  /** Keyed digest for the indexes: equal content is found, content cannot be guessed from the index. */
  contentDigest(use: string, ...parts: readonly Uint8Array[]): Uint8Array {
    return hmac(this.contentKey, utf8(`${use}\n`), ...parts);
  }

  /** The header's `subject`: HMAC-SHA-256 of the business key under the resource's key (SPEC §5). */
  subject(resource: Hex, businessKey: string): Hex {
    let key = this.subjects.get(resource);
    if (key === undefined) this.subjects.set(resource, (key = subjectKey(this.root, resource)));
    return toHex(hmac(key, utf8(businessKey)));
  }

  /** Begins the next epoch: new data keys are wrapped under it. Crash before the write: the old epoch goes on. */
  async rotate(): Promise<number> {
    const next = this.current + 1;
    await this.store.write([put(META, EPOCH_ENTRY, String(next))]);
    this.current = next;
    return next;
  }

  /**
   * Wraps every data key of an earlier epoch under the current one, then rewrites the files so that no old wrapping stays.
   * Crash at any point: each key is wrapped under exactly one epoch and names it; call again.
   */
  async rewrap(onProgress: (rewrapped: number) => void = () => undefined): Promise<number> {
    let rewrapped = 0;
    let after: { scope: Hex; seq: number } | undefined;
    for (;;) {
      const page = await this.exclusive(async () => {
        const range = after === undefined ? {} : { gt: after };
        const entries = await this.store.page(DATA_KEYS, { ...range, limit: REWRAP_ENTRIES });
        const operations: Operation[] = [];
        for (const [key, value] of entries) {
          if (value.epoch !== this.current)
            operations.push(put(DATA_KEYS, key, { ...value, ...this.wrap(this.unwrap(value)) }));
        }
        if (operations.length > 0) await this.store.write(operations);
        return { last: entries.at(-1)?.[0], rewrapped: operations.length };
      });
      rewrapped += page.rewrapped;
      if (page.last === undefined) break;
      after = page.last;
      onProgress(rewrapped);
    }
    if (rewrapped > 0) await this.store.compact(DATA_KEYS);
    return rewrapped;
  }

  /** Runs an action that no other reading and writing back of data keys overlaps. */
  exclusive<T>(action: () => Promise<T>): Promise<T> {
    return this.dataKeys.run(action);
  }

  private kek(epoch: number): KeyObject {
    let kek = this.keks.get(epoch);
    if (kek === undefined) this.keks.set(epoch, (kek = keyEncryptionKey(this.root, epoch)));
    return kek;
  }
}

export interface KeyRingDependencies {
  readonly store: Store;
  readonly random: RandomBytes;
}
