import { ByteWriter } from "./byte-writer.ts";
import { toHex, utf8, type Hex } from "./bytes.ts";
import { canonicalBytes } from "./canonical.ts";
import { CLAIM_PADDING, MAXIMUM_CLAIMS } from "./claims.ts";
import { digest, HASH_NUMBERS, type HashName } from "./hash.ts";
import type { Json, JsonObject } from "./json.ts";
import { ProtocolError } from "./protocol-error.ts";
import { Shape, type Members } from "./shape.ts";

/** The header of a record (SPEC §5). Times are seconds since 1970; `seq` is dense from 0 in its scope. */
export interface RecordHeader {
  readonly v: 1;
  readonly kind: string;
  readonly ledger: Hex;
  readonly hash: HashName;
  readonly scope: Hex;
  readonly seq: number;
  readonly resource?: Hex;
  readonly issuer: string;
  readonly schema: Hex;
  readonly subject?: Hex;
  readonly issuedAt: number;
  readonly validFrom?: number;
  readonly validUntil?: number;
  readonly claimsRoot: Hex;
  readonly claimCount: number;
  readonly parentsRoot?: Hex;
  readonly parentCount: number;
}

export const USCC_FORM = /^[0-9A-HJ-NPQRTUWXY]{18}$/;
const KIND_FORM = /^[a-z][a-z0-9-]{0,31}$/;
const MAXIMUM_SEQ = 2 ** 40 - 1;
const MAXIMUM_TIME = 10 ** 11;
/** Validity may begin before 1970 and end in 9999. */
const MAXIMUM_VALIDITY = 2 ** 40 - 1;
export const MAXIMUM_PARENTS = 1024;
const HASH_NAMES = Object.keys(HASH_NUMBERS) as HashName[]; // The keys of a constant.

const SEQ = { maximum: MAXIMUM_SEQ };
const ISSUED_AT = { maximum: MAXIMUM_TIME };
const VALIDITY = { minimum: -MAXIMUM_VALIDITY, maximum: MAXIMUM_VALIDITY };
const CLAIM_COUNT = { minimum: CLAIM_PADDING, maximum: MAXIMUM_CLAIMS };
const PARENT_COUNT = { maximum: MAXIMUM_PARENTS };

/** Reads a header and refuses anything it does not define. Throws ProtocolError `shape.*`, `version.unknown`. */
export const parseHeader = (value: Json): RecordHeader => readHeader(new Shape(value, "header"));

/** As `parseHeader`. */
export function readHeader(s: Members): RecordHeader {
  const hash32 = (name: string) => s.hex(name, 32);
  const validity = (name: string) => s.integer(name, VALIDITY);
  if (s.any("v") !== 1) throw new ProtocolError("version.unknown");
  const kind = s.text("kind", KIND_FORM);
  const ledger = s.hex("ledger", 32);
  const hash = s.oneOf("hash", HASH_NAMES);
  const scope = s.hex("scope", 32);
  const seq = s.integer("seq", SEQ);
  const resource = s.optional("resource", hash32);
  const issuer = s.text("issuer", USCC_FORM);
  const schema = s.hex("schema", 32);
  const subject = s.optional("subject", hash32);
  const issuedAt = s.integer("issuedAt", ISSUED_AT);
  const validFrom = s.optional("validFrom", validity);
  const validUntil = s.optional("validUntil", validity);
  const claimsRoot = s.hex("claimsRoot", 32);
  const claimCount = s.integer("claimCount", CLAIM_COUNT);
  const parentsRoot = s.optional("parentsRoot", hash32);
  const parentCount = s.integer("parentCount", PARENT_COUNT);
  s.end();
  if (claimCount % CLAIM_PADDING !== 0)
    throw new ProtocolError("shape.format", { at: s.name("claimCount"), expected: `multiple of ${CLAIM_PADDING}` });
  if ((parentsRoot === undefined) !== (parentCount === 0))
    throw new ProtocolError("shape.missing", { at: s.name("parentsRoot") });
  return {
    ...{ v: 1, kind, ledger, hash, scope, seq },
    ...(resource !== undefined && { resource }),
    ...{ issuer, schema },
    ...(subject !== undefined && { subject }),
    issuedAt,
    ...(validFrom !== undefined && { validFrom }),
    ...(validUntil !== undefined && { validUntil }),
    ...{ claimsRoot, claimCount },
    ...(parentsRoot !== undefined && { parentsRoot }),
    parentCount,
  };
}

/** The JSON form of a header; its canonical text is what the record id commits to. */
export const headerJson = (header: RecordHeader): JsonObject => ({ ...header });

const RECORD_TAG = utf8("suyuan/record/1");

/** The canonical form of a header that `parseHeader` takes: what the record id commits to, and what is stored. */
export const headerBytes = (header: RecordHeader): Uint8Array => utf8(headerText(header));

/** As `headerBytes`, before it is encoded. */
export function headerText(header: RecordHeader): string {
  const { claimCount, claimsRoot, hash, issuedAt, issuer, kind, ledger, parentCount, parentsRoot } = header;
  const { resource, schema, scope, seq, subject, v, validFrom, validUntil } = header;
  const member = (name: string, value: string | number | undefined): string =>
    value === undefined ? "" : `,"${name}":${JSON.stringify(value)}`;
  // In the order of the keys. The texts that are written as they are hold no character that JSON escapes.
  return (
    `{"claimCount":${claimCount},"claimsRoot":"${claimsRoot}","hash":"${hash}","issuedAt":${issuedAt}` +
    `${member("issuer", issuer)}${member("kind", kind)},"ledger":"${ledger}","parentCount":${parentCount}` +
    `${member("parentsRoot", parentsRoot)}${member("resource", resource)},"schema":"${schema}","scope":"${scope}"` +
    `,"seq":${seq}${member("subject", subject)},"v":${v}${member("validFrom", validFrom)}${member("validUntil", validUntil)}}`
  );
}

// Used synchronously, so calls cannot interleave.
const writer = new ByteWriter();

/** `H("suyuan/record/1" ‖ JCS(header))`, 32 bytes. */
export function recordId(header: RecordHeader): Uint8Array {
  writer.restart();
  writer.utf8(headerText(header));
  return idOfHeaderBytes(header.hash, writer.bytes.subarray(0, writer.at));
}

/** As `recordId`, from the canonical form's bytes. */
export const idOfHeaderBytes = (hash: HashName, bytes: Uint8Array): Uint8Array => digest(hash, RECORD_TAG, bytes);

export interface LedgerName {
  readonly chainId: number;
  readonly genesis: Hex;
  /** The Directory's address, lower case. */
  readonly directory: Hex;
}

/** SHA-256(`suyuan/ledger/1` ‖ JCS({chainId, directory, genesis})). */
export const ledgerId = ({ chainId, genesis, directory }: LedgerName): Hex =>
  toHex(digest("sha256", canonicalBytes({ chainId, genesis, directory: directory.toLowerCase() }, "suyuan/ledger/1")));
