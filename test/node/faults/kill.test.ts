import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { fsck } from "../../../node/fsck/fsck.ts";
import { startLedger, type TestLedger } from "../../support/ledger.ts";
import { seededRandom } from "../../support/random.ts";
import { certificateSchema, privateKeyOf, removeFolder, ROOT, temporaryFolder } from "../support/core.ts";
import type { Task } from "./task.ts";

const WORKER = fileURLToPath(new URL("./ingest.worker.ts", import.meta.url));
const TOTAL = 80;
const SEED = Number(process.env["SUYUAN_TEST_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const hasStrace = spawnSync("strace", ["-V"], { stdio: "ignore" }).status === 0;

interface Acknowledged {
  readonly seq: number;
  readonly record: string;
}

describe("a node that is killed while it ingests and anchors", function () {
  this.timeout(180_000);
  let ledger: TestLedger;
  let task: Task;
  let codes = 0;

  before(async () => (ledger = await startLedger()));
  after(() => ledger.stop());
  beforeEach(async () => {
    const published = await ledger.publish({
      provider: ledger.provider,
      code: `k-${++codes}`,
      schema: certificateSchema,
    });
    const { rpcUrl, name, now } = ledger;
    const { uscc: department } = ledger.provider;
    const privateKey = privateKeyOf(ledger.provider);
    const dataDir = await temporaryFolder();
    task = {
      ...published,
      dataDir,
      rpcUrl,
      ledger: name,
      department,
      privateKey,
      now,
      first: 0,
      total: TOTAL,
      anchors: true,
    };
  });
  afterEach(() => removeFolder(task.dataDir));

  /** Runs a worker until it ends; returns what it acknowledged. */
  let repeated = 0;
  const work = async (
    start: (task: Task) => ChildProcess,
    known: Map<number, Acknowledged>,
    onAck: (count: number) => void = () => undefined,
  ): Promise<boolean> => {
    const child = start({ ...task, first: known.size });
    let done = false;
    let count = 0;
    const lines = createInterface({ input: child.stdout ?? process.stdin });
    lines.on("line", (line) => {
      const [word, number = "", seq = "", record = ""] = line.split(" ");
      if (word === "done") done = true;
      if (word === "again") repeated++;
      if (word !== "ack") return;
      const earlier = known.get(Number(number));
      if (earlier !== undefined) expect({ seq: Number(seq), record }).to.deep.equal(earlier);
      known.set(Number(number), { seq: Number(seq), record });
      onAck(++count);
    });
    await Promise.all([once(child, "exit"), once(lines, "close")]);
    return done;
  };
  const plain = (given: Task): ChildProcess =>
    spawn(process.execPath, [WORKER, JSON.stringify(given)], { stdio: ["ignore", "pipe", "inherit"] });

  const expectSound = async (known: Map<number, Acknowledged>): Promise<void> => {
    expect(known.size).to.equal(TOTAL);
    const numbers = [...known.values()].map(({ seq }) => seq).sort((a, b) => a - b);
    expect(numbers).to.deep.equal(Array.from({ length: TOTAL }, (_, i) => i));
    const view = await ledger.connection.view();
    expect((await view.head(task.scope))?.next).to.equal(TOTAL);
    const batches = await view.batches(task.scope);
    let next = 0;
    for (const { first, count } of batches) {
      expect(first).to.equal(next);
      next = first + count;
    }
    expect(next).to.equal(TOTAL);
    const findings = [];
    for await (const finding of fsck({ dataDir: task.dataDir, root: ROOT, connection: ledger.connection }))
      findings.push(finding.code);
    expect(findings).to.deep.equal([]);
  };

  it(`at random moments keeps every acknowledged record once, numbered densely and anchored once (seed ${SEED})`, async () => {
    const random = seededRandom(SEED);
    const known = new Map<number, Acknowledged>();
    let kills = 0;
    while (known.size < TOTAL && kills < 6) {
      const after = Math.floor(random() * 20);
      const delayMs = Math.floor(random() * 60);
      let child: ChildProcess | undefined;
      const kill = () => setTimeout(() => child?.kill("SIGKILL"), delayMs);
      const start = (given: Task) => (child = plain(given));
      const done = await work(start, known, (count) => void (count === after + 1 && kill()));
      if (done) break;
      kills++;
    }
    while (!(await work(plain, known)));
    expect(kills).to.be.greaterThan(2);
    await expectSound(known);
  });

  describe("at a disk sync", () => {
    before(function () {
      if (hasStrace) return;
      console.log("      skipped: strace is not installed");
      this.skip();
    });
    const traced = (options: readonly string[], given: Task): ChildProcess =>
      spawn("strace", ["-f", ...options, process.execPath, WORKER, JSON.stringify(given)], {
        stdio: ["ignore", "pipe", "inherit"],
        env: { ...process.env, UV_THREADPOOL_SIZE: "1" },
      });

    it("the k-th, for many k, loses nothing", async () => {
      const known = new Map<number, Acknowledged>();
      for (const k of [6, 7, 8, 9, 10, 12, 15, 20]) {
        const kill = ["-o", "/dev/null", "-e", "trace=fdatasync", "-e", `inject=fdatasync:signal=KILL:when=${k}`];
        if (await work((given) => traced(kill, given), known)) break;
      }
      while (!(await work(plain, known)));
      await expectSound(known);
    });

    it("that fails instead is survived by the same process, and nothing is lost or done twice", async () => {
      const known = new Map<number, Acknowledged>();
      // Past the syncs of opening; then one in every dozen, of intake, sealing, signing and receipts alike.
      const failing = ["-o", "/dev/null", "-e", "trace=fdatasync", "-e", "inject=fdatasync:error=EIO:when=14+12"];
      repeated = 0;
      expect(await work((given) => traced(failing, given), known)).to.equal(true);
      expect(repeated).to.be.greaterThan(0);
      await expectSound(known);
    });

    it("was made between the write of each record and its acknowledgement", async () => {
      task = { ...task, total: 30, anchors: false };
      const file = join(task.dataDir, "trace");
      const known = new Map<number, Acknowledged>();
      const trace = ["-y", "-o", file, "-e", "trace=write,pwrite64,fdatasync"];
      expect(await work((given) => traced(trace, given), known)).to.equal(true);
      let unsynced = 0;
      let syncing = false;
      let acknowledged = 0;
      for (const line of (await readFile(file, "utf8")).split("\n")) {
        if (/ (?:write|pwrite64)\(\d+<[^>]*\.log>/.test(line)) unsynced++;
        if (/ fdatasync\(\d+<[^>]*\.log>/.test(line)) syncing = true;
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
    });
  });
});
