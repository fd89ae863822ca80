import { EVENTS, type StoredEvent } from "../storage/keyspaces.ts";
import { Serial } from "../storage/serial.ts";
import { del, put, type Operation, type Store } from "../storage/store.ts";
import type { LifeEvent } from "./model.ts";

export interface EventFeedOptions {
  /** Events kept at most; older ones are dropped. Default: all are kept. */
  readonly retain?: number;
}

const PRUNE_ENTRIES = 256;
/** More than one write holds. */
const MISSED_ENTRIES = 4096;

/** The durable, numbered list of what happened to records. Every change of a record's life is written through here, together with its event. */
export class EventFeed {
  private readonly store: Store;
  private readonly retain: number;
  private readonly writing = new Serial();
  private told = 0;
  /** The newest cursor; undefined when only the store knows it. */
  private newest: number | undefined;
  private doubtful = false;
  private readonly listeners = new Set<(events: readonly LifeEvent[]) => void>();

  constructor({ retain = Number.POSITIVE_INFINITY }: EventFeedOptions, { store }: { readonly store: Store }) {
    this.store = store;
    this.retain = retain;
  }

  /**
   * Writes operations and the events that tell of them in one synced batch. One at a time, so that a reader who has seen
   * cursor n has seen all before it. Throws StorageError `storage.indeterminate`.
   */
  commit(operations: readonly Operation[], events: readonly StoredEvent[]): Promise<void> {
    return this.writing.run(async () => {
      if (this.doubtful) await this.tellMissed();
      // After an indeterminate write only the store knows which cursors are taken.
      const next = events.length === 0 ? 0 : (this.newest ?? (await this.last())) + 1;
      const numbered = events.map((event, i): LifeEvent => ({ cursor: next + i, ...event }));
      if (numbered.length > 0) this.told = next - 1;
      // Crash before this line: neither the change nor its event happened. After it: both did, and whoever was not told reads the feed.
      try {
        await this.store.write([...operations, ...events.map((event, i) => put(EVENTS, next + i, event))]);
      } catch (error) {
        this.newest = undefined;
        this.doubtful = numbered.length > 0;
        await this.tellMissed().catch(() => undefined);
        throw error;
      }
      if (numbered.length === 0) return;
      this.newest = next + numbered.length - 1;
      this.tell(numbered);
      // What is dropped late is dropped with a later event.
      await this.prune(this.newest).catch(() => undefined);
    });
  }

  /** A write of unknown outcome may have happened: then its events are in the store, and nobody was told. */
  private async tellMissed(): Promise<void> {
    if (!this.doubtful) return;
    const entries = await this.store.page(EVENTS, { gt: this.told, limit: MISSED_ENTRIES });
    this.doubtful = false;
    if (entries.length > 0) this.tell(entries.map(([cursor, event]) => ({ cursor, ...event })));
  }

  private tell(events: readonly LifeEvent[]): void {
    this.told = events.at(-1)?.cursor ?? this.told;
    for (const listener of this.listeners) listener(events);
  }

  async read({ after, limit }: { readonly after: number; readonly limit: number }): Promise<{
    readonly events: readonly LifeEvent[];
    readonly oldest: number;
  }> {
    const [oldest] = await this.store.page(EVENTS, { limit: 1 });
    const entries = await this.store.page(EVENTS, { gt: after, limit });
    return { events: entries.map(([cursor, event]) => ({ cursor, ...event })), oldest: oldest?.[0] ?? 1 };
  }

  /** The listener must not throw. */
  subscribe(listener: (events: readonly LifeEvent[]) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** The newest cursor; 0 before the first event. */
  async last(): Promise<number> {
    const [newest] = await this.store.page(EVENTS, { limit: 1, reverse: true });
    return newest?.[0] ?? 0;
  }

  private async prune(newest: number): Promise<void> {
    // Only now and then, so that one write in many pays for it.
    if (!(newest > this.retain) || newest % PRUNE_ENTRIES !== 0) return;
    const old = await this.store.page(EVENTS, { lte: newest - this.retain, limit: 2 * PRUNE_ENTRIES });
    if (old.length > 0) await this.store.write(old.map(([cursor]) => del(EVENTS, cursor)));
  }
}
