import { availableParallelism } from "node:os";
import { kQueueOptions, Tinypool, type Task, type TaskQueue } from "tinypool";

/** The longest that a timer can wait. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;
/** More threads than this a machine's disk and main thread cannot feed. */
export const MAXIMUM_THREADS = 4;
/** Tasks of a stream that are given to each thread at once: one to work on and one to take up without waiting. */
export const TASKS_AHEAD = 2;

/** What is new in a thread, in MB: a small nursery saves some 50 MB a thread, which counts in a node. */
const NURSERY_MB = 4;
/** Where memory counts less than time: reading many files leaves so much behind that a small nursery takes a third of it. */
export const LARGE_NURSERY_MB = 32;
const OLD_GENERATION_MB = 256;

/** A module of tasks: functions of one argument. `never`: each has its own. */
type TaskModule = Readonly<Record<string, (task: never) => unknown>>;
type TaskOf<M extends TaskModule, N extends keyof M> = Parameters<M[N]>[0];
type ResultOf<M extends TaskModule, N extends keyof M> = Awaited<ReturnType<M[N]>>;

export interface PoolOptions {
  /** The module whose exported functions are the tasks. */
  readonly module: URL;
  /** Default: one for each core, up to MAXIMUM_THREADS. */
  readonly threads?: number;
  /** Of each thread. Default: NURSERY_MB. */
  readonly nurseryMb?: number;
}

export interface RunOptions {
  /** Taken up before every task that is not. */
  readonly isUrgent?: boolean;
}

type Thread = Tinypool["threads"][number];

const URGENT = {};

/** Tasks that no thread has taken up yet. */
class UrgentFirst implements TaskQueue {
  private readonly lanes: readonly [urgent: Task[], other: Task[]] = [[], []];

  get size(): number {
    return this.lanes[0].length + this.lanes[1].length;
  }

  shift(): Task | null {
    return this.lanes[0].shift() ?? this.lanes[1].shift() ?? null;
  }

  push(task: Task): void {
    this.laneOf(task).push(task);
  }

  remove(task: Task): void {
    const lane = this.laneOf(task);
    const at = lane.indexOf(task);
    if (at >= 0) lane.splice(at, 1);
  }

  cancel(): void {
    for (const lane of this.lanes) for (const task of lane.splice(0)) task.cancel();
  }

  private laneOf(task: Task): Task[] {
    return task[kQueueOptions] === URGENT ? this.lanes[0] : this.lanes[1];
  }
}

/**
 * Pure functions in other threads of this process. Arguments and results are structured clones: flat buffers are cheap,
 * many small objects are not. `M` is the type of the module. A single `run` is queued whatever waits already: whoever
 * asks bounds it; a stream is bounded by `inOrder`.
 */
export class WorkerPool<M extends TaskModule> {
  private readonly pool: Tinypool;
  /** By thread: resolves when it has loaded the module, or cannot. */
  private readonly loading = new Map<Thread, Promise<unknown>>();
  readonly threads: number;

  constructor(options: PoolOptions) {
    const { module, threads = Math.min(availableParallelism(), MAXIMUM_THREADS), nurseryMb = NURSERY_MB } = options;
    this.threads = threads;
    this.pool = new Tinypool({
      filename: module.href,
      // Started when first needed, and kept.
      ...{ minThreads: 0, maxThreads: threads, idleTimeout: LONGEST_TIMEOUT_MS },
      resourceLimits: { maxYoungGenerationSizeMb: nurseryMb, maxOldGenerationSizeMb: OLD_GENERATION_MB },
      taskQueue: new UrgentFirst(),
    });
  }

  /** What the exported function `name` returns for `task`. Rejects with what it throws. */
  run<N extends keyof M & string>(
    name: N,
    task: TaskOf<M, N>,
    { isUrgent = false }: RunOptions = {},
  ): Promise<ResultOf<M, N>> {
    const queued = isUrgent ? { ...(task as object), [kQueueOptions]: URGENT } : task; // A task is a plain object.
    const result = this.pool.run(queued, { name });
    for (const thread of this.pool.threads) if (!this.loading.has(thread)) this.loading.set(thread, loaded(thread));
    return result as Promise<ResultOf<M, N>>; // The module's function of this name.
  }

  /**
   * The results of a stream of tasks in its order, worked on by all threads. Takes no more tasks than TASKS_AHEAD a thread
   * beyond the results that were fetched, so memory does not grow with the stream. Ends with the first error.
   */
  async *inOrder<N extends keyof M & string>(
    name: N,
    tasks: Iterable<TaskOf<M, N>> | AsyncIterable<TaskOf<M, N>>,
  ): AsyncGenerator<ResultOf<M, N>> {
    const asked: Promise<ResultOf<M, N>>[] = [];
    try {
      for await (const task of tasks) {
        const result = this.run(name, task);
        // Its error is thrown when its turn comes.
        result.catch(() => undefined);
        asked.push(result);
        if (asked.length < this.threads * TASKS_AHEAD) continue;
        const [next] = asked.splice(0, 1);
        if (next !== undefined) yield await next;
      }
      for (const result of asked.splice(0)) yield await result;
    } finally {
      // Nothing of this stream runs on after it.
      await Promise.allSettled(asked);
    }
  }

  /** Ends the threads; call it when nothing is asked for any more. */
  async close(): Promise<void> {
    // A thread that is ended while it loads modules takes the whole process with it (nodejs/node#60755).
    for (const thread of this.loading.keys()) thread.ref?.();
    await Promise.all(this.loading.values());
    await this.pool.destroy();
  }
}

/** Its first message says that it is ready for tasks. */
const loaded = (thread: Thread): Promise<unknown> =>
  new Promise((resolve) => {
    for (const event of ["message", "error", "exit"]) thread.once(event, resolve);
  });
