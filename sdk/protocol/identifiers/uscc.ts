import { characterErrors, countCharacters, invalid, valid, valueOf } from "./checked.ts";
import type { Checked } from "./checked.ts";
import { IdentifierError } from "./errors.ts";
import { computeOrganisationCheck } from "./organisation-code.ts";

/** GB 32100-2015: digits and capitals without I, O, S, V, Z; a character's value is its place here. */
export const USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY";

const MODULUS = USCC_ALPHABET.length;
const CHARACTER = /^[0-9A-HJ-NPQRTUWXY]$/;
const BODY = /^[0-9A-HJ-NPQRTUWXY]{17}$/;
const FORM = /^[0-9A-HJ-NPQRTUWXY]{18}$/;
const DIVISION = /^[0-9]{6}$/;

/** GB 32100-2015 table 1: the weight at position i is 3^(i−1) mod 31. */
const WEIGHTS: readonly number[] = Array.from({ length: 17 }).reduce<number[]>(
  (weights, _, index) => [...weights, index === 0 ? 1 : ((weights[index - 1] ?? 0) * 3) % MODULUS],
  [],
);

/**
 * Categories (position 2) by registration department (position 1): GB 32100-2015 with amendment 1 of 2016, and 54 and 55,
 * which civil affairs gives to residents' and villagers' committees.
 */
const CATEGORIES: Readonly<Record<string, string>> = {
  "1": "1239",
  "2": "19",
  "3": "123459",
  "4": "19",
  "5": "123459",
  "6": "129",
  "7": "129",
  "8": "19",
  "9": "123",
  A: "19",
  N: "1239",
  Y: "1",
};

export interface Uscc {
  readonly kind: "uscc";
  readonly text: string;
  readonly department: string;
  readonly category: string;
  /** Six digits of GB/T 2260. */
  readonly division: string;
  /** Nine characters of GB 11714, check character included. */
  readonly organisationCode: string;
  readonly check: string;
}

/** GB 32100-2015 MOD 31 check character of the first 17 characters. Throws IdentifierError when they are malformed. */
export function computeUsccCheck(body: string): string {
  if (!BODY.test(body)) throw bodyError(body);
  let sum = 0;
  for (let i = 0; i < WEIGHTS.length; i++) sum += (WEIGHTS[i] ?? 0) * USCC_ALPHABET.indexOf(body.charAt(i));
  return USCC_ALPHABET.charAt((MODULUS - (sum % MODULUS)) % MODULUS);
}

function bodyError(body: string): IdentifierError {
  const [malformed] = characterErrors({ text: body, allowed: CHARACTER, code: "uscc.character" });
  const wrongLength = new IdentifierError("uscc.length", { length: body.length + 1, position: 1 });
  return countCharacters(body) === 17 && malformed ? malformed : wrongLength;
}

export interface UsccParts {
  readonly department: string;
  readonly category: string;
  readonly division: string;
  /** Eight characters of the organisation code, without its check character. */
  readonly organisationBody: string;
}

/** A complete code from its parts, both check characters computed. Throws IdentifierError when a part is malformed. */
export function composeUscc({ department, category, division, organisationBody }: UsccParts): string {
  const body = department + category + division + organisationBody + computeOrganisationCheck(organisationBody);
  return parseUscc(body + computeUsccCheck(body)).text;
}

function formErrors(text: string): IdentifierError[] {
  if (FORM.test(text)) return [];
  const length = countCharacters(text);
  const errors = length === 18 ? [] : [new IdentifierError("uscc.length", { length, position: 1 })];
  return [...errors, ...characterErrors({ text, allowed: CHARACTER, code: "uscc.character" })];
}

function fieldErrors(text: string): IdentifierError[] {
  const errors: IdentifierError[] = [];
  const categories = CATEGORIES[text.charAt(0)];
  if (categories === undefined) errors.push(new IdentifierError("uscc.department", { position: 1 }));
  else if (!categories.includes(text.charAt(1))) errors.push(new IdentifierError("uscc.category", { position: 2 }));
  const division = text.slice(2, 8);
  if (!DIVISION.test(division))
    errors.push(...characterErrors({ text: division, allowed: /^[0-9]$/, code: "uscc.division", firstPosition: 3 }));
  const organisationCheck = computeOrganisationCheck(text.slice(8, 16));
  if (text.charAt(16) !== organisationCheck) {
    errors.push(new IdentifierError("uscc.organisation-check", { position: 17, expected: organisationCheck }));
  }
  const check = computeUsccCheck(text.slice(0, 17));
  if (text.charAt(17) !== check) errors.push(new IdentifierError("uscc.check", { position: 18, expected: check }));
  return errors;
}

/** What `checkUscc` finds wrong. */
export function usccErrors(text: string): readonly IdentifierError[] {
  const errors = formErrors(text);
  return errors.length > 0 ? errors : fieldErrors(text);
}

/**
 * Checks a unified social credit code (GB 32100-2015): alphabet, department and category, division digits, the inner
 * organisation code's check character and its own. Any one wrong character and any exchange of neighbours is caught.
 */
export function checkUscc(text: string): Checked<Uscc> {
  const errors = usccErrors(text);
  if (errors.length > 0) return invalid(errors);
  return valid({
    kind: "uscc",
    text,
    department: text.charAt(0),
    category: text.charAt(1),
    division: text.slice(2, 8),
    organisationCode: text.slice(8, 17),
    check: text.charAt(17),
  });
}

/** The parts of a valid unified social credit code (GB 32100-2015). Throws IdentifierError. */
export const parseUscc = (text: string): Uscc => valueOf(checkUscc(text));
