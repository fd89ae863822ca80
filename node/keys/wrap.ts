import { createCipheriv, createDecipheriv, type KeyObject } from "node:crypto";
import { KEY_BYTES } from "./derive.ts";
import { KeyError } from "./errors.ts";

const ALGORITHM = "id-aes256-wrap";
/** RFC 3394 §2.2.3.1. */
const DEFAULT_IV = new Uint8Array(8).fill(0xa6);

/** AES key wrap (RFC 3394) of a 32-byte key: 40 bytes. */
export function wrapKey(kek: KeyObject, key: Uint8Array): Uint8Array {
  if (key.length !== KEY_BYTES) throw new KeyError("key.length", { expected: KEY_BYTES });
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
