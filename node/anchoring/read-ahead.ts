import type { Clock, Timer } from "../ports.ts";
import { NEXT } from "../storage/keyspaces.ts";
import {
  PAGE_RECORDS,
  PAGES_UNDER_WAY,
  ReadBack,
  type OpenRange,
  type ProofReadingDependencies,
} from "./proof-reading.ts";

/** New records are looked for no more often than this. */
const LOOK_AGAIN_MS = 50;
/** What was read back longer ago is read again before it is signed. */
export const READ_AHEAD_MS = 10_000;

interface BoundedRange extends OpenRange {
  /** The first number that is not read. */
  readonly until: number;
}

export interface ReadAheadDependencies extends ProofReadingDependencies {
  readonly clock: Clock;
  readonly timer: Timer;
}

/**
 * While the chain takes one batch, whole pages of what the next will hold are read back, so that little is left to read in
 * its turn. Less than a page is left until then: of small pages everything is committed again.
 */
export class ReadAhead {
  private readonly range: BoundedRange;
  private readonly dependencies: ReadAheadDependencies;
  private readonly reading: ReadBack;
  /** Milliseconds. */
  private readonly since: number;

  constructor(range: BoundedRange, dependencies: ReadAheadDependencies) {
    this.range = range;
    this.dependencies = dependencies;
    this.reading = new ReadBack(range, dependencies);
    this.since = dependencies.clock();
  }

  /** What was read from `first` on, unless it is something else or too long ago. */
  freshFor(first: number): ReadBack | undefined {
    return this.isFresh && first === this.range.first ? this.reading : undefined;
  }

  /** How many records the batch whose turn has come holds at most: a page more would keep the chain waiting. */
  async recordsToSeal(): Promise<number> {
    const { first, until } = this.range;
    const read = this.reading.next - first;
    const isLittleLeft = (await this.given()) - this.reading.next < PAGE_RECORDS;
    return read === 0 || isLittleLeft || !this.isFresh ? until - first : read;
  }

  private get isFresh(): boolean {
    return this.dependencies.clock() < this.since + READ_AHEAD_MS;
  }

  /** Resolves after `anchoring` is settled. Throws as `ReadBack.readTo`. */
  async readDuring(anchoring: Promise<void>): Promise<void> {
    const { reading } = this;
    let isOver = false;
    const over = anchoring.then(
      () => void (isOver = true),
      () => void (isOver = true),
    );
    while (!isOver) {
      const end = Math.min(await this.given(), this.range.until);
      const pages = Math.min(Math.floor((end - reading.next) / PAGE_RECORDS), PAGES_UNDER_WAY);
      if (pages > 0) await reading.readTo(reading.next + pages * PAGE_RECORDS);
      else await this.pause(over);
    }
  }

  private async given(): Promise<number> {
    return (await this.dependencies.store.get(NEXT, this.range.scope)) ?? 0;
  }

  private async pause(over: Promise<void>): Promise<void> {
    let cancel: () => void = () => undefined;
    const passed = new Promise<void>((resolve) => (cancel = this.dependencies.timer(LOOK_AGAIN_MS, resolve)));
    await Promise.race([passed, over]);
    cancel();
  }
}
