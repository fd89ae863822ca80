import { expect } from "chai";
import fc from "fast-check";
import { fromHex, toBase64Url, toHex, utf8, type Hex } from "../../../sdk/protocol/bytes.ts";
import { canonicalize } from "../../../sdk/protocol/canonical.ts";
import {
  CLAIM_PADDING,
  claimSalt,
  claimsRoot,
  commitClaims,
  flatten,
  MAXIMUM_CLAIMS,
  parentSalt,
  pathText,
  type ClaimValue,
  type Path,
} from "../../../sdk/protocol/claims.ts";
import { digest, type HashName } from "../../../sdk/protocol/hash.ts";
import type { Json, JsonObject } from "../../../sdk/protocol/json.ts";
import { leafHash } from "../../../sdk/protocol/tree.ts";
import { document, hashName, seed, withRequired } from "./arbitraries.ts";
import { expectCode, vectors } from "./support.ts";

interface LeafVector {
  readonly data: string;
  readonly hash: Hex;
  readonly position: number;
}
interface ClaimVectors {
  readonly seed: Hex;
  readonly salts: Readonly<Record<HashName, readonly { readonly index: number; readonly salt: string }[]>>;
  readonly commits: readonly {
    name: string;
    hash: HashName;
    document: JsonObject;
    required: readonly Path[];
    leaves: readonly LeafVector[];
    padding: readonly LeafVector[];
    count: number;
    root: Hex;
  }[];
  readonly refused: readonly {
    readonly name: string;
    readonly document: JsonObject;
    readonly required: readonly Path[];
    readonly code: string;
  }[];
}

const file = vectors<ClaimVectors>("claims.json");
const SEED = fromHex(file.seed);
describe("vectors of claims.json", () => {
  for (const [hash, salts] of Object.entries(file.salts) as [HashName, ClaimVectors["salts"][HashName]][]) {
    it(`salts under ${hash}`, () => {
      for (const { index, salt } of salts) {
        const counter = Uint8Array.of(0, 0, index >> 8, index & 255);
        expect(claimSalt(hash, SEED, index)).to.equal(salt);
        expect(toBase64Url(digest(hash, Uint8Array.of(2), SEED, counter).subarray(0, 16))).to.equal(salt);
      }
    });
  }

  for (const { name, hash, document: content, required, leaves, padding, count, root } of file.commits) {
    it(`${hash}: ${name}`, () => {
      const committed = commitClaims({ document: content, required, seed: SEED, hash });
      expect(toHex(committed.root)).to.equal(root);
      expect(committed.count).to.equal(count);
      expect(leaves.map(({ data }) => data)).to.deep.equal(
        flatten(content).map(({ path, value }, i) => canonicalize([claimSalt(hash, SEED, i), [...path], value])),
      );
      expect([...leaves, ...padding].map(({ position }) => position).sort((a, b) => a - b)).to.deep.equal([
        ...Array(count).keys(),
      ]);
      for (const { data, hash: leaf, position } of [...leaves, ...padding]) {
        expect(toHex(leafHash(hash, utf8(data)))).to.equal(leaf);
        expect(toHex(committed.tree.leaf(position))).to.equal(leaf);
      }
    });
  }

  for (const { name, document: content, required, code } of file.refused) {
    it(`refuses ${name} as ${code}`, () =>
      expectCode(() => commitClaims({ document: content, required, seed: SEED, hash: "keccak256" }), code));
  }
});

/** The document of a complete list of leaves, built without the code under test. */
function unflatten(leaves: readonly { readonly path: Path; readonly value: ClaimValue }[]): Json {
  if (leaves.length === 1 && leaves[0]?.path.length === 0) return leaves[0].value;
  const groups = new Map<string | number, { path: Path; value: ClaimValue }[]>();
  for (const {
    path: [first = "", ...rest],
    value,
  } of leaves)
    groups.set(first, [...(groups.get(first) ?? []), { path: rest, value }]);
  const members = [...groups].map(([part, group]) => [part, unflatten(group)] as const);
  return members.every(([part]) => typeof part === "number")
    ? members.map(([, value]) => value)
    : Object.fromEntries(members);
}

describe("flattening", function () {
  this.timeout(20_000);

  it("loses nothing of a document", () => {
    fc.assert(
      fc.property(document, (content) => {
        expect(unflatten(flatten(content))).to.deep.equal(content);
      }),
    );
  });

  it("walks in the order of the canonical form", () => {
    fc.assert(
      fc.property(document, (content) => {
        const text = canonicalize(content);
        const values = flatten(content).map(({ value }) => canonicalize(value));
        let from = 0;
        for (const value of values) {
          from = text.indexOf(value, from) + 1;
          expect(from).to.be.greaterThan(0);
        }
      }),
    );
  });

  it("gives each leaf a path of its own, and none that begins another", () => {
    fc.assert(
      fc.property(document, (content) => {
        const paths = flatten(content).map(({ path }) => path);
        const texts = new Set(paths.map((path) => canonicalize(path)));
        expect(texts.size).to.equal(paths.length);
        for (const path of paths) {
          for (let length = 1; length < path.length; length++)
            expect(texts.has(canonicalize(path.slice(0, length)))).to.equal(false);
        }
      }),
    );
  });

  it("tells a position from a key of digits", () => {
    expect(flatten({ a: ["x"], b: { "0": "x" } })).to.deep.equal([
      { path: ["a", 0], value: "x" },
      { path: ["b", "0"], value: "x" },
    ]);
  });

  it("counts empties and nulls as leaves", () => {
    expect(flatten({ a: [], b: {}, c: null, d: [[]] }).map(({ value }) => value)).to.deep.equal([[], {}, null, []]);
  });

  it("refuses more leaves than a record has, and takes as many", () => {
    const wide = (count: number): JsonObject => ({ a: Array.from({ length: count }, (_, i) => i) });
    expect(flatten(wide(MAXIMUM_CLAIMS))).to.have.length(MAXIMUM_CLAIMS);
    expectCode(() => flatten(wide(MAXIMUM_CLAIMS + 1)), "claims.too-many");
  });
});

