import { expect } from "chai";
import * as routes from "../../../sdk/client/routes/agreements.ts";
import { utf8, type Hex } from "../../../sdk/protocol/bytes.ts";
import { startLedger, type TestLedger } from "../../support/ledger.ts";
import { certificateSchema } from "../support/core.ts";
import { codeOf, startTestNode, type TestNode } from "../support/nodes.ts";

const DAY = 86_400;

describe("agreements between two nodes", function () {
  this.timeout(60_000);
  let ledger: TestLedger;
  let provider: TestNode;
  let consumer: TestNode;
  let authority: TestNode;
  let resource: Hex;

  before(async () => {
    ledger = await startLedger();
    ({ resource } = await ledger.publish({ provider: ledger.provider, code: "licence", schema: certificateSchema }));
    provider = await startTestNode({ ledger, department: ledger.provider });
    consumer = await startTestNode({ ledger, department: ledger.consumer });
    authority = await startTestNode({ ledger, department: ledger.authority });
  });
  after(async () => {
    for (const node of [authority, consumer, provider]) await node.stop();
    await ledger.stop();
  });

  const terms = (more: Partial<routes.ApplicationTerms> = {}) => ({
    purpose: "bid-review",
    fields: ['["scope"]'],
    matter: "投标资格审查",
    basis: "招标投标法",
    scenario: "核验",
    validFrom: ledger.now,
    validUntil: ledger.now + 3000 * DAY,
    maximumUses: 20,
    ...more,
  });

  const apply = async (more: Partial<routes.ApplicationTerms> = {}) =>
    consumer.client().call(routes.applyForAgreement, { body: { resource, ...terms(more) } });
  const view = (node: TestNode, id: Hex) => node.client().call(routes.getAgreement, { params: { id } });

  it("are applied for, handed over and agreed to", async () => {
    const applied = await apply({ maximumUses: 3 });
    expect(applied).to.include({ delivered: true, provider: ledger.provider.uscc });
    const id = applied.agreement;
    const seen = await view(provider, id);
    expect(seen).to.include({ state: "applied", inForce: false, document: applied.document.record });
    expect(seen.application).to.deep.equal(terms({ maximumUses: 3 }));
    expect(seen.due).to.deep.include({ duty: "reply", missed: false, workingDaysLeft: 11 });
    await provider.client().call(routes.answerAgreement, { params: { id }, body: { decision: "agree" } });
    expect(await view(consumer, id)).to.include({ state: "agreed", inForce: true });
  });

  type Answer = { decision: "agree" } | { decision: "refuse"; basis: string } | { decision: "ask"; missing: string };
  const answer = (id: Hex, body: Answer) => provider.client().call(routes.answerAgreement, { params: { id }, body });

  it("gives the same agreement for the same application, and another for another", async () => {
    const first = await apply({ maximumUses: 4 });
    const again = await apply({ maximumUses: 4 });
    expect(again).to.deep.equal(first);
    expect((await apply({ maximumUses: 5 })).agreement).not.to.equal(first.agreement);
  });

  it("are refused with a basis that both parties, and nobody else, can read", async () => {
    const { agreement: id } = await apply({ maximumUses: 6 });
    await answer(id, { decision: "refuse", basis: "不符合共享条件" });
    expect(await view(consumer, id)).to.include({ state: "refused", inForce: false });
    const told = await provider.client(ledger.consumer).call(routes.listNotices, { params: { id } });
    expect(told.notices.map((one) => one.verdict === "verified" && [one.kind, one.notice.text])).to.deep.equal([
      ["basis", "不符合共享条件"],
    ]);
    const asked = provider.client(ledger.stranger).call(routes.listNotices, { params: { id } });
    expect(await codeOf(asked)).to.equal("agreement.not-party");
    expect(await codeOf(answer(id, { decision: "agree" }))).to.equal("chain.revert");
  });

  it("are asked about once, and supplemented with a document that replaces the first", async () => {
    const { agreement: id } = await apply({ maximumUses: 7 });
    await answer(id, { decision: "ask", missing: "请补充依据" });
    expect(await view(consumer, id)).to.include({ state: "incomplete", askedOnce: true });
    const supplemented = consumer
      .client()
      .call(routes.supplementAgreement, { params: { id }, body: terms({ maximumUses: 7, basis: "补充后的依据" }) });
    await supplemented;
    await consumer.node.exchange.settler.settled();
    const seen = await view(provider, id);
    expect(seen.state).to.equal("applied");
    expect(seen.application?.basis).to.equal("补充后的依据");
    expect(await codeOf(answer(id, { decision: "ask", missing: "再次" }))).to.equal("chain.revert");
    await answer(id, { decision: "agree" });
    expect((await view(consumer, id)).inForce).to.equal(true);
  });

  it("are extended only by the authority", async () => {
    const { agreement: id } = await apply({ maximumUses: 8 });
    const before = (await view(provider, id)).due?.at ?? 0;
    await provider
      .client()
      .call(routes.requestExtension, { params: { id }, body: { workingDays: 5, reason: "需会商" } });
    const decide = (node: TestNode) =>
      node.client().call(routes.decideExtension, { params: { id }, body: { grant: true } });
    expect(await codeOf(decide(provider))).to.equal("chain.revert");
    await decide(authority);
    const after = await view(provider, id);
    expect(after.extensionDays).to.equal(5);
    expect(after.due?.at).to.equal(before + 7 * DAY);
    expect(
      (await authority.client().call(routes.listAgreements, { query: { side: "authority" } })).agreements.map(
        (one) => one.id,
      ),
    ).to.include(id);
  });

  it("are suspended, resumed and revoked, each in force or not at the next look", async () => {
    const { agreement: id } = await apply({ maximumUses: 9 });
    await answer(id, { decision: "agree" });
    const params = { id };
    const inForce = async () => (await view(consumer, id)).inForce;
    for (let round = 0; round < 2; round++) {
      await provider.client().call(routes.suspendAgreement, { params, body: { reason: 2 } });
      expect(await inForce()).to.equal(false);
      await provider.client().call(routes.resumeAgreement, { params, body: {} });
      expect(await inForce()).to.equal(true);
    }
    expect(await codeOf(consumer.client().call(routes.revokeAgreement, { params, body: { reason: 1 } }))).to.equal(
      "chain.revert",
    );
    await provider.client().call(routes.revokeAgreement, { params, body: { reason: 1 } });
    expect(await view(consumer, id)).to.include({ state: "revoked", inForce: false });
  });

  it("carry out an action with an idempotency key once", async () => {
    const { agreement: id } = await apply({ maximumUses: 10 });
    await answer(id, { decision: "agree" });
    const reserve = () =>
      consumer
        .client()
        .call(routes.reserveDeliveries, { params: { id }, body: { count: 2 } }, { idempotencyKey: "window-1" });
    expect(await reserve()).to.deep.equal(await reserve());
    expect((await view(consumer, id)).reserved).to.equal(2);
  });

  it("cannot be agreed to before the document is there; it is handed over when the provider is back", async () => {
    await provider.node.stop();
    const applied = await apply({ maximumUses: 11 });
    const { agreement: id } = applied;
    expect(applied.delivered).to.equal(false);
    await provider.restart().catch(() => undefined);
    // The first attempt may use a connection that was kept to the provider before it was stopped.
    while ((await view(provider, id)).application === undefined) await consumer.node.exchange.settler.settled();
    expect((await view(provider, id)).application?.maximumUses).to.equal(11);
    await answer(id, { decision: "agree" });
  });

  it("whose document is missing cannot be agreed to", async () => {
    const { agreement: id } = await apply({ maximumUses: 12 });
    const { APPLICATIONS } = await import("../../../node/storage/keyspaces.ts");
    const { del } = await import("../../../node/storage/store.ts");
    await provider.node.core.store.write([del(APPLICATIONS, (await view(provider, id)).document)]);
    expect(await codeOf(answer(id, { decision: "agree" }))).to.equal("agreement.document-missing");
  });

  it("refuse a document that is not the one on chain, or comes from somebody else", async () => {
    const first = await apply({ maximumUses: 13 });
    const second = await apply({ maximumUses: 14 });
    const { grantJson } = await import("../../../sdk/protocol/evidence.ts");
    const { scope, seq } = first.document;
    const { evidence } = await consumer.node.core.records.evidence(scope, seq);
    const { header, claims } = grantJson(evidence) as {
      header: Record<string, never>;
      claims: { disclosed: { path: unknown[]; value: unknown }[] };
    };
    const send = (agreement: Hex, as = ledger.consumer, body: object = { header, claims }) =>
      codeOf(provider.client(as).call(routes.sendApplication, { body: { agreement, ...body } as never }));
    expect(await send(first.agreement)).to.equal("ok");
    // The same in everything that the chain can compare, for more fields.
    const wider = await apply({ maximumUses: 13, fields: ['["scope"]', '["note"]'] });
    for (const other of [second, wider]) expect(await send(other.agreement)).to.equal("application.mismatch");
    expect(await send(first.agreement, ledger.stranger)).to.equal("agreement.not-party");
    const disclosed = claims.disclosed.map((claim) =>
      claim.path[0] === "fields" ? { ...claim, value: '["holder"]' } : claim,
    );
    expect(await send(first.agreement, ledger.consumer, { header, claims: { ...claims, disclosed } })).to.equal(
      "application.mismatch",
    );
    expect(await send(first.agreement, ledger.consumer, { header: { ...header, extra: 1 }, claims })).to.equal(
      "shape.unknown",
    );
  });

  it("are nobody else's business", async () => {
    const { agreement: id } = await apply({ maximumUses: 15 });
    const stranger = await startTestNode({ ledger, department: ledger.stranger });
    try {
      expect(await codeOf(view(stranger, id))).to.equal("agreement.unknown");
      expect((await stranger.client().call(routes.listAgreements, {})).agreements).to.deep.equal([]);
      const other = provider.client(ledger.stranger).call(routes.getAgreement, { params: { id } });
      expect(await codeOf(other)).to.equal("caller.not-own");
    } finally {
      await stranger.stop();
    }
  });

  it("are listed by side, state and resource", async () => {
    const list = async (query: object) => (await consumer.client().call(routes.listAgreements, { query })).agreements;
    expect((await list({ side: "provider" })).length).to.equal(0);
    expect((await list({ state: "refused" })).map(({ state }) => state)).to.deep.equal(["refused"]);
    expect((await list({ side: "consumer", resource })).length).to.equal((await list({})).length);
  });

  it("keep texts of applications out of logs, and in no readable form on disk", async () => {
    const texts = ["投标资格审查", "不符合共享条件", "补充后的依据"];
    for (const { log, node } of [provider, consumer]) {
      expect(JSON.stringify(log)).not.to.match(new RegExp(texts.join("|")));
      const { files, found } = await node.core.store.scanFiles(texts.map(utf8));
      expect(files).to.be.greaterThan(0);
      expect(found).to.deep.equal([]);
    }
  });
});
