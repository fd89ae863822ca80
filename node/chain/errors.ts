import { errorClass, errorText as text, type ErrorText } from "../../sdk/protocol/errors.ts";

/** Why a transaction of this node has no good receipt. */
export const senderErrorTexts = {
  "transaction.failed": text(
    "交易在区块 {block} 中执行失败",
    "The transaction failed in block {block}",
    "状态在模拟之后发生了变化;请核对后重试。",
    "The state changed after the simulation; look at it and try again.",
  ),
  "transaction.cancelled": text(
    "链节点始终不接受该交易,已取消",
    "No endpoint accepted the transaction; it was cancelled",
    "请检查链的费用与燃料上限设置,然后重试。",
    "Check the chain's gas price and block gas limit, then try again.",
  ),
  "transaction.nonce-taken": text(
    "序号 {nonce} 已被同一账户的其他交易使用",
    "Another transaction of the account took nonce {nonce}",
    "请确认该账户只由本节点使用,然后重试。",
    "Make sure that only this node uses the account, then try again.",
  ),
  "sender.closed": text(
    "节点正在停止",
    "The node is stopping",
    "已签名的交易将在节点重新启动后继续。",
    "What was signed goes on when the node is back.",
  ),
} as const satisfies Record<string, ErrorText>;

export type SenderErrorCode = keyof typeof senderErrorTexts;
export class SenderError extends errorClass<SenderErrorCode>("SenderError", senderErrorTexts) {}
