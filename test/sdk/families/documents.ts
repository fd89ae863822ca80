import type { CreditLicence } from "../../../sdk/families/credit-licence.ts";
import type { CreditPenalty } from "../../../sdk/families/credit-penalty.ts";
import type { ECertificate } from "../../../sdk/families/ecertificate.ts";
import type { Family } from "../../../sdk/families/family.ts";
import type { ReviewOptions } from "../../../sdk/families/review.ts";
import type { Path } from "../../../sdk/protocol/claims.ts";

export const AUTHORITY = "11990100990100018P";
export const ISSUER = "11990100990100026J";
export const OTHER_ISSUER = "11990100990100034D";
export const COMPANY = "91990100YY000001XP";
export const INDIVIDUAL_BUSINESS = "92990100YY0000028L";
export const PERSON = "990100200001010018";
export const IDENTIFIER = `1.2.156.3005.2.${AUTHORITY}001.${ISSUER}.2025000001.002.D`;
export const PREDECESSOR = `1.2.156.3005.2.${AUTHORITY}001.${ISSUER}.2025000001.001.F`;

export const certificate: ECertificate = {
  certificateIdentifier: IDENTIFIER,
  certificateType: { name: "营业执照", code: `${AUTHORITY}001` },
  certificateNumber: "990100000000001",
  certificateName: "营业执照",
  version: "002",
  issuingAuthority: { name: "溯源市市场监督管理局", code: ISSUER },
  issueDate: "2025-03-01",
  definingAuthority: { name: "溯源市数据局", code: AUTHORITY },
  validity: { start: "2025-03-01", end: "2045-02-28" },
  areaCode: "990100",
  holder: { name: "溯源市示例甲有限公司", code: COMPANY, codeType: "001" },
  conditions: null,
  status: "01",
  operation: "09",
  predecessor: PREDECESSOR,
  relatedItem: { name: "企业变更登记", code: "990100-QYBG-01" },
  copy: {
    createdAt: "2025-04-01T09:00:00+08:00",
    creator: "溯源市政务服务中心",
    cause: "投标资格审查",
    expiresAt: "2025-05-01T09:00:00+08:00",
  },
  extendInfo: {
    businessLicence: {
      legalRepresentative: "演示甲子",
      registeredCapitalFen: 100_000_000,
      businessScope: "软件开发。",
      domicile: "溯源市演示区样本街1号",
      establishedOn: "2020-01-01",
      entityType: "有限责任公司（演示）",
      registrationAuthority: "溯源市市场监督管理局",
    },
    entries: [{ name: "备注", value: "演示数据" }],
  },
  attachments: [{ digest: `sha256:${"0".repeat(64)}`, size: 1024, type: "application/ofd" }],
};

export const licence: CreditLicence = {
  counterpartyName: "溯源市示例甲有限公司",
  counterpartyCode: COMPANY,
  decisionDocumentName: "准予食品经营许可决定书",
  decisionNumber: "溯市监许〔2025〕1号",
  licenceCategory: "普通",
  licenceName: "食品经营许可证",
  licenceNumber: "食经99010000000001",
  licenceContent: "食品销售经营。",
  decisionDate: "2025-03-01",
  validFrom: "2025-03-01",
  validUntil: "2030-02-28",
  authorityName: "溯源市市场监督管理局",
  authorityCode: ISSUER,
  status: "有效",
  sourceName: "溯源市市场监督管理局",
  sourceCode: ISSUER,
};

export const penalty: CreditPenalty = {
  counterpartyName: "溯源市示例甲有限公司",
  counterpartyCategory: "法人及非法人组织",
  counterpartyCode: COMPANY,
  legalRepresentative: "演示甲子",
  decisionNumber: "溯市监罚〔2025〕1号",
  penaltyName: "虚假宣传案",
  violationType: "虚假宣传",
  violationFacts: "作引人误解的商业宣传。",
  legalBasis: "《中华人民共和国反不正当竞争法》",
  penaltyCategory: "罚款;没收违法所得;暂扣执照",
  penaltyContent: "罚款1万元，没收违法所得，暂扣营业执照三个月。",
  fineFen: 1_000_000,
  confiscatedFen: 123_456,
  affectedLicence: `营业执照 ${IDENTIFIER}`,
  decisionDate: "2025-03-01",
  validUntil: "2026-02-28",
  publishedUntil: "2026-02-28",
  authorityName: "溯源市市场监督管理局",
  authorityCode: ISSUER,
  sourceName: "溯源市市场监督管理局",
  sourceCode: ISSUER,
  areaCode: "990100",
  updatedAt: "2025-03-02T08:30:00+08:00",
  remark: null,
};

/** A copy with the value at `path` replaced, or removed when it is undefined. */
export function changed(document: unknown, path: Path, value: unknown): unknown {
  const copy: unknown = structuredClone(document);
  let parent = copy;
  for (const segment of path.slice(0, -1)) parent = Reflect.get(asObject(parent), segment);
  const last = path[path.length - 1] ?? "";
  if (value === undefined) Reflect.deleteProperty(asObject(parent), last);
  else Reflect.set(asObject(parent), last, value);
  return copy;
}

function asObject(value: unknown): object {
  if (typeof value === "object" && value !== null) return value;
  throw new TypeError("no object on the way");
}

/** Several replacements, each a path in dots and its value. */
export const changedAll = (document: unknown, changes: Readonly<Record<string, unknown>>): unknown =>
  Object.entries(changes).reduce(
    (copy, [path, value]) =>
      changed(
        copy,
        path.split(".").map((part) => (/^\d+$/.test(part) ? Number(part) : part)),
        value,
      ),
    document,
  );

/** The findings as `code path`, in the order found. */
export const found = (family: Family, document: unknown, options: ReviewOptions = {}): string[] =>
  family.validate(document, options).map(({ code, path }) => `${code} ${path.join(".")}`);
