import { createPublicKey, verify } from "node:crypto";
import { anchorDigest, resourceScope } from "../../sdk/protocol/anchor.ts";
import { equalBytes, fromBase64Url, fromHex, toHex, type Hex } from "../../sdk/protocol/bytes.ts";
import { canonicalize } from "../../sdk/protocol/canonical.ts";
import type { ClaimValue, Path } from "../../sdk/protocol/claims.ts";
import {
  deliveryBytes,
  grants,
  packageDigestFrom,
  parsePattern,
  splitKeyId,
  type KeySignature,
} from "../../sdk/protocol/delivery.ts";
import { findDisclosureFault, findParentsFault } from "../../sdk/protocol/disclosure.ts";
import type { ClaimsPart, Evidence, EvidenceDelivery } from "../../sdk/protocol/evidence.ts";
import { recordId, type RecordHeader } from "../../sdk/protocol/header.ts";
import { PROTOCOL_KINDS } from "../../sdk/protocol/kinds.ts";
import { claimConforms, parseSchema, schemaDigest, validityOf, type RecordSchema } from "../../sdk/protocol/schema.ts";
import { leafHash, rootFromInclusion } from "../../sdk/protocol/tree.ts";
import type { Facts } from "./evidence-fixture.ts";

/**
 * The parts of SPEC §11 that need no time and no history: what is wrong with an evidence, given what the chain says.
 * The first fault by the order of the specification's checks; undefined when there is none. Throws nothing but programming mistakes.
 */
export function findOfflineFault(evidence: Evidence, facts: Facts): string | undefined {
  const { header, anchor, delivery } = evidence;
  if (header.ledger !== facts.ledger) return "ledger";
  if (header.resource !== undefined && header.scope !== resourceScope(header.resource)) return "scope.resource";
  if (header.issuer !== anchor.department) return "scope.issuer";
  const index = header.seq - anchor.first;
  if (index < 0 || index >= anchor.count) return "scope.number";
  if (schemaDigest(evidence.schema) !== header.schema) return "schema.digest";
  const schema = parseSchema(evidence.schema);
  const fault = findClaimsFault(header, evidence.claims, schema) ?? findParents(evidence);
  if (fault !== undefined) return fault;
  const leaf = leafHash(header.hash, recordId(header));
  const root = rootFromInclusion({ hash: header.hash, leaf, index, count: anchor.count, proof: evidence.inclusion });
  if (root === undefined || !equalBytes(root, fromHex(anchor.root))) return "inclusion";
  if (anchorDigest({ ...anchor, hash: header.hash }) !== facts.anchorDigest) return "anchor";
  if (anchor.block !== facts.block || anchor.transaction !== facts.transaction) return "anchor.hint";
  return delivery && findDeliveryFault(evidence, delivery, facts);
}

function findClaimsFault(
  header: RecordHeader,
  { disclosed, proof }: ClaimsPart,
  schema: RecordSchema,
): string | undefined {
  const { hash, claimsRoot, claimCount: count } = header;
  const fault = findDisclosureFault({
    hash,
    disclosed,
    proof,
    root: fromHex(claimsRoot),
    count,
    required: schema.required,
  });
  if (fault !== undefined) return fault;
  if (!disclosed.every(({ path, value }) => claimConforms(schema, path, value))) return "schema.claim";
  const values = new Map(disclosed.map(({ path, value }) => [canonicalize(path), value]));
  const validity = validityOf(schema, (path: Path): ClaimValue | undefined => values.get(canonicalize(path)));
  return validity.validFrom === header.validFrom && validity.validUntil === header.validUntil
    ? undefined
    : "schema.validity";
}

function findParents({ header, parents }: Evidence): string | undefined {
  if (parents === undefined) return undefined;
  const root = header.parentsRoot === undefined ? undefined : fromHex(header.parentsRoot);
  return findParentsFault({ hash: header.hash, ...parents, root, count: header.parentCount });
}

function findDeliveryFault(
  evidence: Evidence,
  { terms, package: place, grant, provider, consumer }: EvidenceDelivery,
  facts: Facts,
): string | undefined {
  const { agreement } = facts;
  if (terms.ledger !== facts.ledger) return "terms.ledger";
  if (terms.agreement !== agreement.id || terms.consumer !== agreement.consumer || terms.k >= agreement.reserved)
    return "terms.agreement";
  if (evidence.header.resource !== agreement.resource) return "terms.resource";
  const item = { record: toHex(recordId(evidence.header)), claims: evidence.claims.disclosed.map(({ at }) => at) };
  if (packageDigestFrom(item, place) !== terms.packageDigest) return "package";
  if (toHex(recordId(grant.header)) !== agreement.document) return "grant.document";
  const schema = PROTOCOL_KINDS.application;
  if (grant.header.kind !== "application" || grant.header.schema !== schema.digest) return "grant.schema";
  const fault = findClaimsFault(grant.header, grant.claims, schema);
  if (fault !== undefined) return `grant.${fault}`;
  if (valueAt(grant.claims, "resource") !== agreement.resource || valueAt(grant.claims, "consumer") !== terms.consumer)
    return "grant.parties";
  if (valueAt(grant.claims, "purpose") !== terms.purpose) return "grant.purpose";
  if (!isWithinGrant(evidence, grant.claims)) return "grant.fields";
  const signed = deliveryBytes(terms);
  if (!isSignedBy(agreement.provider, provider, signed, facts)) return "provider.signature";
  if (consumer === undefined || !isSignedBy(agreement.consumer, consumer, signed, facts)) return "consumer.signature";
  return undefined;
}

const valueAt = (claims: ClaimsPart, name: string): ClaimValue | undefined =>
  claims.disclosed.find(({ path }) => path.length === 1 && path[0] === name)?.value;

function isWithinGrant(evidence: Evidence, claims: ClaimsPart): boolean {
  const patterns = claims.disclosed.flatMap(({ path, value }) =>
    path[0] === "fields" && path.length === 2 && typeof value === "string" ? [parsePattern(value)] : [],
  );
  const { required } = parseSchema(evidence.schema);
  return evidence.claims.disclosed.every(
    ({ at, path }) => at < required.length || patterns.some((pattern) => grants(pattern, path)),
  );
}

function isSignedBy(department: string, { key, signature }: KeySignature, signed: Uint8Array, facts: Facts): boolean {
  const publicKey: Hex | undefined = Object.hasOwn(facts.keys, key) ? facts.keys[key] : undefined;
  if (publicKey === undefined || splitKeyId(key).department !== department) return false;
  const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), fromHex(publicKey)]);
  return verify(null, signed, createPublicKey({ key: spki, format: "der", type: "spki" }), fromBase64Url(signature));
}
