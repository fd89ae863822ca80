import type { z } from "zod";
import type { ServerSentEvent } from "../../sdk/client/route.ts";
import type { ProjectAlert, subscribeToProjects } from "../../sdk/client/routes/project-alerts.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import { explain } from "../../sdk/oversight/project/flag.ts";
import { postSigned, type PostDependencies } from "../exchange/signed-post.ts";
import type { Log } from "../ports.ts";
import { PROJECT_ALERTS, PROJECT_SUBSCRIPTIONS } from "../storage/keyspaces.ts";
import { Serial } from "../storage/serial.ts";
import { del, put, type Store } from "../storage/store.ts";
import type { StoredAlert, StoredSubscription } from "../storage/stored-projects.ts";
import { ProjectError } from "./errors.ts";

export interface AlertDependencies extends PostDependencies {
  readonly store: Store;
  readonly journal: Hex;
  readonly newId: () => string;
  readonly log: Log;
}

export interface AlertFilter {
  readonly projects: readonly string[];
  readonly rules: readonly string[];
}

type Subscription = z.output<(typeof subscribeToProjects)["response"]["schema"]>;

const PAGE = 200;
const MAXIMUM_SUBSCRIPTIONS = 1000;

/** Flags as they are recorded, to those who asked to be told. A cursor is the number of the flag's record. */
export class ProjectAlerts {
  private readonly dependencies: AlertDependencies;
  private readonly listeners = new Set<() => void>();
  private readonly delivering = new Serial();
  /** Ended since the start: a delivery that is under way does not write them again. */
  private readonly ended = new Set<string>();

  constructor(dependencies: AlertDependencies) {
    this.dependencies = dependencies;
  }

  /** To be called after an alert is durable. */
  readonly wake = (): void => {
    for (const listener of this.listeners) listener();
    void this.deliver();
  };

  /** Alerts after a cursor, then each new one, until `signal` is aborted. */
  async *follow(
    { after, filter }: { readonly after: number | undefined; readonly filter: AlertFilter },
    signal: AbortSignal,
  ): AsyncGenerator<ServerSentEvent<ProjectAlert>> {
    let wake: () => void = () => undefined;
    const listener = () => wake();
    this.listeners.add(listener);
    signal.addEventListener("abort", listener);
    try {
      for (let last = after ?? (await this.newest()); !signal.aborted;) {
        // Made before reading: what is written meanwhile wakes it.
        const woken = new Promise<void>((resolve) => (wake = resolve));
        const entries = await this.dependencies.store.page(PROJECT_ALERTS, { gt: last, limit: PAGE });
        for (const [cursor, alert] of entries) {
          last = cursor;
          if (matches(alert, filter)) yield { id: String(cursor), event: "flag", data: this.told(cursor, alert) };
        }
        if (entries.length === 0 && !signal.aborted) await woken;
      }
    } finally {
      this.listeners.delete(listener);
      signal.removeEventListener("abort", listener);
    }
  }

  /** Registers a webhook; it is told what happens from now on. */
  async subscribe(by: string, { url, projects, rules }: AlertFilter & { readonly url: string }): Promise<Subscription> {
    const { store, newId } = this.dependencies;
    const id = newId();
    const stored: StoredSubscription = { by, url, projects, rules, cursor: await this.newest() };
    if ((await this.subscriptions()).length >= MAXIMUM_SUBSCRIPTIONS)
      throw new ProjectError("project.subscriptions-full", { limit: MAXIMUM_SUBSCRIPTIONS });
    await store.write([put(PROJECT_SUBSCRIPTIONS, id, stored)]);
    return shown(id, stored);
  }

  /** The webhooks of one department. */
  async list(by: string): Promise<Subscription[]> {
    const subscriptions = await this.subscriptions();
    return subscriptions.flatMap(([id, stored]) => (stored.by === by ? [shown(id, stored)] : []));
  }

  /** Ends a webhook of `by`; it is told nothing from now on. Throws ProjectError `project.subscription-unknown`. */
  async end(by: string, id: string): Promise<Subscription> {
    const { store } = this.dependencies;
    const stored = await store.get(PROJECT_SUBSCRIPTIONS, id);
    if (stored?.by !== by) throw new ProjectError("project.subscription-unknown");
    this.ended.add(id);
    await store.write([del(PROJECT_SUBSCRIPTIONS, id)]);
    return shown(id, stored);
  }

  /** Tells every webhook what it has not been told. What fails is tried again with the next alert or start. */
  deliver(): Promise<void> {
    return this.delivering.run(async () => {
      const { log, ending } = this.dependencies;
      if (ending.aborted) return;
      await Promise.all(
        (await this.subscriptions()).map(([id, subscription]) =>
          this.tell(id, subscription).catch((error: unknown) => {
            const name = error instanceof Error ? error.name : "unknown";
            log.warn({ subscription: id, error: name }, "a webhook could not be told; it is tried again");
          }),
        ),
      );
    });
  }

  private async tell(id: string, subscription: StoredSubscription): Promise<void> {
    const { store, ending } = this.dependencies;
    for (let { cursor } = subscription; !ending.aborted;) {
      const entries = await store.page(PROJECT_ALERTS, { gt: cursor, limit: PAGE });
      if (entries.length === 0) return;
      for (const [number, alert] of entries) {
        if (matches(alert, subscription))
          await postSigned(subscription.url, { cursor: number, ...this.told(number, alert) }, this.dependencies);
        cursor = number;
      }
      if (this.ended.has(id)) return;
      // Crash before this line: these alerts are told again.
      await store.write([put(PROJECT_SUBSCRIPTIONS, id, { ...subscription, cursor })]);
    }
  }

  private subscriptions() {
    return this.dependencies.store.page(PROJECT_SUBSCRIPTIONS, { limit: MAXIMUM_SUBSCRIPTIONS });
  }

  private async newest(): Promise<number> {
    const [newest] = await this.dependencies.store.page(PROJECT_ALERTS, { limit: 1, reverse: true });
    return newest?.[0] ?? 0;
  }

  private told(seq: number, { project, rule, subject, at, record }: StoredAlert): ProjectAlert {
    const { says, article } = explain(rule);
    return { project, rule, says, article, subject, at, flag: { scope: this.dependencies.journal, seq, record } };
  }
}

const shown = (id: string, { projects, rules, ...rest }: StoredSubscription): Subscription => ({
  ...{ id, ...rest },
  ...{ projects: [...projects], rules: [...rules] },
});

const matches = ({ project, rule }: StoredAlert, { projects, rules }: AlertFilter): boolean =>
  (projects.length === 0 || projects.includes(project)) && (rules.length === 0 || rules.includes(rule));
