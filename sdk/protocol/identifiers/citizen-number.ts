import { isCalendarDate } from "./calendar-date.ts";
import { characterErrors, invalid, valid, valueOf } from "./checked.ts";
import type { Checked } from "./checked.ts";
import { IdentifierError } from "./errors.ts";

const CHECKS = "10X98765432";
const BODY = /^[0-9]{17}$/;

/** Personal data: keep it out of logs, errors, metrics and headers. */
export interface CitizenNumber {
  readonly kind: "citizen-number";
  readonly text: string;
  readonly region: string;
  /** YYYY-MM-DD. */
  readonly birthDate: string;
}

export interface CitizenCheckOptions {
  /** YYYY-MM-DD; a date of birth after it is an error. Without it the date need only exist. */
  readonly asOf?: string;
}

/** ISO/IEC 7064 MOD 11-2 check character of 17 digits (GB 11643-1999). Throws IdentifierError when they are malformed. */
export function computeCitizenCheck(body: string): string {
  if (!BODY.test(body)) throw new IdentifierError("citizen.length", { length: body.length + 1 });
  let sum = 0;
  for (const digit of body) sum = ((sum + Number(digit)) * 2) % 11;
  return CHECKS.charAt(sum);
}

function fieldErrors(text: string, { asOf }: CitizenCheckOptions): IdentifierError[] {
  const errors: IdentifierError[] = [];
  if (text.startsWith("0")) errors.push(new IdentifierError("citizen.region", { position: 1 }));
  const birthDate = birthDateOf(text);
  if (!isCalendarDate(birthDate)) errors.push(new IdentifierError("citizen.birth-date", { position: 7 }));
  else if (asOf !== undefined && birthDate > asOf) {
    errors.push(new IdentifierError("citizen.birth-date-future", { position: 7 }));
  }
  if (computeCitizenCheck(text.slice(0, 17)) !== text.charAt(17)) {
    errors.push(new IdentifierError("citizen.check", { position: 18 }));
  }
  return errors;
}

const birthDateOf = (text: string): string => `${text.slice(6, 10)}-${text.slice(10, 12)}-${text.slice(12, 14)}`;

/**
 * Checks a citizen number (GB 11643-1999). Any one wrong character and any exchange of neighbours is caught. The errors
 * hold positions only, never characters of the number.
 */
export function checkCitizenNumber(text: string, options: CitizenCheckOptions = {}): Checked<CitizenNumber> {
  if (options.asOf !== undefined && !isCalendarDate(options.asOf)) throw new TypeError("asOf must be YYYY-MM-DD");
  const characters = Array.from(text);
  const errors = characters.length === 18 ? [] : [new IdentifierError("citizen.length", { length: characters.length })];
  const body = characters.slice(0, 17).join("");
  errors.push(...characterErrors({ text: body, allowed: /^[0-9]$/, code: "citizen.character" }));
  const last = characters[17];
  if (last !== undefined && !/^[0-9X]$/.test(last)) {
    errors.push(new IdentifierError("citizen.character", { position: 18 }));
  }
  if (errors.length === 0) errors.push(...fieldErrors(text, options));
  if (errors.length > 0) return invalid(errors);
  return valid({ kind: "citizen-number", text, region: text.slice(0, 6), birthDate: birthDateOf(text) });
}

/** The parts of a valid citizen number (GB 11643-1999). Throws IdentifierError, which does not hold the number. */
export const parseCitizenNumber = (text: string, options: CitizenCheckOptions = {}): CitizenNumber =>
  valueOf(checkCitizenNumber(text, options));
