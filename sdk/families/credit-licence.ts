import type { Column, Row, RowReading } from "./columns.ts";
import { readRow, writeRow } from "./columns.ts";
import { authorityRule, organisationUscc, noIdentityNumber } from "./credit-rules.ts";
import { defineFamily } from "./family.ts";
import type { Family } from "./family.ts";
import { FORMS } from "./patterns.ts";
import type { Rule } from "./review.ts";
import { code, date, line, nullable, object, oneOf, paragraph, usccCode } from "./schema.ts";
import type { FamilySchema } from "./schema.ts";

const LICENCE_STATUSES = ["有效", "无效", "暂扣", "撤销", "注销", "失效", "吊销", "其他"] as const;
export type LicenceStatus = (typeof LICENCE_STATUSES)[number];

/** A document of the family `credit-licence/1`. Dates are YYYY-MM-DD, days of UTC+8. */
export type CreditLicence = {
  readonly counterpartyName: string;
  /** Null for a natural person, whose identity number is never part of the record. */
  readonly counterpartyCode: string | null;
  readonly decisionDocumentName: string;
  readonly decisionNumber: string;
  readonly licenceCategory: string;
  readonly licenceName?: string | null;
  readonly licenceNumber: string | null;
  readonly licenceContent: string;
  readonly decisionDate: string;
  readonly validFrom: string;
  /** Null when the licence has no end. */
  readonly validUntil: string | null;
  readonly authorityName: string;
  readonly authorityCode: string;
  readonly status: LicenceStatus;
  readonly sourceName: string;
  readonly sourceCode: string;
};

/** The published data set 行政许可, column by column. */
export const licenceColumns: readonly Column[] = [
  { column: "行政相对人名称", property: "counterpartyName", kind: "text" },
  { column: "行政相对人代码_1(统一社会信用代码)", property: "counterpartyCode", kind: "text" },
  { column: "行政许可决定文书名称", property: "decisionDocumentName", kind: "text" },
  { column: "行政许可决定文书号", property: "decisionNumber", kind: "text" },
  { column: "许可类别", property: "licenceCategory", kind: "text" },
  { column: "许可证书名称", property: "licenceName", kind: "text" },
  { column: "许可编号", property: "licenceNumber", kind: "text" },
  { column: "许可内容", property: "licenceContent", kind: "text" },
  { column: "许可决定日期", property: "decisionDate", kind: "date" },
  { column: "有效期自", property: "validFrom", kind: "date" },
  { column: "有效期至", property: "validUntil", kind: "openDate" },
  { column: "许可机关", property: "authorityName", kind: "text" },
  { column: "许可机关统一社会信用代码", property: "authorityCode", kind: "text" },
  { column: "当前状态", property: "status", kind: "text" },
  { column: "数据来源单位", property: "sourceName", kind: "text" },
  { column: "数据来源单位统一社会信用代码", property: "sourceCode", kind: "text" },
];

const schema: FamilySchema = object(
  "行政许可",
  "Administrative licence",
  {
    required: {
      counterpartyName: line("行政相对人名称", "Party: name", { "x-personal": true }),
      counterpartyCode: nullable(
        usccCode("行政相对人统一社会信用代码", "Party: unified social credit code", {
          description: "自然人填 null (null for a natural person)",
        }),
      ),
      decisionDocumentName: line("行政许可决定文书名称", "Title of the decision"),
      decisionNumber: code("行政许可决定文书号", "Decision number", FORMS.decisionNumber.pattern),
      licenceCategory: code("许可类别", "Kind of licence", FORMS.licenceCategory.pattern),
      licenceNumber: nullable(line("许可编号", "Licence number", { maxLength: 100 })),
      licenceContent: paragraph("许可内容", "What is licensed"),
      decisionDate: date("许可决定日期", "Date of the decision"),
      validFrom: date("有效期自", "Valid from"),
      validUntil: nullable(date("有效期至", "Valid until", { description: "null 表示长期 (no end)" })),
      authorityName: line("许可机关", "Licensing authority"),
      authorityCode: usccCode("许可机关统一社会信用代码", "Licensing authority: code"),
      status: oneOf("当前状态", "Status", LICENCE_STATUSES),
      sourceName: line("数据来源单位", "Source of the data"),
      sourceCode: usccCode("数据来源单位统一社会信用代码", "Source of the data: code"),
    },
    optional: { licenceName: nullable(line("许可证书名称", "Title of the licence")) },
  },
  {
    "x-required-claims": [
      ["counterpartyName"],
      ["counterpartyCode"],
      ["decisionNumber"],
      ["licenceNumber"],
      ["validFrom"],
      ["validUntil"],
      ["licenceContent"],
      ["status"],
    ],
    "x-validity": { from: ["validFrom"], until: ["validUntil"] },
  },
);

const ORGANISATION_NAME = /(?:公司|集团|合作社|委员会|基金会|协会|商会|事务所|学校|医院)$/u;

/** The set has no category column: a party without a code is a natural person, so no name of an organisation may stand there. */
const counterpartyRule: Rule = (review) => {
  organisationUscc(review);
  const name = review.text(["counterpartyName"]);
  if (review.isEmpty(["counterpartyCode"]) && name !== undefined && ORGANISATION_NAME.test(name)) {
    review.report("credit.code-required", ["counterpartyCode"]);
  }
};

const dateRule: Rule = (review) => {
  review.period({ earlier: ["validFrom"], later: ["validUntil"] });
  review.period({ earlier: ["decisionDate"], later: ["validUntil"] });
  review.notAfterReview(["decisionDate"]);
};

/** Administrative licences as published: one decision, one record. */
export const creditLicence: Family = defineFamily({
  id: "credit-licence/1",
  kind: "credit-licence",
  title: { zh: "行政许可信息", en: "Administrative licence" },
  schema,
  businessKeyPath: ["decisionNumber"],
  rules: [
    counterpartyRule,
    authorityRule,
    dateRule,
    noIdentityNumber({
      texts: [
        "counterpartyName",
        "decisionDocumentName",
        "licenceCategory",
        "licenceName",
        "licenceContent",
        "authorityName",
        "sourceName",
      ],
      numbers: ["decisionNumber", "licenceNumber"],
    }),
  ],
});

/** Reads a row of the published table 行政许可 (Chinese column names) as a document of `credit-licence/1`. */
export const readLicenceRow = (row: Row): RowReading => readRow(row, licenceColumns);

/** Writes a valid `credit-licence/1` document as a row of the published table. */
export const writeLicenceRow = (document: CreditLicence): Readonly<Record<string, string>> =>
  writeRow(document, licenceColumns);
