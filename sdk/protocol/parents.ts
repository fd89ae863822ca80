import { concat, toHex, utf8, type Hex } from "./bytes.ts";
import { parentSalt } from "./claims.ts";
import type { HashName } from "./hash.ts";
import type { Json } from "./json.ts";
import { Shape, type Members } from "./shape.ts";
import { leafHash, MerkleTree } from "./tree.ts";

export const RELATIONS = ["derivedFrom", "supersedes", "aggregates", "quotes", "attests", "corrects"] as const;
export type Relation = (typeof RELATIONS)[number];

/** An immediate source of a record. */
export interface Parent {
  readonly ledger: Hex;
  readonly scope: Hex;
  readonly seq: number;
  readonly record: Hex;
  readonly relation: Relation;
}

export interface DisclosedParent extends Parent {
  readonly at: number;
  readonly salt: string;
}

export const SALT_FORM = /^[A-Za-z0-9_-]{21}[AQgw]$/;

/** `JCS([salt, {ledger, record, relation, scope, seq}])` in UTF-8; none of the texts holds a character that JSON escapes. */
export const parentData = (salt: string, { ledger, scope, seq, record, relation }: Parent): Uint8Array =>
  utf8(
    `["${salt}",{"ledger":"${ledger}","record":"${record}","relation":"${relation}","scope":"${scope}","seq":${seq}}]`,
  );

/** The tree over a record's parents in their order (SPEC §5.2); undefined without parents. */
export function commitParents({
  parents,
  seed,
  hash,
}: {
  parents: readonly Parent[];
  seed: Uint8Array;
  hash: HashName;
}) {
  if (parents.length === 0) return undefined;
  const disclosed = parents.map((parent, at): DisclosedParent => ({ at, salt: parentSalt(hash, seed, at), ...parent }));
  const tree = MerkleTree.fromLeafHashes(
    hash,
    concat(...disclosed.map((parent) => leafHash(hash, parentData(parent.salt, parent)))),
  );
  return { tree, root: toHex(tree.root), disclosed };
}

export const parseParent = (value: Json, at: string): DisclosedParent => readParent(new Shape(value, at));

export function readParent(s: Members): DisclosedParent {
  const parent: DisclosedParent = {
    at: s.integer("at"),
    salt: s.text("salt", SALT_FORM),
    ledger: s.hex("ledger", 32),
    scope: s.hex("scope", 32),
    seq: s.integer("seq"),
    record: s.hex("record", 32),
    relation: s.oneOf("relation", RELATIONS),
  };
  s.end();
  return parent;
}
