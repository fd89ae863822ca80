import { toBase64Url, utf8 } from "./bytes.ts";
import {
  claimLeaves,
  claimText,
  MAXIMUM_CLAIMS,
  SALT_BYTES,
  SEED_BYTES,
  USUAL_CLAIMS,
  type ClaimLeaves,
  type LeafOptions,
} from "./claim-leaves.ts";
import { digest, HASH_BYTES, type HashName } from "./hash.ts";
import { isJsonObject, type Json, type JsonObject } from "./json.ts";
import { sortedKeys } from "./keys.ts";
import { pathText, type Path } from "./path.ts";
import { ProtocolError } from "./protocol-error.ts";
import { foldLeafHashes, MerkleTree } from "./tree.ts";

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

/** The committed claims of one record. Its tree and each position's claim (undefined for padding) are made when first asked for. */
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
export const commitClaims = (options: CommitOptions): CommittedClaims => new OrderedClaims(options);

/** The root and count alone, for whom no evidence is to be made: nothing is kept for tree and claims. Throws as `commitClaims` does. */
export function claimsRoot(options: CommitOptions): Pick<CommittedClaims, "root" | "count"> {
  const leaves = claimLeaves(options);
  const order = orderOf(leaves, options.required);
  return { root: rootOf(options.hash, leaves.hashes, order), count: order.length };
}

class OrderedClaims implements CommittedClaims {
  readonly root: Uint8Array;
  readonly count: number;
  private readonly options: CommitOptions;
  private readonly hashes: Uint8Array;
  private readonly salts: Uint8Array;
  /** Of each position the number of its leaf. */
  private readonly order: readonly number[];
  private madeTree: MerkleTree | undefined;
  private madeClaims: CommittedClaims["claims"] | undefined;

  constructor(options: CommitOptions) {
    const leaves = claimLeaves(options);
    this.options = options;
    this.order = orderOf(leaves, options.required);
    this.count = this.order.length;
    this.root = rootOf(options.hash, leaves.hashes, this.order);
    this.hashes = leaves.hashes.slice(0, leaves.padded * HASH_BYTES);
    this.salts = leaves.salts.slice(0, leaves.count * HASH_BYTES);
  }

  get tree(): MerkleTree {
    const { hashes, order } = this;
    return (this.madeTree ??= MerkleTree.fromLeafHashes(
      this.options.hash,
      putInOrder(hashes, order, new Uint8Array(hashes.length)),
    ));
  }

  get claims(): CommittedClaims["claims"] {
    return (this.madeClaims ??= this.makeClaims());
  }

  private makeClaims(): CommittedClaims["claims"] {
    const flat = flatten(this.options.document);
    return this.order.map((leaf): Claim | undefined => {
      const found = flat[leaf];
      const salt = this.salts.subarray(leaf * HASH_BYTES, leaf * HASH_BYTES + SALT_BYTES);
      return found && { salt: toBase64Url(salt), ...found };
    });
  }
}

/** Room for the leaf hashes of a usual document. Used synchronously. */
const fewHashes = new Uint8Array(USUAL_CLAIMS * HASH_BYTES);

function rootOf(hash: HashName, hashes: Uint8Array, order: readonly number[]): Uint8Array {
  const length = order.length * HASH_BYTES;
  const room = length <= fewHashes.length ? fewHashes.subarray(0, length) : new Uint8Array(length);
  return foldLeafHashes(hash, putInOrder(hashes, order, room));
}

/** The leaf hashes by position. */
function putInOrder(hashes: Uint8Array, order: readonly number[], target: Uint8Array): Uint8Array {
  let to = 0;
  for (const leaf of order) {
    // So few bytes are copied faster in a loop than in a call.
    for (let from = leaf * HASH_BYTES; from < (leaf + 1) * HASH_BYTES; from++) target[to++] = hashes[from] ?? 0;
  }
  return target;
}

/** Of each position the number of its leaf. Throws ProtocolError `claims.required-missing`. */
function orderOf({ hashes, positions, padded }: ClaimLeaves, required: readonly Path[]): readonly number[] {
  const order = new Array<number>(Math.max(padded, required.length)).fill(-1);
  let next = required.length;
  for (let leaf = 0; leaf < padded; leaf++) {
    const position = positions[leaf] ?? -1;
    order[position < 0 ? next++ : position] = leaf;
  }
  const missing = order.indexOf(-1);
  if (missing >= 0) throw new ProtocolError("claims.required-missing", { at: pathText(required[missing] ?? []) });
  return sortByHash(order, required.length, hashes);
}

/** Up to so many leaves are sorted by insertion: faster than the library's sort. */
const FEW_LEAVES = 64;

/** Sorts the leaves from position `first` on. */
function sortByHash(order: number[], first: number, hashes: Uint8Array): readonly number[] {
  if (order.length > FEW_LEAVES) {
    const rest = order.splice(first).sort((a, b) => compareHashes(hashes, a, b));
    return order.concat(rest);
  }
  for (let i = first + 1; i < order.length; i++) {
    const leaf = order[i] ?? 0;
    let at = i;
    for (; at > first && compareHashes(hashes, order[at - 1] ?? 0, leaf) > 0; at--) order[at] = order[at - 1] ?? 0;
    order[at] = leaf;
  }
  return order;
}

function compareHashes(hashes: Uint8Array, a: number, b: number): number {
  for (let i = 0; i < HASH_BYTES; i++) {
    const difference = (hashes[a * HASH_BYTES + i] ?? 0) - (hashes[b * HASH_BYTES + i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
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
