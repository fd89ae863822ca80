import type { KeyObject } from "node:crypto";
import { fromHex, toHex, type Hex } from "../../sdk/protocol/bytes.ts";
import type { HashName } from "../../sdk/protocol/hash.ts";
import { indexDigest, KEY_BYTES } from "../keys/derive.ts";
import { prepare, type Digests, type PreparedRecord } from "./checks.ts";
import type { Commitment } from "./commitment.ts";
import { joinTexts, textAt, type Texts } from "./lines.ts";
import type { RecordInput, ScopeInfo } from "./model.ts";

/** Inputs of a journal, whose kinds bring their schemas. Survives structured cloning. */
export interface InputsTask {
  readonly scope: Hex;
  readonly hash: HashName;
  /** As `KeyRing.indexKeys` has it. */
  readonly contentKey: KeyObject;
  /** Each a RecordInput as JSON. */
  readonly inputs: Texts;
  /** 32 fresh random bytes an input. */
  readonly dataKeys: Uint8Array;
}

const DIGEST_BYTES = 32;
/** An input's digests: content, claims root, parents root (zero: none), schema. */
const DIGESTS = 4;

/** One entry an input in flat buffers, because moving objects between threads costs more than making them. */
export interface PreparedInputs {
  readonly plaintexts: Texts;
  /** Of each input's parents, as `Committed` has them. */
  readonly parentSalts: Texts;
  readonly digests: Uint8Array;
  /** Claims of each input; 0: not prepared, and why `prepare` says in the caller's thread. */
  readonly claims: Uint32Array;
}

const noSubject = (): Hex => {
  throw new TypeError("a journal's records have no subject");
};

/** Checks and commits inputs: everything that does not depend on a record's number. Pure; runs in a worker thread. */
export function prepareInputs({ scope, hash, contentKey, inputs, dataKeys }: InputsTask): PreparedInputs {
  const info: ScopeInfo = { scope, hash, kind: "journal", recordKind: "" };
  const digests: Digests = {
    contentDigest: (use, ...parts) => indexDigest(contentKey, use, ...parts),
    subject: noSubject,
  };
  const count = inputs.ends.length;
  const plaintexts: Uint8Array[] = [];
  const parentSalts: Uint8Array[] = [];
  const flat = new Uint8Array(count * DIGESTS * DIGEST_BYTES);
  const claims = new Uint32Array(count);
  for (let at = 0; at < count; at++) {
    const input = JSON.parse(Buffer.from(textAt(inputs, at)).toString()) as RecordInput; // Written by `inputTexts`.
    const prepared = prepare({ info, input, dataKey: dataKeyAt(dataKeys, at) }, digests);
    const isFlat = !("error" in prepared) && !hasPeriod(prepared.commitment);
    plaintexts.push(isFlat ? prepared.plaintext : new Uint8Array());
    parentSalts.push(isFlat ? prepared.parentSalts : new Uint8Array());
    if (!isFlat) continue;
    const { claimsRoot, claimCount, parentsRoot } = prepared.commitment;
    const own = [prepared.content, fromHex(claimsRoot), parentsRoot && fromHex(parentsRoot), fromHex(prepared.schema)];
    own.forEach((digest, i) => digest && flat.set(digest, (at * DIGESTS + i) * DIGEST_BYTES));
    claims[at] = claimCount;
  }
  return { plaintexts: joinTexts(plaintexts), parentSalts: joinTexts(parentSalts), digests: flat, claims };
}

const hasPeriod = ({ validFrom, validUntil }: Commitment) => validFrom !== undefined || validUntil !== undefined;
const dataKeyAt = (dataKeys: Uint8Array, at: number): Uint8Array =>
  dataKeys.subarray(at * KEY_BYTES, (at + 1) * KEY_BYTES);

/** Inputs as a task takes them. */
export const inputTexts = (inputs: readonly RecordInput[]): Texts =>
  joinTexts(inputs.map((input) => Buffer.from(JSON.stringify(input))));

/** An input as `prepareInputs` left it; undefined for one that it did not prepare. */
export function readInput(
  at: number,
  { plaintexts, parentSalts, digests, claims }: PreparedInputs,
  { input, dataKeys }: { readonly input: RecordInput; readonly dataKeys: Uint8Array },
): PreparedRecord | undefined {
  const claimCount = claims[at] ?? 0;
  const { kind, document, parents = [] } = input;
  if (claimCount === 0 || kind === undefined) return undefined;
  const digest = (index: number): Uint8Array =>
    digests.subarray((at * DIGESTS + index) * DIGEST_BYTES, (at * DIGESTS + index + 1) * DIGEST_BYTES);
  return {
    ...{ kind, schema: toHex(digest(3)), parents, content: digest(0), k: document.k },
    ...{ plaintext: textAt(plaintexts, at), dataKey: dataKeyAt(dataKeys, at) },
    parentSalts: textAt(parentSalts, at),
    commitment: {
      ...{ claimsRoot: toHex(digest(1)), claimCount, parentCount: parents.length },
      ...(parents.length > 0 && { parentsRoot: toHex(digest(2)) }),
    },
  };
}
