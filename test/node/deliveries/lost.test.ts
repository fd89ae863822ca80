import { expect } from "chai";
import { completeAgreement, reserveDeliveries, revokeAgreement } from "../../../sdk/client/routes/agreements.ts";
import { setEndpointCall } from "../../../sdk/chain/department-calls.ts";
import { deliveriesScope, receiptsScope } from "../../../sdk/protocol/anchor.ts";
import { toBase64Url, toHex, type Hex } from "../../../sdk/protocol/bytes.ts";
import { deliveryBytes, packageDigest, packageTree, type DeliveryTerms } from "../../../sdk/protocol/delivery.ts";
import { evidenceJson, parseEvidence, type Evidence } from "../../../sdk/protocol/evidence.ts";
import { recordId } from "../../../sdk/protocol/header.ts";
import type { JsonObject } from "../../../sdk/protocol/json.ts";
import { codeOf, signerOf } from "../support/nodes.ts";
import { startProxy, type Proxy } from "../support/proxy.ts";
import {
  acknowledge,
  addCertificates,
  agree,
  ask,
  deliveriesOf,
  obtain,
  received,
  restartProvider,
  settle,
  startPair,
  type Pair,
} from "./fixture.ts";

const ACKNOWLEDGE_SECONDS = 3600;
type Answer = {
  evidences: {
    claims: { disclosed: { value: unknown; path: unknown[] }[] };
    delivery: { terms: Record<string, unknown> };
  }[];
};

