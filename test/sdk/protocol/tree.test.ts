import { expect } from "chai";
import fc from "fast-check";
import { createHash } from "node:crypto";
import { keccak256 } from "ethers";
import { MerkleTree as Oracle } from "merkletreejs";
import { concat, fromHex, toHex, type Hex } from "../../../sdk/protocol/bytes.ts";
import { digest, HASH_NUMBERS, type HashName } from "../../../sdk/protocol/hash.ts";
import {
  foldLeafHashes,
  leafHash,
  MerkleTree,
  nodeHash,
  rootFromInclusion,
  rootFromMultiproof,
  verifyInclusion,
  verifyInclusions,
} from "../../../sdk/protocol/tree.ts";
import { hash32, hashName } from "./arbitraries.ts";
import { expectCode, vectors } from "./support.ts";

interface TreeVectors {
  readonly data: readonly Hex[];
  readonly hashes: readonly { readonly hash: HashName; readonly number: number; readonly solidity: boolean }[];
  readonly leaves: Readonly<Record<HashName, readonly Hex[]>>;
  readonly cases: readonly {
    hash: HashName;
    count: number;
    root: Hex;
    indices: readonly number[];
    offsets: readonly number[];
    nodes: readonly Hex[];
  }[];
  readonly multiproofs: readonly {
    hash: HashName;
    count: number;
    positions: readonly number[];
    root: Hex;
    nodes: readonly Hex[];
  }[];
  readonly rejects: readonly InclusionVector[];
  readonly traps: readonly InclusionVector[];
  readonly multiproofRejects: readonly {
    name: string;
    hash: HashName;
    count: number;
    positions: readonly number[];
    leaves: readonly Hex[];
    root: Hex;
    nodes: readonly Hex[];
  }[];
}
interface InclusionVector {
  readonly name: string;
  readonly hash: HashName;
  readonly leaf: Hex;
  readonly index: number;
  readonly count: number;
  readonly root: Hex;
  readonly nodes: readonly Hex[];
}

const { data, hashes, leaves, cases, multiproofs, rejects, traps, multiproofRejects } =
  vectors<TreeVectors>("trees.json");
const bytes = (hexes: readonly Hex[]): Uint8Array[] => hexes.map(fromHex);
const hexOf = (hash: Uint8Array | undefined): Hex | undefined => hash && toHex(hash);
const treeOf = (hash: HashName, count: number): MerkleTree =>
  MerkleTree.fromLeafHashes(hash, concat(...bytes(leaves[hash].slice(0, count))));

/** Implementations of the hash functions that share nothing with ours. */
const independent: Readonly<Record<HashName, (bytes: Uint8Array) => Buffer>> = {
  keccak256: (preimage) => Buffer.from(keccak256(preimage).slice(2), "hex"),
  sha256: (preimage) => createHash("sha256").update(preimage).digest(),
  sm3: (preimage) => createHash("sm3").update(preimage).digest(),
};

const oracleOf = (hash: HashName, leafHashes: readonly Uint8Array[]): Oracle =>
  new Oracle(
    leafHashes.map((leaf) => Buffer.from(leaf)),
    (pair: Buffer) => independent[hash](Buffer.concat([Buffer.of(1), pair])),
    {
      sortPairs: false,
      sortLeaves: false,
      duplicateOdd: false,
      hashLeaves: false,
    },
  );

describe("hash functions", function () {
  this.timeout(20_000);

  // FIPS 180-4, GB/T 32905-2016 A.1, and the Keccak team's value for the empty message.
  it("give the published digests", () => {
    const abc = new TextEncoder().encode("abc");
    expect(toHex(digest("sha256", abc))).to.equal("0xba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect(toHex(digest("sm3", abc))).to.equal("0x66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    expect(toHex(digest("keccak256"))).to.equal("0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
  });

  it("agree with independent ones over any parts", () => {
    const parts = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 4 });
    fc.assert(
      fc.property(hashName, parts, (hash, list) => {
        expect(toHex(digest(hash, ...list))).to.equal(toHex(independent[hash](concat(...list))));
      }),
    );
  });

  it("give each digest bytes of its own", () => {
    const [a, b] = [digest("sha256", Uint8Array.of(1)), digest("sha256", Uint8Array.of(2))];
    expect(toHex(a)).to.equal(toHex(independent.sha256(Uint8Array.of(1))));
    expect(toHex(a)).not.to.equal(toHex(b));
  });
});

