import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createKeystore, openKeystore, type Keystore } from "../../sdk/client/keystore.ts";
import { writeDurablySync } from "./state.ts";
import { demoDepartments, type DemoDepartment } from "../../sdk/families/demo-departments.ts";

export const PARTY_NAMES = ["authority", "marketRegulation", "ecology", "tradingCentre"] as const;
export type PartyName = (typeof PARTY_NAMES)[number];

/** A department of the demonstration with its own folder, keys and port. */
export interface Party {
  readonly name: PartyName;
  readonly department: DemoDepartment;
  readonly folder: string;
  readonly keystorePath: string;
  readonly passwordPath: string;
  readonly keystore: Keystore;
  readonly port: number;
  readonly endpoint: string;
}

const FOLDERS: Readonly<Record<PartyName, string>> = {
  authority: "authority",
  marketRegulation: "market-regulation",
  ecology: "ecology",
  tradingCentre: "trading-centre",
};

/** Index of the first exchange key of a department admitted with one account and one exchange key. */
const EXCHANGE_KEY_INDEX = 1;
export const exchangeKeyId = (party: Party): string => `${party.department.uscc}/${EXCHANGE_KEY_INDEX}`;

/** Opens the keys of every party, making them on the first run. A password file is durable before the keystore that needs it. */
export async function openParties(
  dataDir: string,
  ports: Readonly<Record<PartyName, number>>,
): Promise<Record<PartyName, Party>> {
  const entries = await Promise.all(
    PARTY_NAMES.map(async (name): Promise<[PartyName, Party]> => {
      const folder = join(dataDir, FOLDERS[name]);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const keystorePath = join(folder, "keystore.json");
      const passwordPath = join(folder, "keystore-password");
      const password = await readOrMakePassword(passwordPath);
      const keystore = existsSync(keystorePath)
        ? await openKeystore({ path: keystorePath, password })
        : await createKeystore({ path: keystorePath, password });
      const port = ports[name];
      const endpoint = `http://127.0.0.1:${port}`;
      return [
        name,
        { name, department: demoDepartments[name], folder, keystorePath, passwordPath, keystore, port, endpoint },
      ];
    }),
  );
  return Object.fromEntries(entries) as Record<PartyName, Party>; // One entry for each name.
}

async function readOrMakePassword(path: string): Promise<string> {
  if (existsSync(path)) {
    const kept = (await readFile(path, "utf8")).trim();
    if (kept !== "") return kept;
  }
  const password = randomBytes(24).toString("base64url");
  writeDurablySync(path, `${password}\n`, 0o600);
  return password;
}
