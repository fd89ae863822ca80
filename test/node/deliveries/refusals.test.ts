import { expect } from "chai";
import { changeStatusCall } from "../../../sdk/chain/calls.ts";
import {
  reserveDeliveries,
  resumeAgreement,
  revokeAgreement,
  suspendAgreement,
} from "../../../sdk/client/routes/agreements.ts";
import { acknowledgeDelivery, serveDelivery } from "../../../sdk/client/routes/deliveries.ts";
import { toBase64Url, type Hex } from "../../../sdk/protocol/bytes.ts";
import { deliveryBytes, type DeliveryRequest } from "../../../sdk/protocol/delivery.ts";
import { parseEvidence } from "../../../sdk/protocol/evidence.ts";
import { MAXIMUM_UNACKNOWLEDGED } from "../../../node/deliveries/rules.ts";
import { codeOf, signerOf, startTestNode } from "../support/nodes.ts";
import { startProxy } from "../support/proxy.ts";
import {
  addCertificates,
  agree,
  ask,
  askExactly,
  restartProvider,
  signRequest,
  startPair,
  type DirectRequest,
  type Pair,
} from "./fixture.ts";

const SCOPE_FIELD = '["scope"]';

describe("the provider, whatever is asked", function () {
  this.timeout(120_000);
  let pair: Pair;
  let id: Hex;

  const reserve = (agreement: Hex, count: number) =>
    pair.consumer.client().call(reserveDeliveries, { params: { id: agreement }, body: { count } });
  const attempt = (request: Partial<DeliveryRequest>, more: Partial<DirectRequest> = {}) =>
    codeOf(ask(pair, { request: { agreement: id, ...request }, ...more }));

  before(async () => {
    pair = await startPair();
    await addCertificates(pair, ["A-1", "A-2", "A-3"]);
    id = await agree(pair);
    await reserve(id, 8);
  });
  after(() => pair.stop());

  it("serves the request that keeps every rule", async () => {
    expect(await attempt({ k: 0, fields: [SCOPE_FIELD] })).to.equal("ok");
  });

  describe("hands out no field that was not granted", () => {
    const patterns = [
      '["note"]',
      '["number","x"]',
      '["scop"]',
      '["scope "]',
      '["*"]',
      '["holder"]',
      "[0]",
      '["scope","note"]',
    ];
    const expected: Record<string, string> = { '["scope","note"]': "ok" };
    for (const pattern of patterns) {
      it(pattern, async () => {
        const before = await ask(pair, { request: { agreement: id, k: 1, fields: [pattern] } }).catch(
          (error: { code: string }) => error.code,
        );
        if (typeof before === "string") {
          expect(before).to.equal("delivery.field-not-granted");
          return;
        }
        // Inside the granted part, and there is nothing: only the required claims come.
        expect(expected[pattern]).to.equal("ok");
        expect(before.map((one) => parseEvidence(one).claims.disclosed.map(({ path }) => path[0]))).to.deep.equal([
          ["number", "holder", "from", "until"],
        ]);
      });
    }

    it("nor one hidden beside a granted one, nor one in another form", async () => {
      expect(await attempt({ k: 2, fields: [SCOPE_FIELD, '["note"]'] })).to.equal("delivery.field-not-granted");
      for (const malformed of ["scope", '[ "note" ]', "[]", '["note",]', '{"0":"note"}', '["note",-1]']) {
        expect(await attempt({ k: 2, fields: [malformed] }), malformed).to.match(/^(shape|json)\./);
      }
    });

    it("and a request with members that no rule knows is refused", async () => {
      const request = {
        ledger: pair.ledger.ledger,
        agreement: id,
        k: 2,
        purpose: "bid-review",
        fields: [],
        keys: ["A-1"],
        nonce: toBase64Url(new Uint8Array(16)),
        all: true,
      };
      const signature = await signRequest(pair.ledger.consumer, request);
      const client = pair.provider.client(pair.ledger.consumer);
      expect(await codeOf(client.call(serveDelivery, { body: { request, signature } }))).to.equal("shape.unknown");
    });
  });

  it("serves nobody without an agreement of their own", async () => {
    const { stranger, consumer, provider, authority } = pair.ledger;
    expect(await attempt({ k: 3 }, { as: stranger })).to.equal("delivery.not-party");
    expect(await attempt({ k: 3 }, { as: provider })).to.equal("delivery.not-party");
    expect(await attempt({ k: 3 }, { as: authority })).to.equal("delivery.not-party");
    expect(await attempt({ k: 3 }, { as: stranger, signedBy: consumer })).to.equal("delivery.not-party");
    expect(await attempt({ k: 3, agreement: `0x${"00".repeat(32)}` })).to.equal("delivery.not-party");
  });

  it("wants the consumer's own signature under the very request", async () => {
    expect(await attempt({ k: 3 }, { signedBy: pair.ledger.stranger })).to.equal("delivery.request-signature");
    const request = {
      ledger: pair.ledger.ledger,
      agreement: id,
      k: 3,
      purpose: "bid-review",
      fields: [],
      keys: ["A-1"],
      nonce: toBase64Url(new Uint8Array(16)),
    };
    const signature = await signRequest(pair.ledger.consumer, { ...request, keys: ["A-2"] });
    expect(await codeOf(askExactly(pair.provider, { as: pair.ledger.consumer, request, signature }))).to.equal(
      "delivery.request-signature",
    );
  });

  it("keeps to the purpose, the ledger and the reserve", async () => {
    expect(await attempt({ k: 3, purpose: "other-purpose" })).to.equal("delivery.purpose");
    expect(await attempt({ k: 3, ledger: `0x${"11".repeat(32)}` })).to.equal("delivery.ledger");
    expect(await attempt({ k: 8 })).to.equal("delivery.not-reserved");
    expect(await attempt({ k: 2 ** 32 - 1 })).to.equal("delivery.not-reserved");
  });

  it("gives the same package for the same request, and nothing for another under its number", async () => {
    const request = {
      ledger: pair.ledger.ledger,
      agreement: id,
      k: 4,
      purpose: "bid-review",
      fields: [SCOPE_FIELD],
      keys: ["A-1", "A-2"],
      nonce: toBase64Url(new Uint8Array(16)),
    };
    const signature = await signRequest(pair.ledger.consumer, request);
    const exactly = () => askExactly(pair.provider, { as: pair.ledger.consumer, request, signature });
    const first = await exactly();
    pair.ledger.advance(5);
    expect(await exactly()).to.deep.equal(first);
    expect(await attempt({ k: 4, fields: [SCOPE_FIELD], keys: ["A-1", "A-2"] })).to.equal("delivery.number-used");
    await restartProvider(pair);
    expect(await exactly()).to.deep.equal(first);
  });

  it("serves one of many different requests under a number at the same time", async () => {
    const codes = await Promise.all(Array.from({ length: 6 }, () => attempt({ k: 5 })));
    expect(codes.sort()).to.deep.equal([...Array.from({ length: 5 }, () => "delivery.number-used"), "ok"]);
  });

  it("delivers only records that are active", async () => {
    expect(await attempt({ k: 6, keys: ["A-1", "unknown"] })).to.equal("delivery.record-unavailable");
    const change = { scope: pair.scope, seq: 2, reason: 1, effectiveFrom: pair.ledger.now };
    await pair.ledger.send(pair.ledger.provider, changeStatusCall({ ...change, state: "suspended" }));
    expect(await attempt({ k: 6, keys: ["A-3"] })).to.equal("delivery.record-unavailable");
    await pair.ledger.send(pair.ledger.provider, changeStatusCall({ ...change, state: "active" }));
    expect(await attempt({ k: 6, keys: ["A-3"] })).to.equal("ok");
  });

  it("stops at the next call after a suspension or revocation, for a repeated request too", async () => {
    const other = await agree(pair);
    await reserve(other, 4);
    const request = {
      ledger: pair.ledger.ledger,
      agreement: other,
      k: 0,
      purpose: "bid-review",
      fields: [],
      keys: ["A-1"],
      nonce: toBase64Url(new Uint8Array(16)),
    };
    const signature = await signRequest(pair.ledger.consumer, request);
    const repeat = () => codeOf(askExactly(pair.provider, { as: pair.ledger.consumer, request, signature }));
    expect(await repeat()).to.equal("ok");
    const { provider } = pair;
    await provider.client().call(suspendAgreement, { params: { id: other }, body: { reason: 1 } });
    expect(await repeat()).to.equal("delivery.not-in-force");
    expect(await attempt({ agreement: other, k: 1 })).to.equal("delivery.not-in-force");
    await provider.client().call(resumeAgreement, { params: { id: other }, body: {} });
    expect(await repeat()).to.equal("ok");
    await provider.client().call(revokeAgreement, { params: { id: other }, body: { reason: 1 } });
    expect(await repeat()).to.equal("delivery.not-in-force");
  });

  it(`stops at ${MAXIMUM_UNACKNOWLEDGED} deliveries without a receipt, and goes on after one`, async () => {
    const other = await agree(pair);
    await reserve(other, 20);
    const delivered = [];
    for (let k = 0; k < MAXIMUM_UNACKNOWLEDGED; k++)
      delivered.push(await ask(pair, { request: { agreement: other, k } }));
    expect(await attempt({ agreement: other, k: MAXIMUM_UNACKNOWLEDGED })).to.equal("delivery.unacknowledged-limit");
    const terms = parseEvidence(delivered[3]?.[0] ?? {}).delivery?.terms;
    if (terms === undefined) throw new Error("no terms");
    const { packageDigest } = terms;
    const { consumer, stranger } = pair.ledger;
    const receipt = async (
      signedBy = consumer,
      as = consumer,
      bytes = deliveryBytes(terms),
      k = 3,
      digest = packageDigest,
    ) => {
      const { keyId: key, sign } = signerOf(signedBy);
      const body = { packageDigest: digest, consumer: { key, signature: toBase64Url(await sign(bytes)) } };
      return codeOf(pair.provider.client(as).call(acknowledgeDelivery, { params: { agreement: other, k }, body }));
    };
    expect(await receipt(stranger)).to.equal("delivery.receipt-invalid");
    expect(await receipt(consumer, consumer, deliveryBytes({ ...terms, at: terms.at + 1 }))).to.equal(
      "delivery.receipt-invalid",
    );
    expect(await receipt(consumer, consumer, undefined, 3, terms.requestDigest)).to.equal("delivery.receipt-invalid");
    expect(await receipt(consumer, stranger)).to.equal("delivery.not-party");
    expect(await receipt(consumer, consumer, undefined, 19)).to.equal("delivery.unknown");
    expect(await attempt({ agreement: other, k: MAXIMUM_UNACKNOWLEDGED })).to.equal("delivery.unacknowledged-limit");
    expect(await receipt()).to.equal("ok");
    expect(await receipt()).to.equal("ok");
    expect(await attempt({ agreement: other, k: MAXIMUM_UNACKNOWLEDGED })).to.equal("ok");
  });

  it("serves nothing while the chain cannot be read, and says so", async () => {
    const { ledger } = pair;
    const chain = await startProxy(ledger.rpcUrl);
    const node = await startTestNode({ ledger, department: ledger.stranger, config: { rpcUrl: chain.url } });
    try {
      chain.down = true;
      const { url } = node;
      const client = node.client();
      const request = {
        ledger: ledger.ledger,
        agreement: id,
        k: 0,
        purpose: "bid-review",
        fields: [],
        keys: ["A-1"],
        nonce: toBase64Url(new Uint8Array(16)),
      };
      const signature = await signRequest(ledger.stranger, request);
      expect(await codeOf(client.call(serveDelivery, { body: { request, signature } }))).to.equal("chain.unavailable");
      const ready = await fetch(`${url}/readyz`);
      expect(ready.status).to.equal(503);
      const { parts } = (await ready.json()) as { parts: { part: string; ready: boolean }[] };
      expect(parts.filter((part) => !part.ready).map(({ part }) => part)).to.include("chain");
      expect((await fetch(`${url}/healthz`)).status).to.equal(200);
      chain.down = false;
      expect((await fetch(`${url}/readyz`)).status).to.equal(200);
    } finally {
      chain.down = false;
      await node.stop();
      await chain.stop();
    }
  });
});