describe("what is lost or altered between two nodes", function () {
  this.timeout(120_000);
  let pair: Pair;
  let network: Proxy;

  before(async () => {
    pair = await startPair();
    await addCertificates(pair, ["A-1", "A-2", "A-3"]);
    network = await startProxy(pair.provider.url);
    await pair.ledger.send(pair.ledger.provider, setEndpointCall({ endpoint: network.url }));
  });
  after(async () => {
    await pair.stop();
    await network.stop();
  });
  beforeEach(() => {
    network.down = false;
    network.alter = undefined;
  });

  const states = async (id: Hex) => ({
    consumer: (await deliveriesOf(pair.consumer, id)).map(({ k, state, acknowledged }) => [k, state, acknowledged]),
    provider: (await deliveriesOf(pair.provider, id)).map(({ k, state }) => [k, state]),
  });
  /** Cuts the connection after the provider has answered a route. */
  const loseAnswersOf = (path: RegExp) => {
    network.alter = (url, body) => {
      if (path.test(url)) network.down = true;
      return body;
    };
  };
  const alterAnswer = (change: (answer: Answer) => void) => {
    network.alter = (url, body) => {
      if (url !== "/v1/deliveries") return body;
      const answer = JSON.parse(body) as Answer;
      change(answer);
      return JSON.stringify(answer);
    };
  };

  it("a provider that is away: the number waits, and the same request is made when it is back", async () => {
    const id = await agree(pair);
    network.down = true;
    expect(await codeOf(obtain(pair, id, ["A-1"]))).to.equal("peer.unreachable");
    expect(await states(id)).to.deep.equal({ consumer: [[0, "asked", false]], provider: [] });
    network.down = false;
    await pair.consumer.node.exchange.settler.settled();
    await pair.consumer.node.exchange.settler.settled();
    expect(await states(id)).to.deep.equal({ consumer: [[0, "received", true]], provider: [[0, "acknowledged"]] });
    expect((await received(pair, id, 0)).header.seq).to.equal(0);
  });

  it("an answer that is lost: nothing is handed over under a second number, also after a restart of the consumer", async () => {
    const id = await agree(pair);
    loseAnswersOf(/^\/v1\/deliveries$/);
    expect(await codeOf(obtain(pair, id, ["A-1"], { idempotencyKey: "lost" }))).to.equal("peer.unreachable");
    expect(await states(id)).to.deep.equal({ consumer: [[0, "asked", false]], provider: [[0, "served"]] });
    await pair.consumer.restart();
    network.alter = undefined;
    network.down = false;
    const answer = await obtain(pair, id, ["A-1"], { idempotencyKey: "lost" });
    expect([answer.k, answer.state]).to.deep.equal([0, "received"]);
    expect(await states(id)).to.deep.equal({ consumer: [[0, "received", true]], provider: [[0, "acknowledged"]] });
  });

  it("a receipt that is lost: it is sent until the provider has it, whoever restarts", async () => {
    const id = await agree(pair);
    network.alter = (url, body) => {
      if (url === "/v1/deliveries") setImmediate(() => (network.down = true));
      return body;
    };
    const answer = await obtain(pair, id, ["A-1"]);
    expect([answer.state, answer.acknowledged]).to.deep.equal(["received", false]);
    expect((await states(id)).provider).to.deep.equal([[0, "served"]]);
    await pair.consumer.restart();
    network.alter = undefined;
    network.down = false;
    await pair.consumer.node.exchange.settler.settled();
    expect(await states(id)).to.deep.equal({ consumer: [[0, "received", true]], provider: [[0, "acknowledged"]] });
    expect(await settle(pair, id)).to.deep.equal({ provided: ["delivered"], consumed: ["received"] });
  });

  const alterations: [string, (answer: Answer) => void][] = [
    [
      "a claim's value",
      ({ evidences: [first] }) => void (first && Object.assign(first.claims.disclosed[1] ?? {}, { value: "别人" })),
    ],
    ["a withheld claim", ({ evidences: [first] }) => void first?.claims.disclosed.pop()],
    ["a missing record", ({ evidences }) => void evidences.pop()],
    ["records in another order", ({ evidences }) => void evidences.reverse()],
    ["another number", ({ evidences }) => evidences.forEach(({ delivery }) => Object.assign(delivery.terms, { k: 7 }))],
    [
      "another purpose",
      ({ evidences }) => evidences.forEach(({ delivery }) => Object.assign(delivery.terms, { purpose: "other" })),
    ],
    ["another time", ({ evidences }) => evidences.forEach(({ delivery }) => Object.assign(delivery.terms, { at: 1 }))],
    ["a member that nothing covers", ({ evidences: [first] }) => void (first && Object.assign(first, { note: 1 }))],
    ["no evidence at all", ({ evidences }) => void evidences.splice(0)],
  ];
  for (const [name, change] of alterations) {
    it(`${name}: the consumer disputes it, keeps nothing and signs nothing`, async () => {
      const id = await agree(pair);
      alterAnswer(change);
      const answer = await obtain(pair, id, ["A-1", "A-2"]);
      expect(answer.state).to.equal("disputed");
      expect(answer.faults).not.to.deep.equal([]);
      expect(await codeOf(received(pair, id, 0))).to.equal("delivery.unknown");
      expect(await settle(pair, id)).to.deep.equal({ provided: [undefined], consumed: ["disputed"] });
      expect((await states(id)).provider).to.deep.equal([[0, "served"]]);
    });
  }

  describe("a provider that signs something else than was asked for", () => {
    const PURPOSE_OF_ANOTHER = "another-purpose";
    const forge = (evidences: readonly Evidence[], terms: Partial<DeliveryTerms> = {}) =>
      resigned(pair, evidences, terms);
    const forgeries: [string, (evidences: readonly Evidence[], wider: readonly Evidence[]) => JsonObject[], string][] =
      [
        ["fewer records", (evidences) => forge(evidences.slice(1)), "package.count"],
        ["a record twice", ([first]) => (first ? forge([first, first]) : []), "package.key"],
        ["records in another order", (evidences) => forge([...evidences].reverse()), "package.key"],
        ["more fields than were asked for", (_evidences, wider) => forge(wider), "package.beyond-request"],
        ["another number", (evidences) => forge(evidences, { k: 1 }), "package.k"],
        ["another purpose", (evidences) => forge(evidences, { purpose: PURPOSE_OF_ANOTHER }), "package.purpose"],
        [
          "another consumer",
          (evidences) => forge(evidences, { consumer: pair.ledger.stranger.uscc }),
          "package.consumer",
        ],
        [
          "another request",
          (evidences) => forge(evidences, { requestDigest: `0x${"11".repeat(32)}` }),
          "package.requestDigest",
        ],
        ["another ledger", (evidences) => forge(evidences, { ledger: `0x${"11".repeat(32)}` }), "package.ledger"],
        [
          "a time before the agreement",
          (evidences) => forge(evidences, { at: 1 }),
          "authorization.time receipt.key-untrusted",
        ],
      ];
    for (const [name, change, fault] of forgeries) {
      it(`${name}: disputed`, async () => {
        const id = await agree(pair);
        await pair.consumer.client().call(reserveDeliveries, { params: { id }, body: { count: 2 } });
        const wider = (
          await ask(pair, { request: { agreement: id, k: 1, keys: ["A-1", "A-2"], fields: ['["scope"]'] } })
        ).map(parseEvidence);
        network.alter = (url, body) => {
          if (url !== "/v1/deliveries") return body;
          const { evidences } = JSON.parse(body) as { evidences: JsonObject[] };
          const read = evidences.map(parseEvidence);
          const terms = read[0]?.delivery?.terms;
          const based = wider.map((evidence) => ({
            ...evidence,
            delivery: { ...evidence.delivery, terms },
          })) as Evidence[];
          return JSON.stringify({ evidences: change(read, based) });
        };
        const answer = await obtain(pair, id, ["A-1", "A-2"], { fields: [] });
        expect([answer.state, answer.faults.join(" ")]).to.deep.equal(["disputed", fault]);
      });
    }
  });

  it("a number without a receipt is settled as unacknowledged after the wait, in order, and a late receipt still counts", async () => {
    const id = await agree(pair);
    const { consumer, provider, ledger } = pair;
    await consumer.client().call(reserveDeliveries, { params: { id }, body: { count: 4 } });
    const [first = {}] = await ask(pair, { request: { agreement: id, k: 1 } });
    await ask(pair, { request: { agreement: id, k: 2 } });
    expect((await settle(pair, id)).provided).to.deep.equal([undefined, undefined]);
    ledger.advance(ACKNOWLEDGE_SECONDS);
    expect((await settle(pair, id)).provided).to.deep.equal(["void", "unacknowledged", "unacknowledged"]);
    expect(await codeOf(ask(pair, { request: { agreement: id, k: 0 } }))).to.equal("delivery.settled");
    await acknowledge(pair, first);
    const seen = (await deliveriesOf(provider, id)).map(({ acknowledged, settled }) => [
      acknowledged,
      settled?.outcome,
    ]);
    expect(seen).to.deep.equal([
      [false, "void"],
      [true, "unacknowledged"],
      [false, "unacknowledged"],
    ]);
    const document = await provider.node.core.records.document(deliveriesScope(id), 1);
    expect(document.signatures).to.have.length(1);
    expect((document.signatures as { key: string }[])[0]?.key).to.equal(`${ledger.consumer.uscc}/1`);
  });

  it("a number that the provider has closed, or used otherwise, is given up for the next", async () => {
    const id = await agree(pair);
    expect(await codeOf(obtain(pair, id, ["no such"]))).to.equal("peer.refused");
    await ask(pair, { request: { agreement: id, k: 1 } });
    pair.ledger.advance(ACKNOWLEDGE_SECONDS);
    expect((await settle(pair, id)).provided).to.deep.equal(["void", "unacknowledged"]);
    expect(await codeOf(obtain(pair, id, ["A-1"], { idempotencyKey: "closed" }))).to.equal("peer.refused");
    expect(await codeOf(obtain(pair, id, ["A-1"], { idempotencyKey: "closed" }))).to.equal("delivery.settled");
    expect(await codeOf(obtain(pair, id, ["A-1"]))).to.equal("peer.refused");
    expect((await obtain(pair, id, ["A-1"])).k).to.equal(2);
    expect(await settle(pair, id)).to.deep.equal({
      provided: ["void", "unacknowledged", "delivered"],
      consumed: ["nothing-received", "disputed", "received"],
    });
  });

  for (const [how, end] of [
    ["revocation", (id: Hex) => pair.provider.client().call(revokeAgreement, { params: { id }, body: { reason: 1 } })],
    ["completion", (id: Hex) => pair.consumer.client().call(completeAgreement, { params: { id }, body: {} })],
  ] as const) {
    it(`after ${how} every reserved number is settled by both sides`, async () => {
      const id = await agree(pair);
      await pair.consumer.client().call(reserveDeliveries, { params: { id }, body: { count: 3 } });
      await obtain(pair, id, ["A-1"]);
      pair.ledger.advance(1);
      await end(id);
      expect(await settle(pair, id)).to.deep.equal({
        provided: ["delivered", "void", "void"],
        consumed: ["received", "nothing-received", "nothing-received"],
      });
      for (const [node, scope] of [
        [pair.provider, deliveriesScope(id)],
        [pair.consumer, receiptsScope(id)],
      ] as const) {
        await node.node.core.records.waitFor(scope, 2, "final", { timeoutMs: 30_000 });
        await node.node.exchange.settler.settled();
        expect(await node.node.exchange.open.has(`${node === pair.provider ? "provide" : "consume"}/${id}`)).to.equal(
          false,
        );
      }
    });
  }

  it("numbers that were reserved and never used are settled after a restart, although nobody asked under them", async () => {
    const id = await agree(pair);
    await pair.consumer.client().call(reserveDeliveries, { params: { id }, body: { count: 2 } });
    await pair.provider.client().call(revokeAgreement, { params: { id }, body: { reason: 1 } });
    await restartProvider(pair);
    await pair.consumer.restart();
    expect(await settle(pair, id)).to.deep.equal({
      provided: ["void", "void"],
      consumed: ["nothing-received", "nothing-received"],
    });
  });
});

/** A package of these evidences under the terms of the first, as the provider would sign it. */
function resigned({ ledger }: Pair, evidences: readonly Evidence[], changes: Partial<DeliveryTerms>): JsonObject[] {
  const items = evidences.map(({ header, claims }) => ({
    record: toHex(recordId(header)),
    claims: claims.disclosed.map(({ at }) => at),
  }));
  const tree = packageTree(items);
  const [first] = evidences;
  if (first?.delivery === undefined) throw new Error("no delivery");
  const terms = { ...first.delivery.terms, packageDigest: packageDigest(items.length, tree.root), ...changes };
  const { keyId: key, sign } = signerOf(ledger.provider);
  const signature = sign(deliveryBytes(terms));
  if (!(signature instanceof Uint8Array)) throw new Error("signs at once");
  const provider = { key, signature: toBase64Url(signature) };
  const { grant } = first.delivery;
  return evidences.map((evidence, index) =>
    evidenceJson({
      ...evidence,
      delivery: { terms, package: { index, count: items.length, proof: tree.proof(index) }, grant, provider },
    }),
  );
}
