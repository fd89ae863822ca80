import { toHex, type Hex } from "../../sdk/protocol/bytes.ts";
import type { HashName } from "../../sdk/protocol/hash.ts";
import { readBatchTree, type RecordRange } from "../records/batch-tree.ts";
import { RecordError } from "../records/errors.ts";
import { openBatches, endOf } from "../records/progress.ts";
import { BATCHES, FINAL, NEXT, PREDECESSORS, type StoredBatch, type StoredEvent } from "../storage/keyspaces.ts";
import { put, type Operation, type Store } from "../storage/store.ts";
import { Alarm } from "./errors.ts";

export interface SealLimits {
  readonly batchMaximumRecords: number;
  readonly maximumSuperseded: number;
}

export interface Sealing {
  readonly first: number;
  readonly batch: StoredBatch;
  readonly operations: readonly Operation[];
  readonly events: readonly StoredEvent[];
}

/** The next batch of a scope from the headers that the store holds now; undefined when every record is in one. Throws Alarm. */
export async function sealNext(
  { scope, hash, at, limits }: { scope: Hex; hash: HashName; at: number; limits: SealLimits },
  { store }: { readonly store: Store },
): Promise<Sealing | undefined> {
  const open = await openBatches(store, scope);
  const last = open.at(-1);
  const first = last === undefined ? ((await store.get(FINAL, scope)) ?? 0) : endOf(last);
  const next = (await store.get(NEXT, scope)) ?? 0;
  if (first >= next) return undefined;
  const end = Math.min(next, first + limits.batchMaximumRecords);
  const { superseded, until } = await successionOf({ scope, first, end, limits }, store);
  const root = toHex(await rootOf({ scope, hash, first, count: until - first }, store));
  const batch: StoredBatch = { count: until - first, root, hash, state: "sealed", superseded, sealedAt: at };
  return {
    first,
    batch,
    operations: [put(BATCHES, { scope, seq: first }, batch)],
    events: [{ scope, first, count: batch.count, change: "sealed", at, detail: { root } }],
  };
}

/** The numbers that a run of records supersedes, ascending, and where the run must end so that they are not too many. */
async function successionOf(
  { scope, first, end, limits }: { scope: Hex; first: number; end: number; limits: SealLimits },
  store: Store,
): Promise<{ readonly superseded: readonly number[]; readonly until: number }> {
  const superseded: number[] = [];
  const range = { gte: { scope, seq: first }, lt: { scope, seq: end } };
  for await (const [{ seq }, earlier] of store.iterate(PREDECESSORS, range)) {
    // A single record may exceed the limit: it cannot be divided.
    if (seq > first && superseded.length + earlier.length > limits.maximumSuperseded)
      return { superseded: sorted(superseded), until: seq };
    superseded.push(...earlier);
  }
  return { superseded: sorted(superseded), until: end };
}

// The contract writes neighbours in the list that share a status word once.
const sorted = (numbers: readonly number[]): readonly number[] => [...numbers].sort((a, b) => a - b);

/** The root over the ids of stored headers. Throws Alarm `alarm.record-damaged`. */
export async function rootOf(range: RecordRange, store: Store): Promise<Uint8Array> {
  try {
    return (await readBatchTree(range, store)).root;
  } catch (error) {
    throw error instanceof RecordError ? damageAlarm(error) : error;
  }
}

/** What stops the scope of a damaged record. */
export const damageAlarm = (error: RecordError): Alarm =>
  new Alarm(
    "alarm.record-damaged",
    { seq: Number(error.values["seq"]), part: String(error.values["part"] ?? error.code) },
    error,
  );
