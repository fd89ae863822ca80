import { DATA_KEYS, SEALED_KEYS } from "../storage/keyspaces.ts";
import { put, type Entry, type Operation, type Space, type Store } from "../storage/store.ts";
import { KeyError } from "./errors.ts";
import type { KeyRing, WrappedKey } from "./key-ring.ts";

const PAGE_ENTRIES = 256;

/** Every key space that holds wrapped keys. */
const RENEWED_SPACES = [DATA_KEYS, SEALED_KEYS] as const;

export interface Renewal {
  readonly renewed: number;
  /** Keys that do not unwrap under the epoch they name. */
  readonly damaged: number;
}

/** Wraps every stored key of an earlier epoch under the current one, page by page. */
export async function renewSpaces(ring: KeyRing, store: Store): Promise<Renewal> {
  const total = { renewed: 0, damaged: 0 };
  for (const { renewed, damaged } of [
    await renewSpace(DATA_KEYS, { ring, store }),
    await renewSpace(SEALED_KEYS, { ring, store }),
  ]) {
    total.renewed += renewed;
    total.damaged += damaged;
  }
  return total;
}

/** Clears the files of what was wrapped before. */
export async function compactSpaces(store: Store): Promise<void> {
  await store.compact(DATA_KEYS);
  await store.compact(SEALED_KEYS);
}

async function renewSpace<K, V extends WrappedKey>(
  space: Space<K, V>,
  { ring, store }: { readonly ring: KeyRing; readonly store: Store },
): Promise<Renewal> {
  const total = { renewed: 0, damaged: 0 };
  let after: { readonly gt?: K } = {};
  for (;;) {
    const last = await ring.exclusive(async () => {
      const entries: Entry<K, V>[] = await store.page(space, { ...after, limit: PAGE_ENTRIES });
      const operations: Operation[] = [];
      for (const [key, value] of entries) {
        if (value.epoch === ring.epoch) continue;
        const wrapped = rewrapped(value, ring);
        if (wrapped === undefined) total.damaged++;
        else operations.push(put(space, key, { ...value, ...wrapped }));
      }
      if (operations.length > 0) await store.write(operations);
      total.renewed += operations.length;
      return entries.at(-1)?.[0];
    });
    if (last === undefined) return total;
    after = { gt: last };
  }
}

/** A batch in which no key is wrapped under an earlier epoch than the current one. Throws KeyError `key.unwrap-failed`. */
export function renewed(operations: readonly Operation[], ring: KeyRing): readonly Operation[] {
  if (!operations.some((operation) => spaceOf(operation, ring) !== undefined)) return operations;
  return operations.map((operation) => {
    const space = spaceOf(operation, ring);
    if (space === undefined || operation.type === "del") return operation;
    const value = space.value.decode(operation.value);
    return { ...operation, value: space.value.encode({ ...value, ...ring.wrap(ring.unwrap(value)) }) };
  });
}

/** The space of an operation that stores a key of an earlier epoch. Both stored forms begin with the epoch. */
function spaceOf(operation: Operation, ring: KeyRing): Space<unknown, WrappedKey> | undefined {
  if (operation.type === "del") return undefined;
  const { key, value } = operation;
  const space = RENEWED_SPACES.find(({ number }) => number === key[0]);
  if (space === undefined) return undefined;
  const epoch = new DataView(value.buffer, value.byteOffset).getUint32(0);
  return epoch === ring.epoch ? undefined : space; // Both values are wrapped keys; the key is not decoded.
}

function rewrapped(value: WrappedKey, ring: KeyRing): WrappedKey | undefined {
  try {
    return ring.wrap(ring.unwrap(value));
  } catch (error) {
    if (error instanceof KeyError) return undefined;
    throw error;
  }
}
