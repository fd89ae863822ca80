import { disclose, type CommittedClaims, type Path } from "../../sdk/protocol/claims.ts";
import { grants } from "../../sdk/protocol/delivery.ts";
import type { Evidence } from "../../sdk/protocol/evidence.ts";
import type { ScopeSeq } from "../storage/codecs.ts";
import type { StoredAnchor } from "../storage/keyspaces.ts";
import type { Store } from "../storage/store.ts";
import { BatchTrees } from "./batch-trees.ts";
import { RecordError } from "./errors.ts";
import type { BuiltEvidence, EvidenceOptions } from "./model.ts";
import type { FoundBatch, RecordReader } from "./reader.ts";

/** Makes evidence of final records from stored bytes, proving on the way that they are what was anchored. */
export class EvidenceBuilder {
  private readonly reader: RecordReader;
  private readonly trees: BatchTrees;

  constructor({ store, reader }: { readonly store: Store; readonly reader: RecordReader }) {
    this.reader = reader;
    this.trees = new BatchTrees({ store });
  }

  /** Throws RecordError `record.unknown`, `record.not-final`, `record.destroyed`, `record.destruction-pending`, `record.damaged`, `batch.damaged`. */
  async build(place: ScopeSeq, { patterns, parents = false }: EvidenceOptions): Promise<BuiltEvidence> {
    const record = await this.reader.restore(await this.reader.openForUse(place));
    const found = await this.reader.batchOf(place);
    const anchor = found?.batch.state === "final" ? found.batch.anchor : undefined;
    if (found === undefined || anchor === undefined) {
      throw new RecordError("record.not-final", { seq: place.seq, state: found?.batch.state ?? "accepted" });
    }
    const tree = await this.trees.get(place.scope, found);
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
}

/** The positions of the claims that some pattern grants; all claims without patterns. */
function positionsOf({ claims }: CommittedClaims, patterns: readonly Path[] | undefined): number[] {
  return claims.flatMap((claim, at) =>
    claim !== undefined && (patterns === undefined || patterns.some((pattern) => grants(pattern, claim.path)))
      ? [at]
      : [],
  );
}

/** The anchor as an evidence has it. */
export const anchorPart = (
  { first, batch: { count, root } }: FoundBatch,
  anchor: StoredAnchor,
): Evidence["anchor"] => ({
  first,
  count,
  time: anchor.time,
  root,
  department: anchor.department,
  block: anchor.block,
  transaction: anchor.transaction,
});
