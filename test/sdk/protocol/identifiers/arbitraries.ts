import fc from "fast-check";
import { composeCertificateIdentifier } from "../../../../sdk/protocol/identifiers/certificate-identifier.ts";
import { ALPHANUMERIC } from "../../../../sdk/protocol/identifiers/checked.ts";
import { computeCitizenCheck } from "../../../../sdk/protocol/identifiers/citizen-number.ts";
import { computeOrganisationCheck } from "../../../../sdk/protocol/identifiers/organisation-code.ts";
import { composeUscc, USCC_ALPHABET } from "../../../../sdk/protocol/identifiers/uscc.ts";

export const DIGITS = "0123456789";

export const textOf = (alphabet: string, minLength: number, maxLength = minLength) =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength, maxLength });

export const uscc = fc
  .record({
    type: fc.constantFrom(
      "11",
      "12",
      "13",
      "21",
      "31",
      "41",
      "51",
      "61",
      "71",
      "81",
      "91",
      "92",
      "93",
      "A1",
      "N1",
      "Y1",
    ),
    division: textOf(DIGITS, 6),
    organisationBody: textOf(USCC_ALPHABET, 8),
  })
  .map(({ type, division, organisationBody }) =>
    composeUscc({ department: type.charAt(0), category: type.charAt(1), division, organisationBody }),
  );

export const certificateIdentifier = fc
  .record({
    definingAuthority: uscc,
    sequence: textOf(DIGITS, 3),
    issuer: uscc,
    serial: textOf(ALPHANUMERIC, 1, 32),
    version: textOf(DIGITS, 3),
  })
  .map(({ definingAuthority, sequence, ...rest }) =>
    composeCertificateIdentifier({ typeCode: definingAuthority + sequence, ...rest }),
  );

export const organisationCode = textOf(ALPHANUMERIC, 8).map((body) => body + computeOrganisationCheck(body));

export const citizenNumber = fc
  .record({
    region: textOf(DIGITS, 5),
    day: fc.date({ min: new Date("1900-01-01"), max: new Date("2025-12-31"), noInvalidDate: true }),
    sequence: textOf(DIGITS, 3),
  })
  .map(({ region, day, sequence }) => {
    const body = `9${region}${day.toISOString().slice(0, 10).replaceAll("-", "")}${sequence}`;
    return body + computeCitizenCheck(body);
  });

/** Every text that differs from `text` in one place, `alphabet` giving the characters to try at that place. */
export function substitutions(text: string, alphabet: (index: number) => string): string[] {
  return Array.from(text).flatMap((original, index) =>
    Array.from(alphabet(index))
      .filter((character) => character !== original)
      .map((character) => text.slice(0, index) + character + text.slice(index + 1)),
  );
}

/** Every text that results from exchanging two different neighbours. */
export function transpositions(text: string): string[] {
  return Array.from(text).flatMap((first, index) => {
    const second = text.charAt(index + 1);
    return second === "" || second === first ? [] : [text.slice(0, index) + second + first + text.slice(index + 2)];
  });
}
