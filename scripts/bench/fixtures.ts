import { createHash } from "node:crypto";
import { ecertificate } from "../../sdk/families/ecertificate.ts";
import { demoDepartments } from "../../sdk/families/demo-departments.ts";
import { generateCertificates } from "../../sdk/families/synthetic-certificates.ts";
import { resourceId, resourceScope } from "../../sdk/protocol/anchor.ts";
import { toHex } from "../../sdk/protocol/bytes.ts";
import type { HashName } from "../../sdk/protocol/hash.ts";
import { ledgerId } from "../../sdk/protocol/header.ts";
import { isJsonObject, parseJson, type JsonObject } from "../../sdk/protocol/json.ts";
import type { RecordDraft } from "../../sdk/protocol/record.ts";
import { parseSchema } from "../../sdk/protocol/schema.ts";

export const CLAIMS = 25;
/** How many claims the schema requires: those that every evidence shows. */
export const REQUIRED_CLAIMS = 5;
export const ISSUER = demoDepartments.marketRegulation.uscc;
export const RESOURCE = resourceId(ISSUER, "business-licence");
/** 2025-09-10T00:00:00Z, seconds. */
export const ISSUED_AT = 1_757_462_400;
export const LEDGER_NAME = { chainId: 4701, genesis: toHex(seedOf(1)), directory: `0x${"d1".repeat(20)}` } as const;
export const LEDGER = ledgerId(LEDGER_NAME);
const SEED = 20_250_901;

/** The members of an electronic certificate that make 25 claims. */
const LEFT_OUT = ["definingAuthority", "relatedItem", "attachments"];

const without = (object: JsonObject, names: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));

function members(value: unknown): JsonObject {
  if (!isJsonObject(value)) throw new TypeError("not an object");
  return value;
}

/** The family's schema without what is left out, and with five required claims. */
export const SCHEMA = parseSchema({
  ...ecertificate.schema,
  properties: without(members(ecertificate.schema["properties"]), LEFT_OUT),
  required: (ecertificate.schema["required"] as readonly string[]).filter((name) => !LEFT_OUT.includes(name)), // A list of names by JSON Schema.
  "x-required-claims": [
    ["certificateIdentifier"],
    ["holder", "code"],
    ["validity", "start"],
    ["validity", "end"],
    ["conditions"],
  ],
});

/** Business licences of 25 claims each; the same numbers give the same documents. */
export const documents = (count: number, first = 0): JsonObject[] =>
  [...generateCertificates({ seed: SEED, count, first })].map((certificate) =>
    // Through text: what intake gets is parsed JSON.
    without(members(parseJson(JSON.stringify(certificate))), LEFT_OUT),
  );

/** 32 bytes, the same for the same number. */
export function seedOf(number: number): Uint8Array {
  return new Uint8Array(createHash("sha256").update(`bench ${number}`).digest());
}

/** The draft of record number `seq` of one scope. */
export const draft = (document: JsonObject, hash: HashName, seq: number): RecordDraft => ({
  kind: "business-licence",
  ledger: LEDGER,
  hash,
  scope: resourceScope(RESOURCE),
  seq,
  resource: RESOURCE,
  issuer: ISSUER,
  issuedAt: ISSUED_AT,
  document,
  schema: SCHEMA,
  parents: [],
  seed: seedOf(seq),
});

export const drafts = (all: readonly JsonObject[], hash: HashName): RecordDraft[] =>
  all.map((document, seq) => draft(document, hash, seq));
