import { createHmac, createSecretKey, hkdfSync, type KeyObject } from "node:crypto";
import { concat, fromHex, utf8, type Hex } from "../../sdk/protocol/bytes.ts";
import { digest } from "../../sdk/protocol/hash.ts";
import { KeyError } from "./errors.ts";

export const KEY_BYTES = 32;

/** HKDF-SHA-256 (RFC 5869) without salt; `info` names the use. */
export function derive(key: Uint8Array, info: Uint8Array | string): Uint8Array {
  if (key.length !== KEY_BYTES) throw new KeyError("key.length", { expected: KEY_BYTES });
  return new Uint8Array(hkdfSync("sha256", secretKey(key), new Uint8Array(), info, KEY_BYTES));
}

/** HMAC-SHA-256 of the parts one after another, text as UTF-8. */
export function hmac(key: KeyObject, ...parts: readonly (Uint8Array | string)[]): Hex {
  const mac = createHmac("sha256", key);
  for (const part of parts) mac.update(part);
  // As text: a digest in bytes would come in a buffer outside the heap.
  return `0x${mac.digest("hex")}`;
}

/** The key of an epoch in stores of format `suyuan/store/1`: for their upgrade only. */
export const keyEncryptionKey = (root: Uint8Array, epoch: number): KeyObject =>
  secretKey(derive(root, `suyuan/kek/${epoch}`));

/** The key of the content index: digests under it say nothing about the content to anyone without it. */
export const contentIndexKey = (root: Uint8Array): KeyObject => secretKey(derive(root, "suyuan/content-index/1"));

/** The seed of a record's salts (SPEC §4.2), `derive(dataKey, "suyuan/salt/1")`: shredding the data key shreds them. */
export function saltSeed(dataKey: Uint8Array): Uint8Array {
  if (dataKey.length !== KEY_BYTES) throw new KeyError("key.length", { expected: KEY_BYTES });
  const extracted = hmacOnce(NO_SALT, dataKey);
  const seed = hmacOnce(extracted, SALT_BLOCK);
  extracted.fill(0);
  return seed;
}

const NO_SALT = new Uint8Array(KEY_BYTES);
/** What HKDF's first block expands: the use and the block's number. */
const SALT_BLOCK = utf8("suyuan/salt/1\u0001");
const pad = new Uint8Array(64);

/** HMAC-SHA-256 (RFC 2104) under a key of 32 bytes that is used once: OpenSSL takes longer to set one up. */
function hmacOnce(key: Uint8Array, message: Uint8Array): Uint8Array {
  const inner = digest("sha256", padded(key, 0x36), message);
  const mac = digest("sha256", padded(key, 0x5c), inner);
  pad.fill(0);
  return mac;
}

function padded(key: Uint8Array, mask: number): Uint8Array {
  for (let i = 0; i < pad.length; i++) pad[i] = (key[i] ?? 0) ^ mask;
  return pad;
}

/** The key of a resource's subjects, which oversight may be given: it opens nothing else. */
export const subjectKey = (root: Uint8Array, resource: Hex): KeyObject =>
  secretKey(derive(root, concat(utf8("suyuan/subject/1"), fromHex(resource))));

/** Keyed digest of an index entry, for one use. */
export const indexDigest = (key: KeyObject, use: string, ...parts: readonly (Uint8Array | string)[]): Uint8Array =>
  fromHex(hmac(key, `${use}\n`, ...parts));

// OpenSSL takes a key object several times faster than bytes, even when it is used once.
const secretKey = (key: Uint8Array): KeyObject => createSecretKey(key);
