import { concat, type Hex } from "../../sdk/protocol/bytes.ts";
import type { HashName } from "../../sdk/protocol/hash.ts";
import { leafHash, MerkleTree } from "../../sdk/protocol/tree.ts";
import { HEADERS } from "../storage/keyspaces.ts";
import type { Store } from "../storage/store.ts";
import { RecordError } from "./errors.ts";
import { readHeader } from "./reader.ts";

export interface RecordRange {
  readonly scope: Hex;
  readonly first: number;
  readonly count: number;
  readonly hash: HashName;
}

/** The tree over the ids of neighbouring records, each computed from its header's stored bytes. Throws RecordError `record.damaged` for the first number without a good header. */
export async function readBatchTree({ scope, first, count, hash }: RecordRange, store: Store): Promise<MerkleTree> {
  const leaves: Uint8Array[] = [];
  const range = { gte: { scope, seq: first }, lt: { scope, seq: first + count } };
  for await (const [place, bytes] of store.iterate(HEADERS, range)) {
    const seq = first + leaves.length;
    const stored = place.seq === seq ? readHeader(bytes, place) : undefined;
    if (stored?.header.hash !== hash) throw new RecordError("record.damaged", { seq, part: "header" });
    leaves.push(leafHash(hash, stored.id));
  }
  if (leaves.length !== count) throw new RecordError("record.damaged", { seq: first + leaves.length, part: "header" });
  return MerkleTree.fromLeafHashes(hash, concat(...leaves));
}
