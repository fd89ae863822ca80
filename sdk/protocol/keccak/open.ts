import { fromBase64Url } from "../bytes.ts";
import { KECCAK_MODULE } from "./binary.ts";
import type { KeccakExports } from "./layout.ts";

/** A running module. Rejects where WebAssembly or its 128-bit vectors are missing. */
export async function openKeccak(): Promise<KeccakExports> {
  // A copy in a buffer of its own: what is compiled cannot be shared.
  const { instance } = await WebAssembly.instantiate(new Uint8Array(fromBase64Url(KECCAK_MODULE)));
  return instance.exports as unknown as KeccakExports; // As scripts/keccak/module.ts declares them.
}
