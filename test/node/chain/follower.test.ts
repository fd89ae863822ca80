import { expect } from "chai";
import { Follower, LAG_TOLERANCE_MS, type ChainStep } from "../../../node/chain/follower.ts";
import { silentLog, systemTimer, type Timer } from "../../../node/ports.ts";
import { openStore } from "../../../node/storage/level-store.ts";
import type { Store } from "../../../node/storage/store.ts";
import { removeFolder, temporaryFolder } from "../support/core.ts";
import { startReplaceableLedger, type ReplaceableLedger } from "../support/replaceable-ledger.ts";

interface Told {
  readonly steps: ChainStep[];
  readonly reorganisations: number[];
  readonly finals: number[];
}

describe("the follower", function () {
  this.timeout(30_000);
  let chain: ReplaceableLedger;
  let store: Store;
  let dataDir: string;
  let now = 0;

  before(async () => (chain = await startReplaceableLedger()));
  after(() => chain.ledger.stop());
  beforeEach(async () => {
    chain.final = undefined;
    dataDir = await temporaryFolder();
    store = await openStore({ dataDir });
  });
  afterEach(async () => {
    await store.close();
    await removeFolder(dataDir);
  });

  const follow = (maximumStepBlocks = 1000, timer: Timer = systemTimer): { follower: Follower; told: Told } => {
    const follower = new Follower(
      { maximumStepBlocks, pollMs: 1 },
      { connection: chain.connection, store, clock: () => now, timer, log: silentLog },
    );
    const told: Told = { steps: [], reorganisations: [], finals: [] };
    follower.subscribe({
      onStep: async (step) => void told.steps.push(step),
      onReorganisation: async ({ ancestor }) => void told.reorganisations.push(ancestor),
      onFinal: async ({ number }) => void told.finals.push(number),
    });
    return { follower, told };
  };
  const ranges = ({ steps }: Told) => steps.map(({ from, block }) => [from, block.number]);

  it("hands over every block once, in steps, from the first", async () => {
    const height = await chain.height();
    const { follower, told } = follow(7);
    while (await follower.poll());
    const expected = [];
    for (let from = 0; from <= height; from += 7) expected.push([from, Math.min(from + 6, height)]);
    expect(ranges(told)).to.deep.equal(expected);
    await follower.poll();
    expect(ranges(told)).to.deep.equal(expected);
  });

  it("goes on where it was after a restart", async () => {
    await follow().follower.poll();
    const height = await chain.height();
    await chain.mine();
    const { follower, told } = follow();
    await follower.poll();
    expect(ranges(told)).to.deep.equal([[height + 1, height + 1]]);
  });

  it("hands a step over again when a listener failed, and does not move meanwhile", async () => {
    const { follower, told } = follow();
    let failing = true;
    follower.subscribe({
      onStep: async () => {
        if (failing) throw new Error("listener");
      },
    });
    expect(await follower.poll().catch((error: Error) => error.message)).to.equal("listener");
    failing = false;
    await follower.poll();
    const height = await chain.height();
    expect(ranges(told)).to.deep.equal([
      [0, height],
      [0, height],
    ]);
  });

  it("tells of a reorganisation from the last common block, then of the new blocks", async () => {
    const { follower, told } = follow();
    await follower.poll();
    const common = await chain.height();
    const goBack = await chain.remember();
    for (let i = 0; i < 3; i++) {
      await chain.mine();
      await follower.poll();
    }
    await goBack();
    chain.ledger.advance(1000);
    for (let i = 0; i < 4; i++) await chain.mine();
    await follower.poll();
    expect(told.reorganisations).to.deep.equal([common]);
    expect(ranges(told).at(-1)).to.deep.equal([common + 1, common + 4]);
    expect(await follow().follower.poll()).to.equal(false);
  });

  it("takes an endpoint that lags for what it is", async () => {
    const { follower, told } = follow();
    await follower.poll();
    const goBack = await chain.remember();
    await chain.mine();
    await follower.poll();
    await goBack();
    await follower.poll();
    now += LAG_TOLERANCE_MS - 1;
    await follower.poll();
    expect(told.reorganisations).to.deep.equal([]);
  });

  it("takes one that stays behind for a chain that lost its newest blocks", async () => {
    const { follower, told } = follow();
    await follower.poll();
    const height = await chain.height();
    const goBack = await chain.remember();
    await chain.mine();
    await follower.poll();
    await goBack();
    await follower.poll();
    now += LAG_TOLERANCE_MS;
    await follower.poll();
    expect(told.reorganisations).to.deep.equal([height]);
    await chain.mine();
    await follower.poll();
    expect(ranges(told).at(-1)).to.deep.equal([height + 1, height + 1]);
  });

  it("tells when finality moves, with or without a new block", async () => {
    chain.final = 3;
    const { follower, told } = follow();
    await follower.poll();
    await follower.poll();
    chain.final = 5;
    await follower.poll();
    expect(told.finals).to.deep.equal([3, 5]);
    expect(follower.sight?.final.number).to.equal(5);
  });

  it("never throws out of its loop: each failure doubles the pause, a success ends it", async () => {
    const pauses: number[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer: Timer = (delayMs, action) => {
      pauses.push(delayMs);
      if (pauses.length === 4) failing = false;
      if (pauses.length === 5) resolve();
      else setImmediate(action);
      return () => undefined;
    };
    let failing = true;
    const { follower } = follow(1000, timer);
    follower.subscribe({
      onStep: async () => {
        if (failing) throw new Error("listener");
      },
    });
    follower.start();
    await promise;
    expect(pauses).to.deep.equal([2, 4, 8, 16, 1]);
    expect(follower.failedPolls).to.equal(0);
    void follower.close();
  });
});
