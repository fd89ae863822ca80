import { toBase64Url, utf8 } from "../protocol/bytes.ts";
import { digest } from "../protocol/hash.ts";

/** Who signs a request (RFC 9421): a department's Ed25519 exchange key, here or in a remote signer. */
export interface RequestSigner {
  /** `<USCC>/<index>` in the registry. */
  readonly keyId: string;
  readonly sign: (bytes: Uint8Array) => Uint8Array | Promise<Uint8Array>;
}

/** What every signature covers, in this order (SPEC §9.5). */
export const SIGNED_COMPONENTS = ["@method", "@authority", "@path", "@query", "content-digest"] as const;
/** The `tag` parameter: a signature made for another application is not one for a node. */
export const SIGNATURE_TAG = "suyuan";
export const SIGNATURE_ALGORITHM = "ed25519";
/** `expires − created` of the requests that this client signs, in seconds. */
const SIGNATURE_LIFETIME_SECONDS = 120;
const NONCE_BYTES = 16;

/** Covered too whenever it is sent. */
export const IDEMPOTENCY_HEADER = "idempotency-key";

export interface SignableRequest {
  readonly method: string;
  readonly url: URL;
  readonly body: Uint8Array;
  readonly idempotencyKey?: string;
}

export interface SigningDependencies {
  readonly signer: RequestSigner;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly random: (lengthBytes: number) => Uint8Array;
}

/** The headers `content-digest`, `signature-input` and `signature` of a request (RFC 9421, RFC 9530). */
export async function signatureHeaders(
  { method, url, body, idempotencyKey }: SignableRequest,
  { signer, clock, random }: SigningDependencies,
): Promise<Record<string, string>> {
  const contentDigest = contentDigestOf(body);
  const created = Math.floor(clock() / 1000);
  const covered: [name: string, value: string][] = [
    ["@method", method.toUpperCase()],
    ["@authority", url.host],
    ["@path", url.pathname],
    ["@query", url.search === "" ? "?" : url.search],
    ["content-digest", contentDigest],
  ];
  if (idempotencyKey !== undefined) covered.push([IDEMPOTENCY_HEADER, idempotencyKey]);
  const parameters =
    `(${covered.map(([name]) => `"${name}"`).join(" ")})` +
    `;created=${created};expires=${created + SIGNATURE_LIFETIME_SECONDS}` +
    `;nonce="${toBase64Url(random(NONCE_BYTES))}";keyid="${signer.keyId}"` +
    `;alg="${SIGNATURE_ALGORITHM}";tag="${SIGNATURE_TAG}"`;
  const lines = covered.map(([name, value]) => `"${name}": ${value}`);
  const base = [...lines, `"@signature-params": ${parameters}`].join("\n");
  const signature = await signer.sign(utf8(base));
  return {
    "content-digest": contentDigest,
    "signature-input": `suyuan=${parameters}`,
    signature: `suyuan=:${toBase64(signature)}:`,
  };
}

/** The `Content-Digest` of a body (RFC 9530 §2), with SHA-256. */
export const contentDigestOf = (body: Uint8Array): string => `sha-256=:${toBase64(digest("sha256", body))}:`;

/** Base64 with padding, as structured fields write bytes (RFC 8941 §3.3.5). */
function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
