import { CERTIFICATE_OID, checkCertificateIdentifier } from "../protocol/identifiers/certificate-identifier.ts";
import type { Row, RowReading } from "./columns.ts";
import { readRow, writeRow } from "./columns.ts";
import { PENALTY_KINDS, penaltyColumns, penaltySchema } from "./credit-penalty-schema.ts";
import type { CounterpartyCategory } from "./credit-rules.ts";
import { authorityRule, noIdentityNumber, organisationUscc, personCode } from "./credit-rules.ts";
import { defineFamily } from "./family.ts";
import type { Family } from "./family.ts";
import type { Review, Rule } from "./review.ts";
import { valueAt } from "../protocol/claims.ts";

/** A document of the family `credit-penalty/1`. Dates are YYYY-MM-DD, days of UTC+8; amounts are 分. */
export type CreditPenalty = {
  readonly counterpartyName: string;
  readonly counterpartyCategory: CounterpartyCategory;
  /** Null for a natural person, whose identity number is never part of the record. */
  readonly counterpartyCode: string | null;
  readonly legalRepresentative: string | null;
  readonly decisionNumber: string;
  readonly penaltyName?: string | null;
  readonly violationType: string;
  readonly violationFacts: string;
  readonly legalBasis: string;
  /** One kind or several, separated by semicolons. */
  readonly penaltyCategory: string;
  readonly penaltyContent: string;
  readonly fineFen?: number | null;
  readonly confiscatedFen?: number | null;
  readonly affectedLicence?: string | null;
  readonly decisionDate: string;
  /** Null when the penalty has no end. */
  readonly validUntil: string | null;
  readonly publishedUntil?: string | null;
  readonly authorityName: string;
  readonly authorityCode: string;
  readonly sourceName: string;
  readonly sourceCode: string;
  readonly areaCode?: string | null;
  readonly updatedAt?: string | null;
  readonly remark?: string | null;
};

const PERSON: CounterpartyCategory = "自然人";
const INDIVIDUAL_BUSINESS: CounterpartyCategory = "个体工商户";

const counterpartyRule: Rule = (review) => {
  const category = review.text(["counterpartyCategory"]);
  if (category === PERSON) {
    personCode(review);
    if (!review.isEmpty(["legalRepresentative"])) {
      review.report("credit.representative-forbidden", ["legalRepresentative"]);
    }
    return;
  }
  const uscc = organisationUscc(review);
  if (category === undefined) return;
  if (review.isEmpty(["legalRepresentative"])) {
    review.report("credit.representative-required", ["legalRepresentative"]);
  }
  const individual = category === INDIVIDUAL_BUSINESS;
  if (!individual && review.isEmpty(["counterpartyCode"])) {
    review.report("credit.code-required", ["counterpartyCode"]);
  }
  if (uscc && uscc.text.startsWith("92") !== individual) review.report("credit.code-category", ["counterpartyCode"]);
};

const kindsOf = (category: string): string[] => category.split(/[;；、,，]/u).map((kind) => kind.trim());

const categoryRule: Rule = (review) => {
  const category = review.text(["penaltyCategory"]);
  if (category === undefined) return;
  const kinds = kindsOf(category);
  const known: readonly string[] = PENALTY_KINDS;
  for (const [index, kind] of kinds.entries()) {
    if (known.includes(kind) || /^其他-\S{1,50}$/u.test(kind)) continue;
    const values = { ordinal: index + 1, expected: PENALTY_KINDS.join("、") };
    review.report("credit.penalty-category", ["penaltyCategory"], values);
  }
  amountRule(review, { path: ["fineFen"], expected: kinds.includes("罚款"), least: 1 });
  const confiscates = kinds.some((kind) => kind.startsWith("没收"));
  amountRule(review, { path: ["confiscatedFen"], expected: confiscates, least: 0 });
  const affects = kinds.some((kind) => kind.startsWith("暂扣") || kind.startsWith("吊销"));
  if (affects && review.isEmpty(["affectedLicence"])) review.report("credit.licence-unnamed", ["affectedLicence"]);
};

