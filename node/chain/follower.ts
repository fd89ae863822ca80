import { findBlock, getBlock, type Block } from "../../sdk/chain/blocks.ts";
import type { LedgerConnection } from "../../sdk/chain/connection.ts";
import { ChainError } from "../../sdk/chain/errors.ts";
import type { Clock, Log, Timer } from "../ports.ts";
import { POSITION, RECENT_BLOCKS } from "../storage/keyspaces.ts";
import { del, put, type Store } from "../storage/store.ts";

/** How often the chain is asked for a new block. */
export const POLL_MS = 500;
/** The longest pause after failures. */
export const MAXIMUM_BACKOFF_MS = 30_000;
/** Blocks handed over at once when catching up. */
export const MAXIMUM_STEP_BLOCKS = 1000;
/** How long an endpoint may lack blocks that were there before it counts as having lost them. */
export const LAG_TOLERANCE_MS = 60_000;
/** A block that was not there so long ago is new. */
const FRESH_BLOCK_MS = 5000;
/** Block hashes kept to find where a reorganisation began. */
export const RECENT_BLOCK_COUNT = 256;

/** Key of the follower's position. */
export const HEAD = "head";

/** Blocks `from` … `block.number`, which follow those of the step before. */
export interface ChainStep {
  readonly from: number;
  readonly block: Block;
  /** The newest block that cannot be replaced. */
  readonly final: Block;
}

/** Told at least once of everything, in order; after a crash the last step comes again. What it throws is tried again. */
export interface FollowerListener {
  onStep?(step: ChainStep): Promise<void>;
  /** Blocks above `ancestor` have been replaced; steps go on from there. */
  onReorganisation?(event: { readonly ancestor: number }): Promise<void>;
  /** Finality has moved, with or without a new block. */
  onFinal?(final: Block): Promise<void>;
}

export interface FollowerOptions {
  readonly pollMs?: number;
  readonly maximumStepBlocks?: number;
}

export interface FollowerDependencies {
  readonly connection: LedgerConnection;
  readonly store: Store;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly log: Log;
}

/** What the follower last saw. */
export interface ChainSight {
  readonly latest: Block;
  readonly final: Block;
}

/** Follows the chain block by block from a durable position, back over reorganisations and on. */
export class Follower {
  private readonly options: Required<FollowerOptions>;
  private readonly dependencies: FollowerDependencies;
  private readonly listeners: FollowerListener[] = [];
  private seen: ChainSight | undefined;
  private told = -1;
  private skewSeconds: number | undefined;
  private lookedAt: number | undefined;
  /** When the endpoint was first found behind, in milliseconds. */
  private lagsSince: number | undefined;
  private failures = 0;
  private running: Promise<void> | undefined;
  private wake: () => void = () => undefined;
  private closed = false;

  constructor(options: FollowerOptions, dependencies: FollowerDependencies) {
    this.options = {
      pollMs: options.pollMs ?? POLL_MS,
      maximumStepBlocks: options.maximumStepBlocks ?? MAXIMUM_STEP_BLOCKS,
    };
    this.dependencies = dependencies;
  }

  /** Undefined before the first contact. */
  get sight(): ChainSight | undefined {
    return this.seen;
  }

  /** Failed polls since the last good one. */
  get failedPolls(): number {
    return this.failures;
  }

  /**
   * How far the chain's clock is ahead of ours, in seconds, by the newest block that was seen as it appeared; less the time
   * that a block takes to reach us. Undefined until one did.
   */
  get clockSkewSeconds(): number | undefined {
    return this.skewSeconds;
  }

  /** Listeners are told in the order of their subscription. */
  subscribe(listener: FollowerListener): void {
    this.listeners.push(listener);
  }

  /** Never throws out of its loop: a failure is a pause, twice as long each time. */
  start(): void {
    this.running ??= this.run();
  }

  async close(): Promise<void> {
    this.closed = true;
    this.wake();
    await this.running;
  }

  /** Asks for news now instead of after the pause. */
  poke(): void {
    this.wake();
  }

  /** One look at the chain; true when there is more to catch up with. Throws ChainError, StorageError, or what a listener threw. */
  async poll(): Promise<boolean> {
    const { connection } = this.dependencies;
    const { block: latest } = await connection.reader("latest");
    const { tag } = connection.finality;
    const final = tag === "latest" ? latest : await getBlock(connection.rpc, tag);
    this.compareClocks(latest);
    this.seen = { latest, final };
    const position = await this.confirmPosition(latest);
    const behind = latest.number > position;
    if (behind) await this.step({ position, latest, final });
    if (final.number !== this.told) {
      for (const listener of this.listeners) await listener.onFinal?.(final);
      this.told = final.number;
    }
    return behind && position + this.options.maximumStepBlocks < latest.number;
  }