describe("the provider at the end of an agreement's period", function () {
  this.timeout(60_000);

  it("serves nothing more, although the chain has stood still", async () => {
    // Neither side writes a block of its own: nothing is due, and nobody looks.
    const acknowledgeWithinMs = 365 * 86_400_000;
    const settleIntervalMs = 20 * 86_400_000;
    const pair = await startPair({
      provider: { config: { acknowledgeWithinMs }, tunables: { settleIntervalMs } },
    });
    try {
      await addCertificates(pair, ["A-1"]);
      const { ledger, consumer } = pair;
      const days = 40;
      const short = await agree(pair, { validUntil: ledger.now + days * 86_400 });
      await consumer.client().call(reserveDeliveries, { params: { id: short }, body: { count: 3 } });
      const at = (k: number) => codeOf(ask(pair, { request: { agreement: short, k } }));
      const head = async () => (await ledger.connection.view("latest")).block.number;
      const before = await head();
      expect(await at(0)).to.equal("ok");
      const { validUntil } = (await ledger.connection.view("latest").then((view) => view.agreement(short))) ?? {
        validUntil: 0,
      };
      ledger.advance(validUntil - 1 - ledger.now);
      expect(await at(1)).to.equal("ok");
      ledger.advance(1);
      expect(await at(2)).to.equal("delivery.not-in-force");
      expect(await head()).to.equal(before);
    } finally {
      await pair.stop();
    }
  });
});
