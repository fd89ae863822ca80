import type { Operation } from "./store.ts";

interface Waiting {
  readonly operations: readonly Operation[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** One write at a time. What is asked for meanwhile goes together into the next one, and succeeds or fails together. */
export class WriteQueue {
  private readonly writeNow: (operations: readonly Operation[]) => Promise<void>;
  private waiting: Waiting[] = [];
  private actions: (() => Promise<void>)[] = [];
  private isWriting = false;

  constructor(writeNow: (operations: readonly Operation[]) => Promise<void>) {
    this.writeNow = writeNow;
  }

  add(operations: readonly Operation[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ operations, resolve, reject });
      this.start();
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

  private async writeAll(): Promise<void> {
    this.isWriting = true;
    while (this.waiting.length + this.actions.length > 0) {
      for (const action of this.actions.splice(0)) await action();
      const group = this.waiting;
      this.waiting = [];
      if (group.length === 0) continue;
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
