import { characterErrors, countCharacters, invalid, valid, valueOf } from "./checked.ts";
import type { Checked } from "./checked.ts";
import { IdentifierError } from "./errors.ts";
import { computeMod37Check } from "./mod37.ts";
import { usccErrors } from "./uscc.ts";

/** The root of e-certificate identifiers, GB/T 36904-2018. */
export const CERTIFICATE_OID = "1.2.156.3005.2";

const PREFIX = `${CERTIFICATE_OID}.`;
const REGION_CODE = /^(?:[0-9]{6}|[0-9]{9}|[0-9]{12})$/;
const TYPE_SEQUENCE = /^[0-9]{3}$/;
const SERIAL = /^[0-9A-Z]+$/;

export interface CertificateIdentifier {
  readonly kind: "certificate-identifier";
  readonly text: string;
  /** 21 characters: the defining authority's unified social credit code and a three-digit number. */
  readonly typeCode: string;
  readonly definingAuthority: string;
  readonly typeSequence: string;
  /** The issuing authority's unified social credit code. */
  readonly issuer: string;
  readonly serial: string;
  /** Three digits. */
  readonly version: string;
  readonly check: string;
}

export interface CertificateIdentifierParts {
  readonly typeCode: string;
  readonly issuer: string;
  readonly serial: string;
  readonly version: string;
}

/** MOD 37,36 check character over the parts as written, dots and root left out. Throws TypeError outside 0–9 and A–Z. */
export const computeCertificateCheck = ({ typeCode, issuer, serial, version }: CertificateIdentifierParts): string =>
  computeMod37Check(typeCode + issuer + serial + version);

/** A complete identifier from its parts. Throws IdentifierError when a part is not valid. */
export function composeCertificateIdentifier(parts: CertificateIdentifierParts): string {
  const { typeCode, issuer, serial, version } = parts;
  return parseCertificateIdentifier(
    `${PREFIX}${typeCode}.${issuer}.${serial}.${version}.${computeCertificateCheck(parts)}`,
  ).text;
}

interface Part {
  readonly text: string;
  /** Position of its first character in the identifier, from 1. */
  readonly position: number;
}

function innerUsccErrors({ text, position }: Part, part: "definingAuthority" | "issuer"): IdentifierError[] {
  return usccErrors(text).map(
    ({ code, values }) =>
      new IdentifierError(code, { ...values, position: position - 1 + Number(values["position"] ?? 1), part }),
  );
}

function typeErrors({ text, position }: Part): IdentifierError[] {
  const length = countCharacters(text);
  if (length !== 21) return [new IdentifierError("certificate.type-length", { position, length })];
  const errors = innerUsccErrors({ text: text.slice(0, 18), position }, "definingAuthority");
  const sequence = text.slice(18);
  if (TYPE_SEQUENCE.test(sequence)) return errors;
  const code = "certificate.type-sequence";
  return [...errors, ...characterErrors({ text: sequence, allowed: /^[0-9]$/, code, firstPosition: position + 18 })];
}

function issuerErrors(part: Part): IdentifierError[] {
  if (REGION_CODE.test(part.text)) {
    return [new IdentifierError("certificate.issuer-region-code", { position: part.position })];
  }
  return innerUsccErrors(part, "issuer");
}

function serialErrors({ text, position }: Part): IdentifierError[] {
  if (SERIAL.test(text)) return [];
  if (text === "") return [new IdentifierError("certificate.serial", { position })];
  return characterErrors({ text, allowed: /^[0-9A-Z]$/, code: "certificate.serial", firstPosition: position });
}

const versionErrors = ({ text, position }: Part): IdentifierError[] =>
  /^[0-9]{3}$/.test(text) ? [] : [new IdentifierError("certificate.version", { position })];

function checkErrors(body: string, { text, position }: Part): IdentifierError[] {
  if (!/^[0-9A-Z]$/.test(text)) return [new IdentifierError("certificate.check-length", { position })];
  if (!/^[0-9A-Z]+$/.test(body)) return [];
  const expected = computeMod37Check(body);
  return text === expected ? [] : [new IdentifierError("certificate.check", { position, expected })];
}

/**
 * Checks an e-certificate identifier (GB/T 36904-2018): root, five parts, the two unified social credit codes inside with
 * all their checks, and the MOD 37,36 character over everything after the root, dots removed. Any one wrong character is
 * caught.
 */
export function checkCertificateIdentifier(text: string): Checked<CertificateIdentifier> {
  if (!text.startsWith(PREFIX)) return invalid([new IdentifierError("certificate.prefix", { position: 1 })]);
  const parts = partsOf(text);
  const [type, issuer, serial, version, check] = parts;
  if (parts.length !== 5 || !type || !issuer || !serial || !version || !check) {
    return invalid([new IdentifierError("certificate.parts", { count: parts.length })]);
  }
  const errors = typeErrors(type);
  errors.push(...issuerErrors(issuer));
  errors.push(...serialErrors(serial));
  errors.push(...versionErrors(version));
  errors.push(...checkErrors(type.text + issuer.text + serial.text + version.text, check));
  if (errors.length > 0) return invalid(errors);
  return valid({
    kind: "certificate-identifier",
    text,
    typeCode: type.text,
    definingAuthority: type.text.slice(0, 18),
    typeSequence: type.text.slice(18),
    issuer: issuer.text,
    serial: serial.text,
    version: version.text,
    check: check.text,
  });
}

function partsOf(text: string): readonly Part[] {
  let position = PREFIX.length + 1;
  return text
    .slice(PREFIX.length)
    .split(".")
    .map((part) => {
      const start = position;
      position += countCharacters(part) + 1;
      return { text: part, position: start };
    });
}

/** The parts of a valid e-certificate identifier (GB/T 36904-2018). Throws IdentifierError. */
export const parseCertificateIdentifier = (text: string): CertificateIdentifier =>
  valueOf(checkCertificateIdentifier(text));
