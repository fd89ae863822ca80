/** One promise's tests, and the pieces in which the long form runs them. */
export interface Suite {
  readonly name: string;
  readonly zh: string;
  readonly en: string;
  readonly files: readonly string[];
  /** Each piece has a seed of its own; what is tried step by step is shared out among them. */
  readonly pieces: number;
  /** Multiplies what one piece tries. */
  readonly rounds: number;
  /** Run by Hardhat instead, which names what it fuzzes. */
  readonly isSolidity: boolean;
}

interface SuiteOptions {
  readonly files: readonly string[];
  readonly pieces?: number;
  readonly rounds?: number;
  readonly isSolidity?: boolean;
}

const suite = (
  name: string,
  [zh, en]: readonly [string, string],
  { files, pieces = 1, rounds = 2, isSolidity = false }: SuiteOptions,
): Suite => ({ ...{ name, zh, en, files, pieces, rounds, isSolidity } });

const named = (folder: string, names: readonly string[]): string[] => names.map((name) => `${folder}/${name}.test.ts`);

/** Every promise of ARCHITECTURE.md that faults are injected against, cheapest first. */
export const SUITES: readonly Suite[] = [
  suite("surface", ["机密与表面", "Secrets and surface"], {
    files: [
      ...["test/faults/surface.test.ts", "test/scripts/repository.test.ts"],
      ...["test/node/http/limits.test.ts", "test/node/deliveries/inwards.test.ts"],
    ],
  }),
  suite("forgeries", ["伪造", "Forgeries"], {
    files: named("test/must-reject", [
      ...["claims", "deliveries", "endpoints", "equivocation", "files", "places", "states", "trees"],
    ]),
  }),
  suite("embedded-chain", ["嵌入式链", "Embedded chain"], { files: ["test/faults/chain.test.ts"] }),
  suite("backup", ["备份与恢复", "Backup and restore"], { files: ["test/node/backup/backup.test.ts"] }),
  suite("destruction", ["销毁", "Destruction"], {
    files: [
      ...["test/node/destruction/destruction.test.ts", "test/node/deliveries/destroyed.test.ts"],
      "test/node/keys/retire.kill.test.ts",
    ],
  }),
  suite("requests", ["请求", "Requests"], {
    files: ["test/node/http/requests-forged.test.ts", "test/node/objects/objects.test.ts"],
    rounds: 10,
  }),
  suite("parsers", ["解析", "Parsers"], { files: named("test/fuzz", ["parsers", "hostile"]), rounds: 10 }),
  suite("contracts", ["合约的角色", "Roles of the contracts"], {
    files: ["test/contracts/roles.test.ts"],
    rounds: 10,
    pieces: 2,
  }),
  suite("invariants", ["合约的不变量", "Invariants of the contracts"], { files: [], isSolidity: true, pieces: 4 }),
  suite("chain", ["链的异常", "A chain that misbehaves"], {
    files: ["test/faults/misbehaving-chain.test.ts"],
    pieces: 4,
  }),
  suite("rot", ["位腐", "Bit rot"], {
    files: ["test/faults/bit-rot.test.ts", "test/node/storage/files.test.ts"],
    pieces: 16,
  }),
  suite("durable", ["每一步的断电", "A kill at every step"], {
    files: [
      ...["test/faults/kill-sweep.test.ts", "test/faults/kill-switch.test.ts", "test/node/faults/kill.test.ts"],
      ...["test/faults/failing-tables.test.ts", "test/node/storage/failing-disk.test.ts"],
    ],
    pieces: 8,
  }),
  suite("overload", ["过载与停止", "Overload, stop and start"], { files: ["test/faults/overload.test.ts"] }),
];

/** Cases tried, by promise. */
export type Tally = Readonly<Record<string, number>>;

const PROMISES: Readonly<Record<string, string>> = {
  durable: "已受理即持久 Acknowledged means durable",
  chain: "链的异常 The chain may misbehave",
  rot: "位腐在签名前发现 Bit rot is caught before it is signed",
  overload: "过载只答 429/503 Overload answers 429 and 503 only",
  stop: "停止不丢失 Stopping loses nothing",
  destruction: "销毁是真的 Destruction is real",
  backup: "备份与恢复 Backup and restore",
  surface: "机密与表面 Secrets and surface",
  "embedded-chain": "嵌入式链 The embedded chain",
  forgeries: "伪造被拒绝 Forgeries are refused",
  requests: "请求不能伪造、重放或挪用 Requests cannot be forged, replayed or moved",
  contracts: "合约中各事只由其主体推动 Only the named role moves each thing in the contracts",
  invariants: "合约守其不变量 The contracts keep their invariants",
  parsers: "解析器不倒 Parsers do not fall over",
};

/** The promise that each suite is for, and those that its tests count beside it. */
const BESIDE: Readonly<Record<string, readonly string[]>> = { overload: ["stop"] };

/** A line a promise: how many cases were tried, and whether anything of them was lost. */
export function tallyLines(tallies: readonly Tally[], failed: ReadonlySet<string>): string[] {
  const broken = new Set([...failed].flatMap((name) => [name, ...(BESIDE[name] ?? [])]));
  return Object.entries(PROMISES).map(([promise, words]) => {
    const cases = tallies.reduce((sum, tally) => sum + (tally[promise] ?? 0), 0);
    if (broken.has(promise)) return `✗ ${words}: ${cases} 种情形通过,另有失败 cases held, others failed: see above`;
    if (cases === 0) return `– ${words}: 未试 not tried`;
    return `✓ ${words}: ${cases} 种情形 cases, 丢失 lost 0`;
  });
}
