import type { Hex } from "./bytes.ts";
import type { JsonObject } from "./json.ts";
import { parseSchema, type RecordSchema } from "./schema.ts";

const hex32 = { type: "string", pattern: "^0x[0-9a-f]{64}$" };
const uscc = { type: "string", pattern: "^[0-9A-HJ-NPQRTUWXY]{18}$" };
const code = { type: "string", pattern: "^[a-z][a-z0-9-]{0,63}$" };
const projectCode = { type: "string", minLength: 1, maxLength: 64 };
const integer = { type: "integer", minimum: 0 };
const keyId = { type: "string", pattern: "^[0-9A-HJ-NPQRTUWXY]{18}/(0|[1-9][0-9]{0,8})$" };
const signature = { type: "string", pattern: "^[A-Za-z0-9_-]{85}[AQgw]$" };
const signatures = {
  type: "array",
  items: {
    type: "object",
    properties: { key: keyId, signature },
    required: ["key", "signature"],
    additionalProperties: false,
  },
};

const link = { type: "string", minLength: 1, maxLength: 500 };
const datasets = {
  type: "array",
  maxItems: 1000,
  items: {
    type: "object",
    properties: { namespace: link, name: link, version: link },
    required: ["namespace", "name"],
    additionalProperties: false,
  },
};
/** A field of one of an activity's inputs or outputs: `of` counts the records named as parents first, then the data sets. */
const field = {
  type: "object",
  properties: { of: integer, path: { type: "string", maxLength: 512 } },
  required: ["of", "path"],
  additionalProperties: false,
};

function kind(title: string, properties: JsonObject, required: readonly string[]): RecordSchema {
  return parseSchema({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title,
    type: "object",
    properties,
    required,
    additionalProperties: false,
    "x-required-claims": required.map((name) => [name]),
  });
}

/**
 * The kinds of record that the protocol itself defines (SPEC §10), with their schemas: what departments write about
 * sharing, not what they share. They live in journals and agreement streams.
 */
