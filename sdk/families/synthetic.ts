import { composeUscc } from "../protocol/identifiers/uscc.ts";
import type { CreditLicence } from "./credit-licence.ts";
import type { CreditPenalty } from "./credit-penalty.ts";
import { DEMO_REGION, demoDepartments } from "./demo-departments.ts";
import { createPrng } from "./prng.ts";
import type { Prng } from "./prng.ts";
import type { Authority, CertificateOptions } from "./synthetic-certificates.ts";
import { syntheticCertificate } from "./synthetic-certificates.ts";
import {
  addDays,
  dayWithin,
  lastDayOf,
  SYNTHETIC_TODAY,
  syntheticCompany,
  syntheticPerson,
} from "./synthetic-companies.ts";

export interface DecidingAuthority extends Authority {
  /** How its decision numbers begin. */
  readonly shortZh: string;
}

export interface GenerateCreditOptions {
  readonly seed: number;
  readonly count: number;
  /** Number of the first record; 0 unless given. Ranges that do not overlap give different decisions. */
  readonly first?: number;
  /** How many companies (0 … companies−1 of the same seed) the decisions are about; 1,000 unless given. */
  readonly companies?: number;
  /** 溯源市市场监督管理局 unless given. */
  readonly authority?: DecidingAuthority;
  /** YYYY-MM-DD, the latest day in the data. */
  readonly asOf?: string;
  /** How the companies' certificates were generated, so that a penalty can name one. */
  readonly certificates?: Omit<CertificateOptions, "seed" | "asOf">;
}

interface Decision {
  readonly prng: Prng;
  readonly index: number;
  readonly asOf: string;
  readonly seed: number;
  readonly companies: number;
  readonly authority: DecidingAuthority;
  readonly options: GenerateCreditOptions;
}

function* decisions(stream: string, options: GenerateCreditOptions): Generator<Decision, void, undefined> {
  const { seed, count, first = 0, companies = 1000, asOf = SYNTHETIC_TODAY } = options;
  const { authority = demoDepartments.marketRegulation } = options;
  for (let index = first; index < first + count; index += 1) {
    yield { prng: createPrng({ seed, stream, index }), index, asOf, seed, companies, authority, options };
  }
}

const authorityFields = ({ nameZh, uscc }: DecidingAuthority) => ({
  authorityName: nameZh,
  authorityCode: uscc,
  sourceName: nameZh,
  sourceCode: uscc,
});

const LICENCES = [
  { name: "食品经营许可证", short: "食经", content: "食品销售经营（仅销售预包装食品）。", years: 5 },
  { name: "食品生产许可证", short: "食产", content: "糕点生产（热加工）。", years: 5 },
  { name: "第三类医疗器械经营许可证", short: "械经", content: "第三类医疗器械批发。", years: 5 },
  { name: "特种设备生产许可证", short: "特设", content: "压力管道安装（GC2）。", years: 4 },
  { name: "检验检测机构资质认定证书", short: "检", content: "建筑材料检验检测。", years: 6 },
] as const;

/** Administrative licences granted to the synthetic companies. Decision numbers are unique over all indices. */
export function* generateCreditLicences(options: GenerateCreditOptions): Generator<CreditLicence, void, undefined> {
  for (const { prng, index, asOf, seed, companies, authority } of decisions("licence", options)) {
    const company = syntheticCompany({ seed, index: prng.below(companies), asOf });
    const { name, short, content, years } = prng.pick(LICENCES);
    const decisionDate = dayWithin(prng, company.establishedOn, asOf);
    const end = lastDayOf(decisionDate, years);
    const year = decisionDate.slice(0, 4);
    yield {
      counterpartyName: company.name,
      counterpartyCode: company.uscc,
      decisionDocumentName: `准予${name}决定书`,
      decisionNumber: `${authority.shortZh}许〔${year}〕${index + 1}号`,
      licenceCategory: prng.pick(["普通", "核准", "登记"]),
      licenceName: name,
      licenceNumber: `${short}${DEMO_REGION}${String(index + 1).padStart(8, "0")}`,
      licenceContent: content,
      decisionDate,
      validFrom: decisionDate,
      validUntil: prng.below(20) === 0 ? null : end,
      status: end < asOf ? "失效" : "有效",
      ...authorityFields(authority),
    };
  }
}

const VIOLATIONS = [
  { type: "虚假宣传", facts: "在商品介绍中作引人误解的商业宣传。", basis: "《中华人民共和国反不正当竞争法》" },
  { type: "未按规定公示信息", facts: "未按期报送年度报告。", basis: "《企业信息公示暂行条例》" },
  {
    type: "超范围经营",
    facts: "从事登记范围以外须经批准的经营活动。",
    basis: "《中华人民共和国市场主体登记管理条例》",
  },
  { type: "计量违法", facts: "使用未经检定的计量器具。", basis: "《中华人民共和国计量法》" },
] as const;

