// Run under strace, which makes the k-th fdatasync fail: writes one number after another and says what became of each.
import { StorageError } from "../../../node/storage/errors.ts";
import { NEXT } from "../../../node/storage/keyspaces.ts";
import { openStore } from "../../../node/storage/level-store.ts";
import { put } from "../../../node/storage/store.ts";

const [, , dataDir = "", countText = "0"] = process.argv;
const store = await openStore({ dataDir });
const outcomes: string[] = [];
for (let i = 1; i <= Number(countText); i++) {
  try {
    await store.write([put(NEXT, `0x${"aa".repeat(32)}`, i)]);
    outcomes.push("written");
  } catch (error) {
    outcomes.push(error instanceof StorageError ? error.code : "unknown");
  }
}
const last = await store.get(NEXT, `0x${"aa".repeat(32)}`);
await store.close();
console.log(JSON.stringify({ outcomes, last, generation: store.generation }));
