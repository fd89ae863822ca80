import type { Hex } from "../../sdk/protocol/bytes.ts";
import { DELIVERIES } from "../storage/keyspaces.ts";
import { MAXIMUM_SEQ } from "../storage/codecs.ts";
import type { Store } from "../storage/store.ts";

/** Which numbers of each agreement were served and have no receipt. Read from the store once, then kept in step by the caller. */
export class Unacknowledged {
  private readonly store: Store;
  private readonly numbers = new Map<Hex, Set<number>>();

  constructor({ store }: { readonly store: Store }) {
    this.store = store;
  }

  async count(agreement: Hex): Promise<number> {
    let known = this.numbers.get(agreement);
    if (known === undefined) {
      known = new Set();
      const range = { gte: { scope: agreement, seq: 0 }, lte: { scope: agreement, seq: MAXIMUM_SEQ } };
      for await (const [{ seq }, { consumer }] of this.store.iterate(DELIVERIES, range))
        if (consumer === undefined) known.add(seq);
      this.numbers.set(agreement, known);
    }
    return known.size;
  }

  add(agreement: Hex, k: number): void {
    this.numbers.get(agreement)?.add(k);
  }

  remove(agreement: Hex, k: number): void {
    this.numbers.get(agreement)?.delete(k);
  }
}
