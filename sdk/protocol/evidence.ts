import { toHex, type Hex } from "./bytes.ts";
import { MAXIMUM_BATCH, type AnchorPreimage } from "./anchor.ts";
import { MAXIMUM_CLAIMS, type ClaimValue, type DisclosedClaim, type Path } from "./claims.ts";
import { parseKeySignature, parseTerms, type DeliveryTerms, type KeySignature } from "./delivery.ts";
import { headerJson, MAXIMUM_PARENTS, parseHeader, USCC_FORM, type RecordHeader } from "./header.ts";
import { parseEvidenceText } from "./evidence-text.ts";
import { isJsonObject, type Json, type JsonObject } from "./json.ts";
import { parseParent, SALT_FORM, type DisclosedParent } from "./parents.ts";
import { ProtocolError } from "./protocol-error.ts";
import { Shape } from "./shape.ts";

export const EVIDENCE_FORMAT = "suyuan/evidence/1";
/** A larger file is refused unread. */
export const MAXIMUM_EVIDENCE_BYTES = 4 * 1024 * 1024;
const MAXIMUM_PROOF = 64;
const MAXIMUM_PATH = 64;

export interface ClaimsPart {
  readonly disclosed: readonly DisclosedClaim[];
  readonly proof: readonly Uint8Array[];
}

export interface EvidenceAnchor extends Omit<AnchorPreimage, "hash"> {
  /** Where to look; confirmed against the chain, never believed. */
  readonly block: number;
  readonly transaction: Hex;
}

/** The application document behind an agreement: its record id is what the chain names. */
export interface Grant {
  readonly header: RecordHeader;
  readonly claims: ClaimsPart;
}

export interface EvidenceDelivery {
  readonly terms: DeliveryTerms;
  readonly package: { readonly index: number; readonly count: number; readonly proof: readonly Uint8Array[] };
  readonly grant: Grant;
  readonly provider: KeySignature;
  /** Absent until the consumer has countersigned. */
  readonly consumer?: KeySignature;
}

/** A self-contained proof of one record (SPEC §8). */
export interface Evidence {
  readonly header: RecordHeader;
  readonly schema: JsonObject;
  readonly claims: ClaimsPart;
  readonly parents?: { readonly disclosed: readonly DisclosedParent[]; readonly proof: readonly Uint8Array[] };
  readonly inclusion: readonly Uint8Array[];
  readonly anchor: EvidenceAnchor;
  readonly delivery?: EvidenceDelivery;
}

/** Reads an evidence file. Throws ProtocolError for anything that is not exactly format v1: an uncovered member, a wrong type, a wrong size. */
export function parseEvidenceBytes(bytes: Uint8Array): Evidence {
  if (bytes.length > MAXIMUM_EVIDENCE_BYTES) throw new ProtocolError("json.size", { limit: MAXIMUM_EVIDENCE_BYTES });
  return parseEvidence(parseEvidenceText(bytes));
}

export function parseEvidence(value: Json): Evidence {
  const s = new Shape(value, "evidence");
  if (s.text("format") !== EVIDENCE_FORMAT) throw new ProtocolError("version.unknown");
  const schema = s.any("schema");
  if (!isJsonObject(schema)) throw new ProtocolError("shape.type", { at: "evidence.schema", expected: "object" });
  const parents = s.optional("parents", (name) => parseParents(s.object(name)));
  const delivery = s.optional("delivery", (name) => parseDelivery(s.object(name)));
  const evidence: Evidence = {
    header: parseHeader(s.any("header")),
    schema,
    claims: parseClaims(s.object("claims")),
    ...(parents && { parents }),
    inclusion: s.hashes("inclusion", MAXIMUM_PROOF),
    anchor: parseAnchor(s.object("anchor")),
    ...(delivery && { delivery }),
  };
  s.end();
  return evidence;
}

function parseClaims(s: Shape): ClaimsPart {
  const disclosed = s.objects("disclosed", MAXIMUM_CLAIMS).map((c): DisclosedClaim => {
    const claim = {
      at: c.integer("at", { maximum: MAXIMUM_CLAIMS }),
      salt: c.text("salt", SALT_FORM),
      path: parsePath(c),
      value: parseClaimValue(c),
    };
    c.end();
    return claim;
  });
  const part = { disclosed, proof: s.hashes("proof", MAXIMUM_CLAIMS) };
  s.end();
  return part;
}

