import { expect } from "chai";
import { readFileSync } from "node:fs";
import {
  calendarDigest,
  committedCalendars,
  provisionalCalendar,
  toYearBitmap,
  type WorkingCalendarData,
} from "../../../scripts/deploy/calendar.ts";
import { DeployError } from "../../../scripts/deploy/errors.ts";

const workingDays = ({ low, high }: { readonly low: bigint; readonly high: bigint }): number =>
  [...(low | (high << 256n)).toString(2)].filter((bit) => bit === "1").length;

const change = (calendar: WorkingCalendarData, changes: Partial<WorkingCalendarData>): WorkingCalendarData => ({
  ...calendar,
  ...changes,
});

describe("working calendars", () => {
  const [calendar2025, calendar2026] = committedCalendars as [WorkingCalendarData, WorkingCalendarData];

  const expectInvalid = (calendar: WorkingCalendarData): void => {
    expect(() => toYearBitmap(calendar))
      .to.throw(DeployError)
      .that.deep.includes({ code: "deploy.calendar-invalid" })
      .and.has.nested.property("values.year", calendar.year);
  };

  it("are committed for 2025 and 2026, each with its notice", () => {
    expect(committedCalendars.map(({ year, source }) => [year, source.document, source.issued])).to.deep.equal([
      [2025, "国办发明电〔2024〕12号", "2024-11-12"],
      [2026, "国办发明电〔2025〕7号", "2025-11-04"],
    ]);
  });

  it("have 248 working days in each year", () => {
    expect(committedCalendars.map((calendar) => workingDays(toYearBitmap(calendar)))).to.deep.equal([248, 248]);
  });

  it("give the bitmaps that the Solidity tests use", () => {
    const text = readFileSync(new URL("../../contracts/solidity/support/Calendars.sol", import.meta.url), "utf8");
    for (const { year, low, high } of committedCalendars.map(toYearBitmap)) {
      expect(text).to.include(`LOW_${String(year)} = 0x${low.toString(16)};`);
      expect(text).to.include(`HIGH_${String(year)} = 0x${high.toString(16)};`);
    }
  });

  it("set bit 0 for 1 January and the last bit for 31 December", () => {
    const { low, high } = toYearBitmap(provisionalCalendar(2024)); // A Monday, and a Tuesday in a leap year.
    expect(low & 1n).to.equal(1n);
    expect(high >> (366n - 256n - 1n)).to.equal(1n);
    expect(toYearBitmap(provisionalCalendar(2023)).low & 1n).to.equal(0n); // A Sunday.
  });

  it("keep make-up workdays and leave out holidays", () => {
    const all = ({ low, high }: { readonly low: bigint; readonly high: bigint }): bigint => low | (high << 256n);
    const day = (index: number): bigint => (all(toYearBitmap(calendar2025)) >> BigInt(index)) & 1n;
    const september28 = 270;
    expect([day(september28), day(september28 - 1), day(september28 + 3)]).to.deep.equal([1n, 0n, 0n]);
  });

  it("refuse a date of another year, a repeated one and one that is no date", () => {
    expectInvalid(change(calendar2025, { holidays: [...calendar2025.holidays, "2026-01-01"] }));
    expectInvalid(change(calendar2025, { holidays: [...calendar2025.holidays, "2025-10-01"] }));
    expectInvalid(change(calendar2025, { holidays: ["2025-02-29"] }));
    expectInvalid(change(calendar2025, { makeUpWorkdays: ["2025-9-28"] }));
  });

  it("refuse a make-up workday that is no weekend, or a holiday", () => {
    expectInvalid(change(calendar2025, { makeUpWorkdays: ["2025-09-29"] }));
    expectInvalid(change(calendar2025, { holidays: ["2025-09-28"], makeUpWorkdays: ["2025-09-28"] }));
    expect(workingDays(toYearBitmap(change(calendar2025, { holidays: [], makeUpWorkdays: ["2025-09-28"] })))).to.equal(
      262,
    );
  });

  it("have a source digest that changes with every part and not with the order of members", () => {
    const { makeUpWorkdays, holidays, source, year } = calendar2026;
    expect(calendarDigest({ makeUpWorkdays, holidays, source, year })).to.equal(calendarDigest(calendar2026));
    const others = [
      change(calendar2026, { year: 2027 }),
      change(calendar2026, { holidays: holidays.slice(1) }),
      change(calendar2026, { makeUpWorkdays: [] }),
      change(calendar2026, { source: { ...source, document: "" } }),
    ];
    expect(new Set([calendar2026, ...others].map(calendarDigest)).size).to.equal(5);
  });

  it("are provisional only on request, and say so", () => {
    const provisional = provisionalCalendar(2027);
    expect(provisional.source.document).to.equal("");
    expect(provisional.source.title).to.match(/暂行.*Provisional/);
    expect(workingDays(toYearBitmap(provisional))).to.equal(261);
  });
});
