import { composeCertificateIdentifier } from "../protocol/identifiers/certificate-identifier.ts";
import { HOLDER_CODE_TYPES } from "./certificate-codes.ts";
import { DEMO_REGION, demoDepartments } from "./demo-departments.ts";
import type { ECertificate } from "./ecertificate.ts";
import { createPrng } from "./prng.ts";
import type { Prng } from "./prng.ts";
import { dayWithin, lastDayOf, SYNTHETIC_TODAY, syntheticCompany } from "./synthetic-companies.ts";
import type { SyntheticCompany } from "./synthetic-companies.ts";

export interface Authority {
  readonly nameZh: string;
  readonly uscc: string;
}

export interface CertificateOptions {
  readonly seed: number;
  /** The issuing department; 溯源市市场监督管理局 unless given. */
  readonly issuer?: Authority;
  /** Who defines the certificate type; 溯源市数据局 unless given. */
  readonly definingAuthority?: Authority;
  /** YYYY-MM-DD, the latest day in the data. */
  readonly asOf?: string;
}

export interface GenerateCertificatesOptions extends CertificateOptions {
  readonly count: number;
  /** The first company's index; 0 unless given. Ranges that do not overlap give different certificates. */
  readonly first?: number;
}

/** The type of every synthetic certificate: number 001 of its defining authority. */
const TYPE_SEQUENCE = "001";

const hex = (prng: Prng, words: number): string =>
  Array.from({ length: words }, () => prng.uint32().toString(16).padStart(8, "0")).join("");

interface CertificateParts {
  readonly prng: Prng;
  readonly company: SyntheticCompany;
  readonly issueDate: string;
}

function partsOf({ seed, asOf = SYNTHETIC_TODAY }: CertificateOptions, index: number): CertificateParts {
  const company = syntheticCompany({ seed, index, asOf });
  const prng = createPrng({ seed, stream: "certificate", index });
  return { prng, company, issueDate: dayWithin(prng, company.establishedOn, asOf) };
}

function particulars(company: SyntheticCompany, issuer: Authority) {
  return {
    legalRepresentative: company.legalRepresentative,
    registeredCapitalFen: company.registeredCapitalFen,
    businessScope: company.industry.scope,
    domicile: company.domicile,
    establishedOn: company.establishedOn,
    entityType: "有限责任公司（演示）",
    registrationAuthority: issuer.nameZh,
  };
}

/** The business licence of company number `index`; the same for the same options. */
export function syntheticCertificate(options: CertificateOptions, index: number): ECertificate {
  const { issuer = demoDepartments.marketRegulation, definingAuthority = demoDepartments.authority } = options;
  const { prng, company, issueDate } = partsOf(options, index);
  const typeCode = definingAuthority.uscc + TYPE_SEQUENCE;
  const serial = issueDate.slice(0, 4) + String(index + 1).padStart(8, "0");
  const version = "001";
  const years = prng.pick([0, 0, 0, 20, 30]);
  return {
    certificateIdentifier: composeCertificateIdentifier({ typeCode, issuer: issuer.uscc, serial, version }),
    certificateType: { name: "营业执照", code: typeCode },
    certificateNumber: DEMO_REGION + String(index + 1).padStart(9, "0"),
    certificateName: "营业执照",
    version,
    issuingAuthority: { name: issuer.nameZh, code: issuer.uscc },
    issueDate,
    definingAuthority: { name: definingAuthority.nameZh, code: definingAuthority.uscc },
    validity: { start: issueDate, end: years === 0 ? null : lastDayOf(issueDate, years) },
    areaCode: DEMO_REGION,
    holder: { name: company.name, code: company.uscc, codeType: HOLDER_CODE_TYPES.uscc },
    conditions: company.industry.permit ? "依法须经批准的项目，经相关部门批准后方可开展经营活动。" : null,
    status: "01",
    operation: "01",
    relatedItem: { name: "企业设立登记", code: "990100-QYSL-01" },
    extendInfo: { businessLicence: particulars(company, issuer) },
    attachments: [{ digest: `sha256:${hex(prng, 8)}`, size: 80_000 + prng.below(200_000), type: "application/ofd" }],
  };
}

/**
 * Business licences of invented companies, one after another, none held in memory. Numbers and identifiers are unique
 * over all indices; the same options give the same documents.
 */
export function* generateCertificates(options: GenerateCertificatesOptions): Generator<ECertificate, void, undefined> {
  const { count, first = 0, ...rest } = options;
  for (let index = first; index < first + count; index += 1) yield syntheticCertificate(rest, index);
}
