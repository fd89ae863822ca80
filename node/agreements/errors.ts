import { errorClass, errorText as text, type ErrorText } from "../../sdk/protocol/errors.ts";

/** What the agreements feature refuses beside what the contract does. */
export const agreementErrorTexts = {
  "agreement.unknown": text(
    "账本上没有这项共享授权,或与本部门无关",
    "The ledger has no such agreement, or it does not concern this department",
    "请核对授权标识。",
    "Check the agreement's id.",
  ),
  "agreement.not-party": text(
    "贵部门不是该授权的一方",
    "Your department is not a party of this agreement",
    "请核对授权标识与签名密钥。",
    "Check the agreement's id and the key that signed.",
  ),
  "agreement.document-missing": text(
    "尚未收到申请文书",
    "The application document has not arrived",
    "请等待使用方节点送达,或联系使用方。",
    "Wait until the consumer's node has handed it over, or ask the consumer.",
  ),
  "application.unknown": text(
    "本节点没有该申请文书",
    "This node does not hold the application document",
    "请核对申请记录标识。",
    "Check the application's record id.",
  ),
  "application.damaged": text(
    "存放的申请文书与链上标识不符",
    "The stored application does not have the id that the chain names",
    "请由使用方重新送达。",
    "Have the consumer hand it over again.",
  ),
  "application.mismatch": text(
    "申请文书的 {part} 与链上登记不符",
    "The application's {part} is not what the ledger has",
    "请送达链上所指的那份文书。",
    "Hand over the very document that the ledger names.",
  ),
  "application.field-unknown": text(
    "第 {index} 个字段在资源模式中不存在",
    "Field {index} is not in the resource's schema",
    "请对照资源目录中的数据项。",
    "Compare with the items that the catalogue lists.",
  ),
} as const satisfies Record<string, ErrorText>;

export type AgreementErrorCode = keyof typeof agreementErrorTexts;
export class AgreementError extends errorClass<AgreementErrorCode>("AgreementError", agreementErrorTexts) {}
