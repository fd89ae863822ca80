import type { WorkingYear } from "./calendar.ts";

const DAY_MS = 86_400_000;
const LOW_BITS = 256;

/** Days of a year that differ from the week, `YYYY-MM-DD`: weekdays off and weekends that are worked. */
export interface YearExceptions {
  readonly year: number;
  readonly off: ReadonlySet<string>;
  readonly worked: ReadonlySet<string>;
}

/** Whether a date falls on a weekend. Weekdays of a date do not depend on the time zone: UTC stands in for UTC+8. */
export const isWeekend = (date: string): boolean => new Date(`${date}T00:00:00Z`).getUTCDay() % 6 === 0;

/** The working days of a year as `WorkingCalendar.setYear` takes them. */
export function yearBits({ year, off, worked }: YearExceptions): Pick<WorkingYear, "low" | "high"> {
  let low = 0n;
  let high = 0n;
  for (let index = 0, day = Date.UTC(year, 0, 1); new Date(day).getUTCFullYear() === year; index++, day += DAY_MS) {
    const date = new Date(day).toISOString().slice(0, 10);
    if (off.has(date) || (isWeekend(date) && !worked.has(date))) continue;
    if (index < LOW_BITS) low |= 1n << BigInt(index);
    else high |= 1n << BigInt(index - LOW_BITS);
  }
  return { low, high };
}
