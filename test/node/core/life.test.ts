import { expect } from "chai";
import type { NodeCore } from "../../../node/core.ts";
import { isRefusal, type ScopeInfo } from "../../../node/records/service.ts";
import { evidenceJson, parseEvidence } from "../../../sdk/protocol/evidence.ts";
import { startLedger, type TestLedger } from "../../support/ledger.ts";
import {
  certificate,
  certificateSchema,
  openTestCore,
  removeFolder,
  resourceInfo,
  temporaryFolder,
} from "../support/core.ts";

describe("the life of a record", function () {
  this.timeout(30_000);
  let ledger: TestLedger;
  let info: ScopeInfo;
  let core: NodeCore;
  let dataDir: string;

  before(async () => {
    ledger = await startLedger();
    info = resourceInfo(
      await ledger.publish({ provider: ledger.provider, code: "licence", schema: certificateSchema }),
    );
    dataDir = await temporaryFolder();
    core = await openTestCore({ ledger, dataDir });
    await core.records.registerScope(info);
    await core.start();
  });

  after(async () => {
    await core.close();
    await ledger.stop();
    await removeFolder(dataDir);
  });

  it("goes from accepted to final, and evidence of it parses", async () => {
    const [first, second] = await core.records.accept(info.scope, [
      { document: certificate("A1") },
      { document: certificate("A2") },
    ]);
    if (first === undefined || second === undefined || isRefusal(first) || isRefusal(second)) return expect.fail();
    expect([first.seq, second.seq]).to.deep.equal([0, 1]);
    const view = await core.records.waitFor(info.scope, 1, "final", { timeoutMs: 10_000 });
    expect(view.state).to.equal("final");
    expect(view.history.map(({ state }) => state)).to.deep.equal([
      "accepted",
      "sealed",
      "submitted",
      "anchored",
      "final",
    ]);
    const { evidence, positions } = await core.records.evidence(info.scope, 1, { patterns: [["scope"]] });
    expect(positions.slice(0, 4)).to.deep.equal([0, 1, 2, 3]);
    expect(positions).to.have.length(6);
    expect(parseEvidence(evidenceJson(evidence)).header).to.deep.equal(view.header);
    const head = await (await ledger.connection.view()).head(info.scope);
    expect(head?.next).to.equal(2);
    const { events } = await core.records.events({ after: 0, limit: 100 });
    expect(events.map(({ change }) => change)).to.deep.equal(["accepted", "sealed", "submitted", "anchored", "final"]);
  });
});
