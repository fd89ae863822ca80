/** Everything a change must pass: format, lint, types, dead code, committed artefacts, tests. */
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";

const node = process.execPath;
const bin = (path: string, ...args: string[]): string[] => [`node_modules/${path}`, ...args];

const steps: readonly (readonly [name: string, args: readonly string[]])[] = [
  ["格式 format", bin("prettier/bin/prettier.cjs", "--check", "--log-level", "warn", ".")],
  ["TypeScript 规则 lint", bin("eslint/bin/eslint.js", "--max-warnings", "0", ".")],
  ["Solidity 规则 lint", bin("solhint/solhint.js", "--max-warnings", "0", "contracts/**/*.sol")],
  ["类型 types", bin("typescript/bin/tsc", "-p", "tsconfig.json")],
  ["无用代码 dead code", bin("knip/bin/knip.js")],
  ["合约编译 contract build", bin("hardhat/dist/src/cli.js", "build", "--quiet")],
  ["ABI 与字节码 ABI and bytecode", ["scripts/contracts/generate.ts", "--check"]],
  ["散列模块 hash module", ["scripts/keccak/generate.ts", "--check"]],
  ["测试向量 vectors", ["scripts/vectors/generate.ts", "--check"]],
  ["燃料快照 gas snapshot", ["scripts/contracts/gas.ts", "--check"]],
  ["发布包 package", ["scripts/build.ts", "--check"]],
  ["测试 tests", ["scripts/test.ts"]],
];

const { values } = parseArgs({ options: { only: { type: "string" }, help: { type: "boolean", default: false } } });
if (values.help) {
  console.log(`用法 Usage: npm run check [-- --only TEXT]\n\n${steps.map(([name]) => `  ${name}`).join("\n")}`);
  process.exit(0);
}

const failed: string[] = [];
for (const [name, args] of steps) {
  if (values.only !== undefined && !name.includes(values.only)) continue;
  const started = performance.now();
  console.log(`▶ ${name}`);
  const { status } = spawnSync(node, args, {
    stdio: "inherit",
    env: { ...process.env, HARDHAT_DISABLE_TELEMETRY: "true" },
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  // The tests come last and close on their own count.
  if (status !== 0 || name !== steps.at(-1)?.[0]) console.log(`${status === 0 ? "✓" : "✗"} ${name} (${seconds} s)`);
  if (status !== 0) failed.push(name);
}
if (failed.length > 0) {
  console.error(`\n未通过 Failed: ${failed.join(" · ")}`);
  process.exit(1);
}
