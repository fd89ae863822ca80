import type { AnchorPreimage } from "../protocol/anchor.ts";
import type { Hex } from "../protocol/bytes.ts";
import { HASH_NUMBERS } from "../protocol/hash.ts";
import { SHARE_CLASSES, type ResourceTerms } from "./catalogue.ts";
import { encodeCall, ZERO_HASH, type NamedContract } from "./contracts.ts";
import { RECORD_STATES, type RecordState } from "./statuses.ts";
import { enumNumber } from "./values.ts";

/** What a transaction says and to which contract; the address is the Directory's to tell. Reasons are codes above 0, times seconds. */
export interface LedgerCall {
  readonly contract: NamedContract;
  readonly data: Hex;
}

// ------------------------------------------------------------------ AnchorLog

export type AnchorCall = Pick<AnchorPreimage, "first" | "count" | "root" | "hash"> & { readonly scope: Hex };

export const anchorCall = ({ scope, first, count, root, hash }: AnchorCall): LedgerCall => ({
  contract: "AnchorLog",
  data: encodeCall("AnchorLog", "anchor", [scope, first, count, root, HASH_NUMBERS[hash]]),
});

/** As `anchorCall`; `superseded` are numbers of earlier records of the scope, those of one status word next to one another. */
export const anchorSupersedingCall = ({
  scope,
  first,
  count,
  root,
  hash,
  superseded,
}: AnchorCall & { readonly superseded: readonly number[] }): LedgerCall => ({
  contract: "AnchorLog",
  data: encodeCall("AnchorLog", "anchorSuperseding", [scope, first, count, root, HASH_NUMBERS[hash], superseded]),
});

export const openJournalCall = (): LedgerCall => ({
  contract: "AnchorLog",
  data: encodeCall("AnchorLog", "openJournal", []),
});

// --------------------------------------------------------------- RecordStatus

export interface StatusCall {
  readonly scope: Hex;
  readonly state: RecordState;
  readonly reason: number;
  /** The block's time unless given; never later than it. */
  readonly effectiveFrom?: number;
}

export const changeStatusCall = ({
  scope,
  seq,
  state,
  reason,
  effectiveFrom = 0,
  knownVersion = 0,
}: StatusCall & {
  readonly seq: number;
  /** `statusVersion` as last read: a true one saves gas, a wrong one changes nothing else. */
  readonly knownVersion?: number;
}): LedgerCall => ({
  contract: "RecordStatus",
  data: encodeCall("RecordStatus", "change", [
    scope,
    seq,
    enumNumber(RECORD_STATES, state),
    reason,
    effectiveFrom,
    knownVersion,
  ]),
});

export const changeStatusRangeCall = ({
  scope,
  first,
  count,
  state,
  reason,
  effectiveFrom = 0,
}: StatusCall & { readonly first: number; readonly count: number }): LedgerCall => ({
  contract: "RecordStatus",
  data: encodeCall("RecordStatus", "changeRange", [
    scope,
    first,
    count,
    enumNumber(RECORD_STATES, state),
    reason,
    effectiveFrom,
  ]),
});

// ---------------------------------------------------------- ResourceCatalogue

export const proposeResourceCall = ({
  code,
  name,
  terms,
}: {
  readonly code: string;
  readonly name: string;
  readonly terms: ResourceTerms;
}): LedgerCall => ({
  contract: "ResourceCatalogue",
  data: encodeCall("ResourceCatalogue", "propose", [
    code,
    name,
    { ...terms, shareClass: enumNumber(SHARE_CLASSES, terms.shareClass) },
  ]),
});

/** `reason` is the digest of the written reason; required to reject. */
export const reviewResourceCall = ({
  resource,
  version,
  approve,
  reason = ZERO_HASH,
}: {
  readonly resource: Hex;
  readonly version: number;
  readonly approve: boolean;
  readonly reason?: Hex;
}): LedgerCall => ({
  contract: "ResourceCatalogue",
  data: encodeCall("ResourceCatalogue", "review", [resource, version, approve, reason]),
});

export const publishResourceCall = ({
  resource,
  version,
}: {
  readonly resource: Hex;
  readonly version: number;
}): LedgerCall => ({
  contract: "ResourceCatalogue",
  data: encodeCall("ResourceCatalogue", "publish", [resource, version]),
});

export const withdrawResourceCall = ({
  resource,
  reason,
}: {
  readonly resource: Hex;
  readonly reason: number;
}): LedgerCall => ({
  contract: "ResourceCatalogue",
  data: encodeCall("ResourceCatalogue", "withdraw", [resource, reason]),
});
