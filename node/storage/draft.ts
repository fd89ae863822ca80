import { del, nameOf, put, storedKey, type Operation, type Space, type Store } from "./store.ts";

/** A batch being made: reads see what the batch will write. Nothing is stored until somebody writes its operations. */
export class Draft {
  private readonly store: Store;
  private base: Draft | undefined;
  private readonly pending = new Map<string, Operation>();
  private readonly known = new Map<string, unknown>();

  /** `base` is a draft that is being written and was itself made on what is stored: reads see it too. */
  constructor(store: Store, base?: Draft) {
    this.store = store;
    this.base = base;
  }

  /** What `base` held is stored. */
  detach(): void {
    this.base = undefined;
  }

  get operations(): readonly Operation[] {
    return [...this.pending.values()];
  }

  /** A promise only of what must be read: a group asks for each of its records several times. */
  get<K, V>(space: Space<K, V>, key: K): V | undefined | Promise<V | undefined> {
    const name = nameOf(storedKey(space, key));
    const operation = this.pending.get(name) ?? this.base?.pending.get(name);
    return operation !== undefined || this.known.has(name)
      ? this.held(space, name, operation)
      : this.store.get(space, key);
  }

  private held<K, V>(space: Space<K, V>, name: string, operation: Operation | undefined): V | undefined {
    if (operation !== undefined) return operation.type === "put" ? space.value.decode(operation.value) : undefined;
    return this.known.get(name) as V | undefined; // Read from the same space: its number begins the name.
  }

  /** Reads many keys at once, so that `get` needs no store access for them. */
  async prefetch<K, V>(space: Space<K, V>, keys: readonly K[]): Promise<void> {
    const values = await this.store.getMany(space, keys);
    keys.forEach((key, i) => this.known.set(nameOf(storedKey(space, key)), values[i]));
  }

  put<K, V>(space: Space<K, V>, key: K, value: V): void {
    const operation = put(space, key, value);
    this.pending.set(nameOf(operation.key), operation);
  }

  /** Replaces what is there by what `change` makes of it; undefined: nothing is there. */
  async update<K, V>(space: Space<K, V>, key: K, change: (value: V | undefined) => V): Promise<void> {
    const stored = storedKey(space, key);
    const name = nameOf(stored);
    const operation = this.pending.get(name) ?? this.base?.pending.get(name);
    const before =
      operation !== undefined || this.known.has(name)
        ? this.held(space, name, operation)
        : await this.store.get(space, key);
    this.pending.set(name, { type: "put", key: stored, value: space.value.encode(change(before)) });
  }

  del<K, V>(space: Space<K, V>, key: K): void {
    const operation = del(space, key);
    this.pending.set(nameOf(operation.key), operation);
  }

  add(operations: readonly Operation[]): void {
    for (const operation of operations) this.pending.set(nameOf(operation.key), operation);
  }
}
