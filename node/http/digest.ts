import { createHash } from "node:crypto";
import { HttpError } from "./errors.ts";

/** One way to write 32 bytes: no other algorithm beside it, no loose last bits (SPEC §9.5). */
const SHA256 = /^sha-256=:([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=):$/;

/** The SHA-256 in a `Content-Digest` field (RFC 9530 §2). Throws HttpError `digest.malformed` unless it is that alone. */
export function parseContentDigest(header: string | undefined): Buffer {
  const [, value] = SHA256.exec(header ?? "") ?? [];
  if (value === undefined) throw new HttpError("digest.malformed");
  return Buffer.from(value, "base64");
}

/** Throws HttpError `digest.mismatch` unless the digest is the body's. */
export function requireDigest(body: Uint8Array, expected: Buffer): void {
  if (!createHash("sha256").update(body).digest().equals(expected)) throw new HttpError("digest.mismatch");
}
