import { concat, toHex, utf8, type Hex } from "./bytes.ts";
import { canonicalBytes, canonicalize } from "./canonical.ts";
import type { Path } from "./claims.ts";
import { digest } from "./hash.ts";
import { USCC_FORM } from "./header.ts";
import type { Json, JsonObject } from "./json.ts";
import { parseJson } from "./json.ts";
import { ProtocolError } from "./protocol-error.ts";
import { Shape, type Members } from "./shape.ts";
import { leafHash, MerkleTree, rootFromInclusion } from "./tree.ts";

/** What both parties sign about one delivery (SPEC §9.2). `k` is its number in the agreement, `at` seconds since 1970. */
export interface DeliveryTerms {
  readonly ledger: Hex;
  readonly agreement: Hex;
  readonly k: number;
  readonly consumer: string;
  readonly purpose: string;
  readonly requestDigest: Hex;
  readonly packageDigest: Hex;
  readonly at: number;
}

/** An Ed25519 signature and the registry key that made it. */
export interface KeySignature {
  /** `<USCC>/<index>` */
  readonly key: string;
  /** 64 bytes in base64url. */
  readonly signature: string;
}

/** What a consumer asks for under a reserved number (SPEC §9.1). */
export interface DeliveryRequest {
  readonly ledger: Hex;
  readonly agreement: Hex;
  readonly k: number;
  readonly purpose: string;
  /** Path patterns as JCS texts; "*" stands for any position of an array. */
  readonly fields: readonly string[];
  /** Business keys (certificate number, decision number) of the wanted records. */
  readonly keys: readonly string[];
  /** 16 random bytes in base64url: makes the digest unguessable and the request unrepeatable. */
  readonly nonce: string;
}

export const PURPOSE_FORM = /^[a-z][a-z0-9-]{0,63}$/;
export const KEY_ID_FORM = /^([0-9A-HJ-NPQRTUWXY]{18})\/(0|[1-9]\d{0,8})$/;
export const NONCE_FORM = /^[A-Za-z0-9_-]{21}[AQgw]$/;
const SIGNATURE_FORM = /^[A-Za-z0-9_-]{85}[AQgw]$/;
export const MAXIMUM_DELIVERY_RECORDS = 1000;
const MAXIMUM_FIELDS = 256;
const MAXIMUM_K = 2 ** 32 - 1;

const DELIVERY_DOMAIN = "suyuan/delivery/1";
const REQUEST_DOMAIN = "suyuan/request/1";
const PACKAGE_DOMAIN = "suyuan/package/1";

/** The bytes that provider and consumer sign. */
export const deliveryBytes = (terms: DeliveryTerms): Uint8Array => canonicalBytes({ ...terms }, DELIVERY_DOMAIN);

/** The bytes that the consumer signs to ask. */
export const requestBytes = (request: DeliveryRequest): Uint8Array =>
  canonicalBytes(requestJson(request), REQUEST_DOMAIN);

export const requestDigest = (request: DeliveryRequest): Hex => toHex(digest("sha256", requestBytes(request)));

const requestJson = (request: DeliveryRequest): JsonObject => ({ ...request });

export function parseDeliveryRequest(value: Json): DeliveryRequest {
  const s = new Shape(value, "request");
  const strings = (name: string, maximum: number) =>
    s.array(name, maximum).map((item, i) => {
      if (typeof item !== "string" || item.length > 512)
        throw new ProtocolError("shape.type", { at: `request.${name}[${i}]`, expected: "string" });
      return item;
    });
  const request: DeliveryRequest = {
    ledger: s.hex("ledger", 32),
    agreement: s.hex("agreement", 32),
    k: s.integer("k", { maximum: MAXIMUM_K }),
    purpose: s.text("purpose", PURPOSE_FORM),
    fields: strings("fields", MAXIMUM_FIELDS),
    keys: strings("keys", MAXIMUM_DELIVERY_RECORDS),
    nonce: s.text("nonce", NONCE_FORM),
  };
  s.end();
  request.fields.forEach(parsePattern);
  if (request.keys.length === 0) throw new ProtocolError("shape.missing", { at: "request.keys" });
  return request;
}

