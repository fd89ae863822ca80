import { expect } from "chai";
import { showSupply } from "../../../sdk/client/routes/quality.ts";
import { changeStatus } from "../../../sdk/client/routes/records.ts";
import { addCertificates, agree, obtain, startPair, type Pair } from "../deliveries/fixture.ts";
import { codeOf } from "../support/nodes.ts";
import { someHash } from "../../support/deliveries.ts";

const DAY = 86_400;

describe("how a resource is supplied", function () {
  this.timeout(60_000);
  let pair: Pair;

  before(async () => {
    pair = await startPair();
  });
  after(() => pair.stop());

  const supply = (node = pair.provider) => node.client().call(showSupply, { params: { id: pair.resource } });

  it("is nothing before the first record", async () => {
    const found = await supply();
    expect(found).to.include({ records: 0, batches: 0, isLate: false });
    expect(found).not.to.have.property("lastAt");
    expect(found.months).to.have.length(12);
    expect(found.months.at(-1)).to.deep.equal({ month: "2026-03", records: 0 });
    expect(found.months[0]?.month).to.equal("2025-04");
  });

  it("is told the same by any department's node: records, states and sharing, from the chain", async () => {
    const { provider, consumer, scope } = pair;
    await addCertificates(pair, ["A-1", "A-2", "A-3"]);
    const agreement = await agree(pair);
    await obtain(pair, agreement, ["A-1"]);
    await provider.client().call(changeStatus, { params: { scope, seq: 1 }, body: { state: "suspended", reason: 1 } });
    await provider.client().call(changeStatus, { params: { scope, seq: 2 }, body: { state: "revoked", reason: 1 } });
    const found = await supply();
    expect(found.records).to.equal(3);
    expect(found.months.at(-1)).to.deep.equal({ month: "2026-03", records: 3 });
    expect(found.states).to.have.deep.members([
      { state: "suspended", records: 1 },
      { state: "revoked", records: 1 },
    ]);
    expect(found.agreements.inForce).to.equal(1);
    expect(found.agreements.deliveries).to.be.at.least(1);
    expect(await supply(consumer)).to.deep.equal(found);
  });

  it("is the same when what came since is added as when everything is read at once", async () => {
    const { provider, consumer, scope } = pair;
    const before = await supply();
    await addCertificates(pair, ["A-4", "A-5"]);
    await provider.client().call(changeStatus, { params: { scope, seq: 1 }, body: { state: "active", reason: 2 } });
    const after = await supply();
    expect(after.records).to.equal(before.records + 2);
    expect(after.batches).to.be.greaterThan(before.batches);
    expect(after.states).to.deep.equal([{ state: "revoked", records: 1 }]);
    // A node that has just begun knows nothing of before.
    await consumer.restart();
    expect(await supply(consumer)).to.deep.equal(after);
  });

  it("is late when more time has passed than was promised", async () => {
    const { promisedDays, isLate } = await supply();
    expect(promisedDays).to.be.greaterThan(0);
    expect(isLate).to.equal(false);
    pair.ledger.advance((promisedDays + 1) * DAY);
    expect((await supply()).isLate).to.equal(true);
  });

  it("is unknown for a resource that is not in the catalogue", async () => {
    expect(await codeOf(pair.provider.client().call(showSupply, { params: { id: someHash(9) } }))).to.equal(
      "resource.unknown",
    );
  });
});
