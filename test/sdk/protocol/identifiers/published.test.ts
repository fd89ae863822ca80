import { expect } from "chai";
import { existsSync, readFileSync } from "node:fs";
import { checkCertificateIdentifier } from "../../../../sdk/protocol/identifiers/certificate-identifier.ts";
import { hasMod37Check } from "../../../../sdk/protocol/identifiers/mod37.ts";
import { checkUscc } from "../../../../sdk/protocol/identifiers/uscc.ts";

const file = new URL("../../../../../shared/data/ecert/identifiers.json", import.meta.url);

interface Published {
  readonly vectors: readonly { readonly id: string; readonly checkOk: boolean }[];
}

describe("published certificate identifiers", () => {
  it("hold", function () {
    if (!existsSync(file)) {
      console.log("      skipped: the published identifiers are not beside the project");
      this.skip();
    }
    // The shared file documents this shape; a different one fails the assertions below.
    const { vectors } = JSON.parse(readFileSync(file, "utf8")) as Published;
    expect(vectors).to.have.lengthOf.greaterThan(5);
    for (const { id, checkOk } of vectors) {
      const compact = id.slice("1.2.156.3005.2.".length).replaceAll(".", "");
      expect(hasMod37Check(compact), id).to.equal(checkOk);
      const [typeCode = "", issuer = ""] = id.slice("1.2.156.3005.2.".length).split(".");
      const regional = issuer.length === 6;
      expect(checkUscc(typeCode.slice(0, 18)).ok, id).to.equal(true);
      expect(checkUscc(issuer).ok, id).to.equal(!regional);
      const checked = checkCertificateIdentifier(id);
      const codes = checked.ok ? [] : checked.errors.map(({ code }) => code);
      expect(codes, id).to.deep.equal([
        ...(regional ? ["certificate.issuer-region-code"] : []),
        ...(checkOk ? [] : ["certificate.check"]),
      ]);
    }
  });
});
