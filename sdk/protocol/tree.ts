import { equalBytes } from "./bytes.ts";
import type { Sibling } from "./engine.ts";
import { climb, digest, HASH_BYTES, leafHashes, parentHashes, type HashName } from "./hash.ts";
import { ProtocolError } from "./protocol-error.ts";

/** RFC 9162 §2.1.1: a leaf and an inner node never share a preimage. */
const LEAF = Uint8Array.of(0x00);
const NODE = Uint8Array.of(0x01);

/** `H(0x00 ‖ data)`. */
export const leafHash = (hash: HashName, data: Uint8Array): Uint8Array => digest(hash, LEAF, data);

/** `H(0x01 ‖ left ‖ right)`. */
export const nodeHash = (hash: HashName, left: Uint8Array, right: Uint8Array): Uint8Array =>
  digest(hash, NODE, left, right);

export interface PositionedHash {
  readonly position: number;
  readonly hash: Uint8Array;
}

/**
 * A Merkle tree of RFC 9162 §2.1 shape: levels from leaves to root, an odd node promoted unchanged.
 * Holds one flat buffer a level; a proof reads one node a level.
 */
export class MerkleTree {
  readonly count: number;
  private readonly levels: readonly Uint8Array[];

  private constructor(levels: readonly Uint8Array[], count: number) {
    this.levels = levels;
    this.count = count;
  }

  /** Over record ids, 32 bytes each, in one buffer: leaf i is `H(0x00 ‖ id i)`. Throws ProtocolError `tree.empty`. */
  static fromRecordIds(hash: HashName, ids: Uint8Array): MerkleTree {
    if (ids.length === 0 || ids.length % HASH_BYTES !== 0) throw new ProtocolError("tree.empty");
    return MerkleTree.fromLeafHashes(hash, leafHashes(hash, ids));
  }

  /** From leaf hashes, 32 bytes each, in one buffer. Throws ProtocolError `tree.empty`. */
  static fromLeafHashes(hash: HashName, leaves: Uint8Array): MerkleTree {
    if (leaves.length === 0 || leaves.length % HASH_BYTES !== 0) throw new ProtocolError("tree.empty");
    const levels = [leaves];
    for (let below = leaves; below.length > HASH_BYTES;) {
      below = parentHashes(hash, below);
      levels.push(below);
    }
    return new MerkleTree(levels, leaves.length / HASH_BYTES);
  }

  get root(): Uint8Array {
    return this.node(this.levels.length - 1, 0);
  }

  leaf(position: number): Uint8Array {
    this.check(position);
    return this.node(0, position);
  }

  /** The inclusion path of RFC 9162 §2.1.3.1, from the leaf's sibling upward. Throws ProtocolError `tree.index`. */
  proof(position: number): Uint8Array[] {
    this.check(position);
    const path: Uint8Array[] = [];
    for (let level = 0, at = position; level < this.levels.length - 1; level++, at >>= 1) {
      const sibling = at ^ 1;
      if (sibling < this.width(level)) path.push(this.node(level, sibling));
    }
    return path;
  }

  /** The nodes that `rootFromMultiproof` needs beside the leaves at `positions` (strictly ascending), level by level, left to right. */
  multiproof(positions: readonly number[]): Uint8Array[] {
    for (const position of positions) this.check(position);
    const nodes: Uint8Array[] = [];
    let known = [...positions];
    for (let level = 0; level < this.levels.length - 1; level++) {
      const above: number[] = [];
      for (let i = 0; i < known.length; i++) {
        const at = known[i] ?? 0;
        const sibling = at ^ 1;
        if (known[i + 1] === sibling) i++;
        else if (sibling < this.width(level)) nodes.push(this.node(level, sibling));
        above.push(at >> 1);
      }
      known = above;
    }
    return nodes;
  }

  private width(level: number): number {
    return (this.levels[level]?.length ?? 0) / HASH_BYTES;
  }

  private node(level: number, index: number): Uint8Array {
    return (this.levels[level] ?? new Uint8Array()).subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES);
  }

  private check(position: number): void {
    if (!Number.isSafeInteger(position) || position < 0 || position >= this.count) {
      throw new ProtocolError("tree.index", { index: position, count: this.count });
    }
  }
}

export interface Inclusion {
  readonly hash: HashName;
  readonly leaf: Uint8Array;
  readonly index: number;
  readonly count: number;
  readonly proof: readonly Uint8Array[];
}

/** The root that the path leads to, or undefined when its length does not fit (index, count) (SPEC §3.3). */
export function rootFromInclusion({ hash, leaf, index, count, proof }: Inclusion): Uint8Array | undefined {
  if (!isPosition(index, count) || leaf.length !== HASH_BYTES) return undefined;
  const siblings: Sibling[] = [];
  for (let at = index, width = count; width > 1; at = Math.floor(at / 2), width = Math.ceil(width / 2)) {
    if (at % 2 === 0 && at === width - 1) continue;
    const sibling = proof[siblings.length];
    if (sibling?.length !== HASH_BYTES) return undefined;
    siblings.push({ hash: sibling, isLeft: at % 2 === 1 });
  }
  return siblings.length === proof.length ? climb(hash, leaf, siblings) : undefined;
}

export const verifyInclusion = (inclusion: Inclusion, root: Uint8Array): boolean => {
  const computed = rootFromInclusion(inclusion);
  return computed !== undefined && equalBytes(computed, root);
};

export interface Multiproof {
  readonly hash: HashName;
  /** Strictly ascending positions. */
  readonly leaves: readonly PositionedHash[];
  readonly count: number;
  readonly proof: readonly Uint8Array[];
}

/** The root of a multiproof, or undefined when positions, lengths or the number of nodes do not fit exactly (SPEC §3.4). */
export function rootFromMultiproof({ hash, leaves, count, proof }: Multiproof): Uint8Array | undefined {
  if (leaves.length === 0) return undefined;
  let previous = -1;
  for (const leaf of leaves) {
    if (!isPosition(leaf.position, count) || leaf.position <= previous || leaf.hash.length !== HASH_BYTES)
      return undefined;
    previous = leaf.position;
  }
  let known: readonly PositionedHash[] = leaves;
  let next = 0;
  for (let width = count; width > 1; width = Math.ceil(width / 2)) {
    const above: PositionedHash[] = [];
    for (let i = 0; i < known.length; i++) {
      const node = known[i];
      if (node === undefined) return undefined;
      const position = Math.floor(node.position / 2);
      const right = known[i + 1];
      if (node.position % 2 === 0 && right?.position === node.position + 1) {
        above.push({ position, hash: nodeHash(hash, node.hash, right.hash) });
        i++;
      } else if (node.position % 2 === 0 && node.position === width - 1) {
        above.push({ position, hash: node.hash });
      } else {
        const sibling = proof[next++];
        if (sibling?.length !== HASH_BYTES) return undefined;
        above.push({
          position,
          hash: node.position % 2 === 0 ? nodeHash(hash, node.hash, sibling) : nodeHash(hash, sibling, node.hash),
        });
      }
    }
    known = above;
  }
  return next === proof.length ? known[0]?.hash : undefined;
}

const isPosition = (position: number, count: number): boolean =>
  Number.isSafeInteger(position) && Number.isSafeInteger(count) && position >= 0 && position < count;
