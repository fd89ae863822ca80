import { expect } from "chai";
import { OPERATIONS } from "../../../node/operations/journal.ts";
import { ROUTES } from "../../../sdk/client/routes/all.ts";
import { backUp, listAlarms, resumeScope } from "../../../sdk/client/routes/operations.ts";
import { proposeResource } from "../../../sdk/client/routes/catalogue.ts";
import { utf8 } from "../../../sdk/protocol/bytes.ts";
import { someHash } from "../../support/deliveries.ts";
import { startLedger, type TestLedger } from "../../support/ledger.ts";
import { craft, send } from "../http/raw.ts";
import { bodyOf, targetOf, type Objects, type Pick } from "../objects/samples.ts";
import { codeOf, signerOf, startTestNode, type TestNode } from "../support/nodes.ts";
import { proposalOf } from "../support/resources.ts";

/** What leaves a record or a transaction of its own, named by what it is. */
const TRACED_ANYWAY = new Set([
  "submitRecords",
  "applyForAgreement",
  "recordExpiry",
  "recordMissedDeadline",
  "reserveDeliveries",
  "askForDelivery",
  "receiveOpenLineage",
  "receiveProv",
  "recordActivity",
  "recordStage",
  "makeAssessment",
  "checkCredit",
  "importProjects",
  "takeStep",
  "withdrawRelease",
  "reviewProjects",
  "sealBid",
  "openBid",
]);
/** Questions asked by POST. */
const READS = new Set(["findRecord", "checkLineageGraph"]);
const LATER = { timeoutMs: 20_000 };
const first: Pick = ([value]) => value ?? expect.fail("nothing to pick from");

describe("operators' actions", function () {
  this.timeout(60_000);
  let ledger: TestLedger;
  let node: TestNode;

  before(async () => {
    ledger = await startLedger();
    node = await startTestNode({ ledger, department: ledger.provider });
  });
  after(async () => {
    await node.stop();
    await ledger.stop();
  });

  const journal = async () => {
    const { records, journal } = node.node.core;
    const count = await records.count(journal);
    return Promise.all(Array.from({ length: count }, (_, seq) => records.document(journal, seq)));
  };

  it("are every right that a department exercises over its own: each route is one, or leaves a trace of its own", () => {
    const own = ROUTES.filter(({ access, method }) => access === "own" && method === "post").map(({ id }) => id);
    for (const id of own) {
      const kinds = [Object.hasOwn(OPERATIONS, id), TRACED_ANYWAY.has(id), READS.has(id)];
      expect(kinds.filter(Boolean), id).to.have.length(1);
    }
    expect(own).to.include.members([...Object.keys(OPERATIONS), ...TRACED_ANYWAY, ...READS]);
    for (const action of Object.values(OPERATIONS)) expect(action).to.match(/^[a-z][a-z0-9-]{0,63}$/);
  });

  it("are in the journal with key, subject and time, whether they succeed or not, and are anchored", async () => {
    const before = (await journal()).length;
    const { id } = await node
      .client()
      .call(proposeResource, { body: proposalOf(ledger.provider, { code: "journaled" }) });
    expect(id).to.match(/^0x/);
    expect(await codeOf(node.client().call(backUp, {}))).to.equal("backup.not-configured");
    const scope = `0x${"ab".repeat(32)}` as const;
    await node.client().call(resumeScope, { params: { scope } });
    const written = (await journal()).slice(before);
    const key = `${ledger.provider.uscc}/1`;
    expect(written).to.deep.equal([
      { action: "propose-resource", subject: "/v1/resources", at: ledger.now, key },
      { action: "export-backup", subject: "/v1/operations/backups", at: ledger.now, key },
      { action: "resume-anchoring", subject: `/v1/operations/scopes/${scope}/resume`, at: ledger.now, key },
    ]);
    const { records, journal: own } = node.node.core;
    await records.waitFor(own, before + 2, "final", LATER);
  });

  it("are each there under a name of its own, whatever comes of it: approvals, lists, exports, destructions and all others", async () => {
    // What was done before was done in another second.
    ledger.advance(1);
    const before = (await journal()).length;
    const { provider, consumer } = ledger;
    const objects: Objects = {
      ...{ resources: [someHash(1)], agreements: [someHash(2)], scopes: [someHash(3)], hashes: [someHash(4)] },
      ...{ departments: [consumer.uscc], numbers: [0, 1, 7], captured: {} },
    };
    const key = { ...signerOf(provider), publicKey: provider.exchangePublic };
    const expected = [];
    for (const route of ROUTES.filter(({ id }) => Object.hasOwn(OPERATIONS, id))) {
      const target = targetOf(route, objects, first);
      const value = bodyOf(route, objects, first);
      const body = utf8(value === undefined ? "" : JSON.stringify(value));
      const headers = await craft({ key, url: node.url, method: "POST", target, body, created: ledger.now });
      const type = value !== undefined && { "content-type": "application/json" };
      const { code } = await send({ url: node.url, method: "POST", target, headers: { ...headers, ...type }, body });
      expect(code, route.id).to.not.match(/^(?:signature|caller|internal)/);
      expected.push({ action: OPERATIONS[route.id], subject: target.split("?")[0], at: ledger.now, key: key.keyId });
    }
    expect(expected).to.have.length(Object.keys(OPERATIONS).length);
    const written = (await journal()).slice(before);
    expect(written.filter((document) => "action" in document)).to.deep.equal(expected);
    const { records, journal: own } = node.node.core;
    await records.waitFor(own, before + written.length - 1, "final", LATER);
  });

  it("are each a record, also when the same is done again within a second, one after the other and at once", async () => {
    const before = (await journal()).length;
    const scope = `0x${"cd".repeat(32)}` as const;
    const resume = () => node.client().call(resumeScope, { params: { scope } });
    await resume();
    await Promise.all([resume(), resume()]);
    const written = (await journal()).slice(before).map(({ action, detail }) => [action, detail]);
    expect(written).to.deep.equal([
      ["resume-anchoring", undefined],
      ["resume-anchoring", "#2"],
      ["resume-anchoring", "#3"],
    ]);
  });

  it("of a stranger, or unsigned, leave nothing", async () => {
    const before = (await journal()).length;
    expect(await codeOf(node.client(ledger.consumer).call(backUp, {}))).to.equal("caller.not-own");
    await node.client().call(listAlarms, {});
    expect((await journal()).length).to.equal(before);
  });
});
