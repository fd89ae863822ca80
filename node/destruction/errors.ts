import { errorClass, errorText as text, type ErrorText } from "../../sdk/protocol/errors.ts";

export const destructionErrorTexts = {
  "destruction.approvals": text(
    "销毁决定的第 {number} 个签署无效:{reason}",
    "Approval {number} of the destruction is not valid: {reason}",
    "须由本部门两把不同的、现行有效的 Ed25519 密钥签署同一决定。",
    "Have two different Ed25519 keys of this department, both in force, sign the same decision.",
  ),
  "destruction.too-few": text(
    "销毁决定须两人签署",
    "A destruction takes the approval of two people",
    "请由第二人以其自己的密钥签署。",
    "Have a second person sign with a key of their own.",
  ),
  "destruction.time": text(
    "销毁决定的时间无效",
    "The decision's time is not valid",
    "决定须在 24 小时内提交,且不得在未来。",
    "Submit a decision within 24 hours; it cannot be in the future.",
  ),
  "destruction.reason": text(
    "销毁理由代码格式无效",
    "The reason code is malformed",
    "请使用小写字母、数字和连字符。",
    "Use lower-case letters, digits and hyphens.",
  ),
  "destruction.unknown": text(
    "编号 {seq} 没有销毁决定",
    "No destruction of record {seq} was decided",
    "请核对编号。",
    "Check the number.",
  ),
  "destruction.intent-invalid": text(
    "已存储的销毁决定未通过复核",
    "The stored decision does not stand up to a second check",
    "请运行 suyuan fsck;未经复核不会删除任何数据。",
    "Run suyuan fsck; nothing is deleted without the check.",
  ),
  "destruction.bytes-remain": text(
    "压缩 {attempts} 次后仍在 {files} 个文件中发现已删除的数据",
    "After {attempts} compactions deleted bytes remain in {files} files",
    "将自动重试;若持续出现,请检查数据目录中是否有副本。",
    "It is tried again; if it persists, look for copies in the data folder.",
  ),
} as const satisfies Record<string, ErrorText>;

export type DestructionErrorCode = keyof typeof destructionErrorTexts;
export class DestructionError extends errorClass<DestructionErrorCode>("DestructionError", destructionErrorTexts) {}
