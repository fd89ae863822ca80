// Writes test/vectors/*.json, which the TypeScript and the Solidity tests read. Every expectation of a refusal is stated in
// the tables beside this file and checked while they are written. With --check, fails when a committed file is stale.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Json } from "../../sdk/protocol/json.ts";
import { anchorVectors } from "./anchors.ts";
import { canonicalVectors, numberVectors } from "./canonical.ts";
import { claimVectors } from "./claims.ts";
import { deliveryVectors } from "./delivery.ts";
import { equivocationVectors } from "./equivocation.ts";
import { evidenceVectors } from "./evidence.ts";
import { headerVectors, kindVectors, ledgerVectors } from "./headers.ts";
import { parentVectors } from "./parents.ts";
import { print } from "./print.ts";
import { treeVectors } from "./trees.ts";

const folder = fileURLToPath(new URL("../../test/vectors/", import.meta.url));

const FILES: Readonly<Record<string, () => Json>> = {
  "canonical.json": canonicalVectors,
  "numbers.json": numberVectors,
  "trees.json": treeVectors,
  "claims.json": claimVectors,
  "headers.json": headerVectors,
  "parents.json": parentVectors,
  "ledger.json": ledgerVectors,
  "kinds.json": kindVectors,
  "anchors.json": anchorVectors,
  "delivery.json": deliveryVectors,
  "evidence.json": evidenceVectors,
  "equivocation.json": equivocationVectors,
};

const check = process.argv.includes("--check");
let stale = 0;
for (const [name, make] of Object.entries(FILES)) {
  const text = print(make());
  if (!check) writeFileSync(folder + name, text);
  else if (readOrNothing(folder + name) !== text) {
    stale++;
    console.error(`过期 Stale: test/vectors/${name}. 请运行 Run: node scripts/vectors/generate.ts`);
  }
}
console.log(`${check ? "已核对 Checked" : "已写入 Wrote"} ${Object.keys(FILES).length}`);
process.exitCode = stale === 0 ? 0 : 1;

function readOrNothing(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
