import { expect } from "chai";
import { RECORD_STATES } from "../../../sdk/chain/statuses.ts";
import { chainErrorTexts } from "../../../sdk/chain/errors.ts";
import { checkTexts, describeFinding, type FindingCode } from "../../../sdk/verify/codes.ts";
import { verdictOf } from "../../../sdk/verify/report.ts";
import { formatTime } from "../../../sdk/verify/words.ts";

const placeholders = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "").sort();
const codes = [...Object.keys(checkTexts), ...Object.keys(chainErrorTexts)] as FindingCode[]; // The keys of both catalogues.

describe("the catalogue of findings", () => {
  it("says each thing in both languages with the same values", () => {
    for (const [code, { zh, en, remedy }] of [...Object.entries(checkTexts), ...Object.entries(chainErrorTexts)]) {
      expect(placeholders(zh), code).to.deep.equal(placeholders(en));
      expect(placeholders(remedy.zh), code).to.deep.equal(placeholders(remedy.en));
      expect(zh, code).to.match(/\p{Script=Han}/u);
      expect(en, code).to.not.match(/\p{Script=Han}/u);
    }
  });

  it("says what to do for everything that is not good news", () => {
    for (const code of codes) {
      const { fixer, remedy } = describeFinding({ code, values: {} }, "zh");
      expect(fixer === "nobody", code).to.equal(remedy === "");
    }
  });

  it("has a code for every state of a record", () => {
    for (const state of RECORD_STATES) expect(checkTexts).to.have.property(`status.${state}`);
  });

  it("fills in values in the reader's language, and the protocol's words for a broken rule", () => {
    const values = { side: "consumer" };
    expect(describeFinding({ code: "receipt.signature", values }, "zh").what).to.equal("使用方签名不成立");
    expect(describeFinding({ code: "receipt.signature", values }, "en").what).to.equal(
      "The consumer signature does not hold",
    );
    const broken = describeFinding({ code: "format.invalid", values: { rule: "shape.missing", at: "header.v" } }, "en");
    expect(broken.what).to.equal("Not a valid evidence file: header.v is missing");
  });

  it("shows times as local time of UTC+8", () => {
    expect(formatTime(1_772_413_200)).to.equal("2026-03-02 09:00:00 +08:00");
    expect(formatTime(Number.MAX_SAFE_INTEGER)).to.equal(String(Number.MAX_SAFE_INTEGER));
  });
});

describe("verdictOf", () => {
  const check = (outcome: "pass" | "fail" | "error" | "skipped", mandatory = true) => ({ outcome, mandatory });

  it("rejects on any fail, is undetermined on any mandatory check that is not pass, else verifies", () => {
    expect(verdictOf([check("pass"), check("pass")])).to.equal("verified");
    expect(verdictOf([check("pass"), check("skipped", false), check("error", false)])).to.equal("verified");
    expect(verdictOf([check("pass"), check("error")])).to.equal("undetermined");
    expect(verdictOf([check("pass"), check("skipped")])).to.equal("undetermined");
    expect(verdictOf([check("error"), check("fail", false)])).to.equal("rejected");
  });
});
