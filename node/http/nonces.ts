/** Where used nonces are remembered. Whoever can delete from it can have a captured request accepted again until it expires. */
export interface NonceSpace {
  has(key: string): Promise<boolean>;
  /** Durable when it resolves, and before whatever is put anywhere in the store later. May wait for that, up to `patienceMs`. */
  put(key: string, patienceMs: number): Promise<void>;
  /** Deletes every key below `bound`. */
  deleteBelow(bound: string): Promise<void>;
}

export interface NonceUse {
  readonly keyId: string;
  readonly nonce: string;
  /** Seconds from which the signature is refused anyway, whatever the clocks. */
  readonly refusedFrom: number;
  /** How long it may wait to be written along with what the request writes. */
  readonly patienceMs: number;
}

export interface UsedNonce {
  /** Resolves when a replay would be refused whatever happens to this process. */
  readonly kept: Promise<void>;
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

  /** Undefined unless it is the first time, for one caller only. `now` in seconds. */
  async use({ keyId, nonce, refusedFrom, patienceMs }: NonceUse, now: number): Promise<UsedNonce | undefined> {
    const key = `${timeKey(refusedFrom)}/${keyId}/${nonce}`;
    if (this.pending.has(key)) return undefined;
    this.pending.add(key);
    const used = this.space
      .has(key)
      .then((isKnown) => (isKnown ? undefined : { kept: this.keep(key, patienceMs, now) }));
    const forget = (): void => void this.pending.delete(key);
    used.then((first) => first?.kept).then(forget, forget); // Whoever asked is told what failed.
    return used;
  }

  private async keep(key: string, patienceMs: number, now: number): Promise<void> {
    await this.space.put(key, patienceMs);
    this.prune(now);
  }

  /** No request waits for it. What could not be dropped is dropped the next time; a store that cannot be written tells the next request. */
  private prune(now: number): void {
    if (now < this.prunedAt + PRUNE_EVERY_SECONDS) return;
    this.prunedAt = now;
    this.space.deleteBelow(timeKey(now)).catch(() => undefined);
  }
}

const timeKey = (seconds: number): string => String(seconds).padStart(TIME_DIGITS, "0");
