import { toHex, type Hex } from "../../sdk/protocol/bytes.ts";
import type { HashName } from "../../sdk/protocol/hash.ts";
import type { RecordRange } from "../records/batch-tree.ts";
import type { RecordError } from "../records/errors.ts";
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

export interface SealOptions {
  readonly scope: Hex;
  readonly hash: HashName;
  /** Seconds. */
  readonly at: number;
  readonly limits: SealLimits;
  /** Fewer than these wait on. */
  readonly minimumRecords: number;
}

export interface SealDependencies {
  readonly store: Store;
  readonly rootOf: (range: RecordRange) => Promise<Uint8Array>;
}

/** The next batch of a scope, from what the store holds now; undefined when too few records are in none. Throws as `rootOf`. */
export async function sealNext(
  { scope, hash, at, limits, minimumRecords }: SealOptions,
  { store, rootOf }: SealDependencies,
): Promise<Sealing | undefined> {
  const open = await openBatches(store, scope);
  const last = open.at(-1);
  const first = last === undefined ? ((await store.get(FINAL, scope)) ?? 0) : endOf(last);
  const next = (await store.get(NEXT, scope)) ?? 0;
  if (first >= next) return undefined;
  const end = Math.min(next, first + limits.batchMaximumRecords);
  const { superseded, until } = await successionOf({ scope, first, end, limits }, store);
  const count = until - first;
  if (count < minimumRecords) return undefined;
  const root = toHex(await rootOf({ scope, hash, first, count }));
  const batch: StoredBatch = { count, root, hash, state: "sealed", superseded, sealedAt: at };
  return {
    first,
    batch,
    operations: [put(BATCHES, { scope, seq: first }, batch)],
    events: [{ scope, first, count, change: "sealed", at, detail: { root } }],
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

/** What stops the scope of a damaged record; an unknown one of a number that was given lacks its header. */
export const damageAlarm = (error: RecordError): Alarm =>
  new Alarm(
    "alarm.record-damaged",
    { seq: Number(error.values["seq"]), part: String(error.values["part"] ?? "header") },
    error,
  );
