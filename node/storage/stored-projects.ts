import type { Hex } from "../../sdk/protocol/bytes.ts";

/** A line of the board. */
export interface StoredProject {
  readonly title: string;
  /** Seconds. */
  readonly updated: number;
  readonly releases: number;
  readonly flags: number;
  /** Of the flags, those that say that a rule is broken. Projects stored before it was counted have none until their next flag. */
  readonly hard?: number;
}

/** What a number of the journal is to a project. */
export type StoredProjectRecord =
  | {
      readonly kind: "release";
      readonly record: Hex;
      readonly standard: "ocds-release" | "oc4ids-project";
      readonly identifier: string;
      readonly release: string;
      readonly date: string;
      /** The filing that withdrew it: nothing is derived from it any more. */
      readonly withdrawn?: number;
    }
  | {
      readonly kind: "filing";
      readonly record: Hex;
      readonly step: string;
      readonly at: number;
      readonly title: string;
    }
  | { readonly kind: "flag"; readonly record: Hex; readonly rule: string; readonly at: number };

export interface StoredAlert {
  readonly project: string;
  readonly rule: string;
  readonly subject: string;
  readonly at: number;
  readonly record: Hex;
}

export interface StoredSubscription {
  readonly by: string;
  readonly url: string;
  readonly projects: readonly string[];
  readonly rules: readonly string[];
  /** The last alert that was delivered. */
  readonly cursor: number;
}
