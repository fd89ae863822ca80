import { expect } from "chai";
import { creditLicence } from "../../../sdk/families/credit-licence.ts";
import { AUTHORITY, changedAll, COMPANY, found, licence, PERSON } from "./documents.ts";

const expectFound = (changes: Readonly<Record<string, unknown>>, expected: readonly string[], options = {}) =>
  expect(found(creditLicence, changedAll(licence, changes), options)).to.deep.equal(expected);

describe("credit-licence", () => {
  it("accepts a full document, judged on a day or not", () => {
    expectFound({}, []);
    expectFound({}, [], { asOf: "2025-03-01" });
  });

  it("names itself by the decision number", () => {
    expect(creditLicence.businessKey(licence)).to.equal("溯市监许〔2025〕1号");
  });

  describe("party", () => {
    it("has a valid code", () => {
      expectFound({ counterpartyCode: COMPANY.replace("P", "Q") }, ["uscc.check counterpartyCode"]);
    });

    it("without a code is a person", () => {
      expectFound({ counterpartyCode: null, counterpartyName: "演示甲子" }, []);
      for (const name of ["溯源市示例甲有限公司", "示例农民专业合作社", "示例律师事务所"]) {
        expectFound({ counterpartyCode: null, counterpartyName: name }, ["credit.code-required counterpartyCode"]);
      }
    });

    it("never has an identity number for a code", () => {
      expectFound({ counterpartyCode: PERSON, counterpartyName: "演示甲子" }, [
        "credit.identity-number counterpartyCode",
      ]);
    });
  });

  describe("identity numbers", () => {
    it("are refused in every text", () => {
      const texts = ["counterpartyName", "decisionDocumentName", "licenceName", "licenceContent", "authorityName"];
      for (const property of [...texts, "sourceName"]) {
        expectFound({ [property]: `演示（${PERSON}）` }, [`credit.identity-number ${property}`]);
      }
      expectFound({ licenceCategory: `其他-${PERSON}` }, ["credit.identity-number licenceCategory"]);
    });

    it("are refused with a small x", () => {
      expectFound({ licenceContent: "持证人99010020240229003x" }, ["credit.identity-number licenceContent"]);
    });

    it("are refused as licence numbers of anyone of age", () => {
      expectFound({ licenceNumber: PERSON }, ["credit.identity-number licenceNumber"]);
      expectFound({ decisionNumber: `溯〔2025〕${PERSON}号` }, ["credit.identity-number decisionNumber"]);
    });

    it("are not seen in numbers made of region, recent date and serial", () => {
      expectFound({ licenceNumber: "99010020240229003X" }, []);
    });

    it("are not seen in other digits", () => {
      expectFound({ licenceContent: `批准面积：${PERSON}1 平方米，编号 990100200001010019` }, []);
    });
  });

  describe("authorities", () => {
    it("have valid codes", () => {
      const wrong = AUTHORITY.replace("P", "Q");
      expectFound({ authorityCode: wrong }, ["uscc.check authorityCode"]);
      expectFound({ sourceCode: wrong }, ["uscc.check sourceCode"]);
    });
  });

  describe("decision number", () => {
    it("has a year in brackets and ends in 号", () => {
      for (const number of ["(溯)食许[2025]第12号", "溯环许（2024）3号"]) expectFound({ decisionNumber: number }, []);
      for (const number of ["溯市监许2025-1号", "溯市监许〔2025〕1", "溯市监许〔1825〕1号", "溯 许〔2025〕1号"]) {
        expectFound({ decisionNumber: number }, ["schema.pattern decisionNumber"]);
      }
    });
  });

  describe("kind of licence", () => {
    it("is one of the six, 其他 with a name", () => {
      for (const kind of ["特许", "认可", "核准", "登记", "其他", "其他-备案"])
        expectFound({ licenceCategory: kind }, []);
      expectFound({ licenceCategory: "备案" }, ["schema.pattern licenceCategory"]);
    });
  });

  describe("dates", () => {
    it("of validity are in order, an open end included", () => {
      expectFound({ validFrom: "2030-02-28" }, []);
      expectFound({ validFrom: "2030-03-01" }, ["family.period-reversed validUntil"]);
      expectFound({ validUntil: null }, []);
    });

    it("of the decision lie before the end and by the day of the check", () => {
      expectFound({ decisionDate: "2030-03-01" }, ["family.period-reversed validUntil"]);
      expectFound({}, ["family.future-date decisionDate"], { asOf: "2025-02-28" });
    });
  });
});
