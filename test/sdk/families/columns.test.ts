import { expect } from "chai";
import type { RowReading } from "../../../sdk/families/columns.ts";
import { creditLicence, readLicenceRow, writeLicenceRow } from "../../../sdk/families/credit-licence.ts";
import { creditPenalty, readPenaltyRow, writePenaltyRow } from "../../../sdk/families/credit-penalty.ts";
import { generateCreditLicences, generateCreditPenalties } from "../../../sdk/families/synthetic.ts";
import { found, licence, penalty } from "./documents.ts";

const summary = ({ findings }: RowReading) => findings.map(({ code, path }) => `${code} ${path.join(".")}`);

describe("published tables", () => {
  it("are written with Chinese columns, 万元 and slashes", () => {
    const row = writePenaltyRow({ ...penalty, validUntil: null });
    expect(row["行政相对人名称"]).to.equal("溯源市示例甲有限公司");
    expect(row["罚款金额(万元)"]).to.equal("1");
    expect(row["没收违法所得、没收非法财物的金额(万元)"]).to.equal("0.123456");
    expect(row["处罚决定日期"]).to.equal("2025/03/01");
    expect(row["处罚有效期"]).to.equal("2099/12/31");
    expect(row["数据更新时间戳"]).to.equal("2025-03-02 08:30:00");
    expect(row["备注"]).to.equal("");
    expect(Object.keys(row)).to.have.lengthOf(24);
    expect(Object.keys(writeLicenceRow(licence))).to.have.lengthOf(16);
  });

  it("are read back to the same documents", () => {
    for (const document of generateCreditPenalties({ seed: 7, count: 200 })) {
      const { document: read, findings } = readPenaltyRow(writePenaltyRow(document));
      expect(findings).to.deep.equal([]);
      expect(read).to.deep.equal(document);
    }
    for (const document of generateCreditLicences({ seed: 7, count: 200 })) {
      expect(readLicenceRow(writeLicenceRow(document))).to.deep.equal({ document, findings: [] });
    }
  });

  it("may use full-width brackets and spaces around a name", () => {
    const row = { " 罚款金额（万元） ": "2.5" };
    expect(readPenaltyRow(row)).to.deep.equal({ document: { fineFen: 2_500_000 }, findings: [] });
  });

  it("may hold amounts as numbers", () => {
    expect(readPenaltyRow({ "罚款金额(万元)": 0.29 }).document).to.deep.equal({ fineFen: 290_000 });
  });

  it("may write dates with hyphens and times with a zone", () => {
    const row = { 处罚决定日期: "2025-03-01", 数据更新时间戳: "2025-03-02T00:30:00Z" };
    expect(readPenaltyRow(row).document).to.deep.equal({
      decisionDate: "2025-03-01",
      updatedAt: "2025-03-02T00:30:00Z",
    });
  });

  it("turn empty cells into null", () => {
    expect(readPenaltyRow({ 备注: " ", 公示截止期: "", "罚款金额(万元)": null }).document).to.deep.equal({
      remark: null,
      publishedUntil: null,
      fineFen: null,
    });
  });

  it("never turn an empty end into an open one", () => {
    expect(readPenaltyRow({ 处罚有效期: "" }).document).to.deep.equal({});
    expect(readPenaltyRow({ 处罚有效期: "2099/12/31" }).document).to.deep.equal({ validUntil: null });
    const { 有效期至: _end, ...row } = writeLicenceRow(licence);
    const { document } = readLicenceRow({ ...row, 有效期至: "" });
    expect(found(creditLicence, document)).to.deep.equal(["schema.required validUntil"]);
  });

  it("may hold a filler for an individual business without a code", () => {
    const row = writePenaltyRow({ ...penalty, counterpartyCategory: "个体工商户", counterpartyCode: null });
    expect(row["行政相对人代码_1(统一社会信用代码)"]).to.equal("00000000000000000X");
    expect(readPenaltyRow(row).document["counterpartyCode"]).to.equal(null);
    const organisation = { ...row, 行政相对人类别: "法人及非法人组织" };
    expect(found(creditPenalty, readPenaltyRow(organisation).document)).to.deep.equal([
      "uscc.department counterpartyCode",
      "uscc.check counterpartyCode",
    ]);
  });

  describe("report", () => {
    it("an unknown column by its place and the nearest name", () => {
      const reading = readPenaltyRow({ 备注: "", 处罚机关名: "某局" });
      expect(summary(reading)).to.deep.equal(["column.unknown "]);
      expect(reading.findings[0]?.values).to.deep.equal({ ordinal: 2, nearest: "处罚机关" });
    });

    it("a column that occurs twice", () => {
      const reading = readPenaltyRow({ "罚款金额(万元)": "1", "罚款金额（万元）": "2" });
      expect(summary(reading)).to.deep.equal(["column.duplicate fineFen"]);
    });

    it("a cell that is no amount, date or time", () => {
      const cells = { "罚款金额(万元)": "一万", 处罚决定日期: "2025年3月1日", 数据更新时间戳: "昨天" };
      const reading = readPenaltyRow(cells);
      expect(summary(reading)).to.deep.equal([
        "column.amount fineFen",
        "column.date decisionDate",
        "column.timestamp updatedAt",
      ]);
      expect(reading.document).to.deep.equal({});
    });

    it("days and times that do not exist", () => {
      expect(summary(readPenaltyRow({ 处罚决定日期: "2025/02/29" }))).to.deep.equal(["column.date decisionDate"]);
      for (const time of ["2025-02-29 08:00:00", "2025-03-01 25:00:00", "2025-03-01T08:00:00"]) {
        expect(summary(readPenaltyRow({ 数据更新时间戳: time }))).to.deep.equal(["column.timestamp updatedAt"]);
      }
    });
  });

  it("leave what is missing to validation", () => {
    const { document } = readPenaltyRow({});
    expect(document).to.deep.equal({});
    expect(found(creditPenalty, document)).to.include("schema.required decisionNumber");
  });
});
