import type { Hex } from "../../sdk/protocol/bytes.ts";
import type { Operation } from "../storage/store.ts";
import { isRefusal, type AcceptedRecord, type RecordInput } from "./model.ts";
import type { RecordService } from "./service.ts";

export interface JournalDependencies {
  readonly records: RecordService;
  /** Scope of the department's journal. */
  readonly journal: Hex;
  /** Opens it on chain unless it is open. */
  readonly openJournal: () => Promise<void>;
}

/** Writes one record into the department's journal, with more operations of the same synced write. Throws RecordError, ChainError, StorageError. */
export async function writeInJournal(
  { records, journal, openJournal }: JournalDependencies,
  input: RecordInput & { readonly kind: string },
  along?: (record: AcceptedRecord) => readonly Operation[],
): Promise<AcceptedRecord> {
  await openJournal();
  const [result] = await records.accept(journal, [input], along);
  if (result === undefined) throw new TypeError("no result for an input");
  if (isRefusal(result)) throw result.error;
  return result;
}
