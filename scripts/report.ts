import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { judge, licencesOf, type Dependency } from "./report/licences.ts";
import { vulnerableOf } from "./report/vulnerabilities.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const EXIT = { good: 0, bad: 1, undetermined: 2 } as const;

/** What the registry knows against the locked versions of what runs. */
const audit = (): string => spawnSync("npm", ["audit", "--json", "--omit=dev"], { cwd: ROOT, encoding: "utf8" }).stdout;

const dependencies = licencesOf(ROOT);
const refused = dependencies.filter((dependency) => judge(dependency) !== "allowed");
const line = ({ name, version, licence, production }: Dependency): string =>
  `  ${production ? "运行 run  " : "开发 dev  "} ${name}@${version}  ${licence}`;

console.log("依赖许可 Licences of dependencies");
const counts = new Map<string, number>();
for (const { licence } of dependencies) counts.set(licence, (counts.get(licence) ?? 0) + 1);
for (const [licence, count] of [...counts].sort(([, a], [, b]) => b - a))
  console.log(`  ${String(count).padStart(5)}  ${licence}`);
console.log(
  refused.length === 0
    ? `✓ ${dependencies.length} 个依赖的许可均可使用 · all ${dependencies.length} may be used`
    : `✗ 须由人判断 · somebody must judge:\n${refused.map(line).join("\n")}`,
);

console.log("\n已知漏洞 Known vulnerabilities (npm audit)");
const vulnerable = vulnerableOf(audit());
if (vulnerable === undefined) console.log("? 无法询问登记处 · the registry could not be asked");
else if (vulnerable.length === 0) console.log("✓ 运行依赖没有已知漏洞 · none in what runs");
else for (const { severity, name, range } of vulnerable) console.log(`✗ ${severity}  ${name}  ${range}`);

const isBad = refused.some(({ production }) => production) || (vulnerable?.length ?? 0) > 0;
process.exitCode = isBad ? EXIT.bad : vulnerable === undefined ? EXIT.undetermined : EXIT.good;
