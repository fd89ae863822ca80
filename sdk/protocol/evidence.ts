import { toHex, type Hex } from "./bytes.ts";
import { MAXIMUM_BATCH, type AnchorPreimage } from "./anchor.ts";
import { MAXIMUM_CLAIMS, type ClaimValue, type DisclosedClaim, type Path } from "./claims.ts";
import { readKeySignature, readTerms, type DeliveryTerms, type KeySignature } from "./delivery.ts";
import { headerJson, MAXIMUM_PARENTS, readHeader, USCC_FORM, type RecordHeader } from "./header.ts";
import { findSchema, parseEvidenceText } from "./evidence-text.ts";
import { isJsonObject, type Json, type JsonObject } from "./json.ts";
import { readParent, SALT_FORM, type DisclosedParent } from "./parents.ts";
import { ProtocolError } from "./protocol-error.ts";
import { Shape, type Members } from "./shape.ts";
import { WrittenMembers } from "./written.ts";

export const EVIDENCE_FORMAT = "suyuan/evidence/1";
/** A larger file is refused unread. */
export const MAXIMUM_EVIDENCE_BYTES = 4 * 1024 * 1024;
const MAXIMUM_PROOF = 64;
const MAXIMUM_PATH = 64;
const CLAIM_POSITION = { maximum: MAXIMUM_CLAIMS };
/** Of a batch in its scope and its time: what fits 5 bytes on chain. */
const PLACE = { maximum: 2 ** 40 - 1 };
const AT_LEAST_ONE = { minimum: 1 };
const BATCH_COUNT = { minimum: 1, maximum: MAXIMUM_BATCH };

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
  return findWrittenEvidence(bytes) ?? parseEvidence(parseEvidenceText(bytes));
}

/** A file letter for letter as `evidenceJson` writes it, with a schema that is remembered; undefined for every other one. */
export function findWrittenEvidence(bytes: Uint8Array): Evidence | undefined {
  const schema = findSchema(bytes);
  if (schema === undefined) return undefined;
  try {
    const members = new WrittenMembers(bytes, schema);
    const evidence = readEvidence(members);
    return members.isAtEnd ? evidence : undefined;
  } catch {
    // The strict parser says what is wrong, or that nothing is.
    return undefined;
  }
}

export const parseEvidence = (value: Json): Evidence => readEvidence(new Shape(value, "evidence"));

function readEvidence(s: Members): Evidence {
  if (s.text("format") !== EVIDENCE_FORMAT) throw new ProtocolError("version.unknown");
  const header = readHeader(s.object("header"));
  const schema = s.any("schema");
  if (!isJsonObject(schema)) throw new ProtocolError("shape.type", { at: s.name("schema"), expected: "object" });
  const claims = readClaims(s.object("claims"));
  const parents = s.optional("parents", (name) => readParents(s.object(name)));
  const inclusion = s.hashes("inclusion", MAXIMUM_PROOF);
  const anchor = readAnchor(s.object("anchor"));
  const delivery = s.optional("delivery", (name) => readDelivery(s.object(name)));
  s.end();
  return {
    ...{ header, schema, claims },
    ...(parents && { parents }),
    ...{ inclusion, anchor },
    ...(delivery && { delivery }),
  };
}

function readClaims(s: Members): ClaimsPart {
  const part = {
    disclosed: s.objects("disclosed", MAXIMUM_CLAIMS, readClaim),
    proof: s.hashes("proof", MAXIMUM_CLAIMS),
  };
  s.end();
  return part;
}

function readClaim(s: Members): DisclosedClaim {
  const claim = {
    at: s.integer("at", CLAIM_POSITION),
    salt: s.text("salt", SALT_FORM),
    path: readPath(s),
    value: readClaimValue(s),
  };
  s.end();
  return claim;
}

function readPath(s: Members): Path {
  return s.array("path", MAXIMUM_PATH).map((part) => {
    if (typeof part === "string" || (typeof part === "number" && Number.isSafeInteger(part) && part >= 0)) return part;
    throw new ProtocolError("shape.type", { at: s.name("path"), expected: "strings and positions" });
  });
}

function readClaimValue(s: Members): ClaimValue {
  const value = s.any("value");
  if (typeof value === "object" && value !== null && Object.keys(value).length > 0) {
    throw new ProtocolError("shape.type", { at: s.name("value"), expected: "scalar or empty container" });
  }
  return value as ClaimValue; // Scalars and empty containers are all that is left.
}

function readParents(s: Members): NonNullable<Evidence["parents"]> {
  const parents = {
    disclosed: s.objects("disclosed", MAXIMUM_PARENTS, readParent),
    proof: s.hashes("proof", MAXIMUM_PARENTS),
  };
  s.end();
  return parents;
}

function readAnchor(s: Members): EvidenceAnchor {
  const anchor: EvidenceAnchor = {
    first: s.integer("first", PLACE),
    count: s.integer("count", BATCH_COUNT),
    time: s.integer("time", PLACE),
    root: s.hex("root", 32),
    department: s.text("department", USCC_FORM),
    block: s.integer("block"),
    transaction: s.hex("transaction", 32),
  };
  s.end();
  return anchor;
}

function readDelivery(s: Members): EvidenceDelivery {
  const terms = readTerms(s.object("terms"));
  const place = readPackage(s.object("package"));
  const grant = readGrant(s.object("grant"));
  const provider = readKeySignature(s.object("provider"));
  const consumer = s.optional("consumer", (name) => readKeySignature(s.object(name)));
  s.end();
  return { terms, package: place, grant, provider, ...(consumer && { consumer }) };
}

function readPackage(s: Members): EvidenceDelivery["package"] {
  const place = {
    index: s.integer("index"),
    count: s.integer("count", AT_LEAST_ONE),
    proof: s.hashes("proof", MAXIMUM_PROOF),
  };
  s.end();
  return place;
}

/** Reads a grant that travels by itself: an application handed to the provider. Throws ProtocolError `shape.*`, `version.unknown`. */
export const parseGrant = (value: Json): Grant => readGrant(new Shape(value, "grant"));

function readGrant(s: Members): Grant {
  const grant = { header: readHeader(s.object("header")), claims: readClaims(s.object("claims")) };
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