describe("commitment", function () {
  this.timeout(20_000);

  it("puts the required claims first, in schema order, and everything else by leaf hash, padded to eight", () => {
    fc.assert(
      fc.property(withRequired, seed, hashName, ([content, required], salts, hash) => {
        const { claims, tree, count } = commitClaims({ document: content, required, seed: salts, hash });
        const leaves = flatten(content);
        expect(count).to.equal(Math.ceil(leaves.length / CLAIM_PADDING) * CLAIM_PADDING);
        expect(claims.slice(0, required.length).map((claim) => claim?.path)).to.deep.equal(required);
        const rest = Array.from({ length: count - required.length }, (_, i) => toHex(tree.leaf(required.length + i)));
        expect(rest).to.deep.equal([...rest].sort());
        expect(claims.filter((claim) => claim !== undefined)).to.have.length(leaves.length);
      }),
    );
  });

  it("has the root of its tree, and the rest of it ordered, of few leaves and of many", () => {
    for (const hash of ["keccak256", "sha256", "sm3"] as const) {
      for (const width of [1, 8, 9, 63, 64, 65, 100, 1000, MAXIMUM_CLAIMS]) {
        const content = { a: Array.from({ length: width }, (_, i) => i) };
        const { root, tree, count } = commitClaims({ document: content, required: [["a", 0]], seed: SEED, hash });
        expect(toHex(root), String(width)).to.equal(toHex(tree.root));
        const alone = claimsRoot({ document: content, required: [["a", 0]], seed: SEED, hash });
        expect(alone).to.deep.equal({ root, count });
        const rest = Array.from({ length: count - 1 }, (_, i) => toHex(tree.leaf(1 + i)));
        expect(rest).to.deep.equal([...rest].sort());
      }
    }
  });

  it("names the first required claim that is missing, also where fewer claims are there than required", () => {
    const names = Array.from({ length: 20 }, (_, i) => `n${i}`);
    for (const there of [0, 1, 7, 8, 15, 16, 19]) {
      const content = { x: 1, ...Object.fromEntries(names.slice(0, there).map((name) => [name, 1])) };
      const commit = () =>
        commitClaims({ document: content, required: names.map((name) => [name]), seed: SEED, hash: "sha256" });
      expect(commit)
        .to.throw()
        .with.deep.include({ code: "claims.required-missing", values: { at: `n${there}` } });
    }
  });

  it("does not see what was committed before it", () => {
    const commit = (content: JsonObject) =>
      commitClaims({ document: content, required: [], seed: SEED, hash: "sha256" });
    const [first, wide] = [commit({ a: 1, b: 2 }), commit({ a: Array.from({ length: 300 }, (_, i) => i) })];
    const again = commit({ a: 1, b: 2 });
    expect(toHex(again.root)).to.equal(toHex(first.root)).and.equal(toHex(first.tree.root));
    expect(again.claims).to.deep.equal(first.claims);
    expect(toHex(wide.root)).to.equal(toHex(wide.tree.root));
  });

  it("is the same for the same document however it is written, and differs with the seed", () => {
    fc.assert(
      fc.property(document, seed, seed, (content, a, b) => {
        const root = (source: JsonObject, salts: Uint8Array): Hex =>
          toHex(commitClaims({ document: source, required: [], seed: salts, hash: "sha256" }).root);
        const rewritten = Object.fromEntries(Object.entries(content).reverse());
        expect(root(rewritten, a)).to.equal(root(content, a));
        if (toHex(a) !== toHex(b)) expect(root(content, b)).not.to.equal(root(content, a));
      }),
    );
  });

  it("never gives two documents one root", () => {
    fc.assert(
      fc.property(document, document, seed, (a, b, salts) => {
        const root = (content: JsonObject): Hex =>
          toHex(commitClaims({ document: content, required: [], seed: salts, hash: "sha256" }).root);
        expect(root(a) === root(b)).to.equal(canonicalize(a) === canonicalize(b));
      }),
    );
  });

  it("has salts of 22 characters, claims and parents apart", () => {
    const salts = [0, 1].flatMap((i) => [claimSalt("sha256", SEED, i), parentSalt("sha256", SEED, i)]);
    expect(new Set(salts).size).to.equal(4);
    for (const salt of salts) expect(salt).to.match(/^[A-Za-z0-9_-]{22}$/);
  });

  it("needs a seed of 32 bytes", () => {
    for (const length of [0, 16, 31, 33])
      expectCode(
        () => commitClaims({ document: { a: 1 }, required: [], seed: new Uint8Array(length), hash: "sha256" }),
        "seed.length",
      );
  });
});

describe("the text of a path", () => {
  it("is for people", () => {
    expect(pathText(["holder", "code"])).to.equal("holder.code");
    expect(pathText(["items", 2, "amount"])).to.equal("items[2].amount");
    expect(pathText([])).to.equal("");
  });
});
