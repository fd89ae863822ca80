import { errorClass } from "../../sdk/protocol/errors.ts";

/** Why the embedded chain refuses to start, or stops. The codes are stable. */
export class ChainError extends errorClass("ChainError", {
  "chain.bad-argument": {
    zh: "参数 {argument} 无效。",
    en: "The argument {argument} is not valid.",
    remedy: { zh: "用 --help 查看可用的参数。", en: "See --help for the arguments." },
  },
  "chain.host-not-loopback": {
    zh: "内置链只能在本机回环地址上监听,不接受 {host}。",
    en: "The embedded chain listens on loopback only, not on {host}.",
    remedy: {
      zh: "用 127.0.0.1、::1 或 localhost;多机部署请用 SUYUAN_RPC_URL 指向生产链。",
      en: "Use 127.0.0.1, ::1 or localhost; for several machines point SUYUAN_RPC_URL at a production chain.",
    },
  },
  "chain.port-in-use": {
    zh: "端口 {port} 已被占用。",
    en: "Port {port} is already in use.",
    remedy: { zh: "停止占用该端口的程序,或用 --port 另选。", en: "Stop what uses it, or choose another with --port." },
  },
  "chain.locked": {
    zh: "另一个进程正在使用 {dir}。",
    en: "Another process is using {dir}.",
    remedy: {
      zh: "先停止那个进程;锁由操作系统持有,进程一结束(包括 kill -9)即释放。",
      en: "Stop that process; the operating system holds the lock and frees it however the process ends.",
    },
  },
  "chain.lock-failed": {
    zh: "无法在 {dir} 上加锁。",
    en: "Cannot take the lock in {dir}.",
    remedy: { zh: "检查该目录的权限和磁盘。", en: "Check the folder's permissions and its disk." },
  },
  "chain.journal-format": {
    zh: "日志 {file} 的首行不是本版本认识的格式。",
    en: "The first line of {file} is not of a format this version knows.",
    remedy: {
      zh: "用创建它的版本打开,或另选 --data 目录。",
      en: "Open it with the version that made it, or choose another --data folder.",
    },
  },
  "chain.journal-damaged": {
    zh: "日志 {file} 第 {line} 行已损坏。",
    en: "Line {line} of {file} is damaged.",
    remedy: {
      zh: "从备份恢复整个数据目录;不要删行,其后的区块都依赖它。",
      en: "Restore the whole data folder from a copy; do not delete lines, every later block depends on them.",
    },
  },
  "chain.journal-truncated": {
    zh: "日志 {file} 只到区块 {have},但区块 {mined} 曾经出过块。",
    en: "{file} ends at block {have}, but block {mined} had been mined.",
    remedy: {
      zh: "从备份恢复整个数据目录;若接受丢失其后的区块,删除同目录的 tip 文件后再启动。",
      en: "Restore the whole data folder from a copy; to accept the loss of the later blocks, delete the file tip beside it.",
    },
  },
  "chain.journal-write-failed": {
    zh: "日志写入失败(区块 {block}),链已停止;该区块没有生效。",
    en: "Writing block {block} to the journal failed; the chain has stopped and the block has no effect.",
    remedy: { zh: "检查磁盘空间和磁盘健康后重新启动。", en: "Check the disk's space and health, then start again." },
  },
  "chain.replay-diverged": {
    zh: "重放日志第 {line} 行(区块 {block})得到的链与记录的不同。",
    en: "Replaying line {line} (block {block}) gives another chain than the one recorded.",
    remedy: {
      zh: "用写下日志时的引擎({engine})重放,或从备份恢复数据目录。",
      en: "Replay with the engine that wrote the journal ({engine}), or restore the data folder from a copy.",
    },
  },
  "chain.id-mismatch": {
    zh: "数据目录属于链 {have},不是 {wanted}。",
    en: "The data folder belongs to chain {have}, not {wanted}.",
    remedy: {
      zh: "去掉 --chain-id,或另选 --data 目录。",
      en: "Leave out --chain-id, or choose another --data folder.",
    },
  },
  "chain.mining-failed": {
    zh: "区块 {block} 未能按日志出块,链已停止。",
    en: "Block {block} could not be mined as journaled; the chain has stopped.",
    remedy: { zh: "重新启动;日志会重放。", en: "Start again; the journal is replayed." },
  },
  "chain.start-failed": {
    zh: "内置链进程未能启动({detail})。",
    en: "The embedded chain's process did not start ({detail}).",
    remedy: { zh: "查看该进程的标准错误输出。", en: "Read what that process wrote on standard error." },
  },
}) {}

export type ChainErrorCode = ChainError["code"];

/** An answer of the JSON-RPC interface that is an error; `rpcCode` and `message` are what clients match on. */
export class RpcFailure extends Error {
  readonly rpcCode: number;
  readonly data: string | undefined;

  constructor(rpcCode: number, message: string, data?: string) {
    super(message);
    this.name = "RpcFailure";
    this.rpcCode = rpcCode;
    this.data = data;
  }
}

/** JSON-RPC 2.0 §5.1 and EIP-1474; `executionReverted` is the code geth gives to a revert with data. */
export const RpcCode = {
  parse: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
  rejected: -32000,
  limitExceeded: -32005,
  executionReverted: 3,
} as const;
