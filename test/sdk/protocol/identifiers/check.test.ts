import { expect } from "chai";
import fc from "fast-check";
import {
  composeCertificateIdentifier,
  parseCertificateIdentifier,
} from "../../../../sdk/protocol/identifiers/certificate-identifier.ts";
import { checkIdentifier, findIdentifierKind } from "../../../../sdk/protocol/identifiers/check.ts";
import type { IdentifierKind } from "../../../../sdk/protocol/identifiers/check.ts";
import {
  checkCitizenNumber,
  computeCitizenCheck,
  parseCitizenNumber,
} from "../../../../sdk/protocol/identifiers/citizen-number.ts";
import { IdentifierError, identifierTexts } from "../../../../sdk/protocol/identifiers/errors.ts";
import {
  computeOrganisationCheck,
  parseOrganisationCode,
} from "../../../../sdk/protocol/identifiers/organisation-code.ts";
import { composeUscc, computeUsccCheck, parseUscc } from "../../../../sdk/protocol/identifiers/uscc.ts";
import { citizenNumber, substitutions } from "./arbitraries.ts";

const TYPE = "11990100990100018P001";
const ISSUER = "11990100990100026J";
const IDENTIFIER = `1.2.156.3005.2.${TYPE}.${ISSUER}.2025000001.001.F`;

const codeOf = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    if (error instanceof IdentifierError) return error.code;
    throw error;
  }
  return "none";
};

describe("checkIdentifier", () => {
  const kinds: readonly (readonly [string, IdentifierKind | undefined])[] = [
    [IDENTIFIER, "certificate-identifier"],
    ["1.2.156.3005.2", "certificate-identifier"],
    ["11990100990100018P", "uscc"],
    ["11990100990100018p", "uscc"],
    ["11990100990100018", "citizen-number"],
    ["129901009901000425", "uscc"],
    ["129901009901000426", "uscc"],
    ["91990100YY000001X", "uscc"],
    ["990100018", "organisation-code"],
    ["99010001-8", "organisation-code"],
    ["990100200001010018", "citizen-number"],
    ["119901199001200160", "citizen-number"], // A valid code of both kinds: the private one counts.
    ["119901209901000427", "uscc"], // Valid, and in the shape of a citizen number.
    ["990100200001010017", "citizen-number"],
    ["99010020000101001x", "citizen-number"],
    ["990100000101001", "citizen-number"],
    ["", undefined],
    [" 11990100990100018P", undefined],
    ["溯源", undefined],
    ["192.168.0.1", undefined],
  ];
  for (const [text, kind] of kinds) {
    it(`takes «${text}» for ${kind ?? "nothing known"}`, () => {
      expect(findIdentifierKind(text)).to.equal(kind);
    });
  }

  it("gives kind and parts of a valid one", () => {
    const checked = checkIdentifier("11990100990100018P");
    expect(checked).to.deep.equal({
      ok: true,
      kind: "uscc",
      value: {
        kind: "uscc",
        text: "11990100990100018P",
        department: "1",
        category: "1",
        division: "990100",
        organisationCode: "990100018",
        check: "P",
      },
    });
  });

  it("says that a text is nothing it knows", () => {
    const checked = checkIdentifier("hello");
    expect(checked.ok).to.equal(false);
    if (!checked.ok) expect(checked.errors.map(({ code }) => code)).to.deep.equal(["identifier.unrecognised"]);
    expect(checked).not.to.have.property("kind");
  });

  it("passes the day of the check on", () => {
    expect(checkIdentifier("990100199912310024", { asOf: "1999-12-31" }).ok).to.equal(true);
    expect(checkIdentifier("990100199912310024", { asOf: "1999-12-30" }).ok).to.equal(false);
  });
});

