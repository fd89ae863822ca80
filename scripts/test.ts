/** Runs every test: Solidity first, then TypeScript. The last line is `N passed, N failed[, N skipped]`. */
import { spawn } from "node:child_process";
import { globSync } from "node:fs";
import { parseArgs } from "node:util";
import Mocha from "mocha";

const usage = `用法 Usage: npm test [-- [options] [file-or-folder ...]]

  --grep TEXT      只运行名称含 TEXT 的测试 · only tests whose name holds TEXT
  --no-solidity    跳过 Solidity 测试 · skip the Solidity tests
  --jobs N         同时运行的测试文件数(默认 2)· test files at a time (2 unless told)
  --help`;

interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

async function solidity(): Promise<Count> {
  const child = spawn(process.execPath, ["node_modules/hardhat/dist/src/cli.js", "test", "solidity"], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, HARDHAT_DISABLE_TELEMETRY: "true" },
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    process.stdout.write(text);
  });
  const code = await new Promise<number>((resolve) => child.on("close", (status) => resolve(status ?? 1)));
  // Strips terminal colours so that the totals can be read.
  const plain = output.replace(/\u001b\[\d+m/g, ""); // eslint-disable-line no-control-regex
  const total = (word: string): number => Number(new RegExp(`(\\d+) ${word}`).exec(plain)?.[1] ?? 0);
  const count = { passed: total("passing"), failed: total("failing"), skipped: total("skipped") };
  return code !== 0 && count.failed === 0 ? { ...count, failed: 1 } : count;
}

async function typescript(files: readonly string[], grep: string | undefined, jobs: number): Promise<Count> {
  const mocha = new Mocha({ reporter: "spec", timeout: 120_000, ...(grep !== undefined && { grep }) });
  for (const file of files) mocha.addFile(file);
  if (jobs > 1) {
    // @types/mocha does not know parallelMode(enable, jobs) from the options; `options.jobs` is mocha's own field.
    Object.assign(mocha.options, { jobs });
    mocha.parallelMode(true);
  } else {
    await mocha.loadFilesAsync();
  }
  return new Promise((resolve) => {
    const runner = mocha.run(() => {
      const stats = runner.stats;
      resolve({ passed: stats?.passes ?? 0, failed: stats?.failures ?? 1, skipped: stats?.pending ?? 0 });
    });
  });
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    grep: { type: "string" },
    "no-solidity": { type: "boolean", default: false },
    jobs: { type: "string", default: "2" },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(usage);
  process.exit(0);
}

const wanted = positionals.length > 0 ? positionals : ["test"];
const files = wanted.flatMap((path) => (path.endsWith(".ts") ? [path] : globSync(`${path}/**/*.test.ts`))).sort();
const counts: Count[] = [];
if (!values["no-solidity"] && positionals.length === 0) counts.push(await solidity());
counts.push(await typescript(files, values.grep, Number(values.jobs)));
const sum = (key: keyof Count): number => counts.reduce((total, count) => total + count[key], 0);
const skipped = sum("skipped");
console.log(`${sum("passed")} passed, ${sum("failed")} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exit(sum("failed") > 0 || sum("passed") === 0 ? 1 : 0);
