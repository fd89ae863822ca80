import { concat, fromHex, toHex, utf8, type Hex } from "./bytes.ts";
import { digest, HASH_NUMBERS, type HashName } from "./hash.ts";
import { remembering } from "./remember.ts";

/** What an anchor commits to beside its scope (SPEC §7). `time` is the block's, in seconds. */
export interface AnchorPreimage {
  readonly first: number;
  readonly count: number;
  readonly time: number;
  readonly hash: HashName;
  readonly root: Hex;
  /** USCC of the department that anchored. */
  readonly department: string;
}

/** Scopes whose names are remembered: the resources whose records are verified in turn. */
export const REMEMBERED_SCOPES = 256;

/** Records of one batch; the AnchorLog refuses more. */
export const MAXIMUM_BATCH = 2 ** 20;

/** The slot that the AnchorLog stores: keccak256(root ‖ department(18) ‖ first(5) ‖ count(3) ‖ time(5) ‖ hash(1)). */
export const anchorDigest = ({ first, count, time, hash, root, department }: AnchorPreimage): Hex =>
  toHex(
    digest(
      "keccak256",
      fromHex(root),
      utf8(department),
      uint(first, 5),
      uint(count, 3),
      uint(time, 5),
      uint(HASH_NUMBERS[hash], 1),
    ),
  );

/** keccak256(abi.encode("suyuan/resource/1", provider, code)). */
export function resourceId(provider: string, code: string): Hex {
  const tag = dynamic(utf8("suyuan/resource/1"));
  const head = concat(uint(0x60, 32), rightPadded(utf8(provider)), uint(0x60 + tag.length, 32));
  return toHex(digest("keccak256", head, tag, dynamic(utf8(code))));
}

/** The scope of a resource's records. */
export const resourceScope: (resource: Hex) => Hex = remembering(
  (resource) => tagged("suyuan/scope/resource/1", fromHex(resource)),
  { limit: REMEMBERED_SCOPES },
);
export const deliveriesScope = (agreement: Hex): Hex => tagged("suyuan/scope/deliveries/1", fromHex(agreement));
export const receiptsScope = (agreement: Hex): Hex => tagged("suyuan/scope/receipts/1", fromHex(agreement));
/** The journal of a department: applications, destructions, operators' actions. */
export const journalScope = (department: string): Hex =>
  tagged("suyuan/scope/journal/1", rightPadded(utf8(department)));

/** keccak256(abi.encode("suyuan/agreement/1", consumer, resource, document)). */
export const agreementId = (consumer: string, resource: Hex, document: Hex): Hex =>
  tagged("suyuan/agreement/1", rightPadded(utf8(consumer)), fromHex(resource), fromHex(document));

/** keccak256(abi.encode(tag, words…)): the tag is a dynamic string, each word 32 bytes. */
function tagged(tag: string, ...words: readonly Uint8Array[]): Hex {
  return toHex(digest("keccak256", uint(32 * (1 + words.length), 32), ...words, dynamic(utf8(tag))));
}

const dynamic = (bytes: Uint8Array): Uint8Array => concat(uint(bytes.length, 32), rightPadded(bytes));

function rightPadded(bytes: Uint8Array): Uint8Array {
  const padded = new Uint8Array(Math.ceil(bytes.length / 32) * 32);
  padded.set(bytes);
  return padded;
}

/** Big-endian, fixed width. */
function uint(value: number, lengthBytes: number): Uint8Array {
  const bytes = new Uint8Array(lengthBytes);
  for (let i = lengthBytes - 1, rest = value; rest > 0; i--, rest = Math.floor(rest / 256)) {
    if (i < 0) throw new RangeError(`${value} does not fit ${lengthBytes} bytes`);
    bytes[i] = rest % 256;
  }
  return bytes;
}
