import { IdentifierError } from "./errors.ts";
import type { IdentifierErrorCode } from "./errors.ts";

/** The outcome of a check: the value taken apart, or everything that is wrong with it. */
export type Checked<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly errors: readonly IdentifierError[] };

export const valid = <T>(value: T): Checked<T> => ({ ok: true, value });

export const invalid = (errors: readonly IdentifierError[]): Checked<never> => ({ ok: false, errors });

/** The checked value. Throws the first of the errors found. */
export function valueOf<T>(checked: Checked<T>): T {
  if (checked.ok) return checked.value;
  throw checked.errors[0] ?? new IdentifierError("identifier.unrecognised");
}

export interface CharacterRule {
  readonly text: string;
  readonly allowed: RegExp;
  readonly code: IdentifierErrorCode;
  readonly firstPosition?: number;
}

/** One error for each character that `allowed` does not match, with its position. */
export function characterErrors({ text, allowed, code, firstPosition = 1 }: CharacterRule): IdentifierError[] {
  const errors: IdentifierError[] = [];
  let position = firstPosition;
  for (const character of text) {
    if (!allowed.test(character)) errors.push(new IdentifierError(code, { position }));
    position++;
  }
  return errors;
}

/** Characters of a text: not UTF-16 units. */
export function countCharacters(text: string): number {
  let count = 0;
  for (const _character of text) count++;
  return count;
}

/** The value of a character in ISO/IEC 7064's alphanumeric set: 0–9 are 0–9, A–Z are 10–35; −1 for any other. */
export const alphanumericValue = (character: string): number => ALPHANUMERIC.indexOf(character);

export const ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
