import { expect } from "chai";
import { mined } from "../../../scripts/deploy/mined.ts";
import { createTestChain, type TestChain } from "./support.ts";

describe("waiting for a transaction", function () {
  this.timeout(60_000);
  let chain: TestChain;

  before(async () => (chain = await createTestChain()));
  after(() => chain.close());

  it("does not need another block when the one that holds it came between two questions", async () => {
    const { provider } = chain;
    const signer = chain.account(1);
    const sent = await signer.sendTransaction({ to: await signer.getAddress(), type: 0, gasPrice: 0n });
    const ask = provider.getTransactionReceipt.bind(provider);
    let early = 2;
    provider.getTransactionReceipt = (hash) => (early-- > 0 ? Promise.resolve(null) : ask(hash));
    try {
      expect((await mined(sent)).hash).to.equal(sent.hash);
      expect(early).to.be.below(0);
    } finally {
      provider.getTransactionReceipt = ask;
    }
  });
});
