import { expect } from "chai";
import fc from "fast-check";
import { createHash } from "node:crypto";
import { endKeyCall, setDepartmentStatusCall } from "../../../sdk/chain/department-calls.ts";
import type { RouteDefinition } from "../../../sdk/client/route.ts";
import { getRecord } from "../../../sdk/client/routes/records.ts";
import { ROUTES } from "../../../sdk/client/routes/all.ts";
import { reserveDeliveries } from "../../../sdk/client/routes/agreements.ts";
import { deliveriesScope, journalScope, receiptsScope } from "../../../sdk/protocol/anchor.ts";
import { toBase64Url, utf8, type Hex } from "../../../sdk/protocol/bytes.ts";
import { deliveryBytes, type DeliveryRequest } from "../../../sdk/protocol/delivery.ts";
import { grantJson, parseEvidence } from "../../../sdk/protocol/evidence.ts";
import { rawBytes } from "../../../node/storage/codecs.ts";
import { KEY_SPACES, NONCES, POSITION, RECENT_BLOCKS } from "../../../node/storage/keyspaces.ts";
import { held, LONG } from "../../faults/tally.ts";
import { makeDepartment, type TestDepartment } from "../../support/ledger.ts";
import { someHash } from "../../support/deliveries.ts";
import {
  addCertificates,
  agree,
  askExactly,
  obtain,
  signRequest,
  startPair,
  type Pair,
} from "../deliveries/fixture.ts";
import { craft, send, type RawAnswer } from "../http/raw.ts";
import { signerOf, startTestNode, type TestNode } from "../support/nodes.ts";
import { bodyOf, fits, targetOf, type Objects, type Pick } from "./samples.ts";

/** What the provider's records, applications and notices say, and nobody else may read. */
const NOT_GRANTED = "内部备注";
const SECRETS = [NOT_GRANTED, "企业A-", "事项 "];
const RUNS = 400 * LONG;
const PASSING: ReadonlySet<number> = new Set([NONCES, POSITION, RECENT_BLOCKS].map(({ number }) => number));
/** Calls of one's own node that write one's own journal or accounts, and take long. */
const ABOUT_ONESELF: ReadonlySet<string> = new Set([
  "applyForAgreement",
  "proposeResource",
  "supplementAgreement",
  "admitDepartment",
  "importProjects",
  "createOperator",
  "updateOperator",
  "backUp",
]);
/** What a node answers to anyone about things that it knows nothing of, or tells nobody of: that there is nothing, or what the chain says. */
const SAYS_NOTHING: ReadonlySet<string> = new Set([
  "listNotices",
  "walkLineage",
  "recallList",
  "showSupply",
  "resourceImpact",
  "resourceUse",
  "reanchorScope",
  "resumeScope",
]);
const REFUSED_WITH: Partial<Record<RouteDefinition["access"], string>> = {
  own: "caller.not-own",
  oversight: "caller.not-oversight",
};

