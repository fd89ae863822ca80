import current from "./rules-2019-07-01.2.json" with { type: "json" };
import { toHex, type Hex } from "../../protocol/bytes.ts";
import { canonicalBytes } from "../../protocol/canonical.ts";
import { digest } from "../../protocol/hash.ts";
import type { Json } from "../../protocol/json.ts";

interface Texts {
  readonly zh: string;
  readonly en: string;
}

/** One rule of the set: what it says, which article it comes from, and what to check when it speaks. */
export interface ProjectRule {
  readonly code: string;
  /** Its number on chain; rules without one are judged by nodes only. */
  readonly number?: number;
  /** `hard` closes a gate on chain, `soft` raises a flag. */
  readonly kind: "hard" | "soft";
  readonly law?: string;
  readonly article?: number;
  /** The contract that holds its limits. */
  readonly contract?: "SealedBids";
  /** Limits on chain, by their names there. */
  readonly limits?: Readonly<Record<string, number>>;
  readonly says: Texts;
  readonly check: Texts;
}

export interface ProjectRuleSet {
  readonly version: string;
  readonly effectiveFrom: string;
  readonly source: string;
  readonly laws: Readonly<Record<string, Texts & { readonly number: number }>>;
  readonly rules: readonly ProjectRule[];
}

/** The rules in force, as published with this version; their digest stands in the ProjectLedger. */
export const PROJECT_RULES = current as unknown as ProjectRuleSet & { readonly format: string }; // The import's own type spells every member out.

/** SHA-256 of the JCS form of a rule set. */
export const ruleSetDigest = (rules: ProjectRuleSet): Hex =>
  toHex(digest("sha256", canonicalBytes(rules as unknown as Json))); // Read from JSON.

const byCode = new Map(PROJECT_RULES.rules.map((rule) => [rule.code, rule]));
const byNumber = new Map(
  PROJECT_RULES.rules.flatMap((rule) => (rule.number === undefined ? [] : [[rule.number, rule]])),
);

export const findRule = (code: string): ProjectRule | undefined => byCode.get(code);
/** Whether the rule of a code closes a gate: what it flags is broken, not only worth a look. */
export const isHard = (code: string): boolean => findRule(code)?.kind === "hard";
/** The rule that stands behind a number on chain. */
export const findRuleByNumber = (number: number): ProjectRule | undefined => byNumber.get(number);

/** The limits of a set that a contract holds, by their names there. */
export const limitsOf = (
  { rules }: ProjectRuleSet,
  holder: "ProjectLedger" | "SealedBids" = "ProjectLedger",
): Readonly<Record<string, number>> => {
  const held = rules.filter(({ contract = "ProjectLedger" }) => contract === holder);
  return Object.assign({}, ...held.map(({ limits }) => limits ?? {})) as Record<string, number>; // All members are numbers.
};

/** An article as people cite it, such as 政府投资条例第二十三条; empty for a rule of no law. */
export function citation({ law, article }: ProjectRule, language: keyof Texts): string {
  const cited = law === undefined ? undefined : PROJECT_RULES.laws[law];
  if (cited === undefined || article === undefined) return "";
  return language === "zh" ? `《${cited.zh}》第${article}条` : `${cited.en}, article ${article}`;
}
