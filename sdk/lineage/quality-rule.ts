import { isHex } from "../protocol/bytes.ts";
import { HASH_BYTES } from "../protocol/hash.ts";
import { USCC_FORM } from "../protocol/header.ts";
import type { QualityRule } from "./bad-ancestor.ts";
import { LineageError } from "./errors.ts";
import { readProof } from "./trace/read-proof.ts";
import type { TracedNode } from "./trace/types.ts";

/** What a rule may ask of a record, beside its being genuine and in force; with a value after a colon. */
const RULE_CONDITIONS = [
  "expired",
  "superseded",
  "late",
  "unanchored",
  "older-than",
  "issued-before",
  "issuer",
  "kind",
  "record",
] as const;
type Condition = (typeof RULE_CONDITIONS)[number];

const DAY_SECONDS = 86_400;

type Judge = (node: TracedNode, now: number) => boolean;

const issuedAt = (node: TracedNode): number | undefined => readProof(node.line)?.header.issuedAt;

/** Each makes a judge of its value; undefined when the value is none. */
const CONDITIONS: Readonly<Record<Condition, (value: string | undefined) => Judge | undefined>> = {
  expired: plain(({ period }) => period.code === "period.over"),
  superseded: plain(({ status }) => status.code === "status.superseded"),
  late: plain(({ checks }) => checks.some(({ code }) => code === "time.late")),
  unanchored: plain(({ findings }) => findings.some(({ code }) => code === "node.not-anchored")),
  "older-than": (value) => {
    const days = numberOf(value);
    return days === undefined
      ? undefined
      : (node, now) => (issuedAt(node) ?? Number.POSITIVE_INFINITY) < now - days * DAY_SECONDS;
  },
  "issued-before": (value) => {
    const time = numberOf(value);
    return time === undefined ? undefined : (node) => (issuedAt(node) ?? Number.POSITIVE_INFINITY) < time;
  },
  issuer: (value) => (value !== undefined && USCC_FORM.test(value) ? ({ issuer }) => issuer === value : undefined),
  kind: (value) =>
    value !== undefined && /^[a-z][a-z0-9-]{0,31}$/.test(value) ? ({ kind }) => kind === value : undefined,
  record: (value) => (isHex(value, HASH_BYTES) ? ({ record }) => record === value : undefined),
};

function plain(judge: Judge): (value: string | undefined) => Judge | undefined {
  return (value) => (value === undefined ? judge : undefined);
}

function numberOf(value: string | undefined): number | undefined {
  return value !== undefined && /^\d{1,11}$/.test(value) ? Number(value) : undefined;
}

/**
 * A quality rule from its text: conditions joined by `+` must all hold, rules separated by commas each count. `now` in
 * seconds is the time that ages are counted to. A record that breaks one is bad for the reason `rule.<condition>`, the
 * last one of the rule. Throws LineageError `lineage.rule`.
 */
export function parseQualityRule(text: string, { now }: { readonly now: number }): QualityRule {
  const rules = text.split(",").map((rule) => rule.split("+").map((condition) => parseCondition(condition.trim())));
  return (node) => {
    const broken = rules.find((conditions) => conditions.every(({ judge }) => judge(node, now)));
    return broken && `rule.${broken.at(-1)?.name ?? ""}`;
  };
}

function parseCondition(text: string): { readonly name: Condition; readonly judge: Judge } {
  const [, given, value] = /^([a-z-]+)(?::(.+))?$/.exec(text) ?? [];
  const name = RULE_CONDITIONS.find((one) => one === given);
  const judge = name && CONDITIONS[name](value);
  if (name === undefined || judge === undefined) throw new LineageError("lineage.rule", { conditions: RULE_FORMS });
  return { name, judge };
}

/** The forms of conditions, for help and errors. */
export const RULE_FORMS =
  "expired, superseded, late, unanchored, older-than:DAYS, issued-before:SECONDS, issuer:USCC, kind:KIND, record:0x…";
