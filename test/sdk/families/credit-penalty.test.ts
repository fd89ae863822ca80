import { expect } from "chai";
import { affectedCertificates, creditPenalty } from "../../../sdk/families/credit-penalty.ts";
import {
  changedAll,
  COMPANY,
  found,
  IDENTIFIER,
  INDIVIDUAL_BUSINESS,
  penalty,
  PERSON,
  PREDECESSOR,
} from "./documents.ts";

type Changes = Readonly<Record<string, unknown>>;

const expectFound = (changes: Changes, expected: readonly string[], options = {}) =>
  expect(found(creditPenalty, changedAll(penalty, changes), options)).to.deep.equal(expected);

const person = {
  counterpartyCategory: "自然人",
  counterpartyName: "演示甲子",
  counterpartyCode: null,
  legalRepresentative: null,
};
const individual = { counterpartyCategory: "个体工商户", counterpartyCode: INDIVIDUAL_BUSINESS };
const fineOnly = { penaltyCategory: "罚款", confiscatedFen: null, affectedLicence: null };

describe("credit-penalty", () => {
  it("accepts a full document, judged on a day or not", () => {
    expectFound({}, []);
    expectFound({}, [], { asOf: "2025-03-02" });
  });

  it("names itself by the decision number", () => {
    expect(creditPenalty.businessKey(penalty)).to.equal("溯市监罚〔2025〕1号");
  });

  describe("organisation", () => {
    it("has a code", () => {
      expectFound({ counterpartyCode: null }, ["credit.code-required counterpartyCode"]);
    });

    it("has a valid code", () => {
      expectFound({ counterpartyCode: COMPANY.replace("P", "Q") }, ["uscc.check counterpartyCode"]);
    });

    it("has no code of an individual business", () => {
      expectFound({ counterpartyCode: INDIVIDUAL_BUSINESS }, ["credit.code-category counterpartyCode"]);
    });

    it("has a legal representative", () => {
      expectFound({ legalRepresentative: null }, ["credit.representative-required legalRepresentative"]);
    });
  });

  describe("individual business", () => {
    it("has a code of its kind, or none yet", () => {
      expectFound(individual, []);
      expectFound({ ...individual, counterpartyCode: null }, []);
      expectFound({ ...individual, counterpartyCode: COMPANY }, ["credit.code-category counterpartyCode"]);
    });

    it("has a proprietor", () => {
      expectFound({ ...individual, legalRepresentative: null }, ["credit.representative-required legalRepresentative"]);
    });
  });

  describe("natural person", () => {
    it("has neither code nor legal representative", () => {
      expectFound(person, []);
      expectFound({ ...person, counterpartyCode: COMPANY }, ["credit.code-forbidden counterpartyCode"]);
      expectFound({ ...person, legalRepresentative: "演示乙丑" }, [
        "credit.representative-forbidden legalRepresentative",
      ]);
    });

    it("never has an identity number, whatever the category says", () => {
      expectFound({ ...person, counterpartyCode: PERSON }, ["credit.identity-number counterpartyCode"]);
      expectFound({ counterpartyCode: PERSON }, ["credit.identity-number counterpartyCode"]);
    });
  });

  describe("identity numbers", () => {
    it("are refused in every text", () => {
      const properties = ["counterpartyName", "legalRepresentative", "penaltyName", "violationType", "violationFacts"];
      for (const property of [...properties, "legalBasis", "penaltyContent", "authorityName", "sourceName", "remark"]) {
        expectFound({ [property]: `演示 ${PERSON}。` }, [`credit.identity-number ${property}`]);
      }
    });

    it("are refused as licence numbers", () => {
      expectFound({ affectedLicence: `资格证 ${PERSON}` }, ["credit.identity-number affectedLicence"]);
    });
  });

  describe("category", () => {
    it("may name several kinds, separated in any usual way", () => {
      for (const mark of [";", "；", "、", ",", "，", "; "]) {
        expectFound({ penaltyCategory: ["罚款", "没收违法所得", "暂扣执照"].join(mark) }, []);
      }
    });

    it("names known kinds, others after 其他-", () => {
      expectFound({ ...fineOnly, penaltyCategory: "罚款;其他-训诫" }, []);
      expectFound({ ...fineOnly, penaltyCategory: "罚款;训诫" }, ["credit.penalty-category penaltyCategory"]);
      const [finding] = creditPenalty.validate(changedAll(penalty, { ...fineOnly, penaltyCategory: "罚款;训诫" }));
      expect(finding?.values["ordinal"]).to.equal(2);
    });

    it("with a fine has its amount, greater than 0", () => {
      expectFound(fineOnly, []);
      expectFound({ ...fineOnly, fineFen: null }, ["credit.amount-required fineFen"]);
      expectFound({ ...fineOnly, fineFen: undefined }, ["credit.amount-required fineFen"]);
      expectFound({ ...fineOnly, fineFen: 0 }, ["credit.amount-required fineFen"]);
    });

    it("without a fine has no amount", () => {
      expectFound({ ...fineOnly, penaltyCategory: "警告" }, ["credit.amount-unexplained fineFen"]);
      expectFound({ ...fineOnly, penaltyCategory: "警告", fineFen: 0 }, []);
      expectFound({ ...fineOnly, penaltyCategory: "警告", fineFen: null }, []);
    });

    it("with a confiscation has its amount, which may be 0", () => {
      const confiscation = { penaltyCategory: "没收非法财物", fineFen: null, affectedLicence: null };
      expectFound({ ...confiscation, confiscatedFen: 0 }, []);
      expectFound({ ...confiscation, confiscatedFen: null }, ["credit.amount-required confiscatedFen"]);
    });

    it("without a confiscation has no amount", () => {
      expectFound({ ...fineOnly, confiscatedFen: 1 }, ["credit.amount-unexplained confiscatedFen"]);
    });
  });

  describe("licence", () => {
    it("that is suspended or revoked is named", () => {
      for (const kind of ["暂扣执照", "暂扣许可证", "吊销执照", "吊销许可证件"]) {
        const changes = { penaltyCategory: kind, fineFen: null, confiscatedFen: null };
        expectFound(changes, []);
        expectFound({ ...changes, affectedLicence: null }, ["credit.licence-unnamed affectedLicence"]);
      }
    });

    it("may have no e-certificate identifier", () => {
      expectFound({ affectedLicence: "食品经营许可证 食经99010000000001" }, []);
    });

    it("with an e-certificate identifier has a valid one", () => {
      expectFound({ affectedLicence: `营业执照 ${IDENTIFIER.slice(0, -1)}E` }, ["certificate.check affectedLicence"]);
    });
  });

  describe("affected certificates", () => {
    it("are those the penalty names", () => {
      expect(affectedCertificates(penalty)).to.deep.equal([IDENTIFIER]);
      const several = changedAll(penalty, { affectedLicence: `${IDENTIFIER}，${PREDECESSOR}；${IDENTIFIER}。` });
      expect(affectedCertificates(several)).to.deep.equal([IDENTIFIER, PREDECESSOR]);
    });

    it("are none without a measure on a licence", () => {
      expect(affectedCertificates(changedAll(penalty, { penaltyCategory: "罚款" }))).to.deep.equal([]);
    });

    it("are none without a valid identifier", () => {
      expect(affectedCertificates(changedAll(penalty, { affectedLicence: "营业执照" }))).to.deep.equal([]);
      const wrong = changedAll(penalty, { affectedLicence: `${IDENTIFIER.slice(0, -1)}E` });
      expect(affectedCertificates(wrong)).to.deep.equal([]);
      expect(affectedCertificates(null)).to.deep.equal([]);
    });
  });

  describe("dates", () => {
    it("of the end and of publication lie after the decision", () => {
      expectFound({ validUntil: "2025-03-01", publishedUntil: "2025-03-01" }, []);
      expectFound({ validUntil: null, publishedUntil: null }, []);
      expectFound({ validUntil: "2025-02-28" }, ["family.period-reversed validUntil"]);
      expectFound({ publishedUntil: "2025-02-28" }, ["family.period-reversed publishedUntil"]);
    });

    it("do not lie after the day of the check", () => {
      expectFound({}, ["family.future-date updatedAt"], { asOf: "2025-03-01" });
      expectFound({ updatedAt: null }, ["family.future-date decisionDate"], { asOf: "2025-02-28" });
    });
  });
});
