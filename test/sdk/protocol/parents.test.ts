import { expect } from "chai";
import { fromHex, toHex, utf8, type Hex } from "../../../sdk/protocol/bytes.ts";
import { canonicalize } from "../../../sdk/protocol/canonical.ts";
import { findParentsFault, type ParentsFault } from "../../../sdk/protocol/disclosure.ts";
import type { HashName } from "../../../sdk/protocol/hash.ts";
import type { Json } from "../../../sdk/protocol/json.ts";
import { commitParents, parseParent, type DisclosedParent, type Parent } from "../../../sdk/protocol/parents.ts";
import { leafHash } from "../../../sdk/protocol/tree.ts";
import { expectCode, vectors } from "./support.ts";

interface Disclosure {
  readonly name: string;
  readonly hash: HashName;
  readonly disclosed: readonly DisclosedParent[];
  readonly nodes: readonly Hex[];
  readonly root: Hex | null;
  readonly count: number;
  readonly fault?: ParentsFault;
}
interface ParentVectors {
  readonly seed: Hex;
  readonly parents: readonly Parent[];
  readonly commits: readonly {
    readonly hash: HashName;
    readonly salts: readonly string[];
    readonly data: readonly string[];
    readonly root: Hex;
  }[];
  readonly disclosures: readonly Disclosure[];
  readonly rejects: readonly Disclosure[];
  readonly unread: readonly { readonly name: string; readonly parent: Json; readonly code: string }[];
}

const { seed, parents, commits, disclosures, rejects, unread } = vectors<ParentVectors>("parents.json");
const faultOf = ({ hash, disclosed, nodes, root, count }: Disclosure) =>
  findParentsFault({
    hash,
    disclosed,
    proof: nodes.map(fromHex),
    root: root === null ? undefined : fromHex(root),
    count,
  });

describe("vectors of parents.json", () => {
  for (const { hash, salts, data, root } of commits) {
    it(`commits three parents under ${hash}`, () => {
      const made = commitParents({ parents, seed: fromHex(seed), hash });
      expect(made?.root).to.equal(root);
      expect(made?.disclosed).to.deep.equal(parents.map((parent, at) => ({ at, salt: salts[at], ...parent })));
      data.forEach((text, at) => {
        expect(text).to.equal(canonicalize([salts[at] ?? "", { ...parents[at]! }]));
        expect(toHex(made!.tree.leaf(at))).to.equal(toHex(leafHash(hash, utf8(text))));
      });
    });
  }

  for (const vector of disclosures)
    it(`${vector.hash} shows parents ${vector.name}`, () => expect(faultOf(vector)).to.equal(undefined));
  for (const vector of rejects)
    it(`${vector.hash} refuses ${vector.name} as ${vector.fault}`, () =>
      expect(faultOf(vector)).to.equal(vector.fault));
  for (const { name, parent, code } of unread)
    it(`refuses ${name} as ${code}`, () => expectCode(() => parseParent(parent, "parent"), code));
});

describe("a record without parents", () => {
  it("has no tree of them", () =>
    expect(commitParents({ parents: [], seed: fromHex(seed), hash: "sha256" })).to.equal(undefined));
});
