import { errorClass, errorText as text, type ErrorText } from "../../sdk/protocol/errors.ts";

export const correctionErrorTexts = {
  "correction.unknown": text(
    "没有这项更正申请",
    "There is no such request for correction",
    "请核对申请编号,或在列表中选择。",
    "Check its id, or choose it from the list.",
  ),
  "correction.not-received": text(
    "该次交付中没有收到这条记录",
    "No such record was received with this delivery",
    "请核对授权、交付编号与记录序号。",
    "Check the agreement, the delivery's number and which of its records is meant.",
  ),
  "correction.not-settled": text(
    "该次交付的回执尚未登记,还不能申请更正",
    "The receipt of this delivery is not on record yet",
    "回执会自动登记;请稍后重试。",
    "It is recorded by itself; try again in a moment.",
  ),
  "correction.not-party": text(
    "该更正申请不涉及本部门与对方之间的授权",
    "The request is not about an agreement between the two departments",
    "请核对授权与收件部门。",
    "Check the agreement and to whom it is addressed.",
  ),
  "correction.invalid": text(
    "更正申请或答复未通过核验({code})",
    "The request for correction, or its answer, does not hold ({code})",
    "请由发出部门重新提出。",
    "Let the department that sent it ask anew.",
  ),
  "correction.no-successor": text(
    "尚无代替该记录的新记录",
    "No record stands in the place of the one in question yet",
    "请先出具更正后的记录:注明它取代哪一条;或先终止原记录,再以同一业务编号出具。",
    "Issue the corrected record first: one that names its predecessor, or, once that one is ended, one under the same business key.",
  ),
  "correction.answered": text(
    "该更正申请已有答复",
    "The request has been answered already",
    "请查看答复;如有新的问题,请另行提出。",
    "See the answer; ask anew about anything else.",
  ),
} as const satisfies Record<string, ErrorText>;

export class CorrectionError extends errorClass<keyof typeof correctionErrorTexts>(
  "CorrectionError",
  correctionErrorTexts,
) {}
