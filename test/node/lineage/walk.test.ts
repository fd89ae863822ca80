import { expect } from "chai";
import { seededRandom } from "../../support/random.ts";
import {
  bruteForce,
  hash32,
  openHistoryStore,
  randomHistory,
  visited,
  writeHistory,
  type History,
  type HistoryStore,
} from "./histories.ts";

describe("a walk through the index", function () {
  this.timeout(120_000);
  let history: HistoryStore;
  beforeEach(async () => {
    history = await openHistoryStore();
  });
  afterEach(() => history.close());

  it("answers as a brute-force model does, now and as of any time, on 1,000 random histories", async () => {
    const seed = Number(process.env["SUYUAN_SEED"] ?? Date.now() % 1_000_000);
    const random = seededRandom(seed);
    for (let i = 0; i < 1000; i++) {
      const made = randomHistory(`history ${i}`, random);
      await writeHistory(made, history.store);
      const start = Math.floor(random() * made.things.length);
      for (const direction of ["up", "down"] as const) {
        for (const asOf of [undefined, 1000 + Math.floor(random() * 50)]) {
          const time = asOf !== undefined && { asOf };
          const starts = [{ scope: made.scope, seq: start, depth: 0 }];
          const seen = await visited({ starts, direction, ...time }, history);
          const expected = bruteForce(made, { start, direction, ...time });
          expect(seen, `seed ${seed}, history ${i}, ${direction} of ${start} as of ${asOf}`).to.deep.equal(expected);
        }
      }
    }
  });

  it("tells the batches of fruit of which the pies of a day were made", async () => {
    // Nine batches of three fruits; each day the orchard's pie is baked anew from the newest batches it has.
    const scope = hash32("orchard");
    const day = (n: number): number => 86_400 * n;
    const fruit = Array.from({ length: 9 }, (_, seq) => ({
      seq,
      anchoredAt: day(1 + Math.floor(seq / 3)),
      parents: [],
    }));
    const from = (seqs: readonly number[], before: readonly number[]) => [
      ...seqs.map((seq) => ({ seq, relation: "derivedFrom" as const })),
      ...before.map((seq) => ({ seq, relation: "supersedes" as const })),
    ];
    const orchard: History = {
      scope,
      things: [
        ...fruit,
        { seq: 9, anchoredAt: day(1) + 3600, parents: from([0, 1, 2], []) },
        { seq: 10, anchoredAt: day(2) + 3600, parents: from([0, 4, 5], [9]) },
        { seq: 11, anchoredAt: day(3) + 3600, parents: from([6, 4, 8], [10]) },
      ],
    };
    await writeHistory(orchard, history.store);
    const used = async (pie: number, asOf: number) =>
      visited(
        { starts: [{ scope, seq: pie, depth: 0 }], direction: "up", asOf, relations: new Set(["derivedFrom"]) },
        history,
      );
    const pieOf = async (asOf: number): Promise<number | undefined> => {
      // The version in force then: the newest of those that followed one another.
      const starts = [{ scope, seq: 9, depth: 0 }];
      const versions = await visited({ starts, direction: "down", asOf, relations: new Set(["supersedes"]) }, history);
      return versions.at(-1);
    };
    const batchesAsOf = async (asOf: number) => {
      const pie = await pieOf(asOf);
      return pie === undefined ? [] : (await used(pie, asOf)).filter((seq) => seq < 9);
    };
    expect(await batchesAsOf(day(1))).to.deep.equal([]);
    expect(await batchesAsOf(day(1) + 7200)).to.deep.equal([0, 1, 2]);
    expect(await batchesAsOf(day(2) + 7200)).to.deep.equal([0, 4, 5]);
    expect(await batchesAsOf(day(3))).to.deep.equal([0, 4, 5]);
    expect(await batchesAsOf(day(3) + 7200)).to.deep.equal([4, 6, 8]);
  });

  it("finds every child of a record that has thousands, and stops at a limit with the frontier", async () => {
    const scope = hash32("hub");
    const children = Array.from({ length: 5000 }, (_, i) => ({
      seq: i + 1,
      anchoredAt: 1000,
      parents: [{ seq: 0, relation: "aggregates" as const }],
    }));
    await writeHistory({ scope, things: [{ seq: 0, anchoredAt: 1000, parents: [] }, ...children] }, history.store);
    const starts = [{ scope, seq: 0, depth: 0 }];
    expect(await visited({ starts, direction: "down" }, history)).to.have.length(5001);
    expect(await visited({ starts, direction: "down", depth: 0 }, history)).to.deep.equal([0]);
  });
});
