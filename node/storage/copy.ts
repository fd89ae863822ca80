import { createHash, type Hash } from "node:crypto";
import { uintBytes } from "./codecs.ts";
import type { Database, Databases } from "./databases.ts";
import type { ContentDigest } from "./store.ts";

type Put = { readonly type: "put"; readonly key: Uint8Array; readonly value: Uint8Array };

const PAGE_ENTRIES = 1024;
const LENGTH_BYTES = 4;

/** A database as it was at one moment. */
export interface Moment {
  readonly database: Database;
  readonly snapshot: ReturnType<Database["snapshot"]>;
}

/** To be called between two writes: then the databases fit each other. Whoever walks over them closes them. */
export const momentsOf = (databases: Databases): readonly Moment[] =>
  databases.all.map((database) => ({ database, snapshot: database.snapshot() }));

/** Copies one moment of a store into an empty one; durable when it resolves. */
export const copyEntries = (source: readonly Moment[], target: Databases): Promise<ContentDigest> =>
  walk(source, async (entries, { at, isLast }) => {
    const operations: Put[] = entries.map(([key, value]) => ({ type: "put", key, value }));
    // The last write is synced, and with it all before it: a log before it is synced when the next one begins.
    await target.all[at]?.batch(operations, { sync: isLast });
  });

export const digestOf = (moments: readonly Moment[]): Promise<ContentDigest> => walk(moments, () => Promise.resolve());

interface Place {
  /** Which of the databases. */
  readonly at: number;
  readonly isLast: boolean;
}

async function walk(
  moments: readonly Moment[],
  visit: (entries: readonly [Uint8Array, Uint8Array][], place: Place) => Promise<void>,
): Promise<ContentDigest> {
  const hash = createHash("sha256");
  let entries = 0;
  try {
    for (const [at, { database, snapshot }] of moments.entries()) {
      const iterator = database.iterator({ snapshot });
      try {
        for (let isLast = false; !isLast;) {
          const page = await iterator.nextv(PAGE_ENTRIES);
          for (const [key, value] of page) {
            add(hash, key);
            add(hash, value);
          }
          entries += page.length;
          isLast = page.length === 0;
          await visit(page, { at, isLast });
        }
      } finally {
        await iterator.close();
      }
    }
    return { entries, digest: new Uint8Array(hash.digest()) };
  } finally {
    for (const { snapshot } of moments) await snapshot.close();
  }
}

const add = (hash: Hash, bytes: Uint8Array): void => {
  hash.update(uintBytes(bytes.length, LENGTH_BYTES));
  hash.update(bytes);
};
