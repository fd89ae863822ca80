import { createPublicKey, verify, type KeyObject } from "node:crypto";
import { fromBase64Url, fromHex, type Hex } from "../../sdk/protocol/bytes.ts";

/** DER of an Ed25519 SubjectPublicKeyInfo up to its 32 bytes (RFC 8410 §4). */
const SPKI_ED25519 = fromHex("0x302a300506032b6570032100");

/** Keys read and kept: reading one costs more than the verification of a short message. */
const MAXIMUM_KEPT_KEYS = 1000;
const kept = new Map<Hex, KeyObject>();

/** The key of 32 bytes. Throws what `createPublicKey` throws for what is no key. */
export function ed25519PublicKey(raw: Hex): KeyObject {
  const known = kept.get(raw);
  if (known !== undefined) return known;
  const key = createPublicKey({ key: Buffer.concat([SPKI_ED25519, fromHex(raw)]), format: "der", type: "spki" });
  if (kept.size >= MAXIMUM_KEPT_KEYS) kept.clear();
  kept.set(raw, key);
  return key;
}

/** Whether `signature` (base64url) is the key's over the bytes. A key that is no point of the curve made nothing. */
export function isEd25519Signature(key: Hex, bytes: Uint8Array, signature: string): boolean {
  try {
    return verify(null, bytes, ed25519PublicKey(key), fromBase64Url(signature));
  } catch {
    return false;
  }
}
