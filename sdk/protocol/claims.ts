import { compareBytes, toBase64Url, utf8 } from "./bytes.ts";
import {
  claimLeaves,
  claimText,
  MAXIMUM_CLAIMS,
  SALT_BYTES,
  SEED_BYTES,
  type ClaimLeaves,
  type LeafOptions,
} from "./claim-leaves.ts";
import { digest, HASH_BYTES, type HashName } from "./hash.ts";
import { isJsonObject, type Json, type JsonObject } from "./json.ts";
import { sortedKeys } from "./keys.ts";
import { pathText, type Path } from "./path.ts";
import { ProtocolError } from "./protocol-error.ts";
import { MerkleTree } from "./tree.ts";

export { pathText, valueAt, type Path } from "./path.ts";
export { CLAIM_PADDING, MAXIMUM_CLAIMS, SEED_BYTES } from "./claim-leaves.ts";

export type Scalar = null | boolean | number | string;
/** What a claim can hold: a scalar, or an empty object or array. */
export type ClaimValue = Scalar | Readonly<Record<string, never>> | readonly never[];

export interface Claim {
  readonly salt: string;
  readonly path: Path;
  readonly value: ClaimValue;
}

/** A claim at its position in the record's claim tree. */
export interface DisclosedClaim extends Claim {
  readonly at: number;
}

const SALT_DOMAIN = Uint8Array.of(0x02);
const PARENT_SALT_DOMAIN = Uint8Array.of(0x03);

/** `JCS([salt, path, value])` in UTF-8. */
export const claimData = (claim: Claim): Uint8Array => utf8(claimText(claim));

/** The i-th salt of a record: 22 characters of base64url, the first 16 bytes of `H(0x02 ‖ seed ‖ uint32be(i))` (SPEC §4.2). */
export const claimSalt = (hash: HashName, seed: Uint8Array, index: number): string =>
  derivedSalt(hash, SALT_DOMAIN, seed, index);

/** The salt of the i-th parent: as `claimSalt` with prefix `0x03` (SPEC §5.2). */
export const parentSalt = (hash: HashName, seed: Uint8Array, index: number): string =>
  derivedSalt(hash, PARENT_SALT_DOMAIN, seed, index);

function derivedSalt(hash: HashName, domain: Uint8Array, seed: Uint8Array, index: number): string {
  if (seed.length !== SEED_BYTES) throw new ProtocolError("seed.length");
  const counter = new Uint8Array(4);
  new DataView(counter.buffer).setUint32(0, index);
  return toBase64Url(digest(hash, domain, seed, counter).subarray(0, SALT_BYTES));
}

/** Every JSON leaf of a document, empties included, in the depth-first order of its JCS form. Throws `document.not-object`, `claims.too-many`. */
export function flatten(document: Json): { readonly path: Path; readonly value: ClaimValue }[] {
  if (!isJsonObject(document)) throw new ProtocolError("document.not-object");
  const leaves: { path: Path; value: ClaimValue }[] = [];
  const walk = (value: Json, path: Path): void => {
    if (Array.isArray(value) && value.length > 0) value.forEach((item: Json, i) => walk(item, [...path, i]));
    else if (isJsonObject(value) && Object.keys(value).length > 0) {
      for (const key of sortedKeys(value)) walk(value[key] as Json, [...path, key]); // An own key.
    } else {
      if (leaves.length === MAXIMUM_CLAIMS) throw new ProtocolError("claims.too-many", { limit: MAXIMUM_CLAIMS });
      leaves.push({ path, value: value as ClaimValue }); // A scalar or an empty container: every other case is above.
    }
  };
  walk(document, []);
  return leaves;
}

/** The committed claims of one record: its tree, and each position's claim (undefined for padding), made when first asked for. */
export interface CommittedClaims {
  readonly tree: MerkleTree;
  readonly root: Uint8Array;
  readonly count: number;
  readonly claims: readonly (Claim | undefined)[];
}

export interface CommitOptions extends LeafOptions {
  readonly document: JsonObject;
  /** Required scalar paths in schema order; they take positions 0 … k−1. */
  readonly required: readonly Path[];
  /** 32 bytes, derived from the record's data key. */
  readonly seed: Uint8Array;
  readonly hash: HashName;
}

/**
 * Commits a document (SPEC §4): required claims first, all others and the padding ordered by leaf hash.
 * Throws ProtocolError `claims.required-missing`, `claims.required-not-scalar`, `claims.too-many`, `document.not-object`, `json.value`, `seed.length`.
 */
export function commitClaims(options: CommitOptions): CommittedClaims {
  const { document, required, hash } = options;
  const leaves = claimLeaves(options);
  const order = orderOf(leaves, required);
  const flat = new Uint8Array(leaves.hashes.length);
  order.forEach((leaf, position) => {
    flat.set(leaves.hashes.subarray(leaf * HASH_BYTES, (leaf + 1) * HASH_BYTES), position * HASH_BYTES);
  });
  const tree = MerkleTree.fromLeafHashes(hash, flat);
  let claims: readonly (Claim | undefined)[] | undefined;
  return {
    tree,
    root: tree.root,
    count: order.length,
    get claims() {
      return (claims ??= claimsOf(document, { leaves, order }));
    },
  };
}

/** Of each position the number of its leaf. Throws ProtocolError `claims.required-missing`. */
function orderOf({ hashes, positions }: ClaimLeaves, required: readonly Path[]): readonly number[] {
  const total = hashes.length / HASH_BYTES;
  const first = new Array<number>(required.length).fill(-1);
  const rest: number[] = [];
  for (let leaf = 0; leaf < total; leaf++) {
    const position = positions[leaf] ?? -1;
    if (position < 0) rest.push(leaf);
    else first[position] = leaf;
  }
  const missing = first.indexOf(-1);
  if (missing >= 0) throw new ProtocolError("claims.required-missing", { at: pathText(required[missing] ?? []) });
  const words = new DataView(hashes.buffer, hashes.byteOffset);
  const leading = Array.from({ length: total }, (_, leaf) => words.getUint32(leaf * HASH_BYTES));
  const hashOf = (leaf: number): Uint8Array => hashes.subarray(leaf * HASH_BYTES, (leaf + 1) * HASH_BYTES);
  rest.sort((a, b) => (leading[a] ?? 0) - (leading[b] ?? 0) || compareBytes(hashOf(a), hashOf(b)));
  return [...first, ...rest];
}

function claimsOf(
  document: JsonObject,
  { leaves: { salts, count }, order }: { readonly leaves: ClaimLeaves; readonly order: readonly number[] },
): readonly (Claim | undefined)[] {
  const flat = flatten(document);
  return order.map((leaf): Claim | undefined => {
    const found = flat[leaf];
    if (leaf >= count || found === undefined) return undefined;
    return { salt: toBase64Url(salts.subarray(leaf * HASH_BYTES, leaf * HASH_BYTES + SALT_BYTES)), ...found };
  });
}

/** Discloses the claims at the given positions together with the required ones. */
export function disclose(committed: CommittedClaims, requiredCount: number, positions: readonly number[]) {
  const chosen = new Set(positions);
  for (let i = 0; i < requiredCount; i++) chosen.add(i);
  const ordered = [...chosen].sort((a, b) => a - b);
  const disclosed = ordered.map((at): DisclosedClaim => {
    const claim = committed.claims[at];
    if (claim === undefined) throw new ProtocolError("tree.index", { index: at, count: committed.count });
    return { at, ...claim };
  });
  return { disclosed, proof: committed.tree.multiproof(ordered) };
}
