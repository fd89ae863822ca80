import { readdirSync, readFileSync } from "node:fs";
import { getPriority } from "node:os";
import { expect } from "chai";
import type * as worker from "../../../node/records/task-worker.ts";
import { WorkerPool } from "../../../node/workers/pool.ts";
import { yieldToMainThread } from "../../../node/workers/priority.ts";
import { NO_INPUTS } from "./no-inputs.ts";

/** Of each thread of this process: field 19 of proc_pid_stat(5), counted behind the name, which may hold anything. */
const priorities = (): number[] =>
  readdirSync("/proc/self/task").map((thread) => {
    const stat = readFileSync(`/proc/self/task/${thread}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[16]);
  });

describe("yieldToMainThread", function () {
  this.timeout(60_000);

  before(function () {
    if (process.platform !== "linux") this.skip();
  });

  it("is done by every thread that works for a node, and by no other", async () => {
    const nicer = () => priorities().filter((priority) => priority > getPriority()).length;
    const before = nicer();
    const module = new URL("../../../node/records/task-worker.ts", import.meta.url);
    const pool = new WorkerPool<typeof worker>({ module, threads: 2 });
    try {
      // The second thread starts once there is something for it to do.
      while (nicer() < before + 2) await Promise.all([1, 2].map(() => pool.run("prepareInputs", NO_INPUTS)));
      expect(nicer()).to.equal(before + 2);
    } finally {
      await pool.close();
    }
  });

  it("leaves the main thread as it is", () => {
    const before = getPriority();
    yieldToMainThread();
    expect(getPriority()).to.equal(before);
  });
});
