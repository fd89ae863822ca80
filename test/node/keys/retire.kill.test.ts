import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { keyFolder } from "../../../node/keys/epochs.ts";
import { KeyRing } from "../../../node/keys/key-ring.ts";
import { DATA_KEYS } from "../../../node/storage/keyspaces.ts";
import { openStore } from "../../../node/storage/level-store.ts";
import { put } from "../../../node/storage/store.ts";
import type { Hex } from "../../../sdk/protocol/bytes.ts";
import { killAt, needsStrace, traced } from "../../support/strace.ts";
import { held } from "../../faults/tally.ts";
import { removeFolder, ROOT, temporaryFolder } from "../support/core.ts";

const WORKER = fileURLToPath(new URL("./retire.worker.ts", import.meta.url));
const SCOPE: Hex = `0x${"aa".repeat(32)}`;
const KEYS = 300;
/** More than a retirement makes of any of the calls. */
const MAXIMUM_STEPS = 40;

describe("a node that is killed while it retires an epoch", function () {
  this.timeout(120_000);
  let dataDir: string;

  before(needsStrace);
  beforeEach(async () => (dataDir = await temporaryFolder()));
  afterEach(() => removeFolder(dataDir));

  const open = async () => {
    const store = await openStore({ dataDir });
    const folder = keyFolder(dataDir);
    return { store, ring: await KeyRing.open({ root: ROOT, folder }, { store, random: randomBytes }) };
  };
  const runs = async (options: readonly string[]): Promise<boolean> => {
    const child = traced(options, WORKER, dataDir);
    let said = "";
    child.stdout?.on("data", (part: Buffer) => (said += part.toString()));
    await once(child, "close");
    return said.includes("done");
  };

  for (const call of ["fdatasync", "rename"]) {
    it(`at any ${call} opens every key afterwards, and erases what it was erasing when it is asked again`, async () => {
      const keys = Array.from({ length: KEYS }, () => new Uint8Array(randomBytes(32)));
      const { store, ring } = await open();
      const content = new Uint8Array(32);
      await store.write(keys.map((key, seq) => put(DATA_KEYS, { scope: SCOPE, seq }, { ...ring.wrap(key), content })));
      await store.close();
      let done = false;
      let kills = 0;
      for (let k = 1; k <= MAXIMUM_STEPS && !done; k++) {
        done = await runs(killAt(call, k));
        if (!done) kills++;
        const { store, ring } = await open();
        for (const [seq, key] of keys.entries()) {
          const value = (await store.get(DATA_KEYS, { scope: SCOPE, seq })) ?? expect.fail(`key ${seq} is gone`);
          expect(ring.unwrap(value)).to.deep.equal(key);
        }
        if (done) expect(ring.oldestEpoch).to.equal(ring.epoch);
        await store.close();
      }
      expect(done).to.equal(true);
      expect(kills).to.be.greaterThan(1);
      held("destruction", kills);
    });
  }
});
