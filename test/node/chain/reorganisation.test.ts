import { expect } from "chai";
import { openNodeCore, type NodeCore } from "../../../node/core.ts";
import { isRefusal, type ScopeInfo } from "../../../node/records/service.ts";
import { POSITION, RECENT_BLOCKS } from "../../../node/storage/keyspaces.ts";
import { del, put } from "../../../node/storage/store.ts";
import { findBlock } from "../../../sdk/chain/blocks.ts";
import { codeOf } from "../../support/codes.ts";
import {
  certificate,
  certificateSchema,
  EAGER,
  privateKeyOf,
  removeFolder,
  resourceInfo,
  ROOT,
  temporaryFolder,
} from "../support/core.ts";
import { startReplaceableLedger, type ReplaceableLedger } from "../support/replaceable-ledger.ts";

const LATER = { timeoutMs: 20_000 };

describe("a chain whose blocks are replaced", function () {
  this.timeout(60_000);
  let chain: ReplaceableLedger;
  let core: NodeCore;
  let dataDir: string;
  let info: ScopeInfo;
  let codes = 0;

  before(async () => (chain = await startReplaceableLedger()));
  after(() => chain.ledger.stop());

  beforeEach(async () => {
    chain.final = undefined;
    chain.mining = true;
    dataDir = await temporaryFolder();
    const { ledger } = chain;
    info = resourceInfo(
      await ledger.publish({ provider: ledger.provider, code: `r${++codes}`, schema: certificateSchema }),
    );
    await open();
  });
  afterEach(async () => {
    await core.close();
    await removeFolder(dataDir);
  });

  const open = async (): Promise<void> => {
    const { ledger, connection } = chain;
    const keystore = { account: { privateKey: privateKeyOf(ledger.provider) }, root: ROOT };
    core = await openNodeCore(
      {
        dataDir,
        department: ledger.provider.uscc,
        keystore,
        tunables: { ...EAGER, sender: { receiptPollMs: 5, resendAfterMs: 20 } },
      },
      { connection, clock: () => ledger.now * 1000 },
    );
    await core.records.registerScope(info);
  };
  const accept = async (...numbers: string[]): Promise<void> => {
    const results = await core.records.accept(
      info.scope,
      numbers.map((number) => ({ document: certificate(number) })),
    );
    expect(results.some(isRefusal)).to.equal(false);
  };
  const changes = async () => (await core.records.events({ after: 0, limit: 100 })).events.map(({ change }) => change);

  it("anchors wait for finality, and give no evidence before", async () => {
    chain.final = await chain.height();
    await core.start();
    await accept("1");
    await core.records.waitFor(info.scope, 0, "anchored", LATER);
    expect(await codeOf(core.records.evidence(info.scope, 0))).to.equal("record.not-final");
    expect(core.sender.pending).to.equal(1);
    chain.final = undefined;
    await core.records.waitFor(info.scope, 0, "final", LATER);
    expect((await core.records.evidence(info.scope, 0)).evidence.header.seq).to.equal(0);
  });

  it("an anchor whose block is replaced is said to be gone, and is made again with the same bytes", async () => {
    chain.final = await chain.height();
    await core.start();
    const goBack = await chain.remember();
    await accept("1", "2");
    const { batch: before } = await core.records.waitFor(info.scope, 1, "anchored", LATER);
    chain.mining = false;
    await goBack();
    for (let i = 0; i < 3; i++) await chain.mine();
    await waitForChange("reorged");
    expect((await core.records.view(info.scope, 0)).state).to.be.oneOf(["sealed", "submitted"]);
    chain.mining = true;
    await chain.mine();
    const { batch: after } = await core.records.waitFor(info.scope, 1, "anchored", LATER);
    expect(after).to.deep.include({ first: 0, count: 2, root: before?.root, transaction: before?.transaction });
    expect(after?.block).to.not.equal(before?.block);
    chain.final = undefined;
    await core.records.waitFor(info.scope, 1, "final", LATER);
    const { evidence } = await core.records.evidence(info.scope, 0);
    const anchored = (await (await chain.connection.view("latest")).batches(info.scope)).at(0);
    expect([evidence.anchor.time, evidence.anchor.block]).to.deep.equal([anchored?.time, anchored?.block]);
    expect((await changes()).slice(-3)).to.deep.equal(["reorged", "anchored", "final"]);
  });

  it("a replacement that happens while the node is down is found at the next start", async () => {
    chain.final = await chain.height();
    await core.start();
    const goBack = await chain.remember();
    await accept("1");
    await core.records.waitFor(info.scope, 0, "anchored", LATER);
    await core.close();
    await goBack();
    for (let i = 0; i < 3; i++) await chain.mine();
    await open();
    await core.start();
    await waitForChange("reorged");
    await core.records.waitFor(info.scope, 0, "anchored", LATER);
    chain.final = undefined;
    await core.records.waitFor(info.scope, 0, "final", LATER);
    expect((await (await chain.connection.view("latest")).head(info.scope))?.next).to.equal(1);
  });

  it("a replacement that the follower cannot notice is found by the block's hash", async () => {
    chain.final = await chain.height();
    await core.start();
    const number = await chain.height();
    const { hash } = (await findBlock(chain.connection.rpc, number)) ?? expect.fail();
    const goBack = await chain.remember();
    await accept("1");
    await core.records.waitFor(info.scope, 0, "anchored", LATER);
    await core.close();
    await goBack();
    for (let i = 0; i < 5; i++) await chain.mine();
    await open();
    // As if the process had died before the follower wrote down what it had seen.
    await core.store.write([
      put(POSITION, "head", { number, hash }),
      ...[1, 2, 3].map((i) => del(RECENT_BLOCKS, number + i)),
    ]);
    chain.final = undefined;
    await core.start();
    await core.records.waitFor(info.scope, 0, "final", LATER);
    expect(await changes()).to.include("reorged");
    expect((await (await chain.connection.view("latest")).head(info.scope))?.next).to.equal(1);
    expect(core.anchoring.alarms).to.deep.equal([]);
    expect((await core.records.evidence(info.scope, 0)).evidence.anchor.block).to.be.greaterThan(number + 5);
  });

  const waitForChange = async (change: string): Promise<void> => {
    for (;;) {
      if ((await changes()).includes(change as "reorged")) return;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
});
