import { expect } from "chai";
import fc from "fast-check";
import { randomBytes } from "node:crypto";
import { concat, toHex } from "../../../sdk/protocol/bytes.ts";
import { disclose } from "../../../sdk/protocol/claims.ts";
import type { Evidence } from "../../../sdk/protocol/evidence.ts";
import type { HashName } from "../../../sdk/protocol/hash.ts";
import { commitRecord } from "../../../sdk/protocol/record.ts";
import { leafHash, MerkleTree } from "../../../sdk/protocol/tree.ts";
import { secondOpinion } from "../../../sdk/cli/second-opinion.ts";
import { licence, LICENCE_SCHEMA } from "../../support/records.ts";
import { someHash } from "../../support/deliveries.ts";

interface Shape {
  readonly count: number;
  readonly index: number;
  readonly hash: HashName;
  readonly chosen: readonly number[];
}

/** A true evidence of arithmetic: no chain, so nothing but proofs. */
function evidenceWith({ count, index, hash, chosen }: Shape): Evidence {
  const draft = {
    kind: "certificate",
    ledger: someHash(1),
    hash,
    scope: someHash(2),
    seq: 10 + index,
    issuer: "11110101DEPT00024T",
    issuedAt: 1,
  };
  const { header, id, claims } = commitRecord({
    ...draft,
    document: licence(1),
    schema: LICENCE_SCHEMA,
    parents: [],
    seed: randomBytes(32),
  });
  const leaves = Array.from({ length: count }, (_, i) => leafHash(hash, i === index ? id : randomBytes(32)));
  const tree = MerkleTree.fromLeafHashes(hash, concat(...leaves));
  const positions = chosen.filter((position) => claims.claims[position] !== undefined);
  const anchor = {
    first: 10,
    count,
    time: 1,
    root: toHex(tree.root),
    department: header.issuer,
    block: 1,
    transaction: someHash(3),
  };
  return {
    header,
    schema: LICENCE_SCHEMA.json,
    claims: disclose(claims, LICENCE_SCHEMA.required.length, positions),
    inclusion: tree.proof(index),
    anchor,
  };
}

const shapes = fc
  .record({
    count: fc.integer({ min: 1, max: 40 }),
    hash: fc.constantFrom<HashName>("keccak256", "sha256", "sm3"),
    chosen: fc.uniqueArray(fc.nat(15)),
  })
  .chain((shape) => fc.nat(shape.count - 1).map((index) => ({ ...shape, index })));

describe("secondOpinion", () => {
  it("agrees with every true proof, whatever the size, position, hash and disclosure", function () {
    this.timeout(30_000);
    fc.assert(
      fc.property(shapes, (shape) => {
        expect(secondOpinion(evidenceWith(shape))).to.deep.equal({
          library: "merkletreejs",
          inclusion: true,
          claims: true,
        });
      }),
      { numRuns: 100 },
    );
  });

  it("denies a changed node, a missing one, one too many, another position and another count", () => {
    const evidence = evidenceWith({ count: 11, index: 4, hash: "keccak256", chosen: [5, 9] });
    const { inclusion, anchor, claims } = evidence;
    const flipped = inclusion.map((node, i) => (i === 0 ? node.map((byte) => byte ^ 1) : node));
    const opinions = [
      { ...evidence, inclusion: flipped },
      { ...evidence, inclusion: inclusion.slice(1) },
      { ...evidence, inclusion: [...inclusion, inclusion[0]!] },
      { ...evidence, anchor: { ...anchor, first: 9 } },
      { ...evidence, anchor: { ...anchor, first: 11 } },
      { ...evidence, anchor: { ...anchor, count: 4 } },
      { ...evidence, anchor: { ...anchor, first: 100 } },
    ].map((changed) => secondOpinion(changed).inclusion);
    expect(opinions).to.deep.equal(Array(7).fill(false));
    const altered = claims.disclosed.map((claim, i) => (i === 0 ? { ...claim, value: "other" } : claim));
    expect(secondOpinion({ ...evidence, claims: { ...claims, disclosed: altered } }).claims).to.equal(false);
    expect(secondOpinion({ ...evidence, claims: { ...claims, proof: claims.proof.slice(1) } }).claims).to.equal(false);
    expect(
      secondOpinion({ ...evidence, claims: { ...claims, proof: [...claims.proof, claims.proof[0]!] } }).claims,
    ).to.equal(false);
  });
});
