import type { Clock } from "../ports.ts";
import { OPEN_EXCHANGES } from "../storage/keyspaces.ts";
import { del, put, type Operation, type Store } from "../storage/store.ts";

export interface OpenExchangesDependencies {
  readonly store: Store;
  readonly clock: Clock;
}

/**
 * What this node still owes others or itself between departments, by name: `application/…`, `ask/…`, `receipt/…`,
 * `provide/…`, `consume/…`. An entry is written with the state that makes it necessary and deleted with the one that ends it.
 */
export class OpenExchanges {
  private readonly dependencies: OpenExchangesDependencies;
  private readonly listeners = new Set<() => void>();
  private readonly finishers = new Map<string, (rest: string) => Promise<void>>();

  constructor(dependencies: OpenExchangesDependencies) {
    this.dependencies = dependencies;
  }

  add(name: string): Operation {
    return put(OPEN_EXCHANGES, name, { since: Math.floor(this.dependencies.clock() / 1000) });
  }

  remove(name: string): Operation {
    return del(OPEN_EXCHANGES, name);
  }

  async has(name: string): Promise<boolean> {
    return (await this.dependencies.store.get(OPEN_EXCHANGES, name)) !== undefined;
  }

  async *names(): AsyncGenerator<string> {
    for await (const [name] of this.dependencies.store.iterate(OPEN_EXCHANGES)) yield name;
  }

  /** Tells that there may be something to do now. */
  wake(): void {
    for (const listener of this.listeners) listener();
  }

  /** Names `<kind>/…` are finished by this action, which removes them. */
  finishes(kind: string, action: (rest: string) => Promise<void>): void {
    this.finishers.set(kind, action);
  }

  /** What finishes a name, if its kind was registered. */
  finisherOf(name: string): (() => Promise<void>) | undefined {
    const [kind = "", ...rest] = name.split("/");
    const action = this.finishers.get(kind);
    return action && (() => action(rest.join("/")));
  }

  onWake(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }
}