describe("parse", () => {
  it("takes a certificate identifier apart", () => {
    expect(parseCertificateIdentifier(IDENTIFIER)).to.deep.equal({
      kind: "certificate-identifier",
      text: IDENTIFIER,
      typeCode: TYPE,
      definingAuthority: "11990100990100018P",
      typeSequence: "001",
      issuer: ISSUER,
      serial: "2025000001",
      version: "001",
      check: "F",
    });
    expect(codeOf(() => parseCertificateIdentifier(IDENTIFIER.slice(0, -1) + "E"))).to.equal("certificate.check");
  });

  it("takes an organisation code apart, hyphen dropped", () => {
    expect(parseOrganisationCode("99010001-8")).to.deep.equal({
      kind: "organisation-code",
      text: "990100018",
      body: "99010001",
      check: "8",
    });
    expect(codeOf(() => parseOrganisationCode("99010001"))).to.equal("organisation.length");
  });

  it("takes a citizen number apart", () => {
    expect(parseCitizenNumber("99010020240229003X")).to.deep.equal({
      kind: "citizen-number",
      text: "99010020240229003X",
      region: "990100",
      birthDate: "2024-02-29",
    });
    expect(codeOf(() => parseCitizenNumber("990100202302290030"))).to.equal("citizen.birth-date");
  });

  it("throws the first error of a unified social credit code", () => {
    expect(codeOf(() => parseUscc("1"))).to.equal("uscc.length");
  });
});

describe("generation", () => {
  it("composes what the check accepts", () => {
    const parts = { department: "1", category: "1", division: "990100", organisationBody: "99010001" };
    expect(composeUscc(parts)).to.equal("11990100990100018P");
    expect(
      composeCertificateIdentifier({ typeCode: TYPE, issuer: ISSUER, serial: "2025000001", version: "001" }),
    ).to.equal(IDENTIFIER);
  });

  it("refuses parts that cannot be valid", () => {
    const parts = { department: "1", category: "8", division: "990100", organisationBody: "99010001" };
    expect(codeOf(() => composeUscc(parts))).to.equal("uscc.category");
    expect(codeOf(() => computeUsccCheck("1"))).to.equal("uscc.length");
    expect(codeOf(() => computeUsccCheck("I1990100990100018"))).to.equal("uscc.character");
    expect(codeOf(() => computeOrganisationCheck("9901"))).to.equal("organisation.length");
    expect(codeOf(() => computeOrganisationCheck("9901000-"))).to.equal("organisation.character");
    expect(codeOf(() => computeCitizenCheck("99010020"))).to.equal("citizen.length");
  });

  it("treats a wrong asOf as the caller's mistake", () => {
    expect(() => checkCitizenNumber("990100200001010018", { asOf: "2025-02-30" })).to.throw(TypeError);
  });
});

describe("errors", () => {
  it("never hold a citizen number or its expected check character", () => {
    fc.assert(
      fc.property(citizenNumber, (text) => {
        for (const wrong of [text.slice(0, 17), `${text}1`, ...substitutions(text, () => "0X").slice(0, 40)]) {
          const checked = checkIdentifier(wrong);
          if (checked.ok) continue;
          for (const error of checked.errors) {
            const shown = [error.message, error.describe("zh"), error.describe("en"), error.stack, error.cause];
            const all = JSON.stringify([shown, error.values, error.remedy("zh"), error.remedy("en")]);
            expect(all).not.to.include(wrong.slice(6, 14));
            expect(all).not.to.include(text.slice(6, 14));
            if (error.code.startsWith("citizen.")) expect(error.values).not.to.have.property("expected");
          }
        }
      }),
      { numRuns: 25 },
    );
  });

  it("have a text and a remedy in both languages for every code", () => {
    for (const { zh, en, remedy } of Object.values(identifierTexts)) {
      for (const text of [zh, remedy.zh]) expect(text).to.match(/\p{Script=Han}/u);
      for (const text of [en, remedy.en]) expect(text).to.match(/^[A-Z1]/);
    }
  });

  it("leave no placeholder open", () => {
    const wrong = ["1", "11990100990100019M", "99010001-9", IDENTIFIER.slice(0, -1) + "E", "1.2.156.3005.2.1.2.3"];
    for (const text of [...wrong, "990100199912310025"]) {
      const checked = checkIdentifier(text);
      if (checked.ok) throw new Error("valid");
      for (const error of checked.errors) {
        for (const shown of [error.describe("zh"), error.describe("en")]) expect(shown).not.to.match(/[{}]/);
      }
    }
  });
});
