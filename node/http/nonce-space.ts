import { NONCES } from "../storage/keyspaces.ts";
import { del, put, type Store } from "../storage/store.ts";
import type { NonceSpace } from "./nonces.ts";

const PRUNE_ENTRIES = 1000;

/** Nonces in the node's store. */
export const storedNonces = (store: Store): NonceSpace => ({
  has: async (key) => (await store.get(NONCES, key)) !== undefined,
  put: (key, patienceMs) => store.write([put(NONCES, key, Uint8Array.of(1))], { patienceMs }),
  deleteBelow: async (bound) => {
    for (;;) {
      const entries = await store.page(NONCES, { lt: bound, limit: PRUNE_ENTRIES });
      if (entries.length > 0) await store.write(entries.map(([key]) => del(NONCES, key)));
      if (entries.length < PRUNE_ENTRIES) return;
    }
  },
});
