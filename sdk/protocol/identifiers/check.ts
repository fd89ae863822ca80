import type { CertificateIdentifier } from "./certificate-identifier.ts";
import { CERTIFICATE_OID, checkCertificateIdentifier } from "./certificate-identifier.ts";
import { countCharacters, type Checked } from "./checked.ts";
import type { CitizenCheckOptions, CitizenNumber } from "./citizen-number.ts";
import { checkCitizenNumber } from "./citizen-number.ts";
import { IdentifierError } from "./errors.ts";
import type { OrganisationCode } from "./organisation-code.ts";
import { checkOrganisationCode } from "./organisation-code.ts";
import type { Uscc } from "./uscc.ts";
import { checkUscc } from "./uscc.ts";

export type Identifier = CertificateIdentifier | Uscc | OrganisationCode | CitizenNumber;
export type IdentifierKind = Identifier["kind"];

export type CheckedIdentifier =
  | { readonly ok: true; readonly kind: IdentifierKind; readonly value: Identifier }
  | { readonly ok: false; readonly kind?: IdentifierKind; readonly errors: readonly IdentifierError[] };

/** Digits that may be a citizen number, typing errors included: these are treated as one, so that nothing is revealed. */
const CITIZEN_LIKE = /^[1-9][0-9]{5}(?:1[89]|20)[0-9]{9}[0-9Xx]$/;

/**
 * Which kind of identifier the text is meant to be, or undefined. 18 digits can be a unified social credit code or a
 * citizen number; where both are possible it is a citizen number, the kind that must be kept private.
 */
export function findIdentifierKind(text: string): IdentifierKind | undefined {
  if (text.includes(".") && text.startsWith(CERTIFICATE_OID.slice(0, 8))) return "certificate-identifier";
  if (/^[0-9A-Za-z]{8}-?[0-9A-Za-z]$/.test(text)) return "organisation-code";
  if (/^[0-9]{15,18}[0-9Xx]?$/.test(text) || /^[0-9]{14}[Xx]$/.test(text)) {
    if (checkCitizenNumber(text).ok) return "citizen-number";
    if (checkUscc(text).ok) return "uscc";
    return countCharacters(text) === 18 && !CITIZEN_LIKE.test(text) ? "uscc" : "citizen-number";
  }
  return /^[0-9A-Za-z]{16,20}$/.test(text) ? "uscc" : undefined;
}

function checkAs(kind: IdentifierKind, text: string, options: CitizenCheckOptions): Checked<Identifier> {
  switch (kind) {
    case "certificate-identifier":
      return checkCertificateIdentifier(text);
    case "uscc":
      return checkUscc(text);
    case "organisation-code":
      return checkOrganisationCode(text);
    case "citizen-number":
      return checkCitizenNumber(text, options);
  }
}

/**
 * Recognises an e-certificate identifier (GB/T 36904), unified social credit code (GB 32100), organisation code
 * (GB 11714) or citizen number (GB 11643) and checks it, reporting every problem. Text that is none of them gives
 * `identifier.unrecognised` without a kind.
 */
export function checkIdentifier(text: string, options: CitizenCheckOptions = {}): CheckedIdentifier {
  const kind = findIdentifierKind(text);
  if (kind === undefined) return { ok: false, errors: [new IdentifierError("identifier.unrecognised")] };
  const checked = checkAs(kind, text, options);
  return checked.ok ? { ok: true, kind, value: checked.value } : { ok: false, kind, errors: checked.errors };
}
