import type { CertificateIdentifier } from "../protocol/identifiers/certificate-identifier.ts";
import { checkCertificateIdentifier } from "../protocol/identifiers/certificate-identifier.ts";
import { checkCitizenNumber } from "../protocol/identifiers/citizen-number.ts";
import { checkUscc } from "../protocol/identifiers/uscc.ts";
import {
  CERTIFICATE_OPERATIONS,
  CERTIFICATE_STATES,
  HOLDER_CODE_TYPES,
  isCertificateOperation,
} from "./certificate-codes.ts";
import type { CertificateOperation, CertificateState } from "./certificate-codes.ts";
import { ecertificateSchema } from "./ecertificate-schema.ts";
import { defineFamily } from "./family.ts";
import type { Family } from "./family.ts";
import type { Review, Rule } from "./review.ts";

export type NamedCode = {
  readonly name: string;
  readonly code: string;
};

export type BusinessLicenceParticulars = {
  readonly legalRepresentative: string;
  readonly registeredCapitalFen: number;
  readonly businessScope: string;
  readonly domicile: string;
  readonly establishedOn: string;
  readonly entityType: string;
  readonly registrationAuthority: string;
};

/** A document of the family `ecertificate/1`. Dates are YYYY-MM-DD, days of UTC+8. */
export type ECertificate = {
  readonly certificateIdentifier: string;
  readonly certificateType: NamedCode;
  readonly certificateNumber: string;
  readonly certificateName: string;
  readonly version: string;
  readonly issuingAuthority: NamedCode;
  readonly issueDate: string;
  readonly definingAuthority: NamedCode;
  readonly validity: { readonly start: string; readonly end: string | null };
  readonly areaCode: string;
  readonly holder: NamedCode & { readonly codeType: string };
  readonly conditions: string | null;
  readonly status: CertificateState;
  readonly operation: CertificateOperation;
  /** Identifier of the version that this one replaces: a `supersedes` parent of the record. */
  readonly predecessor?: string;
  readonly relatedItem?: NamedCode;
  readonly copy?: {
    readonly createdAt: string;
    readonly creator: string;
    readonly cause: string;
    readonly expiresAt?: string;
  };
  readonly extendInfo?: {
    readonly businessLicence?: BusinessLicenceParticulars;
    readonly entries?: readonly { readonly name: string; readonly value: string }[];
  };
  readonly attachments?: readonly { readonly digest: string; readonly size: number; readonly type: string }[];
};

const identifierRule: Rule = (review) => {
  const identifier = review.identifier(["certificateIdentifier"], checkCertificateIdentifier);
  review.identifier(["issuingAuthority", "code"], checkUscc);
  review.identifier(["definingAuthority", "code"], checkUscc);
  const typeCode = review.text(["certificateType", "code"]);
  const definer = review.text(["definingAuthority", "code"]);
  if (typeCode !== undefined && definer !== undefined && !typeCode.startsWith(definer)) {
    review.report("ecertificate.definer-mismatch", ["definingAuthority", "code"]);
  }
  if (identifier) {
    differs(review, ["issuingAuthority", "code"], identifier.issuer, "ecertificate.issuer-mismatch");
    differs(review, ["certificateType", "code"], identifier.typeCode, "ecertificate.type-mismatch");
    differs(review, ["version"], identifier.version, "ecertificate.version-mismatch");
    predecessorRule(review, identifier);
  } else {
    predecessorRule(review);
  }
};

type Mismatch = "ecertificate.issuer-mismatch" | "ecertificate.type-mismatch" | "ecertificate.version-mismatch";

function differs(review: Review, path: readonly string[], expected: string, mismatch: Mismatch): void {
  const text = review.text(path);
  if (text !== undefined && text !== expected) review.report(mismatch, path);
}

function predecessorRule(review: Review, identifier?: CertificateIdentifier): void {
  const path = ["predecessor"];
  if (review.isEmpty(path)) return;
  const operation = review.text(["operation"]);
  if (operation !== undefined && operation !== "02" && operation !== "09") {
    review.report("ecertificate.predecessor-operation", path);
  }
  const predecessor = review.identifier(path, checkCertificateIdentifier);
  if (!predecessor || !identifier) return;
  const { typeCode, issuer, serial, version } = predecessor;
  if (typeCode !== identifier.typeCode || issuer !== identifier.issuer || serial !== identifier.serial) {
    review.report("ecertificate.predecessor-series", path);
  }
  if (Number(version) !== Number(identifier.version) - 1) review.report("ecertificate.predecessor-version", path);
}

const holderRule: Rule = (review) => {
  const codeType = review.text(["holder", "codeType"]);
  const path = ["holder", "code"];
  if (codeType === HOLDER_CODE_TYPES.uscc) review.identifier(path, checkUscc);
  if (codeType === HOLDER_CODE_TYPES.citizenNumber) {
    const options = review.asOf === undefined ? {} : { asOf: review.asOf };
    review.identifier(path, (text) => checkCitizenNumber(text, options));
  }
};

const dateRule: Rule = (review) => {
  const [start, end] = [
    ["validity", "start"],
    ["validity", "end"],
  ];
  review.period({ earlier: start, later: end });
  review.period({ earlier: ["issueDate"], later: end });
  review.period({ earlier: ["issueDate"], later: ["copy", "createdAt"] });
  review.period({ earlier: ["copy", "createdAt"], later: ["copy", "expiresAt"] });
  review.period({ earlier: ["extendInfo", "businessLicence", "establishedOn"], later: ["issueDate"] });
  review.notAfterReview(["issueDate"]);
  review.notAfterReview(["copy", "createdAt"]);
};

const statusRule: Rule = (review) => {
  const [status, operation] = [review.text(["status"]), review.text(["operation"])];
  if (status === undefined || operation === undefined || !isCertificateOperation(operation)) return;
  const states: readonly string[] = CERTIFICATE_OPERATIONS[operation].states;
  if (states.includes(status)) return;
  const names = CERTIFICATE_OPERATIONS[operation].states.map((state) => ({ state, ...CERTIFICATE_STATES[state] }));
  review.report("ecertificate.status-operation", ["status"], {
    expectedZh: names.map(({ state, zh }) => `${state} ${zh}`).join("、"),
    expectedEn: names.map(({ state, en }) => `${state} ${en}`).join(", "),
  });
};

/** Electronic certificates: GB/T 36903 metadata under a GB/T 36904 identifier. */
export const ecertificate: Family = defineFamily({
  id: "ecertificate/1",
  kind: "ecertificate",
  title: { zh: "电子证照", en: "Electronic certificate" },
  schema: ecertificateSchema,
  businessKeyPath: ["certificateNumber"],
  rules: [identifierRule, holderRule, dateRule, statusRule],
});
