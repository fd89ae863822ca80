import { errorClass, errorText as text, type ErrorText } from "../../sdk/protocol/errors.ts";

/** Why the node takes no records for now. */
export const admissionErrorTexts = {
  "admission.backlog": text(
    "已受理而未上链的记录过多({waiting})",
    "Too many records are accepted and in no block yet ({waiting})",
    "请稍后重试;链恢复出块后会自动受理。",
    "Try again later: the node takes records when the chain makes blocks again.",
  ),
  "admission.disk": text(
    "节点的磁盘空间不足",
    "The node's disk is nearly full",
    "请稍后重试;节点运维人员须先腾出空间。",
    "Try again later: the node's operator must make room first.",
  ),
  "admission.clock": text(
    "节点的时钟比链快 {seconds} 秒",
    "The node's clock is {seconds} seconds ahead of the chain's",
    "请稍后重试;节点运维人员须先校准时钟。",
    "Try again later: the node's operator must set the clock first.",
  ),
} as const satisfies Record<string, ErrorText>;

export type AdmissionErrorCode = keyof typeof admissionErrorTexts;
export class AdmissionError extends errorClass<AdmissionErrorCode>("AdmissionError", admissionErrorTexts) {}
