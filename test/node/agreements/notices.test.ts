import { expect } from "chai";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setEndpointCall } from "../../../sdk/chain/department-calls.ts";
import * as routes from "../../../sdk/client/routes/agreements.ts";
import type { Hex } from "../../../sdk/protocol/bytes.ts";
import { startLedger, type TestLedger } from "../../support/ledger.ts";
import { certificateSchema } from "../support/core.ts";
import { codeOf, startTestNode, type TestNode } from "../support/nodes.ts";

const BASIS = "该事项可以公开数据办理";

describe("what the provider wrote, at the consumer's node", function () {
  this.timeout(60_000);
  let ledger: TestLedger;
  let provider: TestNode;
  let consumer: TestNode;
  let authority: TestNode;
  let stranger: TestNode;
  let params: { readonly id: Hex };

  before(async () => {
    ledger = await startLedger();
    const { resource } = await ledger.publish({
      provider: ledger.provider,
      code: "licence",
      schema: certificateSchema,
    });
    provider = await startTestNode({ ledger, department: ledger.provider });
    consumer = await startTestNode({ ledger, department: ledger.consumer });
    authority = await startTestNode({ ledger, department: ledger.authority });
    stranger = await startTestNode({ ledger, department: ledger.stranger });
    const terms = { purpose: "bid-review", fields: [], validFrom: ledger.now, validUntil: ledger.now + 86_400_000 };
    const body = { resource, ...terms, maximumUses: 3 };
    const { agreement: id } = await consumer.client().call(routes.applyForAgreement, { body });
    params = { id };
  });
  after(async () => {
    for (const node of [stranger, authority, consumer, provider]) await node.stop();
    await ledger.stop();
  });

  const read = async (node: TestNode) => (await node.client().call(routes.listNotices, { params })).notices;
  const answer = (body: Parameters<typeof send>[0]) => codeOf(send(body));
  const send = (
    body:
      { readonly decision: "refuse"; readonly basis: string } | { readonly decision: "ask"; readonly missing: string },
  ) => provider.client().call(routes.answerAgreement, { params, body });
  const words = (notices: readonly routes.NoticeView[]) =>
    notices.map((one) => [one.kind, one.verdict, one.verdict === "verified" ? one.notice.text : undefined]);

  it("is nothing before it wrote anything", async () => {
    for (const node of [consumer, provider, authority]) expect(await read(node)).to.deep.equal([]);
  });

  it("is read by both parties and the authority, each at its own node, in the chain's order", async () => {
    expect(await answer({ decision: "ask", missing: "请写明法律依据" })).to.equal("ok");
    expect(await answer({ decision: "refuse", basis: BASIS })).to.equal("ok");
    for (const node of [consumer, provider, authority])
      expect(words(await read(node))).to.deep.equal([
        ["missing", "verified", "请写明法律依据"],
        ["basis", "verified", BASIS],
      ]);
  });

  it("is not what was written down and refused by the chain", async () => {
    expect(await answer({ decision: "refuse", basis: "从未生效的理由" })).to.equal("chain.revert");
    for (const node of [consumer, provider]) expect(await read(node)).to.have.length(2);
  });

  it("is told to nobody else, whichever node is asked", async () => {
    expect(await codeOf(read(stranger))).to.equal("agreement.unknown");
    const asked = (node: TestNode, as = ledger.stranger) =>
      codeOf(node.client(as).call(routes.listNotices, { params }));
    expect(await asked(provider)).to.equal("agreement.not-party");
    // A node asks for its own department only: nobody reads through another's.
    expect(await asked(consumer)).to.equal("caller.not-own");
    expect(await asked(authority)).to.equal("caller.not-own");
    expect(await asked(consumer, ledger.provider)).to.equal("caller.not-own");
  });

  it("is rejected when the words do not have the digest, and undetermined when they are withheld", async () => {
    const honest = await read(provider);
    const other = honest.map((one) => (one.kind === "basis" ? altered(one) : undefined)).filter((one) => one);
    const lying = createServer((_request, response) => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ notices: other }));
    });
    await new Promise<void>((resolve) => lying.listen(0, "127.0.0.1", resolve));
    try {
      const { port } = lying.address() as AddressInfo; // It listens on TCP.
      await ledger.send(ledger.provider, setEndpointCall({ endpoint: `http://127.0.0.1:${port}` }));
      expect(words(await read(consumer))).to.deep.equal([
        ["missing", "undetermined", undefined],
        ["basis", "rejected", undefined],
      ]);
    } finally {
      lying.closeAllConnections();
      await new Promise((resolve) => lying.close(resolve));
      await ledger.send(ledger.provider, setEndpointCall({ endpoint: provider.url }));
    }
  });

  it("cannot be told while the provider's node is not reached, and is afterwards", async () => {
    await provider.node.stop();
    expect(await codeOf(read(consumer))).to.equal("peer.unreachable");
    await provider.restart();
    expect(await read(consumer)).to.have.length(2);
  });
});

const altered = (one: routes.NoticeView): routes.NoticeView =>
  one.verdict === "verified" ? { ...one, notice: { ...one.notice, text: `${one.notice.text}。` } } : one;
