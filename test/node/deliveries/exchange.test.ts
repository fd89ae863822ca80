import { expect } from "chai";
import { revokeAgreement } from "../../../sdk/client/routes/agreements.ts";
import { deliveriesScope, receiptsScope } from "../../../sdk/protocol/anchor.ts";
import type { Evidence } from "../../../sdk/protocol/evidence.ts";
import { verifyEvidence } from "../../../sdk/verify/verify.ts";
import { codeOf, trustOf } from "../support/nodes.ts";
import {
  addCertificates,
  agree,
  deliveriesOf,
  obtain,
  PURPOSE,
  received,
  settle,
  startPair,
  type Pair,
} from "./fixture.ts";

describe("a delivery between two nodes", function () {
  this.timeout(120_000);
  let pair: Pair;

  before(async () => {
    pair = await startPair();
    await addCertificates(pair, ["A-1", "A-2", "A-3"]);
  });
  after(() => pair.stop());

  const verify = (evidence: Evidence, as = pair.ledger.consumer.uscc, purpose = PURPOSE) =>
    verifyEvidence(
      { evidence, policy: { name: "use", as, purpose } },
      { connections: [pair.ledger.connection], trust: trustOf(pair.ledger), now: pair.ledger.now },
    );

  it("hands over exactly what was granted, verified and countersigned", async () => {
    const id = await agree(pair);
    const answer = await obtain(pair, id, ["A-2", "A-1"]);
    expect(answer).to.include({ k: 0, state: "received", acknowledged: true });
    expect(answer.records.map(({ seq, verdict }) => [seq, verdict])).to.deep.equal([
      [1, "verified"],
      [0, "verified"],
    ]);
    const evidence = await received(pair, id, 0);
    expect(evidence.claims.disclosed.map(({ path }) => path[0])).to.have.members([
      "number",
      "holder",
      "from",
      "until",
      "scope",
      "scope",
    ]);
    expect((await verify(evidence)).verdict).to.equal("verified");
    expect((await verify(evidence, pair.ledger.stranger.uscc)).verdict).to.equal("rejected");
    expect((await verify(evidence, undefined, "another-purpose")).verdict).to.equal("rejected");
    const { delivery: _delivery, ...bare } = evidence;
    expect((await verify(bare)).verdict).to.equal("rejected");
  });

  it("gives only the required claims when no field is asked for", async () => {
    const id = await agree(pair);
    await obtain(pair, id, ["A-1"], { fields: [] });
    const evidence = await received(pair, id, 0);
    expect(evidence.claims.disclosed.map(({ path }) => path.join("."))).to.deep.equal([
      "number",
      "holder",
      "from",
      "until",
    ]);
  });

  it("is anchored by both sides under its number, and still verifies after revocation", async () => {
    const id = await agree(pair, { maximumUses: 2 });
    await obtain(pair, id, ["A-1"]);
    await obtain(pair, id, ["A-2"]);
    expect(await settle(pair, id)).to.deep.equal({
      provided: ["delivered", "delivered"],
      consumed: ["received", "received"],
    });
    const evidence = await received(pair, id, 1);
    pair.ledger.advance(10);
    await pair.provider.client().call(revokeAgreement, { params: { id }, body: { reason: 1 } });
    expect(await codeOf(obtain(pair, id, ["A-3"]))).to.equal("delivery.not-in-force");
    expect((await verify(evidence)).verdict).to.equal("verified");
    for (const [node, scope] of [
      [pair.provider, deliveriesScope(id)],
      [pair.consumer, receiptsScope(id)],
    ] as const) {
      await node.node.core.records.waitFor(scope, 1, "final", { timeoutMs: 30_000 });
      expect((await (await pair.ledger.connection.view("latest")).head(scope))?.next).to.equal(2);
    }
  });

  it("uses each number once, up to the agreement's uses", async () => {
    const id = await agree(pair, { maximumUses: 3 });
    const answers = await Promise.all([
      obtain(pair, id, ["A-1"]),
      obtain(pair, id, ["A-2"]),
      obtain(pair, id, ["A-3"]),
    ]);
    expect(answers.map(({ k }) => k).sort()).to.deep.equal([0, 1, 2]);
    expect(await codeOf(obtain(pair, id, ["A-1"]))).to.equal("delivery.uses-exhausted");
  });

  it("is asked for once under an idempotency key", async () => {
    const id = await agree(pair);
    const first = await obtain(pair, id, ["A-1"], { idempotencyKey: "matter-1" });
    expect(await obtain(pair, id, ["A-1"], { idempotencyKey: "matter-1" })).to.deep.equal(first);
    expect(await codeOf(obtain(pair, id, ["A-2"], { idempotencyKey: "matter-1" }))).to.equal(
      "delivery.idempotency-conflict",
    );
    expect((await deliveriesOf(pair.provider, id)).length).to.equal(1);
  });

  it("that the provider refuses leaves the number for the next request", async () => {
    const id = await agree(pair);
    expect(await codeOf(obtain(pair, id, ["no such"]))).to.equal("peer.refused");
    expect((await deliveriesOf(pair.consumer, id)).map(({ k, state }) => [k, state])).to.deep.equal([[0, "free"]]);
    expect((await obtain(pair, id, ["A-1"])).k).to.equal(0);
    expect(await settle(pair, id)).to.deep.equal({ provided: ["delivered"], consumed: ["received"] });
  });

  it("that its own node can refuse never leaves it", async () => {
    const id = await agree(pair);
    expect(await codeOf(obtain(pair, id, ["A-1"], { fields: ['["note"]'] }))).to.equal("delivery.field-not-granted");
    expect(await codeOf(obtain(pair, id, ["A-1"], { purpose: "curiosity" }))).to.equal("delivery.purpose");
    expect(await deliveriesOf(pair.consumer, id)).to.deep.equal([]);
  });

  it("leaves no business key and no content in logs, and none in readable form in the consumer's store", async () => {
    const id = await agree(pair);
    await addCertificates(pair, ["Z-SECRET-77"]);
    await obtain(pair, id, ["Z-SECRET-77"]);
    for (const { log } of [pair.provider, pair.consumer])
      expect(JSON.stringify(log)).not.to.match(/Z-SECRET|企业|内部备注/);
    const probes = ["Z-SECRET-77", "企业Z"].map((text) => new TextEncoder().encode(text));
    for (const { node } of [pair.consumer, pair.provider])
      expect((await node.core.store.scanFiles(probes)).found).to.deep.equal([]);
  });
});