export const parseTerms = (value: Json): DeliveryTerms => readTerms(new Shape(value, "delivery.terms"));

export function readTerms(s: Members): DeliveryTerms {
  const terms: DeliveryTerms = {
    ledger: s.hex("ledger", 32),
    agreement: s.hex("agreement", 32),
    k: s.integer("k", { maximum: MAXIMUM_K }),
    consumer: s.text("consumer", USCC_FORM),
    purpose: s.text("purpose", PURPOSE_FORM),
    requestDigest: s.hex("requestDigest", 32),
    packageDigest: s.hex("packageDigest", 32),
    at: s.integer("at"),
  };
  s.end();
  return terms;
}

export const parseKeySignature = (value: Json, at: string): KeySignature => readKeySignature(new Shape(value, at));

export function readKeySignature(s: Members): KeySignature {
  const parsed = { key: s.text("key", KEY_ID_FORM), signature: s.text("signature", SIGNATURE_FORM) };
  s.end();
  return parsed;
}

/** Department and index of a key id. */
export function splitKeyId(key: string): { readonly department: string; readonly index: number } {
  const [, department, index] = KEY_ID_FORM.exec(key) ?? [];
  if (department === undefined || index === undefined)
    throw new ProtocolError("shape.format", { at: "key", expected: KEY_ID_FORM.source });
  return { department, index: Number(index) };
}

/** One record of a package with the positions of exactly the claims that were handed over. */
export interface PackageItem {
  readonly record: Hex;
  readonly claims: readonly number[];
}

const itemLeaf = ({ record, claims }: PackageItem): Uint8Array =>
  leafHash("sha256", utf8(canonicalize({ record, claims })));

/** The tree over a package's items in their order (SHA-256), from which each evidence takes its proof. */
export const packageTree = (items: readonly PackageItem[]): MerkleTree =>
  MerkleTree.fromLeafHashes("sha256", concat(...items.map(itemLeaf)));

/** SHA-256(`suyuan/package/1` ‖ JCS({count, root})). */
export const packageDigest = (count: number, root: Uint8Array): Hex =>
  toHex(digest("sha256", canonicalBytes({ count, root: toHex(root) }, PACKAGE_DOMAIN)));

/** The package digest to which an item's proof leads, or undefined when the proof does not fit. */
export function packageDigestFrom(
  item: PackageItem,
  { index, count, proof }: { index: number; count: number; proof: readonly Uint8Array[] },
): Hex | undefined {
  const root = rootFromInclusion({ hash: "sha256", leaf: itemLeaf(item), index, count, proof });
  return root && packageDigest(count, root);
}

/** A granted path pattern from its JCS text. Throws ProtocolError `shape.format`. */
export function parsePattern(text: string): Path {
  const value = patternJson(text);
  if (!Array.isArray(value) || value.length === 0 || canonicalize(value) !== text) {
    throw new ProtocolError("shape.format", { at: "fields", expected: '["holder","code"]' });
  }
  return value.map((part: Json) => {
    if (typeof part !== "string" && !(typeof part === "number" && Number.isSafeInteger(part) && part >= 0)) {
      throw new ProtocolError("shape.format", { at: "fields", expected: '["holder","code"]' });
    }
    return part;
  });
}

function patternJson(text: string): Json {
  try {
    return parseJson(text);
  } catch (cause) {
    throw new ProtocolError("shape.format", { at: "fields", expected: '["holder","code"]' }, cause);
  }
}

/** Whether a pattern grants a path: equal component by component, "*" for any position, and everything below the pattern's end. */
export const grants = (pattern: Path, path: Path): boolean =>
  pattern.length <= path.length &&
  pattern.every((part, i) => part === path[i] || (part === "*" && typeof path[i] === "number"));
