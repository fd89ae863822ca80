import { createCipheriv, createDecipheriv, createSecretKey } from "node:crypto";
import { concat, fromUtf8, utf8 } from "../../sdk/protocol/bytes.ts";
import { canonicalBytes } from "../../sdk/protocol/canonical.ts";
import type { JsonObject } from "../../sdk/protocol/json.ts";
import type { Parent } from "../../sdk/protocol/parents.ts";
import type { RandomBytes } from "../ports.ts";

const ALGORITHM = "aes-256-gcm";
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** What is encrypted of a record: everything that its header only commits to. */
export interface Payload {
  readonly document: JsonObject;
  readonly parents: readonly Parent[];
}

/** The canonical plaintext. */
export const payloadBytes = ({ document, parents }: Payload): Uint8Array =>
  canonicalBytes({ document, parents: parents.map((parent) => ({ ...parent })) });

const NO_PARENTS = utf8("[]}");

/** The canonical plaintext of the same document with parents, from that without any: the parents are its last member. */
export const payloadWithParents = (plaintext: Uint8Array, parents: readonly Parent[]): Uint8Array =>
  concat(
    plaintext.subarray(0, -NO_PARENTS.length),
    canonicalBytes(parents.map((parent) => ({ ...parent }))),
    NO_PARENTS.subarray(-1),
  );

export interface SealOptions {
  readonly plaintext: Uint8Array;
  /** Used for this payload only. */
  readonly dataKey: Uint8Array;
  /** Associated data: a payload moved to another record does not open. */
  readonly id: Uint8Array;
}

/** AES-256-GCM: IV ‖ tag ‖ ciphertext. */
export function sealPayload({ plaintext, dataKey, id }: SealOptions, random: RandomBytes): Uint8Array {
  const iv = random(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, createSecretKey(dataKey), iv).setAAD(id);
  const ciphertext = cipher.update(plaintext);
  // A stream mode: nothing of the ciphertext is left.
  cipher.final();
  return Buffer.concat([iv, cipher.getAuthTag(), ciphertext]);
}

/** Undefined when the bytes are not what was sealed under this key for this record. */
export function openPayload(sealed: Uint8Array, options: Omit<SealOptions, "plaintext">): Payload | undefined {
  const plaintext = unseal(sealed, options);
  return plaintext && (JSON.parse(fromUtf8(plaintext)) as Payload); // The tag proves that `sealPayload` wrote it.
}

/** Whether `openPayload` would give something. */
export const isSealedPayload = (sealed: Uint8Array, options: Omit<SealOptions, "plaintext">): boolean =>
  unseal(sealed, options) !== undefined;

function unseal(sealed: Uint8Array, { dataKey, id }: Omit<SealOptions, "plaintext">): Uint8Array | undefined {
  try {
    const iv = sealed.subarray(0, IV_BYTES);
    const decipher = createDecipheriv(ALGORITHM, createSecretKey(dataKey), iv, { authTagLength: TAG_BYTES });
    decipher.setAAD(id).setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    const plaintext = decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES));
    // A stream mode: nothing of the plaintext is left. Throws where the tag does not fit.
    decipher.final();
    return plaintext;
  } catch {
    return undefined;
  }
}
