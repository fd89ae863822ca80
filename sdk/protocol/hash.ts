import { createKeccak, createSHA256, createSM3, type IHasher } from "hash-wasm";

/** The named hash functions. The number is what an anchor stores on chain. */
export const HASH_NUMBERS = { keccak256: 1, sha256: 2, sm3: 3 } as const;
export type HashName = keyof typeof HASH_NUMBERS;

export const HASH_BYTES = 32;

export const isHashName = (value: unknown): value is HashName =>
  typeof value === "string" && Object.hasOwn(HASH_NUMBERS, value);

// One reused WebAssembly instance a function; digests are synchronous, so calls cannot interleave.
const hashers: Readonly<Record<HashName, IHasher>> = {
  keccak256: await createKeccak(256),
  sha256: await createSHA256(),
  sm3: await createSM3(),
};

/** 32 bytes: the digest of the parts one after another. */
export function digest(hash: HashName, ...parts: readonly Uint8Array[]): Uint8Array {
  const hasher = hashers[hash].init();
  for (const part of parts) hasher.update(part);
  return hasher.digest("binary");
}
