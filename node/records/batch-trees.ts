import { equalBytes, fromHex, type Hex } from "../../sdk/protocol/bytes.ts";
import type { MerkleTree } from "../../sdk/protocol/tree.ts";
import type { Store } from "../storage/store.ts";
import { readBatchTree } from "./batch-tree.ts";
import { RecordError } from "./errors.ts";
import type { FoundBatch } from "./reader.ts";

/** Leaves of the trees held in memory: a tree takes 64 bytes a leaf, so this is 16 MiB. */
const CACHED_LEAVES = 262_144;

/** The trees of batches, made from stored headers and compared with the root that was sealed; the latest used are kept. */
export class BatchTrees {
  private readonly store: Store;
  private readonly limit: number;
  private readonly trees = new Map<string, Promise<MerkleTree>>();
  private readonly counts = new Map<string, number>();
  private leaves = 0;

  constructor({ store, cachedLeaves = CACHED_LEAVES }: { readonly store: Store; readonly cachedLeaves?: number }) {
    this.store = store;
    this.limit = cachedLeaves;
  }

  /** Throws RecordError `record.damaged`, `batch.damaged`. */
  async get(scope: Hex, { first, batch }: FoundBatch): Promise<MerkleTree> {
    const name = `${scope} ${first} ${batch.root}`;
    const known = this.trees.get(name) ?? this.build(scope, { first, batch });
    this.keep(name, { tree: known, count: batch.count });
    try {
      return await known;
    } catch (error) {
      this.drop(name);
      throw error;
    }
  }

  private keep(name: string, { tree, count }: { readonly tree: Promise<MerkleTree>; readonly count: number }): void {
    // Taken out and put back: the map's order is then that of use.
    this.drop(name);
    this.trees.set(name, tree);
    this.counts.set(name, count);
    this.leaves += count;
    for (const oldest of this.trees.keys()) {
      if (this.leaves <= this.limit || oldest === name) break;
      this.drop(oldest);
    }
  }

  private drop(name: string): void {
    if (!this.trees.delete(name)) return;
    this.leaves -= this.counts.get(name) ?? 0;
    this.counts.delete(name);
  }

  private async build(scope: Hex, { first, batch }: FoundBatch): Promise<MerkleTree> {
    const { count, hash, root } = batch;
    const tree = await readBatchTree({ scope, first, count, hash }, this.store);
    if (!equalBytes(tree.root, fromHex(root))) throw new RecordError("batch.damaged", { first });
    return tree;
  }
}