describe("vectors of trees.json", () => {
  it("number the hash functions as the chain does", () => {
    expect(Object.fromEntries(hashes.map(({ hash, number }) => [hash, number]))).to.deep.equal(HASH_NUMBERS);
  });

  for (const { hash } of hashes) {
    it(`leaves under ${hash}`, () =>
      expect(data.map((leaf) => toHex(leafHash(hash, fromHex(leaf))))).to.deep.equal(leaves[hash]));
  }

  for (const { hash, count, root, indices, offsets, nodes } of cases) {
    it(`${hash}, ${count} leaves`, () => {
      const tree = treeOf(hash, count);
      expect(toHex(tree.root)).to.equal(root);
      expect(tree.proofs(toHex)).to.deep.equal(Array.from({ length: count }, (_, i) => tree.proof(i).map(toHex)));
      expect(oracleOf(hash, bytes(leaves[hash].slice(0, count))).getHexRoot()).to.equal(root);
      indices.forEach((index, i) => {
        const proof = nodes.slice(offsets[i], offsets[i + 1]);
        expect(tree.proof(index).map(toHex)).to.deep.equal(proof);
        expect(hexOf(rootFromInclusion({ hash, leaf: tree.leaf(index), index, count, proof: bytes(proof) }))).to.equal(
          root,
        );
      });
    });
  }

  for (const { hash, count, positions, root, nodes } of multiproofs) {
    it(`${hash}, positions ${positions.join()} of ${count}`, () => {
      const tree = treeOf(hash, count);
      expect(tree.multiproof(positions).map(toHex)).to.deep.equal(nodes);
      const chosen = positions.map((position) => ({ position, hash: tree.leaf(position) }));
      expect(hexOf(rootFromMultiproof({ hash, leaves: chosen, count, proof: bytes(nodes) }))).to.equal(root);
    });
  }

  const leadsTo = ({ hash, leaf, index, count, nodes }: InclusionVector) =>
    hexOf(rootFromInclusion({ hash, leaf: fromHex(leaf), index, count, proof: bytes(nodes) }));

  for (const vector of rejects) {
    it(`${vector.hash} refuses ${vector.name}`, () => expect(leadsTo(vector)).not.to.equal(vector.root));
  }

  for (const vector of traps) {
    it(`${vector.hash} ${vector.name}`, () => expect(leadsTo(vector)).to.equal(vector.root));
  }

  for (const { name, hash, count, positions, leaves: chosen, root, nodes } of multiproofRejects) {
    it(`${hash} multiproof refuses ${name}`, () => {
      const known = positions.map((position, i) => ({ position, hash: fromHex(chosen[i] ?? "0x") }));
      expect(hexOf(rootFromMultiproof({ hash, leaves: known, count, proof: bytes(nodes) }))).not.to.equal(root);
    });
  }
});

