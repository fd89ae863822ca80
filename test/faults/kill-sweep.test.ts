import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { INDEX_FOLDER } from "../../node/storage/databases.ts";
import { STORE_FOLDER } from "../../node/storage/level-store.ts";
import { removeFolder } from "../node/support/core.ts";
import { startLedger, type TestLedger } from "../support/ledger.ts";
import { seededRandom } from "../support/random.ts";
import { killAt, needsStrace, traced } from "../support/strace.ts";
import { IngestRuns, WORKER, type Known } from "./ingest-runs.ts";
import { held, LONG, ofThisPiece, SEED } from "./tally.ts";

/** What makes things durable, gives them names, or lets them leave: files, pipes and sockets alike. */
const CALLS = ["fdatasync", "rename", "write", "writev"] as const;
/** Steps of each kind that the short form tries; the long form tries every one. */
const SHORT = 2;
const isLong = LONG > 1;
/** The first logs of a new store, which are what a run of this size writes to, and how often a node does before it takes its first record. */
const LOGS = [
  { log: join(STORE_FOLDER, "000003.log"), opening: 6 },
  { log: join(STORE_FOLDER, INDEX_FOLDER, "000003.log"), opening: 0 },
];

describe(`a kill, or a failing disk, at any step of ingest, seal and anchor (SUYUAN_FAULTS_SEED=${SEED})`, function () {
  this.timeout(isLong ? 3_600_000 : 300_000);
  let ledger: TestLedger;
  let runs: IngestRuns;
  const random = seededRandom(SEED);

  before(needsStrace);
  before(async () => {
    ledger = await startLedger();
    runs = new IngestRuns(ledger);
  });
  after(() => ledger?.stop());

  /**
   * The calls of one kind that an undisturbed run makes, anywhere or on one file of the data folder, counted from 1. Those
   * that only wake a thread of the process are left out: nothing differs from the call before.
   */
  const callsOf = async (call: string, path?: string): Promise<number[]> => {
    await runs.fresh();
    const file = join(runs.task.dataDir, "trace");
    const on = path === undefined ? [] : ["-P", join(runs.task.dataDir, path)];
    const known: Known = new Map();
    const child = traced(["-y", "-o", file, ...on, "-e", `trace=${call}`], WORKER, runs.argument(known));
    expect(await runs.work(child, known)).to.equal(true);
    const made = (await readFile(file, "utf8")).split("\n").filter((line) => line.includes(` ${call}(`));
    await removeFolder(runs.task.dataDir);
    return made.flatMap((line, i) => (line.includes("<anon_inode:[eventfd]>") ? [] : [i + 1]));
  };
  const stepsOf = (calls: readonly number[]): number[] => {
    if (isLong) return ofThisPiece(calls);
    // The first calls open the store and the process; what follows is the work. No two runs make the same number of calls.
    return Array.from(
      { length: Math.min(SHORT, calls.length) },
      () => calls[Math.floor((0.2 + 0.6 * random()) * calls.length)] ?? 1,
    );
  };

  /** Runs differ a little in how many calls they make: the last steps may come too late. */
  const expectMost = (came: number, steps: readonly number[]): void => {
    expect(came).to.be.at.least(isLong ? Math.floor(steps.length / 2) : 1);
  };

  for (const call of CALLS)
    it(`killed at a ${call}: every acknowledged record is there once and anchored once`, async () => {
      const calls = await callsOf(call);
      const steps = stepsOf(calls);
      let kills = 0;
      for (const k of steps) {
        await runs.fresh();
        const known: Known = new Map();
        if (!(await runs.work(traced(killAt(call, k), WORKER, runs.argument(known)), known))) kills++;
        await runs.finish(known, `${call} ${k} of ${calls.length}`);
      }
      expectMost(kills, steps);
      held("durable", kills);
    });

  const failures = LOGS.flatMap((file) =>
    ["ENOSPC", "EIO"].flatMap((error) => ["write", "fdatasync"].map((call) => ({ ...file, error, call }))),
  );
  for (const { log, opening, error, call } of failures)
    it(`${error} at a ${call} of ${log}: the outcome is unknown, and repeating it does it once`, async () => {
      const calls = await callsOf(call, log);
      const steps = stepsOf(calls);
      let injections = 0;
      for (const k of steps) {
        await runs.fresh();
        const trace = join(runs.task.dataDir, "trace");
        const inject = ["-e", `trace=${call}`, "-e", `inject=${call}:error=${error}:when=${k}`];
        const options = ["-o", trace, "-P", join(runs.task.dataDir, log), ...inject];
        const name = `${error} at ${call} ${k} of ${calls.length}`;
        const known: Known = new Map();
        const survived = await runs.work(traced(options, WORKER, runs.argument(known)), known);
        // While it opens its store a node may give up; at work it does not.
        if (k > opening) expect(survived, name).to.equal(true);
        if ((await readFile(trace, "utf8")).includes("(INJECTED)")) injections++;
        await runs.finish(known, name);
      }
      expectMost(injections, steps);
      held("durable", injections);
    });
});
