import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { removeFolder } from "../node/support/core.ts";
import { startLedger, type TestLedger } from "../support/ledger.ts";
import { seededRandom } from "../support/random.ts";
import { IngestRuns, WORKER, type Known } from "./ingest-runs.ts";
import { startFaultProxy, type FaultProxy } from "./rpc-proxy.ts";
import { held, LONG, ofThisPiece, SEED } from "./tally.ts";

const SWITCH = fileURLToPath(new URL("./kill-switch.ts", import.meta.url));
const MOMENTS = ["before", "after"] as const;
/** Steps that the short form tries; the long form tries every one. */
const SHORT = 2;
const isLong = LONG > 1;

/** What kill-sweep.test.ts does with strace, at the store's writes and the transactions: on every system, and also just after. */
describe(`a kill before or after any write or transaction (SUYUAN_FAULTS_SEED=${SEED})`, function () {
  this.timeout(isLong ? 3_600_000 : 300_000);
  let ledger: TestLedger;
  let proxy: FaultProxy;
  let runs: IngestRuns;
  const random = seededRandom(SEED);

  before(async () => {
    ledger = await startLedger();
    proxy = await startFaultProxy(ledger.rpcUrl);
    runs = new IngestRuns(ledger);
  });
  after(async () => {
    await proxy.stop();
    await ledger.stop();
  });
  beforeEach(() => (proxy.plan = () => undefined));

  const switched = (known: Known, at = ""): ChildProcess =>
    spawn(process.execPath, ["--import", SWITCH, WORKER, runs.argument(known)], {
      stdio: ["ignore", "pipe", "ignore"],
      env: { ...process.env, KILL_AT: at },
    });

  /** How many writes and transactions an undisturbed run makes. */
  const undisturbed = async () => {
    let [writes, sends] = [0, 0];
    proxy.plan = ({ method }) => {
      if (method === "eth_sendRawTransaction") sends++;
      return undefined;
    };
    await runs.fresh({ rpcUrl: proxy.url });
    const known: Known = new Map();
    const done = await runs.work(switched(known), known, (line) => {
      writes = Number(/^writes (\d+)$/.exec(line)?.[1] ?? writes);
    });
    expect(done).to.equal(true);
    expect(Math.min(writes, sends), "steps counted; none: the switch is not where the store writes").above(0);
    await removeFolder(runs.task.dataDir);
    return { writes, sends };
  };
  /** Runs differ a little in how many steps they make: of the last ones none is chosen. */
  const stepsOf = (count: number): number[] => {
    if (isLong) return ofThisPiece(Array.from({ length: count }, (_, i) => i + 1));
    return Array.from({ length: SHORT }, () => 1 + Math.floor(random() * Math.ceil(count / 2)));
  };
  const expectMost = (kills: number, steps: readonly number[]): void => {
    expect(kills).to.be.at.least(isLong ? Math.floor(steps.length / 2) : steps.length);
    held("durable", kills);
  };

  for (const moment of MOMENTS) {
    it(`killed ${moment} a write of the store: every acknowledged record is there once and anchored once`, async () => {
      const steps = stepsOf((await undisturbed()).writes);
      let kills = 0;
      for (const k of steps) {
        await runs.fresh();
        const known: Known = new Map();
        if (!(await runs.work(switched(known, `${moment}:${k}`), known))) kills++;
        await runs.finish(known, `${moment} write ${k}`);
      }
      expectMost(kills, steps);
    });

    it(`killed ${moment} the chain took a transaction: nothing is anchored twice`, async () => {
      const steps = stepsOf((await undisturbed()).sends);
      let kills = 0;
      for (const k of steps) {
        await runs.fresh({ rpcUrl: proxy.url });
        const known: Known = new Map();
        const child = switched(known);
        let sends = 0;
        proxy.plan = ({ method }) => {
          if (method !== "eth_sendRawTransaction" || ++sends !== k) return undefined;
          if (moment === "before") child.kill("SIGKILL");
          return moment === "before"
            ? { kind: "reset", after: false }
            : { kind: "change", change: (answer) => (child.kill("SIGKILL"), answer) };
        };
        if (!(await runs.work(child, known))) kills++;
        await runs.finish(known, `${moment} transaction ${k}`);
      }
      expectMost(kills, steps);
    });
  }
});
