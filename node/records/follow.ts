import type { ServerSentEvent } from "../../sdk/client/route.ts";
import type { lifeEvent } from "../../sdk/client/routes/events.ts";
import type { z } from "zod";
import type { EventFeed } from "./events.ts";

const PAGE = 500;

export interface LifeFollowing {
  readonly feed: EventFeed;
}

/** Stored events after a cursor, then each new one once it is durable; ends when `signal` is aborted. Holds one page. */
export async function* followLife(
  { after, signal }: { readonly after: number | undefined; readonly signal: AbortSignal },
  { feed }: LifeFollowing,
): AsyncGenerator<ServerSentEvent<z.output<typeof lifeEvent>>> {
  let wake: () => void = () => undefined;
  const unsubscribe = feed.subscribe(() => wake());
  const end = () => wake();
  signal.addEventListener("abort", end);
  try {
    let cursor = after ?? (await feed.last());
    while (!signal.aborted) {
      // Made before reading: what is written meanwhile wakes it.
      const woken = new Promise<void>((resolve) => (wake = resolve));
      const { events } = await feed.read({ after: cursor, limit: PAGE });
      for (const { cursor: id, detail, ...event } of events) {
        yield {
          id: String(id),
          event: event.change,
          data: { ...event, ...(detail !== undefined && { detail: { ...detail } }) },
        };
        cursor = id;
      }
      if (events.length === 0 && !signal.aborted) await woken;
    }
  } finally {
    signal.removeEventListener("abort", end);
    unsubscribe();
  }
}
