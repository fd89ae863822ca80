import { equalBytes } from "./bytes.ts";
import type { Sibling } from "./engine.ts";
import { climb, digest, HASH_BYTES, joinPairs, leafHashes, parentHashes, type HashName } from "./hash.ts";
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
    return this.path(position, (level, at) => this.node(level, at));
  }

  /** The inclusion path of every leaf, in order. Each node, which many paths share, is given to `form` once. */
  proofs<T>(form: (node: Uint8Array) => T): T[][] {
    const formed = this.levels.map((_, level) =>
      Array.from({ length: this.width(level) }, (_, at) => form(this.node(level, at))),
    );
    return Array.from(
      { length: this.count },
      (_, position) => this.path(position, (level, at) => formed[level]?.[at] as T), // `path` stays within the levels.
    );
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

  private path<T>(position: number, nodeAt: (level: number, at: number) => T): T[] {
    const path: T[] = [];
    for (let level = 0, at = position; level < this.levels.length - 1; level++, at >>= 1) {
      const sibling = at ^ 1;
      if (sibling < this.width(level)) path.push(nodeAt(level, sibling));
    }
    return path;
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

/** The root over leaf hashes, 32 bytes each, in one buffer, which is written over: the tree itself is not kept. Throws ProtocolError `tree.empty`. */
export function foldLeafHashes(hash: HashName, leaves: Uint8Array): Uint8Array {
  if (leaves.length === 0 || leaves.length % HASH_BYTES !== 0) throw new ProtocolError("tree.empty");
  for (let width = leaves.length; width > HASH_BYTES;) {
    const paired = width - (width % (2 * HASH_BYTES));
    // A node lies before the pairs that are still to be read.
    joinPairs(hash, leaves.subarray(0, paired), leaves);
    leaves.copyWithin(paired / 2, paired, width);
    width = paired / 2 + (width - paired);
  }
  return leaves.slice(0, HASH_BYTES);
}

export interface Inclusion {
  readonly hash: HashName;
  readonly leaf: Uint8Array;
  readonly index: number;
  readonly count: number;
  readonly proof: readonly Uint8Array[];
}

/** The root that the path leads to, or undefined when its length does not fit (index, count) (SPEC §3.3). */
export function rootFromInclusion(inclusion: Inclusion): Uint8Array | undefined {
  const siblings = siblingsOf(inclusion);
  return siblings && climb(inclusion.hash, inclusion.leaf, siblings);
}

function siblingsOf({ leaf, index, count, proof }: Inclusion): readonly Sibling[] | undefined {
  if (!isPosition(index, count) || leaf.length !== HASH_BYTES) return undefined;
  const siblings: Sibling[] = [];
  for (let at = index, width = count; width > 1; at = Math.floor(at / 2), width = Math.ceil(width / 2)) {
    if (at % 2 === 0 && at === width - 1) continue;
    const sibling = proof[siblings.length];
    if (sibling?.length !== HASH_BYTES) return undefined;
    siblings.push({ hash: sibling, isLeft: at % 2 === 1 });
  }
  return siblings.length === proof.length ? siblings : undefined;
}

export const verifyInclusion = (inclusion: Inclusion, root: Uint8Array): boolean => {
  const computed = rootFromInclusion(inclusion);
  return computed !== undefined && equalBytes(computed, root);
};

export interface InclusionUnder extends Inclusion {
  readonly root: Uint8Array;
}

/** `verifyInclusion` of each. All climb together: two nodes are hashed in the time of one. None has a part in another's answer. */
export function verifyInclusions(inclusions: readonly InclusionUnder[]): readonly boolean[] {
  const held = inclusions.map(() => false);
  for (const hash of new Set(inclusions.map((one) => one.hash))) {
    const paths = inclusions.flatMap((one, i): Climber[] => {
      const siblings = one.hash === hash ? siblingsOf(one) : undefined;
      return siblings === undefined ? [] : [{ i, leaf: one.leaf, root: one.root, siblings }];
    });
    const reached = climbTogether(hash, paths);
    paths.forEach(({ i, root }, at) => {
      held[i] = equalBytes(reached.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES), root);
    });
  }
  return held;
}

interface Climber {
  readonly i: number;
  readonly leaf: Uint8Array;
  readonly root: Uint8Array;
  readonly siblings: readonly Sibling[];
}

/** Of each path the node that it leads to, one after another. */
function climbTogether(hash: HashName, paths: readonly Climber[]): Uint8Array {
  const reached = new Uint8Array(paths.length * HASH_BYTES);
  paths.forEach(({ leaf }, at) => put(reached, at * HASH_BYTES, leaf));
  const pairs = new Uint8Array(2 * reached.length);
  const above = new Uint8Array(reached.length);
  const longest = paths.reduce((most, { siblings }) => Math.max(most, siblings.length), 0);
  for (let step = 0; step < longest; step++) {
    const places: number[] = [];
    for (let path = 0; path < paths.length; path++) {
      const sibling = paths[path]?.siblings[step];
      if (sibling === undefined) continue;
      const at = 2 * HASH_BYTES * places.length;
      const [left, right] = [at, at + HASH_BYTES];
      put(pairs, sibling.isLeft ? right : left, reached, path * HASH_BYTES);
      put(pairs, sibling.isLeft ? left : right, sibling.hash);
      places.push(path * HASH_BYTES);
    }
    joinPairs(hash, pairs.subarray(0, 2 * HASH_BYTES * places.length), above);
    for (let i = 0; i < places.length; i++) put(reached, places[i] ?? 0, above, i * HASH_BYTES);
  }
  return reached;
}

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
  let positions = leaves.map((leaf) => leaf.position);
  const known = new Uint8Array(leaves.length * HASH_BYTES);
  leaves.forEach((leaf, i) => put(known, i * HASH_BYTES, leaf.hash));
  const below = 2 * known.length <= fewPairs.length ? fewPairs : new Uint8Array(2 * known.length);
  let next = 0;
  for (let width = count; width > 1; width = Math.ceil(width / 2)) {
    const above: number[] = [];
    // Neighbours side by side; only the last can be an odd node at the end of its level.
    let end = 0;
    for (let i = 0; i < positions.length; i++) {
      const at = positions[i] ?? 0;
      const isLeft = at % 2 === 0;
      const own = i * HASH_BYTES;
      above.push(Math.floor(at / 2));
      if (isLeft && positions[i + 1] === at + 1) {
        put(below, end, known, own);
        put(below, end + HASH_BYTES, known, own + HASH_BYTES);
        end += 2 * HASH_BYTES;
        i++;
      } else if (isLeft && at === width - 1) {
        put(below, end, known, own);
        end += HASH_BYTES;
      } else {
        const sibling = proof[next++];
        if (sibling?.length !== HASH_BYTES) return undefined;
        put(below, isLeft ? end : end + HASH_BYTES, known, own);
        put(below, isLeft ? end + HASH_BYTES : end, sibling);
        end += 2 * HASH_BYTES;
      }
    }
    const paired = end - (end % (2 * HASH_BYTES));
    joinPairs(hash, below.subarray(0, paired), known);
    if (end > paired) put(known, paired / 2, below, paired);
    positions = above;
  }
  return next === proof.length ? known.slice(0, HASH_BYTES) : undefined;
}

/** Room for the level of a usual multiproof. Used synchronously. */
const fewPairs = new Uint8Array(4096);

/** Copies one hash: so few bytes are copied faster in a loop than in a call. */
function put(target: Uint8Array, at: number, source: Uint8Array, from = 0): void {
  for (let i = 0; i < HASH_BYTES; i++) target[at + i] = source[from + i] ?? 0;
}

const isPosition = (position: number, count: number): boolean =>
  Number.isSafeInteger(position) && Number.isSafeInteger(count) && position >= 0 && position < count;
