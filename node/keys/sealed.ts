import { createCipheriv, createDecipheriv } from "node:crypto";
import { concat, fromBase64Url, fromUtf8, toBase64Url, utf8 } from "../../sdk/protocol/bytes.ts";
import type { RandomBytes } from "../ports.ts";
import { uintBytes, uintOf } from "../storage/codecs.ts";
import { KeyError } from "./errors.ts";
import type { KeyRing } from "./key-ring.ts";

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const EPOCH_BYTES = 4;
const WRAPPED_BYTES = 40;

export interface SealedDependencies {
  readonly keys: KeyRing;
  readonly random: RandomBytes;
}

/**
 * Texts at rest that are not records: each under its own data key, wrapped beside it, bound to its place in the store.
 * Layout: epoch(4) ‖ wrapped key(40) ‖ nonce(12) ‖ tag(16) ‖ ciphertext, in base64url.
 */
export class Sealed {
  private readonly keys: KeyRing;
  private readonly random: RandomBytes;

  constructor({ keys, random }: SealedDependencies) {
    this.keys = keys;
    this.random = random;
  }

  /** `place` names the key space and key: a sealed text moved elsewhere does not open. */
  seal(place: string, text: string): string {
    const dataKey = this.keys.newDataKey();
    const { epoch, wrapped } = this.keys.wrap(dataKey);
    const nonce = this.random(NONCE_BYTES);
    const cipher = createCipheriv("aes-256-gcm", dataKey, nonce);
    cipher.setAAD(utf8(place));
    const body = concat(cipher.update(utf8(text)), cipher.final());
    return toBase64Url(concat(uintBytes(epoch, EPOCH_BYTES), wrapped, nonce, cipher.getAuthTag(), body));
  }

  /** Throws KeyError `key.unwrap-failed`, `key.sealed-damaged`. */
  open(place: string, sealed: string): string {
    const bytes = bytesOf(sealed);
    const at = (from: number, length: number) => bytes.subarray(from, from + length);
    const epoch = uintOf(at(0, EPOCH_BYTES));
    const dataKey = this.keys.unwrap({ epoch, wrapped: at(EPOCH_BYTES, WRAPPED_BYTES) });
    const head = EPOCH_BYTES + WRAPPED_BYTES;
    try {
      const decipher = createDecipheriv("aes-256-gcm", dataKey, at(head, NONCE_BYTES), { authTagLength: TAG_BYTES });
      decipher.setAAD(utf8(place));
      decipher.setAuthTag(at(head + NONCE_BYTES, TAG_BYTES));
      return fromUtf8(concat(decipher.update(bytes.subarray(head + NONCE_BYTES + TAG_BYTES)), decipher.final()));
    } catch {
      throw new KeyError("key.sealed-damaged");
    }
  }
}

function bytesOf(sealed: string): Uint8Array {
  try {
    const bytes = fromBase64Url(sealed);
    if (bytes.length >= EPOCH_BYTES + WRAPPED_BYTES + NONCE_BYTES + TAG_BYTES) return bytes;
  } catch {
    // Falls through to the one error for bytes that are not ours.
  }
  throw new KeyError("key.sealed-damaged");
}
