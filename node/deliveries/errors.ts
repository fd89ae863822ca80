import { errorClass, errorText as text, type ErrorText } from "../../sdk/protocol/errors.ts";

/** Why a delivery, or the receipt of one, is refused. */
export const deliveryErrorTexts = {
  "delivery.unknown": text(
    "没有这次交付",
    "There is no such delivery",
    "请核对授权标识与编号。",
    "Check the agreement and the number.",
  ),
  "delivery.ledger": text(
    "请求针对的是另一账本",
    "The request is about another ledger",
    "请核对双方的信任文件。",
    "Compare the trust files of both sides.",
  ),
  "delivery.not-party": text(
    "贵部门没有这项授权",
    "Your department has no such agreement",
    "请先申请共享;使用方只能凭本部门的授权索取。",
    "Apply first; a consumer is served under its own agreements only.",
  ),
  "delivery.request-signature": text(
    "交付请求的签名无效",
    "The signature under the delivery request is not valid",
    "请用使用方在登记簿中受信任的 Ed25519 密钥签名。",
    "Sign it with an Ed25519 key of the consumer that the registry trusts now.",
  ),
  "delivery.not-reserved": text(
    "编号 {k} 未预留(已预留 {reserved} 个)",
    "Number {k} is not reserved ({reserved} are)",
    "请先在链上预留编号。",
    "Reserve numbers on chain first.",
  ),
  "delivery.not-in-force": text(
    "授权现在无效(状态 {state})",
    "The agreement is not in force now ({state})",
    "请查看授权的状态与期限。",
    "Look at the agreement's state and period.",
  ),
  "delivery.grant-missing": text(
    "提供方节点没有该授权的申请文书",
    "The provider's node does not hold the application document",
    "请由使用方重新送达申请文书。",
    "Have the consumer hand over the application again.",
  ),
  "delivery.purpose": text(
    "用途与授权不符",
    "The purpose is not the agreed one",
    "请使用授权文书中的用途代码。",
    "Use the purpose code of the application.",
  ),
  "delivery.field-not-granted": text(
    "第 {index} 个字段未获授权",
    "Field {index} is not granted",
    "只能索取授权文书中列明的字段。",
    "Ask only for fields that the application lists.",
  ),
  "delivery.number-used": text(
    "编号 {k} 已用于另一请求",
    "Number {k} was used for another request",
    "请使用下一个编号。",
    "Use the next number.",
  ),
  "delivery.settled": text(
    "编号 {k} 已结清,不能再交付",
    "Number {k} is settled and cannot be served any more",
    "请使用下一个编号。",
    "Use the next number.",
  ),
  "delivery.unacknowledged-limit": text(
    "已有 {limit} 次交付未回执",
    "{limit} deliveries have no receipt yet",
    "请先会签此前交付的回执。",
    "Countersign the earlier deliveries first.",
  ),
  "delivery.record-unavailable": text(
    "第 {index} 个编号没有可交付的记录({reason})",
    "Key {index} has no record that can be delivered ({reason})",
    "请核对业务编号;暂扣、撤销、已销毁或尚未最终确认的记录不交付。",
    "Check the business key; a record that is not active, not final, or destroyed is not delivered.",
  ),
  "delivery.receipt-invalid": text(
    "回执的 {part} 与交付不符",
    "The receipt's {part} does not fit the delivery",
    "请对收到的交付条款签名。",
    "Sign the terms of the delivery that was received.",
  ),
  "delivery.uses-exhausted": text(
    "授权的使用次数({maximumUses})已用完",
    "The agreement's uses ({maximumUses}) are exhausted",
    "请另行申请。",
    "Apply again.",
  ),
  "delivery.undetermined": text(
    "现在无法验证收到的交付({checks})",
    "What was received cannot be verified now ({checks})",
    "请稍后以同一幂等键重试;节点也会自动重试。",
    "Repeat later with the same idempotency key; the node repeats it by itself too.",
  ),
  "delivery.idempotency-conflict": text(
    "同一幂等键已用于另一请求(编号 {k})",
    "The idempotency key was used for another request (number {k})",
    "请为不同请求使用新的幂等键。",
    "Use a new key for another request.",
  ),
} as const satisfies Record<string, ErrorText>;

export type DeliveryErrorCode = keyof typeof deliveryErrorTexts;
export class DeliveryError extends errorClass<DeliveryErrorCode>("DeliveryError", deliveryErrorTexts) {}
