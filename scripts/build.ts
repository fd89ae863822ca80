/** Builds the published package into dist/: JavaScript, because Node strips no types below node_modules. `--check` builds and runs publint. */
import { spawnSync } from "node:child_process";
import { cpSync, globSync, rmSync } from "node:fs";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { readFileSync } from "node:fs";

// Nodes that run from the sources read the portal there: it is replaced whole by its own build, and only when it is stale.
for (const part of globSync("dist/*", { exclude: ["dist/portal"] })) rmSync(part, { recursive: true, force: true });
const { status } = spawnSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json"], {
  stdio: "inherit",
});
if (status !== 0) process.exit(1);
cpSync("contracts/bytecode.json", "dist/contracts/bytecode.json");
if (spawnSync(process.execPath, ["scripts/portal/main.ts"], { stdio: "inherit" }).status !== 0) process.exit(1);

if (process.argv.includes("--check")) {
  const { messages, pkg } = await publint({ pkgDir: ".", strict: true });
  for (const message of messages) console.error(formatMessage(message, pkg));
  if (messages.length > 0) process.exit(1);
}
const { name, version } = JSON.parse(readFileSync("package.json", "utf8")) as { name: string; version: string };
console.log(`${name}@${version} → dist/`);
