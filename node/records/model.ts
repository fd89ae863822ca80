import type { Hex } from "../../sdk/protocol/bytes.ts";
import type { Path } from "../../sdk/protocol/claims.ts";
import type { ErrorValues, Language } from "../../sdk/protocol/errors.ts";
import type { Evidence } from "../../sdk/protocol/evidence.ts";
import type { HashName } from "../../sdk/protocol/hash.ts";
import type { RecordHeader } from "../../sdk/protocol/header.ts";
import type { JsonObject } from "../../sdk/protocol/json.ts";
import type { Parent } from "../../sdk/protocol/parents.ts";
import type { RecordSchema } from "../../sdk/protocol/schema.ts";
import type { RecordError } from "./errors.ts";

export type ScopeKind = "resource" | "deliveries" | "receipts" | "journal";

/** One thing wrong with a document. A family's findings have this shape; so have the schema's. */
export interface Finding {
  readonly code: string;
  /** What it is about; the empty path is the whole document. */
  readonly path: Path;
  readonly values: ErrorValues;
  describe(language: Language): string;
  remedy(language: Language): string;
}

/** What the node must know to number, commit and check the records of a scope. */
export interface ScopeInfo {
  readonly scope: Hex;
  readonly kind: ScopeKind;
  readonly resource?: Hex;
  readonly agreement?: Hex;
  /** The schema of new records; required for a resource. Protocol kinds bring their own. */
  readonly schema?: RecordSchema;
  /** Header kind of a record whose input names none. */
  readonly recordKind: string;
  readonly hash: HashName;
  /** The number by which the issuer knows the matter, from a document that conforms to the schema. Only for a resource. */
  readonly businessKey?: (document: JsonObject) => string | undefined;
  /** Everything wrong with a document, in the words of its family. */
  readonly validate?: (document: JsonObject) => readonly Finding[];
  /** What `validate` would find in a document that conforms to the schema. Default: `validate`. */
  readonly review?: (document: JsonObject) => readonly Finding[];
}

export interface RecordInput {
  readonly document: JsonObject;
  readonly parents?: readonly Parent[];
  /** Up to 128 characters; the same key with the same content returns the same record. */
  readonly idempotencyKey?: string;
  /** Header kind, for scopes that hold several (a journal). Default: the scope's `recordKind`. */
  readonly kind?: string;
}

/** A record that is durable under its number. `at` is its issuedAt, in seconds. */
export interface AcceptedRecord {
  readonly scope: Hex;
  readonly seq: number;
  readonly record: Hex;
  readonly at: number;
  /** True when this content, or this idempotency key, was accepted before. */
  readonly duplicate: boolean;
}

/** Why one input took no number. */
export interface RecordRefusal {
  readonly error: RecordError;
  readonly findings: readonly Finding[];
}

export const isRefusal = (result: AcceptedRecord | RecordRefusal): result is RecordRefusal => "error" in result;

/**
 * The life of a record. `accepted`: durable and numbered. `sealed`: in a batch whose root is fixed. `submitted`: a signed
 * transaction is durable. `anchored`: in a block. `final`: in a block that finality covers. `refused`: the number holds a void
 * record in its place. `destroyed`: payload and key are gone, the header stays. Never back, except after a `reorged` event.
 */
export type RecordState = "accepted" | "sealed" | "submitted" | "anchored" | "final" | "refused" | "destroyed";

export interface BatchView {
  readonly first: number;
  readonly count: number;
  readonly root: Hex;
  /** Block time in seconds. */
  readonly time?: number;
  readonly block?: number;
  readonly transaction?: Hex;
}

export interface RecordView {
  readonly header: RecordHeader;
  readonly record: Hex;
  readonly state: RecordState;
  readonly batch?: BatchView;
  /** Oldest first; `at` in seconds. */
  readonly history: readonly { readonly state: RecordState; readonly at: number }[];
  /** A destruction has been decided: the payload is no longer handed out. */
  readonly destructionPending: boolean;
}

export type LifeChange = RecordState | "reorged" | "status" | "upstream";

/** A durable event about `count` neighbouring records. Cursors are dense and ascending. */
export interface LifeEvent {
  readonly cursor: number;
  readonly scope: Hex;
  readonly first: number;
  readonly count: number;
  readonly change: LifeChange;
  /** Seconds. */
  readonly at: number;
  /** Numbers and identifiers only: block, transaction, root, state, reason … */
  readonly detail?: Readonly<Record<string, string | number>>;
}

export interface EvidenceOptions {
  /** Path patterns beside the required claims; undefined discloses every claim, an empty list only the required ones. */
  readonly patterns?: readonly Path[];
  /** Whether to disclose the parents. Default false. */
  readonly parents?: boolean;
}

export interface BuiltEvidence {
  readonly evidence: Evidence;
  /** The disclosed positions, ascending: what a delivery's package commits to. */
  readonly positions: readonly number[];
}

export interface ScopeStats {
  readonly scope: Hex;
  readonly kind: ScopeKind;
  /** Each number is the end, exclusive, of what reached that state. */
  readonly accepted: number;
  readonly sealed: number;
  readonly anchored: number;
  readonly final: number;
  /** When the oldest record that is not anchored was accepted, in seconds; absent when all are. */
  readonly waitingSince?: number;
}

export interface RecordStats {
  readonly scopes: readonly ScopeStats[];
  /** Inputs accepted since the node started, without duplicates. */
  readonly acceptedSinceStart: number;
  readonly refusedSinceStart: number;
  readonly duplicatesSinceStart: number;
  /** Inputs waiting for a group commit. */
  readonly waiting: number;
}
