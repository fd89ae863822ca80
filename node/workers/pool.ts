import { availableParallelism } from "node:os";
import { Tinypool } from "tinypool";

/** The longest that a timer can wait. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;
/** More threads than this a machine's disk and main thread cannot feed. */
const MAXIMUM_THREADS = 4;

/** Tasks leave little behind: a small nursery costs a few percent of time and saves 50 MB a thread. */
const RESOURCE_LIMITS = { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 256 };

export interface PoolOptions {
  /** The module whose exported functions are the tasks. */
  readonly module: URL;
  /** Default: one for each core, up to MAXIMUM_THREADS. */
  readonly threads?: number;
}

/**
 * Pure functions in other threads of this process. Arguments and results are structured clones: flat buffers are cheap,
 * many small objects are not. Callers bound what they ask for at once; the pool queues it all.
 */
export class WorkerPool {
  private readonly pool: Tinypool;

  constructor({ module, threads = Math.min(availableParallelism(), MAXIMUM_THREADS) }: PoolOptions) {
    this.pool = new Tinypool({
      filename: module.href,
      // Started when first needed, and kept.
      ...{ minThreads: 0, maxThreads: threads, idleTimeout: LONGEST_TIMEOUT_MS },
      resourceLimits: RESOURCE_LIMITS,
    });
  }

  /** What the exported function `name` returns for `task`. Rejects with what it throws. */
  run(name: string, task: unknown): Promise<unknown> {
    return this.pool.run(task, { name });
  }

  /** Ends the threads; call it when nothing is asked for any more. */
  close(): Promise<void> {
    return this.pool.destroy();
  }
}
