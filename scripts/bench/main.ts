/** `npm run bench`: every figure beside a peer's and the machine's limit, measured in the same run. */
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { createTeller, type Teller } from "../start/say.ts";
import { baselineForm, compare, updated } from "./compare.ts";
import { judge, type Figure } from "./figure.ts";
import { describeMachine } from "./machine.ts";
import { comparisonLines, figureLines } from "./print.ts";
import { SUITE_NAMES, type BenchContext, type SuiteName } from "./suite.ts";
import { SUITES } from "./suites/index.ts";

const BASELINE = new URL("baseline.json", import.meta.url);
const AVAILABLE = SUITE_NAMES.filter((name) => SUITES[name] !== undefined);

const usage = `用法 Usage: npm run bench [-- [suite ...] [options]]

  suite            ${AVAILABLE.join(" ")}
                   省略则全部运行,约一刻钟 · all of them unless named: about a quarter of an hour
  --size N         处理的条目数(叶子、文档、记录),默认由各套件决定 · items (leaves, documents, records); each suite has its own number
  --json FILE      结果写入文件 · write the results to FILE
  --compare        与基线 scripts/bench/baseline.json 比较;有变差则退出码 1 · compare with the baseline; exit code 1 when something got worse
  --save-baseline  以本次结果更新基线 · put these results into the baseline
  --help`;

interface Options {
  readonly suites: readonly SuiteName[];
  readonly size: number | undefined;
  readonly json: string | undefined;
  readonly compare: boolean;
  readonly save: boolean;
}

function readOptions(): Options | undefined {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      size: { type: "string" },
      json: { type: "string" },
      compare: { type: "boolean", default: false },
      "save-baseline": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  const unknown = positionals.find((name) => !AVAILABLE.some((known) => known === name));
  if (unknown !== undefined) refuse(`没有套件 no suite "${unknown}"\n\n${usage}`);
  const size = values.size === undefined ? undefined : Number(values.size);
  if (size !== undefined && !(Number.isSafeInteger(size) && size >= 1))
    refuse("--size 须为正整数 · must be a positive integer");
  return {
    suites: AVAILABLE.filter((name) => positionals.length === 0 || positionals.includes(name)),
    size,
    json: values.json,
    compare: values.compare,
    save: values["save-baseline"],
  };
}

function refuse(text: string): never {
  console.error(text);
  process.exit(2);
}

async function runSuite(name: SuiteName, { size, teller }: { size: number | undefined; teller: Teller }) {
  const suite = await SUITES[name]?.();
  if (suite === undefined) throw new TypeError(`no suite ${name}`);
  teller.line(`\n▶ ${name} — ${suite.title.zh} · ${suite.title.en}`);
  const context: BenchContext = {
    size: size ?? suite.size,
    isFullSize: size === undefined || size === suite.size,
    step: ({ zh, en }, work) => teller.step(zh, en, (progress) => work((done, total) => progress.tell(done, total))),
  };
  const figures: Figure[] = [];
  for await (const figure of suite.run(context)) {
    figures.push(figure);
    for (const text of figureLines(figure)) teller.line(text);
  }
  return figures.map((figure) => ({ suite: name, isFullSize: context.isFullSize, ...figure }));
}

const readBaseline = () => baselineForm.parse(JSON.parse(readFileSync(BASELINE, "utf8")));

/** Whether nothing got worse. */
function compareAll(figures: readonly Figure[], teller: Teller): boolean {
  const { compared, worse } = compare(figures, readBaseline());
  teller.line("\n▶ 与基线比较 · compared with the baseline");
  for (const comparison of compared) teller.line(comparisonLines(comparison));
  const left = figures.length - compared.length;
  if (left > 0) teller.line(`  ${left} 项无基线或规模不同 · without a baseline of this size`);
  teller.line(
    `${compared.length - worse.length} 项未变差 · ${compared.length - worse.length} as good, ${worse.length} 变差 worse`,
  );
  // Nothing to compare is no proof that nothing got worse.
  return worse.length === 0 && compared.length > 0;
}

async function main(): Promise<number> {
  const options = readOptions();
  if (options === undefined) {
    console.log(usage);
    return 0;
  }
  const teller = createTeller({ out: process.stdout }, { now: () => performance.now() });
  const machine = describeMachine();
  teller.line(`${machine.cpu} × ${machine.cores}, Node ${machine.node}, load ${machine.load}`);
  const figures: Awaited<ReturnType<typeof runSuite>> = [];
  for (const name of options.suites) figures.push(...(await runSuite(name, { size: options.size, teller })));
  const judged = figures.map((figure) => ({ ...figure, targets: judge(figure) }));
  const targets = judged.flatMap((figure) => figure.targets);
  teller.line(
    `\n${figures.length} 项指标 figures,${targets.filter(({ met }) => met).length}/${targets.length} 个目标达到 targets met`,
  );
  if (options.json !== undefined) {
    const result = { format: "suyuan/bench/1", at: new Date().toISOString(), machine, figures: judged };
    writeFileSync(options.json, `${JSON.stringify(result, null, 2)}\n`);
  }
  if (options.save) writeFileSync(BASELINE, `${JSON.stringify(updated(readBaseline(), figures), null, 2)}\n`);
  return options.compare && !compareAll(figures, teller) ? 1 : 0;
}

process.exitCode = await main();
