import { concat, utf8 } from "../../sdk/protocol/bytes.ts";
import { canonicalize } from "../../sdk/protocol/canonical.ts";
import { claimData, claimSalt, type ClaimValue, type DisclosedClaim, type Path } from "../../sdk/protocol/claims.ts";
import type { HashName } from "../../sdk/protocol/hash.ts";
import type { JsonObject } from "../../sdk/protocol/json.ts";
import { leafHash, MerkleTree } from "../../sdk/protocol/tree.ts";
import { SEED } from "./fixed.ts";

export interface DisclosureCase {
  readonly name: string;
  readonly hash: HashName;
  readonly disclosed: readonly DisclosedClaim[];
  readonly proof: readonly Uint8Array[];
  readonly root: Uint8Array;
  readonly count: number;
  readonly required: readonly Path[];
}

/** A document with every kind of leaf; its holder and number are made up. */
export const DOCUMENT: JsonObject = {
  number: "X-2025-0001",
  holder: { name: "示例市试点甲有限公司", code: "91990100MA0000001A" },
  validFrom: "2025-01-01",
  validUntil: "2025-12-31",
  remarks: null,
  electronic: true,
  capital: 29.5,
  items: ["甲", { code: "A1", amount: 100 }, [], {}],
  extra: {},
};
export const REQUIRED: readonly Path[] = [["holder", "code"], ["number"], ["validFrom"], ["validUntil"]];

/** A tree over any claims in any order, as only a dishonest writer would make it. */
export function forge(
  hash: HashName,
  claims: readonly { readonly path: Path; readonly value: ClaimValue }[],
  required: readonly Path[],
) {
  const count = Math.ceil(claims.length / 8) * 8;
  const disclosed = claims.map(({ path, value }, at): DisclosedClaim => ({
    at,
    salt: claimSalt(hash, SEED, at),
    path,
    value,
  }));
  const hashes = Array.from({ length: count }, (_, i) => {
    const claim = disclosed[i];
    return leafHash(hash, claim ? claimData(claim) : utf8(canonicalize([claimSalt(hash, SEED, i)])));
  });
  const tree = MerkleTree.fromLeafHashes(hash, concat(...hashes));
  return { hash, disclosed, proof: tree.multiproof(disclosed.map(({ at }) => at)), root: tree.root, count, required };
}
