import { toHex } from "../../sdk/protocol/bytes.ts";
import { receiptsScope } from "../../sdk/protocol/anchor.ts";
import { findParentsFault, type ParentsDisclosure, type ParentsFault } from "../../sdk/protocol/disclosure.ts";
import type { HashName } from "../../sdk/protocol/hash.ts";
import type { Json, JsonObject } from "../../sdk/protocol/json.ts";
import { commitParents, parentData, parseParent, type Parent } from "../../sdk/protocol/parents.ts";
import { codeOf, expectEqual, HASH_NAMES, LEDGER, sampleHex, SEED } from "./fixed.ts";

const PARENTS: readonly Parent[] = [
  { ledger: LEDGER, scope: sampleHex("scope"), seq: 1, record: sampleHex("predecessor"), relation: "supersedes" },
  {
    ledger: LEDGER,
    scope: receiptsScope(sampleHex("agreement")),
    seq: 0,
    record: sampleHex("receipt"),
    relation: "attests",
  },
  {
    ledger: sampleHex("another ledger"),
    scope: sampleHex("scope"),
    seq: 2,
    record: sampleHex("source"),
    relation: "derivedFrom",
  },
];

interface Case extends ParentsDisclosure {
  readonly name: string;
  readonly fault?: ParentsFault;
}

function committed(hash: HashName) {
  const made = commitParents({ parents: PARENTS, seed: SEED, hash });
  if (made === undefined) throw new Error("no parents");
  const show = (name: string, positions: readonly number[]): Case => ({
    name,
    hash,
    disclosed: made.disclosed.filter(({ at }) => positions.includes(at)),
    proof: made.tree.multiproof(positions),
    root: made.tree.root,
    count: PARENTS.length,
  });
  return { ...made, show };
}

function rejects(hash: HashName): Case[] {
  const { show } = committed(hash);
  const good = show("", [0, 2]);
  const changed = (
    name: string,
    at: number,
    change: Partial<Parent> & { readonly at?: number; readonly salt?: string },
  ): Case => ({
    ...good,
    name,
    fault: "parents.root",
    disclosed: good.disclosed.map((parent) => (parent.at === at ? { ...parent, ...change } : parent)),
  });
  return [
    changed("another record", 0, { record: sampleHex("something else") }),
    changed("another ledger", 2, { ledger: LEDGER }),
    changed("another scope", 0, { scope: sampleHex("something else") }),
    changed("another number", 0, { seq: 2 }),
    changed("another relation", 2, { relation: "attests" }),
    changed("another salt", 0, { salt: "AAAAAAAAAAAAAAAAAAAAAA" }),
    changed("another position", 2, { at: 1 }),
    changed("a position outside", 2, { at: 3 }),
    {
      ...changed("positions in descending order", 0, {}),
      fault: "parents.order",
      disclosed: [...good.disclosed].reverse(),
    },
    { ...changed("a position twice", 2, { at: 0 }), fault: "parents.order" },
    { ...good, name: "nothing shown", fault: "parents.root", disclosed: [], proof: [] },
    {
      ...good,
      name: "a parent left out, its node not added",
      fault: "parents.root",
      disclosed: good.disclosed.slice(1),
    },
    { ...good, name: "a node left over", fault: "parents.root", proof: [...good.proof, ...good.proof] },
    { ...good, name: "another count", fault: "parents.root", count: 4 },
    { ...good, name: "a record without parents", fault: "parents.root", root: undefined, count: 0 },
  ];
}

const json = ({ name, hash, disclosed, proof, root, count, fault }: Case): JsonObject => ({
  name,
  hash,
  disclosed: disclosed.map((parent) => ({ ...parent })),
  nodes: proof.map(toHex),
  root: root === undefined ? null : toHex(root),
  count,
  ...(fault !== undefined && { fault }),
});

const [first] = committed("keccak256").disclosed;
const READ: JsonObject = { ...first };
const UNREAD: readonly (readonly [name: string, parent: Json, code: string])[] = [
  ["an unknown member", { ...READ, note: "x" }, "shape.unknown"],
  ["an unknown relation", { ...READ, relation: "copiedFrom" }, "shape.format"],
  ["no relation", Object.fromEntries(Object.entries(READ).filter(([name]) => name !== "relation")), "shape.missing"],
  ["a salt of 21 characters", { ...READ, salt: "AAAAAAAAAAAAAAAAAAAAA" }, "shape.format"],
  ["seq as text", { ...READ, seq: "1" }, "shape.type"],
];

export function parentVectors(): Json {
  for (const [name, parent, code] of UNREAD)
    expectEqual(
      name,
      codeOf(() => parseParent(parent, "parent")),
      code,
    );
  const disclosures = HASH_NAMES.flatMap((hash) =>
    [[0], [1], [0, 2], [0, 1, 2]].map((positions) => committed(hash).show(positions.join(), positions)),
  );
  const refused = HASH_NAMES.flatMap(rejects);
  for (const one of [...disclosures, ...refused]) expectEqual(one.name, findParentsFault(one), one.fault);
  return {
    description:
      "SPEC §5.2. `disclosures` have no fault, `rejects` the fault named, `unread` are refused by their shape. All with the same seed.",
    seed: toHex(SEED),
    parents: PARENTS.map((parent) => ({ ...parent })),
    commits: HASH_NAMES.map((hash) => {
      const { disclosed, root } = committed(hash);
      const data = disclosed.map((parent) => new TextDecoder().decode(parentData(parent.salt, parent)));
      return { hash, salts: disclosed.map(({ salt }) => salt), data, root };
    }),
    disclosures: disclosures.map(json),
    rejects: refused.map(json),
    unread: UNREAD.map(([name, parent, code]) => ({ name, parent, code })),
  };
}
