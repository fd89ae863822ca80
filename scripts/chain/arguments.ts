import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { ChainError } from "./errors.ts";

export const DEFAULT_CHAIN_ID = 4701;
const DEFAULT_PORT = 4701;

export const HELP = `Suyuan 溯源 · 内置链 / embedded chain

  node scripts/chain/main.ts --data DIR [options]

  --data DIR               数据目录(日志、锁) / data folder (journal, lock)
  --port N                 端口,默认 ${String(DEFAULT_PORT)},0 为任选 / port, 0 takes a free one
  --host HOST              127.0.0.1(默认)、::1 或 localhost / loopback only
  --allow-origin ORIGIN    允许的网页来源,可重复 / origin of pages that may call, repeatable
  --block-interval-ms N    出块前等待更多交易的毫秒数,默认 0 / wait for more transactions before a block
  --chain-id N             新数据目录的链号,默认 ${String(DEFAULT_CHAIN_ID)} / chain id of a new data folder
  --die-with-parent        标准输入关闭时停止 / stop when standard input closes
  --help                   本说明 / this text

供单机评估。没有货币:手续费与金额均为零。就绪后在标准输出打印一行 JSON;失败时打印 {"ready":false,"code":…}。
For evaluation on one machine. There is no currency: price and value are zero. One JSON line on standard output when
ready, or {"ready":false,"code":…}; notes go to standard error.

整条链在内存中:每区块约 15–35 kB;启动时重放日志,每 1,000 区块约一秒。
The chain lives in memory, some 15–35 kB a block, and is replayed on start, about a second per 1,000 blocks.

收据出现之前,交易已写入并同步到 DIR/journal.ndjson;kill -9 不丢失任何有收据的交易。
A transaction is on disk in DIR/journal.ndjson before its receipt exists; kill -9 loses none that has a receipt.
`;

export interface StartOptions {
  readonly dataDir: string;
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly allowOrigins: readonly string[];
  readonly blockIntervalMs: number;
  /** For a new data folder; an existing one must have this id. */
  readonly chainId?: number;
}

export interface Arguments {
  readonly options: StartOptions;
  readonly dieWithParent: boolean;
}

/** Reads the command line. Errors: `chain.bad-argument`, naming the argument. */
export function readArguments(args: readonly string[]): Arguments | "help" {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        data: { type: "string" },
        port: { type: "string", default: String(DEFAULT_PORT) },
        host: { type: "string", default: "127.0.0.1" },
        "allow-origin": { type: "string", multiple: true, default: [] },
        "block-interval-ms": { type: "string", default: "0" },
        "chain-id": { type: "string" },
        "die-with-parent": { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }));
  } catch (error) {
    const option = error instanceof Error ? /'(-[^' ]*)/.exec(error.message)?.[1] : undefined;
    throw new ChainError("chain.bad-argument", { argument: option ?? args.join(" ") }, error);
  }
  if (values.help) return "help";
  if (values.data === undefined || values.data === "")
    throw new ChainError("chain.bad-argument", { argument: "--data" });
  const chainId = values["chain-id"];
  return {
    options: {
      dataDir: resolve(values.data),
      host: values.host,
      port: readInteger("--port", values.port, { min: 0, max: 65_535 }),
      allowOrigins: values["allow-origin"].map(readOrigin),
      blockIntervalMs: readInteger("--block-interval-ms", values["block-interval-ms"], { min: 0, max: 60_000 }),
      ...(chainId === undefined ? {} : { chainId: readInteger("--chain-id", chainId, { min: 1, max: 0x7fff_ffff }) }),
    },
    dieWithParent: values["die-with-parent"],
  };
}

function readInteger(argument: string, text: string, range: { readonly min: number; readonly max: number }): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
  if (!(value >= range.min && value <= range.max)) throw new ChainError("chain.bad-argument", { argument });
  return value;
}

/** An origin exactly as a browser sends it; anything else would never match. */
function readOrigin(text: string): string {
  if (!URL.canParse(text) || new URL(text).origin !== text) {
    throw new ChainError("chain.bad-argument", { argument: "--allow-origin" });
  }
  return text;
}