  /** A block tells the chain's time only to who was looking when it appeared. */
  private compareClocks(latest: Block): void {
    const now = this.dependencies.clock();
    const wasLooking = this.lookedAt !== undefined && now - this.lookedAt <= FRESH_BLOCK_MS;
    if (wasLooking && this.seen !== undefined && latest.number > this.seen.latest.number)
      this.skewSeconds = latest.time - Math.floor(now / 1000);
    this.lookedAt = now;
  }

  private async run(): Promise<void> {
    while (!this.closed) {
      let more = false;
      try {
        more = await this.poll();
        this.failures = 0;
      } catch (error) {
        if (this.closed) return;
        this.failures++;
        this.dependencies.log.warn(
          { code: codeOf(error), failures: this.failures },
          "the chain cannot be followed; trying again",
        );
      }
      if (!more) await this.pause(Math.min(this.options.pollMs * 2 ** this.failures, MAXIMUM_BACKOFF_MS));
    }
  }

  private pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.closed) return resolve();
      const cancel = this.dependencies.timer(delayMs, resolve);
      this.wake = () => {
        cancel();
        resolve();
      };
    });
  }

  private async step({ position, latest, final }: { position: number; latest: Block; final: Block }): Promise<void> {
    const { connection, store } = this.dependencies;
    const to = Math.min(latest.number, position + this.options.maximumStepBlocks);
    const block = to === latest.number ? latest : await findBlock(connection.rpc, to);
    if (block === undefined) throw new ChainError("chain.block-unknown");
    for (const listener of this.listeners) await listener.onStep?.({ from: position + 1, block, final });
    // Crash before this line: the listeners are told of the same blocks again. After it: of the next ones.
    await store.write([
      put(POSITION, HEAD, { number: block.number, hash: block.hash }),
      put(RECENT_BLOCKS, block.number, block.hash),
      ...(await this.forgetting(block.number)),
    ]);
  }

  private async forgetting(number: number) {
    const old = await this.dependencies.store.page(RECENT_BLOCKS, {
      lt: Math.max(0, number - RECENT_BLOCK_COUNT),
      limit: RECENT_BLOCK_COUNT,
    });
    return old.map(([key]) => del(RECENT_BLOCKS, key));
  }

  /** Where to go on: the stored position, or the block from which the chain was replaced. */
  private async confirmPosition(latest: Block): Promise<number> {
    const { connection, store, log } = this.dependencies;
    const position = await store.get(POSITION, HEAD);
    if (position === undefined) return -1;
    if (await this.isCanonical(position.number, position.hash, latest)) {
      this.lagsSince = undefined;
      return position.number;
    }
    const recent = await store.page(RECENT_BLOCKS, { lt: position.number, reverse: true, limit: RECENT_BLOCK_COUNT });
    if (await this.isLagging({ position: position.number, recent, latest })) return position.number;
    let ancestor = -1;
    for (const [number, hash] of recent) {
      if (!(await this.isCanonical(number, hash, latest))) continue;
      ancestor = number;
      break;
    }
    log.warn({ from: position.number, ancestor }, "the chain was reorganised");
    this.lagsSince = undefined;
    for (const listener of this.listeners) await listener.onReorganisation?.({ ancestor });
    const above = await store.page(RECENT_BLOCKS, { gt: ancestor, limit: 2 * RECENT_BLOCK_COUNT });
    const block = ancestor < 0 ? undefined : await findBlock(connection.rpc, ancestor);
    // Crash before this line: the listeners are told of the reorganisation again.
    await store.write([
      block === undefined ? del(POSITION, HEAD) : put(POSITION, HEAD, { number: block.number, hash: block.hash }),
      ...above.map(([number]) => del(RECENT_BLOCKS, number)),
    ]);
    this.told = -1;
    return ancestor;
  }

  /** An endpoint that is behind what we saw, on the same chain as far as it goes, has replaced nothing; one that stays behind has lost it. */
  private async isLagging({
    position,
    recent,
    latest,
  }: {
    position: number;
    recent: readonly (readonly [number, string])[];
    latest: Block;
  }): Promise<boolean> {
    if (latest.number >= position) return false;
    const newest = recent.find(([number]) => number <= latest.number);
    if (newest === undefined || !(await this.isCanonical(newest[0], newest[1], latest))) return false;
    const now = this.dependencies.clock();
    this.lagsSince ??= now;
    return now - this.lagsSince < LAG_TOLERANCE_MS;
  }

  private async isCanonical(number: number, hash: string, latest: Block): Promise<boolean> {
    if (number > latest.number) return false;
    const block = number === latest.number ? latest : await findBlock(this.dependencies.connection.rpc, number);
    return block?.hash === hash;
  }
}

const codeOf = (error: unknown): string =>
  typeof error === "object" && error !== null && "code" in error && typeof error.code === "string"
    ? error.code
    : "unknown";
