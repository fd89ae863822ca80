import { toHex, fromHex } from "../../sdk/protocol/bytes.ts";
import { canonicalize } from "../../sdk/protocol/canonical.ts";
import { commitClaims, disclose, type ClaimValue, type DisclosedClaim, type Path } from "../../sdk/protocol/claims.ts";
import type { DisclosureFault } from "../../sdk/protocol/disclosure.ts";
import { DOCUMENT, forge, REQUIRED, type DisclosureCase } from "./claim-cases.ts";
import { SEED } from "./fixed.ts";

type Reject = DisclosureCase & { readonly fault: DisclosureFault };
type Change = (claims: DisclosedClaim[]) => DisclosedClaim[];

const hash = "keccak256";

/** One change to what an honest disclosure says; the tree stays as it is. */
const TAMPERED: readonly (readonly [name: string, fault: DisclosureFault, change: Change])[] = [
  ["a value changed", "claims.root", (claims) => edit(claims, ["holder", "code"], { value: "91990100MA0000002A" })],
  ["a number as a string", "claims.root", (claims) => edit(claims, ["items", 1, "amount"], { value: "100" })],
  ["true as a string", "claims.root", (claims) => edit(claims, ["electronic"], { value: "true" })],
  ["null as an empty string", "claims.root", (claims) => edit(claims, ["remarks"], { value: "" })],
  ["null as an empty object", "claims.root", (claims) => edit(claims, ["remarks"], { value: {} })],
  ["an empty object as an empty array", "claims.root", (claims) => edit(claims, ["extra"], { value: [] })],
  ["an array position as a key", "claims.root", (claims) => edit(claims, ["items", 0], { path: ["items", "0"] })],
  [
    "a path joined into one key",
    "claims.root",
    (claims) => edit(claims, ["holder", "code"], { path: ["holder.code"] }),
  ],
  [
    "another position of the array",
    "claims.root",
    (claims) => edit(claims, ["items", 1, "amount"], { path: ["items", 2, "amount"] }),
  ],
  ["a salt changed", "claims.root", (claims) => edit(claims, ["capital"], { salt: "AAAAAAAAAAAAAAAAAAAAAA" })],
  ["two claims change places", "claims.root", (claims) => exchange(claims, ["capital"], ["electronic"])],
  ["two required claims change places", "claims.root", (claims) => exchange(claims, ["validFrom"], ["validUntil"])],
  [
    "a claim removed, its node not added",
    "claims.root",
    (claims) => claims.filter(({ path }) => !same(path, ["capital"])),
  ],
  [
    "a claim inserted with a made-up salt",
    "claims.root",
    (claims) =>
      [...claims, { at: freePosition(claims), salt: "AAAAAAAAAAAAAAAAAAAAAA", path: ["bonus"], value: 1 }].sort(byAt),
  ],
  ["an empty array inserted", "claims.root", (claims) => replaceLast(claims, { path: ["penalties"], value: [] })],
  ["an empty object inserted", "claims.root", (claims) => replaceLast(claims, { path: ["conditions"], value: {} })],
  ["one claim with the nodes of all", "claims.root", (claims) => claims.slice(0, 1)],
  ["claims in descending order", "claims.order", (claims) => [...claims].reverse()],
  ["a claim twice", "claims.order", (claims) => [...claims.slice(0, 1), ...claims]],
  ["nothing disclosed", "claims.root", () => []],
];

const same = (a: Path, b: Path): boolean => canonicalize(a) === canonicalize(b);
const byAt = (a: DisclosedClaim, b: DisclosedClaim): number => a.at - b.at;
/** A position that holds padding. */
const freePosition = (claims: readonly DisclosedClaim[]): number =>
  [...Array(16).keys()].find((at) => claims.every((claim) => claim.at !== at)) ?? -1;

const edit = (claims: DisclosedClaim[], path: Path, change: Partial<DisclosedClaim>): DisclosedClaim[] =>
  claims.map((claim) => (same(claim.path, path) ? { ...claim, ...change } : claim));

function exchange(claims: DisclosedClaim[], a: Path, b: Path): DisclosedClaim[] {
  const position = (path: Path): number => claims.find((claim) => same(claim.path, path))?.at ?? -1;
  const [first, second] = [position(a), position(b)];
  return edit(edit(claims, a, { at: second }), b, { at: first }).sort(byAt);
}

const replaceLast = (claims: DisclosedClaim[], change: { path: Path; value: ClaimValue }): DisclosedClaim[] =>
  claims.map((claim, i) => (i === claims.length - 1 ? { ...claim, ...change } : claim));

