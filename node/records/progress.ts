import type { Hex } from "../../sdk/protocol/bytes.ts";
import { MAXIMUM_SEQ } from "../storage/codecs.ts";
import { BATCHES, FINAL, HEADERS, NEXT, type StoredBatch } from "../storage/keyspaces.ts";
import type { Store } from "../storage/store.ts";
import { readHeader, type FoundBatch } from "./reader.ts";

/** How far a scope has come: each number is the end, exclusive, of what reached that state. */
export interface Progress {
  readonly accepted: number;
  readonly sealed: number;
  readonly anchored: number;
  readonly final: number;
}

/** The batches of a scope that are not final yet, oldest first: few, whatever the history. */
export async function openBatches(store: Store, scope: Hex): Promise<readonly FoundBatch[]> {
  const final = (await store.get(FINAL, scope)) ?? 0;
  const found: FoundBatch[] = [];
  const range = { gte: { scope, seq: final }, lte: { scope, seq: MAXIMUM_SEQ } };
  for await (const [{ seq }, batch] of store.iterate(BATCHES, range)) found.push({ first: seq, batch });
  return found;
}

export const endOf = ({ first, batch }: { first: number; batch: Pick<StoredBatch, "count"> }): number =>
  first + batch.count;

export async function readProgress(store: Store, scope: Hex): Promise<Progress> {
  const [accepted = 0, final = 0, open] = await Promise.all([
    store.get(NEXT, scope),
    store.get(FINAL, scope),
    openBatches(store, scope),
  ]);
  const last = open.at(-1);
  const anchored = open.findLast(({ batch }) => batch.state === "anchored");
  return {
    accepted,
    final,
    sealed: last === undefined ? final : endOf(last),
    anchored: anchored === undefined ? final : endOf(anchored),
  };
}

/**
 * Whether the cursors of a scope fit what they count. One that has rotted would give numbers twice, leave a hole, or let
 * accepted records wait for ever: the last number has a header and the next has none, and what is final ends with a batch.
 */
export async function areCursorsWhole(store: Store, scope: Hex): Promise<boolean> {
  for (;;) {
    const [next = 0, final = 0] = await Promise.all([store.get(NEXT, scope), store.get(FINAL, scope)]);
    const end = { scope, seq: MAXIMUM_SEQ };
    const [[beyond], [newest], [before]] = await Promise.all([
      store.page(HEADERS, { gte: { scope, seq: next }, lte: end, limit: 1 }),
      next === 0 ? [true] : store.page(HEADERS, { gte: { scope, seq: next - 1 }, lte: end, limit: 1 }),
      store.page(BATCHES, { gte: { scope, seq: 0 }, lt: { scope, seq: final }, reverse: true, limit: 1 }),
    ]);
    // Each read is of a moment of its own: records may have come in between.
    if (((await store.get(NEXT, scope)) ?? 0) !== next || ((await store.get(FINAL, scope)) ?? 0) !== final) continue;
    const endOfFinal = before === undefined ? 0 : endOf({ first: before[0].seq, batch: before[1] });
    return beyond === undefined && newest !== undefined && final <= next && endOfFinal === final;
  }
}

/** When the oldest record that is not anchored was accepted, in seconds. */
export async function oldestUnanchored(
  store: Store,
  scope: Hex,
  { accepted, anchored }: Progress,
): Promise<number | undefined> {
  if (anchored >= accepted) return undefined;
  const place = { scope, seq: anchored };
  const bytes = await store.get(HEADERS, place);
  return bytes === undefined ? undefined : readHeader(bytes, place)?.header.issuedAt;
}
