import type { Parent } from "../../sdk/protocol/parents.ts";
import type { ScopeSeq } from "../storage/codecs.ts";
import type { Draft } from "../storage/draft.ts";

/** A record as it gets its number. */
export interface NumberedRecord {
  readonly place: ScopeSeq;
  readonly id: Uint8Array;
  readonly kind: string;
  readonly parents: readonly Parent[];
  /** One after another: 16 bytes a parent. */
  readonly parentSalts: Uint8Array;
}

/** Takes note of each new record in the write that makes it durable. */
export interface LineageSink {
  /** Reads at once what `note` will need for records with these parents. */
  prefetch(draft: Draft, parents: readonly (readonly Parent[])[]): Promise<void>;
  note(draft: Draft, record: NumberedRecord): Promise<void>;
}
