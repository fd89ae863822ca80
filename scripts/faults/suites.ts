/** One promise's tests, and how they are made longer. */
export interface Suite {
  readonly name: string;
  readonly zh: string;
  readonly en: string;
  readonly files: readonly string[];
  /** Multiplies what one run tries. */
  readonly rounds: number;
  readonly isLong: boolean;
}

const suite = (name: string, [zh, en]: readonly [string, string], files: readonly string[], rounds = 1): Suite => ({
  name,
  zh,
  en,
  files,
  rounds,
  isLong: rounds > 1,
});

/** Every promise of ARCHITECTURE.md that faults are injected against, cheapest first. */
export const SUITES: readonly Suite[] = [
  suite("rot", ["位腐", "Bit rot"], ["test/faults/bit-rot.test.ts", "test/node/storage/files.test.ts"], 10),
  suite("chain", ["链的异常", "A chain that misbehaves"], ["test/faults/misbehaving-chain.test.ts"], 5),
  suite(
    "forgeries",
    ["伪造", "Forgeries"],
    ["claims", "deliveries", "endpoints", "equivocation", "files", "places", "states", "trees"].map(
      (name) => `test/must-reject/${name}.test.ts`,
    ),
  ),
  suite("requests", ["请求", "Requests"], ["test/node/http/requests-forged.test.ts"], 10),
  suite("contracts", ["合约", "Contracts"], ["test/contracts/roles.test.ts"], 10),
  suite("parsers", ["解析", "Parsers"], ["test/fuzz/parsers.test.ts", "test/fuzz/hostile.test.ts"], 10),
  suite("backup", ["备份与恢复", "Backup and restore"], ["test/node/backup/backup.test.ts"]),
  suite(
    "destruction",
    ["销毁", "Destruction"],
    ["test/node/destruction/destruction.test.ts", "test/node/keys/retire.kill.test.ts"],
  ),
  suite("surface", ["机密与表面", "Secrets and surface"], ["test/faults/surface.test.ts"]),
  suite("embedded-chain", ["嵌入式链", "Embedded chain"], ["test/faults/chain.test.ts"]),
  suite(
    "durable",
    ["每一步的断电", "A kill at every step"],
    ["test/faults/kill-sweep.test.ts", "test/node/faults/kill.test.ts", "test/node/storage/failing-disk.test.ts"],
    10,
  ),
  suite("overload", ["过载与停止", "Overload, stop and start"], ["test/faults/overload.test.ts"], 10),
];

export interface Tally {
  readonly promise: string;
  readonly cases: number;
}

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
  parsers: "解析器不倒 Parsers do not fall over",
};

/** A line a promise: how many cases were tried, and that nothing was lost in them. */
export function tallyLines(tallies: readonly Tally[], { isWhole }: { readonly isWhole: boolean }): string[] {
  return Object.entries(PROMISES).map(([promise, words]) => {
    const cases = tallies.reduce((sum, tally) => sum + (tally.promise === promise ? tally.cases : 0), 0);
    if (cases === 0) return `– ${words}: 未试 not tried`;
    return `✓ ${words}: ${cases} 种情形 cases, ${isWhole ? "丢失 lost 0" : "其余见上 for the rest see above"}`;
  });
}
