import type { LedgerConnection } from "../../sdk/chain/connection.ts";
import { decodeResult, encodeCall } from "../../sdk/chain/contracts.ts";
import { isRevert } from "../../sdk/chain/errors.ts";
import type { LedgerView } from "../../sdk/chain/view.ts";
import { dayOfYear, localDay } from "./local-days.ts";

const FIRST_WORD_DAYS = 256;

interface Year {
  readonly low: bigint;
  readonly high: bigint;
}

/** The ledger's working days as they were at a block. */
export class WorkingDays {
  private readonly connection: LedgerConnection;
  private readonly view: LedgerView;
  private readonly years = new Map<number, Promise<Year | undefined>>();

  constructor({ connection, view }: { readonly connection: LedgerConnection; readonly view: LedgerView }) {
    this.connection = connection;
    this.view = view;
  }

  /** Working days from the local day of `from` (included) to the day that ends at `due`; undefined when the calendar does not reach. Seconds. */
  async left({ from, due }: { readonly from: number; readonly due: number }): Promise<number | undefined> {
    let count = 0;
    for (let day = localDay(from); day <= localDay(due - 1); day++) {
      const working = await this.isWorkingDay(day);
      if (working === undefined) return undefined;
      if (working) count++;
    }
    return count;
  }

  private async isWorkingDay(day: number): Promise<boolean | undefined> {
    const { year, index } = dayOfYear(day);
    const calendar = await this.year(year);
    if (calendar === undefined) return undefined;
    const bits =
      index < FIRST_WORD_DAYS ? calendar.low >> BigInt(index) : calendar.high >> BigInt(index - FIRST_WORD_DAYS);
    return (bits & 1n) === 1n;
  }

  private year(year: number): Promise<Year | undefined> {
    const known = this.years.get(year);
    if (known) return known;
    const asked = this.readYear(year);
    this.years.set(year, asked);
    return asked;
  }

  private async readYear(year: number): Promise<Year | undefined> {
    try {
      const address = await this.view.contractAddress("WorkingCalendar");
      const reader = await this.connection.reader(this.view.block.number);
      const data = await reader.call(address, encodeCall("WorkingCalendar", "calendarOf", [year]));
      return decodeResult("WorkingCalendar", "calendarOf", data);
    } catch (error) {
      if (isRevert(error)) return undefined;
      throw error;
    }
  }
}
