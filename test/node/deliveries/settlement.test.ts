import { expect } from "chai";
import { reserveDeliveries, revokeAgreement } from "../../../sdk/client/routes/agreements.ts";
import { addCertificates, agree, ask, obtain, settle, startPair, type Pair } from "./fixture.ts";

const DAY = 86_400;

describe("the settlement period", function () {
  this.timeout(60_000);
  let pair: Pair;

  before(async () => {
    const config = { acknowledgeWithinMs: 30 * DAY * 1000 };
    pair = await startPair({ provider: { config }, consumer: { config } });
    await addCertificates(pair, ["A-1"]);
  });
  after(() => pair.stop());

  it("is used up to its last day for what may still come, and then settled without it", async () => {
    const id = await agree(pair);
    const { ledger, consumer, provider } = pair;
    await consumer.client().call(reserveDeliveries, { params: { id }, body: { count: 2 } });
    await ask(pair, { request: { agreement: id, k: 0 } });
    await provider.client().call(revokeAgreement, { params: { id }, body: { reason: 1 } });
    const until = (await (await ledger.connection.view("latest")).settlementUntil(id)) ?? 0;
    ledger.advance(until - DAY - 1 - ledger.now);
    expect((await settle(pair, id)).provided).to.deep.equal([undefined]);
    ledger.advance(1);
    expect((await settle(pair, id)).provided).to.deep.equal(["unacknowledged", "void"]);
  });

  it("that is over leaves nothing to do", async () => {
    const id = await agree(pair);
    const { ledger, provider } = pair;
    await obtain(pair, id, ["A-1"]);
    await ask(pair, { request: { agreement: id, k: 1 } });
    await provider.client().call(revokeAgreement, { params: { id }, body: { reason: 1 } });
    await provider.node.exchange.settler.stop();
    expect(await provider.node.exchange.open.has(`provide/${id}`)).to.equal(true);
    const until = (await (await ledger.connection.view("latest")).settlementUntil(id)) ?? 0;
    ledger.advance(until - ledger.now);
    provider.node.exchange.settler.start();
    await provider.node.exchange.settler.settled();
    expect(await provider.node.exchange.open.has(`provide/${id}`)).to.equal(false);
  });
});
