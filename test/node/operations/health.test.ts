import { expect } from "chai";
import type { NodeCore } from "../../../node/core.ts";
import { FULL_DISK_BYTES, Health, LOW_DISK_BYTES, type HealthOptions } from "../../../node/operations/health.ts";
import { isRefusal, type ScopeInfo } from "../../../node/records/service.ts";
import { HEADERS } from "../../../node/storage/keyspaces.ts";
import { put } from "../../../node/storage/store.ts";
import { connectLedger } from "../../../sdk/chain/connection.ts";
import { codeOf } from "../../support/codes.ts";
import {
  certificate,
  certificateSchema,
  EAGER,
  openTestCore,
  removeFolder,
  resourceInfo,
  temporaryFolder,
} from "../support/core.ts";
import { startReplaceableLedger, type ReplaceableLedger } from "../support/replaceable-ledger.ts";
import { startFaultProxy, type FaultProxy } from "../../faults/rpc-proxy.ts";

const LATER = { timeoutMs: 20_000 };
const TERABYTE = 1024 ** 4;

describe("the node's health", function () {
  this.timeout(60_000);
  let chain: ReplaceableLedger;
  let proxy: FaultProxy;
  let core: NodeCore;
  let info: ScopeInfo;
  let dataDir: string;
  let freeBytes: number;
  let ahead: number;
  let codes = 0;

  before(async () => {
    chain = await startReplaceableLedger();
    proxy = await startFaultProxy(chain.ledger.rpcUrl);
  });
  after(async () => {
    await proxy.stop();
    await chain.ledger.stop();
  });
  beforeEach(async () => {
    ahead = 0;
    freeBytes = TERABYTE / 2;
    chain.mining = true;
    proxy.plan = () => undefined;
    dataDir = await temporaryFolder();
    const { ledger } = chain;
    // Past every block so far, which the chain sets a second apart.
    ledger.advance(1000);
    info = resourceInfo(
      await ledger.publish({ provider: ledger.provider, code: `h${++codes}`, schema: certificateSchema }),
    );
    core = await openTestCore({
      ledger,
      dataDir,
      tunables: { ...EAGER, anchoring: { sealAfterMs: 0, retryFirstMs: 5, batchMaximumRecords: 4 } },
      dependencies: {
        connection: connectLedger({ rpcUrl: proxy.url, ledger: ledger.name, finality: { tag: "latest" } }),
        clock,
      },
    });
    await core.records.registerScope(info);
  });
  afterEach(async () => {
    await core.close();
    await removeFolder(dataDir);
  });

  /** In step with the chain, but for `ahead`. */
  const clock = (): number => chain.ledger.now * 1000 + ahead;
  const start = async (options: Partial<HealthOptions> = {}): Promise<Health> => {
    const disk = () => Promise.resolve({ freeBytes, totalBytes: TERABYTE });
    const health = new Health(
      { maximumLagSeconds: null, ...options },
      { core, connection: chain.ledger.connection, clock, disk },
    );
    await health.start();
    await core.start();
    while (core.follower.sight === undefined) await tick();
    return health;
  };
  const tick = () => new Promise((resolve) => setTimeout(resolve, 5));
  const reasons = async (health: Health): Promise<string[]> =>
    (await health.parts()).flatMap(({ reason }) => reason ?? []);
  const reach = async (health: Health, wanted: string[], meanwhile?: () => Promise<void>): Promise<void> => {
    while (String(await reasons(health)) !== String(wanted)) {
      await meanwhile?.();
      await tick();
    }
  };
  const accept = async (count: number): Promise<void> => {
    const inputs = Array.from({ length: count }, (_, i) => ({ document: certificate(`n${i}`) }));
    expect((await core.records.accept(info.scope, inputs)).some(isRefusal)).to.equal(false);
  };

  it("is good while everything goes its way, and counts what waits", async () => {
    const health = await start();
    expect(await reasons(health)).to.deep.equal([]);
    await accept(6);
    await core.records.waitFor(info.scope, 5, "final", LATER);
    expect(health.backlog.records).to.equal(0);
    expect(await reasons(health)).to.deep.equal([]);
    expect(await codeOf(health.admit())).to.equal("none");
  });

  it("tells of a chain that cannot be reached, and of its return", async () => {
    const health = await start();
    proxy.plan = () => ({ kind: "reset", after: false });
    await reach(health, ["chain.unreachable"]);
    proxy.plan = () => undefined;
    await reach(health, []);
  });

  it("tells of a chain that takes nothing, of anchoring behind it, and refuses records before they are too many", async () => {
    const health = await start({ maximumBacklogRecords: 5 });
    chain.mining = false;
    await accept(4);
    while (core.sender.waitingSince === undefined) await tick();
    expect(health.backlog.records).to.equal(4);
    expect(await codeOf(health.admit())).to.equal("none");
    chain.ledger.advance(61);
    await reach(health, ["chain.stalled"]);
    await accept(5);
    expect(await codeOf(health.admit())).to.equal("admission.backlog");
    chain.ledger.advance(240);
    await reach(health, ["chain.stalled", "anchoring.behind", "backlog.full"]);
    chain.mining = true;
    await chain.mine();
    await core.records.waitFor(info.scope, 4, "final", LATER);
    await reach(health, []);
    expect(await codeOf(health.admit())).to.equal("none");
  });

  it("counts what an earlier process left", async () => {
    await accept(3);
    const health = new Health(
      { maximumLagSeconds: null },
      { core, connection: chain.ledger.connection, clock: Date.now, disk: () => Promise.reject(new Error("unused")) },
    );
    await health.start();
    expect(health.backlog.records).to.equal(3);
  });

  it("tells of blocks that are too old where they should come regularly", async () => {
    const health = await start({ maximumLagSeconds: 30 });
    await chain.mine();
    await reach(health, []);
    chain.ledger.advance(60);
    await reach(health, ["chain.stalled"]);
  });

  it("tells of a scope that stopped, by its alarm", async () => {
    await accept(2);
    const place = { scope: info.scope, seq: 1 };
    const header = (await core.store.get(HEADERS, place)) ?? expect.fail();
    await core.store.write([
      put(
        HEADERS,
        place,
        header.map((byte, i) => (i === 40 ? byte ^ 1 : byte)),
      ),
    ]);
    const health = await start();
    await reach(health, ["alarm.record-damaged"]);
  });

  it("tells of a disk that fills up, and refuses records before it is full", async () => {
    const health = await start();
    freeBytes = LOW_DISK_BYTES - 1;
    expect(await reasons(health)).to.deep.equal(["disk.low"]);
    expect(await codeOf(health.admit())).to.equal("none");
    freeBytes = FULL_DISK_BYTES - 1;
    expect(await reasons(health)).to.deep.equal(["disk.full"]);
    expect(await codeOf(health.admit())).to.equal("admission.disk");
  });

  it("tells of a clock that is ahead of the chain's, and refuses records that would never verify", async () => {
    const health = await start();
    ahead = 40_000;
    await reach(health, ["clock.skewed"], () => chain.mine());
    expect(await codeOf(health.admit())).to.equal("admission.clock");
    ahead = 0;
    await reach(health, [], () => chain.mine());
    expect(await codeOf(health.admit())).to.equal("none");
  });
});
