import { createKeccak, createSHA256, createSM3 } from "hash-wasm";
import { DIGEST_BYTES, streamingEngine, type HashEngine, type Messages } from "./engine.ts";
import { keccakEngine } from "./keccak/engine.ts";
import { openKeccak } from "./keccak/module.ts";

/** The named hash functions. The number is what an anchor stores on chain. */
export const HASH_NUMBERS = { keccak256: 1, sha256: 2, sm3: 3 } as const;
export type HashName = keyof typeof HASH_NUMBERS;

export const HASH_BYTES = DIGEST_BYTES;

export const isHashName = (value: unknown): value is HashName =>
  typeof value === "string" && Object.hasOwn(HASH_NUMBERS, value);

/** Where 128-bit vectors are missing the library's hasher does everything: slower, the same digests. */
async function keccak(): Promise<HashEngine> {
  const streaming = streamingEngine(await createKeccak(256));
  return openKeccak().then(
    (exports) => keccakEngine(exports, streaming),
    () => streaming,
  );
}

const engines: Readonly<Record<HashName, HashEngine>> = {
  keccak256: await keccak(),
  sha256: streamingEngine(await createSHA256()),
  sm3: streamingEngine(await createSM3()),
};

/** 32 bytes: the digest of the parts one after another. */
export const digest = (hash: HashName, ...parts: readonly Uint8Array[]): Uint8Array => engines[hash].digest(parts);

/** The digests of many messages, one after another in a new buffer: faster than one by one. */
export function digestMany(hash: HashName, messages: Messages): Uint8Array {
  const digests = new Uint8Array(messages.count * HASH_BYTES);
  engines[hash].many(messages, digests);
  return digests;
}

/** `H(0x00 ‖ item)` of 32-byte items in one buffer (SPEC §3.2). */
export function leafHashes(hash: HashName, items: Uint8Array): Uint8Array {
  const target = new Uint8Array(items.length);
  engines[hash].leaves(items, target);
  return target;
}

/** The level above: neighbours joined by `H(0x01 ‖ left ‖ right)`, an odd node at the end promoted unchanged (SPEC §3.2). */
export function parentHashes(hash: HashName, below: Uint8Array): Uint8Array {
  const paired = below.length - (below.length % (2 * HASH_BYTES));
  const above = new Uint8Array(paired / 2 + (below.length - paired));
  if (paired > 0) engines[hash].nodes(paired === below.length ? below : below.subarray(0, paired), above);
  if (paired < below.length) above.set(below.subarray(paired), paired / 2);
  return above;
}
