import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { fsck } from "../../node/fsck/fsck.ts";
import { certificateSchema, privateKeyOf, removeFolder, ROOT, temporaryFolder } from "../node/support/core.ts";
import type { Task } from "../node/faults/task.ts";
import { startLedger, type TestLedger } from "../support/ledger.ts";
import { seededRandom } from "../support/random.ts";
import { killAt, needsStrace, traced } from "../support/strace.ts";
import { held, LONG, ofThisPiece, SEED } from "./tally.ts";

const WORKER = fileURLToPath(new URL("../node/faults/ingest.worker.ts", import.meta.url));
const TOTAL = 20;
/** What makes things durable, gives them names, or lets them leave: files, pipes and sockets alike. */
const CALLS = ["fdatasync", "rename", "write", "writev"] as const;
/** Steps of each kind that the short form tries; the long form tries every one. */
const SHORT = 2;
const isLong = LONG > 1;
/** The first log of a new store, which is what a run of this size writes to. */
const LOG = join("store", "000003.log");
/** Writes that a node makes before it takes its first record. */
const OPENING = 6;

interface Acknowledged {
  readonly seq: number;
  readonly record: string;
}

describe(`a kill, or a failing disk, at any step of ingest, seal and anchor (SUYUAN_FAULTS_SEED=${SEED})`, function () {
  this.timeout(isLong ? 3_600_000 : 300_000);
  let ledger: TestLedger;
  let task: Task;
  let codes = 0;
  const random = seededRandom(SEED);

  before(needsStrace);
  before(async () => (ledger = await startLedger()));
  after(() => ledger?.stop());

  const fresh = async (): Promise<void> => {
    const published = await ledger.publish({
      provider: ledger.provider,
      code: `s-${++codes}`,
      schema: certificateSchema,
    });
    const { rpcUrl, name, now } = ledger;
    task = {
      ...published,
      ...{ dataDir: await temporaryFolder(), rpcUrl, ledger: name, now },
      department: ledger.provider.uscc,
      privateKey: privateKeyOf(ledger.provider),
      ...{ first: 0, total: TOTAL, anchors: true },
    };
  };

  /** Runs a worker until it ends; true when it did all of its work. */
  const work = async (child: ChildProcess, known: Map<number, Acknowledged>): Promise<boolean> => {
    let done = false;
    const lines = createInterface({ input: child.stdout ?? process.stdin });
    lines.on("line", (line) => {
      const [word, number = "", seq = "", record = ""] = line.split(" ");
      if (word === "done") done = true;
      if (word !== "ack") return;
      const earlier = known.get(Number(number));
      if (earlier !== undefined) expect({ seq: Number(seq), record }).to.deep.equal(earlier);
      known.set(Number(number), { seq: Number(seq), record });
    });
    await Promise.all([once(child, "exit"), once(lines, "close")]);
    return done;
  };
  const argument = (known: Map<number, Acknowledged>) => JSON.stringify({ ...task, first: known.size });
  const undisturbed = (known: Map<number, Acknowledged>): ChildProcess =>
    spawn(process.execPath, [WORKER, argument(known)], { stdio: ["ignore", "pipe", "ignore"] });

  /** Every acknowledged record once, under the number and id it was acknowledged with; dense; anchored once; nothing damaged. */
  const expectSound = async (known: Map<number, Acknowledged>, name: string): Promise<void> => {
    expect(known.size, name).to.equal(TOTAL);
    const numbers = [...known.values()].map(({ seq }) => seq).sort((a, b) => a - b);
    expect(numbers, name).to.deep.equal(Array.from({ length: TOTAL }, (_, i) => i));
    const view = await ledger.connection.view();
    expect((await view.head(task.scope))?.next, name).to.equal(TOTAL);
    const batches = await view.batches(task.scope);
    expect(new Set(batches.map(({ root }) => root)).size, name).to.equal(batches.length);
    let next = 0;
    for (const { first, count } of batches) {
      expect(first, name).to.equal(next);
      next = first + count;
    }
    const findings = [];
    for await (const { code } of fsck({ dataDir: task.dataDir, root: ROOT, connection: ledger.connection }))
      findings.push(code);
    expect(findings, name).to.deep.equal([]);
  };

  /** Lets runs that nothing disturbs finish the work, and looks at all of it. */
  const finish = async (known: Map<number, Acknowledged>, name: string): Promise<void> => {
    while (!(await work(undisturbed(known), known)));
    await expectSound(known, name);
    await removeFolder(task.dataDir);
  };

  /**
   * The calls of one kind that an undisturbed run makes, anywhere or on one file of the data folder, counted from 1. Those
   * that only wake a thread of the process are left out: nothing differs from the call before.
   */
  const callsOf = async (call: string, path?: string): Promise<number[]> => {
    await fresh();
    const file = join(task.dataDir, "trace");
    const on = path === undefined ? [] : ["-P", join(task.dataDir, path)];
    const known = new Map<number, Acknowledged>();
    const child = traced(["-y", "-o", file, ...on, "-e", `trace=${call}`], WORKER, argument(known));
    expect(await work(child, known)).to.equal(true);
    const made = (await readFile(file, "utf8")).split("\n").filter((line) => line.includes(` ${call}(`));
    await removeFolder(task.dataDir);
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
        await fresh();
        const known = new Map<number, Acknowledged>();
        if (!(await work(traced(killAt(call, k), WORKER, argument(known)), known))) kills++;
        await finish(known, `${call} ${k} of ${calls.length}`);
      }
      expectMost(kills, steps);
      held("durable", kills);
    });

  for (const error of ["ENOSPC", "EIO"])
    for (const call of ["write", "fdatasync"])
      it(`${error} at a ${call} of the log: the outcome is unknown, and repeating it does it once`, async () => {
        const calls = await callsOf(call, LOG);
        const steps = stepsOf(calls);
        let injections = 0;
        for (const k of steps) {
          await fresh();
          const trace = join(task.dataDir, "trace");
          const inject = ["-e", `trace=${call}`, "-e", `inject=${call}:error=${error}:when=${k}`];
          const options = ["-o", trace, "-P", join(task.dataDir, LOG), ...inject];
          const name = `${error} at ${call} ${k} of ${calls.length}`;
          const known = new Map<number, Acknowledged>();
          const survived = await work(traced(options, WORKER, argument(known)), known);
          // While it opens its store a node may give up; at work it does not.
          if (k > OPENING) expect(survived, name).to.equal(true);
          if ((await readFile(trace, "utf8")).includes("(INJECTED)")) injections++;
          await finish(known, name);
        }
        expectMost(injections, steps);
        held("durable", injections);
      });
});
