import { concat, equalBytes, toHex, utf8 } from "../../sdk/protocol/bytes.ts";
import { digest, HASH_NUMBERS, type HashName } from "../../sdk/protocol/hash.ts";
import type { Json, JsonObject } from "../../sdk/protocol/json.ts";
import { leafHash, MerkleTree, rootFromInclusion, rootFromMultiproof } from "../../sdk/protocol/tree.ts";
import { expectEqual, HASH_NAMES, sample } from "./fixed.ts";
import { inclusionRejects, multiproofRejects, type InclusionCase, type MultiproofCase } from "./tree-rejects.ts";

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const ALL_PROVED = range(1, 20);
const COUNTS = [...ALL_PROVED, 33, 64, 65];

const DATA = range(0, 64).map((i) => sample(`leaf ${i}`));

/** What can be computed by a contract. */
const isSolidity = (hash: HashName): boolean => hash !== "sm3";
const hexes = (hashes: readonly Uint8Array[]): string[] => hashes.map(toHex);

const leavesOf = (hash: HashName): Uint8Array[] => DATA.map((data) => leafHash(hash, data));
const treeOf = (hash: HashName, count: number): MerkleTree =>
  MerkleTree.fromLeafHashes(hash, concat(...leavesOf(hash).slice(0, count)));

function indicesOf(count: number): number[] {
  if (ALL_PROVED.includes(count)) return range(0, count - 1);
  return [0, 1, 31, 32, count - 2, count - 1].filter((index, i, all) => index < count && all.indexOf(index) === i);
}

/** Proofs lie one after another in `nodes`: that of `indices[i]` from `offsets[i]` to `offsets[i + 1]`. */
function treeCase(hash: HashName, count: number): JsonObject {
  const tree = treeOf(hash, count);
  const indices = indicesOf(count);
  const proofs = indices.map((index) => tree.proof(index));
  indices.forEach((index, i) => {
    const root = rootFromInclusion({ hash, leaf: tree.leaf(index), index, count, proof: proofs[i] ?? [] });
    expectEqual(`${hash} ${count} ${index}`, root && equalBytes(root, tree.root), true);
  });
  const offsets = [0];
  for (const proof of proofs) offsets.push((offsets.at(-1) ?? 0) + proof.length);
  return { hash, count, root: toHex(tree.root), indices, offsets, nodes: hexes(proofs.flat()) };
}

const POSITIONS: readonly (readonly [count: number, positions: readonly number[]])[] = [
  [1, [0]],
  [2, [0, 1]],
  [3, [2]],
  [5, [0, 4]],
  [7, [0, 1, 2, 3, 4, 5, 6]],
  [8, [0, 1, 2, 5]],
  [8, [3, 4]],
  [11, [0, 5, 10]],
  [16, [1, 2, 3, 14]],
  [20, [16, 19]],
  [33, [0, 32]],
  [65, [7, 63, 64]],
];

function multiproofCase(hash: HashName, count: number, positions: readonly number[]): JsonObject {
  const tree = treeOf(hash, count);
  const proof = tree.multiproof(positions);
  const leaves = positions.map((position) => ({ position, hash: tree.leaf(position) }));
  const root = rootFromMultiproof({ hash, leaves, count, proof });
  expectEqual(`${hash} ${count} [${positions.join()}]`, root && equalBytes(root, tree.root), true);
  return { hash, count, positions, root: toHex(tree.root), nodes: hexes(proof) };
}

function inclusionJson(hash: HashName, { name, leaf, index, count, proof, root, accept }: InclusionCase): JsonObject {
  const computed = rootFromInclusion({ hash, leaf, index, count, proof });
  expectEqual(`${hash} ${name}`, computed !== undefined && equalBytes(computed, root), accept === true);
  // A contract's proof holds words of 32 bytes and its numbers are exact.
  const words = [leaf, root, ...proof].every((node) => node.length === 32);
  const exact = [index, count].every((number) => Number.isSafeInteger(number) && number >= 0);
  return {
    name,
    hash,
    solidity: isSolidity(hash) && words && exact,
    leaf: toHex(leaf),
    index,
    count,
    root: toHex(root),
    nodes: hexes(proof),
  };
}

function multiproofJson(hash: HashName, { name, leaves, count, proof, root }: MultiproofCase): JsonObject {
  const computed = rootFromMultiproof({ hash, leaves, count, proof });
  expectEqual(`${hash} ${name}`, computed !== undefined && equalBytes(computed, root), false);
  return {
    name,
    hash,
    count,
    positions: leaves.map(({ position }) => position),
    leaves: hexes(leaves.map((leaf) => leaf.hash)),
    root: toHex(root),
    nodes: hexes(proof),
  };
}

export function treeVectors(): Json {
  const perHash = <T>(make: (hash: HashName) => readonly T[]): T[] => HASH_NAMES.flatMap(make);
  const inclusion = (hash: HashName) => inclusionRejects(hash, leavesOf(hash));
  return {
    description:
      "SPEC §3. Leaf i is H(0x00 ‖ data[i]); a tree of `count` has the first `count` leaves. A proof of cases[].indices[i] is nodes[offsets[i] … offsets[i+1]). `rejects` must not lead to their root. `traps` do lead to it: each shows why a verifier takes the count from the anchor and computes the leaf hash itself.",
    data: hexes(DATA),
    hashes: HASH_NAMES.map((hash) => ({
      hash,
      number: HASH_NUMBERS[hash],
      solidity: isSolidity(hash),
      abc: toHex(digest(hash, utf8("abc"))),
    })),
    leaves: Object.fromEntries(HASH_NAMES.map((hash) => [hash, hexes(leavesOf(hash))])),
    cases: perHash((hash) => COUNTS.map((count) => treeCase(hash, count))),
    multiproofs: perHash((hash) => POSITIONS.map(([count, positions]) => multiproofCase(hash, count, positions))),
    rejects: perHash((hash) =>
      inclusion(hash)
        .filter(({ accept }) => !accept)
        .map((reject) => inclusionJson(hash, reject)),
    ),
    traps: perHash((hash) =>
      inclusion(hash)
        .filter(({ accept }) => accept)
        .map((trap) => inclusionJson(hash, trap)),
    ),
    multiproofRejects: perHash((hash) =>
      multiproofRejects(hash, leavesOf(hash)).map((reject) => multiproofJson(hash, reject)),
    ),
  };
}
