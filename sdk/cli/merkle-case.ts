import { equalBytes } from "../protocol/bytes.ts";
import { errorClass, type ErrorText } from "../protocol/errors.ts";
import { HASH_BYTES, isHashName, type HashName } from "../protocol/hash.ts";
import { isJsonObject, parseJsonBytes, type Json, type JsonObject } from "../protocol/json.ts";
import { ProtocolError } from "../protocol/protocol-error.ts";
import { rootFromInclusion } from "../protocol/tree.ts";

const text = (zh: string, en: string): ErrorText => ({
  zh,
  en,
  remedy: {
    zh: "该证明不成立:请勿采信,向出具方索取正确的证明。",
    en: "The proof does not hold: do not rely on it, ask whoever made it for a right one.",
  },
});

/** Why an inclusion proof is not valid. `at` names the member. */
const merkleCaseTexts = {
  "merkle.member": text("缺少 {at},或类型不对", "{at} is missing or of a wrong type"),
  "merkle.number": text("{at} 不是 0 到 9007199254740991 的整数", "{at} is no integer from 0 to 9007199254740991"),
  "merkle.hash-name": text("不支持的散列函数", "The hash function is not supported"),
  "merkle.base64": text("{at} 不是规范的 base64", "{at} is not canonical base64"),
  "merkle.hash-length": text("{at} 应为 32 字节,实为 {length} 字节", "{at} has {length} bytes instead of 32"),
  "merkle.index": text("leafIdx {index} 不小于 treeSize {count}", "leafIdx {index} is not below treeSize {count}"),
  "merkle.proof-length": text(
    "证明的长度({length})与位置 {index}、总数 {count} 不符",
    "A proof of {length} nodes does not fit index {index} of {count}",
  ),
  "merkle.root": text("算出的根与所给的根不同", "The computed root is not the given one"),
} as const satisfies Record<string, ErrorText>;

type MerkleCaseCode = keyof typeof merkleCaseTexts;
export class MerkleCaseError extends errorClass<MerkleCaseCode>("MerkleCaseError", merkleCaseTexts) {}

interface MerkleCase {
  readonly hash: HashName;
  readonly index: number;
  readonly count: number;
}

const MEMBERS = ["leafIdx", "treeSize", "root", "leafHash", "proof"] as const;

/** The JSON object of a case, or undefined when the bytes are none at all. `exact` is false when a number was too long to hold. */
export function readCase(bytes: Uint8Array): { readonly members: JsonObject; readonly exact: boolean } | undefined {
  let members: Json;
  let exact = true;
  try {
    members = parseJsonBytes(bytes);
  } catch (error) {
    if (!(error instanceof ProtocolError) || error.code !== "json.number") return undefined;
    exact = false;
    members = JSON.parse(new TextDecoder().decode(bytes)) as Json; // Well-formed but for its numbers, which are not used.
  }
  return isJsonObject(members) && MEMBERS.some((name) => Object.hasOwn(members, name)) ? { members, exact } : undefined;
}

/** Recomputes the root (RFC 9162 §2.1.3.2). Throws MerkleCaseError unless the proof holds. */
export function checkCase({ members, exact }: { readonly members: JsonObject; readonly exact: boolean }): MerkleCase {
  const { hash = "sha256", proof = [] } = members;
  if (!isHashName(hash)) throw new MerkleCaseError("merkle.hash-name");
  const index = numberOf(members, { at: "leafIdx", exact });
  const count = numberOf(members, { at: "treeSize", exact });
  const root = hashOf(members["root"], "root");
  const leaf = hashOf(members["leafHash"], "leafHash");
  // Go writes an empty list as null.
  if (proof !== null && !Array.isArray(proof)) throw new MerkleCaseError("merkle.member", { at: "proof" });
  const nodes = (proof ?? []).map((node: Json, i: number) => hashOf(node, `proof[${i}]`));
  if (index >= count) throw new MerkleCaseError("merkle.index", { index, count });
  const computed = rootFromInclusion({ hash, leaf, index, count, proof: nodes });
  if (computed === undefined) throw new MerkleCaseError("merkle.proof-length", { length: nodes.length, index, count });
  if (!equalBytes(computed, root)) throw new MerkleCaseError("merkle.root");
  return { hash, index, count };
}

function numberOf(members: JsonObject, { at, exact }: { readonly at: string; readonly exact: boolean }): number {
  const value = members[at];
  if (typeof value !== "number") throw new MerkleCaseError("merkle.member", { at });
  if (!exact || !Number.isSafeInteger(value) || value < 0) throw new MerkleCaseError("merkle.number", { at });
  return value;
}

function hashOf(value: Json | undefined, at: string): Uint8Array {
  if (typeof value !== "string") throw new MerkleCaseError("merkle.member", { at });
  const bytes = Buffer.from(value, "base64");
  if (bytes.toString("base64") !== value) throw new MerkleCaseError("merkle.base64", { at });
  if (bytes.length !== HASH_BYTES) throw new MerkleCaseError("merkle.hash-length", { at, length: bytes.length });
  return bytes;
}
