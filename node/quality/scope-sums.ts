import type { AnchoredBatch } from "../../sdk/chain/anchors.ts";
import { eventTopic } from "../../sdk/chain/contracts.ts";
import { RECORD_STATES, STATES_PER_WORD } from "../../sdk/chain/statuses.ts";
import type { FoundEvent } from "../../sdk/chain/directory.ts";
import type { LedgerView } from "../../sdk/chain/view.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";

const MAXIMUM_SCOPES = 256;
const ZONE_SECONDS = 8 * 3600;
const ACTIVE = RECORD_STATES.indexOf("active");

/** What the events of a scope add up to at one block. Times in seconds. */
export interface ScopeSums {
  readonly batches: number;
  readonly firstAt?: number;
  readonly lastAt?: number;
  /** Records anchored by month, `2026-03`. */
  readonly months: ReadonlyMap<string, number>;
  /** The newest state, by number, of every record that is not active. */
  readonly states: ReadonlyMap<number, number>;
}

interface Folded extends ScopeSums {
  readonly block: number;
  readonly hash: Hex;
}

const NOTHING: ScopeSums = { batches: 0, months: new Map(), states: new Map() };

/** The month of a time in UTC+8. */
export const monthOf = (seconds: number): string => new Date((seconds + ZONE_SECONDS) * 1000).toISOString().slice(0, 7);

/** Remembers each scope's sums at the block of the last question: the next one reads only the events since, as long as that block stands. */
export class ScopeSumsReader {
  private readonly folded = new Map<Hex, Folded>();

  async read(scope: Hex, view: LedgerView): Promise<ScopeSums> {
    const known = await this.standing(scope, view);
    const fromBlock = known === undefined ? 0 : known.block + 1;
    const { number: block, hash } = view.block;
    if (known !== undefined && known.block === block) return known;
    const topics = [eventTopic("RecordStatus", "StatusChanged"), scope];
    const [batches, changes] = await Promise.all([
      view.batches(scope, fromBlock),
      view.events("RecordStatus", { topics, fromBlock }),
    ]);
    const sums = withChanges(withBatches(known ?? NOTHING, batches), changes);
    if (this.folded.size >= MAXIMUM_SCOPES) this.folded.clear();
    this.folded.set(scope, { ...sums, block, hash });
    return sums;
  }

  /** What is known, unless its block was replaced or the view is an older one. */
  private async standing(scope: Hex, view: LedgerView): Promise<Folded | undefined> {
    const known = this.folded.get(scope);
    if (known === undefined || known.block > view.block.number) return undefined;
    return (await view.blockAt(known.block))?.hash === known.hash ? known : undefined;
  }
}

function withBatches(sums: ScopeSums, batches: readonly AnchoredBatch[]): ScopeSums {
  const months = new Map(sums.months);
  for (const { time, count } of batches) months.set(monthOf(time), (months.get(monthOf(time)) ?? 0) + count);
  const firstAt = sums.firstAt ?? batches[0]?.time;
  const lastAt = batches.at(-1)?.time ?? sums.lastAt;
  return {
    ...{ batches: sums.batches + batches.length, months, states: sums.states },
    ...(firstAt !== undefined && { firstAt }),
    ...(lastAt !== undefined && { lastAt }),
  };
}

function withChanges(sums: ScopeSums, changes: readonly FoundEvent<"RecordStatus">[]): ScopeSums {
  const states = new Map(sums.states);
  for (const { event } of changes) {
    if (event.name !== "StatusChanged") continue;
    const { word, mask, state } = event.args;
    for (let bit = 0; bit < STATES_PER_WORD; bit++) {
      if (((BigInt(mask) >> BigInt(bit)) & 1n) === 0n) continue;
      const seq = Number(word) * STATES_PER_WORD + bit;
      if (state === ACTIVE) states.delete(seq);
      else states.set(seq, state);
    }
  }
  return { ...sums, states };
}
