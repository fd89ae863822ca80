import { fromHex, toHex, type Hex } from "../../sdk/protocol/bytes.ts";
import { CodedError, type Language } from "../../sdk/protocol/errors.ts";
import { indexDigest, hmac } from "../keys/derive.ts";
import type { IndexKeys } from "../keys/key-ring.ts";
import { infoOfTerms, type ResourceTerms } from "../catalogue/families.ts";
import { certificateDigest, certificatesIn } from "./certificates.ts";
import { prepare, type Digests, type PreparedRecord } from "./checks.ts";
import { joinTexts, parseLine, textAt, type Texts } from "./lines.ts";
import type { RecordRefusal, ScopeInfo } from "./model.ts";
import { refusedLine, type RefusedLine } from "./outcomes.ts";

/** Lines of one body for one resource. Survives structured cloning. */
export interface LinesTask {
  readonly terms: ResourceTerms;
  readonly keys: IndexKeys;
  readonly language: Language;
  readonly lines: Texts;
  /** Number of the first line in its body. */
  readonly first: number;
  /** 32 fresh random bytes a line. */
  readonly dataKeys: Uint8Array;
  /** The name under which each line is sent, if the caller gave one. */
  readonly idempotencyKeys?: readonly string[];
}

/** What a line names, for whoever can look it up. Positions count from the task's first line. */
export interface NamingLine {
  readonly at: number;
  readonly predecessor?: string;
  readonly quoted: readonly string[];
  /** It names a certificate of an earlier line of the same task. */
  readonly isWithin: boolean;
}

const KEY_BYTES = 32;
/** A line's digests: content, subject, certificate (zero: none), claims root, idempotency key (zero: none). */
const DIGEST_BYTES = 32;
const DIGESTS = 5;
/** A line's numbers: claims (0: refused), valid from, valid until (NaN: none). */
const NUMBERS = 3;

/** One entry a line in flat buffers, because moving objects between threads costs more than making them. */
export interface PreparedLines {
  readonly plaintexts: Texts;
  readonly digests: Uint8Array;
  readonly numbers: Float64Array;
  readonly refused: readonly RefusedLine[];
  readonly naming: readonly NamingLine[];
}

/** Checks and commits lines: everything that does not depend on a record's number. Pure; runs in a worker thread. */
export function prepareLines(task: LinesTask): PreparedLines {
  const { terms, first, language, lines } = task;
  const info = infoOfTerms(terms);
  const digests = digestsOf(task.keys);
  const count = lines.ends.length;
  const plaintexts: Uint8Array[] = [];
  const flat = new Uint8Array(count * DIGESTS * DIGEST_BYTES);
  const numbers = new Float64Array(count * NUMBERS);
  const refused: RefusedLine[] = [];
  const naming: NamingLine[] = [];
  const seen = new Set<string>();
  for (let at = 0; at < count; at++) {
    const result = prepareLine(at, { task, info, digests });
    if ("error" in result) {
      refused.push(refusedLine(first + at, result, language));
      plaintexts.push(new Uint8Array());
      continue;
    }
    const { prepared, named } = result;
    plaintexts.push(prepared.plaintext);
    const { own, predecessor, quoted } = named;
    const certificate =
      own === undefined ? undefined : certificateDigest({ scope: info.scope, identifier: own }, digests);
    write(at, { prepared, certificate }, { flat, numbers });
    const names = predecessor === undefined ? quoted : [...quoted, predecessor];
    if (names.length > 0) {
      const isWithin = names.some((name) => seen.has(name));
      naming.push({ at, quoted, isWithin, ...(predecessor !== undefined && { predecessor }) });
    }
    if (own !== undefined) seen.add(own);
  }
  return { plaintexts: joinTexts(plaintexts), digests: flat, numbers, refused, naming };
}

interface LineContext {
  readonly task: LinesTask;
  readonly info: ScopeInfo;
  readonly digests: Digests;
}

type LineResult =
  | { readonly prepared: PreparedRecord; readonly named: ReturnType<typeof certificatesIn> }
  | RecordRefusal
  | { readonly error: CodedError };

function prepareLine(at: number, { task, info, digests }: LineContext): LineResult {
  try {
    const document = parseLine(textAt(task.lines, at));
    const dataKey = task.dataKeys.subarray(at * KEY_BYTES, (at + 1) * KEY_BYTES);
    const idempotencyKey = task.idempotencyKeys?.[at];
    const input = { document, ...(idempotencyKey !== undefined && { idempotencyKey }) };
    const prepared = prepare({ info, input, dataKey }, digests);
    if ("error" in prepared) return prepared;
    return { prepared, named: certificatesIn(info.recordKind, document) };
  } catch (error) {
    if (error instanceof CodedError) return { error };
    throw error;
  }
}

function write(
  at: number,
  { prepared, certificate }: { readonly prepared: PreparedRecord; readonly certificate: Uint8Array | undefined },
  { flat, numbers }: { readonly flat: Uint8Array; readonly numbers: Float64Array },
): void {
  const { content, subject, idempotency, commitment } = prepared;
  const { claimsRoot, claimCount, validFrom = Number.NaN, validUntil = Number.NaN } = commitment;
  const digest = (index: number, bytes: Uint8Array | undefined) =>
    bytes && flat.set(bytes, (at * DIGESTS + index) * DIGEST_BYTES);
  digest(0, content);
  digest(1, subject === undefined ? undefined : fromHex(subject));
  digest(2, certificate);
  digest(3, fromHex(claimsRoot));
  digest(4, idempotency);
  numbers.set([claimCount, validFrom, validUntil], at * NUMBERS);
}

export interface ReadLine {
  readonly prepared: PreparedRecord;
  /** Digest of the certificate that the line is. */
  readonly certificate?: Uint8Array;
}

/** A line as `prepareLines` left it; undefined for a refused one. */
export function readLine(
  at: number,
  { plaintexts, digests, numbers }: PreparedLines,
  { kind, schema, dataKeys }: { readonly kind: string; readonly schema: Hex; readonly dataKeys: Uint8Array },
): ReadLine | undefined {
  const [claimCount = 0, validFrom = Number.NaN, validUntil = Number.NaN] = numbers.subarray(at * NUMBERS);
  if (claimCount === 0) return undefined;
  const digest = (index: number): Uint8Array | undefined => {
    const start = (at * DIGESTS + index) * DIGEST_BYTES;
    const bytes = digests.subarray(start, start + DIGEST_BYTES);
    return bytes.every((byte) => byte === 0) ? undefined : bytes;
  };
  const [content, subject, certificate, root, idempotency] = [digest(0), digest(1), digest(2), digest(3), digest(4)];
  if (content === undefined || root === undefined) throw new TypeError("a prepared line has a content and a root");
  const prepared: PreparedRecord = {
    kind,
    schema,
    parents: [],
    plaintext: textAt(plaintexts, at),
    dataKey: dataKeys.subarray(at * KEY_BYTES, (at + 1) * KEY_BYTES),
    content,
    parentSalts: new Uint8Array(),
    commitment: {
      claimsRoot: toHex(root),
      claimCount,
      ...(!Number.isNaN(validFrom) && { validFrom }),
      ...(!Number.isNaN(validUntil) && { validUntil }),
      parentCount: 0,
    },
    ...(subject && { subject: toHex(subject) }),
    ...(idempotency && { idempotency }),
  };
  return { prepared, ...(certificate && { certificate }) };
}

const digestsOf = ({ content, subject }: IndexKeys): Digests => ({
  contentDigest: (use, ...parts) => indexDigest(content, use, ...parts),
  subject: (_resource: Hex, key) => hmac(subject, key),
});
