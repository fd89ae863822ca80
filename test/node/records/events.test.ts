import { expect } from "chai";
import { EventFeed } from "../../../node/records/events.ts";
import { META } from "../../../node/storage/keyspaces.ts";
import { openStore } from "../../../node/storage/level-store.ts";
import { StorageError } from "../../../node/storage/errors.ts";
import { put, type Operation, type Store } from "../../../node/storage/store.ts";
import type { LifeEvent } from "../../../node/records/model.ts";
import { codeOf } from "../../support/codes.ts";
import { removeFolder, temporaryFolder } from "../support/core.ts";

const event = (first: number) =>
  ({ scope: `0x${"aa".repeat(32)}`, first, count: 1, change: "accepted", at: 1 }) as const;

describe("the feed of events", () => {
  let dataDir: string;
  let store: Store;

  beforeEach(async () => {
    dataDir = await temporaryFolder();
    store = await openStore({ dataDir });
  });
  afterEach(async () => {
    await store.close();
    await removeFolder(dataDir);
  });

  it("numbers events densely over concurrent writers, and tells of them in that order once they are durable", async () => {
    const feed = new EventFeed({}, { store });
    const told: LifeEvent[] = [];
    const stop = feed.subscribe((events) => told.push(...events));
    await Promise.all(
      Array.from({ length: 20 }, (_, i) => feed.commit([put(META, `k${i}`, "v")], [event(i), event(100 + i)])),
    );
    expect(told.map(({ cursor }) => cursor)).to.deep.equal(Array.from({ length: 40 }, (_, i) => i + 1));
    expect((await feed.read({ after: 0, limit: 100 })).events).to.deep.equal(told);
    stop();
    await feed.commit([], [event(999)]);
    expect(told).to.have.length(40);
  });

  it("goes on after a restart and gives what came after a cursor", async () => {
    await new EventFeed({}, { store }).commit([], [event(1), event(2), event(3)]);
    const feed = new EventFeed({}, { store });
    await feed.commit([], [event(4)]);
    const { events, oldest } = await feed.read({ after: 2, limit: 10 });
    expect(events.map(({ cursor, first }) => [cursor, first])).to.deep.equal([
      [3, 3],
      [4, 4],
    ]);
    expect(oldest).to.equal(1);
  });

  it("keeps as many as it is told to, and says from where", async () => {
    const feed = new EventFeed({ retain: 300 }, { store });
    for (let i = 0; i < 8; i++)
      await feed.commit(
        [],
        Array.from({ length: 128 }, (_, n) => event(n)),
      );
    const { events, oldest } = await feed.read({ after: 0, limit: 2000 });
    expect(oldest).to.equal(725);
    expect(events).to.have.length(300);
    expect(events.at(-1)?.cursor).to.equal(1024);
  });

  describe("after a write of unknown outcome", () => {
    /** The real store, whose next write is reported as failed before or after it happens. */
    const unsure = (happens: boolean): Store => {
      let failures = 1;
      const write = async (operations: readonly Operation[]): Promise<void> => {
        if (failures-- <= 0) return store.write(operations);
        if (happens) await store.write(operations);
        throw new StorageError("storage.indeterminate");
      };
      return Object.assign(Object.create(store) as Store, { write });
    };
    const run = async (happens: boolean): Promise<number[]> => {
      const feed = new EventFeed({}, { store: unsure(happens) });
      const told: number[] = [];
      feed.subscribe((events) => told.push(...events.map(({ first }) => first)));
      expect(await codeOf(feed.commit([], [event(1)]))).to.equal("storage.indeterminate");
      await feed.commit([], [event(2)]);
      return told;
    };

    it("tells of what happened after all, before anything later", async () => {
      expect(await run(true)).to.deep.equal([1, 2]);
    });

    it("tells nothing of what did not happen", async () => {
      expect(await run(false)).to.deep.equal([2]);
      const { events } = await new EventFeed({}, { store }).read({ after: 0, limit: 9 });
      expect(events.map(({ cursor }) => cursor)).to.deep.equal([1]);
    });
  });
});
