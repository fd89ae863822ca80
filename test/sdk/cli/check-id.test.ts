import { expect } from "chai";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { EXIT } from "../../../sdk/cli/errors.ts";
import { computeCitizenCheck } from "../../../sdk/protocol/identifiers/citizen-number.ts";
import { run, runJson } from "./support.ts";

const CERTIFICATE = "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U";
const USCC = "11990100990100018P";
const BODY = "99010019491231002";
const CITIZEN = BODY + computeCitizenCheck(BODY);
const PUBLISHED = fileURLToPath(new URL("../../../../shared/data/ecert/identifiers.json", import.meta.url));

interface Identifier {
  readonly id?: string;
  readonly valid: boolean;
  readonly kind: string | null;
  readonly problems: readonly { readonly code: string; readonly message: string; readonly remedy: string }[];
}

const identifiers = async (...ids: string[]) => {
  const { code, result } = await runJson(["check-id", ...ids]);
  return { code, valid: result?.["valid"], found: result?.["identifiers"] as readonly Identifier[] }; // As the command says it.
};

describe("suyuan check-id", () => {
  it("is 0 when all are valid, and says which kind each is", async () => {
    const { code, valid, found } = await identifiers(CERTIFICATE, USCC, "00001333-8", CITIZEN);
    expect(found.map(({ kind }) => kind)).to.deep.equal([
      "certificate-identifier",
      "uscc",
      "organisation-code",
      "citizen-number",
    ]);
    expect([code, valid]).to.deep.equal([found.every((one) => one.valid) ? EXIT.ok : EXIT.negative, code === EXIT.ok]);
    expect((await identifiers(CERTIFICATE, USCC, CITIZEN)).code).to.equal(EXIT.ok);
  });

  it("is 1 when one is not, with each problem's code, sentence and remedy", async () => {
    const { code, valid, found } = await identifiers(USCC, `${USCC.slice(0, -1)}Q`);
    expect([code, valid]).to.deep.equal([EXIT.negative, false]);
    expect(found.map((one) => one.valid)).to.deep.equal([true, false]);
    expect(found[1]?.problems.map((problem) => problem.code)).to.include("uscc.check");
    for (const { message, remedy } of found[1]?.problems ?? []) expect([message, remedy]).not.to.include("");
  });

  it("catches every change of one character of a certificate identifier", async () => {
    for (let i = 0; i < CERTIFICATE.length; i++) {
      const changed = CERTIFICATE.slice(0, i) + (CERTIFICATE[i] === "7" ? "8" : "7") + CERTIFICATE.slice(i + 1);
      expect((await identifiers(changed)).code, changed).to.equal(EXIT.negative);
    }
  });

  it("is 1 for what is no identifier at all, the empty text included", async () => {
    for (const text of ["", "营业执照", "../../etc/passwd", "\u001b[2J"]) {
      const { code, found } = await identifiers(text);
      expect(code).to.equal(EXIT.negative);
      expect(found[0]).to.deep.include({ valid: false, kind: null });
      expect(found[0]).not.to.have.property("id");
    }
  });

  it("never shows a citizen number back: not a valid one, nor one with a typing error", async () => {
    const wrong = [
      CITIZEN,
      BODY + (CITIZEN.endsWith("1") ? "2" : "1"),
      `${CITIZEN}1`,
      `1${CITIZEN}`,
      `A${CITIZEN}`,
      CITIZEN.slice(1),
      `${BODY}x`,
      `${CITIZEN} `,
      CITIZEN.replace("0", "O"),
      CITIZEN.replace("1949", "2949"),
      CITIZEN.replace("1231", "1331"),
      CITIZEN.toLowerCase(),
    ];
    for (const text of wrong) {
      const seen = [await run(["check-id", USCC, text]), await run(["check-id", USCC, text, "--json"])];
      for (const { out, err } of seen) {
        expect(out + err).not.to.include(text.slice(8, 14));
        expect(out).to.include(USCC);
      }
    }
  });

  it("tells people the position of what cannot be shown", async () => {
    const { out } = await run(["check-id", USCC, CITIZEN, "--lang", "en"]);
    expect(out.split("\n").slice(0, 2)).to.deep.equal([
      `✓ valid  ${USCC}  unified social credit code`,
      "✓ valid  number 2  citizen number",
    ]);
  });

  it("agrees with the published identifiers", async function () {
    if (!existsSync(PUBLISHED)) {
      console.log("      skipped: the published identifiers are not here");
      this.skip();
    }
    const { vectors } = JSON.parse(readFileSync(PUBLISHED, "utf8")) as {
      vectors: { id: string; checkOk: boolean; remark?: string }[];
    };
    for (const { id, checkOk, remark } of vectors) {
      const conforming = checkOk && !(remark ?? "").includes("non-conforming");
      expect((await identifiers(id)).code, id).to.equal(conforming ? EXIT.ok : EXIT.negative);
    }
  });
});
