import { expect } from "chai";
import { PartEndedError, Running } from "../../../scripts/start/running.ts";

/** A part that ends when it is stopped or broken; `how` is what the event `exit` says then. */
function part(order: string[], name: string, how: readonly unknown[] = [1, null]) {
  let end: (how: readonly unknown[]) => void = () => undefined;
  const exited = new Promise<readonly unknown[]>((resolve) => {
    end = resolve;
  });
  return {
    exited,
    break: () => end(how),
    stop: () => {
      order.push(name);
      end([0, null]);
      return exited.then(() => undefined);
    },
  };
}

const words = (text: string) => ({ zh: text, en: text });

describe("what an evaluation ledger runs", () => {
  it("is stopped in reverse order, and a stopped part is not a broken one", async () => {
    const order: string[] = [];
    const running = new Running();
    for (const name of ["chain", "node"]) running.add(part(order, name), words(name));
    await running.stop();
    expect(order).to.deep.equal(["node", "chain"]);
    expect(await Promise.race([running.broken, Promise.resolve("whole")])).to.equal("whole");
  });

  it("stops at once what comes up when it was told to stop", async () => {
    const order: string[] = [];
    const running = new Running();
    await running.stop();
    running.add(part(order, "late"), words("late"));
    await running.stop();
    expect(order).to.deep.equal(["late"]);
  });

  it("is broken when one part ends by itself", async () => {
    const running = new Running();
    const chain = part([], "chain");
    running.add(chain, words("chain"), { logPath: "node.log" });
    chain.break();
    expect(await running.broken.catch((error: unknown) => error)).to.be.instanceOf(PartEndedError);
  });

  it("goes on when a part that may be stopped was stopped in order, and is broken when it was not", async () => {
    for (const how of [
      [0, null],
      [1, null],
      [null, "SIGKILL"],
    ]) {
      const running = new Running();
      const node = part([], "node", how);
      let told = 0;
      running.add(node, words("node"), { onStopped: () => told++ });
      node.break();
      await node.exited;
      const outcome = await Promise.race([
        running.broken.catch(() => "broken"),
        new Promise((resolve) => setImmediate(resolve, "whole")),
      ]);
      expect([outcome, told], String(how)).to.deep.equal(how[0] === 0 ? ["whole", 1] : ["broken", 0]);
    }
  });
});
