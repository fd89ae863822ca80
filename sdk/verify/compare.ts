import { canonicalize } from "../protocol/canonical.ts";
import { pathText, type DisclosedClaim } from "../protocol/claims.ts";
import { findPathFault } from "../protocol/disclosure.ts";
import type { ErrorText, ErrorValues } from "../protocol/errors.ts";
import type { Evidence } from "../protocol/evidence.ts";
import type { CheckName, Report, Verdict } from "./report.ts";

const ISSUER_CONTRADICTS = {
  zh: "各份文件均勿采信。请保存全部文件并报告监督部门:出具方自相矛盾。",
  en: "Rely on none of the files. Keep them all and tell oversight: the issuer contradicts itself.",
} as const;

/** What two files say together that neither says alone (SPEC §11.6). */
export const equivocationTexts = {
  "equivocation.value": {
    zh: "同一记录的数据项 {at} 有两个值",
    en: "One record has two values for {at}",
    remedy: ISSUER_CONTRADICTS,
  },
  "equivocation.path": {
    zh: "同一记录的数据项 {at} 与另一数据项不能并存",
    en: "In one record {at} cannot stand beside another claim",
    remedy: ISSUER_CONTRADICTS,
  },
  "equivocation.number": {
    zh: "同一范围的第 {seq} 号有两条不同的记录",
    en: "Two different records have number {seq} of one scope",
    remedy: ISSUER_CONTRADICTS,
  },
  "equivocation.subject": {
    zh: "同一主体同时有两条有效记录(第 {seq} 号与第 {other} 号)",
    en: "Two records of one subject are active at once (numbers {seq} and {other})",
    remedy: ISSUER_CONTRADICTS,
  },
  "equivocation.delivery": {
    zh: "提供方在同一交付编号 {k} 下签署了两份不同的交付",
    en: "The provider signed two different deliveries under number {k}",
    remedy: ISSUER_CONTRADICTS,
  },
} as const satisfies Record<string, ErrorText>;
export type EquivocationCode = keyof typeof equivocationTexts;

export interface Equivocation {
  readonly code: EquivocationCode;
  /** Which two, counted from 0. */
  readonly files: readonly [number, number];
  readonly values: ErrorValues;
}

/** Several files, each verified, and what they say together. */
export interface Comparison {
  readonly format: "suyuan/comparison/1";
  readonly verdict: Verdict;
  readonly reports: readonly Report[];
  readonly equivocations: readonly Equivocation[];
}

export interface Judged {
  readonly evidence: Evidence;
  readonly report: Report;
}

/** A file that fails one of these is not the issuer's word, and convicts nobody. */
const OWN_WORD: readonly CheckName[] = ["format", "ledger", "record", "claims", "inclusion", "anchor"];

/** Holds the files against one another; undefined stands for one that could not be read. */
export function compareFiles(files: readonly (Judged | { readonly report: Report })[]): Comparison {
  const equivocations: Equivocation[] = [];
  files.forEach((second, j) => {
    for (let i = 0; i < j; i++) {
      const first = files[i];
      if (first === undefined || !isOwnWord(first) || !isOwnWord(second)) continue;
      equivocations.push(...contradictions(first, second).map((found) => ({ ...found, files: [i, j] as const })));
    }
  });
  const reports = files.map(({ report }) => report);
  return { format: "suyuan/comparison/1", verdict: worst(reports, equivocations.length > 0), reports, equivocations };
}

function worst(reports: readonly Report[], contradicted: boolean): Verdict {
  if (contradicted || reports.some(({ verdict }) => verdict === "rejected")) return "rejected";
  return reports.some(({ verdict }) => verdict === "undetermined") ? "undetermined" : "verified";
}

const isOwnWord = (file: Judged | { readonly report: Report }): file is Judged =>
  "evidence" in file && !file.report.checks.some(({ name, outcome }) => outcome === "fail" && OWN_WORD.includes(name));

type Found = Omit<Equivocation, "files">;

function contradictions(first: Judged, second: Judged): Found[] {
  const [a, b] = [first.evidence, second.evidence];
  const sameRecord = first.report.record?.id === second.report.record?.id;
  const found = sameRecord
    ? [claimsContradiction(a, b)]
    : [numberContradiction(a, b), subjectContradiction(first, second)];
  return [...found, deliveryContradiction(first, second)].filter((one) => one !== undefined);
}

/** Every claim of both is committed: two of them that cannot be of one document were both put there by the issuer. */
function claimsContradiction(a: Evidence, b: Evidence): Found | undefined {
  const known = new Map(a.claims.disclosed.map((claim) => [claim.at, claim]));
  const others = b.claims.disclosed.filter(({ at }) => !known.has(at));
  if (findPathFault([...known.values(), ...others]) === undefined) return undefined;
  const all: DisclosedClaim[] = [...known.values()];
  for (const claim of others) {
    all.push(claim);
    if (findPathFault(all) === undefined) continue;
    const path = canonicalize(claim.path);
    const twin = all.find((one) => one !== claim && canonicalize(one.path) === path);
    return {
      code: twin === undefined ? "equivocation.path" : "equivocation.value",
      values: { at: pathText(claim.path) },
    };
  }
  return undefined;
}

function numberContradiction({ header: a }: Evidence, { header: b }: Evidence): Found | undefined {
  if (a.ledger !== b.ledger || a.scope !== b.scope || a.seq !== b.seq) return undefined;
  return { code: "equivocation.number", values: { seq: a.seq } };
}

const passes = ({ report }: Judged, check: CheckName): boolean =>
  report.checks.some(({ name, outcome }) => name === check && outcome === "pass");

function subjectContradiction(first: Judged, second: Judged): Found | undefined {
  const [a, b] = [first.evidence.header, second.evidence.header];
  if (a.subject === undefined || a.subject !== b.subject || a.scope !== b.scope || a.ledger !== b.ledger)
    return undefined;
  if (!passes(first, "status") || !passes(second, "status")) return undefined;
  return { code: "equivocation.subject", values: { seq: a.seq, other: b.seq } };
}

/** Only what the provider is proven to have signed convicts it. */
function deliveryContradiction(first: Judged, second: Judged): Found | undefined {
  const [a, b] = [first.evidence.delivery, second.evidence.delivery];
  if (a === undefined || b === undefined || !passes(first, "receipt") || !passes(second, "receipt")) return undefined;
  const [x, y] = [a.terms, b.terms];
  if (x.ledger !== y.ledger || x.agreement !== y.agreement || x.k !== y.k || x.packageDigest === y.packageDigest)
    return undefined;
  return { code: "equivocation.delivery", values: { k: x.k } };
}
