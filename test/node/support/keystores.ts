import { createKeystore } from "../../../sdk/client/keystore.ts";
import { fromHex } from "../../../sdk/protocol/bytes.ts";
import type { TestDepartment } from "../../support/ledger.ts";
import { ROOT } from "./core.ts";

export const PASSWORD = "correct horse battery staple";

/** A keystore file that holds the keys of a department of the test, and the root of its node. */
export async function writeKeystore(path: string, { exchange, wallet }: TestDepartment): Promise<void> {
  const seed = exchange.export({ format: "der", type: "pkcs8" }).subarray(-32);
  const given = [seed, fromHex(wallet.privateKey), ROOT];
  const random = (lengthBytes: number) => given.shift() ?? crypto.getRandomValues(new Uint8Array(lengthBytes));
  await createKeystore({ path, password: PASSWORD }, { random });
}