/** Trees that only a dishonest writer makes: every leaf is where it is said to be, and still the set is not one document. */
const FORGED: readonly (readonly [
  name: string,
  fault: DisclosureFault,
  claims: readonly (readonly [Path, ClaimValue])[],
  required?: readonly Path[],
])[] = [
  [
    "a path twice",
    "claims.path-repeated",
    [
      [["n"], 1],
      [["a"], 1],
      [["a"], 2],
    ],
  ],
  [
    "a path twice with the same value",
    "claims.path-repeated",
    [
      [["n"], 1],
      [["a", "b"], 1],
      [["a", "b"], 1],
    ],
  ],
  [
    "a path that is a prefix of a later one",
    "claims.path-conflict",
    [
      [["n"], 1],
      [["a"], 1],
      [["a", "b"], 2],
    ],
  ],
  [
    "a path that is a prefix of an earlier one",
    "claims.path-conflict",
    [
      [["n"], 1],
      [["a", "b"], 2],
      [["a"], 1],
    ],
  ],
  [
    "an empty object beside its own member",
    "claims.path-conflict",
    [
      [["n"], 1],
      [["a"], {}],
      [["a", "b"], 2],
    ],
  ],
  [
    "an empty array beside its own item",
    "claims.path-conflict",
    [
      [["n"], 1],
      [["a", 0], 2],
      [["a"], []],
    ],
  ],
  [
    "one container as object and as array",
    "claims.path-conflict",
    [
      [["n"], 1],
      [["a", 0], 1],
      [["a", "0"], 2],
    ],
  ],
  [
    "the whole document as a claim",
    "claims.path-conflict",
    [
      [["n"], 1],
      [[], {}],
    ],
  ],
  [
    "a document that is an array",
    "claims.path-conflict",
    [
      [["n"], 1],
      [[0], 1],
    ],
  ],
  ["a document that is an array, from the first claim on", "claims.path-conflict", [[[0], 1]], [[0]]],
  [
    "a required claim at another position",
    "claims.required-elsewhere",
    [
      [["a"], 1],
      [["n"], 1],
    ],
  ],
  [
    "required claims in another order",
    "claims.required-elsewhere",
    [
      [["m"], 1],
      [["n"], 1],
    ],
    [["n"], ["m"]],
  ],
  ["another claim at a required position", "claims.required-elsewhere", [[["a"], 1]]],
];

export function disclosureRejects(): Reject[] {
  const committed = commitClaims({ document: DOCUMENT, required: REQUIRED, seed: SEED, hash });
  const all = [...committed.claims.keys()].filter((at) => committed.claims[at] !== undefined);
  const { root, count } = committed;
  const honest = { hash, ...disclose(committed, REQUIRED.length, all), root, count, required: REQUIRED } as const;
  const last = all.filter((at) => at !== REQUIRED.length - 1);
  const { tree } = committed;
  const withheld = {
    ...honest,
    disclosed: honest.disclosed.filter(({ at }) => at !== REQUIRED.length - 1),
    proof: tree.multiproof(last),
  };
  const [node = "0x", ...nodes] = honest.proof.map(toHex);
  return [
    ...TAMPERED.map(([name, fault, change]): Reject => ({
      ...honest,
      name,
      fault,
      disclosed: change([...honest.disclosed]),
    })),
    { ...withheld, name: "a required claim withheld", fault: "claims.required-withheld" },
    { ...withheld, name: "every claim withheld but one", fault: "claims.required-withheld", ...onlyFirst(committed) },
    { ...honest, name: "a node left over", fault: "claims.root", proof: [...honest.proof, root] },
    { ...honest, name: "a node missing", fault: "claims.root", proof: honest.proof.slice(1) },
    {
      ...honest,
      name: "a node changed",
      fault: "claims.root",
      proof: [node.replace(/.$/, (digit) => (digit === "0" ? "1" : "0")), ...nodes].map(fromHex),
    },
    { ...honest, name: "another count", fault: "claims.root", count: count + 8 },
    { ...honest, name: "another hash", fault: "claims.root", hash: "sha256" },
    ...FORGED.map(([name, fault, claims, required = [["n"]]]): Reject => ({
      name,
      fault,
      ...forge(
        hash,
        claims.map(([path, value]) => ({ path, value })),
        required,
      ),
    })),
  ];
}

const onlyFirst = ({ claims, tree }: ReturnType<typeof commitClaims>) => ({
  disclosed: claims.slice(0, 1).flatMap((claim, at) => (claim ? [{ at, ...claim }] : [])),
  proof: tree.multiproof([0]),
});
