import type { Hex } from "../../sdk/protocol/bytes.ts";
import type { FoundBatch } from "../records/reader.ts";
import { MAXIMUM_SEQ } from "../storage/codecs.ts";
import { BATCHES, type StoredAnchor, type StoredBatch } from "../storage/keyspaces.ts";
import type { Store } from "../storage/store.ts";

export interface FinalBatch extends FoundBatch {
  readonly batch: StoredBatch & { readonly anchor: StoredAnchor };
}

/** Finds the final batch of a number; undefined while it is not final. */
export type FindBatch = (seq: number) => FinalBatch | undefined;

interface Known {
  /** Ascending; they cover all numbers below `end`. */
  readonly batches: FinalBatch[];
  end: number;
}

/** In which final batch each record is, by scope. What is final does not change, so it is read once. */
export class FinalBatches {
  private readonly store: Store;
  private readonly known = new Map<Hex, Known>();

  constructor({ store }: { readonly store: Store }) {
    this.store = store;
  }

  /** Reads what became final since the last time. */
  async of(scope: Hex): Promise<FindBatch> {
    const known = this.known.get(scope) ?? { batches: [], end: 0 };
    this.known.set(scope, known);
    const range = { gte: { scope, seq: known.end }, lte: { scope, seq: MAXIMUM_SEQ } };
    for await (const [{ seq: first }, { anchor, ...batch }] of this.store.iterate(BATCHES, range)) {
      if (first !== known.end) continue; // Another reading of the same scope was faster.
      if (batch.state !== "final" || anchor === undefined) break;
      known.batches.push({ first, batch: { ...batch, anchor } });
      known.end = first + batch.count;
    }
    return (seq) => (seq < known.end ? lastAtMost(known.batches, seq) : undefined);
  }
}

/** The last batch that does not begin after a number. */
function lastAtMost(ascending: readonly FinalBatch[], seq: number): FinalBatch | undefined {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((ascending[middle]?.first ?? 0) <= seq) low = middle;
    else high = middle - 1;
  }
  return ascending[low];
}
