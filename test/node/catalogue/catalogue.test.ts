import { expect } from "chai";
import { publishResourceCall, withdrawResourceCall } from "../../../sdk/chain/calls.ts";
import * as routes from "../../../sdk/client/routes/catalogue.ts";
import { findRecord, type LineOutcome } from "../../../sdk/client/routes/records.ts";
import { resourceId, resourceScope } from "../../../sdk/protocol/anchor.ts";
import type { Hex } from "../../../sdk/protocol/bytes.ts";
import { schemaDigest } from "../../../sdk/protocol/schema.ts";
import { PROTOCOL_KINDS } from "../../../sdk/protocol/kinds.ts";
import { getFamily } from "../../../sdk/families/registry.ts";
import { generateCreditLicences } from "../../../sdk/families/synthetic.ts";
import { evidenceJson } from "../../../sdk/protocol/evidence.ts";
import { PublishedResources } from "../../../node/catalogue/published.ts";
import { silentLog } from "../../../node/ports.ts";
import { DOCUMENTS } from "../../../node/storage/keyspaces.ts";
import { put } from "../../../node/storage/store.ts";
import { startLedger, type TestLedger } from "../../support/ledger.ts";
import { startProxy, type RpcProxy } from "../../support/proxy.ts";
import { outcomeOf, verifyAt } from "../../support/verifying.ts";
import { codeOf, startTestNode, type TestNode } from "../support/nodes.ts";
import { certificateOf, proposalOf, publishOver, submitTo, summary } from "../support/resources.ts";

const NOWHERE: Hex = `0x${"ab".repeat(32)}`;

