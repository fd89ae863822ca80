import { expect } from "chai";
import fc from "fast-check";
import { fromHex, toBase64Url, toHex, utf8, type Hex } from "../../../sdk/protocol/bytes.ts";
import { canonicalize } from "../../../sdk/protocol/canonical.ts";
import { CLAIM_PADDING, claimData, claimSalt, commitClaims, disclose, flatten, MAXIMUM_CLAIMS, parentSalt, pathText, type ClaimValue, type DisclosedClaim, type Path } from "../../../sdk/protocol/claims.ts";
import { findDisclosureFault, type DisclosureFault } from "../../../sdk/protocol/disclosure.ts";
import { digest, type HashName } from "../../../sdk/protocol/hash.ts";
import { isJsonObject, type Json, type JsonObject } from "../../../sdk/protocol/json.ts";
import { leafHash } from "../../../sdk/protocol/tree.ts";
import { document, hashName, seed } from "./arbitraries.ts";
import { expectCode, vectors } from "./support.ts";

interface LeafVector {
  readonly data: string;
  readonly hash: Hex;
  readonly position: number;
}
interface DisclosureVector {
  readonly name: string;
  readonly hash: HashName;
  readonly required: readonly Path[];
  readonly disclosed: readonly DisclosedClaim[];
  readonly nodes: readonly Hex[];
  readonly root: Hex;
  readonly count: number;
  readonly fault?: DisclosureFault;
}
interface ClaimVectors {
  readonly seed: Hex;
  readonly salts: Readonly<Record<HashName, readonly { readonly index: number; readonly salt: string }[]>>;
  readonly commits: readonly { name: string; hash: HashName; document: JsonObject; required: readonly Path[]; leaves: readonly LeafVector[]; padding: readonly LeafVector[]; count: number; root: Hex }[];
  readonly refused: readonly { readonly name: string; readonly document: JsonObject; readonly required: readonly Path[]; readonly code: string }[];
  readonly disclosures: readonly DisclosureVector[];
  readonly rejects: readonly DisclosureVector[];
}

const file = vectors<ClaimVectors>("claims.json");
const SEED = fromHex(file.seed);
const faultOf = ({ hash, disclosed, nodes, root, count, required }: DisclosureVector) =>
  findDisclosureFault({ hash, disclosed, proof: nodes.map(fromHex), root: fromHex(root), count, required });

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
      expect(leaves.map(({ data }) => data)).to.deep.equal(flatten(content).map(({ path, value }, i) => canonicalize([claimSalt(hash, SEED, i), [...path], value])));
      expect([...leaves, ...padding].map(({ position }) => position).sort((a, b) => a - b)).to.deep.equal([...Array(count).keys()]);
      for (const { data, hash: leaf, position } of [...leaves, ...padding]) {
        expect(toHex(leafHash(hash, utf8(data)))).to.equal(leaf);
        expect(toHex(committed.tree.leaf(position))).to.equal(leaf);
      }
    });
  }

  for (const { name, document: content, required, code } of file.refused) {
    it(`refuses ${name} as ${code}`, () => expectCode(() => commitClaims({ document: content, required, seed: SEED, hash: "keccak256" }), code));
  }

  for (const vector of file.disclosures) it(`${vector.hash}: ${vector.name}`, () => expect(faultOf(vector)).to.equal(undefined));
  for (const vector of file.rejects) it(`refuses ${vector.name} as ${vector.fault}`, () => expect(faultOf(vector)).to.equal(vector.fault));

  it("show every fault", () => {
    const all: readonly DisclosureFault[] = ["claims.order", "claims.root", "claims.path-repeated", "claims.path-conflict", "claims.required-withheld", "claims.required-elsewhere"];
    expect([...new Set(file.rejects.map(({ fault }) => fault))].sort()).to.deep.equal([...all].sort());
  });
});

/** The document of a complete list of leaves, built without the code under test. */
function unflatten(leaves: readonly { readonly path: Path; readonly value: ClaimValue }[]): Json {
  if (leaves.length === 1 && leaves[0]?.path.length === 0) return leaves[0].value;
  const groups = new Map<string | number, { path: Path; value: ClaimValue }[]>();
  for (const { path: [first = "", ...rest], value } of leaves) groups.set(first, [...(groups.get(first) ?? []), { path: rest, value }]);
  const members = [...groups].map(([part, group]) => [part, unflatten(group)] as const);
  return members.every(([part]) => typeof part === "number") ? members.map(([, value]) => value) : Object.fromEntries(members);
}

