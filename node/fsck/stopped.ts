import { existsSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "commander";
import { openKeystore } from "../../sdk/client/keystore.ts";
import { readPassword } from "../../sdk/cli/connection.ts";
import type { Context } from "../../sdk/cli/context.ts";
import { CliError, isCoded } from "../../sdk/cli/errors.ts";
import { STORE_FOLDER } from "../storage/level-store.ts";

// What commands on the data of a node that is stopped have in common.

export interface StoppedOptions {
  readonly data: string;
  readonly keys?: string;
  readonly keystore?: string;
}

/** `--data`, `--keys` and `--keystore`: where the data is, and what opens its payloads. */
export const stoppedOptions = (command: Command, { say }: Context): Command =>
  command
    .requiredOption(
      "--data <DIR>",
      say({ zh: "节点的数据目录,或含有多个节点的目录", en: "a node's data folder, or a folder of several" }),
    )
    .option(
      "--keys <DIR>",
      say({
        zh: "代次密钥目录;默认用数据目录中的 keys",
        en: "folder of the epoch keys; keys of the data folder by default",
      }),
    )
    .option(
      "--keystore <FILE>",
      say({
        zh: "密钥库,用以打开载荷;默认用数据目录中的 keystore.json(口令见环境变量)",
        en: "keystore with which payloads are opened; keystore.json of the data folder by default (password from the environment)",
      }),
    );

/** The folder itself when it holds a store, otherwise those directly below it that do. */
export function storesBelow(folder: string): string[] {
  if (existsSync(join(folder, STORE_FOLDER))) return [folder];
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, STORE_FOLDER)))
    .map((entry) => join(folder, entry.name));
}

/** Undefined when nobody gave a password: that is a smaller check, not a failed one. */
export async function rootOf(
  folder: string,
  keystore: string | undefined,
  context: Context,
): Promise<Uint8Array | undefined> {
  const path = keystore === undefined ? join(folder, "keystore.json") : context.resolvePath(keystore);
  if (keystore === undefined && !existsSync(path)) return undefined;
  const password = await passwordFor(folder, context);
  if (password !== undefined) return (await openKeystore({ path, password })).root;
  if (keystore === undefined) return undefined;
  throw new CliError("connection.password-missing");
}

/** From the environment, else from the file that `npm start` keeps beside the keystore of an evaluation. */
async function passwordFor(folder: string, context: Context): Promise<string | undefined> {
  try {
    return await readPassword(context);
  } catch (error) {
    if (!isCoded(error) || error.code !== "connection.password-missing") throw error;
    const beside = join(folder, "keystore-password");
    return existsSync(beside) ? (await readFile(beside, "utf8")).trim() : undefined;
  }
}
