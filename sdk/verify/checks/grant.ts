import type { Agreement } from "../../chain/agreements.ts";
import { journalScope } from "../../protocol/anchor.ts";
import { fromHex, toHex } from "../../protocol/bytes.ts";
import { pathText, type DisclosedClaim, type Path } from "../../protocol/claims.ts";
import { grants, parsePattern } from "../../protocol/delivery.ts";
import { findDisclosureFault } from "../../protocol/disclosure.ts";
import type { Evidence, EvidenceDelivery, Grant } from "../../protocol/evidence.ts";
import { recordId } from "../../protocol/header.ts";
import { PROTOCOL_KINDS } from "../../protocol/kinds.ts";
import { ProtocolError } from "../../protocol/protocol-error.ts";
import { claimConforms } from "../../protocol/schema.ts";
import { fail, type Finding } from "../report.ts";

const APPLICATION = PROTOCOL_KINDS.application;

interface GrantQuestion {
  readonly evidence: Evidence;
  readonly delivery: EvidenceDelivery;
  readonly agreement: Agreement;
}

/** The application is the document that the agreement names, says what the delivery says, and asks for all that is disclosed (SPEC §9.3). */
export function checkGrant({ evidence, delivery, agreement }: GrantQuestion): Finding | undefined {
  const { grant, terms } = delivery;
  if (!isDocumentOf(grant, agreement)) return fail("authorization.document");
  const fault = findClaimsFault(grant);
  if (fault !== undefined) return fail("authorization.document-claims", { rule: fault });
  const { disclosed } = grant.claims;
  const says = (name: string, value: string): boolean =>
    disclosed.some((claim) => isField(claim, name) && claim.value === value);
  const agrees =
    says("resource", agreement.resource) && says("consumer", terms.consumer) && says("purpose", terms.purpose);
  if (!agrees) return fail("authorization.document-terms");
  const patterns = grantedPatterns(disclosed);
  if (patterns === undefined) return fail("authorization.document-claims", { rule: "shape.format" });
  const beyond = findBeyond(evidence, patterns);
  return beyond && fail("authorization.beyond-grant", { at: pathText(beyond.path) });
}

/** An application in the consumer's own journal on the same ledger, with the id that the agreement holds. */
function isDocumentOf({ header }: Grant, agreement: Agreement): boolean {
  return (
    toHex(recordId(header)) === agreement.document &&
    header.kind === "application" &&
    header.schema === APPLICATION.digest &&
    header.issuer === agreement.consumer &&
    header.scope === journalScope(agreement.consumer)
  );
}

function findClaimsFault({ header, claims: { disclosed, proof } }: Grant): string | undefined {
  const { hash, claimsRoot, claimCount: count } = header;
  const fault = findDisclosureFault({
    hash,
    disclosed,
    proof,
    root: fromHex(claimsRoot),
    count,
    required: APPLICATION.required,
  });
  if (fault !== undefined) return fault;
  return disclosed.every(({ path, value }) => claimConforms(APPLICATION, path, value)) ? undefined : "schema.value";
}

const isField = ({ path }: DisclosedClaim, name: string): boolean => path.length === 1 && path[0] === name;

/** The patterns of the claims fields[i]; undefined when one cannot be read. */
function grantedPatterns(disclosed: readonly DisclosedClaim[]): readonly Path[] | undefined {
  const texts = disclosed.filter(({ path }) => path.length === 2 && path[0] === "fields").map(({ value }) => value);
  try {
    return texts.map((text) => parsePattern(typeof text === "string" ? text : ""));
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

/** The first disclosed claim that is neither required nor granted. Required claims stand at the first positions. */
function findBeyond({ claims, schema }: Evidence, patterns: readonly Path[]): DisclosedClaim | undefined {
  const required = schema["x-required-claims"];
  const requiredCount = Array.isArray(required) ? required.length : 0;
  return claims.disclosed.find(
    ({ at, path }) => at >= requiredCount && !patterns.some((pattern) => grants(pattern, path)),
  );
}
