import type { JsonObject } from "../../protocol/json.ts";
import { numberAt, objectAt, stringAt } from "../indicators/release.ts";
import { citation, findRule, type ProjectRule } from "../law/rules.ts";

/** A figure that a flag rests on: where it stands in the document, and what it says. */
export interface FlagInput {
  /** JSON pointer within the document. */
  readonly path: string;
  readonly value: string | number;
  /** Where the document is a history: the id of the release that said so. */
  readonly release?: string;
}

/** One thing that a rule has to say of a project. Amounts are 分 (hundredths of the currency). */
export interface ProjectFlag {
  readonly rule: string;
  /** Of what: a contracting process, a contract, a lot; empty for the project as a whole. */
  readonly subject: string;
  readonly actual?: number;
  readonly limit?: number;
  readonly currency?: string;
  /** How far above the limit, in basis points. */
  readonly excess?: number;
  readonly inputs: readonly FlagInput[];
}

export interface FlagSettings {
  /** Share of the original contract at which a change has to go to the approver, in basis points. */
  readonly changeThreshold: number;
}
/** 10 %: what the estimate may be exceeded by before a report is due. */
export const FLAG_SETTINGS: FlagSettings = { changeThreshold: 1000 };

export interface Money {
  readonly fen: number;
  readonly currency: string;
}

/** An amount of a document (`{amount, currency}`) in hundredths; undefined where there is none. */
export function findMoney(holder: JsonObject | undefined, key: string): Money | undefined {
  const value = holder && objectAt(holder, key);
  const amount = value && numberAt(value, "amount");
  if (value === undefined || amount === undefined) return undefined;
  return { fen: Math.round(amount * 100), currency: stringAt(value, "currency") ?? "" };
}

export interface Comparison {
  readonly rule: string;
  readonly subject: string;
  readonly actual: Money | undefined;
  readonly limit: Money | undefined;
  readonly inputs: readonly FlagInput[];
}

/** A flag where the actual amount is above the limit, both in one currency. */
export function aboveLimit({ rule, subject, actual, limit, inputs }: Comparison): ProjectFlag[] {
  if (actual === undefined || limit === undefined || actual.currency !== limit.currency || actual.fen <= limit.fen)
    return [];
  const excess = limit.fen > 0 ? { excess: Math.round(((actual.fen - limit.fen) * 10_000) / limit.fen) } : {};
  return [{ rule, subject, actual: actual.fen, limit: limit.fen, ...named(limit.currency), ...excess, inputs }];
}

/** A flag's currency, where the document names one. */
export const named = (currency: string): Pick<ProjectFlag, "currency"> => (currency === "" ? {} : { currency });

/** What a person is told about a flag: the rule, the article, what to check. */
export interface Explanation {
  readonly rule: string;
  readonly kind: ProjectRule["kind"];
  readonly says: ProjectRule["says"];
  readonly article: ProjectRule["says"];
  readonly check: ProjectRule["check"];
}

/** Throws TypeError for a rule that is not in the set: a programming mistake. */
export function explain(code: string): Explanation {
  const rule = findRule(code);
  if (rule === undefined) throw new TypeError(`no rule ${code}`);
  const article = { zh: citation(rule, "zh"), en: citation(rule, "en") };
  return { rule: code, kind: rule.kind, says: rule.says, article, check: rule.check };
}
