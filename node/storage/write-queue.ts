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
  private isWriting = false;

  constructor(writeNow: (operations: readonly Operation[]) => Promise<void>) {
    this.writeNow = writeNow;
  }

  add(operations: readonly Operation[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ operations, resolve, reject });
      if (!this.isWriting) void this.writeAll();
    });
  }

  private async writeAll(): Promise<void> {
    this.isWriting = true;
    while (this.waiting.length > 0) {
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
