import { expect } from "chai";
import { DELIVERY_FLOORS } from "../../../node/storage/keyspaces.ts";
import { put } from "../../../node/storage/store.ts";
import { held } from "../../faults/tally.ts";
import { addCertificates, agree, ask, deliveriesOf, obtain, startPair, type Pair } from "../deliveries/fixture.ts";
import { codeOf } from "../support/nodes.ts";

describe("delivery numbers of which a restored backup knows nothing", function () {
  this.timeout(60_000);
  let pair: Pair;

  before(async () => {
    pair = await startPair();
    await addCertificates(pair, ["A-1"]);
  });
  after(() => pair.stop());

  it("are served by no provider again, whoever asks", async () => {
    const id = await agree(pair);
    expect(await obtain(pair, id, ["A-1"])).to.include({ k: 0, state: "received" });
    await pair.provider.node.core.store.write([put(DELIVERY_FLOORS, id, 3)]);
    const { agreement } = { agreement: id };
    expect(await codeOf(ask(pair, { request: { agreement, k: 2 } }))).to.equal("delivery.settled");
    // The consumer's node closes what the provider will not serve, and comes to the first number above.
    const states = [];
    for (let i = 0; i < 3; i++) states.push(await codeOf(obtain(pair, id, ["A-1"])));
    expect(states).to.deep.equal(["peer.refused", "peer.refused", "ok"]);
    expect((await deliveriesOf(pair.consumer, id)).map(({ k }) => k)).to.include(3);
    held("backup", 1);
  });

  it("are taken by no consumer again", async () => {
    const id = await agree(pair);
    expect(await obtain(pair, id, ["A-1"])).to.include({ k: 0 });
    await pair.consumer.node.core.store.write([put(DELIVERY_FLOORS, id, 3)]);
    expect(await obtain(pair, id, ["A-1"])).to.include({ k: 3, state: "received" });
    expect(await obtain(pair, id, ["A-1"])).to.include({ k: 4, state: "received" });
    held("backup", 1);
  });
});
