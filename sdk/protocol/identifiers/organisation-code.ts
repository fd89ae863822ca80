import { alphanumericValue, characterErrors, invalid, valid, valueOf } from "./checked.ts";
import type { Checked } from "./checked.ts";
import { IdentifierError } from "./errors.ts";

const WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2] as const;
const BODY = /^[0-9A-Z]{8}$/;

export interface OrganisationCode {
  readonly kind: "organisation-code";
  /** Nine characters, without the hyphen of the printed form. */
  readonly text: string;
  readonly body: string;
  readonly check: string;
}

/**
 * GB 11714-1997 MOD 11 check character (0–9 or X) of an eight-character body. Throws IdentifierError
 * `organisation.length` or `organisation.character` when the body is malformed.
 */
export function computeOrganisationCheck(body: string): string {
  if (!BODY.test(body))
    throw bodyErrors(body)[0] ?? new IdentifierError("organisation.length", { length: body.length });
  let sum = 0;
  for (let i = 0; i < WEIGHTS.length; i++) sum += (WEIGHTS[i] ?? 0) * alphanumericValue(body.charAt(i));
  const check = (11 - (sum % 11)) % 11;
  return check === 10 ? "X" : String(check);
}

const bodyErrors = (body: string): IdentifierError[] =>
  characterErrors({ text: body, allowed: /^[0-9A-Z]$/, code: "organisation.character" });

/**
 * Checks an organisation code of GB 11714-1997, with or without the hyphen before the check character.
 *
 * MOD 11 over 36 symbols cannot tell apart symbols whose values differ by 11 or 22 (0 B M X, 1 C N Y, …); every
 * confusion among digits and of the check character is caught. Inside a unified social credit code its MOD 31 check
 * closes the gap.
 */
export function checkOrganisationCode(text: string): Checked<OrganisationCode> {
  const characters = Array.from(text);
  const hyphenated = characters.length === 10 && characters[8] === "-";
  const compact = hyphenated ? characters.toSpliced(8, 1) : characters;
  if (compact.length !== 9) return invalid([new IdentifierError("organisation.length", { length: compact.length })]);
  const body = compact.slice(0, 8).join("");
  const check = compact[8] ?? "";
  const position = hyphenated ? 10 : 9;
  const errors = bodyErrors(body);
  if (!/^[0-9X]$/.test(check)) errors.push(new IdentifierError("organisation.character", { position }));
  else if (errors.length === 0) {
    const expected = computeOrganisationCheck(body);
    if (check !== expected) errors.push(new IdentifierError("organisation.check", { position, expected }));
  }
  return errors.length > 0 ? invalid(errors) : valid({ kind: "organisation-code", text: body + check, body, check });
}

/** The parts of a valid organisation code (GB 11714-1997). Throws IdentifierError. */
export const parseOrganisationCode = (text: string): OrganisationCode => valueOf(checkOrganisationCode(text));
