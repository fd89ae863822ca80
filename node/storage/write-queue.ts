import type { Operation } from "./store.ts";

interface Waiting {
  readonly operations: readonly Operation[];
  /** Whether it goes now, with whatever else waits. */
  isDue: boolean;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** One write at a time. What is asked for meanwhile goes together into the next one, and succeeds or fails together. */
export class WriteQueue {
  private readonly room: () => Promise<void>;
  private readonly writeNow: (operations: readonly Operation[]) => Promise<void>;
  private waiting: Waiting[] = [];
  private actions: (() => Promise<void>)[] = [];
  private isWriting = false;

  /** Each write waits for `room`; what comes meanwhile goes with it. */
  constructor(room: () => Promise<void>, writeNow: (operations: readonly Operation[]) => Promise<void>) {
    this.room = room;
    this.writeNow = writeNow;
  }

  /** Without others it waits for company so long. */
  add(operations: readonly Operation[], patienceMs = 0): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting = { operations, isDue: patienceMs === 0, resolve, reject };
      this.waiting.push(waiting);
      if (waiting.isDue) return this.start();
      setTimeout(() => {
        waiting.isDue = true;
        this.start();
      }, patienceMs);
    });
  }

  /** For what must not see half a write: done while none is under way. */
  between<T>(action: () => Promise<T>): Promise<T> {
    return new Promise((resolve) => {
      this.actions.push(async () => {
        const doing = action();
        resolve(doing);
        await doing.catch(() => undefined); // Whoever asked for it is told.
      });
      this.start();
    });
  }

  private start(): void {
    if (!this.isWriting) void this.writeAll();
  }

  private get isDue(): boolean {
    return this.waiting.some(({ isDue }) => isDue);
  }

  private async writeAll(): Promise<void> {
    this.isWriting = true;
    while (this.actions.length > 0 || this.isDue) {
      for (const action of this.actions.splice(0)) await action();
      if (!this.isDue) continue;
      await this.room();
      const group = this.waiting;
      this.waiting = [];
      try {
        await this.writeNow(group.flatMap(({ operations }) => operations));
        for (const { resolve } of group) resolve();
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    this.isWriting = false;
  }
}
