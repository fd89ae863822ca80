import { createHash } from "node:crypto";
import { keccak256 } from "ethers/crypto";
import { MerkleTree } from "merkletreejs";
import { claimData } from "../protocol/claims.ts";
import type { Evidence } from "../protocol/evidence.ts";
import { fromHex } from "../protocol/bytes.ts";
import type { HashName } from "../protocol/hash.ts";
import { recordId } from "../protocol/header.ts";

/** What an independent tree library and independent hash functions say. */
export interface SecondOpinion {
  readonly library: "merkletreejs";
  /** The record is in the anchored batch at its position. */
  readonly inclusion: boolean;
  /** Every disclosed claim is in the record at its position. */
  readonly claims: boolean;
}

/** Its defaults are a trap: sorted pairs do not prove a position, and duplicated odd nodes make another tree. */
const PINNED = {
  sortPairs: false,
  sortLeaves: false,
  sort: false,
  hashLeaves: false,
  duplicateOdd: false,
  isBitcoinTree: false,
} as const;

/** Node's own functions, and the one of ethers for keccak256, which Node has not: none shared with sdk/protocol. */
const HASHES: Readonly<Record<HashName, (data: Uint8Array) => Buffer>> = {
  keccak256: (data) => Buffer.from(keccak256(data).slice(2), "hex"),
  sha256: (data) => createHash("sha256").update(data).digest(),
  sm3: (data) => createHash("sm3").update(data).digest(),
};

const BLANK = Buffer.alloc(32);

const prefixed =
  (hash: HashName, prefix: number) =>
  (data: Uint8Array): Buffer =>
    HASHES[hash](Buffer.concat([Uint8Array.of(prefix), data]));

/** Repeats the inclusion proofs of an evidence that has been read. Confirms arithmetic only: whether the roots are anchored is the verifier's to say. */
export function secondOpinion(evidence: Evidence): SecondOpinion {
  const { header, anchor, inclusion, claims } = evidence;
  const index = header.seq - anchor.first;
  const leaf = prefixed(header.hash, 0)(recordId(header));
  const leaves = claims.disclosed.map((claim) => ({
    index: claim.at,
    hash: prefixed(header.hash, 0)(claimData(claim)),
  }));
  return {
    library: "merkletreejs",
    inclusion: holds({
      hash: header.hash,
      leaf,
      index,
      shape: shapeOf(anchor.count),
      proof: inclusion.map((node) => Buffer.from(node)),
      root: fromHex(anchor.root),
    }),
    claims: claimsHold({
      hash: header.hash,
      leaves,
      count: header.claimCount,
      proof: claims.proof,
      root: fromHex(header.claimsRoot),
    }),
  };
}

interface Proof {
  readonly hash: HashName;
  readonly leaf: Buffer;
  readonly index: number;
  /** A tree of the same size. */
  readonly shape: MerkleTree;
  readonly proof: readonly Buffer[];
  readonly root: Uint8Array;
}

function holds({ hash, leaf, index, shape, proof, root }: Proof): boolean {
  const sides = sidesOf(shape, index);
  if (sides === undefined || sides.length !== proof.length) return false;
  const placed = proof.map((data, i) => ({ data, position: sides[i] }));
  return MerkleTree.verify(placed, leaf, Buffer.from(root), prefixed(hash, 1), PINNED);
}

/** On which side each sibling stands, read off a tree of the same size that the library builds itself. */
function sidesOf(shape: MerkleTree, index: number): readonly ("left" | "right")[] | undefined {
  if (index < 0 || index >= shape.getLeafCount()) return undefined;
  return shape.getProof(BLANK, index).map(({ position }) => position);
}

const shapeOf = (count: number): MerkleTree =>
  new MerkleTree(new Array<Buffer>(count).fill(BLANK), () => BLANK, PINNED);

interface ClaimsProof {
  readonly hash: HashName;
  readonly leaves: readonly { readonly index: number; readonly hash: Buffer }[];
  readonly count: number;
  readonly proof: readonly Uint8Array[];
  readonly root: Uint8Array;
}

/** Takes the multiproof apart into one proof a claim, and lets the library judge each. */
function claimsHold({ hash, leaves, count, proof, root }: ClaimsProof): boolean {
  const node = prefixed(hash, 1);
  const known = new Map<string, Buffer>(leaves.map((leaf) => [`0/${leaf.index}`, leaf.hash]));
  const spare = [...proof];
  const shape = shapeOf(count);
  for (let level = 0, width = count; width > 1; level++, width = Math.ceil(width / 2)) {
    const here = Array.from({ length: width }, (_, i) => i).filter((i) => known.has(`${level}/${i}`));
    for (const i of here) {
      const own = known.get(`${level}/${i}`);
      const sibling = i ^ 1;
      if (own === undefined || known.has(`${level + 1}/${i >> 1}`)) continue;
      if (sibling >= width) {
        known.set(`${level + 1}/${i >> 1}`, own);
        continue;
      }
      const other = known.get(`${level}/${sibling}`) ?? take(spare);
      if (other === undefined) return false;
      known.set(`${level}/${sibling}`, other);
      known.set(
        `${level + 1}/${i >> 1}`,
        node(i < sibling ? Buffer.concat([own, other]) : Buffer.concat([other, own])),
      );
    }
  }
  return (
    spare.length === 0 &&
    leaves.every((leaf) =>
      holds({ hash, leaf: leaf.hash, index: leaf.index, shape, proof: pathOf(known, leaf.index, count), root }),
    )
  );
}

function pathOf(known: ReadonlyMap<string, Buffer>, index: number, count: number): Buffer[] {
  const path: Buffer[] = [];
  for (let level = 0, at = index, width = count; width > 1; level++, at >>= 1, width = Math.ceil(width / 2)) {
    const sibling = known.get(`${level}/${at ^ 1}`);
    if (sibling !== undefined) path.push(sibling);
  }
  return path;
}

const take = (spare: Uint8Array[]): Buffer | undefined => {
  const next = spare.shift();
  return next && Buffer.from(next);
};
