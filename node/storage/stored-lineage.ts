import type { Stage } from "../../sdk/lineage/stages.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import type { JsonObject } from "../../sdk/protocol/json.ts";

// The stored forms of lineage.

/** A record of a package, with the positions of the claims handed over. */
export interface StoredPackageItem {
  readonly scope: Hex;
  readonly seq: number;
  readonly record: Hex;
  readonly claims: readonly number[];
}

/** The newest lifecycle record of a subject. `at` in seconds. */
export interface StoredStage {
  readonly stage: Stage;
  readonly seq: number;
  readonly record: Hex;
  readonly at: number;
}

/** A notice of recall that this department sent. */
export interface StoredRecall {
  readonly record: Hex;
  readonly recipient: string;
  readonly state: "pending" | "acknowledged" | "refused";
  /** Of the last attempt that failed. */
  readonly code?: string;
  /** The recipient's receipt, as it signed it. */
  readonly receipt?: StoredRecallReceipt;
}

export interface StoredRecallReceipt {
  readonly scope: Hex;
  readonly seq: number;
  readonly record: Hex;
  readonly at: number;
  readonly key: string;
  readonly signature: string;
}

/** Our receipt of a notice, as a place in our journal. */
export interface StoredPlaceInJournal {
  readonly scope: Hex;
  readonly seq: number;
  readonly record: Hex;
  readonly at: number;
}

/** A notice of recall that this department received. */
export interface StoredNotice {
  readonly sender: string;
  readonly scope: Hex;
  readonly seq: number;
  readonly record: Hex;
  readonly reason: string;
  readonly at: number;
  readonly affected: number;
  /** Our recall receipt. */
  readonly receipt: StoredPlaceInJournal;
}

/** A report, and the activity in the journal that names its digest. `at` in seconds. */
export interface StoredAssessment {
  readonly at: number;
  readonly scope: Hex;
  readonly seq: number;
  readonly record: Hex;
  /** SHA-256 of the report's canonical form. */
  readonly digest: Hex;
  readonly report: JsonObject;
}
