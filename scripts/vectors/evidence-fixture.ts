import { concat, toHex, type Hex } from "../../sdk/protocol/bytes.ts";
import {
  agreementId,
  anchorDigest,
  journalScope,
  receiptsScope,
  resourceId,
  resourceScope,
} from "../../sdk/protocol/anchor.ts";
import { disclose } from "../../sdk/protocol/claims.ts";
import { canonicalize } from "../../sdk/protocol/canonical.ts";
import { deliveryBytes, packageDigest, packageTree, type DeliveryTerms } from "../../sdk/protocol/delivery.ts";
import type { Evidence } from "../../sdk/protocol/evidence.ts";
import type { HashName } from "../../sdk/protocol/hash.ts";
import { PROTOCOL_KINDS } from "../../sdk/protocol/kinds.ts";
import { parseSchema } from "../../sdk/protocol/schema.ts";
import { commitRecord } from "../../sdk/protocol/record.ts";
import { leafHash, MerkleTree } from "../../sdk/protocol/tree.ts";
import { CONSUMER, CONSUMER_KEY, LEDGER, PROVIDER, PROVIDER_KEY, sample, sampleHex } from "./fixed.ts";

/** What a verifier reads from the chain, as far as these vectors need it. */
export interface Facts {
  readonly ledger: Hex;
  readonly anchorDigest: Hex;
  readonly block: number;
  readonly transaction: Hex;
  readonly agreement: {
    readonly id: Hex;
    readonly document: Hex;
    readonly resource: Hex;
    readonly provider: string;
    readonly consumer: string;
    readonly reserved: number;
  };
  readonly keys: Readonly<Record<string, Hex>>;
}

export const RESOURCE = resourceId(PROVIDER, "business-licence");

export const SCHEMA = parseSchema({
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "营业执照",
  "x-title-en": "Business licence",
  type: "object",
  properties: {
    number: { type: "string", minLength: 1, maxLength: 64 },
    holder: {
      type: "object",
      properties: {
        name: { type: "string", minLength: 1, maxLength: 200 },
        code: { type: "string", pattern: "^[0-9A-HJ-NPQRTUWXY]{18}$" },
      },
      required: ["name", "code"],
      additionalProperties: false,
    },
    validFrom: { type: "string", format: "date" },
    validUntil: { type: "string", format: "date" },
    conditions: { type: ["string", "null"], maxLength: 1000 },
    capitalFen: { type: "integer", minimum: 0 },
    scope: { type: "array", items: { type: "string" }, minItems: 0, maxItems: 64 },
    contact: {
      type: "object",
      properties: { phone: { type: "string" } },
      additionalProperties: false,
      "x-personal": true,
    },
  },
  required: ["number", "holder", "validFrom", "validUntil", "conditions"],
  additionalProperties: false,
  "x-required-claims": [
    ["holder", "code"],
    ["holder", "name"],
    ["number"],
    ["validFrom"],
    ["validUntil"],
    ["conditions"],
  ],
  "x-validity": { from: ["validFrom"], until: ["validUntil"] },
});

const DOCUMENT = {
  number: "X-2025-0001",
  holder: { name: "示例市试点甲有限公司", code: "91990100MA0000001A" },
  validFrom: "2025-01-01",
  validUntil: "2025-12-31",
  conditions: null,
  capitalFen: 100000000,
  scope: ["软件开发", "信息系统集成"],
  contact: {},
};

const FIRST = 5;
const COUNT = 5;
const INDEX = 2;
const TIME = 1735693200;

function grantRecord() {
  const record = commitRecord({
    kind: "application",
    ledger: LEDGER,
    hash: "keccak256",
    scope: journalScope(CONSUMER),
    seq: 4,
    issuer: CONSUMER,
    issuedAt: 1735690000,
    document: {
      resource: RESOURCE,
      consumer: CONSUMER,
      purpose: "bid-qualification",
      fields: ['["scope","*"]', '["capitalFen"]', '["contact"]'],
      matter: "招标资格审查",
      basis: "示例依据",
      scenario: "核对投标人营业执照",
      validFrom: 1735660800,
      validUntil: 1767196800,
      maximumUses: 100,
    },
    schema: PROTOCOL_KINDS.application,
    parents: [],
    seed: sample("grant seed"),
  });
  const fields = record.claims.claims.flatMap((claim, at) => (claim?.path[0] === "fields" ? [at] : []));
  return {
    id: toHex(record.id),
    header: record.header,
    claims: disclose(record.claims, PROTOCOL_KINDS.application.required.length, fields),
  };
}