function parsePath(s: Shape): Path {
  return s.array("path", MAXIMUM_PATH).map((part) => {
    if (typeof part === "string" || (typeof part === "number" && Number.isSafeInteger(part) && part >= 0)) return part;
    throw new ProtocolError("shape.type", { at: s.name("path"), expected: "strings and positions" });
  });
}

function parseClaimValue(s: Shape): ClaimValue {
  const value = s.any("value");
  if (typeof value === "object" && value !== null && Object.keys(value).length > 0) {
    throw new ProtocolError("shape.type", { at: s.name("value"), expected: "scalar or empty container" });
  }
  return value as ClaimValue; // Scalars and empty containers are all that is left.
}

function parseParents(s: Shape): NonNullable<Evidence["parents"]> {
  const disclosed = s
    .array("disclosed", MAXIMUM_PARENTS)
    .map((item, i) => parseParent(item, s.name(`disclosed[${i}]`)));
  const parents = { disclosed, proof: s.hashes("proof", MAXIMUM_PARENTS) };
  s.end();
  return parents;
}

function parseAnchor(s: Shape): EvidenceAnchor {
  const anchor: EvidenceAnchor = {
    first: s.integer("first", { maximum: 2 ** 40 - 1 }),
    count: s.integer("count", { minimum: 1, maximum: MAXIMUM_BATCH }),
    time: s.integer("time", { maximum: 2 ** 40 - 1 }),
    root: s.hex("root", 32),
    department: s.text("department", USCC_FORM),
    block: s.integer("block"),
    transaction: s.hex("transaction", 32),
  };
  s.end();
  return anchor;
}

function parseDelivery(s: Shape): EvidenceDelivery {
  const p = s.object("package");
  const consumer = s.optional("consumer", (name) => parseKeySignature(s.any(name), s.name(name)));
  const delivery: EvidenceDelivery = {
    terms: parseTerms(s.any("terms")),
    package: {
      index: p.integer("index"),
      count: p.integer("count", { minimum: 1 }),
      proof: p.hashes("proof", MAXIMUM_PROOF),
    },
    grant: grantOf(s.object("grant")),
    provider: parseKeySignature(s.any("provider"), s.name("provider")),
    ...(consumer && { consumer }),
  };
  p.end();
  s.end();
  return delivery;
}

/** Reads a grant that travels by itself: an application handed to the provider. Throws ProtocolError `shape.*`, `version.unknown`. */
export const parseGrant = (value: Json): Grant => grantOf(new Shape(value, "grant"));

function grantOf(s: Shape): Grant {
  const grant = { header: parseHeader(s.any("header")), claims: parseClaims(s.object("claims")) };
  s.end();
  return grant;
}

const hexes = (hashes: readonly Uint8Array[]): Hex[] => hashes.map(toHex);
const claimsJson = ({ disclosed, proof }: ClaimsPart): Json => ({
  disclosed: disclosed.map(({ at, salt, path, value }) => ({ at, salt, path, value })),
  proof: hexes(proof),
});

/** The JSON form of an evidence, as written to `*.evidence.json`. */
export function evidenceJson(evidence: Evidence): JsonObject {
  const { header, schema, claims, parents, inclusion, anchor, delivery } = evidence;
  return {
    format: EVIDENCE_FORMAT,
    header: headerJson(header),
    schema,
    claims: claimsJson(claims),
    ...(parents && {
      parents: { disclosed: parents.disclosed.map((parent) => ({ ...parent })), proof: hexes(parents.proof) },
    }),
    inclusion: hexes(inclusion),
    anchor: { ...anchor },
    ...(delivery && { delivery: deliveryJson(delivery) }),
  };
}

/** The JSON form of a grant. */
export const grantJson = ({ header, claims }: Grant): JsonObject => ({
  header: headerJson(header),
  claims: claimsJson(claims),
});

function deliveryJson({
  terms,
  package: { index, count, proof },
  grant,
  provider,
  consumer,
}: EvidenceDelivery): JsonObject {
  return {
    terms: { ...terms },
    package: { index, count, proof: hexes(proof) },
    grant: grantJson(grant),
    provider: { ...provider },
    ...(consumer && { consumer: { ...consumer } }),
  };
}
