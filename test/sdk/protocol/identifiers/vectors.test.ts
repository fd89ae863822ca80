import { expect } from "chai";
import { readFileSync } from "node:fs";
import { checkCertificateIdentifier } from "../../../../sdk/protocol/identifiers/certificate-identifier.ts";
import type { Checked } from "../../../../sdk/protocol/identifiers/checked.ts";
import { checkCitizenNumber } from "../../../../sdk/protocol/identifiers/citizen-number.ts";
import { checkOrganisationCode } from "../../../../sdk/protocol/identifiers/organisation-code.ts";
import { checkUscc } from "../../../../sdk/protocol/identifiers/uscc.ts";

interface Vector {
  readonly text: string;
  readonly asOf?: string;
  readonly errors: readonly { readonly code: string; readonly values: Record<string, string | number> }[];
}

interface Vectors {
  readonly certificateIdentifiers: readonly Vector[];
  readonly usccs: readonly Vector[];
  readonly organisationCodes: readonly Vector[];
  readonly citizenNumbers: readonly Vector[];
}

// The fixture's shape is this file's own; a wrong one fails the assertions below.
const vectors = JSON.parse(
  readFileSync(new URL("../../../vectors/identifiers.json", import.meta.url), "utf8"),
) as Vectors;

const errorsOf = (checked: Checked<unknown>) =>
  checked.ok ? [] : checked.errors.map(({ code, values }) => ({ code, values }));

function suite(title: string, list: readonly Vector[], check: (vector: Vector) => Checked<unknown>) {
  describe(title, () => {
    list.forEach((vector, index) => {
      const codes = vector.errors.map(({ code }) => code).join(", ");
      it(`vector ${index}: ${codes || "valid"}`, () => {
        expect(errorsOf(check(vector))).to.deep.equal(vector.errors);
      });
    });
  });
}

describe("identifier vectors", () => {
  suite("certificate identifiers", vectors.certificateIdentifiers, ({ text }) => checkCertificateIdentifier(text));
  suite("unified social credit codes", vectors.usccs, ({ text }) => checkUscc(text));
  suite("organisation codes", vectors.organisationCodes, ({ text }) => checkOrganisationCode(text));
  suite("citizen numbers", vectors.citizenNumbers, ({ text, asOf }) =>
    checkCitizenNumber(text, asOf === undefined ? {} : { asOf }),
  );
});
