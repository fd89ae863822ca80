import { expect } from "chai";
import { codeOf } from "../support/nodes.ts";
import { addCertificates, agree, obtain, startPair, type Pair } from "./fixture.ts";

describe("a consumer that asks too often", function () {
  this.timeout(60_000);
  let pair: Pair;

  before(async () => {
    // Four at once, then one a second: each delivery takes two.
    pair = await startPair({ provider: { config: { requestsPerSecond: 1 } } });
    await addCertificates(pair, ["A-1"]);
  });
  after(() => pair.stop());

  it("is told to wait, loses no number, and has its delivery when it repeats the call", async () => {
    const id = await agree(pair);
    const ask = (i: number) => obtain(pair, id, ["A-1"], { idempotencyKey: `ask-${i}` });
    const codes: string[] = [];
    for (let i = 0; i < 4; i++) codes.push(await codeOf(ask(i)));
    expect(codes).to.include("peer.busy");
    expect(new Set(codes)).to.deep.equal(new Set(["ok", "peer.busy"]));
    const numbers: number[] = [];
    for (let i = 0; i < 4; i++) {
      pair.ledger.advance(4);
      const { k, state } = await ask(i);
      expect(state).to.equal("received");
      numbers.push(k);
    }
    expect(numbers.sort()).to.deep.equal([0, 1, 2, 3]);
  });
});