/** One record, delivered: `parents` of both relations, one of them withheld, and a package of three. */
export function fixture(hash: HashName): { readonly evidence: Evidence; readonly facts: Facts } {
  const grant = grantRecord();
  const agreement = agreementId(CONSUMER, RESOURCE, grant.id);
  const scope = resourceScope(RESOURCE);
  const seq = FIRST + INDEX;
  const record = commitRecord({
    kind: "business-licence",
    ledger: LEDGER,
    hash,
    scope,
    seq,
    resource: RESOURCE,
    issuer: PROVIDER,
    subject: sampleHex("subject"),
    issuedAt: 1735693000,
    document: DOCUMENT,
    schema: SCHEMA,
    parents: [
      { ledger: LEDGER, scope, seq: 1, record: sampleHex("predecessor"), relation: "supersedes" },
      {
        ledger: LEDGER,
        scope: receiptsScope(sampleHex("another agreement")),
        seq: 0,
        record: sampleHex("receipt"),
        relation: "attests",
      },
      { ledger: LEDGER, scope, seq: 2, record: sampleHex("source"), relation: "derivedFrom" },
    ],
    seed: sample("record seed"),
  });
  const wanted = new Set(['["capitalFen"]', '["scope",1]', '["contact"]']);
  const positions = record.claims.claims.flatMap((claim, at) =>
    claim && wanted.has(canonicalize(claim.path)) ? [at] : [],
  );
  const claims = disclose(record.claims, SCHEMA.required.length, positions);
  const parents = record.parents && {
    disclosed: record.parents.disclosed.filter(({ at }) => at !== 1),
    proof: record.parents.tree.multiproof([0, 2]),
  };
  const batch = MerkleTree.fromLeafHashes(
    hash,
    concat(
      ...Array.from({ length: COUNT }, (_, i) =>
        leafHash(hash, i === INDEX ? record.id : sample(`record ${i} of the batch`)),
      ),
    ),
  );
  const anchor = {
    first: FIRST,
    count: COUNT,
    time: TIME,
    root: toHex(batch.root),
    department: PROVIDER,
    block: 128,
    transaction: sampleHex("transaction"),
  };
  const items = [0, 1, 2].map((i) => ({
    record: i === 1 ? toHex(record.id) : sampleHex(`delivered ${i}`),
    claims: i === 1 ? claims.disclosed.map(({ at }) => at) : [0, 1, 2, 3, 4, 5],
  }));
  const handed = packageTree(items);
  const terms: DeliveryTerms = {
    ledger: LEDGER,
    agreement,
    k: 3,
    consumer: CONSUMER,
    purpose: "bid-qualification",
    requestDigest: sampleHex("request"),
    packageDigest: packageDigest(items.length, handed.root),
    at: 1735700400,
  };
  const signed = deliveryBytes(terms);
  const evidence: Evidence = {
    header: record.header,
    schema: SCHEMA.json,
    claims,
    ...(parents && { parents }),
    inclusion: batch.proof(INDEX),
    anchor,
    delivery: {
      terms,
      package: { index: 1, count: items.length, proof: handed.proof(1) },
      grant: { header: grant.header, claims: grant.claims },
      provider: { key: PROVIDER_KEY.id, signature: PROVIDER_KEY.sign(signed) },
      consumer: { key: CONSUMER_KEY.id, signature: CONSUMER_KEY.sign(signed) },
    },
  };
  const facts: Facts = {
    ledger: LEDGER,
    anchorDigest: anchorDigest({ ...anchor, hash }),
    block: anchor.block,
    transaction: anchor.transaction,
    agreement: {
      id: agreement,
      document: grant.id,
      resource: RESOURCE,
      provider: PROVIDER,
      consumer: CONSUMER,
      reserved: 16,
    },
    keys: { [PROVIDER_KEY.id]: PROVIDER_KEY.publicKey, [CONSUMER_KEY.id]: CONSUMER_KEY.publicKey },
  };
  return { evidence, facts };
}
