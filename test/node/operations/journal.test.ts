import { expect } from "chai";
import { OPERATIONS } from "../../../node/operations/journal.ts";
import { ROUTES } from "../../../sdk/client/routes/all.ts";
import { backUp, listAlarms, resumeScope } from "../../../sdk/client/routes/operations.ts";
import { proposeResource } from "../../../sdk/client/routes/catalogue.ts";
import { startLedger, type TestLedger } from "../../support/ledger.ts";
import { codeOf, startTestNode, type TestNode } from "../support/nodes.ts";
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

  it("of a stranger, or unsigned, leave nothing", async () => {
    const before = (await journal()).length;
    expect(await codeOf(node.client(ledger.consumer).call(backUp, {}))).to.equal("caller.not-own");
    await node.client().call(listAlarms, {});
    expect((await journal()).length).to.equal(before);
  });
});
