import type { Hex } from "../../sdk/protocol/bytes.ts";
import type { EventFeed } from "../records/events.ts";
import {
  OPEN_TRANSACTIONS,
  OUTCOMES,
  type StoredEvent,
  type StoredReceipt,
  type StoredTransaction,
} from "../storage/keyspaces.ts";
import { del, put, type Operation, type Store } from "../storage/store.ts";

export interface OpenTransaction extends StoredTransaction {
  readonly nonce: number;
}

/** A transaction with a receipt that a replaced block may still take back. */
export type Settled = OpenTransaction & { readonly receipt: StoredReceipt };

/** Further operations and events of the same write. */
export interface Alongside {
  readonly operations: readonly Operation[];
  readonly events: readonly StoredEvent[];
}

const NOTHING: Alongside = { operations: [], events: [] };

/** The nonces of the account that no final block has used, as the store has them. */
export class OpenTransactions {
  private readonly store: Store;
  private readonly feed: EventFeed;
  private readonly entries = new Map<number, OpenTransaction>();
  private loaded: Promise<void> | undefined;

  constructor({ store, feed }: { readonly store: Store; readonly feed: EventFeed }) {
    this.store = store;
    this.feed = feed;
  }

  get size(): number {
    return this.entries.size;
  }

  /** Reads the store unless what was read is still good. Every use begins with it. */
  load(): Promise<void> {
    this.loaded ??= this.read().catch((error: unknown) => {
      this.loaded = undefined;
      throw error;
    });
    return this.loaded;
  }

  get(nonce: number): OpenTransaction | undefined {
    return this.entries.get(nonce);
  }

  /** The first nonce above all of ours. */
  get nextNonce(): number {
    return Math.max(-1, ...this.entries.keys()) + 1;
  }

  /** When the oldest of those without a receipt was signed, in seconds. */
  get waitingSince(): number | undefined {
    const times = this.unsettled().map(({ signedAt }) => signedAt);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** Those without a receipt, in nonce order. */
  unsettled(): OpenTransaction[] {
    return [...this.entries.values()].filter(({ receipt }) => receipt === undefined).sort((a, b) => a.nonce - b.nonce);
  }

  /** Makes a newly signed transaction durable. */
  async sign(entry: OpenTransaction, { operations, events }: Alongside = NOTHING): Promise<void> {
    const { nonce, key, hash } = entry;
    await this.keep(entry, [put(OUTCOMES, key, { nonce, transaction: hash }), ...operations], events);
  }

  /** Replaces the bytes of a nonce. */
  replace(entry: OpenTransaction): Promise<void> {
    return this.keep(entry, []);
  }

  /** Notes the receipt; `final` ends the nonce at once. */
  async settle(entry: OpenTransaction, receipt: StoredReceipt, { final }: { readonly final: boolean }): Promise<void> {
    const { nonce, key } = entry;
    const outcome = put(OUTCOMES, key, { nonce, transaction: receipt.transaction, receipt });
    // Crash before this line: the receipt is found again at the next start.
    if (!final) return this.keep({ ...entry, receipt }, [outcome]);
    await this.store.write([del(OPEN_TRANSACTIONS, nonce), outcome]);
    this.entries.delete(nonce);
  }

  /** Gives up a nonce that somebody else's transaction took: its key is free again. */
  async drop({ nonce, key }: OpenTransaction): Promise<void> {
    await this.store.write([del(OPEN_TRANSACTIONS, nonce), del(OUTCOMES, key)]);
    this.entries.delete(nonce);
  }

  /** Those with a receipt, in nonce order. */
  settled(): Settled[] {
    return [...this.entries.values()].filter((entry): entry is Settled => entry.receipt !== undefined);
  }

  /** Takes a receipt back. */
  async reopen({ receipt: _gone, ...signed }: Settled): Promise<void> {
    await this.sign(signed);
  }

  /** Ends nonces for good. */
  async finalise(settled: readonly Settled[]): Promise<void> {
    if (settled.length === 0) return;
    await this.store.write(settled.map(({ nonce }) => del(OPEN_TRANSACTIONS, nonce)));
    for (const { nonce } of settled) this.entries.delete(nonce);
  }

  /** The receipt of a key's newest transaction, and whether one was signed that is still under way. */
  async outcomeOf(key: string): Promise<{ readonly signed: boolean; readonly receipt?: StoredReceipt }> {
    const outcome = await this.store.get(OUTCOMES, key);
    if (outcome === undefined) return { signed: false };
    const entry = this.entries.get(outcome.nonce);
    const open = entry?.key === key ? entry : undefined;
    // What is open knows of a reorganisation; what is not, is final.
    const receipt = open === undefined ? outcome.receipt : open.receipt;
    return { signed: open !== undefined || receipt !== undefined, ...(receipt && { receipt }) };
  }

  private async read(): Promise<void> {
    this.entries.clear();
    for await (const [nonce, entry] of this.store.iterate(OPEN_TRANSACTIONS))
      this.entries.set(nonce, { nonce, ...entry });
  }

  private async keep(
    { nonce, ...entry }: OpenTransaction,
    operations: readonly Operation[],
    events: readonly StoredEvent[] = [],
  ): Promise<void> {
    try {
      await this.feed.commit([put(OPEN_TRANSACTIONS, nonce, entry), ...operations], events);
    } catch (error) {
      // It may have been written: only the store knows whether the nonce is taken.
      this.loaded = undefined;
      throw error;
    }
    this.entries.set(nonce, { nonce, ...entry });
  }
}

export const hashesOf = ({ hash, rivals }: StoredTransaction): readonly Hex[] => [hash, ...rivals];
