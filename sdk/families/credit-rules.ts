import { checkCitizenNumber } from "../protocol/identifiers/citizen-number.ts";
import type { Uscc } from "../protocol/identifiers/uscc.ts";
import { checkUscc } from "../protocol/identifiers/uscc.ts";
import type { Review, Rule } from "./review.ts";
import { oneOf } from "./schema.ts";
import type { FamilySchema } from "./schema.ts";

const COUNTERPARTY_CATEGORIES = ["法人及非法人组织", "自然人", "个体工商户"] as const;
export type CounterpartyCategory = (typeof COUNTERPARTY_CATEGORIES)[number];

export const counterpartyCategory = (): FamilySchema =>
  oneOf("行政相对人类别", "Category of the party", COUNTERPARTY_CATEGORIES);

const CODE = ["counterpartyCode"];
const CANDIDATE = /(?<![0-9])[1-9][0-9]{16}[0-9Xx](?![0-9])/g;

/** Whether a citizen number stands in the text, of a person born by `bornBy` (YYYY-MM-DD) if that is given. */
function containsCitizenNumber(text: string, bornBy?: string): boolean {
  const options = bornBy === undefined ? {} : { asOf: bornBy };
  return Array.from(text.matchAll(CANDIDATE), ([match]) => match.toUpperCase()).some(
    (candidate) => checkCitizenNumber(candidate, options).ok,
  );
}

const isIdentityNumber = (text: string): boolean => !checkUscc(text).ok && containsCitizenNumber(text);

/** The code of a party that is an organisation; one that is a citizen number is reported as such, not as a wrong code. */
export function organisationUscc(review: Review): Uscc | undefined {
  if (!isIdentityNumber(review.text(CODE) ?? "")) return review.identifier(CODE, checkUscc);
  review.report("credit.identity-number", CODE);
  return undefined;
}

/** A natural person's record has no code at all. */
export function personCode(review: Review): void {
  const text = review.text(CODE);
  if (text === undefined) return;
  review.report(isIdentityNumber(text) ? "credit.identity-number" : "credit.code-forbidden", CODE);
}

/** Codes of the deciding authority and of the source of the data. */
export const authorityRule: Rule = (review) => {
  review.identifier(["authorityCode"], checkUscc);
  review.identifier(["sourceCode"], checkUscc);
};

/** No decision is made against a child below this age, 行政处罚法 (2021) art. 30. */
const RESPONSIBLE_AGE = 14;

export interface PublishedFields {
  readonly texts: readonly string[];
  /**
   * Numbers of decisions and licences. Some are made of region, date and serial and look like a citizen number of someone
   * born on that date: here a number counts only if its bearer can have been a party.
   */
  readonly numbers: readonly string[];
}

/** A published record must not contain a natural person's identity number anywhere. */
export const noIdentityNumber =
  ({ texts, numbers }: PublishedFields): Rule =>
  (review) => {
    const decided = review.text(["decisionDate"]);
    const bornBy = decided === undefined ? undefined : yearsBefore(decided, RESPONSIBLE_AGE);
    const search = (property: string, latest?: string): void => {
      if (!containsCitizenNumber(review.text([property]) ?? "", latest)) return;
      review.report("credit.identity-number", [property]);
    };
    for (const property of texts) search(property);
    for (const property of numbers) search(property, bornBy);
  };

function yearsBefore(day: string, years: number): string {
  const year = String(Number(day.slice(0, 4)) - years).padStart(4, "0");
  return (year + day.slice(4)).replace(/-02-29$/, "-02-28");
}
