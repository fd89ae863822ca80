import { expect } from "chai";
import fc from "fast-check";
import { concat } from "../../../sdk/protocol/bytes.ts";
import { ProvenTree } from "../../../sdk/protocol/proven-tree.ts";
import { leafHash, MerkleTree, verifyInclusion } from "../../../sdk/protocol/tree.ts";
import { hashName } from "./arbitraries.ts";

const id = (seed: number): Uint8Array => new Uint8Array(32).fill(seed % 251, 0, 31).fill(Math.floor(seed / 251), 31);

/** What is done to a path before it is asked about. */
const harm = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ kind: "none" as const, at: 0 }) },
  fc.record({ kind: fc.constantFrom("flip", "drop", "add", "swap", "leaf", "shift"), at: fc.nat(20) }),
);

describe("a tree of which many leaves are verified", () => {
  it("says of every path, in any order and after forged ones, what a path alone says", () => {
    const question = fc.record({ index: fc.nat(90), harm });
    fc.assert(
      fc.property(
        hashName,
        fc.integer({ min: 1, max: 80 }),
        fc.array(question, { minLength: 1, maxLength: 60 }),
        (hash, count, questions) => {
          const ids = Array.from({ length: count }, (_, i) => id(i));
          const tree = MerkleTree.fromRecordIds(hash, concat(...ids));
          const proven = new ProvenTree({ hash, count, root: tree.root });
          for (const { index: any, harm } of questions) {
            const index = any % count;
            const path = forged({ leaf: leafHash(hash, ids[index] ?? id(0)), index, proof: tree.proof(index) }, harm);
            expect(proven.verify(path)).to.equal(verifyInclusion({ ...path, hash, count }, tree.root));
          }
        },
      ),
    );
  });

  it("is not fooled by a forged path whose lower part was proven before", () => {
    const ids = Array.from({ length: 8 }, (_, i) => id(i));
    const tree = MerkleTree.fromRecordIds("keccak256", concat(...ids));
    const proven = new ProvenTree({ hash: "keccak256", count: 8, root: tree.root });
    const path = { leaf: leafHash("keccak256", id(2)), index: 2, proof: tree.proof(2) };
    expect(proven.verify(path)).to.equal(true);
    expect(proven.verify({ ...path, proof: path.proof.with(2, id(9)) })).to.equal(false);
    expect(proven.verify(path)).to.equal(true);
  });
});

interface Path {
  readonly leaf: Uint8Array;
  readonly index: number;
  readonly proof: readonly Uint8Array[];
}

function forged({ leaf, index, proof }: Path, { kind, at }: { readonly kind: string; readonly at: number }): Path {
  const place = at % Math.max(1, proof.length);
  const flipped = (bytes: Uint8Array | undefined): Uint8Array =>
    (bytes ?? id(1)).map((byte, i) => (i === at ? byte ^ 1 : byte));
  switch (kind) {
    case "flip":
      return { leaf, index, proof: proof.map((node, i) => (i === place ? flipped(node) : node)) };
    case "drop":
      return { leaf, index, proof: proof.toSpliced(place, 1) };
    case "add":
      return { leaf, index, proof: [...proof, id(at)] };
    case "swap":
      return { leaf, index, proof: proof.toReversed() };
    case "leaf":
      return { leaf: flipped(leaf), index, proof };
    case "shift":
      return { leaf, index: index + at - 10, proof };
    default:
      return { leaf, index, proof };
  }
}
