import { spawn, type ChildProcess } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { IngestRuns, WORKER, type Known } from "../../faults/ingest-runs.ts";
import { held, SEED } from "../../faults/tally.ts";
import { startLedger, type TestLedger } from "../../support/ledger.ts";
import { seededRandom } from "../../support/random.ts";
import { killAt, needsStrace, traced } from "../../support/strace.ts";
import { removeFolder } from "../support/core.ts";

const TOTAL = 80;
const KILLS = 6;

describe("a node that is killed while it ingests and anchors", function () {
  this.timeout(180_000);
  let ledger: TestLedger;
  let runs: IngestRuns;

  before(async () => {
    ledger = await startLedger();
    runs = new IngestRuns(ledger);
  });
  after(() => ledger.stop());

  const plain = (known: Known): ChildProcess =>
    spawn(process.execPath, [WORKER, runs.argument(known)], { stdio: ["ignore", "pipe", "inherit"] });

  it(`at random moments keeps every acknowledged record once, numbered densely and anchored once (SUYUAN_FAULTS_SEED=${SEED})`, async () => {
    const random = seededRandom(SEED);
    const known: Known = new Map();
    await runs.fresh({ total: TOTAL });
    for (let kills = 0; kills < KILLS;) {
      const after = Math.floor(random() * 20);
      const delayMs = Math.floor(random() * 60);
      const child = plain(known);
      let count = 0;
      const done = await runs.work(child, known, (line) => {
        if (line.startsWith("ack ") && count++ === after) setTimeout(() => child.kill("SIGKILL"), delayMs);
      });
      if (!done) kills++;
      if (!done && kills < KILLS) continue;
      await runs.finish(known, `after ${kills} kills`);
      // It was quicker than the kill: the rest of them are for another store.
      known.clear();
      await runs.fresh({ total: TOTAL });
    }
    await removeFolder(runs.task.dataDir);
    held("durable", KILLS);
  });

  describe("at a disk sync", () => {
    before(needsStrace);

    it("the k-th, for many k, loses nothing", async () => {
      await runs.fresh({ total: TOTAL });
      const known: Known = new Map();
      let kills = 0;
      for (const k of [6, 7, 8, 9, 10, 12, 15, 20]) {
        if (await runs.work(traced(killAt("fdatasync", k), WORKER, runs.argument(known)), known)) break;
        kills++;
      }
      await runs.finish(known, "the k-th sync");
      held("durable", kills);
    });

    it("that fails instead is survived by the same process, and nothing is lost or done twice", async () => {
      await runs.fresh({ total: TOTAL });
      const known: Known = new Map();
      // Past the syncs of opening; then one in every dozen, of intake, sealing, signing and receipts alike.
      const failing = ["-o", "/dev/null", "-e", "trace=fdatasync", "-e", "inject=fdatasync:error=EIO:when=14+12"];
      let repeated = 0;
      const child = traced(failing, WORKER, runs.argument(known));
      expect(await runs.work(child, known, (line) => void (line === "again" && repeated++))).to.equal(true);
      expect(repeated).to.be.greaterThan(0);
      await runs.finish(known, "a failing sync");
      held("durable", repeated);
    });

    it("was made between the write of each record and its acknowledgement", async () => {
      await runs.fresh({ total: 30, anchors: false });
      const file = join(runs.task.dataDir, "trace");
      const trace = ["-y", "-o", file, "-e", "trace=write,pwrite64,fdatasync"];
      const known: Known = new Map();
      expect(await runs.work(traced(trace, WORKER, runs.argument(known)), known)).to.equal(true);
      let unsynced = 0;
      let syncing = false;
      let acknowledged = 0;
      for (const line of (await readFile(file, "utf8")).split("\n")) {
        // Not the indexes' log: what is written there is in this one.
        if (/ (?:write|pwrite64)\(\d+<[^>]*\/store\/\d+\.log>/.test(line)) unsynced++;
        if (/ fdatasync\(\d+<[^>]*\/store\/\d+\.log>/.test(line)) syncing = true;
        if (syncing && /fdatasync.*= 0/.test(line)) {
          unsynced = 0;
          syncing = false;
        }
        if (/ write\(1<[^>]*>, "ack /.test(line)) {
          acknowledged++;
          expect(unsynced, line).to.equal(0);
        }
      }
      expect(acknowledged).to.equal(6);
      await removeFolder(runs.task.dataDir);
      held("durable", acknowledged);
    });
  });
});
