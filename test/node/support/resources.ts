import type { Hex } from "../../../sdk/protocol/bytes.ts";
import type { CallOf } from "../../../sdk/client/route.ts";
import {
  proposeResource,
  publishResource,
  reviewResource,
  type Metadata,
} from "../../../sdk/client/routes/catalogue.ts";
import { submitRecords, type LineOutcome } from "../../../sdk/client/routes/records.ts";
import { composeCertificateIdentifier } from "../../../sdk/protocol/identifiers/certificate-identifier.ts";
import { parseCertificateIdentifier } from "../../../sdk/protocol/identifiers/certificate-identifier.ts";
import type { ECertificate } from "../../../sdk/families/ecertificate.ts";
import type { CreditPenalty } from "../../../sdk/families/credit-penalty.ts";
import { generateCreditPenalties } from "../../../sdk/families/synthetic.ts";
import { syntheticCertificate } from "../../../sdk/families/synthetic-certificates.ts";
import { utf8 } from "../../../sdk/protocol/bytes.ts";
import type { TestDepartment } from "../../support/ledger.ts";
import type { TestNode } from "./nodes.ts";

export type ProposalBody = CallOf<typeof proposeResource>["body"];

/** A proposal that a node takes; a member of the metadata follows the proposal unless given. */
export function proposalOf(
  department: TestDepartment,
  { metadata, ...changes }: Partial<Omit<ProposalBody, "metadata">> & { readonly metadata?: Partial<Metadata> } = {},
): ProposalBody {
  const body = {
    code: "business-licence",
    name: "营业执照",
    family: "ecertificate/1",
    shareClass: "conditional",
    level: 2,
    personal: true,
    updateCycleDays: 1,
    retentionDays: 3650,
    ...changes,
  } as const;
  const path = body.family === "ecertificate/1" ? "holder.name" : "counterpartyName";
  return {
    ...body,
    metadata: {
      name: body.name,
      code: `${body.code}/1`,
      provider: department.name,
      providerCode: department.uscc,
      summary: "市场主体营业执照电子证照",
      format: "JSON",
      items: [{ name: "名称", path, type: "string" }],
      shareClass: body.shareClass,
      shareCondition: "",
      shareMethod: "接口",
      openness: "不开放",
      updateCycle: "每日",
      publishedOn: "2026-03-02",
      ...metadata,
    },
  };
}

export interface Published {
  readonly id: Hex;
  readonly scope: Hex;
  readonly version: number;
}

/** Proposes, has the authority's node approve, and publishes: all over HTTP. */
export async function publishOver(
  { provider, authority }: { readonly provider: TestNode; readonly authority: TestNode },
  body: ProposalBody,
): Promise<Published> {
  const { id, scope, version } = await provider.client().call(proposeResource, { body });
  await authority.client().call(reviewResource, { params: { id }, body: { version, approve: true } });
  await provider.client().call(publishResource, { params: { id }, body: { version } });
  return { id, scope, version };
}

/** Submits values as NDJSON (a text is a line as it stands) and collects the outcomes. */
export async function submitTo(
  node: TestNode,
  id: Hex,
  lines: readonly (object | string)[],
  settings: { readonly as?: TestDepartment; readonly idempotencyKey?: string } = {},
): Promise<LineOutcome[]> {
  const text = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n");
  const body = { mediaType: "application/x-ndjson", bytes: utf8(text) } as const;
  const { as, ...call } = settings;
  return collect(await node.client(as).call(submitRecords, { params: { id }, body }, call));
}

export async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}

/** `accepted 3`, `duplicate 3` or `refused code`: what became of each line. */
export const summary = (outcomes: readonly LineOutcome[]): string[] =>
  outcomes.map((outcome) =>
    outcome.outcome === "refused"
      ? `refused ${outcome.code}`
      : `${outcome.duplicate ? "duplicate" : "accepted"} ${outcome.receipt.seq}`,
  );

const SEED = 7;

export const certificateOf = (index: number): ECertificate =>
  syntheticCertificate({ seed: SEED, asOf: "2025-09-01" }, index);

/** The next version of a certificate, by renewal. */
export function renewed(before: ECertificate, changes: Partial<ECertificate> = {}): ECertificate {
  const { typeCode, issuer, serial, version } = parseCertificateIdentifier(before.certificateIdentifier);
  const next = String(Number(version) + 1).padStart(3, "0");
  return {
    ...before,
    version: next,
    operation: "02",
    certificateIdentifier: composeCertificateIdentifier({ typeCode, issuer, serial, version: next }),
    predecessor: before.certificateIdentifier,
    ...changes,
  };
}

/** A penalty that suspends the licence of these certificates. */
export function penaltyOn(number: number, certificates: readonly ECertificate[]): CreditPenalty {
  const [penalty] = generateCreditPenalties({ seed: SEED, count: 1, first: number, companies: 1 });
  if (penalty === undefined) throw new Error("no penalty");
  const named = certificates.map(
    ({ certificateName, certificateIdentifier }) => `${certificateName} ${certificateIdentifier}`,
  );
  return {
    ...penalty,
    counterpartyName: "溯源市演示贸易有限公司",
    counterpartyCategory: "法人及非法人组织",
    counterpartyCode: certificateOf(0).holder.code,
    legalRepresentative: "演示甲子",
    penaltyCategory: "罚款;暂扣执照",
    fineFen: 50_000,
    confiscatedFen: null,
    affectedLicence: named.join("、"),
  };
}
