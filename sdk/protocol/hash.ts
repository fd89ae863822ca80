import { createKeccak, createSHA256, createSM3 } from "hash-wasm";
import { DIGEST_BYTES, streamingEngine, type HashEngine, type Messages, type Sibling } from "./engine.ts";
import { openKeccak } from "./keccak/open.ts";
import { provenEngine } from "./keccak/proof.ts";

/** The named hash functions. The number is what an anchor stores on chain. */
export const HASH_NUMBERS = { keccak256: 1, sha256: 2, sm3: 3 } as const;
export type HashName = keyof typeof HASH_NUMBERS;

export const HASH_BYTES = DIGEST_BYTES;

export const isHashName = (value: unknown): value is HashName =>
  typeof value === "string" && Object.hasOwn(HASH_NUMBERS, value);

const [keccak, sha256, sm3, ownKeccak] = await Promise.all([
  createKeccak(256),
  createSHA256(),
  createSM3(),
  // Where 128-bit vectors are missing the library's hasher does everything: slower, the same digests.
  openKeccak().catch(() => undefined),
]);
const library = streamingEngine(keccak);

const engines: Readonly<Record<HashName, HashEngine>> = {
  keccak256: ownKeccak === undefined ? library : provenEngine(ownKeccak, library),
  sha256: streamingEngine(sha256),
  sm3: streamingEngine(sm3),
};

/** 32 bytes: the digest of the parts one after another. */
export const digest = (hash: HashName, ...parts: readonly Uint8Array[]): Uint8Array => engines[hash].digest(parts);

/** The digests of many messages, one after another in a new buffer: faster than one by one. */
export function digestMany(hash: HashName, messages: Messages): Uint8Array {
  const digests = new Uint8Array(messages.count * HASH_BYTES);
  engines[hash].many(messages, digests);
  return digests;
}

/** The same from the beginning of `target` on. */
export const digestInto = (hash: HashName, messages: Messages, target: Uint8Array): void =>
  engines[hash].many(messages, target);

/** `H(0x00 ‖ item)` of 32-byte items in one buffer (SPEC §3.2). */
export function leafHashes(hash: HashName, items: Uint8Array): Uint8Array {
  const target = new Uint8Array(items.length);
  engines[hash].leaves(items, target);
  return target;
}

/** `H(0x01 ‖ pair)` of 64-byte pairs in one buffer, one after another from the beginning of `target`. */
export function joinPairs(hash: HashName, pairs: Uint8Array, target: Uint8Array): void {
  if (pairs.length > 0) engines[hash].nodes(pairs, target);
}

/** The level above: neighbours joined by `H(0x01 ‖ left ‖ right)`, an odd node at the end promoted unchanged (SPEC §3.2). */
export function parentHashes(hash: HashName, below: Uint8Array): Uint8Array {
  const paired = below.length - (below.length % (2 * HASH_BYTES));
  const above = new Uint8Array(paired / 2 + (below.length - paired));
  joinPairs(hash, paired === below.length ? below : below.subarray(0, paired), above);
  if (paired < below.length) above.set(below.subarray(paired), paired / 2);
  return above;
}

/** The node that is reached from another one upwards, joined with one sibling after another by `H(0x01 ‖ left ‖ right)`. */
export const climb = (hash: HashName, node: Uint8Array, siblings: readonly Sibling[]): Uint8Array =>
  engines[hash].climb(node, siblings);
