import type { Hex } from "../protocol/bytes.ts";
import type { LedgerCall } from "./calls.ts";
import { encodeCall, NO_DEPARTMENT, ZERO_HASH } from "./contracts.ts";
import {
  DEPARTMENT_LEVELS,
  DEPARTMENT_ROLES,
  DEPARTMENT_STATUSES,
  KEY_ALGORITHMS,
  LIST_KINDS,
  type Department,
  type DepartmentStatus,
  type KeyAlgorithm,
  type ListKind,
} from "./departments.ts";
import { enumNumber, NO_END } from "./values.ts";

const end = (seconds: number | undefined): bigint => (seconds === undefined ? NO_END : BigInt(seconds));

// --------------------------------------------------------- DepartmentRegistry

export interface AdmissionCall extends Pick<
  Department,
  "id" | "role" | "level" | "region" | "parent" | "name" | "endpoint"
> {
  readonly account: Hex;
  /** Ed25519 public key, 32 bytes. */
  readonly exchangeKey: Hex;
}

export const admitCall = ({
  id,
  role,
  level,
  region,
  parent = NO_DEPARTMENT,
  name,
  endpoint,
  account,
  exchangeKey,
}: AdmissionCall): LedgerCall => ({
  contract: "DepartmentRegistry",
  data: encodeCall("DepartmentRegistry", "admit", [
    {
      id,
      role: enumNumber(DEPARTMENT_ROLES, role),
      level: enumNumber(DEPARTMENT_LEVELS, level),
      region,
      parent,
      name,
      endpoint,
      account,
      exchangeKey,
    },
  ]),
});

export const setDepartmentStatusCall = ({
  department,
  status,
  reason,
}: {
  readonly department: string;
  readonly status: DepartmentStatus;
  readonly reason: number;
}): LedgerCall => ({
  contract: "DepartmentRegistry",
  data: encodeCall("DepartmentRegistry", "setStatus", [department, enumNumber(DEPARTMENT_STATUSES, status), reason]),
});

export const setSuccessorCall = ({
  department,
  successor,
}: {
  readonly department: string;
  readonly successor: string;
}): LedgerCall => ({
  contract: "DepartmentRegistry",
  data: encodeCall("DepartmentRegistry", "setSuccessor", [department, successor]),
});

export interface ListEntryCall {
  readonly department: string;
  /** Everything unless given. */
  readonly resource?: Hex;
  readonly kind: ListKind;
  readonly reason: number;
  /** No end unless given. */
  readonly until?: number;
}

export const setListEntryCall = ({
  department,
  resource = ZERO_HASH,
  kind,
  reason,
  until,
}: ListEntryCall): LedgerCall => ({
  contract: "DepartmentRegistry",
  data: encodeCall("DepartmentRegistry", "setListEntry", [
    department,
    resource,
    enumNumber(LIST_KINDS, kind),
    reason,
    end(until),
  ]),
});

export interface AddKeyCall {
  readonly algorithm: KeyAlgorithm;
  /** An Ed25519 public key, or a chain account left-padded: 32 bytes. */
  readonly material: Hex;
  /** The block's time unless given. */
  readonly validFrom?: number;
  readonly validUntil?: number;
}

export const addKeyCall = ({ algorithm, material, validFrom = 0, validUntil }: AddKeyCall): LedgerCall => ({
  contract: "DepartmentRegistry",
  data: encodeCall("DepartmentRegistry", "addKey", [
    enumNumber(KEY_ALGORITHMS, algorithm),
    material,
    BigInt(validFrom),
    end(validUntil),
  ]),
});

/** Ends at the block's time unless given. */
export const endKeyCall = ({
  index,
  validUntil = 0,
}: {
  readonly index: number;
  readonly validUntil?: number;
}): LedgerCall => ({
  contract: "DepartmentRegistry",
  data: encodeCall("DepartmentRegistry", "endKey", [index, BigInt(validUntil)]),
});

export const distrustKeyCall = ({ index, since }: { readonly index: number; readonly since: number }): LedgerCall => ({
  contract: "DepartmentRegistry",
  data: encodeCall("DepartmentRegistry", "distrustKey", [index, BigInt(since)]),
});

/** Begins the replacement of a department's lost accounts, executable after seven days. The authority's. */
export const proposeRecoveryCall = ({
  department,
  account,
}: {
  readonly department: string;
  readonly account: Hex;
}): LedgerCall => ({
  contract: "DepartmentRegistry",
  data: encodeCall("DepartmentRegistry", "proposeRecovery", [department, account]),
});

export const vetoRecoveryCall = ({ department }: { readonly department: string }): LedgerCall => ({
  contract: "DepartmentRegistry",
  data: encodeCall("DepartmentRegistry", "vetoRecovery", [department]),
});

export const executeRecoveryCall = ({ department }: { readonly department: string }): LedgerCall => ({
  contract: "DepartmentRegistry",
  data: encodeCall("DepartmentRegistry", "executeRecovery", [department]),
});

export const setEndpointCall = ({ endpoint }: { readonly endpoint: string }): LedgerCall => ({
  contract: "DepartmentRegistry",
  data: encodeCall("DepartmentRegistry", "setEndpoint", [endpoint]),
});

// ------------------------------------------------------------ WorkingCalendar

export interface YearCall {
  readonly year: number;
  /** Days 0–255 of the year, one bit each. */
  readonly low: bigint;
  readonly high: bigint;
  readonly source: Hex;
}

export const setYearCall = ({ year, low, high, source }: YearCall): LedgerCall => ({
  contract: "WorkingCalendar",
  data: encodeCall("WorkingCalendar", "setYear", [year, low, high, source]),
});