interface AmountExpectation {
  readonly path: readonly string[];
  readonly expected: boolean;
  readonly least: number;
}

function amountRule(review: Review, { path, expected, least }: AmountExpectation): void {
  const amount = review.number(path);
  const missing = amount === undefined ? review.isEmpty(path) : amount < least;
  if (expected && missing) review.report("credit.amount-required", path);
  if (!expected && amount !== undefined && amount > 0) review.report("credit.amount-unexplained", path);
}

const IDENTIFIER = new RegExp(`${CERTIFICATE_OID.replaceAll(".", "\\.")}\\.[0-9A-Z.]*[0-9A-Z]`, "g");

const identifiersIn = (text: string): string[] => Array.from(text.matchAll(IDENTIFIER), ([match]) => match);

const licenceRule: Rule = (review) => {
  const path = ["affectedLicence"];
  for (const identifier of identifiersIn(review.text(path) ?? "")) {
    const checked = checkCertificateIdentifier(identifier);
    if (checked.ok) continue;
    for (const { code, values } of checked.errors) review.report(code, path, values);
  }
};

const dateRule: Rule = (review) => {
  review.period({ earlier: ["decisionDate"], later: ["validUntil"] });
  review.period({ earlier: ["decisionDate"], later: ["publishedUntil"] });
  review.notAfterReview(["decisionDate"]);
  review.notAfterReview(["updatedAt"]);
};

/** Administrative penalties as published: one decision, one record. */
export const creditPenalty: Family = defineFamily({
  id: "credit-penalty/1",
  kind: "credit-penalty",
  title: { zh: "行政处罚信息", en: "Administrative penalty" },
  schema: penaltySchema,
  businessKeyPath: ["decisionNumber"],
  rules: [
    counterpartyRule,
    authorityRule,
    categoryRule,
    licenceRule,
    dateRule,
    noIdentityNumber({
      texts: [
        "counterpartyName",
        "legalRepresentative",
        "penaltyName",
        "violationType",
        "violationFacts",
        "legalBasis",
        "penaltyCategory",
        "penaltyContent",
        "authorityName",
        "sourceName",
        "remark",
      ],
      numbers: ["decisionNumber", "affectedLicence"],
    }),
  ],
});

/**
 * Identifiers of the e-certificates that a penalty suspends or revokes, so that its record can be linked with theirs. Empty
 * when it affects none or names a licence without an e-certificate identifier.
 */
export function affectedCertificates(document: unknown): readonly string[] {
  const [category, licence] = [valueAt(document, ["penaltyCategory"]), valueAt(document, ["affectedLicence"])];
  if (typeof category !== "string" || typeof licence !== "string" || !/暂扣|吊销/u.test(category)) return [];
  return [...new Set(identifiersIn(licence))].filter((identifier) => checkCertificateIdentifier(identifier).ok);
}

/** What the table holds for an individual business without a unified social credit code. */
const NO_CODE = `${"0".repeat(17)}X`;

/** Reads a row of the published table 行政处罚 (Chinese column names) as a document of `credit-penalty/1`. */
export function readPenaltyRow(row: Row): RowReading {
  const { document, findings } = readRow(row, penaltyColumns);
  const individual = document["counterpartyCategory"] === INDIVIDUAL_BUSINESS;
  if (!individual || document["counterpartyCode"] !== NO_CODE) return { document, findings };
  return { document: { ...document, counterpartyCode: null }, findings };
}

/** Writes a valid `credit-penalty/1` document as a row of the published table. */
export function writePenaltyRow(document: CreditPenalty): Readonly<Record<string, string>> {
  const { counterpartyCategory, counterpartyCode } = document;
  const uncoded = counterpartyCategory === INDIVIDUAL_BUSINESS && counterpartyCode === null;
  return writeRow(uncoded ? { ...document, counterpartyCode: NO_CODE } : document, penaltyColumns);
}
