import { createKeccak, createSHA256, createSM3, type IHasher } from "hash-wasm";
import type { HashName } from "../../sdk/protocol/hash.ts";

const BARE: Readonly<Record<HashName, () => Promise<IHasher>>> = {
  keccak256: () => createKeccak(256),
  sha256: createSHA256,
  sm3: createSM3,
};

/** One call that nothing built on a library's hasher can beat: a reused WebAssembly hasher, one update. */
export const BARE_NAME = "hash-wasm init, update, digest";

export async function bareHasher(hash: HashName): Promise<(data: Uint8Array) => Uint8Array> {
  const hasher = await BARE[hash]();
  return (data) => hasher.init().update(data).digest("binary");
}