describe("flattening", () => {
  it("loses nothing of a document", () => {
    fc.assert(fc.property(document, (content) => { expect(unflatten(flatten(content))).to.deep.equal(content); }));
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
          for (let length = 1; length < path.length; length++) expect(texts.has(canonicalize(path.slice(0, length)))).to.equal(false);
        }
      }),
    );
  });

  it("tells a position from a key of digits", () => {
    expect(flatten({ a: ["x"], b: { "0": "x" } })).to.deep.equal([{ path: ["a", 0], value: "x" }, { path: ["b", "0"], value: "x" }]);
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

/** Scalar paths of a document that can be required. */
const scalarPaths = (content: JsonObject): Path[] => flatten(content).filter(({ value }) => typeof value !== "object" || value === null).map(({ path }) => path);
const withRequired = document.chain((content) => fc.tuple(fc.constant(content), fc.shuffledSubarray(scalarPaths(content))));

describe("commitment", () => {
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

  it("is the same for the same document however it is written, and differs with the seed", () => {
    fc.assert(
      fc.property(document, seed, seed, (content, a, b) => {
        const root = (source: JsonObject, salts: Uint8Array): Hex => toHex(commitClaims({ document: source, required: [], seed: salts, hash: "sha256" }).root);
        const rewritten = Object.fromEntries(Object.entries(content).reverse());
        expect(root(rewritten, a)).to.equal(root(content, a));
        if (toHex(a) !== toHex(b)) expect(root(content, b)).not.to.equal(root(content, a));
      }),
    );
  });

  it("never gives two documents one root", () => {
    fc.assert(
      fc.property(document, document, seed, (a, b, salts) => {
        const root = (content: JsonObject): Hex => toHex(commitClaims({ document: content, required: [], seed: salts, hash: "sha256" }).root);
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
    for (const length of [0, 16, 31, 33]) expectCode(() => commitClaims({ document: { a: 1 }, required: [], seed: new Uint8Array(length), hash: "sha256" }), "seed.length");
  });
});

const disclosure = withRequired.chain(([content, required]) =>
  fc.tuple(fc.constant(content), fc.constant(required), seed, hashName, fc.subarray([...Array(flatten(content).length).keys()])),
);

describe("disclosure", () => {
  it("of any claims shows exactly those beside the required ones, and is found true", () => {
    fc.assert(
      fc.property(disclosure, ([content, required, salts, hash, wanted]) => {
        const committed = commitClaims({ document: content, required, seed: salts, hash });
        const present = committed.claims.flatMap((claim, at) => (claim ? [at] : []));
        const positions = wanted.map((i) => present[i] ?? 0);
        const { disclosed, proof } = disclose(committed, required.length, positions);
        fc.pre(disclosed.length > 0 && isJsonObject(content) && Object.keys(content).length > 0);
        expect(new Set(disclosed.map(({ at }) => at))).to.deep.equal(new Set([...required.keys(), ...positions]));
        expect(findDisclosureFault({ hash, disclosed, proof, root: committed.root, count: committed.count, required })).to.equal(undefined);
      }),
    );
  });

  it("is found false after any change of one value, path or position", () => {
    fc.assert(
      fc.property(disclosure, fc.nat(), fc.constantFrom("value", "type", "path", "at", "salt"), ([content, required, salts, hash, wanted], pick, what) => {
        const committed = commitClaims({ document: content, required, seed: salts, hash });
        const { disclosed, proof } = disclose(committed, required.length, wanted.filter((at) => committed.claims[at] !== undefined));
        fc.pre(disclosed.length > 0);
        const at = pick % disclosed.length;
        const changed = disclosed.map((claim, i) => (i === at ? alter(claim, what) : claim));
        const fault = findDisclosureFault({ hash, disclosed: changed, proof, root: committed.root, count: committed.count, required });
        expect(fault).not.to.equal(undefined);
      }),
    );
  });

  it("never shows padding", () => {
    const committed = commitClaims({ document: { a: 1 }, required: [["a"]], seed: SEED, hash: "sha256" });
    for (let at = 1; at < committed.count; at++) expectCode(() => disclose(committed, 1, [at]), "tree.index");
  });

  it("of padding as a claim is found false", () => {
    const committed = commitClaims({ document: { a: 1 }, required: [["a"]], seed: SEED, hash: "sha256" });
    const { root, count, tree, claims } = committed;
    const [first] = claims;
    const padding = Array.from({ length: 7 }, (_, i) => claimSalt("sha256", SEED, 1 + i));
    for (const salt of padding) {
      for (let at = 1; at < count; at++) {
        const disclosed = [{ at: 0, ...first! }, { at, salt, path: ["b"], value: null }];
        expect(findDisclosureFault({ hash: "sha256", disclosed, proof: tree.multiproof([0, at]), root, count, required: [["a"]] })).to.equal("claims.root");
      }
    }
  });
});

function alter(claim: DisclosedClaim, what: "value" | "type" | "path" | "at" | "salt"): DisclosedClaim {
  const { value, path, at, salt } = claim;
  if (what === "at") return { ...claim, at: at + 1 };
  if (what === "salt") return { ...claim, salt: `${salt.startsWith("A") ? "B" : "A"}${salt.slice(1)}` };
  if (what === "path") return { ...claim, path: [...path, "x"] };
  if (what === "type") return { ...claim, value: typeof value === "string" ? null : canonicalize(value) };
  return { ...claim, value: value === 1 ? 2 : 1 };
}

// Each pair is one document twice in the eyes of a looser format: the leaves must differ.
const TRAPS: readonly (readonly [name: string, a: JsonObject, b: JsonObject])[] = [
  ["5 and \"5\"", { a: 5 }, { a: "5" }],
  ["true and \"true\"", { a: true }, { a: "true" }],
  ["null and \"null\"", { a: null }, { a: "null" }],
  ["null and an empty string", { a: null }, { a: "" }],
  ["0 and false", { a: 0 }, { a: false }],
  ["an empty object and an empty array", { a: {} }, { a: [] }],
  ["an empty object and nothing", { a: {}, b: 1 }, { b: 1 }],
  ["an empty array and nothing", { a: [], b: 1 }, { b: 1 }],
  ["null and nothing", { a: null, b: 1 }, { b: 1 }],
  ["an array and an object with the same positions", { a: ["x", "y"] }, { a: { "0": "x", "1": "y" } }],
  ["a dot in a key and a nested key", { "a.b": 1 }, { a: { b: 1 } }],
  ["a slash in a key and a nested key", { "a/b": 1 }, { a: { b: 1 } }],
  ["a quoted comma in a key and two keys", { 'a","b': 1 }, { a: { b: 1 } }],
  ["brackets in a key and an array", { "a[0]": 1 }, { a: [1] }],
  ["one character and its decomposed form", { a: "\u00e9" }, { a: "e\u0301" }],
  ["the order of an array", { a: [1, 2] }, { a: [2, 1] }],
  ["a value under another key", { a: 1, b: 2 }, { a: 2, b: 1 }],
  ["a claim that looks like data", { a: '["salt",["a"],1]' }, { a: ["salt", ["a"], 1] }],
];

describe("documents that a loose format confuses", () => {
  for (const [name, a, b] of TRAPS) {
    it(`tells ${name} apart`, () => {
      const leaves = (content: JsonObject): Set<Hex> => {
        const claims = flatten(content).map(({ path, value }) => ({ salt: "AAAAAAAAAAAAAAAAAAAAAA", path, value }));
        return new Set(claims.map((claim) => toHex(leafHash("sha256", claimData(claim)))));
      };
      expect(leaves(a)).not.to.deep.equal(leaves(b));
    });
  }
});

describe("the text of a path", () => {
  it("is for people", () => {
    expect(pathText(["holder", "code"])).to.equal("holder.code");
    expect(pathText(["items", 2, "amount"])).to.equal("items[2].amount");
    expect(pathText([])).to.equal("");
  });
});