describe("the catalogue over HTTP", function () {
  this.timeout(60_000);
  let ledger: TestLedger;
  let proxy: RpcProxy;
  let provider: TestNode;
  let authority: TestNode;
  let codes = 0;

  before(async () => {
    ledger = await startLedger();
    proxy = await startProxy(ledger.rpcUrl);
    provider = await startTestNode({ ledger, department: ledger.provider, config: { rpcUrl: proxy.url } });
    authority = await startTestNode({ ledger, department: ledger.authority });
  });
  after(async () => {
    for (const node of [provider, authority]) await node.stop();
    await proxy.stop();
    await ledger.stop();
  });

  /** Time stands still in a test unless told: what waits for the second after an anchor would wait for ever. */
  const secondPassesAfterAnchors = (node: TestNode) =>
    node.node.core.records.subscribe((events) => {
      if (events.some(({ change }) => change === "anchored")) ledger.advance(1);
    });
  const nextCode = (): string => `resource-${++codes}`;
  const propose = (changes: Parameters<typeof proposalOf>[1] = {}) =>
    provider
      .client()
      .call(routes.proposeResource, { body: proposalOf(ledger.provider, { code: nextCode(), ...changes }) });
  const publish = (changes: Parameters<typeof proposalOf>[1] = {}) =>
    publishOver({ provider, authority }, proposalOf(ledger.provider, { code: nextCode(), ...changes }));
  const get = (id: Hex) => provider.client().call(routes.getResource, { params: { id } });
  const review = (id: Hex, body: { version: number; approve: boolean; reason?: string }) =>
    authority.client().call(routes.reviewResource, { params: { id }, body });
  const publishVersion = (id: Hex, version = 1) =>
    provider.client().call(routes.publishResource, { params: { id }, body: { version } });
  const revertOf = async (action: Promise<unknown>): Promise<unknown> =>
    action.then(
      () => "ok",
      (error: unknown) =>
        typeof error === "object" && error !== null && "values" in error
          ? (error.values as { error?: unknown }).error
          : error,
    );

  describe("proposing", () => {
    it("puts the resource on the chain with documents that this node serves by digest", async () => {
      const body = proposalOf(ledger.provider, { code: nextCode(), legalBasis: { title: "公共数据条例" } });
      const proposed = await provider.client().call(routes.proposeResource, { body });
      const id = resourceId(ledger.provider.uscc, body.code);
      expect(proposed).to.include({ id, scope: resourceScope(id), version: 1 });
      const { schema } = getFamily("ecertificate/1");
      expect(proposed.schema).to.equal(schemaDigest(schema));
      expect(proposed.metadata).to.equal(schemaDigest(body.metadata));
      const seen = await get(id);
      expect(seen).to.include({ provider: ledger.provider.uscc, code: body.code, name: body.name, state: "proposed" });
      expect(seen).to.include({ version: 0, latest: 1 });
      const [version] = seen.versions;
      expect(version).to.deep.include({
        version: 1,
        state: "proposed",
        shareClass: "conditional",
        level: 2,
        personal: true,
      });
      const document = (digest: Hex) => provider.client().call(routes.getDocument, { params: { digest } });
      expect(await provider.client().call(routes.getSchema, { params: { digest: proposed.schema } })).to.deep.equal(
        schema,
      );
      expect(await document(proposed.metadata)).to.deep.equal(body.metadata);
      expect(await document(version?.legalBasis ?? NOWHERE)).to.deep.equal({ title: "公共数据条例" });
    });

    it("is the same proposal when it is repeated under review, and the next version when it differs", async () => {
      const body = proposalOf(ledger.provider, { code: nextCode() });
      const call = (changes = {}) => provider.client().call(routes.proposeResource, { body: { ...body, ...changes } });
      const first = await call();
      expect(await call()).to.deep.equal(first);
      expect(await call({ level: 3 })).to.include({ id: first.id, version: 2 });
      const both = await Promise.all([call({ level: 4 }), call({ level: 4 })]);
      expect(both.map(({ version }) => version)).to.deep.equal([3, 3]);
    });

    it("is a new version when the same content was rejected before", async () => {
      const body = proposalOf(ledger.provider, { code: nextCode() });
      const { id } = await provider.client().call(routes.proposeResource, { body });
      await review(id, { version: 1, approve: false, reason: "元数据不全" });
      expect(await provider.client().call(routes.proposeResource, { body })).to.include({ version: 2 });
    });

    it("keeps an idempotency key for one proposal", async () => {
      const body = proposalOf(ledger.provider, { code: nextCode() });
      const call = (changes = {}) =>
        provider.client().call(routes.proposeResource, { body: { ...body, ...changes } }, { idempotencyKey: "mine" });
      const first = await call();
      await review(first.id, { version: 1, approve: true });
      expect(await call()).to.deep.equal(first);
      expect(await codeOf(call({ level: 3 }))).to.equal("resource.key-used");
    });

    it("refuses a family it does not know and metadata that says something else", async () => {
      expect(await codeOf(propose({ family: "ecertificate/9" }))).to.equal("family.unknown");
      expect(await codeOf(propose({ metadata: { name: "别的" } }))).to.equal("metadata.mismatch");
      expect(await codeOf(propose({ metadata: { providerCode: ledger.consumer.uscc } }))).to.equal("metadata.mismatch");
      expect(await codeOf(propose({ metadata: { shareClass: "unconditional" } }))).to.equal("metadata.mismatch");
      const items = ["holder", "extendInfo.businessLicence.domicile", "attachments.digest", "holder.shoeSize"];
      const unknown = propose({ metadata: { items: items.map((path) => ({ name: path, path, type: "string" })) } });
      expect(await codeOf(unknown)).to.equal("metadata.item-unknown");
      expect(await unknown.catch((error: { values: unknown }) => error.values)).to.deep.equal({ number: 4 });
      expect(await revertOf(propose({ shareClass: "not-shared" }))).to.equal("LegalBasisMissing");
    });

    it("is for the node's own department", async () => {
      const body = proposalOf(ledger.provider, { code: nextCode() });
      const stranger = provider.client(ledger.stranger);
      expect(await codeOf(stranger.call(routes.proposeResource, { body }))).to.equal("caller.not-own");
    });
  });

  describe("reviewing", () => {
    it("is the authority's: what the contract refuses is told by its name", async () => {
      const { id } = await propose();
      const own = provider
        .client()
        .call(routes.reviewResource, { params: { id }, body: { version: 1, approve: true } });
      expect(await revertOf(own)).to.equal("ReviewerNotEntitled");
      expect(await revertOf(review(id, { version: 1, approve: false }))).to.equal("RejectionReasonMissing");
      expect(await revertOf(review(id, { version: 2, approve: true }))).to.equal("VersionUnknown");
      expect(await revertOf(publishVersion(id))).to.equal("ResourceStateInvalid");
    });

    it("keeps the written reason as a document of the authority's node", async () => {
      const { id } = await propose();
      const done = await review(id, { version: 1, approve: false, reason: "共享条件不明确" });
      expect(await review(id, { version: 1, approve: false, reason: "共享条件不明确" })).to.deep.equal(done);
      expect((await get(id)).versions[0]?.state).to.equal("rejected");
      expect(await revertOf(review(id, { version: 1, approve: true }))).to.equal("ResourceStateInvalid");
      const document = {
        format: "suyuan/review/1",
        resource: id,
        version: 1,
        approve: false,
        reason: "共享条件不明确",
      };
      const params = { digest: schemaDigest(document) };
      expect(await authority.client().call(routes.getDocument, { params })).to.deep.equal(document);
    });
  });

  describe("documents", () => {
    it("are answered when they have the digest, and not otherwise", async () => {
      const { metadata, schema } = await propose();
      const unknown = provider.client().call(routes.getDocument, { params: { digest: NOWHERE } });
      expect(await codeOf(unknown)).to.equal("document.unknown");
      const { digest, json } = PROTOCOL_KINDS.application;
      expect(await provider.client().call(routes.getSchema, { params: { digest } })).to.deep.equal(json);
      await provider.node.core.store.write([put(DOCUMENTS, metadata, { name: "被改动" })]);
      const damaged = provider.client().call(routes.getDocument, { params: { digest: metadata } });
      expect(await codeOf(damaged)).to.equal("internal");
      expect(provider.log.some((line) => line.errorCode === "document.damaged")).to.equal(true);
      expect(await codeOf(authority.client().call(routes.getSchema, { params: { digest: schema } }))).to.equal(
        "document.unknown",
      );
    });
  });

  describe("listing", () => {
    it("finds resources by words in names, code and description", async () => {
      const code = nextCode();
      const { id } = await publishOver({ provider, authority }, proposalOf(ledger.provider, { code }));
      const found = async (search: string, node = provider) =>
        (await node.client().call(routes.listResources, { query: { search } })).resources.map((one) => one.id);
      expect(await found(code.toUpperCase())).to.deep.equal([id]);
      expect(await found(`${code} 电子证照`)).to.deep.equal([id]);
      expect(await found(`${code} 没有这个词`)).to.deep.equal([]);
      expect(await found(`${ledger.provider.name} ${code}`, authority)).to.deep.equal([id]);
    });

    it("filters by provider and state; an unknown resource is a problem", async () => {
      const { id } = await publish();
      const list = async (query: { provider?: string; state?: string }) =>
        (await authority.client().call(routes.listResources, { query })).resources.map((found) => found.id);
      expect(await list({ provider: ledger.provider.uscc, state: "published" })).to.include(id);
      expect(await list({ state: "withdrawn" })).not.to.include(id);
      expect(await list({ provider: ledger.consumer.uscc })).to.deep.equal([]);
      expect(await codeOf(get(NOWHERE))).to.equal("resource.unknown");
    });
  });

  describe("publishing", () => {
    it("opens intake, and again after a restart", async () => {
      const { id, scope } = await publish();
      expect(await get(id)).to.include({ state: "published", version: 1, scope });
      expect(summary(await submitTo(provider, id, [certificateOf(0)]))).to.deep.equal(["accepted 0"]);
      await provider.restart();
      expect(provider.node.core.records.scopeInfo(scope)?.recordKind).to.equal("ecertificate");
      expect(summary(await submitTo(provider, id, [certificateOf(0), certificateOf(1)]))).to.deep.equal([
        "duplicate 0",
        "accepted 1",
      ]);
    });

    it("gives the first transaction when it is repeated", async () => {
      const { id } = await publish();
      expect(await publishVersion(id)).to.deep.equal(await publishVersion(id));
    });

    it("is found on the chain by the next start when the node died before it opened intake", async () => {
      const { id, scope } = await propose();
      await review(id, { version: 1, approve: true });
      await ledger.send(ledger.provider, publishResourceCall({ resource: id, version: 1 }));
      expect(provider.node.core.records.scopeInfo(scope)).to.equal(undefined);
      await provider.restart();
      expect(provider.node.core.records.scopeInfo(scope)?.recordKind).to.equal("ecertificate");
    });

    it("is remembered by a start without the chain", async () => {
      const { scope } = await publish();
      await provider.node.stop();
      proxy.tamper = ({ id: request }) => ({ id: request, error: { code: -32_000, message: "away" } });
      try {
        await provider.restart();
        expect(provider.node.core.records.scopeInfo(scope)?.recordKind).to.equal("ecertificate");
      } finally {
        proxy.tamper = (_request, answer) => answer;
      }
    });

    it("of another schema waits until what was taken under the old one is anchored", async () => {
      const slow = { anchoring: { sealAfterMs: 600_000 } };
      const department = ledger.consumer;
      const node = await startTestNode({ ledger, department, tunables: slow });
      try {
        const body = proposalOf(department, { code: "shifting", shareClass: "unconditional", personal: false });
        const { id, scope } = await publishOver({ provider: node, authority }, body);
        expect(summary(await submitTo(node, id, [certificateOf(0), certificateOf(1)]))).to.deep.equal([
          "accepted 0",
          "accepted 1",
        ]);
        expect((await node.node.core.records.view(scope, 1)).state).to.equal("accepted");
        secondPassesAfterAnchors(node);
        const [licence, other] = generateCreditLicences({ seed: 1, count: 2 });
        // Sent while the change waits for the old records: taken after it, under the new schema.
        let meanwhile: Promise<LineOutcome[]> | undefined;
        node.node.core.records.subscribe((events) => {
          if (events.some(({ change }) => change === "sealed")) meanwhile ??= submitTo(node, id, [licence ?? {}]);
        });
        const next = proposalOf(department, { ...body, family: "credit-licence/1", metadata: {} });
        const { version } = await publishOver({ provider: node, authority }, next);
        expect(version).to.equal(2);
        expect(summary((await meanwhile) ?? [])).to.deep.equal(["accepted 2"]);
        const { evidence } = await node.node.core.records.evidence(scope, 1);
        expect(outcomeOf(await verifyAt(ledger, evidence), "schema")).to.equal("pass schema.published");
        expect(summary(await submitTo(node, id, [certificateOf(2), other ?? {}]))).to.deep.equal([
          "refused record.schema",
          "accepted 3",
        ]);
        node.node.core.anchoring.hurry(scope);
        await node.node.core.records.waitFor(scope, 2, "final", { timeoutMs: 10_000 });
        const after = await node.node.core.records.evidence(scope, 2);
        expect(evidenceJson(after.evidence).schema).to.deep.equal(getFamily("credit-licence/1").schema);
        expect(outcomeOf(await verifyAt(ledger, after.evidence), "schema")).to.equal("pass schema.published");
      } finally {
        await node.stop();
      }
    });
  });

  describe("withdrawing", () => {
    const withdraw = (id: Hex) =>
      provider.client().call(routes.withdrawResource, { params: { id }, body: { reason: 3 } });

    it("ends intake for good and leaves the records to be found", async () => {
      const { id } = await publish();
      const unsubscribe = secondPassesAfterAnchors(provider);
      expect(summary(await submitTo(provider, id, [certificateOf(0)]))).to.deep.equal(["accepted 0"]);
      await withdraw(id);
      unsubscribe();
      expect(await get(id)).to.include({ state: "withdrawn" });
      expect(await codeOf(submitTo(provider, id, [certificateOf(1)]))).to.equal("resource.not-published");
      const find = () =>
        provider.client().call(findRecord, { params: { id }, body: { key: certificateOf(0).certificateNumber } });
      expect(await find()).to.include({ seq: 0 });
      await provider.restart();
      expect(await find()).to.include({ seq: 0 });
      expect(await codeOf(submitTo(provider, id, [certificateOf(1)]))).to.equal("resource.not-published");
    });

    it("anchors what was taken before", async () => {
      const node = await startTestNode({
        ledger,
        department: ledger.stranger,
        tunables: { anchoring: { sealAfterMs: 600_000 } },
      });
      try {
        const { id, scope } = await publishOver({ provider: node, authority }, proposalOf(ledger.stranger));
        await submitTo(node, id, [certificateOf(0)]);
        secondPassesAfterAnchors(node);
        await node.client().call(routes.withdrawResource, { params: { id }, body: { reason: 3 } });
        const { evidence } = await node.node.core.records.evidence(scope, 0);
        expect(outcomeOf(await verifyAt(ledger, evidence), "schema")).to.equal("pass schema.published");
      } finally {
        await node.stop();
      }
    });

    it("by the authority is seen by the next submission", async () => {
      const { id } = await publish();
      for (const n of [1, 2])
        expect(summary(await submitTo(provider, id, [certificateOf(n)]))).to.deep.equal([`accepted ${n - 1}`]);
      await ledger.send(ledger.authority, withdrawResourceCall({ resource: id, reason: 3 }));
      expect(await codeOf(submitTo(provider, id, [certificateOf(3)]))).to.equal("resource.not-published");
    });

    it("once seen is not undone by what was asked at an older block", async () => {
      const { id } = await publish();
      const { store, records } = provider.node.core;
      const { connection } = ledger;
      const dependencies = { connection, clock: () => ledger.now * 1000, store, records, log: silentLog };
      const published = new PublishedResources({ department: ledger.provider.uscc }, dependencies);
      const before = await connection.view("latest");
      expect(await published.requireOpen(id, before)).to.include({ withdrawn: false });
      await ledger.send(ledger.authority, withdrawResourceCall({ resource: id, reason: 3 }));
      const after = await connection.view("latest");
      expect(await codeOf(published.requireOpen(id, after))).to.equal("resource.not-published");
      expect(await codeOf(published.requireOpen(id, before))).to.equal("resource.not-published");
      const racing = [before, after, before].map((view) => published.refresh(id, view));
      expect((await Promise.all(racing)).at(-1)).to.include({ withdrawn: true });
    });
  });
});