export const PROTOCOL_KINDS = {
  /** Fills a number that cannot be used. */
  void: kind("作废编号 Void number", { reason: code }, ["reason"]),
  /** The document of an agreement: what is asked for, why, on which basis. */
  application: kind(
    "共享申请 Application",
    {
      resource: hex32,
      consumer: uscc,
      purpose: code,
      fields: { type: "array", minItems: 0, maxItems: 256, items: { type: "string", maxLength: 512 } },
      matter: { type: "string", minLength: 1, maxLength: 500 },
      basis: { type: "string", minLength: 1, maxLength: 1000 },
      scenario: { type: "string", minLength: 1, maxLength: 1000 },
      validFrom: integer,
      validUntil: integer,
      maximumUses: integer,
    },
    ["resource", "consumer", "purpose", "validFrom", "validUntil", "maximumUses"],
  ),
  /** What the provider did with delivery number k. */
  delivery: kind(
    "交付 Delivery",
    {
      agreement: hex32,
      k: integer,
      outcome: { enum: ["delivered", "unacknowledged", "void"], type: "string" },
      at: integer,
      requestDigest: hex32,
      packageDigest: hex32,
      signatures,
    },
    ["agreement", "k", "outcome"],
  ),
  /** What the consumer says of delivery number k. */
  receipt: kind(
    "回执 Receipt",
    {
      agreement: hex32,
      k: integer,
      outcome: { enum: ["received", "disputed", "nothing-received"], type: "string" },
      at: integer,
      packageDigest: hex32,
      signatures,
    },
    ["agreement", "k", "outcome"],
  ),
  /** Two people of a department decide that a payload shall be destroyed. */
  "destruction-intent": kind(
    "销毁决定 Destruction intent",
    { scope: hex32, seq: integer, record: hex32, reason: code, at: integer, approvals: signatures },
    ["scope", "seq", "record", "reason"],
  ),
  /** The payload and its key are gone. */
  destruction: kind("销毁完成 Destruction", { scope: hex32, seq: integer, record: hex32, intent: hex32, at: integer }, [
    "scope",
    "seq",
    "record",
    "intent",
  ]),
  /** What was done with data: parents related by `derivedFrom` were used, those by `quotes` were generated (SPEC §14.1). */
  activity: kind(
    "活动 Activity",
    {
      activity: { type: "string", minLength: 1, maxLength: 200 },
      name: { type: "string", minLength: 1, maxLength: 500 },
      state: { enum: ["start", "running", "complete", "abort", "fail", "other"], type: "string" },
      used: integer,
      generated: integer,
      namespace: { type: "string", minLength: 1, maxLength: 500 },
      at: integer,
      startedAt: integer,
      endedAt: integer,
      actor: { type: "string", minLength: 1, maxLength: 200 },
      code: {
        type: "object",
        properties: { repository: link, version: link, digest: hex32 },
        additionalProperties: false,
      },
      inputs: datasets,
      outputs: datasets,
      fields: {
        type: "array",
        maxItems: 1000,
        items: {
          type: "object",
          properties: { output: field, inputs: { type: "array", minItems: 1, maxItems: 256, items: field }, how: link },
          required: ["output", "inputs"],
          additionalProperties: false,
        },
      },
      event: { type: "object" },
    },
    ["activity", "name", "state", "used", "generated"],
  ),
  /** One of the seven stages of a life of data (SPEC §14.2). */
  lifecycle: kind(
    "生命周期 Lifecycle",
    {
      subject: {
        type: "string",
        pattern: "^(?:resource:0x[0-9a-f]{64}|record:0x[0-9a-f]{64}/(?:0|[1-9][0-9]{0,12})|dataset:.{1,400})$",
      },
      stage: { enum: ["source", "cache", "view", "resource", "service", "application", "retired"], type: "string" },
      previous: { enum: ["none", "source", "cache", "view", "resource", "service", "application"], type: "string" },
      at: integer,
      actor: { type: "string", minLength: 1, maxLength: 200 },
      evidence: hex32,
      note: { type: "string", minLength: 1, maxLength: 1000 },
    },
    ["subject", "stage", "previous", "at", "actor"],
  ),
  /** A department tells another that something it received, or what that was made from, is bad (SPEC §14.3). */
  recall: kind(
    "召回通知 Recall",
    {
      scope: hex32,
      seq: integer,
      record: hex32,
      recipient: uscc,
      reason: code,
      at: integer,
      deliveries: {
        type: "array",
        minItems: 1,
        maxItems: 1000,
        items: {
          type: "object",
          properties: { agreement: hex32, k: integer },
          required: ["agreement", "k"],
          additionalProperties: false,
        },
      },
      instruction: { type: "string", minLength: 1, maxLength: 1000 },
    },
    ["scope", "seq", "record", "recipient", "reason"],
  ),
  /** The recipient of a recall says that it has it. */
  "recall-receipt": kind(
    "召回回执 Recall receipt",
    {
      notice: hex32,
      sender: uscc,
      outcome: { enum: ["acknowledged"], type: "string" },
      affected: integer,
      at: integer,
    },
    ["notice", "sender", "outcome"],
  ),
  /** A department that received a record asks its provider to correct it (SPEC §14.6). */
  "correction-request": kind(
    "更正申请 Correction request",
    {
      agreement: hex32,
      k: integer,
      scope: hex32,
      seq: integer,
      record: hex32,
      recipient: uscc,
      fields: { type: "array", maxItems: 64, items: { type: "string", minLength: 1, maxLength: 512 } },
      text: { type: "string", minLength: 1, maxLength: 1000 },
      at: integer,
    },
    ["agreement", "k", "scope", "seq", "record", "recipient", "text", "at"],
  ),
  /** What the provider did about a request for correction. */
  "correction-answer": kind(
    "更正答复 Correction answer",
    {
      request: hex32,
      recipient: uscc,
      outcome: { enum: ["corrected", "refused"], type: "string" },
      scope: hex32,
      seq: integer,
      record: hex32,
      basis: { type: "string", minLength: 1, maxLength: 1000 },
      at: integer,
    },
    ["request", "recipient", "outcome", "scope", "seq", "record", "at"],
  ),
  /** A document or filing of a government investment project (SPEC §15.1). Amounts are 分. */
  "project-filing": kind(
    "项目文件 Project filing",
    {
      project: projectCode,
      step: code,
      at: integer,
      title: { type: "string", minLength: 1, maxLength: 500 },
      lot: integer,
      amount: integer,
      content: { type: "string", maxLength: 1_000_000 },
      attachment: {
        type: "object",
        properties: { digest: hex32, size: integer, type: { type: "string", minLength: 1, maxLength: 200 } },
        required: ["digest", "size", "type"],
        additionalProperties: false,
      },
    },
    ["project", "step", "at"],
  ),
  /** One release of a project's data in a standard, as published: the canonical text of the document (SPEC §15.2). */
  "project-release": kind(
    "项目数据发布 Project release",
    {
      project: projectCode,
      standard: { enum: ["ocds-release", "oc4ids-project"], type: "string" },
      identifier: { type: "string", minLength: 1, maxLength: 500 },
      release: { type: "string", minLength: 1, maxLength: 500 },
      date: { type: "string", maxLength: 64 },
      content: { type: "string", maxLength: 2_000_000 },
    },
    ["project", "standard", "identifier", "release", "date"],
  ),
  /** What a rule has to say of a project; the records it rests on are its parents (SPEC §15.3). */
  "project-flag": kind(
    "项目警示 Project flag",
    {
      project: projectCode,
      rule: code,
      at: integer,
      rules: hex32,
      subject: { type: "string", maxLength: 1000 },
      actual: { type: "integer" },
      limit: { type: "integer" },
      excess: { type: "integer" },
      currency: { type: "string", maxLength: 8 },
      inputs: {
        type: "array",
        maxItems: 500,
        items: {
          type: "object",
          properties: {
            record: integer,
            path: { type: "string", maxLength: 1000 },
            value: { type: "string", maxLength: 2000 },
          },
          required: ["record", "path", "value"],
          additionalProperties: false,
        },
      },
      proof: {
        type: "object",
        properties: { agreement: hex32, k: integer, index: integer, record: hex32, evidence: hex32 },
        required: ["agreement", "k", "index", "record", "evidence"],
        additionalProperties: false,
      },
    },
    ["project", "rule", "at"],
  ),
  /** What an operator did. */
  operation: kind(
    "操作 Operation",
    {
      action: code,
      subject: { type: "string", maxLength: 128 },
      at: integer,
      key: keyId,
      detail: { type: "string", maxLength: 1000 },
    },
    ["action", "subject", "key"],
  ),
} as const;

/** The schemas of the protocol's own kinds, by digest. */
export const PROTOCOL_SCHEMAS: ReadonlyMap<Hex, RecordSchema> = new Map(
  Object.values(PROTOCOL_KINDS).map((schema) => [schema.digest, schema]),
);

export type ProtocolKind = keyof typeof PROTOCOL_KINDS;
export const isProtocolKind = (kind: string): kind is ProtocolKind => Object.hasOwn(PROTOCOL_KINDS, kind);

/** What the protocol's own kinds belong in (SPEC §10); every other kind belongs in a resource's scope. */
export const KINDS_OF_SCOPE: Readonly<
  Record<"resource" | "deliveries" | "receipts" | "journal", readonly ProtocolKind[]>
> = {
  resource: ["void"],
  deliveries: ["delivery", "void"],
  receipts: ["receipt", "void"],
  journal: [
    "application",
    "destruction-intent",
    "destruction",
    "activity",
    "lifecycle",
    "recall",
    "recall-receipt",
    "correction-request",
    "correction-answer",
    "project-filing",
    "project-release",
    "project-flag",
    "operation",
    "void",
  ],
};
