import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Progress } from "./faults/progress.ts";
import { runPiece, type Piece } from "./faults/run-piece.ts";
import { SUITES, tallyLines } from "./faults/suites.ts";

/** Not in version control; deleted by whoever wants to forget it. */
const PROGRESS_FILE = join(fileURLToPath(new URL("../cache", import.meta.url)), "faults.ndjson");
const HAMMER_SECONDS = 600;
const all = SUITES.reduce((sum, { pieces }) => sum + pieces, 0);

const usage = `npm run test:faults -- [--resume] [--minutes N] [--seed N] [suite …]
  长时间的故障试验:对每一项承诺注入故障,逐步穷举或随机选取,并统计试过的情形。共 ${all} 份,两核机器上约两小时。
  The long form of the fault tests: injects faults promise by promise, at every step or at random ones, and counts the
  cases. ${all} pieces, about two hours on two cores.
  --resume      接着上一次未完成的继续 · goes on with the run that was broken off; pieces that failed are run again
  --minutes N   N 分钟后不再开始新的一份 · no piece begins after N minutes: go on later with --resume
  --seed N      第一份的随机种子,其后逐份加一 · seed of the first piece; the next ones count up
  --hammer N    过载试验的秒数,默认 ${HAMMER_SECONDS} · seconds of the overload, ${HAMMER_SECONDS} unless told
  suite         ${SUITES.map(({ name }) => name).join(" ")}`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    resume: { type: "boolean", default: false },
    minutes: { type: "string", default: "100000" },
    seed: { type: "string" },
    hammer: { type: "string", default: String(HAMMER_SECONDS) },
    help: { type: "boolean", default: false },
  },
});
const unknown = positionals.filter((name) => !SUITES.some((suite) => suite.name === name));
const numbers = [values.minutes, values.hammer, values.seed ?? "1"].map(Number);
if (values.help || unknown.length > 0 || numbers.some((number) => !(number > 0))) {
  console.log(usage);
  process.exit(values.help ? 0 : 64);
}

const began = performance.now();
const minutes = (): number => Math.round((performance.now() - began) / 60_000);
const before = values.resume ? Progress.resume(PROGRESS_FILE) : undefined;
if (values.resume && before === undefined)
  console.log("没有可继续的试验,重新开始。 · Nothing to go on with: a new run.");
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
const progress = before ?? Progress.begin(PROGRESS_FILE, seed);

const wanted = SUITES.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
const pieces: readonly Piece[] = wanted.flatMap((suite) =>
  Array.from({ length: suite.pieces }, (_, piece) => ({
    ...{ suite, piece, seed: progress.seed + piece, hammerSeconds: Number(values.hammer) },
  })),
);
for (const [i, piece] of pieces.entries()) {
  const { suite } = piece;
  if (progress.hasPassed(suite.name, piece.piece) || minutes() >= Number(values.minutes)) continue;
  const part = suite.pieces === 1 ? "" : ` ${piece.piece + 1}/${suite.pieces}`;
  console.log(
    `\n── [${i + 1}/${pieces.length}] ${suite.zh} ${suite.en}${part} · seed ${piece.seed} · ${minutes()} min`,
  );
  progress.note(await runPiece(piece));
}

const isWanted = (name: string) => wanted.some((suite) => suite.name === name);
const done = progress.done.filter(({ suite }) => isWanted(suite));
const failed = done.filter(({ passed }) => !passed);
const left = pieces.length - done.length;
const lines = tallyLines(
  done.map(({ tally }) => tally),
  new Set(failed.map(({ suite }) => suite)),
);
console.log(`\n${lines.join("\n")}`);
for (const { suite, piece } of failed) console.log(`✗ ${suite} ${piece + 1} · seed ${progress.seed + piece}`);
const spent = Math.round(done.reduce((sum, { seconds }) => sum + seconds, 0) / 60);
if (left > 0) console.log(`… 还有 ${left} 份未试,用 --resume 继续 · ${left} pieces are left: go on with --resume`);
console.log(
  failed.length > 0
    ? `✗ ${failed.length} 份试验失败 · ${failed.length} pieces failed`
    : `✓ ${done.length} 份,${spent} 分钟,没有丢失任何已受理的内容 · ${done.length} pieces in ${spent} minutes, nothing acknowledged was lost`,
);
process.exit(failed.length === 0 ? 0 : 1);
