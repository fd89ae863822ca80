import type { Column } from "./columns.ts";
import { counterpartyCategory } from "./credit-rules.ts";
import { FORMS } from "./patterns.ts";
import { code, count, date, dateTime, line, nullable, object, paragraph, usccCode } from "./schema.ts";
import type { FamilySchema } from "./schema.ts";

/** Kinds of penalty in 行政处罚法 (2021) art. 9, with the names in use before. */
export const PENALTY_KINDS = [
  "警告",
  "通报批评",
  "罚款",
  "没收违法所得",
  "没收非法财物",
  "暂扣许可证",
  "暂扣许可证件",
  "暂扣执照",
  "降低资质等级",
  "吊销许可证",
  "吊销许可证件",
  "吊销执照",
  "限制开展生产经营活动",
  "责令停产停业",
  "责令关闭",
  "限制从业",
  "行政拘留",
] as const;

/** The published data set 行政处罚, column by column. */
export const penaltyColumns: readonly Column[] = [
  { column: "行政相对人名称", property: "counterpartyName", kind: "text" },
  { column: "行政相对人类别", property: "counterpartyCategory", kind: "text" },
  { column: "行政相对人代码_1(统一社会信用代码)", property: "counterpartyCode", kind: "text" },
  { column: "法定代表人姓名", property: "legalRepresentative", kind: "text" },
  { column: "行政处罚决定书文号", property: "decisionNumber", kind: "text" },
  { column: "处罚名称", property: "penaltyName", kind: "text" },
  { column: "违法行为类型", property: "violationType", kind: "text" },
  { column: "违法事实", property: "violationFacts", kind: "text" },
  { column: "处罚依据", property: "legalBasis", kind: "text" },
  { column: "处罚类别", property: "penaltyCategory", kind: "text" },
  { column: "处罚内容", property: "penaltyContent", kind: "text" },
  { column: "罚款金额(万元)", property: "fineFen", kind: "amount" },
  { column: "没收违法所得、没收非法财物的金额(万元)", property: "confiscatedFen", kind: "amount" },
  { column: "暂扣或吊销证照名称及编号", property: "affectedLicence", kind: "text" },
  { column: "处罚决定日期", property: "decisionDate", kind: "date" },
  { column: "处罚有效期", property: "validUntil", kind: "openDate" },
  { column: "公示截止期", property: "publishedUntil", kind: "date" },
  { column: "处罚机关", property: "authorityName", kind: "text" },
  { column: "处罚机关统一社会信用代码", property: "authorityCode", kind: "text" },
  { column: "数据来源单位", property: "sourceName", kind: "text" },
  { column: "数据来源单位统一社会信用代码", property: "sourceCode", kind: "text" },
  { column: "地方编码", property: "areaCode", kind: "text" },
  { column: "数据更新时间戳", property: "updatedAt", kind: "timestamp" },
  { column: "备注", property: "remark", kind: "text" },
];

const FEN = { description: "单位：分 (1/100 yuan)" } as const;

export const penaltySchema: FamilySchema = object(
  "行政处罚",
  "Administrative penalty",
  {
    required: {
      counterpartyName: line("行政相对人名称", "Party: name", { "x-personal": true }),
      counterpartyCategory: counterpartyCategory(),
      counterpartyCode: nullable(
        usccCode("行政相对人统一社会信用代码", "Party: unified social credit code", {
          description: "自然人填 null (null for a natural person)",
        }),
      ),
      legalRepresentative: nullable(
        line("法定代表人姓名", "Legal representative", { maxLength: 100, "x-personal": true }),
      ),
      decisionNumber: code("行政处罚决定书文号", "Decision number", FORMS.decisionNumber.pattern),
      violationType: line("违法行为类型", "Kind of violation", { maxLength: 500 }),
      violationFacts: paragraph("违法事实", "Facts", { "x-personal": true }),
      legalBasis: paragraph("处罚依据", "Legal basis"),
      penaltyCategory: line("处罚类别", "Kind of penalty"),
      penaltyContent: paragraph("处罚内容", "Penalty"),
      decisionDate: date("处罚决定日期", "Date of the decision"),
      validUntil: nullable(date("处罚有效期", "In force until", { description: "null 表示长期 (no end)" })),
      authorityName: line("处罚机关", "Deciding authority"),
      authorityCode: usccCode("处罚机关统一社会信用代码", "Deciding authority: code"),
      sourceName: line("数据来源单位", "Source of the data"),
      sourceCode: usccCode("数据来源单位统一社会信用代码", "Source of the data: code"),
    },
    optional: {
      penaltyName: nullable(line("处罚名称", "Title of the penalty")),
      fineFen: nullable(count("罚款金额", "Fine", FEN)),
      confiscatedFen: nullable(count("没收违法所得、没收非法财物的金额", "Amount confiscated", FEN)),
      affectedLicence: nullable(
        line("暂扣或吊销证照名称及编号", "Licence suspended or revoked: title and number", { maxLength: 1000 }),
      ),
      publishedUntil: nullable(date("公示截止期", "Published until")),
      areaCode: nullable(code("地方编码", "Area code", FORMS.area.pattern)),
      updatedAt: nullable(dateTime("数据更新时间戳", "Updated at")),
      remark: nullable(paragraph("备注", "Remark", { "x-personal": true })),
    },
  },
  {
    "x-required-claims": [
      ["counterpartyName"],
      ["counterpartyCode"],
      ["decisionNumber"],
      ["decisionDate"],
      ["validUntil"],
      ["penaltyCategory"],
      ["penaltyContent"],
    ],
    "x-validity": { from: ["decisionDate"], until: ["validUntil"] },
  },
);