describe("a tree", function () {
  this.timeout(60_000);
  const leafHashes = fc.array(hash32, { minLength: 1, maxLength: 200 });

  it("has the root and the proofs of the independent library", () => {
    fc.assert(
      fc.property(hashName, leafHashes, fc.nat(), (hash, list, pick) => {
        const tree = MerkleTree.fromLeafHashes(hash, concat(...list));
        expect(toHex(foldLeafHashes(hash, concat(...list)))).to.equal(toHex(tree.root));
        const oracle = oracleOf(hash, list);
        expect(toHex(tree.root)).to.equal(oracle.getHexRoot());
        const index = pick % list.length;
        const theirs = oracle.getProof(Buffer.from(list[index] ?? []), index);
        expect(tree.proof(index).map(toHex)).to.deep.equal(theirs.map(({ data: node }) => toHex(node)));
      }),
      { numRuns: 60 },
    );
  });

  for (const count of [1, 2, 3, 31, 32, 33, 197]) {
    for (const { hash } of hashes) {
      it(`of ${count} leaves under ${hash} has every proof of the independent library, and each proves its leaf only`, () => {
        const list = Array.from({ length: count }, (_, i) => leafHash(hash, Uint8Array.of(i)));
        const tree = MerkleTree.fromLeafHashes(hash, concat(...list));
        expect(toHex(foldLeafHashes(hash, concat(...list)))).to.equal(toHex(tree.root));
        const oracle = oracleOf(hash, list);
        list.forEach((leaf, index) => {
          const proof = tree.proof(index);
          expect(proof.map(toHex)).to.deep.equal(
            oracle.getProof(Buffer.from(leaf), index).map(({ data: node }) => toHex(node)),
          );
          expect(verifyInclusion({ hash, leaf, index, count, proof }, tree.root)).to.equal(true);
          const neighbour = (index + 1) % count;
          if (count > 1)
            expect(verifyInclusion({ hash, leaf, index: neighbour, count, proof }, tree.root)).to.equal(false);
        });
      });
    }
  }

  it("proves any set of positions, and no other set with the same nodes", () => {
    const picked = leafHashes.chain((list) =>
      fc.tuple(fc.constant(list), fc.subarray([...list.keys()], { minLength: 1 }), fc.nat()),
    );
    fc.assert(
      fc.property(hashName, picked, (hash, [list, positions, pick]) => {
        const tree = MerkleTree.fromLeafHashes(hash, concat(...list));
        const count = list.length;
        const proof = tree.multiproof(positions);
        const chosen = positions.map((position) => ({ position, hash: tree.leaf(position) }));
        expect(hexOf(rootFromMultiproof({ hash, leaves: chosen, count, proof }))).to.equal(toHex(tree.root));
        const at = pick % chosen.length;
        const moved = chosen.map((leaf, i) => (i === at ? { ...leaf, position: (leaf.position + 1) % count } : leaf));
        if (count > 1)
          expect(hexOf(rootFromMultiproof({ hash, leaves: moved, count, proof }))).not.to.equal(toHex(tree.root));
        expect(rootFromMultiproof({ hash, leaves: chosen, count, proof: [...proof, tree.root] })).to.equal(undefined);
        if (proof.length > 0)
          expect(rootFromMultiproof({ hash, leaves: chosen, count, proof: proof.slice(1) })).to.equal(undefined);
      }),
      { numRuns: 60 },
    );
  });

  it("of one position has the multiproof of its inclusion proof", () => {
    fc.assert(
      fc.property(leafHashes, fc.nat(), (list, pick) => {
        const tree = MerkleTree.fromLeafHashes("sha256", concat(...list));
        const index = pick % list.length;
        expect(tree.multiproof([index])).to.deep.equal(tree.proof(index));
      }),
      { numRuns: 40 },
    );
  });

  it("keeps leaves and inner nodes apart", () => {
    const [a, b] = [leafHash("sha256", Uint8Array.of(1)), leafHash("sha256", Uint8Array.of(2))];
    expect(toHex(leafHash("sha256", concat(a, b)))).not.to.equal(toHex(nodeHash("sha256", a, b)));
  });

  it("is never empty", () => {
    expectCode(() => MerkleTree.fromLeafHashes("sha256", new Uint8Array()), "tree.empty");
    expectCode(() => MerkleTree.fromLeafHashes("sha256", new Uint8Array(33)), "tree.empty");
    for (const length of [0, 33]) expectCode(() => foldLeafHashes("sha256", new Uint8Array(length)), "tree.empty");
  });

  it("has no proof for a position it does not have", () => {
    const tree = treeOf("sha256", 5);
    for (const index of [-1, 5, 0.5, NaN]) {
      expectCode(() => tree.proof(index), "tree.index");
      expectCode(() => tree.leaf(index), "tree.index");
      expectCode(() => tree.multiproof([index]), "tree.index");
    }
  });
});

describe("paths that are verified together", () => {
  const change = fc.constantFrom("none", "none", "index", "count", "short", "long", "sibling", "root", "leaf");
  /** A path of a small tree, most often with something wrong. */
  const inclusion = fc
    .record({ hash: hashName, count: fc.integer({ min: 1, max: 9 }), at: fc.nat(), change, other: hash32 })
    .map(({ hash, count, at, change: wrong, other }) => {
      const tree = treeOf(hash, count);
      const index = at % count;
      const proof = tree.proof(index);
      const right = { hash, leaf: tree.leaf(index), index, count, proof, root: tree.root };
      const changed = {
        none: {},
        index: { index: index + 1 },
        count: { count: count + 1 },
        short: { proof: proof.slice(1) },
        long: { proof: [...proof, other] },
        sibling: { proof: proof.map((node, level) => (level === 0 ? other : node)) },
        root: { root: other },
        leaf: { leaf: other.subarray(1) },
      };
      return { ...right, ...changed[wrong] };
    });

  it("hold exactly when they hold alone, whatever their neighbours", () => {
    const seen = { right: false, wrong: false };
    fc.assert(
      fc.property(fc.array(inclusion, { maxLength: 12 }), (paths) => {
        const alone = paths.map((path) => verifyInclusion(path, path.root));
        expect(verifyInclusions(paths)).to.deep.equal(alone);
        seen.right ||= alone.includes(true);
        seen.wrong ||= alone.includes(false);
      }),
    );
    expect(seen).to.deep.equal({ right: true, wrong: true });
  });
});
