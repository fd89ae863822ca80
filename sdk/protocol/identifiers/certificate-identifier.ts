import { characterErrors, countCharacters, invalid, valid, valueOf } from "./checked.ts";
import type { Checked } from "./checked.ts";
import { IdentifierError } from "./errors.ts";
import { computeMod37Check } from "./mod37.ts";
import { checkUscc } from "./uscc.ts";

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
  const checked = checkUscc(text);
  if (checked.ok) return [];
  return checked.errors.map(
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
  const texts = text.slice(PREFIX.length).split(".");
  const [typeCode, issuer, serial, version, check] = texts;
  if (
    texts.length !== 5 ||
    typeCode === undefined ||
    issuer === undefined ||
    serial === undefined ||
    version === undefined ||
    check === undefined
  ) {
    return invalid([new IdentifierError("certificate.parts", { count: texts.length })]);
  }
  const positions = startPositions(texts);
  const part = (index: number): Part => ({ text: texts[index] ?? "", position: positions[index] ?? 1 });
  const errors = [
    ...typeErrors(part(0)),
    ...issuerErrors(part(1)),
    ...serialErrors(part(2)),
    ...versionErrors(part(3)),
    ...checkErrors(typeCode + issuer + serial + version, part(4)),
  ];
  if (errors.length > 0) return invalid(errors);
  const [definingAuthority, typeSequence] = [typeCode.slice(0, 18), typeCode.slice(18)];
  return valid({
    kind: "certificate-identifier",
    text,
    typeCode,
    definingAuthority,
    typeSequence,
    issuer,
    serial,
    version,
    check,
  });
}

function startPositions(texts: readonly string[]): number[] {
  let next = PREFIX.length + 1;
  return texts.map((text) => {
    const start = next;
    next += countCharacters(text) + 1;
    return start;
  });
}

/** The parts of a valid e-certificate identifier (GB/T 36904-2018). Throws IdentifierError. */
export const parseCertificateIdentifier = (text: string): CertificateIdentifier =>
  valueOf(checkCertificateIdentifier(text));
