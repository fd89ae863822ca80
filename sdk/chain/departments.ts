import type { Hex } from "../protocol/bytes.ts";
import { ZERO_HASH } from "./contracts.ts";
import type { Asker } from "./directory.ts";
import { isRevert } from "./errors.ts";
import { boundedCount, endSeconds, enumName, isSet, momentSeconds, seconds } from "./values.ts";

export const DEPARTMENT_STATUSES = ["none", "active", "suspended", "dissolved"] as const;
export type DepartmentStatus = (typeof DEPARTMENT_STATUSES)[number];
export const DEPARTMENT_ROLES = ["none", "department", "authority", "oversight"] as const;
export type DepartmentRole = (typeof DEPARTMENT_ROLES)[number];
export const DEPARTMENT_LEVELS = ["none", "province", "city", "county", "township"] as const;
export type DepartmentLevel = (typeof DEPARTMENT_LEVELS)[number];
export const KEY_ALGORITHMS = ["none", "secp256k1", "ed25519"] as const;
export type KeyAlgorithm = (typeof KEY_ALGORITHMS)[number];
export const LIST_KINDS = ["none", "allow", "deny"] as const;
export type ListKind = (typeof LIST_KINDS)[number];

export interface Department {
  readonly id: string;
  readonly role: DepartmentRole;
  readonly level: DepartmentLevel;
  readonly region: number;
  readonly parent?: string;
  readonly successor?: string;
  readonly status: DepartmentStatus;
  readonly admittedAt: number;
  readonly name: string;
  readonly endpoint: string;
}

/** Times in seconds, half-open; `validUntil` is absent for a key without an end. */
export interface DepartmentKey {
  readonly algorithm: KeyAlgorithm;
  readonly validFrom: number;
  readonly validUntil?: number;
  readonly distrustedSince?: number;
  /** An Ed25519 public key, or a chain account left-padded: 32 bytes. */
  readonly material: Hex;
}

export interface ListEntry {
  readonly kind: ListKind;
  readonly reason: number;
  readonly from: number;
  readonly until?: number;
}

export interface KeyName {
  readonly department: string;
  readonly index: number;
}

export interface DepartmentReads {
  department(uscc: string): Promise<Department | undefined>;
  departments(): Promise<readonly Department[]>;
  /** By the registry in force at `time`; "none" for an unknown department. */
  departmentStatusAt(uscc: string, time: number): Promise<DepartmentStatus>;
  /** The active department for which an account may act at this block. */
  departmentOf(account: Hex): Promise<string | undefined>;
  key(uscc: string, index: number): Promise<DepartmentKey | undefined>;
  keys(uscc: string): Promise<readonly DepartmentKey[]>;
  keyCount(uscc: string): Promise<number>;
  /** In force at `time` and not declared distrusted from then or before. */
  isKeyTrustedAt(uscc: string, index: number, time: number): Promise<boolean>;
  /** The key of a chain account, in force or not. */
  keyOfAccount(account: Hex): Promise<KeyName | undefined>;
  listEntryAt(uscc: string, time: number, resource?: Hex): Promise<ListEntry | undefined>;
  isDeniedAt(uscc: string, resource: Hex, time: number): Promise<boolean>;
}

export function departmentReads({ ask }: Asker): DepartmentReads {
  const department = async (uscc: string): Promise<Department | undefined> => {
    try {
      const found = await ask("DepartmentRegistry", "department", [uscc]);
      return {
        id: found.id,
        role: enumName(DEPARTMENT_ROLES, found.role),
        level: enumName(DEPARTMENT_LEVELS, found.level),
        region: found.region,
        ...(isSet(found.parent) && { parent: found.parent }),
        ...(isSet(found.successor) && { successor: found.successor }),
        status: enumName(DEPARTMENT_STATUSES, found.status),
        admittedAt: seconds(found.admittedAt),
        name: found.name,
        endpoint: found.endpoint,
      };
    } catch (error) {
      if (isRevert(error, "DepartmentUnknown")) return undefined;
      throw error;
    }
  };

  const key = async (uscc: string, index: number): Promise<DepartmentKey | undefined> => {
    try {
      const found = await ask("DepartmentRegistry", "key", [uscc, index]);
      const validUntil = endSeconds(found.validUntil);
      const distrustedSince = momentSeconds(found.distrustedSince);
      return {
        algorithm: enumName(KEY_ALGORITHMS, found.algorithm),
        validFrom: seconds(found.validFrom),
        ...(validUntil !== undefined && { validUntil }),
        ...(distrustedSince !== undefined && { distrustedSince }),
        material: found.material,
      };
    } catch (error) {
      if (isRevert(error, "KeyUnknown") || isRevert(error, "DepartmentUnknown")) return undefined;
      throw error;
    }
  };

  const keyCount = async (uscc: string): Promise<number> => {
    try {
      return boundedCount(await ask("DepartmentRegistry", "keyCount", [uscc]));
    } catch (error) {
      if (isRevert(error, "DepartmentUnknown")) return 0;
      throw error;
    }
  };

  return {
    department,
    departments: async () => {
      const count = boundedCount(await ask("DepartmentRegistry", "departmentCount", []));
      const ids = await Promise.all(
        Array.from({ length: count }, (_, i) => ask("DepartmentRegistry", "departmentByIndex", [BigInt(i)])),
      );
      return (await Promise.all(ids.map(department))).filter((found) => found !== undefined);
    },
    departmentStatusAt: async (uscc, time) =>
      enumName(DEPARTMENT_STATUSES, await ask("DepartmentRegistry", "statusAt", [uscc, BigInt(time)], time)),
    departmentOf: async (account) => {
      const uscc = await ask("DepartmentRegistry", "departmentOf", [account]);
      return isSet(uscc) ? uscc : undefined;
    },
    key,
    keys: async (uscc) => {
      const found = await Promise.all(Array.from({ length: await keyCount(uscc) }, (_, index) => key(uscc, index)));
      return found.filter((one) => one !== undefined);
    },
    keyCount,
    isKeyTrustedAt: async (uscc, index, time) => {
      try {
        return await ask("DepartmentRegistry", "isKeyTrustedAt", [uscc, index, BigInt(time)]);
      } catch (error) {
        if (isRevert(error, "KeyUnknown") || isRevert(error, "DepartmentUnknown")) return false;
        throw error;
      }
    },
    keyOfAccount: async (account) => {
      const { id, index } = await ask("DepartmentRegistry", "keyOfAccount", [account]);
      return isSet(id) ? { department: id, index } : undefined;
    },
    listEntryAt: async (uscc, time, resource = ZERO_HASH) => {
      const { kind, reason, from, until } = await ask("DepartmentRegistry", "listEntryAt", [
        uscc,
        resource,
        BigInt(time),
      ]);
      if (kind === 0) return undefined;
      const end = endSeconds(until);
      return {
        kind: enumName(LIST_KINDS, kind),
        reason,
        from: seconds(from),
        ...(end !== undefined && { until: end }),
      };
    },
    isDeniedAt: (uscc, resource, time) => ask("DepartmentRegistry", "isDeniedAt", [uscc, resource, BigInt(time)]),
  };
}
