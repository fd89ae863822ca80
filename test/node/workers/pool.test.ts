import { expect } from "chai";
import { threadId } from "node:worker_threads";
import type * as worker from "../../../node/records/task-worker.ts";
import { TASKS_AHEAD, WorkerPool } from "../../../node/workers/pool.ts";
import { NO_INPUTS } from "./no-inputs.ts";
import type * as tasks from "./tasks.ts";

const module = new URL("./tasks.ts", import.meta.url);

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

async function all<T>(results: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const result of results) found.push(result);
  return found;
}

describe("WorkerPool", function () {
  this.timeout(60_000);
  let pool: WorkerPool<typeof tasks>;

  before(() => {
    pool = new WorkerPool<typeof tasks>({ module, threads: 2 });
  });
  after(() => pool.close());

  it("runs a module's function in another thread", async () => {
    expect(await pool.run("double", { value: 21 })).to.equal(42);
    expect(await pool.run("thread", {})).not.to.equal(threadId);
  });

  it("takes and gives flat buffers", async () => {
    const bytes = Uint8Array.of(0, 1, 2, 250).subarray(1);
    expect(await pool.run("sum", { bytes })).to.deep.equal(Uint8Array.of(253));
    expect(bytes).to.deep.equal(Uint8Array.of(1, 2, 250));
  });

  it("rejects with what the function throws, and goes on", async () => {
    const error = await pool.run("fail", { at: 1, value: 1 }).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(RangeError);
    expect(await pool.run("fail", { at: 1, value: 2 })).to.equal(2);
  });

  it("takes up what is urgent before what has waited longer", async () => {
    const ended: string[] = [];
    const spin = (name: string, isUrgent: boolean) =>
      pool.run("spin", { value: 0, milliseconds: 5 }, { isUrgent }).then(() => void ended.push(name));
    await Promise.all([...numbers(12).map((i) => spin(`waiting ${i}`, false)), spin("urgent", true)]);
    // Two threads had something to do already, each perhaps one more.
    expect(ended.indexOf("urgent")).to.be.at.most(4);
    expect(ended).to.have.length(13);
  });

  it("gives the results of a stream in its order, however long each takes", async () => {
    const stream = numbers(20).map((value) => ({ value, milliseconds: value % 3 === 0 ? 8 : 0 }));
    expect(await all(pool.inOrder("spin", stream))).to.deep.equal(numbers(20));
    expect(await all(pool.inOrder("spin", []))).to.deep.equal([]);
  });

  it("takes no more tasks than it has room for beyond the results that were fetched", async () => {
    let taken = 0;
    const endless = function* () {
      for (let value = 0; ; value++) {
        taken++;
        yield { value };
      }
    };
    let fetched = 0;
    for await (const result of pool.inOrder("double", endless())) {
      expect(result).to.equal(2 * fetched++);
      expect(taken - fetched).to.be.at.most(pool.threads * TASKS_AHEAD);
      if (fetched === 50) break;
    }
    expect(taken).to.equal(49 + pool.threads * TASKS_AHEAD);
  });

  it("ends a stream with the first error, after the results before it", async () => {
    const stream = numbers(12).map((value) => ({ at: 5, value }));
    const found: number[] = [];
    let error: unknown;
    try {
      for await (const result of pool.inOrder("fail", stream)) found.push(result);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).to.be.instanceOf(RangeError);
    expect(found).to.deep.equal(numbers(5));
  });

  it("passes on an error of the stream itself", async () => {
    const broken = function* () {
      yield { value: 1 };
      throw new TypeError("the source broke");
    };
    const error = await all(pool.inOrder("double", broken())).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(TypeError);
  });

  it("is closed while its threads are starting", async () => {
    const node = new URL("../../../node/records/task-worker.ts", import.meta.url);
    for (let waited = 0; waited < 10; waited++) {
      const starting = new WorkerPool<typeof worker>({ module: node, threads: 2 });
      await Promise.all([1, 2].map(() => starting.run("prepareInputs", NO_INPUTS)));
      await new Promise((resolve) => setTimeout(resolve, waited));
      await starting.close();
    }
  });
});
