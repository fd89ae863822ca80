import type { RecordHeader } from "../../sdk/protocol/header.ts";
import { commitRecord, type CommittedRecord } from "../../sdk/protocol/record.ts";
import type { RecordSchema } from "../../sdk/protocol/schema.ts";
import type { Payload } from "./payload.ts";

export interface StoredContent extends Payload {
  readonly header: RecordHeader;
  readonly seed: Uint8Array;
}

/** Commits what is stored again under its header's place. Throws ProtocolError for content that no record can have. */
export function commitStored(
  { header, document, parents, seed }: StoredContent,
  schema: RecordSchema,
): CommittedRecord {
  const { kind, ledger, hash, scope, seq, issuer, issuedAt, resource, subject } = header;
  return commitRecord({
    ...{ kind, ledger, hash, scope, seq, issuer, issuedAt, document, parents, schema, seed },
    ...(resource !== undefined && { resource }),
    ...(subject !== undefined && { subject }),
  });
}
