import { concat, toHex, utf8 } from "../../sdk/protocol/bytes.ts";
import { disclose } from "../../sdk/protocol/claims.ts";
import { evidenceJson, type Evidence } from "../../sdk/protocol/evidence.ts";
import type { HashName } from "../../sdk/protocol/hash.ts";
import { commitRecord } from "../../sdk/protocol/record.ts";
import { MerkleTree } from "../../sdk/protocol/tree.ts";
import { documents, drafts, ISSUED_AT, ISSUER, REQUIRED_CLAIMS, SCHEMA, seedOf } from "./fixtures.ts";

/** Records in the batch that the evidence comes from: proofs of 14 nodes. */
export const BATCH_RECORDS = 10_000;
/** Different documents; the batch's other leaves are only ids. */
const DOCUMENTS = 1000;

/** Evidence of records of one batch, each with the required claims only. */
export function makeEvidences(count: number, hash: HashName): readonly Evidence[] {
  const made = drafts(documents(Math.min(count, DOCUMENTS)), hash).map(commitRecord);
  const ids = Array.from({ length: BATCH_RECORDS }, (_, i) => made[i]?.id ?? seedOf(i));
  const tree = MerkleTree.fromRecordIds(hash, concat(...ids));
  const anchor = {
    ...{ first: 0, count: BATCH_RECORDS, time: ISSUED_AT + 5, root: toHex(tree.root), department: ISSUER },
    ...{ block: 100, transaction: toHex(seedOf(2)) },
  };
  const positions = Array.from({ length: REQUIRED_CLAIMS }, (_, i) => i);
  const distinct = made.map(({ header, claims }, i): Evidence => ({
    header,
    schema: SCHEMA.json,
    claims: disclose(claims, REQUIRED_CLAIMS, positions),
    inclusion: tree.proof(i),
    anchor,
  }));
  return Array.from({ length: count }, (_, i) => distinct[i % distinct.length]).filter((one) => one !== undefined);
}

/** The file as a node hands it over. */
export const fileOf = (evidence: Evidence): Uint8Array => utf8(JSON.stringify(evidenceJson(evidence)));
