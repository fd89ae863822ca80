import { AbiCoder } from "ethers/abi";
import { fromHex, toHex, type Hex } from "../protocol/bytes.ts";
import { digest } from "../protocol/hash.ts";
import type { AbiOf } from "./contracts.ts";
import type { ResultOf } from "./abi-types.ts";
import type { Asker } from "./directory.ts";
import { isRevert } from "./errors.ts";
import { enumName } from "./values.ts";

/** 项目建议书 … 后评价, by number in the ProjectLedger. */
export const PROJECT_STAGES = [
  "none",
  "proposal",
  "feasibility",
  "design",
  "plan",
  "tender",
  "contract",
  "start",
  "works",
  "acceptance",
  "final-account",
  "audit",
  "evaluation",
] as const;
export type ProjectStage = (typeof PROJECT_STAGES)[number];
export const LOT_STATES = ["none", "announced", "opened", "candidates", "awarded", "contracted", "failed"] as const;
export const CHANGE_KINDS = ["none", "price", "site", "scale", "content"] as const;
export const CHANGE_STATES = ["none", "proposed", "approved", "refused", "in-effect"] as const;
export const ISSUE_STATES = ["none", "reported", "assigned", "answered", "closed"] as const;
export const PROJECT_DUTIES = ["approve", "plan", "pay", "audit"] as const;

/** keccak256(abi.encode("suyuan/project/1", code)). */
export const projectId = (code: string): Hex => {
  const encoded = AbiCoder.defaultAbiCoder().encode(["string", "string"], ["suyuan/project/1", code]);
  return toHex(digest("keccak256", fromHex(encoded)));
};

type Ledger = AbiOf<"ProjectLedger">;
type Issues = AbiOf<"ProjectIssues">;
type Stored = ResultOf<Ledger, "project">;

/** Amounts are 分. */
export type LedgerProject = Omit<Stored, "stage" | "reached"> & {
  readonly stage: ProjectStage;
  readonly reached: readonly ProjectStage[];
};
export type LedgerLot = Omit<ResultOf<Ledger, "lot">, "state"> & { readonly state: (typeof LOT_STATES)[number] };
export type LedgerChange = Omit<ResultOf<Ledger, "change">, "state" | "kind"> & {
  readonly state: (typeof CHANGE_STATES)[number];
  readonly kind: (typeof CHANGE_KINDS)[number];
};
export type LedgerFlag = ResultOf<Ledger, "flag">;
export type LedgerIssue = Omit<ResultOf<Issues, "issue">, "state"> & { readonly state: (typeof ISSUE_STATES)[number] };

export interface ProjectReads {
  /** What the ProjectLedger holds of a project; undefined when it is not registered. */
  ledgerProject(id: Hex): Promise<LedgerProject | undefined>;
  ledgerLots(id: Hex, count: number): Promise<readonly LedgerLot[]>;
  ledgerChanges(id: Hex, count: number): Promise<readonly LedgerChange[]>;
  ledgerFlags(id: Hex, count: number): Promise<readonly LedgerFlag[]>;
  ledgerIssues(id: Hex): Promise<readonly LedgerIssue[]>;
  /** SHA-256 of each version of the rules, oldest first. */
  ledgerRulesDigests(): Promise<readonly Hex[]>;
}

/** Numbers from 1 to `count`. */
const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

export function projectReads({ ask }: Asker): ProjectReads {
  return {
    ledgerProject: async (id) => {
      try {
        const found = await ask("ProjectLedger", "project", [id]);
        const reached = PROJECT_STAGES.filter((_, i) => i > 0 && (found.reached & (1 << i)) !== 0);
        return { ...found, stage: enumName(PROJECT_STAGES, found.stage), reached };
      } catch (error) {
        if (isRevert(error, "ProjectUnknown")) return undefined;
        throw error;
      }
    },
    ledgerLots: (id, count) =>
      Promise.all(
        numbers(count).map(async (number) => {
          const found = await ask("ProjectLedger", "lot", [id, number]);
          return { ...found, state: enumName(LOT_STATES, found.state) };
        }),
      ),
    ledgerChanges: (id, count) =>
      Promise.all(
        numbers(count).map(async (number) => {
          const found = await ask("ProjectLedger", "change", [id, number]);
          return {
            ...found,
            state: enumName(CHANGE_STATES, found.state),
            kind: enumName(CHANGE_KINDS, found.kind),
          };
        }),
      ),
    ledgerFlags: (id, count) => Promise.all(numbers(count).map((number) => ask("ProjectLedger", "flag", [id, number]))),
    ledgerRulesDigests: async () => {
      const count = await ask("ProjectLedger", "rulesCount", []);
      return Promise.all(
        numbers(count).map(async (version) => (await ask("ProjectLedger", "rules", [version])).digest),
      );
    },
    ledgerIssues: async (id) => {
      const count = await ask("ProjectIssues", "issueCount", [id]);
      return Promise.all(
        numbers(count).map(async (number) => {
          const found = await ask("ProjectIssues", "issue", [id, number]);
          return { ...found, state: enumName(ISSUE_STATES, found.state) };
        }),
      );
    },
  };
}
