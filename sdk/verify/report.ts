import type { Block } from "../chain/blocks.ts";
import type { Hex } from "../protocol/bytes.ts";
import type { ErrorValues } from "../protocol/errors.ts";
import type { FindingCode } from "./codes.ts";

export const AUTHENTIC_CHECKS = [
  "format",
  "ledger",
  "scope",
  "record",
  "claims",
  "schema",
  "inclusion",
  "anchor",
  "finality",
  "head",
  "time",
  "issuer",
  "status",
  "period",
] as const;
export const USE_CHECKS = ["authorization", "audience", "receipt"] as const;
export const CHECK_NAMES = [...AUTHENTIC_CHECKS, ...USE_CHECKS] as const;
export type CheckName = (typeof CHECK_NAMES)[number];

/** `error`: the check could not be made. `skipped`: it was not asked for, or what it needs is missing. */
export type Outcome = "pass" | "fail" | "error" | "skipped";
export type Verdict = "verified" | "rejected" | "undetermined";

export interface Finding {
  readonly outcome: Outcome;
  readonly code: FindingCode;
  readonly values: ErrorValues;
}

export interface Check extends Finding {
  readonly name: CheckName;
  /** A mandatory check that is not `pass` keeps the evidence from being verified. */
  readonly mandatory: boolean;
}

/** authentic: it is genuine and current. use: it is also this department's to use for this purpose. */
export type Policy =
  { readonly name: "authentic" } | { readonly name: "use"; readonly as: string; readonly purpose: string };

export interface RecordSummary {
  readonly id: Hex;
  readonly kind: string;
  readonly issuer: string;
  readonly scope: Hex;
  readonly seq: number;
  readonly resource?: Hex;
  readonly anchoredAt: number;
}

/** What was asked, at which block it was answered, and every check. Times in seconds. */
export interface Report {
  readonly format: "suyuan/report/1";
  readonly verdict: Verdict;
  readonly policy: Policy;
  /** The time asked about. */
  readonly at: number;
  /** Only what was recorded by then counts; absent: everything known at the block. */
  readonly knownAt?: number;
  /** The ledger the verifier trusts. */
  readonly ledger?: Hex;
  /** The final block at which the chain was read. */
  readonly block?: Block;
  /** One operator's ledger: what it says has not been witnessed by others. */
  readonly evaluation: boolean;
  readonly record?: RecordSummary;
  readonly checks: readonly Check[];
}

/** Any fail rejects, mandatory or not; then a mandatory check that is not `pass` leaves it undetermined (SPEC §11). */
export function verdictOf(checks: readonly Pick<Check, "outcome" | "mandatory">[]): Verdict {
  if (checks.some(({ outcome }) => outcome === "fail")) return "rejected";
  return checks.some(({ outcome, mandatory }) => mandatory && outcome !== "pass") ? "undetermined" : "verified";
}

const NONE: ErrorValues = Object.freeze({});

export const pass = (code: FindingCode, values = NONE): Finding => ({ outcome: "pass", code, values });
export const fail = (code: FindingCode, values = NONE): Finding => ({ outcome: "fail", code, values });
export const unclear = (code: FindingCode, values = NONE): Finding => ({ outcome: "error", code, values });
export const skipped = (code: FindingCode, values = NONE): Finding => ({ outcome: "skipped", code, values });
