import type { EventWebhook, WebhookBody } from "../../sdk/client/routes/events.ts";
import { postSigned, type PostDependencies } from "../exchange/signed-post.ts";
import type { Log, Timer } from "../ports.ts";
import { WEBHOOKS, type StoredWebhook } from "../storage/keyspaces.ts";
import { Serial } from "../storage/serial.ts";
import { del, put, type Store } from "../storage/store.ts";
import { RecordError } from "./errors.ts";
import type { EventFeed } from "./events.ts";
import type { LifeEvent } from "./model.ts";

export interface WebhookOptions {
  /** `host:port` of every receiver that may be told; anything else is refused. */
  readonly hosts: readonly string[];
  /** The pause after a first failure; each further one doubles it. */
  readonly retryMs?: number;
}

export interface WebhookDependencies extends PostDependencies {
  readonly store: Store;
  readonly feed: EventFeed;
  readonly timer: Timer;
  readonly log: Log;
  readonly newId: () => string;
}

const MAXIMUM_WEBHOOKS = 100;
/** Events in one POST. */
const PAGE_EVENTS = 200;
const RETRY_MS = 1000;
const LONGEST_RETRY_MS = 300_000;

interface Attempts {
  failures: number;
  cancel: () => void;
}

/** Tells receivers outside what happened to records: in order, at least once, from a durable cursor. Each goes at its own pace. */
export class Webhooks {
  private readonly hosts: ReadonlySet<string>;
  private readonly retryMs: number;
  private readonly dependencies: WebhookDependencies;
  private readonly changing = new Serial();
  private readonly telling = new Map<string, Promise<void>>();
  /** Of receivers that did not take the last POST: they are let alone until their timer ends. */
  private readonly failing = new Map<string, Attempts>();
  /** Undefined when only the store knows them. Every event asks for them, and most nodes have none. */
  private ids: readonly string[] | undefined;
  private unsubscribe: () => void = () => undefined;
  private closed = false;

  constructor({ hosts, retryMs = RETRY_MS }: WebhookOptions, dependencies: WebhookDependencies) {
    this.hosts = new Set(hosts);
    this.retryMs = retryMs;
    this.dependencies = dependencies;
  }

  async start(): Promise<void> {
    this.unsubscribe = this.dependencies.feed.subscribe(() => void this.wake());
    await this.wake();
  }

  async stop(): Promise<void> {
    this.closed = true;
    this.unsubscribe();
    for (const { cancel } of this.failing.values()) cancel();
    await Promise.all(this.telling.values());
  }

  /** Throws RecordError `webhook.host`, `webhook.full`, `events.cursor`. */
  async add({
    url,
    changes,
    cursor,
  }: Pick<StoredWebhook, "url" | "changes"> & { readonly cursor?: number | undefined }) {
    const { store, feed, newId } = this.dependencies;
    this.requireHost(url);
    const newest = await feed.last();
    const { oldest } = await feed.read({ after: 0, limit: 1 });
    if (cursor !== undefined && (cursor > newest || cursor < oldest - 1))
      throw new RecordError("events.cursor", { cursor, oldest, newest });
    const id = newId();
    const stored: StoredWebhook = { url, changes, cursor: cursor ?? newest };
    await this.changing.run(async () => {
      if ((await this.all()).length >= MAXIMUM_WEBHOOKS)
        throw new RecordError("webhook.full", { limit: MAXIMUM_WEBHOOKS });
      this.ids = undefined;
      await store.write([put(WEBHOOKS, id, stored)]);
    });
    this.tell(id);
    return this.shown(id, stored);
  }

  async list(): Promise<readonly EventWebhook[]> {
    return (await this.all()).map(([id, stored]) => this.shown(id, stored));
  }