describe("no department reads or changes what belongs to another", function () {
  this.timeout(180_000 * LONG);

  let pair: Pair;
  let strangers: TestNode;
  let oversight: TestDepartment;
  let objects: Objects;
  /** Of the provider's records: whoever was handed none does not know them. */
  let ids: readonly string[];

  before(async () => {
    pair = await startPair();
    const { ledger, provider, scope, resource } = pair;
    oversight = makeDepartment(31, "审计局");
    await ledger.admit(oversight, "oversight");
    strangers = await startTestNode({ ledger, department: ledger.stranger });
    const seqs = await addCertificates(pair, ["A-1", "A-2", "A-3"]);
    const views = await Promise.all(seqs.map((seq) => provider.client().call(getRecord, { params: { scope, seq } })));
    ids = views.map(({ record }) => record);
    const agreement = await agree(pair);
    await obtain(pair, agreement, ["A-1"]);
    await pair.consumer.client().call(reserveDeliveries, { params: { id: agreement }, body: { count: 4 } });
    const captured = await capture(agreement);
    await provider.node.exchange.settler.settled();
    await pair.consumer.node.exchange.settler.settled();
    objects = {
      resources: [resource, someHash(1)],
      agreements: [agreement, someHash(2)],
      scopes: [
        scope,
        deliveriesScope(agreement),
        receiptsScope(agreement),
        journalScope(ledger.consumer.uscc),
        journalScope(ledger.provider.uscc),
        someHash(3),
      ],
      hashes: [resource, scope, agreement, someHash(1), someHash(4)],
      departments: [ledger.provider.uscc, ledger.consumer.uscc],
      numbers: [0, 1, 2, 7],
      captured,
    };
  });
  after(async () => {
    await strangers.stop();
    await pair.stop();
  });

  /** What passes between the two parties' nodes, with the right party's signatures in it. */
  const capture = async (agreement: Hex): Promise<Objects["captured"]> => {
    const { ledger, provider } = pair;
    const request: DeliveryRequest = {
      ledger: ledger.ledger,
      agreement,
      k: 1,
      purpose: "bid-review",
      fields: ['["scope"]'],
      keys: ["A-2"],
      nonce: toBase64Url(crypto.getRandomValues(new Uint8Array(16))),
    };
    const signature = await signRequest(ledger.consumer, request);
    const [file] = await askExactly(provider, { as: ledger.consumer, request, signature });
    const { delivery } = parseEvidence(file ?? {});
    if (delivery === undefined) throw new Error("no delivery");
    const { keyId: key, sign } = signerOf(ledger.consumer);
    const receipt = { key, signature: toBase64Url(await sign(deliveryBytes(delivery.terms))) };
    const own = await signRequest(ledger.stranger, request);
    return {
      serveDelivery: [
        { request: { ...request }, signature: { ...signature } },
        { request: { ...request }, signature: { ...own } },
        { request: { ...request, k: 2 }, signature: { ...signature } },
      ],
      acknowledgeDelivery: [
        { packageDigest: delivery.terms.packageDigest, consumer: receipt },
        { packageDigest: someHash(5), consumer: receipt },
      ],
      sendApplication: [{ agreement, ...grantJson(delivery.grant) }],
    };
  };
  const call = async (node: TestNode, as: TestDepartment, route: RouteDefinition, pick: Pick): Promise<RawAnswer> => {
    const target = targetOf(route, objects, pick);
    const value = bodyOf(route, objects, pick);
    const body = value === undefined ? new Uint8Array() : utf8(JSON.stringify(value));
    const method = route.method.toUpperCase();
    const created = pair.ledger.now;
    const key = { ...signerOf(as), publicKey: as.exchangePublic };
    const headers = await craft({ key, url: node.url, method, target, body, created });
    return send({
      url: node.url,
      method,
      target,
      headers: { ...headers, ...(value !== undefined && { "content-type": "application/json" }) },
      ...(value !== undefined && { body }),
    });
  };

  /** Everything that a node keeps, but for the nonces of requests and the blocks of the chain: a digest of each key space. */
  const kept = async (node: TestNode): Promise<Readonly<Record<string, string>>> => {
    const digests: Record<string, string> = {};
    for (const [number, { name, version }] of KEY_SPACES) {
      if (PASSING.has(number)) continue;
      const digest = createHash("sha256");
      const space = { number, name, version, key: rawBytes, value: rawBytes };
      for await (const [key, value] of node.node.core.store.iterate(space)) digest.update(key).update(value);
      digests[name] = digest.digest("hex");
    }
    return digests;
  };
  const block = async (): Promise<number> => (await pair.ledger.connection.check()).number;

  const seeded =
    (choices: readonly number[]): Pick =>
    (values) => {
      const value = values[(choices[values.length % choices.length] ?? 0) % values.length];
      if (value === undefined) throw new Error("nothing to pick from");
      return value;
    };
  const routesOf = (...access: RouteDefinition["access"][]): RouteDefinition[] =>
    ROUTES.filter((route) => access.includes(route.access));
  const others = (): readonly TestDepartment[] => [
    pair.ledger.consumer,
    pair.ledger.stranger,
    oversight,
    pair.ledger.authority,
  ];

  it("a request that fits can be made for every route", () => {
    const misfits = ROUTES.filter((route) => ![0, 1, 2].every((choice) => fits(route, objects, seeded([choice]))));
    expect(misfits.map(({ id }) => id)).to.deep.equal([]);
  });

  it("at its node: whatever another department sends, to any route, about anything", async () => {
    const before = [await kept(pair.provider), await block()];
    const routes = ROUTES;
    await fc.assert(
      fc.asyncProperty(
        fc.nat(routes.length - 1),
        fc.nat(3),
        fc.array(fc.nat(11), { minLength: 7, maxLength: 7 }),
        async (which, who, choices) => {
          const route = routes[which];
          const caller = others()[who];
          if (route === undefined || caller === undefined) throw new Error("out of range");
          // What the agreement gives to its consumer is a test of its own, and oversight may read and subscribe.
          fc.pre(route.access !== "department" || caller !== pair.ledger.consumer);
          fc.pre(route.access !== "oversight" || caller !== oversight);
          const answer = await call(pair.provider, caller, route, seeded(choices));
          const known = caller === pair.ledger.consumer ? SECRETS : [...SECRETS, ...ids];
          for (const secret of known) expect(answer.text, `${route.id} by ${caller.name}`).not.to.include(secret);
          if (route.access !== "public" && !SAYS_NOTHING.has(route.id))
            expect(answer.status, `${route.id} by ${caller.name}: ${answer.text}`).to.be.within(400, 499);
          const code = REFUSED_WITH[route.access];
          if (code !== undefined) expect(answer.code, route.id).to.equal(code);
        },
      ),
      { numRuns: RUNS, examples: examplesOf(routes.length) },
    );
    expect([await kept(pair.provider), await block()]).to.deep.equal(before);
    held("requests", RUNS);
  });

  /** Each route by each caller at least once. */
  const examplesOf = (routes: number): [number, number, number[]][] =>
    Array.from({ length: routes * 4 }, (_, i) => [i >> 2, i % 4, Array<number>(7).fill(i % 3)]);

  it("oversight reads no claim of a record, whatever it asks for", async () => {
    for (const route of routesOf("oversight").filter(
      ({ method, response }) => method === "get" && response.kind !== "events",
    ))
      for (let choice = 0; choice < 6; choice++) {
        const answer = await call(pair.provider, oversight, route, seeded([0, choice, choice, 0, choice]));
        for (const secret of SECRETS) expect(answer.text, route.id).not.to.include(secret);
      }
  });

  it("of an agreement its consumer is told what was granted, and nothing else", async () => {
    for (const route of routesOf("department"))
      for (let choice = 0; choice < 4; choice++) {
        const answer = await call(pair.provider, pair.ledger.consumer, route, seeded([0, choice, choice, 0]));
        expect(answer.text, route.id).not.to.include(NOT_GRANTED);
      }
  });

  it("without a signature nothing but the public routes answers, and those say nothing of it", async () => {
    for (const route of ROUTES) {
      const target = targetOf(route, objects, seeded([0]));
      const value = bodyOf(route, objects, seeded([0]));
      const answer = await send({
        url: pair.provider.url,
        target,
        method: route.method.toUpperCase(),
        ...(value !== undefined && {
          headers: { "content-type": "application/json" },
          body: utf8(JSON.stringify(value)),
        }),
      });
      for (const secret of SECRETS) expect(answer.text, route.id).not.to.include(secret);
      if (route.access === "operator") expect(answer.code, route.id).to.equal("session.missing");
      else if (route.access !== "public") expect(answer.code, route.id).to.equal("signature.missing");
    }
  });

  it("through one's own node: another's records, agreements and numbers stay as they are", async () => {
    const { ledger, provider, consumer } = pair;
    const state = async () => [await kept(provider), await kept(consumer)];
    const before = await state();
    const answered = new Set<string>();
    for (const route of routesOf("own", "department")) {
      if (ABOUT_ONESELF.has(route.id) || route.response.kind === "events") continue;
      for (let choice = 0; choice < 4; choice++) {
        const answer = await call(strangers, ledger.stranger, route, seeded([0, choice, choice]));
        for (const secret of [...SECRETS, ...ids]) expect(answer.text, route.id).not.to.include(secret);
        // What names nothing of another's is about one's own.
        if (route.params !== undefined && answer.status < 400) answered.add(route.id);
      }
    }
    expect([...answered].filter((id) => !SAYS_NOTHING.has(id))).to.deep.equal([]);
    expect(await state()).to.deep.equal(before);
  });

  it("a department's very next call fails when it is suspended, when its key is ended, and when it is dissolved", async () => {
    const { ledger, provider } = pair;
    const { stranger, deployer } = ledger;
    const [route] = routesOf("department");
    if (route === undefined) throw new Error("no route");
    const answer = async () => (await call(provider, stranger, route, seeded([0]))).code;
    const allowed = await answer();
    const status = (to: "active" | "suspended" | "dissolved") =>
      ledger.send(deployer, setDepartmentStatusCall({ department: stranger.uscc, status: to, reason: 1 }));
    await status("suspended");
    expect(await answer()).to.equal("caller.not-active");
    await status("active");
    expect(await answer()).to.equal(allowed);
    await ledger.send(stranger, endKeyCall({ index: 1 }));
    ledger.advance(1);
    expect(await answer()).to.equal("signature.key-not-trusted");
    await status("dissolved");
    expect(await answer()).to.be.oneOf(["caller.not-active", "signature.key-not-trusted"]);
  });
});
