// Run where the disk fails: several callers write at once, each an entry and one of an index with it. Prints what became of
// every write, and which of them a store that is opened anew has whole, or in part. After three failures somebody makes room: the ballast goes.
import { rmSync } from "node:fs";
import { StorageError } from "../../../node/storage/errors.ts";
import { CONTENTS, HEADERS } from "../../../node/storage/keyspaces.ts";
import { openStore } from "../../../node/storage/level-store.ts";
import { put } from "../../../node/storage/store.ts";
import { equalBytes, type Hex } from "../../../sdk/protocol/bytes.ts";

export interface Writing {
  readonly dataDir: string;
  readonly callers: number;
  readonly writes: number;
  readonly bytes: number;
  /** Whether the indexes are asked for after each write, which brings them up to date. */
  readonly asks?: boolean;
  readonly ballast?: string;
}

export interface Written {
  readonly outcomes: readonly string[];
  readonly whole: readonly boolean[];
  readonly halves: number;
  readonly generation: number;
}

const SCOPE: Hex = `0x${"aa".repeat(32)}`;
const { dataDir, callers, writes, bytes, asks, ballast } = JSON.parse(process.argv[2] ?? "") as Writing; // From the test beside it.
const digestOf = (seq: number): Uint8Array => new Uint8Array(32).fill(seq + 1);
const valueOf = (seq: number): Uint8Array => new Uint8Array(bytes).fill(seq + 1);

const store = await openStore({ dataDir });
const outcomes: string[] = [];
let failures = 0;
async function write(seq: number): Promise<void> {
  try {
    await store.write([
      put(HEADERS, { scope: SCOPE, seq }, valueOf(seq)),
      put(CONTENTS, { scope: SCOPE, digest: digestOf(seq) }, seq),
    ]);
    outcomes[seq] = "written";
    if (asks === true) await store.page(CONTENTS, { limit: 1 });
  } catch (error) {
    outcomes[seq] = error instanceof StorageError ? error.code : String(error);
    if (++failures === 3 && ballast !== undefined) rmSync(ballast);
  }
}
await Promise.all(
  Array.from({ length: callers }, async (_, caller) => {
    for (let i = 0; i < writes; i++) await write(caller * writes + i);
  }),
);
await store.close();
const { generation } = store;

const again = await openStore({ dataDir, create: false });
const whole: boolean[] = [];
let halves = 0;
for (const seq of outcomes.keys()) {
  const found = await again.get(HEADERS, { scope: SCOPE, seq });
  const isIndexed = (await again.get(CONTENTS, { scope: SCOPE, digest: digestOf(seq) })) === seq;
  if (isIndexed !== (found !== undefined)) halves++;
  whole.push(found !== undefined && equalBytes(found, valueOf(seq)) && isIndexed);
}
await again.close();
console.log(JSON.stringify({ outcomes, whole, halves, generation } satisfies Written));