const LICENCE_MEASURES = ["暂扣执照", "吊销执照"] as const;

interface Sanction {
  readonly penaltyCategory: string;
  readonly fineFen: number | null;
  readonly confiscatedFen: number | null;
  readonly affectedLicence: string | null;
  /** The decision cannot be earlier: the day the certificate was issued. */
  readonly notBefore?: string;
}

/** One in fifty suspends or revokes the company's licence and names its certificate; the rest warn, fine or confiscate. */
function sanction({ prng, seed, asOf, options }: Decision, company: number | undefined): Sanction {
  const fineFen = (prng.below(400) + 1) * 50_000;
  const none = { confiscatedFen: null, affectedLicence: null };
  if (company !== undefined && prng.below(50) === 0) {
    const certificate = syntheticCertificate({ ...options.certificates, seed, asOf }, company);
    const affectedLicence = `${certificate.certificateName} ${certificate.certificateIdentifier}`;
    const penaltyCategory = `罚款;${prng.pick(LICENCE_MEASURES)}`;
    return { penaltyCategory, fineFen, confiscatedFen: null, affectedLicence, notBefore: certificate.issueDate };
  }
  switch (prng.below(4)) {
    case 0:
      return { penaltyCategory: "警告", fineFen: null, ...none };
    case 1:
      return {
        penaltyCategory: "罚款;没收违法所得",
        fineFen,
        confiscatedFen: prng.below(3_000_000) + 1,
        affectedLicence: null,
      };
    default:
      return { penaltyCategory: "罚款", fineFen, ...none };
  }
}

type Party = Pick<
  CreditPenalty,
  "counterpartyName" | "counterpartyCategory" | "counterpartyCode" | "legalRepresentative"
> & { readonly company?: number; readonly since: string };

const individualBusinessCode = (index: number): string =>
  composeUscc({
    department: "9",
    category: "2",
    division: DEMO_REGION,
    organisationBody: `99${String(index % 1_000_000).padStart(6, "0")}`,
  });

/** Of twenty parties one is a natural person and two are individual businesses; the rest are companies. */
function party({ prng, index, seed, asOf, companies }: Decision): Party {
  const person = syntheticPerson(prng);
  const since = addDays(asOf, -1000);
  switch (prng.below(20)) {
    case 0:
      return {
        counterpartyName: person,
        counterpartyCategory: "自然人",
        counterpartyCode: null,
        legalRepresentative: null,
        since,
      };
    case 1:
    case 2:
      return {
        counterpartyName: `溯源市演示区示例${person.slice(2)}便利店`,
        counterpartyCategory: "个体工商户",
        counterpartyCode: individualBusinessCode(index),
        legalRepresentative: person,
        since,
      };
    default: {
      const company = syntheticCompany({ seed, index: prng.below(companies), asOf });
      return {
        counterpartyName: company.name,
        counterpartyCategory: "法人及非法人组织",
        counterpartyCode: company.uscc,
        legalRepresentative: company.legalRepresentative,
        company: company.index,
        since: company.establishedOn,
      };
    }
  }
}

/** Administrative penalties on the synthetic companies and a few persons. Decision numbers are unique over all indices. */
export function* generateCreditPenalties(options: GenerateCreditOptions): Generator<CreditPenalty, void, undefined> {
  for (const decision of decisions("penalty", options)) {
    const { prng, index, asOf, authority } = decision;
    const { company, since, ...counterparty } = party(decision);
    const { notBefore = since, ...measures } = sanction(decision, company);
    const recent = addDays(asOf, -1000);
    const decisionDate = dayWithin(prng, notBefore > recent ? notBefore : recent, asOf);
    const violation = prng.pick(VIOLATIONS);
    yield {
      ...counterparty,
      decisionNumber: `${authority.shortZh}罚〔${decisionDate.slice(0, 4)}〕${index + 1}号`,
      penaltyName: `${violation.type}案`,
      violationType: violation.type,
      violationFacts: violation.facts,
      legalBasis: violation.basis,
      penaltyContent: `责令改正；${measures.penaltyCategory.replaceAll(";", "，")}。`,
      ...measures,
      decisionDate,
      validUntil: lastDayOf(decisionDate, 1),
      publishedUntil: lastDayOf(decisionDate, 1),
      areaCode: DEMO_REGION,
      updatedAt: `${decisionDate}T17:00:00+08:00`,
      remark: null,
      ...authorityFields(authority),
    };
  }
}
