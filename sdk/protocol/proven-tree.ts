import { equalBytes } from "./bytes.ts";
import { HASH_BYTES, type HashName } from "./hash.ts";
import { nodeHash } from "./tree.ts";

export interface ProvenTreeOptions {
  readonly hash: HashName;
  readonly count: number;
  readonly root: Uint8Array;
}

interface Path {
  readonly leaf: Uint8Array;
  readonly index: number;
  readonly proof: readonly Uint8Array[];
}

interface PlacedNode {
  readonly level: number;
  readonly at: number;
  readonly node: Uint8Array;
}

/**
 * One tree of which many leaves are verified: says of every path exactly what `verifyInclusion` says (SPEC §3.3), but a node
 * that an earlier path led to the root is not hashed again. **Whenever a node is known here, so is every sibling on its way
 * to the root**: both come from the same path, and only a path that reached the root is kept.
 */
export class ProvenTree {
  private readonly options: ProvenTreeOptions;
  private readonly levels: Map<number, Uint8Array>[] = [];

  constructor(options: ProvenTreeOptions) {
    this.options = options;
  }

  /** Whether the leaf stands at its index under the root. Never throws. */
  verify({ leaf, index, proof }: Path): boolean {
    const { hash, count, root } = this.options;
    if (!Number.isSafeInteger(index) || index < 0 || index >= count || leaf.length !== HASH_BYTES) return false;
    const fresh: PlacedNode[] = [];
    let node: Uint8Array | undefined = leaf; // Undefined above the first known node: there, siblings are compared only.
    let used = 0;
    let at = index;
    for (let level = 0, width = count; width > 1; level++, at = Math.floor(at / 2), width = Math.ceil(width / 2)) {
      const known = this.levels[level]?.get(at);
      if (node !== undefined && known !== undefined) {
        if (!equalBytes(known, node)) return false;
        node = undefined;
      }
      if (node !== undefined) fresh.push({ level, at, node });
      if (at % 2 === 0 && at === width - 1) continue;
      const sibling = proof[used++];
      if (sibling?.length !== HASH_BYTES) return false;
      const beside = this.levels[level]?.get(at ^ 1);
      if (beside !== undefined && !equalBytes(beside, sibling)) return false;
      if (node === undefined) continue;
      if (beside === undefined) fresh.push({ level, at: at ^ 1, node: sibling });
      node = at % 2 === 0 ? nodeHash(hash, node, sibling) : nodeHash(hash, sibling, node);
    }
    if (used !== proof.length || (node !== undefined && !equalBytes(node, root))) return false;
    for (const one of fresh) (this.levels[one.level] ??= new Map()).set(one.at, one.node);
    return true;
  }
}