  /** It is told nothing from now on. Throws RecordError `webhook.unknown`. */
  end(id: string): Promise<EventWebhook> {
    const { store } = this.dependencies;
    return this.changing.run(async () => {
      const stored = await store.get(WEBHOOKS, id);
      if (stored === undefined) throw new RecordError("webhook.unknown");
      this.ids = undefined;
      await store.write([del(WEBHOOKS, id)]);
      const shown = this.shown(id, stored);
      this.failing.get(id)?.cancel();
      this.failing.delete(id);
      return shown;
    });
  }

  private async wake(): Promise<void> {
    try {
      for (const id of this.ids ?? (await this.readIds())) if (!this.failing.has(id)) this.tell(id);
    } catch (error) {
      this.dependencies.log.warn(
        { error: nameOf(error) },
        "the webhooks could not be read; the next event tries again",
      );
    }
  }

  /** Starts telling one receiver all that it has not been told, unless that is under way. */
  private tell(id: string): void {
    if (this.closed || this.telling.has(id)) return;
    const work = this.catchUp(id)
      .catch((error: unknown) => this.failed(id, error))
      .finally(() => this.telling.delete(id));
    this.telling.set(id, work);
  }

  private async catchUp(id: string): Promise<void> {
    const { store, feed } = this.dependencies;
    while (!this.closed) {
      const stored = await store.get(WEBHOOKS, id);
      if (stored === undefined) return;
      // A host may have been taken off the list since.
      this.requireHost(stored.url);
      const { events, oldest } = await feed.read({ after: stored.cursor, limit: PAGE_EVENTS });
      const until = events.at(-1)?.cursor;
      if (until === undefined) return;
      const body = bodyOf(id, { ...stored, events, oldest, until });
      if (body.events.length > 0 || body.dropped !== undefined) await postSigned(stored.url, body, this.dependencies);
      // Crash before this line: the receiver took these events and gets them again, under the same cursors.
      await this.changing.run(async () => {
        if ((await store.get(WEBHOOKS, id)) !== undefined)
          await store.write([put(WEBHOOKS, id, { ...stored, cursor: until })]);
      });
      this.failing.delete(id);
    }
  }

  private failed(id: string, error: unknown): void {
    if (this.closed) return;
    const failures = (this.failing.get(id)?.failures ?? 0) + 1;
    const delayMs = Math.min(LONGEST_RETRY_MS, this.retryMs * 2 ** Math.min(failures - 1, 30));
    const cancel = this.dependencies.timer(delayMs, () => this.tell(id));
    this.failing.set(id, { failures, cancel });
    this.dependencies.log.warn(
      { webhook: id, error: nameOf(error), failures },
      "a webhook was not told; it is tried again",
    );
  }

  private requireHost(url: string): void {
    const { protocol, hostname, port } = new URL(url);
    const host = `${hostname}:${port === "" ? (protocol === "https:" ? "443" : "80") : port}`;
    if (!this.hosts.has(host)) throw new RecordError("webhook.host", { host });
  }

  private readIds(): Promise<readonly string[]> {
    return this.changing.run(async () => (this.ids = (await this.all()).map(([id]) => id)));
  }

  private all() {
    return this.dependencies.store.page(WEBHOOKS, { limit: MAXIMUM_WEBHOOKS });
  }

  private shown(id: string, { url, changes, cursor }: StoredWebhook): EventWebhook {
    return { id, url, changes: [...changes], cursor, failures: this.failing.get(id)?.failures ?? 0 };
  }
}

interface Telling extends StoredWebhook {
  readonly events: readonly LifeEvent[];
  readonly oldest: number;
  readonly until: number;
}

function bodyOf(id: string, { cursor: after, changes, events, oldest, until }: Telling): WebhookBody {
  const wanted = changes.length === 0 ? events : events.filter(({ change }) => changes.includes(change));
  return {
    ...{ format: "suyuan/events/1", webhook: id, after, until },
    ...(after < oldest - 1 && { dropped: { from: after + 1, until: oldest - 1 } }),
    events: wanted.map(({ detail, ...event }) => ({ ...event, ...(detail && { detail: { ...detail } }) })),
  };
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : "unknown");
