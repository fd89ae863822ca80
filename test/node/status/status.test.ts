import { expect } from "chai";
import type { NodeCore } from "../../../node/core.ts";
import type { ScopeInfo } from "../../../node/records/service.ts";
import { ChainError } from "../../../sdk/chain/errors.ts";
import { startLedger, type TestLedger } from "../../support/ledger.ts";
import {
  certificate,
  certificateSchema,
  openTestCore,
  removeFolder,
  resourceInfo,
  temporaryFolder,
} from "../support/core.ts";

describe("status changes", function () {
  this.timeout(30_000);
  let ledger: TestLedger;
  let core: NodeCore;
  let dataDir: string;
  let info: ScopeInfo;

  before(async () => {
    ledger = await startLedger();
    dataDir = await temporaryFolder();
    info = resourceInfo(
      await ledger.publish({ provider: ledger.provider, code: "licence", schema: certificateSchema }),
    );
    core = await openTestCore({ ledger, dataDir });
    await core.records.registerScope(info);
    await core.start();
    const inputs = Array.from({ length: 60 }, (_, i) => ({ document: certificate(`n${i}`) }));
    await core.records.accept(info.scope, inputs);
    await core.records.waitFor(info.scope, 59, "final", { timeoutMs: 15_000 });
  });
  after(async () => {
    await core.close();
    await ledger.stop();
    await removeFolder(dataDir);
  });

  const stateOf = async (seq: number) => (await ledger.connection.view()).currentState(info.scope, seq);
  const statusEvents = async () =>
    (await core.records.events({ after: 0, limit: 100 })).events.filter(({ change }) => change === "status");

  it("take effect on chain and are told once, however often the same key asks", async () => {
    const change = {
      scope: info.scope,
      first: 3,
      state: "suspended",
      reason: 7,
      effectiveFrom: ledger.now,
      key: "s1",
    } as const;
    const [one, two] = await Promise.all([core.status.change(change), core.status.change(change)]);
    expect(two).to.deep.equal(one);
    expect(await core.status.change(change)).to.deep.equal(one);
    expect([await stateOf(3), await stateOf(4)]).to.deep.equal(["suspended", "active"]);
    const events = await statusEvents();
    expect(events).to.have.length(1);
    expect(events[0]).to.deep.include({ scope: info.scope, first: 3, count: 1 });
    expect(events[0]?.detail).to.deep.include({ state: 1, reason: 7, transaction: one.transaction });
  });

  it("cover neighbours in one transaction", async () => {
    await core.status.change({ scope: info.scope, first: 40, count: 20, state: "suspended", reason: 7, key: "s2" });
    for (const seq of [40, 51, 52, 59]) expect(await stateOf(seq)).to.equal("suspended");
    expect(await stateOf(39)).to.equal("active");
  });

  it("are refused by the contract with its error, and nothing is told", async () => {
    const before = (await statusEvents()).length;
    const { scope } = info;
    await core.status.change({ scope, first: 10, state: "revoked", reason: 1, key: "r1" });
    const again = await core.status
      .change({ scope, first: 10, state: "active", reason: 1, key: "r2" })
      .catch((error: unknown) => error);
    expect(again instanceof ChainError && again.values["error"]).to.equal("StatusTerminal");
    const beyond = await core.status
      .change({ scope, first: 99, state: "revoked", reason: 1, key: "r3" })
      .catch((error: unknown) => error);
    expect(beyond instanceof ChainError && beyond.values["error"]).to.equal("NumberNotAnchored");
    expect((await statusEvents()).length).to.equal(before + 1);
  });

  it("may take effect now on a chain whose last block is old", async () => {
    ledger.advance(3600);
    const { scope } = info;
    await core.status.change({ scope, first: 20, state: "suspended", reason: 7, effectiveFrom: ledger.now, key: "t1" });
    const [change] = await (await ledger.connection.view()).statusHistory(scope, 20);
    expect(change).to.deep.include({ state: "suspended", effectiveFrom: ledger.now });
    const future = await core.status
      .change({ scope, first: 21, state: "suspended", reason: 7, effectiveFrom: ledger.now + 60, key: "t2" })
      .catch((error: unknown) => error);
    expect(future instanceof ChainError && future.values["error"]).to.equal("EffectiveInFuture");
  });
});
