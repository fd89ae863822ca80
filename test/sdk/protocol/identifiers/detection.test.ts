import { expect } from "chai";
import fc from "fast-check";
import {
  checkCertificateIdentifier,
  CERTIFICATE_OID,
} from "../../../../sdk/protocol/identifiers/certificate-identifier.ts";
import { ALPHANUMERIC, alphanumericValue } from "../../../../sdk/protocol/identifiers/checked.ts";
import { checkCitizenNumber } from "../../../../sdk/protocol/identifiers/citizen-number.ts";
import { computeMod37Check, hasMod37Check } from "../../../../sdk/protocol/identifiers/mod37.ts";
import {
  checkOrganisationCode,
  computeOrganisationCheck,
} from "../../../../sdk/protocol/identifiers/organisation-code.ts";
import { checkUscc, USCC_ALPHABET } from "../../../../sdk/protocol/identifiers/uscc.ts";
import {
  certificateIdentifier,
  citizenNumber,
  DIGITS,
  organisationCode,
  substitutions,
  textOf,
  transpositions,
  uscc,
} from "./arbitraries.ts";

const undetected = (texts: readonly string[], check: (text: string) => { readonly ok: boolean }) =>
  texts.filter((text) => check(text).ok);

const run = (property: fc.IPropertyWithHooks<[string]>, numRuns: number) => fc.assert(property, { numRuns });

describe("one wrong character", function () {
  this.timeout(20_000);

  it("is caught anywhere in a unified social credit code", () => {
    run(
      fc.property(uscc, (text) => {
        expect(checkUscc(text).ok).to.equal(true);
        expect(
          undetected(
            substitutions(text, () => USCC_ALPHABET),
            checkUscc,
          ),
        ).to.deep.equal([]);
      }),
      30,
    );
  });

  it("is caught anywhere in a certificate identifier, dots and root included", () => {
    run(
      fc.property(certificateIdentifier, (text) => {
        expect(checkCertificateIdentifier(text).ok).to.equal(true);
        const wrong = substitutions(text, () => `${ALPHANUMERIC}.`);
        expect(undetected(wrong, checkCertificateIdentifier)).to.deep.equal([]);
      }),
      8,
    );
  });

  it("is caught anywhere in a citizen number", () => {
    run(
      fc.property(citizenNumber, (text) => {
        expect(checkCitizenNumber(text).ok).to.equal(true);
        expect(
          undetected(
            substitutions(text, () => `${DIGITS}X`),
            checkCitizenNumber,
          ),
        ).to.deep.equal([]);
      }),
      100,
    );
  });

  it("is caught in an organisation code exactly where the two values differ modulo 11", () => {
    run(
      fc.property(organisationCode, (text) => {
        expect(checkOrganisationCode(text).ok).to.equal(true);
        const wrong = substitutions(text, (index) => (index < 8 ? ALPHANUMERIC : `${DIGITS}X`));
        for (const candidate of wrong) {
          const index = Array.from(text).findIndex((character, i) => character !== candidate.charAt(i));
          const difference = alphanumericValue(text.charAt(index)) - alphanumericValue(candidate.charAt(index));
          expect(checkOrganisationCode(candidate).ok).to.equal(index < 8 && difference % 11 === 0);
        }
      }),
      50,
    );
  });

  it("is caught in any digit of an all-digit organisation code", () => {
    run(
      fc.property(textOf(DIGITS, 8), (body) => {
        const text = body + computeOrganisationCheck(body);
        const wrong = substitutions(text, (index) => (index < 8 ? DIGITS : `${DIGITS}X`));
        expect(undetected(wrong, checkOrganisationCode)).to.deep.equal([]);
      }),
      50,
    );
  });
});

describe("two neighbours exchanged", () => {
  it("are caught in a unified social credit code", () => {
    run(
      fc.property(uscc, (text) => {
        expect(undetected(transpositions(text), checkUscc)).to.deep.equal([]);
      }),
      500,
    );
  });

  it("are caught in a citizen number", () => {
    run(
      fc.property(citizenNumber, (text) => {
        expect(undetected(transpositions(text), checkCitizenNumber)).to.deep.equal([]);
      }),
      500,
    );
  });

  it("are caught in an all-digit organisation code", () => {
    run(
      fc.property(textOf(DIGITS, 8), (body) => {
        const text = body + computeOrganisationCheck(body);
        const exchanged = transpositions(text).filter((candidate) => /^[0-9]{8}/.test(candidate));
        expect(undetected(exchanged, checkOrganisationCode)).to.deep.equal([]);
      }),
      200,
    );
  });

  it("escape MOD 37,36 only where the two values differ by one on the ring of 36", () => {
    let escaped = 0;
    run(
      fc.property(textOf(ALPHANUMERIC, 2, 40), (body) => {
        const text = body + computeMod37Check(body);
        for (const candidate of transpositions(text)) {
          if (!hasMod37Check(candidate)) continue;
          escaped += 1;
          const index = Array.from(text).findIndex((character, i) => character !== candidate.charAt(i));
          const difference = alphanumericValue(text.charAt(index)) - alphanumericValue(text.charAt(index + 1));
          expect([1, 35]).to.include(Math.abs(difference));
        }
      }),
      2_000,
    );
    expect(escaped).to.be.lessThan(200);
  });
});

describe("MOD 37,36", () => {
  it("refuses characters outside 0–9 and A–Z", () => {
    expect(() => computeMod37Check("a")).to.throw(TypeError);
    expect(hasMod37Check("A1b")).to.equal(false);
  });

  it("needs more than the check character", () => {
    expect(hasMod37Check("1")).to.equal(false);
    expect(hasMod37Check(`1${computeMod37Check("1")}`)).to.equal(true);
  });

  it("is what the identifier carries after the root, dots removed", () => {
    run(
      fc.property(certificateIdentifier, (text) => {
        const compact = text.slice(CERTIFICATE_OID.length + 1).replaceAll(".", "");
        expect(hasMod37Check(compact)).to.equal(true);
      }),
      50,
    );
  });
});
