import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { SUITES, tallyLines, type Suite, type Tally } from "./faults/suites.ts";

const usage = `npm run test:faults -- [--minutes N] [--seed N] [suite …]
  长时间的故障试验:对每一项承诺反复注入故障,并统计试过的情形。
  The long form of the fault tests: injects faults promise by promise, again and again, and counts the cases.
  --minutes N   开始新一轮的时限,默认 60 · no round begins after so many minutes (60 unless told)
  --seed N      第一轮的随机种子,其后逐轮加一 · seed of the first round; the next rounds count up
  suite         ${SUITES.map(({ name }) => name).join(" ")}`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: "string", default: "60" },
    seed: { type: "string" },
    help: { type: "boolean", default: false },
  },
});
const unknown = positionals.filter((name) => !SUITES.some((suite) => suite.name === name));
if (values.help || unknown.length > 0 || !(Number(values.minutes) > 0)) {
  console.log(usage);
  process.exit(values.help ? 0 : 64);
}

const folder = mkdtempSync(join(tmpdir(), "suyuan-faults-"));
const tallyFile = join(folder, "tally.ndjson");
const began = performance.now();
const left = (): number => Number(values.minutes) * 60_000 - (performance.now() - began);
const firstSeed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);

/** Runs a suite's files; true when every test passed. */
async function run(suite: Suite, seed: number): Promise<boolean> {
  const minutes = Math.max(1, Math.round(left() / 60_000));
  console.log(`\n── ${suite.zh} ${suite.en} · seed ${seed} · 余 ${minutes} 分钟 minutes left`);
  const rounds = suite.isLong ? String(suite.rounds) : "1";
  const seconds = Math.min(600, Math.max(15, Math.floor(left() / 4000)));
  const child = spawn(process.execPath, ["node_modules/mocha/bin/mocha.js", "--reporter", "spec", ...suite.files], {
    stdio: "inherit",
    env: {
      ...process.env,
      SUYUAN_FAULTS_TALLY: tallyFile,
      SUYUAN_FAULTS_ROUNDS: rounds,
      SUYUAN_FAULTS_SECONDS: String(seconds),
      SUYUAN_FAULTS_SEED: String(seed),
      HARDHAT_DISABLE_TELEMETRY: "true",
    },
  });
  return (await new Promise<number | null>((resolve) => child.on("close", resolve))) === 0;
}

const wanted = SUITES.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
const failed: string[] = [];
let round = 0;
do {
  for (const suite of wanted) {
    if (round > 0 && left() <= 0) break;
    if (!(await run(suite, firstSeed + round))) failed.push(`${suite.name} (seed ${firstSeed + round})`);
  }
  round++;
} while (left() > 0 && failed.length === 0);

const text = existsSync(tallyFile) ? readFileSync(tallyFile, "utf8") : "";
const tallies = text
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line) as Tally); // Written by test/faults/tally.ts.
rmSync(folder, { recursive: true });
console.log(`\n${tallyLines(tallies, { isWhole: failed.length === 0 }).join("\n")}`);
for (const name of failed) console.log(`✗ ${name}`);
console.log(
  failed.length === 0
    ? `✓ ${round} 轮,没有丢失任何已受理的内容 · ${round} rounds, nothing acknowledged was lost`
    : `✗ ${failed.length} 组试验失败 · ${failed.length} suites failed`,
);
process.exit(failed.length === 0 ? 0 : 1);
