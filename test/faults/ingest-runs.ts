import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { fsck } from "../../node/fsck/fsck.ts";
import { certificateSchema, privateKeyOf, removeFolder, ROOT, temporaryFolder } from "../node/support/core.ts";
import type { Task } from "../node/faults/task.ts";
import type { TestLedger } from "../support/ledger.ts";

export const WORKER = fileURLToPath(new URL("../node/faults/ingest.worker.ts", import.meta.url));
const TOTAL = 20;

interface Acknowledged {
  readonly seq: number;
  readonly record: string;
}

/** What was acknowledged, by the number of the certificate. */
export type Known = Map<number, Acknowledged>;

/** Runs of a worker over a data folder, one folder after another, and what must be true of each in the end. */
export class IngestRuns {
  private readonly ledger: TestLedger;
  private codes = 0;
  private current: Task | undefined;

  constructor(ledger: TestLedger) {
    this.ledger = ledger;
  }

  get task(): Task {
    if (this.current === undefined) throw new Error("nothing was begun");
    return this.current;
  }

  /** A scope and a data folder that nobody used. */
  async fresh(changes: Partial<Task> = {}): Promise<void> {
    const { ledger } = this;
    const published = await ledger.publish({
      provider: ledger.provider,
      code: `s-${++this.codes}`,
      schema: certificateSchema,
    });
    this.current = {
      ...published,
      ...{ dataDir: await temporaryFolder(), rpcUrl: ledger.rpcUrl, ledger: ledger.name, now: ledger.now },
      department: ledger.provider.uscc,
      privateKey: privateKeyOf(ledger.provider),
      ...{ first: 0, total: TOTAL, anchors: true, ...changes },
    };
  }

  /** What a worker is told: to go on after what was acknowledged. */
  argument(known: Known): string {
    return JSON.stringify({ ...this.task, first: known.size });
  }

  /** Runs a worker until it ends; true when it did all of its work. `onLine` sees everything that it says. */
  async work(child: ChildProcess, known: Known, onLine: (line: string) => void = () => undefined): Promise<boolean> {
    let done = false;
    const lines = createInterface({ input: child.stdout ?? process.stdin });
    lines.on("line", (line) => {
      onLine(line);
      const [word, number = "", seq = "", record = ""] = line.split(" ");
      if (word === "done") done = true;
      if (word !== "ack") return;
      const earlier = known.get(Number(number));
      if (earlier !== undefined) expect({ seq: Number(seq), record }).to.deep.equal(earlier);
      known.set(Number(number), { seq: Number(seq), record });
    });
    await Promise.all([once(child, "exit"), once(lines, "close")]);
    return done;
  }

  /** Lets runs that nothing disturbs finish the work, and looks at all of it. */
  async finish(known: Known, name: string): Promise<void> {
    while (!(await this.work(this.undisturbed(known), known)));
    await this.expectSound(known, name);
    await removeFolder(this.task.dataDir);
  }

  private undisturbed(known: Known): ChildProcess {
    return spawn(process.execPath, [WORKER, this.argument(known)], { stdio: ["ignore", "pipe", "ignore"] });
  }

  /** Every acknowledged record once, under the number and id it was acknowledged with; dense; anchored once; nothing damaged. */
  private async expectSound(known: Known, name: string): Promise<void> {
    const { connection } = this.ledger;
    const { scope, dataDir, total } = this.task;
    expect(known.size, name).to.equal(total);
    const numbers = [...known.values()].map(({ seq }) => seq).sort((a, b) => a - b);
    expect(numbers, name).to.deep.equal(Array.from({ length: total }, (_, i) => i));
    const view = await connection.view();
    expect((await view.head(scope))?.next, name).to.equal(total);
    const batches = await view.batches(scope);
    expect(new Set(batches.map(({ root }) => root)).size, name).to.equal(batches.length);
    let next = 0;
    for (const { first, count } of batches) {
      expect(first, name).to.equal(next);
      next = first + count;
    }
    const findings = [];
    for await (const { code } of fsck({ dataDir, root: ROOT, connection })) findings.push(code);
    expect(findings, name).to.deep.equal([]);
  }
}
