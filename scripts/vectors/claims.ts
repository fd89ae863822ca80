import { toHex, utf8 } from "../../sdk/protocol/bytes.ts";
import { canonicalize } from "../../sdk/protocol/canonical.ts";
import {
  claimData,
  claimSalt,
  commitClaims,
  disclose,
  flatten,
  type CommittedClaims,
  type Path,
} from "../../sdk/protocol/claims.ts";
import { findDisclosureFault, type DisclosureFault } from "../../sdk/protocol/disclosure.ts";
import type { HashName } from "../../sdk/protocol/hash.ts";
import type { Json, JsonObject } from "../../sdk/protocol/json.ts";
import { leafHash } from "../../sdk/protocol/tree.ts";
import { DOCUMENT, REQUIRED, type DisclosureCase } from "./claim-cases.ts";
import { disclosureRejects } from "./claim-rejects.ts";
import { codeOf, expectEqual, HASH_NAMES, SEED } from "./fixed.ts";

interface CommitCase {
  readonly name: string;
  readonly document: JsonObject;
  readonly required: readonly Path[];
}

const COMMITS: readonly CommitCase[] = [
  { name: "every kind of leaf", document: DOCUMENT, required: REQUIRED },
  { name: "nothing required", document: { a: 1 }, required: [] },
  { name: "eight leaves, no padding", document: { a: [0, 1, 2, 3, 4, 5, 6, 7] }, required: [["a", 7]] },
  { name: "nine leaves, sixteen positions", document: { a: [0, 1, 2, 3, 4, 5, 6, 7, 8] }, required: [["a", 0]] },
  {
    name: "keys and positions differ",
    document: { a: [{ "0": "member" }, "item"], b: { "0": ["x"] } },
    required: [["b", "0", 0]],
  },
  {
    name: "a key that looks like a path",
    document: { "a.b": 1, a: { b: 2 }, 'a","b': 3, "a/b": 4 },
    required: [["a", "b"]],
  },
  { name: "the empty document", document: {}, required: [] },
];

const REFUSED: readonly (readonly [name: string, document: Json, required: readonly Path[], code: string])[] = [
  ["not an object", [1], [], "document.not-object"],
  ["a scalar", "x", [], "document.not-object"],
  ["required claim missing", { a: 1 }, [["b"]], "claims.required-missing"],
  ["required position missing", { a: ["x"] }, [["a", 1]], "claims.required-missing"],
  ["required by position, present as key", { a: { "0": "x" } }, [["a", 0]], "claims.required-missing"],
  ["required claim has members", { a: { b: 1 } }, [["a"]], "claims.required-missing"],
  ["required claim is an empty object", { a: {} }, [["a"]], "claims.required-not-scalar"],
  ["required claim is an empty array", { a: [] }, [["a"]], "claims.required-not-scalar"],
];

const pathsOf = (paths: readonly Path[]): Json => paths.map((path) => [...path]);
const positionOf = (committed: CommittedClaims, path: Path): number =>
  committed.claims.findIndex((claim) => claim !== undefined && canonicalize(claim.path) === canonicalize(path));

function commitJson(hash: HashName, { name, document, required }: CommitCase): JsonObject {
  const committed = commitClaims({ document, required, seed: SEED, hash });
  const leaves = flatten(document).map(({ path, value }, i) => {
    const data = claimData({ salt: claimSalt(hash, SEED, i), path, value });
    return {
      data: new TextDecoder().decode(data),
      hash: toHex(leafHash(hash, data)),
      position: positionOf(committed, path),
    };
  });
  const padding = Array.from({ length: committed.count - leaves.length }, (_, i) => {
    const data = canonicalize([claimSalt(hash, SEED, leaves.length + i)]);
    return { data, hash: toHex(leafHash(hash, utf8(data))), position: -1 };
  });
  for (const [i, { hash: expected, position }] of leaves.entries())
    expectEqual(`${name} ${i}`, toHex(committed.tree.leaf(position)), expected);
  const found = padding.map((leaf) => ({
    ...leaf,
    position: [...committed.claims.keys()].find((at) => toHex(committed.tree.leaf(at)) === leaf.hash) ?? -1,
  }));
  return {
    name,
    hash,
    document,
    required: pathsOf(required),
    leaves,
    padding: found,
    count: committed.count,
    root: toHex(committed.root),
  };
}

const disclosureJson = ({ name, hash, disclosed, proof, root, count, required }: DisclosureCase): JsonObject => ({
  name,
  hash,
  required: pathsOf(required),
  disclosed: disclosed.map(({ at, salt, path, value }) => ({ at, salt, path: [...path], value })),
  nodes: proof.map(toHex),
  root: toHex(root),
  count,
});

function goodDisclosures(hash: HashName): DisclosureCase[] {
  const committed = commitClaims({ document: DOCUMENT, required: REQUIRED, seed: SEED, hash });
  const { root, count } = committed;
  const all = [...committed.claims.keys()].filter((at) => committed.claims[at] !== undefined);
  const chosen = (...paths: readonly Path[]) => paths.map((path) => positionOf(committed, path));
  const named: readonly (readonly [name: string, positions: readonly number[]])[] = [
    ["required claims only", []],
    ["one optional claim", chosen(["capital"])],
    ["empty containers", chosen(["extra"], ["items", 2], ["items", 3])],
    ["one item of an array: a hole stays a hole", chosen(["items", 1, "amount"])],
    ["every claim", all],
  ];
  return named.map(([name, positions]) => ({
    name,
    hash,
    ...disclose(committed, REQUIRED.length, positions),
    root,
    count,
    required: REQUIRED,
  }));
}

export function claimVectors(): Json {
  for (const [name, document, required, code] of REFUSED) {
    // A document that is no object is given as if it were one: the refusal is the subject.
    expectEqual(
      name,
      codeOf(() => commitClaims({ document: document as JsonObject, required, seed: SEED, hash: "keccak256" })),
      code,
    );
  }
  const good = HASH_NAMES.flatMap(goodDisclosures);
  for (const item of good) expectEqual(item.name, findDisclosureFault(item), undefined);
  const rejects: readonly (DisclosureCase & { readonly fault: DisclosureFault })[] = disclosureRejects();
  for (const reject of rejects) expectEqual(reject.name, findDisclosureFault(reject), reject.fault);
  return {
    description:
      "SPEC §4. `commits`: leaves in depth-first order with the position each takes; padding after them. `disclosures` have no fault, `rejects` have the fault named. All with the same seed.",
    seed: toHex(SEED),
    salts: Object.fromEntries(
      HASH_NAMES.map((hash) => [
        hash,
        [0, 1, 2, 255, 256, 4095].map((index) => ({ index, salt: claimSalt(hash, SEED, index) })),
      ]),
    ),
    commits: HASH_NAMES.flatMap((hash) => COMMITS.map((item) => commitJson(hash, item))),
    refused: REFUSED.map(([name, document, required, code]) => ({ name, document, required: pathsOf(required), code })),
    disclosures: good.map(disclosureJson),
    rejects: rejects.map((reject) => ({ ...disclosureJson(reject), fault: reject.fault })),
  };
}
