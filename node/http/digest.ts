import { createHash } from "node:crypto";
import { HttpError } from "./errors.ts";

const ALGORITHMS: Readonly<Record<string, string>> = { "sha-256": "sha256", "sha-512": "sha512" };
const MEMBER = /^([a-z0-9-]+)=:([A-Za-z0-9+/]*={0,2}):$/;

/** The digests of a `Content-Digest` field (RFC 9530 §2) by algorithm. Throws HttpError `digest.malformed` unless one is known. */
export function parseContentDigest(header: string | undefined): ReadonlyMap<string, Buffer> {
  const known = new Map<string, Buffer>();
  const seen = new Set<string>();
  for (const member of (header ?? "").split(",")) {
    const [, name, value] = MEMBER.exec(member.trim()) ?? [];
    if (name === undefined || value === undefined || seen.has(name)) throw new HttpError("digest.malformed");
    seen.add(name);
    const algorithm = ALGORITHMS[name];
    if (algorithm !== undefined) known.set(algorithm, Buffer.from(value, "base64"));
  }
  if (known.size === 0) throw new HttpError("digest.malformed");
  return known;
}

/** Throws HttpError `digest.mismatch` unless every known digest is the body's. */
export function requireDigest(body: Uint8Array, digests: ReadonlyMap<string, Buffer>): void {
  for (const [algorithm, expected] of digests) {
    if (!createHash(algorithm).update(body).digest().equals(expected)) throw new HttpError("digest.mismatch");
  }
}
