import { createCipheriv, createDecipheriv, type Cipheriv, type Decipheriv, type KeyObject } from "node:crypto";
import { KEY_BYTES } from "./derive.ts";
import { KeyError } from "./errors.ts";

const ALGORITHM = "id-aes256-wrap";
const BLOCK_CIPHER = "aes-256-ecb";
/** RFC 3394 §2.2.3.1. */
const DEFAULT_IV = new Uint8Array(8).fill(0xa6);
const SEMIBLOCK_BYTES = 8;
const BLOCK_BYTES = 2 * SEMIBLOCK_BYTES;
const SEMIBLOCKS = KEY_BYTES / SEMIBLOCK_BYTES;
const STEPS = 6 * SEMIBLOCKS;
const WRAPPED_BYTES = SEMIBLOCK_BYTES + KEY_BYTES;
/** From so many keys on the steps of all are done together: below, 24 calls of the block cipher cost more than they save. */
const MANY_KEYS = 8;

/** AES key wrap (RFC 3394) of a 32-byte key: 40 bytes. */
export function wrapKey(kek: KeyObject, key: Uint8Array): Uint8Array {
  requireLength(key);
  const cipher = createCipheriv(ALGORITHM, kek, DEFAULT_IV);
  const wrapped = cipher.update(key);
  // Nothing is left: the mode takes a key whole.
  cipher.final();
  return wrapped;
}

/** Undefined when the bytes were not wrapped under this key, or were altered. */
export function unwrapKey(kek: KeyObject, wrapped: Uint8Array): Uint8Array | undefined {
  try {
    const decipher = createDecipheriv(ALGORITHM, kek, DEFAULT_IV);
    const key = decipher.update(wrapped);
    decipher.final();
    return key.length === KEY_BYTES ? key : undefined;
  } catch {
    return undefined;
  }
}

/**
 * `wrapKey` of each: the index-based form of RFC 3394 §2.2.1, each of its 24 steps for all keys in one call of the block
 * cipher. OpenSSL's own wrap takes block after block, without the processor's AES instructions.
 */
export function wrapKeys(kek: KeyObject, keys: readonly Uint8Array[]): readonly Uint8Array[] {
  if (keys.length < MANY_KEYS) return keys.map((key) => wrapKey(kek, key));
  const states = new Uint8Array(keys.length * WRAPPED_BYTES);
  keys.forEach((key, i) => {
    requireLength(key);
    states.set(DEFAULT_IV, i * WRAPPED_BYTES);
    states.set(key, i * WRAPPED_BYTES + SEMIBLOCK_BYTES);
  });
  const cipher = createCipheriv(BLOCK_CIPHER, kek, null).setAutoPadding(false);
  const blocks = new Uint8Array(keys.length * BLOCK_BYTES);
  for (let step = 1; step <= STEPS; step++) {
    pass(states, blocks, { step, cipher });
    for (let i = 0; i < keys.length; i++) xorStep(states, i * WRAPPED_BYTES, step);
  }
  cipher.final();
  blocks.fill(0);
  return keys.map((_, i) => states.subarray(i * WRAPPED_BYTES, (i + 1) * WRAPPED_BYTES));
}

/** `unwrapKey` of each, in the same way (RFC 3394 §2.2.2). */
export function unwrapKeys(kek: KeyObject, wrapped: readonly Uint8Array[]): readonly (Uint8Array | undefined)[] {
  if (wrapped.length < MANY_KEYS) return wrapped.map((one) => unwrapKey(kek, one));
  const states = new Uint8Array(wrapped.length * WRAPPED_BYTES);
  wrapped.forEach((one, i) => one.length === WRAPPED_BYTES && states.set(one, i * WRAPPED_BYTES));
  const decipher = createDecipheriv(BLOCK_CIPHER, kek, null).setAutoPadding(false);
  const blocks = new Uint8Array(wrapped.length * BLOCK_BYTES);
  for (let step = STEPS; step >= 1; step--) {
    for (let i = 0; i < wrapped.length; i++) xorStep(states, i * WRAPPED_BYTES, step);
    pass(states, blocks, { step, cipher: decipher });
  }
  decipher.final();
  blocks.fill(0);
  return wrapped.map((one, i) => {
    const at = i * WRAPPED_BYTES;
    const isWhole = one.length === WRAPPED_BYTES && DEFAULT_IV.every((byte, j) => states[at + j] === byte);
    return isWhole ? states.subarray(at + SEMIBLOCK_BYTES, at + WRAPPED_BYTES) : undefined;
  });
}

interface Pass {
  readonly step: number;
  readonly cipher: Cipheriv | Decipheriv;
}

function requireLength(key: Uint8Array): void {
  if (key.length !== KEY_BYTES) throw new KeyError("key.length", { expected: KEY_BYTES });
}

/** Offset in a state, A ‖ R[1] … R[4], of the semiblock that a step is about. */
const semiblockOf = (step: number): number => (1 + ((step - 1) % SEMIBLOCKS)) * SEMIBLOCK_BYTES;

/** One step of all states: A ‖ R[i] of each goes through the block cipher and back to its places. */
function pass(states: Uint8Array, blocks: Uint8Array, { step, cipher }: Pass): void {
  const count = blocks.length / BLOCK_BYTES;
  const semiblock = semiblockOf(step);
  for (let i = 0; i < count; i++) {
    copySemiblock(states, i * WRAPPED_BYTES, blocks, i * BLOCK_BYTES);
    copySemiblock(states, i * WRAPPED_BYTES + semiblock, blocks, i * BLOCK_BYTES + SEMIBLOCK_BYTES);
  }
  const passed = cipher.update(blocks);
  for (let i = 0; i < count; i++) {
    copySemiblock(passed, i * BLOCK_BYTES, states, i * WRAPPED_BYTES);
    copySemiblock(passed, i * BLOCK_BYTES + SEMIBLOCK_BYTES, states, i * WRAPPED_BYTES + semiblock);
  }
}

function copySemiblock(from: Uint8Array, at: number, to: Uint8Array, toAt: number): void {
  for (let j = 0; j < SEMIBLOCK_BYTES; j++) to[toAt + j] = from[at + j] ?? 0;
}

/** A ^= t, a number of one byte. */
function xorStep(states: Uint8Array, at: number, step: number): void {
  states[at + SEMIBLOCK_BYTES - 1] = (states[at + SEMIBLOCK_BYTES - 1] ?? 0) ^ step;
}
