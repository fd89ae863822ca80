import type { ErrorText } from "../../protocol/errors.ts";

/** Who can put a matter right: the one who holds the file, its issuer, the department that handed it over, the one that received it, or who runs the chain. */
export type Fixer = "nobody" | "holder" | "issuer" | "provider" | "consumer" | "operator";

export interface FindingText extends ErrorText {
  readonly fixer: Fixer;
}

interface Words {
  readonly zh: string;
  readonly en: string;
}

/** Nothing to do. */
export const good = (zh: string, en: string): FindingText => ({ zh, en, remedy: { zh: "", en: "" }, fixer: "nobody" });

export const bad = (what: Words, remedy: Words, fixer: Fixer): FindingText => ({ ...what, remedy, fixer });

export const ASK_ORIGINAL: Words = {
  zh: "请勿使用。请向出具方索取完整、未经改动的文件。",
  en: "Do not use it. Ask whoever gave you the file for a complete, unaltered copy.",
};
export const ASK_ISSUER: Words = {
  zh: "请勿使用。请联系出具部门核实。",
  en: "Do not use it. Ask the issuing department.",
};
export const ASK_PROVIDER: Words = {
  zh: "请勿使用。请通过有效的共享授权重新获取。",
  en: "Do not use it. Obtain it again under an agreement in force.",
};
export const ASK_NEWER: Words = {
  zh: "请使用新版验证工具重试。",
  en: "Try again with a newer verifier.",
};
