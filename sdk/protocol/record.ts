import { toHex, type Hex } from "./bytes.ts";
import { commitClaims, type ClaimValue, type CommittedClaims } from "./claims.ts";
import type { HashName } from "./hash.ts";
import { headerJson, parseHeader, recordId, type RecordHeader } from "./header.ts";
import type { JsonObject } from "./json.ts";
import { commitParents, type Parent } from "./parents.ts";
import { valueAt } from "./path.ts";
import { validityOf, type RecordSchema } from "./schema.ts";

export interface RecordDraft {
  readonly kind: string;
  readonly ledger: Hex;
  readonly hash: HashName;
  readonly scope: Hex;
  readonly seq: number;
  readonly resource?: Hex;
  readonly issuer: string;
  readonly subject?: Hex;
  readonly issuedAt: number;
  readonly document: JsonObject;
  readonly schema: RecordSchema;
  readonly parents: readonly Parent[];
  readonly seed: Uint8Array;
}

export interface CommittedRecord {
  readonly header: RecordHeader;
  readonly id: Uint8Array;
  readonly claims: CommittedClaims;
  readonly parents: ReturnType<typeof commitParents>;
}

/** Commits one record: claims, parents, header, id. The same draft and seed give the same record. Throws ProtocolError `claims.*`, `schema.validity`, `shape.*`. */
export function commitRecord(draft: RecordDraft): CommittedRecord {
  const { kind, ledger, hash, scope, seq, resource, issuer, subject, issuedAt, document, schema, seed } = draft;
  const claims = commitClaims({ document, required: schema.required, seed, hash });
  const parents = commitParents({ parents: draft.parents, seed, hash });
  const header: RecordHeader = {
    v: 1,
    kind,
    ledger,
    hash,
    scope,
    seq,
    ...(resource !== undefined && { resource }),
    issuer,
    schema: schema.digest,
    ...(subject !== undefined && { subject }),
    issuedAt,
    // Validity paths are required claims, and those are scalars.
    ...validityOf(schema, (path) => valueAt(document, path) as ClaimValue | undefined),
    claimsRoot: toHex(claims.root),
    claimCount: claims.count,
    ...(parents && { parentsRoot: parents.root }),
    parentCount: draft.parents.length,
  };
  // A record whose header nobody could read would be anchored for nothing.
  parseHeader(headerJson(header));
  return { header, id: recordId(header), claims, parents };
}
