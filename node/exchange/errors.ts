import { errorClass, errorText as text, type ErrorText } from "../../sdk/protocol/errors.ts";

/** What keeps a node from dealing with others at all. */
export const exchangeErrorTexts = {
  "own-key.unregistered": text(
    "登记簿中没有部门 {department} 的这把 Ed25519 密钥",
    "The registry does not have this node's Ed25519 key for {department}",
    "请先由数据主管部门接入本部门,或登记密钥库中的公钥。",
    "Have the department admitted, or add the keystore's public key to the registry.",
  ),
  "department.unknown": text(
    "账本上没有部门 {department}",
    "The ledger has no department {department}",
    "请核对统一社会信用代码。",
    "Check the USCC.",
  ),
} as const satisfies Record<string, ErrorText>;

export type ExchangeErrorCode = keyof typeof exchangeErrorTexts;
export class ExchangeError extends errorClass<ExchangeErrorCode>("ExchangeError", exchangeErrorTexts) {}
