import { compareBytes, concat, toBase64Url, utf8 } from "./bytes.ts";
import { canonicalize, sortedKeys } from "./canonical.ts";
import { digest, HASH_BYTES, type HashName } from "./hash.ts";
import { isJsonObject, type Json, type JsonObject } from "./json.ts";
import { ProtocolError } from "./protocol-error.ts";
import { leafHash, MerkleTree } from "./tree.ts";

/** Keys (strings) and positions (integers) from the root of the document. */
export type Path = readonly (string | number)[];
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

export const MAXIMUM_CLAIMS = 4096;
/** Claim trees are padded to a multiple of this, so a count betrays little. */
export const CLAIM_PADDING = 8;
export const SEED_BYTES = 32;
const SALT_BYTES = 16;
const SALT_DOMAIN = Uint8Array.of(0x02);
const PARENT_SALT_DOMAIN = Uint8Array.of(0x03);

/** `JCS([salt, path, value])` in UTF-8. */
export const claimData = ({ salt, path, value }: Claim): Uint8Array => utf8(claimJson(salt, canonicalize(path), value));

const claimJson = (salt: string, pathJson: string, value: ClaimValue): string =>
  `[${canonicalize(salt)},${pathJson},${canonicalize(value)}]`;

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

/** The committed claims of one record: its tree, and each position's claim (undefined for padding). */
export interface CommittedClaims {
  readonly tree: MerkleTree;
  readonly root: Uint8Array;
  readonly count: number;
  readonly claims: readonly (Claim | undefined)[];
}

export interface CommitOptions {
  readonly document: JsonObject;
  /** Required scalar paths in schema order; they take positions 0 … k−1. */
  readonly required: readonly Path[];
  /** 32 bytes, derived from the record's data key. */
  readonly seed: Uint8Array;
  readonly hash: HashName;
}

/**
 * Commits a document (SPEC §4): required claims first, all others and the padding ordered by leaf hash.
 * Throws ProtocolError `claims.required-missing`, `claims.required-not-scalar`, `claims.too-many`, `document.not-object`, `seed.length`.
 */
export function commitClaims({ document, required, seed, hash }: CommitOptions): CommittedClaims {
  const leaves = flatten(document);
  const order = new Map(required.map((path, position) => [canonicalize(path), position]));
  const first: (Entry | undefined)[] = required.map(() => undefined);
  const rest: Entry[] = [];
  leaves.forEach(({ path, value }, i) => {
    const claim = { salt: claimSalt(hash, seed, i), path, value };
    const pathJson = canonicalize(path);
    const entry = { claim, leaf: leafHash(hash, utf8(claimJson(claim.salt, pathJson, value))) };
    const position = order.get(pathJson);
    if (position === undefined) rest.push(entry);
    else if (typeof value === "object" && value !== null)
      throw new ProtocolError("claims.required-not-scalar", { at: pathText(path) });
    else first[position] = entry;
  });
  const padded = Math.ceil(leaves.length / CLAIM_PADDING) * CLAIM_PADDING;
  for (let i = leaves.length; i < padded; i++) {
    rest.push({ claim: undefined, leaf: leafHash(hash, utf8(canonicalize([claimSalt(hash, seed, i)]))) });
  }
  rest.sort((a, b) => compareBytes(a.leaf, b.leaf));
  const entries = [...first, ...rest].map((entry, position) => {
    if (entry === undefined)
      throw new ProtocolError("claims.required-missing", { at: pathText(required[position] ?? []) });
    return entry;
  });
  const flat = concat(...entries.map((entry) => entry.leaf));
  const tree = MerkleTree.fromLeafHashes(hash, flat);
  return { tree, root: tree.root, count: flat.length / HASH_BYTES, claims: entries.map((entry) => entry.claim) };
}

interface Entry {
  readonly claim: Claim | undefined;
  readonly leaf: Uint8Array;
}

/** A path for people: `holder.code`, `items[2].amount`. Never parsed. */
export const pathText = (path: Path): string =>
  path.reduce<string>(
    (text, part) => (typeof part === "number" ? `${text}[${part}]` : text === "" ? part : `${text}.${part}`),
    "",
  );

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
