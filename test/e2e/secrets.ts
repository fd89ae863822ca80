import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openKeystore } from "../../sdk/client/keystore.ts";
import { fromHex, toBase64Url, toHex } from "../../sdk/protocol/bytes.ts";
import type { Evaluation } from "./evaluation.ts";

/** Passwords and keys of every department of an evaluation, each in the forms in which somebody could have written it down. */
export async function secretsOf(evaluation: Evaluation): Promise<readonly string[]> {
  const secrets: string[] = [];
  for (const folder of readdirSync(evaluation.path())) {
    const path = evaluation.path(folder, "keystore.json");
    if (!existsSync(path)) continue;
    const password = readFileSync(evaluation.path(folder, "keystore-password"), "utf8").trim();
    const { account, root } = await openKeystore({ path, password });
    secrets.push(password, account.privateKey.slice(2));
    const bytes = [root, fromHex(account.privateKey)];
    for (const key of bytes) secrets.push(toHex(key).slice(2), toBase64Url(key), Buffer.from(key).toString("base64"));
  }
  const [, operators] =
    /^口令 password: (\S+)$/m.exec(readFileSync(evaluation.path("demo", "operators.txt"), "utf8")) ?? [];
  if (operators === undefined) throw new Error("the operators have a password");
  return [...secrets, operators];
}

/** What the list of processes shows of an evaluation to every user of the machine: a line each. */
export function shownOf(evaluation: Evaluation): readonly string[] {
  const pids = evaluation.pids().join(",");
  const { stdout } = spawnSync("ps", ["-ww", "-o", "args=", "-p", pids], { encoding: "utf8" });
  return stdout.trim().split("\n");
}

/** Everything that the programs of an evaluation logged, by file. */
export function logsOf(evaluation: Evaluation): Readonly<Record<string, string>> {
  const names = readdirSync(evaluation.path(), { recursive: true, encoding: "utf8" });
  const files = names.filter((name) => name.endsWith(".log") && !/(?:^|\/)store\//.test(name));
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(evaluation.path(), name), "utf8")]));
}
