import calendar2025 from "../../contracts/catalogue/calendars/2025.json" with { type: "json" };
import calendar2026 from "../../contracts/catalogue/calendars/2026.json" with { type: "json" };
import { isWeekend, yearBits } from "../../sdk/chain/year-bits.ts";
import { toHex, type Hex } from "../../sdk/protocol/bytes.ts";
import { canonicalBytes } from "../../sdk/protocol/canonical.ts";
import { digest } from "../../sdk/protocol/hash.ts";
import { isCalendarDate } from "../../sdk/protocol/identifiers/calendar-date.ts";
import { DeployError } from "./errors.ts";

/** One year's holidays as announced. Dates are `YYYY-MM-DD`, local days of UTC+8; `document` is empty when there is no notice. */
export interface WorkingCalendarData {
  readonly year: number;
  readonly source: { readonly title: string; readonly document: string; readonly issued: string };
  readonly holidays: readonly string[];
  readonly makeUpWorkdays: readonly string[];
}

/** A year as `WorkingCalendar.setYear` takes it: bit i of `low` is day i (0 = 1 January), bit i − 256 of `high` the rest. */
export interface YearBitmap {
  readonly year: number;
  readonly low: bigint;
  readonly high: bigint;
  readonly source: Hex;
}

/** The years with a committed notice of the State Council's General Office, each with its document number. */
export const committedCalendars: readonly WorkingCalendarData[] = [calendar2025, calendar2026];

/** Weekends only, for a year whose notice is not out. An evaluation may use it; its source says that it is no notice. */
export const provisionalCalendar = (year: number): WorkingCalendarData => ({
  year,
  source: {
    title: `暂行日历(仅区分周末,未依据任何放假通知) / Provisional calendar: weekends only, no notice for ${String(year)}`,
    document: "",
    issued: "",
  },
  holidays: [],
  makeUpWorkdays: [],
});

/** SHA-256 of the canonical JSON (RFC 8785) of the data: what the chain stores as the calendar's source. */
export const calendarDigest = (calendar: WorkingCalendarData): Hex =>
  toHex(
    digest(
      "sha256",
      canonicalBytes({
        year: calendar.year,
        source: { ...calendar.source },
        holidays: [...calendar.holidays],
        makeUpWorkdays: [...calendar.makeUpWorkdays],
      }),
    ),
  );

/** The bitmap of working days. Throws DeployError `deploy.calendar-invalid` for a date out of place. */
export const toYearBitmap = (calendar: WorkingCalendarData): YearBitmap => {
  const { year } = calendar;
  const holidays = datesOf(calendar, "holidays");
  const makeUp = datesOf(calendar, "makeUpWorkdays");
  for (const date of makeUp) if (!isWeekend(date) || holidays.has(date)) throw invalid(year, `makeUpWorkdays ${date}`);
  return { year, ...yearBits({ year, off: holidays, worked: makeUp }), source: calendarDigest(calendar) };
};

const datesOf = (calendar: WorkingCalendarData, list: "holidays" | "makeUpWorkdays"): ReadonlySet<string> => {
  const dates = new Set(calendar[list]);
  if (dates.size !== calendar[list].length) throw invalid(calendar.year, list);
  for (const date of dates) {
    if (!isCalendarDate(date) || !date.startsWith(`${String(calendar.year)}-`)) throw invalid(calendar.year, list);
  }
  return dates;
};

const invalid = (year: number, place: string): DeployError =>
  new DeployError("deploy.calendar-invalid", { year, place });
