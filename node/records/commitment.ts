import { concat, fromBase64Url, toHex, type Hex } from "../../sdk/protocol/bytes.ts";
import { claimsRoot, valueAt, type ClaimValue } from "../../sdk/protocol/claims.ts";
import type { HashName } from "../../sdk/protocol/hash.ts";
import { headerJson, headerText, idOfHeaderBytes, parseHeader, type RecordHeader } from "../../sdk/protocol/header.ts";
import type { JsonObject } from "../../sdk/protocol/json.ts";
import { commitParents, type Parent } from "../../sdk/protocol/parents.ts";
import { validityOf, type RecordSchema } from "../../sdk/protocol/schema.ts";

/** What a header commits to beside its place: the same under whatever number. */
export type Commitment = Pick<
  RecordHeader,
  "claimsRoot" | "claimCount" | "validFrom" | "validUntil" | "parentsRoot" | "parentCount"
>;

export interface Content {
  readonly document: JsonObject;
  readonly parents: readonly Parent[];
  readonly schema: RecordSchema;
  readonly seed: Uint8Array;
  readonly hash: HashName;
}

export interface Committed<C = Commitment> {
  readonly commitment: C;
  /** Of each parent in order, 16 bytes: the index of lineage keeps them, so that they are derived once. */
  readonly parentSalts: Uint8Array;
}

/** Throws ProtocolError `claims.*`, `document.not-object`, `schema.validity`. */
export function commitContent({ document, parents, schema, seed, hash }: Content): Committed {
  const { root, count } = claimsRoot({ document, required: schema.required, seed, hash });
  // The validity paths are required claims, and those are scalars.
  const validity = validityOf(schema, (path) => valueAt(document, path) as ClaimValue | undefined);
  const { commitment, parentSalts } = commitLineage({ parents, seed, hash });
  return { commitment: { claimsRoot: toHex(root), claimCount: count, ...validity, ...commitment }, parentSalts };
}

/** The parents' part of a commitment. */
export function commitLineage(
  options: Pick<Content, "parents" | "seed" | "hash">,
): Committed<Pick<Commitment, "parentsRoot" | "parentCount">> {
  const lineage = commitParents(options);
  return {
    commitment: { ...(lineage && { parentsRoot: lineage.root }), parentCount: options.parents.length },
    parentSalts: concat(...(lineage?.disclosed ?? []).map(({ salt }) => fromBase64Url(salt))),
  };
}

export interface Place extends Pick<
  RecordHeader,
  "kind" | "ledger" | "hash" | "scope" | "seq" | "issuer" | "schema" | "issuedAt"
> {
  readonly resource?: Hex | undefined;
  readonly subject?: Hex | undefined;
}

export interface StampedHeader {
  readonly header: RecordHeader;
  /** The canonical form, as stored. */
  readonly bytes: Uint8Array;
  readonly id: Uint8Array;
}

/** The header of a commitment at its place. Throws ProtocolError `shape.*` for one that nobody could read. */
export function stampHeader({ resource, subject, ...place }: Place, commitment: Commitment): StampedHeader {
  const header: RecordHeader = {
    v: 1,
    ...place,
    ...(resource !== undefined && { resource }),
    ...(subject !== undefined && { subject }),
    ...commitment,
  };
  parseHeader(headerJson(header));
  const bytes = Buffer.from(headerText(header));
  return { header, bytes, id: idOfHeaderBytes(header.hash, bytes) };
}
