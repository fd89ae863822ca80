// Run where the disk fails: opens a store again and again, writes, and has the engine make tables of it. Prints what became
// of every write and what opening and compacting said, then what a store that is opened once more has.
import { join } from "node:path";
import { uintBytes } from "../../node/storage/codecs.ts";
import { StorageError } from "../../node/storage/errors.ts";
import { checkFiles } from "../../node/storage/files/check.ts";
import { CONTENTS, HEADERS } from "../../node/storage/keyspaces.ts";
import { openStore, STORE_FOLDER } from "../../node/storage/level-store.ts";
import { del, put, type Store } from "../../node/storage/store.ts";
import { equalBytes, type Hex } from "../../sdk/protocol/bytes.ts";
import { seededRandom } from "../support/random.ts";

export interface Kept {
  /** By number of the entry: `written`, or the code of the refusal. */
  readonly outcomes: readonly string[];
  /** What else was refused. */
  readonly openings: readonly string[];
  readonly compactions: readonly string[];
  /** By number of the entry, in the end: whether it is there as it was written. */
  readonly whole: readonly boolean[];
  /** Damaged files, in the end. */
  readonly damaged: readonly string[];
}

const SESSIONS = 3;
const WRITES = 4;
/** Larger than a block of a table; a few of them fill a block of the log. */
const BYTES = 10_000;
const OPENINGS = 5;
const SCOPE: Hex = `0x${"aa".repeat(32)}`;
const dataDir = process.argv[2] ?? "";
const valueOf = (seq: number): Uint8Array => {
  const random = seededRandom(seq);
  return Uint8Array.from({ length: BYTES }, () => random() * 256);
};
const digestOf = (seq: number) => ({ scope: SCOPE, digest: uintBytes(seq, 32) });

const outcomes: string[] = [];
const openings: string[] = [];
const compactions: string[] = [];
const codeOf = (error: unknown): string => (error instanceof StorageError ? error.code : String(error));

async function open(): Promise<Store> {
  for (let i = 1; ; i++) {
    try {
      return await openStore({ dataDir });
    } catch (error) {
      openings.push(codeOf(error));
      if (i === OPENINGS) throw error;
    }
  }
}

async function write(store: Store, seq: number): Promise<void> {
  const place = { scope: SCOPE, seq };
  // Something to delete beside it: otherwise tables are renumbered, not merged.
  const passing = { scope: SCOPE, seq: 1_000_000 + seq };
  try {
    await store.write([
      put(HEADERS, place, valueOf(seq)),
      put(HEADERS, passing, valueOf(seq)),
      put(CONTENTS, digestOf(seq), seq),
      put(CONTENTS, digestOf(1_000_000 + seq), seq),
    ]);
    outcomes[seq] = "written";
    await store.write([del(HEADERS, passing), del(CONTENTS, digestOf(1_000_000 + seq))]);
  } catch (error) {
    outcomes[seq] ??= codeOf(error);
  }
}

for (let session = 0; session < SESSIONS; session++) {
  const store = await open();
  for (let i = 0; i < WRITES; i++) {
    await write(store, session * WRITES + i);
    if (i !== WRITES / 2) continue;
    await store.compact(HEADERS).catch((error: unknown) => compactions.push(codeOf(error)));
    await store.compact(CONTENTS).catch((error: unknown) => compactions.push(codeOf(error)));
  }
  await store.close();
}

const store = await open();
const whole: boolean[] = [];
for (const seq of outcomes.keys()) {
  const found = await store.get(HEADERS, { scope: SCOPE, seq });
  const isIndexed = (await store.get(CONTENTS, digestOf(seq))) === seq;
  whole.push(found !== undefined && equalBytes(found, valueOf(seq)) && isIndexed);
}
await store.close();
const damaged: string[] = [];
const check = async (): Promise<void> => {
  for await (const { file } of checkFiles(join(dataDir, STORE_FOLDER), { data: true })) damaged.push(file);
};
// The fault may come as late as this.
await check().catch((error: unknown) => {
  openings.push(codeOf(error));
  return check();
});
console.log(JSON.stringify({ outcomes, openings, compactions, whole, damaged } satisfies Kept));
