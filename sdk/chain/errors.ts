import { errorClass, errorText as text, type ErrorText } from "../protocol/errors.ts";

const otherEndpoint = [
  "请换用另一个链节点,或联系其运维人员。",
  "Use another chain endpoint, or tell its operator.",
] as const;
const checkTrust = [
  "请核对信任文件与 --rpc 是否属于同一账本。",
  "Check that the trust file and --rpc belong to the same ledger.",
] as const;

/** Why a question to the chain has no usable answer. `endpoint` is scheme, host and port only: a path or query may hold a secret. */
export const chainErrorTexts = {
  "chain.unreachable": text(
    "无法连接链节点 {endpoint}",
    "The chain endpoint {endpoint} cannot be reached",
    "请确认节点正在运行、地址与网络可用,然后重试。",
    "Check that it runs and that the address and network are right, then try again.",
  ),
  "chain.timeout": text(
    "链节点 {endpoint} 在 {timeoutMs} 毫秒内没有回应",
    "The chain endpoint {endpoint} did not answer within {timeoutMs} ms",
    "请稍后重试,或换用另一个链节点。",
    "Try again later, or use another chain endpoint.",
  ),
  "chain.http": text(
    "链节点 {endpoint} 返回 HTTP {status}",
    "The chain endpoint {endpoint} answered HTTP {status}",
    ...otherEndpoint,
  ),
  "chain.response-too-large": text(
    "链节点 {endpoint} 的回应超过 {limit} 字节",
    "The answer of {endpoint} is larger than {limit} bytes",
    ...otherEndpoint,
  ),
  "chain.response-invalid": text(
    "链节点对 {method} 的回应不合规范",
    "The answer to {method} is not what the standard says",
    ...otherEndpoint,
  ),
  "chain.method-unavailable": text(
    "链节点不提供 {method}",
    "The chain endpoint does not offer {method}",
    ...otherEndpoint,
  ),
  "chain.rejected": text(
    "链节点拒绝了 {method}(错误码 {number})",
    "The chain endpoint refused {method} (error {number})",
    ...otherEndpoint,
  ),
  "chain.already-known": text(
    "链节点已收到同一笔交易",
    "The chain endpoint has this very transaction already",
    "请查询其回执。",
    "Look for its receipt.",
  ),
  "chain.nonce-used": text(
    "交易序号已被使用",
    "The transaction's nonce has been used",
    "请先查询已发送交易的回执,再取新的序号。",
    "Look for the receipt of what was sent before, then take a new nonce.",
  ),
  "chain.revert": text(
    "合约拒绝执行:{error}",
    "The contract refused: {error}",
    "请对照合约接口中该错误的说明。",
    "Read what the contract's interface says of this error.",
  ),
  "chain.wrong-chain": text(
    "{endpoint} 是链 {found},而信任的是链 {expected}",
    "{endpoint} is chain {found}, trusted is chain {expected}",
    ...checkTrust,
  ),
  "chain.wrong-genesis": text(
    "{endpoint} 的创世区块与信任文件不同",
    "The genesis block of {endpoint} is not the trusted one",
    ...checkTrust,
  ),
  "chain.directory-missing": text(
    "{endpoint} 上没有信任文件所指的合约目录",
    "The trusted Directory has no code at {endpoint}",
    ...checkTrust,
  ),
  "chain.contract-missing": text(
    "合约目录中没有 {contract} 在时刻 {time} 有效的条目",
    "The Directory has no entry for {contract} in force at {time}",
    "请核对时间;若账本尚在部署,请稍后重试。",
    "Check the time; while the ledger is being deployed, try again later.",
  ),
  "chain.block-unknown": text(
    "链节点没有所要的区块",
    "The chain endpoint does not have the block asked for",
    "请等待节点同步,或换用另一个链节点。",
    "Wait until it is in step, or use another chain endpoint.",
  ),
  "chain.block-replaced": text(
    "读取期间区块 {number} 被替换",
    "Block {number} was replaced while it was being read",
    "请重试;若再次发生,请改用带终局性的区块标签。",
    "Try again; if it happens again, read at a finalized block.",
  ),
  "chain.disagreement": text(
    "多个链节点对同一问题的回答不同",
    "The chain endpoints answer the same question differently",
    "至少有一个节点不可信或落后,请逐个核实。",
    "At least one of them is wrong or behind; look at each by itself.",
  ),
  "chain.endpoint-behind": text(
    "链节点 {endpoint} 落后 {blocks} 个区块",
    "The chain endpoint {endpoint} is {blocks} blocks behind another",
    "请等待其同步后重试;若持续落后,请停用该节点。",
    "Try again when it has caught up; if it stays behind, stop using it.",
  ),
  "chain.status-incomplete": text(
    "状态历史不完整或自相矛盾(第 {version} 版)",
    "The status history is incomplete or contradicts itself (version {version})",
    ...otherEndpoint,
  ),
  "chain.history-too-long": text(
    "{method} 的区间过大,链节点拒绝回答",
    "The chain endpoint refuses the range of {method}, however small",
    ...otherEndpoint,
  ),
} as const satisfies Record<string, ErrorText>;

export type ChainErrorCode = keyof typeof chainErrorTexts;
export class ChainError extends errorClass<ChainErrorCode>("ChainError", chainErrorTexts) {}

export const isRevert = (error: unknown, name?: string): error is ChainError =>
  error instanceof ChainError &&
  error.code === "chain.revert" &&
  (name === undefined || error.values["error"] === name);
