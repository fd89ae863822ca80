// Writes what the rest of the project needs of the contracts, so that nothing but their own tests needs a build:
// sdk/chain/abi/<Name>.ts and contracts/bytecode.json. With --check, fails when a committed file is stale.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import hre from "hardhat";

const CONTRACTS = [
  "Directory",
  "DepartmentRegistry",
  "ResourceCatalogue",
  "WorkingCalendar",
  "SharingAgreements",
  "AnchorLog",
  "RecordStatus",
  "ProjectLedger",
  "ProjectIssues",
  "SealedBids",
] as const;

interface AbiParameter {
  readonly name?: string;
  readonly type: string;
  readonly indexed?: boolean;
  readonly components?: readonly AbiParameter[];
}

interface AbiItem {
  readonly type: string;
  readonly name?: string;
  readonly inputs?: readonly AbiParameter[];
  readonly outputs?: readonly AbiParameter[];
  readonly stateMutability?: string;
}

const root = fileURLToPath(new URL("../..", import.meta.url));

const stripParameter = (parameter: AbiParameter): AbiParameter => ({
  name: parameter.name ?? "",
  type: parameter.type,
  ...(parameter.indexed === undefined ? {} : { indexed: parameter.indexed }),
  ...(parameter.components === undefined ? {} : { components: parameter.components.map(stripParameter) }),
});

const strip = (item: AbiItem): AbiItem => ({
  type: item.type,
  ...(item.name === undefined ? {} : { name: item.name }),
  inputs: (item.inputs ?? []).map(stripParameter),
  ...(item.outputs === undefined ? {} : { outputs: item.outputs.map(stripParameter) }),
  ...(item.stateMutability === undefined ? {} : { stateMutability: item.stateMutability }),
});

const typeOf = ({ type, components }: AbiParameter): string =>
  components === undefined ? type : `(${components.map(typeOf).join()})${type.slice("tuple".length)}`;

// An interface comes first, so its parameter names stand.
const merge = (abis: readonly (readonly AbiItem[])[]): AbiItem[] => {
  const lines = new Map<string, AbiItem>();
  for (const item of abis.flat().map(strip)) {
    const signature = `${item.type} ${item.name ?? ""}(${(item.inputs ?? []).map(typeOf).join()})`;
    if (!lines.has(signature)) lines.set(signature, item);
  }
  const order = ["constructor", "function", "event", "error"];
  return [...lines.values()].sort(
    (a, b) =>
      order.indexOf(a.type) - order.indexOf(b.type) ||
      (a.name ?? "").localeCompare(b.name ?? "", "en") ||
      JSON.stringify(a).localeCompare(JSON.stringify(b), "en"),
  );
};

const moduleText = (name: string, abi: readonly AbiItem[]): string =>
  [
    "// Generated from the contracts by scripts/contracts/generate.ts. Do not edit.",
    `export const ${name}Abi = [`,
    ...abi.map((item) => `  ${JSON.stringify(item)},`),
    "] as const;",
    "",
  ].join("\n");

/** The generated files by their path in the repository. Builds the contracts first, so an answer is never about an older source. */
const generateContractFiles = async (): Promise<ReadonlyMap<string, string>> => {
  await hre.tasks.getTask("build").run({ quiet: true, noTests: true });
  const files = new Map<string, string>();
  const bytecode: Record<string, string> = {};
  const errors: AbiItem[] = [];
  const add = (name: string, abi: readonly AbiItem[]): void => {
    files.set(`sdk/chain/abi/${name}.ts`, moduleText(name, abi));
    errors.push(...abi.filter((item) => item.type === "error"));
  };

  for (const name of CONTRACTS) {
    const promised = await hre.artifacts.readArtifact(`I${name}`);
    const built = await hre.artifacts.readArtifact(name);
    const inherited = name === "Directory" ? [] : (await hre.artifacts.readArtifact("IRetirable")).abi;
    add(name, merge([promised.abi, inherited, built.abi]));
    bytecode[name] = built.bytecode;
  }
  const manager = await hre.artifacts.readArtifact("AccessManager");
  add("AccessManager", merge([manager.abi]));
  bytecode["AccessManager"] = manager.bytecode;

  // One contract's revert surfaces through another, so a reader decodes against all of them.
  files.set("sdk/chain/abi/LedgerErrors.ts", moduleText("LedgerErrors", merge([errors])));
  files.set("contracts/bytecode.json", `${JSON.stringify(bytecode, null, 2)}\n`);
  return files;
};

const readOrEmpty = (path: string): string => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
};

if (import.meta.main) {
  const stale: string[] = [];
  for (const [path, text] of await generateContractFiles()) {
    if (readOrEmpty(`${root}${path}`) === text) continue;
    stale.push(path);
    if (process.argv.includes("--check")) continue;
    mkdirSync(dirname(`${root}${path}`), { recursive: true });
    writeFileSync(`${root}${path}`, text);
  }
  if (process.argv.includes("--check") && stale.length > 0) {
    console.error(`Stale: ${stale.join(", ")}. Run: node scripts/contracts/generate.ts`);
    process.exitCode = 1;
  } else {
    console.log(stale.length === 0 ? "Contract files are up to date." : `Wrote ${stale.join(", ")}.`);
  }
}
