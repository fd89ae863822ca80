import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseJson, type Json } from "../../../sdk/protocol/json.ts";

const SHARED = fileURLToPath(new URL("../../../../shared/data/", import.meta.url));

/** Published fixtures beside the project; tests that need them skip, with the reason, where they are absent. */
export const published = {
  path: (name: string) => `${SHARED}${name}`,
  has: (name: string) => existsSync(`${SHARED}${name}`),
  text: (name: string) => readFileSync(`${SHARED}${name}`, "utf8"),
  json: (name: string): Json => parseJson(readFileSync(`${SHARED}${name}`, "utf8")),
  list: (folder: string) => (existsSync(`${SHARED}${folder}`) ? readdirSync(`${SHARED}${folder}`).sort() : []),
};

/** Skips the test that runs, saying why. */
export function skipUnless(context: Mocha.Context, name: string): void {
  if (published.has(name)) return;
  console.log(`      skipped: ${SHARED}${name} is absent`);
  context.skip();
}
