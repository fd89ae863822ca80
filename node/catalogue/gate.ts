import type { Hex } from "../../sdk/protocol/bytes.ts";
import { KeyedSerial } from "../storage/serial.ts";

/** Lets uses of a resource overlap one another, and a change of it overlap nothing. */
export class ResourceGate {
  private readonly uses = new Map<Hex, Set<Promise<unknown>>>();
  private readonly changes = new Map<Hex, Promise<void>>();
  private readonly turns = new KeyedSerial();

  /** Waits while the resource is being changed. */
  async use<T>(resource: Hex, action: () => Promise<T>): Promise<T> {
    for (let change = this.changes.get(resource); change; change = this.changes.get(resource)) await change;
    const running = action();
    const uses = this.uses.get(resource) ?? new Set();
    this.uses.set(resource, uses.add(running));
    try {
      return await running;
    } finally {
      uses.delete(running);
    }
  }

  /** Waits for the uses under way. New ones wait until the action has ended, well or not. */
  change<T>(resource: Hex, action: () => Promise<T>): Promise<T> {
    return this.turns.run(resource, async () => {
      let end: () => void = () => undefined;
      this.changes.set(resource, new Promise((resolve) => (end = resolve)));
      try {
        await Promise.allSettled([...(this.uses.get(resource) ?? [])]);
        return await action();
      } finally {
        this.changes.delete(resource);
        end();
      }
    });
  }
}
