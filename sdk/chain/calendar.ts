import type { Hex } from "../protocol/bytes.ts";
import type { Asker } from "./directory.ts";
import { isRevert } from "./errors.ts";
import { seconds } from "./values.ts";

/** The working days of a year: bit i of `low` is day i (0 = 1 January) for i < 256, bit i − 256 of `high` the rest. */
export interface WorkingYear {
  readonly low: bigint;
  readonly high: bigint;
  /** Digest of the notice that the year comes from. */
  readonly source: Hex;
}

export interface CalendarReads {
  /** Undefined for a year that is not set. */
  workingDays(year: number): Promise<WorkingYear | undefined>;
  /** `day` counts from 1970-01-01, local (UTC+8). Throws `chain.revert` YearUnknown. */
  isWorkingDay(day: number): Promise<boolean>;
  /** The end (exclusive, seconds) of the `count`-th working day after the local day of `from`. Throws `chain.revert` YearUnknown. */
  dueAfter(from: number, count: number): Promise<number>;
}

export const calendarReads = ({ ask }: Asker): CalendarReads => ({
  workingDays: async (year) => {
    try {
      const known = await ask("WorkingCalendar", "isYearKnown", [year]);
      return known ? await ask("WorkingCalendar", "calendarOf", [year]) : undefined;
    } catch (error) {
      if (isRevert(error, "YearUnknown") || isRevert(error, "YearOutOfRange")) return undefined;
      throw error;
    }
  },
  isWorkingDay: (day) => ask("WorkingCalendar", "isWorkingDay", [day]),
  dueAfter: async (from, count) => seconds(await ask("WorkingCalendar", "dueAfter", [BigInt(from), count])),
});
