import { expect } from "chai";
import fc from "fast-check";
import { fromHex, toHex, type Hex } from "../../../sdk/protocol/bytes.ts";
import { canonicalize } from "../../../sdk/protocol/canonical.ts";
import {
  claimData,
  claimSalt,
  commitClaims,
  disclose,
  flatten,
  type DisclosedClaim,
  type Path,
} from "../../../sdk/protocol/claims.ts";
import { findDisclosureFault, type DisclosureFault } from "../../../sdk/protocol/disclosure.ts";
import type { HashName } from "../../../sdk/protocol/hash.ts";
import { isJsonObject, type JsonObject } from "../../../sdk/protocol/json.ts";
import { leafHash } from "../../../sdk/protocol/tree.ts";
import { hashName, seed, withRequired } from "./arbitraries.ts";
import { expectCode, vectors } from "./support.ts";

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
interface DisclosureVectors {
  readonly seed: Hex;
  readonly disclosures: readonly DisclosureVector[];
  readonly rejects: readonly DisclosureVector[];
}

const file = vectors<DisclosureVectors>("claims.json");
const SEED = fromHex(file.seed);
const faultOf = ({ hash, disclosed, nodes, root, count, required }: DisclosureVector) =>
  findDisclosureFault({ hash, disclosed, proof: nodes.map(fromHex), root: fromHex(root), count, required });

describe("disclosed sets of claims.json", () => {
  for (const vector of file.disclosures)
    it(`${vector.hash}: ${vector.name}`, () => expect(faultOf(vector)).to.equal(undefined));
  for (const vector of file.rejects)
    it(`refuses ${vector.name} as ${vector.fault}`, () => expect(faultOf(vector)).to.equal(vector.fault));

  it("show every fault", () => {
    const all: readonly DisclosureFault[] = [
      "claims.order",
      "claims.root",
      "claims.path-repeated",
      "claims.path-conflict",
      "claims.required-withheld",
      "claims.required-elsewhere",
    ];
    expect([...new Set(file.rejects.map(({ fault }) => fault))].sort()).to.deep.equal([...all].sort());
  });
});

const disclosure = withRequired.chain(([content, required]) =>
  fc.tuple(
    fc.constant(content),
    fc.constant(required),
    seed,
    hashName,
    fc.subarray([...Array(flatten(content).length).keys()]),
  ),
);

describe("disclosure", function () {
  this.timeout(20_000);

  it("of any claims shows exactly those beside the required ones, and is found true", () => {
    fc.assert(
      fc.property(disclosure, ([content, required, salts, hash, wanted]) => {
        const committed = commitClaims({ document: content, required, seed: salts, hash });
        const present = committed.claims.flatMap((claim, at) => (claim ? [at] : []));
        const positions = wanted.map((i) => present[i] ?? 0);
        const { disclosed, proof } = disclose(committed, required.length, positions);
        fc.pre(disclosed.length > 0 && isJsonObject(content) && Object.keys(content).length > 0);
        expect(new Set(disclosed.map(({ at }) => at))).to.deep.equal(new Set([...required.keys(), ...positions]));
        expect(
          findDisclosureFault({ hash, disclosed, proof, root: committed.root, count: committed.count, required }),
        ).to.equal(undefined);
      }),
    );
  });

  it("is found false after any change of one value, path or position", () => {
    fc.assert(
      fc.property(
        disclosure,
        fc.nat(),
        fc.constantFrom("value", "type", "path", "at", "salt"),
        ([content, required, salts, hash, wanted], pick, what) => {
          const committed = commitClaims({ document: content, required, seed: salts, hash });
          const { disclosed, proof } = disclose(
            committed,
            required.length,
            wanted.filter((at) => committed.claims[at] !== undefined),
          );
          fc.pre(disclosed.length > 0);
          const at = pick % disclosed.length;
          const changed = disclosed.map((claim, i) => (i === at ? alter(claim, what) : claim));
          const fault = findDisclosureFault({
            hash,
            disclosed: changed,
            proof,
            root: committed.root,
            count: committed.count,
            required,
          });
          expect(fault).not.to.equal(undefined);
        },
      ),
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
        const disclosed = [
          { at: 0, ...first! },
          { at, salt, path: ["b"], value: null },
        ];
        expect(
          findDisclosureFault({
            hash: "sha256",
            disclosed,
            proof: tree.multiproof([0, at]),
            root,
            count,
            required: [["a"]],
          }),
        ).to.equal("claims.root");
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
  ['5 and "5"', { a: 5 }, { a: "5" }],
  ['true and "true"', { a: true }, { a: "true" }],
  ['null and "null"', { a: null }, { a: "null" }],
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
