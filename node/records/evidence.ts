import { equalBytes, fromHex, type Hex } from "../../sdk/protocol/bytes.ts";
import { disclose, type CommittedClaims, type Path } from "../../sdk/protocol/claims.ts";
import { grants } from "../../sdk/protocol/delivery.ts";
import type { Evidence } from "../../sdk/protocol/evidence.ts";
import type { MerkleTree } from "../../sdk/protocol/tree.ts";
import type { ScopeSeq } from "../storage/codecs.ts";
import type { StoredAnchor } from "../storage/keyspaces.ts";
import type { Store } from "../storage/store.ts";
import { readBatchTree } from "./batch-tree.ts";
import { RecordError } from "./errors.ts";
import type { BuiltEvidence, EvidenceOptions } from "./model.ts";
import type { FoundBatch, RecordReader } from "./reader.ts";

/** Batch trees held in memory. One of 2,048 records takes 128 KiB. */
export const CACHED_TREES = 16;

/** Makes evidence of final records from stored bytes, proving on the way that they are what was anchored. */
export class EvidenceBuilder {
  private readonly store: Store;
  private readonly reader: RecordReader;
  private readonly trees = new Map<string, MerkleTree>();

  constructor({ store, reader }: { readonly store: Store; readonly reader: RecordReader }) {
    this.store = store;
    this.reader = reader;
  }

  /** Throws RecordError `record.unknown`, `record.not-final`, `record.destroyed`, `record.destruction-pending`, `record.damaged`, `batch.damaged`. */
  async build(place: ScopeSeq, { patterns, parents = false }: EvidenceOptions): Promise<BuiltEvidence> {
    const record = await this.reader.restore(await this.reader.openForUse(place));
    const found = await this.reader.batchOf(place);
    const anchor = found?.batch.state === "final" ? found.batch.anchor : undefined;
    if (found === undefined || anchor === undefined) {
      throw new RecordError("record.not-final", { seq: place.seq, state: found?.batch.state ?? "accepted" });
    }
    const tree = await this.treeOf(place.scope, found);
    const { committed, schema, header } = record;
    const chosen = positionsOf(committed.claims, patterns);
    const { disclosed, proof } = disclose(committed.claims, schema.required.length, chosen);
    const lineage = parents ? committed.parents : undefined;
    const evidence: Evidence = {
      header,
      schema: schema.json,
      claims: { disclosed, proof },
      ...(lineage && {
        parents: {
          disclosed: lineage.disclosed,
          proof: lineage.tree.multiproof(lineage.disclosed.map((parent) => parent.at)),
        },
      }),
      inclusion: tree.proof(place.seq - found.first),
      anchor: anchorPart(found, anchor),
    };
    return { evidence, positions: disclosed.map((claim) => claim.at) };
  }

  private async treeOf(scope: Hex, { first, batch }: FoundBatch): Promise<MerkleTree> {
    const name = `${scope} ${first} ${batch.root}`;
    const known = this.trees.get(name);
    // Taken out and put back: the map's order is then that of use.
    this.trees.delete(name);
    const tree = known ?? (await this.buildTree(scope, { first, batch }));
    this.trees.set(name, tree);
    for (const oldest of this.trees.keys()) {
      if (this.trees.size <= CACHED_TREES) break;
      this.trees.delete(oldest);
    }
    return tree;
  }

  private async buildTree(scope: Hex, { first, batch }: FoundBatch): Promise<MerkleTree> {
    const { count, hash, root } = batch;
    const tree = await readBatchTree({ scope, first, count, hash }, this.store);
    if (!equalBytes(tree.root, fromHex(root))) throw new RecordError("batch.damaged", { first });
    return tree;
  }
}

/** The positions of the claims that some pattern grants; all claims without patterns. */
function positionsOf({ claims }: CommittedClaims, patterns: readonly Path[] | undefined): number[] {
  return claims.flatMap((claim, at) =>
    claim !== undefined && (patterns === undefined || patterns.some((pattern) => grants(pattern, claim.path)))
      ? [at]
      : [],
  );
}

const anchorPart = ({ first, batch: { count, root } }: FoundBatch, anchor: StoredAnchor): Evidence["anchor"] => ({
  first,
  count,
  time: anchor.time,
  root,
  department: anchor.department,
  block: anchor.block,
  transaction: anchor.transaction,
});
