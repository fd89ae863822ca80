import { expect } from "chai";
import type { ServerSentEvent } from "../../../sdk/client/route.ts";
import { followEvents } from "../../../sdk/client/routes/events.ts";
import type { Hex } from "../../../sdk/protocol/bytes.ts";
import { EventFeed } from "../../../node/records/events.ts";
import { followLife } from "../../../node/records/follow.ts";
import { openStore } from "../../../node/storage/level-store.ts";
import { removeFolder, temporaryFolder } from "../support/core.ts";
import { startLedger, type TestLedger } from "../../support/ledger.ts";
import { codeOf, startTestNode, type TestNode } from "../support/nodes.ts";
import { certificateOf, proposalOf, publishOver, submitTo } from "../support/resources.ts";

const LATER = { timeoutMs: 20_000 };
const LIFE = ["accepted", "sealed", "submitted", "anchored", "final"];

describe("events over HTTP", function () {
  this.timeout(60_000);
  let ledger: TestLedger;
  let provider: TestNode;
  let authority: TestNode;
  let id: Hex;
  let scope: Hex;
  let next = 0;
  /** Cursor of the last event before the first of the test. */
  let base = 0;

  before(async () => {
    ledger = await startLedger();
    provider = await startTestNode({ ledger, department: ledger.provider });
    authority = await startTestNode({ ledger, department: ledger.authority });
    ({ id, scope } = await publishOver({ provider, authority }, proposalOf(ledger.provider)));
    // What the operators did is in the journal, and has events of its own: the test begins behind them.
    const { records, journal, feed } = provider.node.core;
    await records.waitFor(journal, (await records.count(journal)) - 1, "final", LATER);
    base = await feed.last();
  });
  after(async () => {
    for (const node of [provider, authority]) await node.stop();
    await ledger.stop();
  });

  type Data = { readonly change: string; readonly first: number };
  interface Taken {
    readonly events: readonly ServerSentEvent<Data>[];
    readonly cursor: number;
  }

  /** The first `count` events of a stream, which is then left. */
  const take = async (count: number, query: { cursor?: number }, during?: () => Promise<unknown>): Promise<Taken> => {
    const leaving = new AbortController();
    const stream = await provider.client().call(followEvents, { query }, { signal: leaving.signal });
    const acting = during?.();
    const events: ServerSentEvent<Data>[] = [];
    for await (const event of stream) {
      events.push(event);
      if (events.length === count) break;
    }
    leaving.abort();
    await acting;
    return { events, cursor: Number(events.at(-1)?.id) };
  };
  const changes = ({ events }: Taken) => events.map(({ data }) => data.change);
  const add = async () => {
    const seq = next++;
    await submitTo(provider, id, [certificateOf(seq)]);
    await provider.node.core.records.waitFor(scope, seq, "final", LATER);
  };

  it("come as they happen, each with its cursor", async () => {
    const taken = await take(5, { cursor: base }, add);
    expect(changes(taken)).to.deep.equal(LIFE);
    const [first] = taken.events;
    expect(first?.event).to.equal("accepted");
    expect(first?.data).to.deep.include({ scope, first: 0, count: 1, at: ledger.now });
    expect(taken.events.map(({ id: cursor }) => Number(cursor))).to.deep.equal([1, 2, 3, 4, 5].map((n) => base + n));
  });

  it("are resumed after a cursor, also by another process, without loss", async () => {
    const { cursor } = await take(2, { cursor: base });
    expect(cursor).to.equal(base + 2);
    await add();
    await provider.restart();
    const rest = await take(8, { cursor });
    expect(changes(rest)).to.deep.equal([...LIFE.slice(2), ...LIFE]);
    expect(rest.events.map(({ id: at }) => Number(at))).to.deep.equal([3, 4, 5, 6, 7, 8, 9, 10].map((n) => base + n));
  });

  it("refuse a cursor that the feed has not reached, and a stranger", async () => {
    const ahead = provider.client().call(followEvents, { query: { cursor: 1_000_000 } });
    expect(await codeOf(first(ahead))).to.equal("events.cursor");
    const stranger = provider.client(ledger.consumer).call(followEvents, {});
    expect(await codeOf(first(stranger))).to.equal("caller.not-own");
  });

  it("refuse a cursor whose next events are forgotten, at the beginning and on the way", async () => {
    const dataDir = await temporaryFolder();
    const store = await openStore({ dataDir });
    try {
      const feed = new EventFeed({ retain: 10 }, { store });
      const event = { scope, first: 0, count: 1, change: "accepted", at: 1 } as const;
      const write = (count: number) =>
        feed.commit(
          [],
          Array.from({ length: count }, () => event),
        );
      const follow = (after: number) => followLife({ after, signal: new AbortController().signal }, feed);
      await write(20);
      const slow = (await follow(0))[Symbol.asyncIterator]();
      await slow.next();
      await write(1004);
      expect(await codeOf(follow(1))).to.equal("events.cursor");
      expect((await first(follow(1014)))?.id).to.equal("1015");
      expect(await codeOf(drained(slow))).to.equal("events.cursor");
    } finally {
      await store.close();
      await removeFolder(dataDir);
    }
  });

  it("end when the node stops", async () => {
    const stream = await provider.client().call(followEvents, {});
    const ended = first(Promise.resolve(stream)).then(
      (event) => event,
      () => undefined,
    );
    await provider.restart();
    expect(await ended).to.equal(undefined);
  });
});

const drained = async (stream: AsyncIterator<unknown>): Promise<void> => {
  while ((await stream.next()).done !== true);
};

const first = async <T>(stream: Promise<AsyncIterable<T>>): Promise<T | undefined> => {
  for await (const event of await stream) return event;
  return undefined;
};
