import { verify } from "node:crypto";
import { expect } from "chai";
import { ReceiptChecker, type SignatureQuestion } from "../../../sdk/client/accepted.ts";
import { getDepartment } from "../../../sdk/client/routes/departments.ts";
import { submitRecords, type LineOutcome } from "../../../sdk/client/routes/records.ts";
import { SuyuanClient } from "../../../sdk/client/client.ts";
import { utf8, type Hex } from "../../../sdk/protocol/bytes.ts";
import { ed25519PublicKey } from "../../../node/exchange/ed25519.ts";
import { MAXIMUM_LINE_BYTES, MAXIMUM_LINES } from "../../../node/records/lines.ts";
import { LINES_AT_A_TIME } from "../../../node/records/submission.ts";
import { startLedger, type TestLedger } from "../../support/ledger.ts";
import { codeOf, signerOf, startTestNode, type TestNode } from "../support/nodes.ts";
import { certificateOf, collect, proposalOf, publishOver, submitTo, summary } from "../support/resources.ts";

const NOWHERE: Hex = `0x${"ab".repeat(32)}`;
type Refused = Extract<LineOutcome, { outcome: "refused" }>;

describe("submitting records over HTTP", function () {
  this.timeout(60_000);
  let ledger: TestLedger;
  let provider: TestNode;
  let authority: TestNode;
  let id: Hex;
  let codes = 0;
  let next = 0;

  before(async () => {
    ledger = await startLedger();
    provider = await startTestNode({ ledger, department: ledger.provider });
    authority = await startTestNode({ ledger, department: ledger.authority });
  });
  beforeEach(async () => {
    const body = proposalOf(ledger.provider, { code: `resource-${++codes}` });
    ({ id } = await publishOver({ provider, authority }, body));
  });
  after(async () => {
    for (const node of [provider, authority]) await node.stop();
    await ledger.stop();
  });

  const certificate = () => certificateOf(next++);
  const refusals = (outcomes: readonly LineOutcome[]): Refused[] =>
    outcomes.flatMap((outcome) => (outcome.outcome === "refused" ? [outcome] : []));

  it("answers each line in its place; a bad one stops no other", async () => {
    const bad = { ...certificate(), status: "02" };
    const wrong = { ...certificate(), version: 1 };
    const outcomes = await submitTo(provider, id, [
      certificate(),
      '{"a":1,"a":2}',
      "{",
      "[1]",
      '{"n":9007199254740993}',
      wrong,
      bad,
      `{"text":"${"x".repeat(MAXIMUM_LINE_BYTES)}"}`,
      certificate(),
    ]);
    expect(summary(outcomes)).to.deep.equal([
      "accepted 0",
      "refused json.duplicate-key",
      "refused json.syntax",
      "refused document.not-object",
      "refused json.number",
      "refused record.schema",
      "refused record.findings",
      "refused http.line-too-large",
      "accepted 1",
    ]);
    expect(outcomes.map(({ line }) => line)).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    const [schema, rules] = refusals(outcomes).filter(({ code }) => code.startsWith("record."));
    expect(schema?.findings.map(({ code, path }) => [code, path])).to.deep.equal([["schema.type", ["version"]]]);
    expect(rules?.findings.map(({ code, path }) => [code, path])).to.deep.equal([
      ["ecertificate.status-operation", ["status"]],
    ]);
  });

  it("tells of faults in the caller's language", async () => {
    const body = { mediaType: "application/json", bytes: utf8("[]") } as const;
    const titles = await Promise.all(
      (["zh", "en"] as const).map(async (language) => {
        const client = new SuyuanClient(
          { baseUrl: provider.url, signer: signerOf(ledger.provider), language },
          { clock: () => ledger.now * 1000 },
        );
        const [outcome] = refusals(await collect(await client.call(submitRecords, { params: { id }, body })));
        return [/\p{Script=Han}/u.test(outcome?.title ?? ""), /\p{Script=Han}/u.test(outcome?.remedy ?? "")];
      }),
    );
    expect(titles).to.deep.equal([
      [true, true],
      [false, false],
    ]);
  });

  const checkerOf = async (key: string): Promise<ReceiptChecker> => {
    const [uscc = "", index] = key.split("/");
    const { keys } = await provider.client().call(getDepartment, { params: { id: uscc } });
    const publicKey = keys[Number(index)]?.material ?? "0x";
    const check = ({ data, signature }: SignatureQuestion) =>
      Promise.resolve(verify(null, data, ed25519PublicKey(publicKey), signature));
    return new ReceiptChecker({ keyId: key, publicKey }, { verify: check });
  };

  it("gives receipts that the department's registered key signed, each standing alone", async () => {
    const outcomes = await submitTo(provider, id, [certificate(), "no", certificate(), certificate()]);
    const receipts = outcomes.flatMap((outcome) => (outcome.outcome === "accepted" ? [outcome.receipt] : []));
    expect(receipts.map(({ seq, at, ledger: of }) => [seq, at, of])).to.deep.equal(
      [0, 1, 2].map((seq) => [seq, ledger.now, ledger.ledger]),
    );
    expect(new Set(receipts.map(({ signature }) => signature)).size).to.equal(1);
    for (const receipt of receipts) {
      // A checker of its own: nothing is known of the other receipts.
      const checker = await checkerOf(receipt.key);
      expect(receipt.key.split("/")[0]).to.equal(ledger.provider.uscc);
      expect(await checker.holds(receipt)).to.equal(true);
      const { group } = receipt;
      for (const forged of [
        { ...receipt, seq: 9 },
        { ...receipt, record: NOWHERE },
        { ...receipt, at: receipt.at + 1 },
        { ...receipt, group: { ...group, index: (group.index + 1) % 3 } },
        { ...receipt, group: { ...group, count: group.count + 1 } },
        { ...receipt, group: { ...group, proof: group.proof.slice(1) } },
        { ...receipt, group: { ...group, proof: [...group.proof, NOWHERE] } },
        { ...receipt, key: receipt.key.replace(/.$/, "7") },
      ])
        expect(await checker.holds(forged)).to.equal(false);
      const view = await provider.node.core.records.view(receipt.scope, receipt.seq);
      expect(view.record).to.equal(receipt.record);
    }
  });

  it("is repeated without harm, within a body and after a restart", async () => {
    const [first, second] = [certificate(), certificate()];
    expect(summary(await submitTo(provider, id, [first, first, second]))).to.deep.equal([
      "accepted 0",
      "duplicate 0",
      "accepted 1",
    ]);
    await provider.restart();
    const again = await submitTo(provider, id, [second, first]);
    expect(summary(again)).to.deep.equal(["duplicate 1", "duplicate 0"]);
  });

  it("takes one JSON document over several lines", async () => {
    const bytes = utf8(`\n${JSON.stringify(certificate(), undefined, 2)}\n`);
    const body = { mediaType: "application/json", bytes } as const;
    const outcomes = await collect(await provider.client().call(submitRecords, { params: { id }, body }));
    expect(summary(outcomes)).to.deep.equal(["accepted 0"]);
  });

  it("leaves out empty lines and takes CRLF; an empty body has no answers", async () => {
    const [first, second] = [certificate(), certificate()].map((document) => JSON.stringify(document));
    const outcomes = await submitTo(provider, id, ["", `${first}\r`, "  \t", "", `${second}\r`, ""]);
    expect(outcomes.map(({ line }) => line)).to.deep.equal([0, 1]);
    expect(summary(outcomes)).to.deep.equal(["accepted 0", "accepted 1"]);
    expect(await submitTo(provider, id, [""])).to.deep.equal([]);
  });

  it("answers more lines than one group in order", async () => {
    const documents = Array.from({ length: LINES_AT_A_TIME + 20 }, () => certificate());
    const outcomes = await submitTo(provider, id, [...documents, "no"]);
    expect(summary(outcomes)).to.deep.equal([...documents.map((_, seq) => `accepted ${seq}`), "refused json.syntax"]);
    expect(outcomes.map(({ line }) => line)).to.deep.equal(outcomes.map((_, line) => line));
  });

  it("serves a body larger than what may wait to its end, and pushes back a second one", async () => {
    const tunables = { intake: { groupWaitMs: 0, maximumWaitingRecords: 300 } };
    const small = await startTestNode({ ledger, department: ledger.consumer, tunables });
    try {
      const body = proposalOf(ledger.consumer, { code: `resource-${++codes}` });
      const { id: own } = await publishOver({ provider: small, authority }, body);
      const documents = Array.from({ length: 3 * LINES_AT_A_TIME }, () => certificate());
      const first = submitTo(small, own, documents);
      const others = await Promise.all(
        [certificate(), certificate()].map((one) => codeOf(submitTo(small, own, [one]))),
      );
      const seqs = (await first).map((outcome) => (outcome.outcome === "accepted" ? outcome.receipt.seq : -1));
      const from = seqs[0] ?? -1;
      expect(seqs.length).to.equal(documents.length);
      // In order, whatever else took a number in between.
      expect(seqs).to.deep.equal([...seqs].sort((a, b) => a - b));
      expect(from).to.be.at.least(0);
      expect(others.every((code) => code === "ok" || code === "intake.busy")).to.equal(true);
    } finally {
      await small.stop();
    }
  });

  it("binds an idempotency key to what was sent under it, line by line", async () => {
    const [first, second, third] = [certificate(), certificate(), certificate()];
    const settings = { idempotencyKey: "batch-1" };
    expect(summary(await submitTo(provider, id, [first, second], settings))).to.deep.equal([
      "accepted 0",
      "accepted 1",
    ]);
    expect(summary(await submitTo(provider, id, [first, second], settings))).to.deep.equal([
      "duplicate 0",
      "duplicate 1",
    ]);
    expect(summary(await submitTo(provider, id, [first, third], settings))).to.deep.equal([
      "duplicate 0",
      "refused record.idempotency-conflict",
    ]);
  });

  it("refuses a second active record of a business key", async () => {
    const document = certificate();
    const outcomes = await submitTo(provider, id, [document, { ...document, certificateName: "营业执照副本" }]);
    expect(summary(outcomes)).to.deep.equal(["accepted 0", "refused subject.active"]);
  });

  it("refuses the whole body where no line could be taken", async () => {
    const lines = [certificate()];
    expect(await codeOf(submitTo(provider, NOWHERE, lines))).to.equal("resource.unknown");
    expect(await codeOf(submitTo(authority, id, lines))).to.equal("resource.unknown");
    expect(await codeOf(submitTo(provider, id, lines, { as: ledger.consumer }))).to.equal("caller.not-own");
    const many = Array.from({ length: MAXIMUM_LINES + 1 }, () => "{}");
    expect(await codeOf(submitTo(provider, id, many))).to.equal("http.too-many-lines");
    expect(await provider.node.core.records.count(id)).to.equal(0);
    const code = `resource-${++codes}`;
    const { proposeResource } = await import("../../../sdk/client/routes/catalogue.ts");
    const proposed = await provider.client().call(proposeResource, { body: proposalOf(ledger.provider, { code }) });
    expect(await codeOf(submitTo(provider, proposed.id, lines))).to.equal("resource.not-published");
  });

  it("says nothing of a document in its log", async () => {
    const document = certificate();
    await submitTo(provider, id, [document, { ...document, holder: "坏" }, '{"秘密":1,"秘密":2}']);
    const log = JSON.stringify(provider.log);
    expect(log).not.to.include(document.holder.name);
    expect(log).not.to.include(document.certificateNumber);
    expect(log).not.to.include("秘密");
  });
});
