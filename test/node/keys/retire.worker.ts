// Retires the current epoch of a store, until it is done or killed.
import { randomBytes } from "node:crypto";
import { writeSync } from "node:fs";
import { keyFolder } from "../../../node/keys/epochs.ts";
import { KeyRing } from "../../../node/keys/key-ring.ts";
import { openStore } from "../../../node/storage/level-store.ts";
import { ROOT } from "../support/core.ts";

const [, , dataDir = ""] = process.argv;
const store = await openStore({ dataDir });
const ring = await KeyRing.open({ root: ROOT, folder: keyFolder(dataDir) }, { store, random: randomBytes });
await ring.retire(ring.epoch);
await store.close();
writeSync(1, "done\n");
process.exit(0);
