import { createHash, type Hash } from "node:crypto";
import type { Level } from "level";
import { uintBytes } from "./codecs.ts";
import type { ContentDigest } from "./store.ts";

type Database = Level<Uint8Array, Uint8Array>;
type Put = { readonly type: "put"; readonly key: Uint8Array; readonly value: Uint8Array };

const PAGE_ENTRIES = 1024;
const LENGTH_BYTES = 4;

/** Copies one moment of a database into an empty one; durable when it resolves. */
export const copyEntries = (source: Database, target: Database): Promise<ContentDigest> =>
  walk(source, async (entries, isLast) => {
    const operations: Put[] = entries.map(([key, value]) => ({ type: "put", key, value }));
    // The last write is synced, and with it all before it: a log before it is synced when the next one begins.
    await target.batch(operations, { sync: isLast });
  });

export const digestOf = (database: Database): Promise<ContentDigest> => walk(database, () => Promise.resolve());

async function walk(
  database: Database,
  visit: (entries: readonly [Uint8Array, Uint8Array][], isLast: boolean) => Promise<void>,
): Promise<ContentDigest> {
  const hash = createHash("sha256");
  let entries = 0;
  const snapshot = database.snapshot();
  const iterator = database.iterator({ snapshot });
  try {
    for (;;) {
      const page = await iterator.nextv(PAGE_ENTRIES);
      for (const [key, value] of page) {
        add(hash, key);
        add(hash, value);
      }
      entries += page.length;
      await visit(page, page.length === 0);
      if (page.length === 0) return { entries, digest: new Uint8Array(hash.digest()) };
    }
  } finally {
    await iterator.close();
    await snapshot.close();
  }
}

const add = (hash: Hash, bytes: Uint8Array): void => {
  hash.update(uintBytes(bytes.length, LENGTH_BYTES));
  hash.update(bytes);
};
