import { expect } from "chai";
import { serveDelivery } from "../../../sdk/client/routes/deliveries.ts";
import { countsCases } from "../../faults/tally.ts";
import { codeOf } from "../support/nodes.ts";
import { addCertificates, agree, obtain, startPair, type Pair } from "./fixture.ts";

/** The guard's own rules are in guarded-transport.test.ts. */
describe("an address inwards that a department wrote into the registry", function () {
  this.timeout(60_000);
  countsCases("surface");
  /** Read again at each start of the node. */
  const config = { allowLoopbackPeers: true };
  let pair: Pair;

  before(async () => {
    pair = await startPair({ consumer: { config } });
    await addCertificates(pair, ["A-1"]);
  });
  after(() => pair.stop());

  it("is asked nothing by the node of another department, which says so", async () => {
    const { provider, consumer } = pair;
    const id = await agree(pair);
    expect((await obtain(pair, id, ["A-1"])).k).to.equal(0);
    // As in production.
    config.allowLoopbackPeers = false;
    await consumer.restart();
    const asked = () => provider.log.filter(({ route }) => route === serveDelivery.path).length;
    const before = asked();
    expect(before).to.be.greaterThan(0);
    expect(await codeOf(obtain(pair, id, ["A-1"]))).to.equal("peer.invalid");
    expect(asked()).to.equal(before);
  });
});
