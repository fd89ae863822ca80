import { expect } from "chai";
import { META } from "../../../node/storage/keyspaces.ts";
import { put, type Operation } from "../../../node/storage/store.ts";
import { WriteQueue } from "../../../node/storage/write-queue.ts";
import { utf8 } from "../../../sdk/protocol/bytes.ts";

describe("the queue of writes", () => {
  /** Values of each write, in order. */
  let written: string[][];
  let room: Promise<void>;
  let queue: WriteQueue;

  beforeEach(() => {
    written = [];
    room = Promise.resolve();
    queue = new WriteQueue(
      () => room,
      (operations) => {
        written.push(operations.map((operation) => (operation.type === "put" ? textOf(operation) : "")));
        return Promise.resolve();
      },
    );
  });

  const LONG_MS = 60_000;
  const add = (value: string, patienceMs?: number) => queue.add([put(META, "key", value)], patienceMs);
  const textOf = ({ value }: { readonly value: Uint8Array }) => Buffer.from(value).toString();

  it("writes what may wait along with the next that may not, each in its place", async () => {
    await Promise.all([add("patient", LONG_MS), add("also", LONG_MS), add("now"), add("later", 1)]);
    expect(written).to.deep.equal([["patient", "also", "now", "later"]]);
  });

  it("writes what may wait by itself when nothing comes", async () => {
    await Promise.all([add("patient", 5), add("with it", LONG_MS)]);
    expect(written).to.deep.equal([["patient", "with it"]]);
  });

  it("takes along what comes while there is no room", async () => {
    let end: () => void = () => undefined;
    room = new Promise((resolve) => (end = resolve));
    const first = add("first");
    const second = add("second");
    end();
    await Promise.all([first, second]);
    expect(written).to.deep.equal([["first", "second"]]);
  });

  it("does an action while no write is under way, and keeps what may wait waiting", async () => {
    const patient = add("patient", 20);
    expect(await queue.between(() => Promise.resolve(written.length))).to.equal(0);
    expect(written).to.deep.equal([]);
    await patient;
    expect(written).to.deep.equal([["patient"]]);
  });

  it("tells everyone of a write that it failed, and goes on", async () => {
    const operations: Operation[] = [{ type: "put", key: utf8("k"), value: utf8("v") }];
    let fails = true;
    const failing = new WriteQueue(
      () => Promise.resolve(),
      () => (fails ? Promise.reject(new Error("disk")) : Promise.resolve()),
    );
    const outcomes = await Promise.allSettled([failing.add(operations, LONG_MS), failing.add(operations)]);
    expect(outcomes.map(({ status }) => status)).to.deep.equal(["rejected", "rejected"]);
    fails = false;
    await failing.add(operations);
  });
});
