import type { Hex } from "../../sdk/protocol/bytes.ts";
import { HASH_BYTES, type HashName } from "../../sdk/protocol/hash.ts";
import { idOfHeaderBytes } from "../../sdk/protocol/header.ts";
import { MerkleTree } from "../../sdk/protocol/tree.ts";
import { HEADERS } from "../storage/keyspaces.ts";
import type { Store } from "../storage/store.ts";
import { RecordError } from "./errors.ts";

export interface RecordRange {
  readonly scope: Hex;
  readonly first: number;
  readonly count: number;
  readonly hash: HashName;
}

/**
 * The tree over the ids of neighbouring records, each computed from its header's stored bytes, whatever they say: what
 * was anchored, or proof-reading, tells whether they are right. Throws RecordError `record.damaged` for a missing header.
 */
export async function readBatchTree({ scope, first, count, hash }: RecordRange, store: Store): Promise<MerkleTree> {
  const ids = new Uint8Array(count * HASH_BYTES);
  const range = { gte: { scope, seq: first }, lt: { scope, seq: first + count } };
  let seq = first;
  for await (const [place, bytes] of store.iterate(HEADERS, range)) {
    if (place.seq !== seq) break;
    ids.set(idOfHeaderBytes(hash, bytes), (seq - first) * HASH_BYTES);
    seq++;
  }
  if (seq !== first + count) throw new RecordError("record.damaged", { seq, part: "header" });
  return MerkleTree.fromRecordIds(hash, ids);
}
