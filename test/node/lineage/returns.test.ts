import { expect } from "chai";
import { RECORD_STATES } from "../../../sdk/chain/statuses.ts";
import type { Hex } from "../../../sdk/protocol/bytes.ts";
import type { LifeEvent } from "../../../node/records/model.ts";
import { changeStatus } from "../../../sdk/client/routes/records.ts";
import { addCertificates, agree, obtain, settle, startPair, type Pair } from "../deliveries/fixture.ts";
import type { Place } from "./fixture.ts";

const SUSPENDED = RECORD_STATES.indexOf("suspended");
const CANCELLED = RECORD_STATES.indexOf("cancelled");

describe("changes to received records", function () {
  this.timeout(120_000);
  let pair: Pair;
  let agreement: Hex;
  let readUntil = -1;
  let wake: () => void = () => undefined;
  before(async () => {
    pair = await startPair();
    await addCertificates(pair, ["A-1", "A-2"]);
    agreement = await agree(pair);
    // Told after the watch, which subscribed before.
    pair.consumer.node.core.follower.subscribe({
      onFinal: ({ number }) => {
        readUntil = number;
        wake();
        return Promise.resolve();
      },
    });
  });
  after(() => pair.stop());

  /** Resolves when the consumer's node has read a record's changes that are final, with everything that it makes of them. */
  const isRead = async ({ scope, seq }: Place, changes: number): Promise<void> => {
    for (;;) {
      const next = new Promise<void>((resolve) => (wake = resolve));
      const history = await (await pair.ledger.connection.view("final")).statusHistory(scope, seq);
      if (history.length >= changes && readUntil >= (history.at(-1)?.block ?? Infinity)) return;
      await next;
    }
  };

  /** The consumer's node notes what it received only after `before` has happened. */
  const holdReception = (before: () => Promise<unknown>): void => {
    const { packages } = pair.consumer.node.core;
    const received = packages.received.bind(packages);
    packages.received = async (...parts) => {
      packages.received = received;
      await before();
      await received(...parts);
    };
  };

  const upstream = async (): Promise<readonly LifeEvent[]> => {
    const { events } = await pair.consumer.node.core.feed.read({ after: 0, limit: 1000 });
    return events.filter(({ change }) => change === "upstream");
  };

  const untilTold = async (count: number): Promise<void> => {
    const { feed } = pair.consumer.node.core;
    while ((await upstream()).length < count)
      await new Promise<void>((resolve) => {
        const stop = feed.subscribe(() => {
          stop();
          resolve();
        });
      });
  };

  const change = (seq: number, state: "suspended" | "cancelled") =>
    pair.provider.client().call(changeStatus, { params: { scope: pair.scope, seq }, body: { state, reason: 1 } });

  it("are told when they became final between the check of a delivery and its receipt, once", async () => {
    const licence = { scope: pair.scope, seq: 0 };
    holdReception(async () => {
      await change(0, "suspended");
      await isRead(licence, 1);
      expect(await upstream()).to.deep.equal([]);
    });
    expect((await obtain(pair, agreement, ["A-1"])).state).to.equal("received");
    await settle(pair, agreement);
    await untilTold(1);
    await change(0, "cancelled");
    await untilTold(2);
    const told = await upstream();
    expect(told.map(({ detail }) => detail?.["state"])).to.deep.equal([SUSPENDED, CANCELLED]);
    for (const one of told) expect(one).to.include({ scope: pair.scope, first: 0, count: 1 });
  });

  it("are not told again when the record comes a second time", async () => {
    const licence = { scope: pair.scope, seq: 1 };
    await obtain(pair, agreement, ["A-2"]);
    await settle(pair, agreement);
    const before = (await upstream()).length;
    holdReception(async () => {
      await change(1, "suspended");
      await isRead(licence, 1);
      expect(await upstream()).to.have.length(before + 1);
    });
    await obtain(pair, agreement, ["A-2"]);
    await settle(pair, agreement);
    await change(1, "cancelled");
    await untilTold(before + 2);
    const told = (await upstream()).slice(before);
    expect(told.map(({ detail }) => detail?.["state"])).to.deep.equal([SUSPENDED, CANCELLED]);
  });
});
