import { errorClass, type ErrorText } from "../protocol/errors.ts";

/** Why a mirror cannot go on. */
export const mirrorErrorTexts = {
  "mirror.state-unreadable": {
    zh: "镜像文件夹 {folder} 中的 {file} 无法使用({rule})",
    en: "{file} in the mirror's folder {folder} cannot be used ({rule})",
    remedy: {
      zh: "请用备份恢复该文件夹;若无备份,请保留原文件夹并在新文件夹中重新开始。",
      en: "Restore the folder from a backup; without one, keep it and begin again in a new folder.",
    },
  },
  "mirror.other-ledger": {
    zh: "镜像文件夹 {folder} 属于另一个账本",
    en: "The mirror's folder {folder} belongs to another ledger",
    remedy: { zh: "请核对信任文件,或改用另一个文件夹。", en: "Check the trust file, or use another folder." },
  },
  "mirror.chain-behind": {
    zh: "链节点只到第 {number} 号区块,镜像已见过第 {seen} 号",
    en: "The endpoint is at block {number}, and the mirror has seen block {seen}",
    remedy: {
      zh: "请等待节点同步,或换用另一个链节点。",
      en: "Wait until it is in step, or use another chain endpoint.",
    },
  },
} as const satisfies Record<string, ErrorText>;

export type MirrorErrorCode = keyof typeof mirrorErrorTexts;
export class MirrorError extends errorClass<MirrorErrorCode>("MirrorError", mirrorErrorTexts) {}
