import type { JsonObject } from "./json.ts";
import { parseSchema, type RecordSchema } from "./schema.ts";

const hex32 = { type: "string", pattern: "^0x[0-9a-f]{64}$" };
const uscc = { type: "string", pattern: "^[0-9A-HJ-NPQRTUWXY]{18}$" };
const code = { type: "string", pattern: "^[a-z][a-z0-9-]{0,63}$" };
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

export type ProtocolKind = keyof typeof PROTOCOL_KINDS;
export const isProtocolKind = (kind: string): kind is ProtocolKind => Object.hasOwn(PROTOCOL_KINDS, kind);
