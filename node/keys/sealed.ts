import { createCipheriv, createDecipheriv } from "node:crypto";
import { concat, fromBase64Url, fromUtf8, toBase64Url, utf8 } from "../../sdk/protocol/bytes.ts";
import type { RandomBytes } from "../ports.ts";
import { SEALED_KEYS } from "../storage/keyspaces.ts";
import { put, type Operation, type Store } from "../storage/store.ts";
import { KeyError } from "./errors.ts";
import type { KeyRing } from "./key-ring.ts";

const VERSION = "2:";
const NAME_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export interface SealedDependencies {
  readonly keys: KeyRing;
  readonly random: RandomBytes;
  readonly store: Store;
}

export interface SealedText {
  readonly text: string;
  /** Belongs into the synced write that stores the text: without it the text opens nowhere. */
  readonly key: Operation;
}

/**
 * Texts at rest that are not records: each under its own data key, bound to its place in the store. The wrapped key has a
 * random name and an entry of its own, written once: keys are wrapped anew without touching what others read and write.
 * Layout: "2:" and in base64url name(16) ‖ nonce(12) ‖ tag(16) ‖ ciphertext.
 */
export class Sealed {
  private readonly dependencies: SealedDependencies;

  constructor(dependencies: SealedDependencies) {
    this.dependencies = dependencies;
  }

  /** `place` names the key space and key: a sealed text moved elsewhere does not open. */
  seal(place: string, text: string): SealedText {
    const { keys, random } = this.dependencies;
    const name = random(NAME_BYTES);
    const dataKey = keys.newDataKey();
    const nonce = random(NONCE_BYTES);
    const cipher = createCipheriv("aes-256-gcm", dataKey, nonce);
    cipher.setAAD(utf8(place));
    const body = concat(cipher.update(utf8(text)), cipher.final());
    return {
      text: VERSION + toBase64Url(concat(name, nonce, cipher.getAuthTag(), body)),
      key: put(SEALED_KEYS, name, keys.wrap(dataKey)),
    };
  }

  /** Throws KeyError `key.unwrap-failed`, `key.sealed-damaged`. */
  async open(place: string, sealed: string): Promise<string> {
    const { keys, store } = this.dependencies;
    const bytes = bytesOf(sealed);
    const wrapped = await store.get(SEALED_KEYS, bytes.subarray(0, NAME_BYTES));
    if (wrapped === undefined) throw new KeyError("key.sealed-damaged");
    return openSealed({ place, dataKey: keys.unwrap(wrapped), bytes: bytes.subarray(NAME_BYTES) });
  }
}

/** Whether a text has the current layout. */
export const isSealed = (text: string): boolean => text.startsWith(VERSION);

/** Opens nonce ‖ tag ‖ ciphertext. Throws KeyError `key.sealed-damaged`. */
function openSealed({
  place,
  dataKey,
  bytes,
}: {
  readonly place: string;
  readonly dataKey: Uint8Array;
  readonly bytes: Uint8Array;
}): string {
  const head = NONCE_BYTES + TAG_BYTES;
  try {
    const decipher = createDecipheriv("aes-256-gcm", dataKey, bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(utf8(place));
    decipher.setAuthTag(bytes.subarray(NONCE_BYTES, head));
    return fromUtf8(concat(decipher.update(bytes.subarray(head)), decipher.final()));
  } catch {
    throw new KeyError("key.sealed-damaged");
  }
}

function bytesOf(sealed: string): Uint8Array {
  try {
    const bytes = isSealed(sealed) ? fromBase64Url(sealed.slice(VERSION.length)) : new Uint8Array();
    if (bytes.length >= NAME_BYTES + NONCE_BYTES + TAG_BYTES) return bytes;
  } catch {
    // Falls through to the one error for bytes that are not ours.
  }
  throw new KeyError("key.sealed-damaged");
}
