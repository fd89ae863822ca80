import { followEvents } from "../../../sdk/client/routes/events.ts";
import type { Hex } from "../../../sdk/protocol/bytes.ts";
import type { SuyuanClient } from "../../../sdk/client/client.ts";

/** A run of records that shared an event, and when it was heard of. */
interface Heard {
  readonly end: number;
  readonly at: number;
}

/** Listens to a node's events and notes, by the clock of the listener, when records of one scope were accepted and anchored. */
export class LifeListener {
  private readonly accepted: Heard[] = [];
  private readonly anchored: Heard[] = [];
  private readonly ending = new AbortController();
  private listening: Promise<void> | undefined;

  /** Resolves when the stream is open. */
  async open(scope: Hex, client: SuyuanClient): Promise<void> {
    const stream = await client.call(followEvents, { query: {} }, { signal: this.ending.signal });
    this.listening = (async () => {
      for await (const { data } of stream) {
        if (data.scope !== scope) continue;
        const heard = { end: data.first + data.count, at: performance.now() };
        if (data.change === "accepted") this.accepted.push(heard);
        if (data.change === "anchored") this.anchored.push(heard);
      }
    })().catch((error: unknown) => {
      if (!this.ending.signal.aborted) throw error;
    });
  }

  /** End, exclusive, of what is anchored. */
  get anchoredEnd(): number {
    return this.anchored.at(-1)?.end ?? 0;
  }

  async close(): Promise<void> {
    this.ending.abort();
    await this.listening;
  }

  /** Milliseconds from accepted to anchored: the value that `share` of the records from number `from` on do not exceed. */
  latencyMs(share: number, from: number): number {
    const latencies: { readonly ms: number; readonly count: number }[] = [];
    let start = from;
    let batch = 0;
    for (const { end, at } of this.accepted) {
      while (start < end && batch < this.anchored.length) {
        const anchor = this.anchored[batch];
        if (anchor === undefined) break;
        const covered = Math.min(end, anchor.end);
        if (covered > start) {
          latencies.push({ ms: anchor.at - at, count: covered - start });
          start = covered;
        }
        if (anchor.end <= start) batch++;
      }
    }
    return weightedQuantile(latencies, share);
  }
}

function weightedQuantile(values: readonly { readonly ms: number; readonly count: number }[], share: number): number {
  const sorted = [...values].sort((a, b) => a.ms - b.ms);
  const total = sorted.reduce((sum, { count }) => sum + count, 0);
  let passed = 0;
  for (const { ms, count } of sorted) if ((passed += count) >= total * share) return ms;
  return Number.NaN;
}

/** The value that `share` of the samples do not exceed. */
export const quantile = (samples: readonly number[], share: number): number =>
  weightedQuantile(
    samples.map((ms) => ({ ms, count: 1 })),
    share,
  );
