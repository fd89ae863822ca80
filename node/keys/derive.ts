import { createHmac, createSecretKey, hkdfSync, type KeyObject } from "node:crypto";
import { concat, fromHex, utf8, type Hex } from "../../sdk/protocol/bytes.ts";
import { KeyError } from "./errors.ts";

export const KEY_BYTES = 32;

/** HKDF-SHA-256 (RFC 5869) without salt; `info` names the use. */
export function derive(key: Uint8Array, info: Uint8Array | string): Uint8Array {
  if (key.length !== KEY_BYTES) throw new KeyError("key.length", { expected: KEY_BYTES });
  return new Uint8Array(hkdfSync("sha256", secretKey(key), new Uint8Array(), info, KEY_BYTES));
}

export const hmac = (key: KeyObject, ...parts: readonly Uint8Array[]): Uint8Array => {
  const mac = createHmac("sha256", key);
  for (const part of parts) mac.update(part);
  return new Uint8Array(mac.digest());
};

/** The key of an epoch in stores of format `suyuan/store/1`: for their upgrade only. */
export const keyEncryptionKey = (root: Uint8Array, epoch: number): KeyObject =>
  secretKey(derive(root, `suyuan/kek/${epoch}`));

/** The key of the content index: digests under it say nothing about the content to anyone without it. */
export const contentIndexKey = (root: Uint8Array): KeyObject => secretKey(derive(root, "suyuan/content-index/1"));

/** The seed of a record's salts (SPEC §4.2): shredding the data key shreds them. */
export const saltSeed = (dataKey: Uint8Array): Uint8Array => derive(dataKey, "suyuan/salt/1");

/** The key of a resource's subjects, which oversight may be given: it opens nothing else. */
export const subjectKey = (root: Uint8Array, resource: Hex): KeyObject =>
  secretKey(derive(root, concat(utf8("suyuan/subject/1"), fromHex(resource))));

/** Keyed digest of an index entry, for one use. */
export const indexDigest = (key: KeyObject, use: string, ...parts: readonly Uint8Array[]): Uint8Array =>
  hmac(key, utf8(`${use}\n`), ...parts);

// OpenSSL takes a key object several times faster than bytes, even when it is used once.
const secretKey = (key: Uint8Array): KeyObject => createSecretKey(key);
