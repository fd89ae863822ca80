import type { EventFeed } from "../records/events.ts";
import type { LifeEvent } from "../records/model.ts";
import { readProgress } from "../records/progress.ts";
import { SCOPES } from "../storage/keyspaces.ts";
import type { Store } from "../storage/store.ts";

/** How many records are durable and in no block yet. Kept by counting, so that asking costs nothing. */
export class Backlog {
  private readonly dependencies: { readonly store: Store; readonly feed: EventFeed };
  private count = 0;

  constructor(dependencies: { readonly store: Store; readonly feed: EventFeed }) {
    this.dependencies = dependencies;
  }

  get records(): number {
    return this.count;
  }

  /** Counts what is there and then every change. Call it once, before anything is accepted. */
  async start(): Promise<void> {
    const { store, feed } = this.dependencies;
    feed.subscribe((events) => events.forEach((event) => this.note(event)));
    for await (const [scope] of store.iterate(SCOPES)) {
      const { accepted, anchored } = await readProgress(store, scope);
      this.count += accepted - anchored;
    }
  }

  private note({ change, count }: LifeEvent): void {
    if (change === "accepted" || change === "reorged") this.count += count;
    if (change === "anchored") this.count -= count;
  }
}
