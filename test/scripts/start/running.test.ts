import { expect } from "chai";
import { PartEndedError, Running } from "../../../scripts/start/running.ts";

/** A part that ends when it is stopped or broken. */
function part(order: string[], name: string) {
  let end: () => void = () => undefined;
  const exited = new Promise<void>((resolve) => {
    end = resolve;
  });
  return {
    exited,
    break: () => end(),
    stop: () => {
      order.push(name);
      end();
      return exited;
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

  it("is broken when one part ends by itself", async () => {
    const running = new Running();
    const chain = part([], "chain");
    running.add(chain, words("chain"), "node.log");
    chain.break();
    expect(await running.broken.catch((error: unknown) => error)).to.be.instanceOf(PartEndedError);
  });
});
