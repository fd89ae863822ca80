import { compareBytes, concat } from "../../sdk/protocol/bytes.ts";
import { digest, type HashName } from "../../sdk/protocol/hash.ts";
import {
  leafHash,
  MerkleTree,
  nodeHash,
  type Inclusion,
  type Multiproof,
  type PositionedHash,
} from "../../sdk/protocol/tree.ts";

export interface InclusionCase extends Omit<Inclusion, "hash"> {
  readonly name: string;
  readonly root: Uint8Array;
  /** True for a trap: it leads to the root although something is false. */
  readonly accept?: true;
}

export interface MultiproofCase extends Omit<Multiproof, "hash"> {
  readonly name: string;
  readonly root: Uint8Array;
}

const COUNT = 7;
const INDEX = 3;

/** Proofs that are wrong in one way each. `leaves` are leaf hashes, at least eight. */
export function inclusionRejects(hash: HashName, leaves: readonly Uint8Array[]): InclusionCase[] {
  const treeOf = (...hashes: readonly Uint8Array[]): MerkleTree => MerkleTree.fromLeafHashes(hash, concat(...hashes));
  const leaf = (i: number): Uint8Array => leaves[i] ?? new Uint8Array();
  const tree = treeOf(...leaves.slice(0, COUNT));
  const proof = tree.proof(INDEX);
  const [first = leaf(0), ...others] = proof;
  const good = { leaf: leaf(INDEX), index: INDEX, count: COUNT, proof, root: tree.root };
  const [a, b, c] = [leaf(0), leaf(1), leaf(2)];
  const three = treeOf(a, b, c);
  const four = treeOf(a, b, c, c);
  const pair = nodeHash(hash, a, b);
  const sorted = (left: Uint8Array, right: Uint8Array) =>
    compareBytes(left, right) < 0 ? nodeHash(hash, left, right) : nodeHash(hash, right, left);
  return [
    { ...good, name: "no siblings", proof: [] },
    { ...good, name: "last sibling missing", proof: proof.slice(0, -1) },
    { ...good, name: "first sibling missing", proof: others },
    { ...good, name: "trailing node", proof: [...proof, leaf(0)] },
    { ...good, name: "trailing root", proof: [...proof, tree.root] },
    { ...good, name: "preceding node", proof: [leaf(0), ...proof] },
    { ...good, name: "preceding leaf", proof: [leaf(INDEX), ...proof] },
    { ...good, name: "node inserted", proof: [first, leaf(0), ...others] },
    { ...good, name: "siblings in reverse", proof: [...proof].reverse() },
    { ...good, name: "sibling of 31 bytes", proof: [first.subarray(1), ...others] },
    { ...good, name: "sibling of 33 bytes", proof: [concat(first, Uint8Array.of(0)), ...others] },
    { ...good, name: "leaf of 31 bytes", leaf: leaf(INDEX).subarray(1) },
    { ...good, name: "leaf of 64 bytes", leaf: concat(a, b) },
    { ...good, name: "index of the sibling", index: INDEX - 1 },
    { ...good, name: "index of another leaf of the same depth", index: 0 },
    { ...good, name: "index of the promoted leaf", index: COUNT - 1 },
    { ...good, name: "index equals count", index: COUNT },
    { ...good, name: "index beyond the tree's width", index: INDEX + 8 },
    { ...good, name: "index negative", index: -1 },
    { ...good, name: "index not an integer", index: INDEX + 0.5 },
    { ...good, name: "index above 2^53", index: 2 ** 53 },
    { ...good, name: "count 0", count: 0 },
    { ...good, name: "count 0 and index 0 and no siblings", index: 0, count: 0, proof: [] },
    { ...good, name: "count 1", count: 1 },
    { ...good, name: "count halved", count: 3 },
    { ...good, name: "count doubled", count: 14 },
    { ...good, name: "count not an integer", count: COUNT + 0.5 },
    { ...good, name: "another leaf", leaf: leaf(4) },
    { ...good, name: "another root", root: treeOf(...leaves.slice(1, COUNT + 1)).root },
    { ...good, name: "root of the mirrored tree", root: treeOf(...leaves.slice(0, COUNT).reverse()).root },
    {
      name: "promoted leaf with its neighbour as sibling",
      leaf: c,
      index: 2,
      count: 3,
      proof: [c, pair],
      root: three.root,
    },
    {
      name: "[A,B,C] against the root of [A,B,C,C]",
      leaf: c,
      index: 2,
      count: 3,
      proof: three.proof(2),
      root: four.root,
    },
    {
      name: "[A,B,C,C] against the root of [A,B,C]",
      leaf: c,
      index: 3,
      count: 4,
      proof: four.proof(3),
      root: three.root,
    },
    { name: "unprefixed nodes", leaf: a, index: 0, count: 2, proof: [b], root: digest(hash, a, b) },
    { name: "a root of pairs sorted against their order", ...swapped(a, b, sorted) },
    // The 64 bytes of two children are no leaf data: H(0x00 ‖ left ‖ right) is not H(0x01 ‖ left ‖ right).
    {
      name: "second preimage: two children as the data of one leaf",
      leaf: leafHash(hash, concat(a, b)),
      index: 0,
      count: 1,
      proof: [],
      root: pair,
    },
    {
      name: "second preimage one level up",
      leaf: leafHash(hash, concat(a, b)),
      index: 0,
      count: 2,
      proof: [c],
      root: three.root,
    },
    { name: "inner node as a leaf at the true count", leaf: pair, index: 0, count: 3, proof: [c], root: three.root },
    {
      name: "trap: inner node as a leaf under a false count",
      leaf: pair,
      index: 0,
      count: 2,
      proof: [c],
      root: three.root,
      accept: true,
    },
    { name: "trap: a false count of the same path", ...good, count: COUNT + 1, accept: true },
  ];
}

