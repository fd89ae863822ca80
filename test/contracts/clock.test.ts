import { expect } from "chai";
import fc from "fast-check";
import { committedCalendars } from "../../scripts/deploy/calendar.ts";
import type { LedgerView } from "../../sdk/chain/view.ts";
import { isRevert } from "../../sdk/chain/errors.ts";
import { WorkingDays } from "../../node/agreements/working-days.ts";
import { startLedger, type TestLedger } from "../support/ledger.ts";

const DATES = 10_000;
const AT_ONCE = 500;
const DAY_MS = 86_400_000;
/** UTC+8 has no summer time. */
const LOCAL_MS = 8 * 3_600_000;
const MOST_COUNTED = 250;

/** The clock as a person would keep it: a calendar on the wall, and a finger that goes from day to day. */
const HOLIDAYS = new Set(committedCalendars.flatMap(({ holidays }) => holidays));
const MAKE_UP = new Set(committedCalendars.flatMap(({ makeUpWorkdays }) => makeUpWorkdays));
const YEARS = committedCalendars.map(({ year }) => year);
const FIRST_MS = Date.UTC(Math.min(...YEARS), 0, 1) - LOCAL_MS;
const END_MS = Date.UTC(Math.max(...YEARS) + 1, 0, 1) - LOCAL_MS;

/** 00:00 local of the day of a time, as if it were UTC. */
const midnight = (ms: number): number => Math.floor((ms + LOCAL_MS) / DAY_MS) * DAY_MS;
const nameOf = (day: number): string => new Date(day).toISOString().slice(0, 10);
const isKnown = (day: number): boolean => YEARS.includes(new Date(day).getUTCFullYear());

function isWorkingDay(day: number): boolean {
  if (MAKE_UP.has(nameOf(day))) return true;
  const weekday = new Date(day).getUTCDay();
  return weekday !== 0 && weekday !== 6 && !HOLIDAYS.has(nameOf(day));
}

/** Seconds; undefined when it runs out of the years that were announced. */
function dueAfter(seconds: number, count: number): number | undefined {
  let day = midnight(seconds * 1000);
  if (!isKnown(day)) return undefined;
  for (let left = count; left > 0;) {
    day += DAY_MS;
    if (!isKnown(day)) return undefined;
    if (isWorkingDay(day)) left--;
  }
  return (day + DAY_MS - LOCAL_MS) / 1000;
}

describe("the working-day clock", function () {
  this.timeout(120_000);
  let ledger: TestLedger;
  let view: LedgerView;

  before(async () => {
    ledger = await startLedger();
    view = await ledger.connection.view();
  });
  after(() => ledger.stop());

  const asked = async (from: number, count: number): Promise<number | undefined> => {
    try {
      return await view.dueAfter(from, count);
    } catch (error) {
      if (isRevert(error, "YearUnknown")) return undefined;
      throw error;
    }
  };

  const time = fc.integer({ min: FIRST_MS / 1000 - 40 * 86_400, max: END_MS / 1000 + 40 * 86_400 });
  const count = fc.oneof(
    { weight: 19, arbitrary: fc.integer({ min: 0, max: 30 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: MOST_COUNTED }) },
  );

  it(`equals the reference on ${DATES} random dates, in and around the years that are known`, async () => {
    const seed = Date.now() % 2 ** 31;
    const questions = fc.sample(fc.tuple(time, count), { numRuns: DATES, seed });
    for (let i = 0; i < questions.length; i += AT_ONCE) {
      const some = questions.slice(i, i + AT_ONCE);
      const answers = await Promise.all(some.map(([from, days]) => asked(from, days)));
      some.forEach(([from, days], j) =>
        expect(answers[j], `seed ${seed}: ${days} working days after ${from}`).to.equal(dueAfter(from, days)),
      );
    }
  });

  it("equals the reference at the first and last second of every local day", async () => {
    const days = Array.from({ length: (END_MS - FIRST_MS) / DAY_MS }, (_, i) => FIRST_MS / 1000 + i * 86_400);
    for (const second of [0, 86_399]) {
      const answers = await Promise.all(days.map((day) => asked(day + second, 1)));
      expect(answers).to.deep.equal(days.map((day) => dueAfter(day + second, 1)));
    }
    const working = await Promise.all(days.map((day) => view.isWorkingDay((day * 1000 + LOCAL_MS) / DAY_MS)));
    expect(working).to.deep.equal(days.map((day) => isWorkingDay(midnight(day * 1000))));
  });

  it("and the node counts down by it: the days left are those that the contract would count", async () => {
    const days = new WorkingDays({ connection: ledger.connection, view });
    await fc.assert(
      fc.asyncProperty(time, fc.integer({ min: 1, max: 30 }), async (from, wanted) => {
        const due = dueAfter(from, wanted);
        fc.pre(due !== undefined);
        const today = isWorkingDay(midnight(from * 1000)) ? 1 : 0;
        expect(await days.left({ from, due: due ?? 0 })).to.equal(wanted + today);
      }),
      { numRuns: 300 },
    );
  });
});
