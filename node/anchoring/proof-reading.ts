import { equalBytes, fromHex, type Hex } from "../../sdk/protocol/bytes.ts";
import { RecordError } from "../records/errors.ts";
import type { FoundBatch, RecordReader } from "../records/reader.ts";
import type { Store } from "../storage/store.ts";
import { Alarm } from "./errors.ts";
import { damageAlarm, rootOf } from "./sealer.ts";

/** Records read back before other work gets its turn. */
const TURN_RECORDS = 16;

/**
 * Reads a sealed batch back from disk before it is signed: every id from its header's bytes, every payload's tag, every
 * record committed again from its document and key, and the root. What has rotted is found here and not anchored.
 * One record in memory at a time. Throws Alarm `alarm.record-damaged`, `alarm.batch-damaged`.
 */
export async function proofread(
  { scope, found: { first, batch } }: { readonly scope: Hex; readonly found: FoundBatch },
  { reader, store }: { readonly reader: RecordReader; readonly store: Store },
): Promise<void> {
  for (let seq = first; seq < first + batch.count; seq++) {
    if ((seq - first) % TURN_RECORDS === TURN_RECORDS - 1) await new Promise((resolve) => setImmediate(resolve));
    try {
      await reader.restore(await reader.open({ scope, seq }));
    } catch (error) {
      throw error instanceof RecordError ? damageAlarm(error) : error;
    }
  }
  const root = await rootOf({ scope, hash: batch.hash, first, count: batch.count }, store);
  if (!equalBytes(root, fromHex(batch.root))) throw new Alarm("alarm.batch-damaged", { first });
}