/** The two leaves in the order in which their sorted hash is not their positional one. */
function swapped(a: Uint8Array, b: Uint8Array, sorted: (left: Uint8Array, right: Uint8Array) => Uint8Array) {
  const [left, right] = compareBytes(a, b) < 0 ? [b, a] : [a, b];
  return { leaf: left, index: 0, count: 2, proof: [right], root: sorted(left, right) };
}

/** Multiproofs that are wrong in one way each. */
export function multiproofRejects(hash: HashName, leaves: readonly Uint8Array[]): MultiproofCase[] {
  const count = 11;
  const tree = MerkleTree.fromLeafHashes(hash, concat(...leaves.slice(0, count)));
  const at = (position: number): PositionedHash => ({ position, hash: leaves[position] ?? new Uint8Array() });
  const chosen = [0, 5, 10];
  const proof = tree.multiproof(chosen);
  const [first = tree.root, second = tree.root, ...others] = proof;
  const good = { leaves: chosen.map(at), count, proof, root: tree.root };
  return [
    { ...good, name: "no leaves, no nodes", leaves: [], proof: [] },
    { ...good, name: "no leaves, the root as node", leaves: [], proof: [tree.root] },
    { ...good, name: "last node missing", proof: proof.slice(0, -1) },
    { ...good, name: "trailing node not consumed", proof: [...proof, first] },
    { ...good, name: "preceding node", proof: [first, ...proof] },
    { ...good, name: "two nodes exchanged", proof: [second, first, ...others] },
    { ...good, name: "node of 31 bytes", proof: [first.subarray(1), second, ...others] },
    { ...good, name: "positions descending", leaves: [at(10), at(5), at(0)] },
    { ...good, name: "position repeated", leaves: [at(0), at(0), at(5), at(10)] },
    { ...good, name: "position repeated with another leaf", leaves: [at(0), { ...at(1), position: 0 }, at(5), at(10)] },
    {
      ...good,
      name: "positions permuted among the leaves",
      leaves: [{ ...at(5), position: 0 }, { ...at(0), position: 5 }, at(10)],
    },
    { ...good, name: "position moved by one", leaves: [at(0), { ...at(5), position: 4 }, at(10)] },
    { ...good, name: "position equals count", leaves: [at(0), at(5), { ...at(10), position: count }] },
    { ...good, name: "position negative", leaves: [{ ...at(0), position: -1 }, at(5), at(10)] },
    { ...good, name: "a leaf withheld", leaves: [at(0), at(5)] },
    { ...good, name: "a leaf added", leaves: [at(0), at(5), at(6), at(10)] },
    { ...good, name: "another leaf", leaves: [at(0), { ...at(6), position: 5 }, at(10)] },
    { ...good, name: "count 0", count: 0 },
    { ...good, name: "count doubled", count: 2 * count },
    { ...good, name: "another root", root: leaves[0] ?? new Uint8Array() },
    // Followed blindly, the first leads to the root and the second is never looked at.
    {
      name: "a false leaf behind the true one, with nodes of its own",
      count: 2,
      leaves: [at(0), { position: 0, hash: at(5).hash }],
      proof: [at(1).hash, at(1).hash],
      root: MerkleTree.fromLeafHashes(hash, concat(at(0).hash, at(1).hash)).root,
    },
    {
      name: "a false leaf of a position outside of the tree",
      count: 2,
      leaves: [at(0), at(1), { position: 2, hash: at(5).hash }],
      proof: [at(6).hash],
      root: MerkleTree.fromLeafHashes(hash, concat(at(0).hash, at(1).hash)).root,
    },
  ];
}
