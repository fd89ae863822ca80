import { expect } from "chai";
import {
  answerCorrection,
  deliverCorrection,
  getCorrectionEvidence,
  listCorrections,
  requestCorrection,
  type CorrectionView,
} from "../../../sdk/client/routes/corrections.ts";
import { getEvidence } from "../../../sdk/client/routes/records.ts";
import { journalScope } from "../../../sdk/protocol/anchor.ts";
import type { Hex } from "../../../sdk/protocol/bytes.ts";
import { parseEvidence } from "../../../sdk/protocol/evidence.ts";
import { verifyEvidence } from "../../../sdk/verify/verify.ts";
import { isRefusal } from "../../../node/records/service.ts";
import { codeOf, trustOf, type TestNode } from "../support/nodes.ts";
import { certificate } from "../support/core.ts";
import { addCertificates, agree, obtain, SCOPE_FIELD, settle, startPair, type Pair } from "../deliveries/fixture.ts";

const LATER = { timeoutMs: 60_000 };

describe("corrections", function () {
  this.timeout(120_000);
  let pair: Pair;
  let agreement: Hex;

  before(async () => {
    pair = await startPair();
    await addCertificates(pair, ["A-1", "A-2"]);
    agreement = await agree(pair);
  });
  after(() => pair.stop());

  const ask = (k: number, more: { index?: number; text?: string } = {}) =>
    pair.consumer.client().call(requestCorrection, {
      params: { id: agreement, k },
      body: { index: 0, fields: [SCOPE_FIELD], text: "经营范围与执照不符", ...more },
    });
  const decide = (id: Hex, body: { decision: "corrected" } | { decision: "refused"; basis: string }) =>
    pair.provider.client().call(answerCorrection, { params: { id }, body });
  const listOf = async (node: TestNode) => (await node.client().call(listCorrections, { query: {} })).corrections;
  const find = async (node: TestNode, id: Hex): Promise<CorrectionView | undefined> =>
    (await listOf(node)).find((one) => one.id === id);
  /** Everything in the journal is final, and handed over. */
  const handOver = async (node: TestNode) => {
    const { records, journal } = node.node.core;
    await records.waitFor(journal, (await records.count(journal)) - 1, "final", LATER);
    await node.node.exchange.settler.settled();
  };
  const journalled = async (node: TestNode, kind: string) => {
    const { records, journal } = node.node.core;
    const views = await Promise.all(
      Array.from({ length: await records.count(journal) }, (_, seq) => records.view(journal, seq)),
    );
    return views.filter(({ header }) => header.kind === kind);
  };

  it("begin with a delivery that was received, and with a record of it", async () => {
    expect(await codeOf(ask(0))).to.equal("correction.not-received");
    const { k } = await obtain(pair, agreement, ["A-1"]);
    expect(k).to.equal(0);
    await settle(pair, agreement);
    expect(await codeOf(ask(0, { index: 1 }))).to.equal("correction.not-received");
  });

  it("are asked for, answered by a record that supersedes, and known to both sides as records", async () => {
    const { provider, consumer, scope } = pair;
    const asked = await ask(0);
    expect(asked).to.include({ side: "consumer", state: "undelivered", k: 0, department: pair.ledger.provider.uscc });
    // The same question, while it is open, is the same request.
    expect((await ask(0, { text: "另一种说法" })).id).to.equal(asked.id);
    await handOver(consumer);
    expect(await find(consumer, asked.id)).to.include({ state: "waiting" });
    const taken = await find(provider, asked.id);
    expect(taken).to.deep.include({
      side: "provider",
      state: "waiting",
      department: pair.ledger.consumer.uscc,
      agreement,
      k: 0,
      about: asked.about,
      fields: [SCOPE_FIELD],
      text: "经营范围与执照不符",
    });

    expect(await codeOf(decide(asked.id, { decision: "corrected" }))).to.equal("correction.no-successor");
    const [result] = await provider.node.core.records.accept(scope, [
      {
        document: certificate("A-1", { scope: ["餐饮服务"] }),
        parents: [{ ledger: pair.ledger.ledger, ...asked.about, relation: "supersedes" }],
      },
    ]);
    if (result === undefined || isRefusal(result)) throw result?.error ?? new Error("no result");
    const answered = await decide(asked.id, { decision: "corrected" });
    expect(answered.answer?.successor).to.deep.equal({ scope, seq: result.seq, record: result.record });
    expect(await codeOf(decide(asked.id, { decision: "refused", basis: "x" }))).to.equal("correction.answered");
    await handOver(provider);
    const told = await find(consumer, asked.id);
    expect(told).to.include({ state: "corrected" });
    expect(told?.answer).to.deep.include({ successor: answered.answer?.successor, record: answered.answer?.record });
    expect((await find(provider, asked.id))?.answer).to.include({ delivered: true });

    // The answer is evidence in the consumer's hands, and holds for anyone.
    const file = await consumer.client().call(getCorrectionEvidence, { params: { id: asked.id } });
    const evidence = parseEvidence(file);
    expect(evidence.header.kind).to.equal("correction-answer");
    const report = await verifyEvidence(
      { evidence, policy: { name: "authentic" } },
      { connections: [pair.ledger.connection], trust: trustOf(pair.ledger), now: pair.ledger.now },
    );
    expect(report.verdict).to.equal("verified");
    expect((await journalled(consumer, "correction-request")).map(({ record }) => record)).to.deep.equal([asked.id]);
  });

  it("are refused with a reason that the consumer reads, and may be asked for again", async () => {
    const { provider, consumer } = pair;
    await obtain(pair, agreement, ["A-2"]);
    await settle(pair, agreement);
    const asked = await ask(1);
    await handOver(consumer);
    await decide(asked.id, { decision: "refused", basis: "与原始档案一致" });
    await handOver(provider);
    const told = await find(consumer, asked.id);
    expect(told).to.include({ state: "refused" });
    expect(told?.answer).to.include({ basis: "与原始档案一致" });
    expect(told?.answer).not.to.have.property("successor");
    expect((await ask(1, { text: "档案亦有误" })).id).not.to.equal(asked.id);
    await handOver(consumer);
  });

  it("are nobody else's: no other department hands them over, no other reads them", async () => {
    const { ledger, provider, consumer } = pair;
    const seq = (await journalled(consumer, "correction-request"))[0]?.header.seq ?? 0;
    const evidence = await consumer
      .client()
      .call(getEvidence, { params: { scope: journalScope(ledger.consumer.uscc), seq }, query: {} });
    const given = { body: { evidence } };
    expect(await codeOf(provider.client(ledger.stranger).call(deliverCorrection, given))).to.equal(
      "correction.invalid",
    );
    // It is the provider's to answer: the consumer's own node takes no request as its own.
    expect(await codeOf(consumer.client(ledger.consumer).call(deliverCorrection, given))).to.equal(
      "correction.not-party",
    );
    expect(await codeOf(provider.client(ledger.consumer).call(listCorrections, { query: {} }))).to.equal(
      "caller.not-own",
    );
    const before = await listOf(provider);
    await provider.client(ledger.consumer).call(deliverCorrection, given);
    expect(await listOf(provider)).to.deep.equal(before);
  });
});
