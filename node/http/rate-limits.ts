import type { Clock } from "../ports.ts";

/** So many seconds' worth may come at once. */
const BURST_SECONDS = 4;
/** A bucket that is full again is forgotten when there are so many. */
const MAXIMUM_BUCKETS = 10_000;

interface Bucket {
  tokens: number;
  atMs: number;
}

/**
 * A token bucket for each department, so that no other department can take this node's time from the rest. In memory:
 * a restart gives everybody a full bucket. Keyed by what a signature proved, never by an address or a header.
 */
export class RateLimits {
  private readonly buckets = new Map<string, Bucket>();
  private readonly perSecond: number;
  private readonly capacity: number;
  private readonly clock: Clock;

  /** `perSecond`: requests that one other department may keep up. */
  constructor({ perSecond }: { readonly perSecond: number }, { clock }: { readonly clock: Clock }) {
    this.perSecond = perSecond;
    this.capacity = perSecond * BURST_SECONDS;
    this.clock = clock;
  }

  /** Takes one request's worth. Returns the seconds to wait (at least 1) when there is none. */
  take(department: string): number | undefined {
    const nowMs = this.clock();
    const bucket = this.buckets.get(department) ?? { tokens: this.capacity, atMs: nowMs };
    // A clock that is set back gives nothing and takes nothing away.
    bucket.tokens = Math.min(this.capacity, bucket.tokens + (Math.max(0, nowMs - bucket.atMs) / 1000) * this.perSecond);
    bucket.atMs = nowMs;
    this.remember(department, bucket);
    if (bucket.tokens < 1) return Math.max(1, Math.ceil((1 - bucket.tokens) / this.perSecond));
    bucket.tokens--;
    return undefined;
  }

  private remember(department: string, bucket: Bucket): void {
    this.buckets.set(department, bucket);
    if (this.buckets.size <= MAXIMUM_BUCKETS) return;
    const [oldest] = this.buckets.keys();
    if (oldest !== undefined && oldest !== department) this.buckets.delete(oldest);
  }
}
