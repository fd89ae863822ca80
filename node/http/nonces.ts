/** Where used nonces are remembered. Whoever can delete from it can have a captured request accepted again until it expires. */
export interface NonceSpace {
  has(key: string): Promise<boolean>;
  /** Durable when it resolves. */
  put(key: string): Promise<void>;
  /** Deletes every key below `bound`. */
  deleteBelow(bound: string): Promise<void>;
}

export interface NonceUse {
  readonly keyId: string;
  readonly nonce: string;
  /** Seconds from which the signature is refused anyway, whatever the clocks. */
  readonly refusedFrom: number;
}

const PRUNE_EVERY_SECONDS = 60;
const TIME_DIGITS = 12;

/**
 * Remembers each (key, nonce) until its signature would be refused for its age. The key of an entry begins with that
 * time, so old ones are one range; a replay carries the same signed time, so it has the same key.
 */
export class Nonces {
  private readonly space: NonceSpace;
  private readonly pending = new Set<string>();
  private prunedAt = 0;

  constructor(space: NonceSpace) {
    this.space = space;
  }

  /** True the first time, for one caller only; durable before it resolves. `now` in seconds. */
  async use({ keyId, nonce, refusedFrom }: NonceUse, now: number): Promise<boolean> {
    const key = `${timeKey(refusedFrom)}/${keyId}/${nonce}`;
    if (this.pending.has(key)) return false;
    this.pending.add(key);
    try {
      if (await this.space.has(key)) return false;
      await this.space.put(key);
      await this.prune(now);
      return true;
    } finally {
      this.pending.delete(key);
    }
  }

  private async prune(now: number): Promise<void> {
    if (now < this.prunedAt + PRUNE_EVERY_SECONDS) return;
    this.prunedAt = now;
    await this.space.deleteBelow(timeKey(now));
  }
}

const timeKey = (seconds: number): string => String(seconds).padStart(TIME_DIGITS, "0");
