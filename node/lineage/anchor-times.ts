import type { Hex } from "../../sdk/protocol/bytes.ts";
import { MAXIMUM_SEQ } from "../storage/codecs.ts";
import { BATCHES } from "../storage/keyspaces.ts";
import type { Store } from "../storage/store.ts";

interface Known {
  /** First numbers of the anchored batches, ascending, and their times; the batches cover all numbers below `end`. */
  readonly firsts: number[];
  readonly times: number[];
  end: number;
}

/** When records were anchored, by scope. Final anchors are remembered: they do not change. */
export class AnchorTimes {
  private readonly store: Store;
  private readonly known = new Map<Hex, Known>();

  constructor({ store }: { readonly store: Store }) {
    this.store = store;
  }

  /** Reads what became final since the last time. Gives the time of a number; undefined while it is not final. */
  async of(scope: Hex): Promise<(seq: number) => number | undefined> {
    const known = this.known.get(scope) ?? { firsts: [], times: [], end: 0 };
    this.known.set(scope, known);
    const range = { gte: { scope, seq: known.end }, lte: { scope, seq: MAXIMUM_SEQ } };
    for await (const [{ seq }, { state, anchor, count }] of this.store.iterate(BATCHES, range)) {
      if (seq !== known.end) continue; // Another reading of the same scope was faster.
      if (state !== "final" || anchor === undefined) break;
      known.firsts.push(seq);
      known.times.push(anchor.time);
      known.end = seq + count;
    }
    return (seq) => (seq < known.end ? known.times[lastAtMost(known.firsts, seq)] : undefined);
  }
}

/** Position of the last number that is not greater. */
function lastAtMost(ascending: readonly number[], wanted: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((ascending[middle] ?? 0) <= wanted) low = middle;
    else high = middle - 1;
  }
  return low;
}
