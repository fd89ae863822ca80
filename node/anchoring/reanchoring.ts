import type { LedgerConnection } from "../../sdk/chain/connection.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import type { Clock } from "../ports.ts";
import type { EventFeed } from "../records/events.ts";
import { BATCHES, FINAL, OUTCOMES, type StoredEvent } from "../storage/keyspaces.ts";
import { del, put, type Operation, type Store } from "../storage/store.ts";
import { Alarm } from "./errors.ts";
import { anchorKey } from "./scope-anchorer.ts";

export interface ReanchoringDependencies {
  readonly store: Store;
  readonly feed: EventFeed;
  readonly connection: LedgerConnection;
  readonly clock: Clock;
}

/**
 * After a chain lost what was final: every batch of a scope that the chain does not have is sealed again, so that it is
 * anchored anew, with the same root, at a later time. Evidence given out before names a block that is gone. Returns the
 * number of batches. Throws Alarm `alarm.foreign-anchor` when the chain ends within a batch of ours, ChainError.
 */
export async function reanchor(
  scope: Hex,
  { store, feed, connection, clock }: ReanchoringDependencies,
): Promise<number> {
  const next = (await (await connection.view("latest")).head(scope))?.next ?? 0;
  const final = (await store.get(FINAL, scope)) ?? 0;
  if (next >= final) return 0;
  const operations: Operation[] = [put(FINAL, scope, next)];
  const events: StoredEvent[] = [];
  const at = Math.floor(clock() / 1000);
  let expected = next;
  for await (const [place, batch] of store.iterate(BATCHES, { gte: { scope, seq: next }, lt: { scope, seq: final } })) {
    if (place.seq !== expected) throw new Alarm("alarm.foreign-anchor", { first: next });
    const { anchor: _gone, submittedAt: _before, finalAt: _final, ...kept } = batch;
    const { count } = batch;
    operations.push(put(BATCHES, place, { ...kept, state: "sealed" }), del(OUTCOMES, anchorKey(scope, place.seq)));
    events.push({ scope, first: place.seq, count, change: "reorged", at });
    expected += count;
  }
  if (expected === next) throw new Alarm("alarm.foreign-anchor", { first: next });
  // Crash before this line: nothing has changed. After it: the batches are anchored as any sealed one is.
  await feed.commit(operations, events);
  return events.length;
}
