import type { z } from "zod";
import type { ServerSentEvent } from "../../sdk/client/route.ts";
import type { lifeEvent } from "../../sdk/client/routes/events.ts";
import { RecordError } from "./errors.ts";
import type { EventFeed } from "./events.ts";
import type { LifeEvent } from "./model.ts";

/** Events read from the store at a time. */
const PAGE_EVENTS = 500;

type SentEvent = ServerSentEvent<z.output<typeof lifeEvent>>;

export interface FollowOptions {
  /** The last cursor that the caller has; undefined: what happens from now on. */
  readonly after: number | undefined;
  readonly signal: AbortSignal;
}

/**
 * Stored events after a cursor, then each new one once it is durable, until `signal` is aborted. Throws RecordError
 * `events.cursor` when events between the cursor and the oldest kept are gone, or the feed has not come that far.
 */
export async function followLife({ after, signal }: FollowOptions, feed: EventFeed): Promise<AsyncIterable<SentEvent>> {
  const newest = await feed.last();
  const cursor = after ?? newest;
  const { oldest } = await feed.read({ after: cursor, limit: 1 });
  if (cursor > newest || cursor < oldest - 1) throw new RecordError("events.cursor", { cursor, oldest, newest });
  return follow({ cursor, signal }, feed);
}

async function* follow(
  { cursor, signal }: { readonly cursor: number; readonly signal: AbortSignal },
  feed: EventFeed,
): AsyncGenerator<SentEvent> {
  let wake: () => void = () => undefined;
  const unsubscribe = feed.subscribe(() => wake());
  const end = () => wake();
  signal.addEventListener("abort", end);
  try {
    for (let last = cursor; !signal.aborted;) {
      // Made before reading: what is written meanwhile wakes it.
      const woken = new Promise<void>((resolve) => (wake = resolve));
      const { events, oldest } = await feed.read({ after: last, limit: PAGE_EVENTS });
      // A reader slower than the feed is told by the end of the stream; with its cursor it then learns why.
      if (last < oldest - 1)
        throw new RecordError("events.cursor", { cursor: last, oldest, newest: await feed.last() });
      for (const event of events) {
        yield sent(event);
        last = event.cursor;
      }
      if (events.length === 0 && !signal.aborted) await woken;
    }
  } finally {
    signal.removeEventListener("abort", end);
    unsubscribe();
  }
}

const sent = ({ cursor, detail, ...event }: LifeEvent): SentEvent => ({
  id: String(cursor),
  event: event.change,
  data: { ...event, ...(detail && { detail: { ...detail } }) },
});
