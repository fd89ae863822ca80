import { errorClass, type ErrorText } from "../../sdk/protocol/errors.ts";

const text = (zh: string, en: string, remedyZh: string, remedyEn: string): ErrorText => ({
  zh,
  en,
  remedy: { zh: remedyZh, en: remedyEn },
});

export const keyErrorTexts = {
  "key.other-keystore": text(
    "密钥库与数据目录不匹配",
    "The keystore does not belong to the data folder",
    "请使用创建该数据目录时的密钥库。",
    "Use the keystore with which the data folder was made.",
  ),
  "key.unwrap-failed": text(
    "数据密钥无法解封(密钥代次 {epoch})",
    "A data key does not unwrap (epoch {epoch})",
    "数据密钥或密钥库已损坏;请运行 suyuan fsck。",
    "The data key or the keystore is damaged; run suyuan fsck.",
  ),
  "key.length": text(
    "密钥应为 {expected} 字节",
    "A key must have {expected} bytes",
    "请核对密钥库。",
    "Check the keystore.",
  ),
  "key.sealed-damaged": text(
    "一份加密存放的内容已损坏",
    "Something stored under encryption is damaged",
    "请从备份恢复数据目录,或向对方重新索取。",
    "Restore the data folder from a backup, or obtain it again from the other side.",
  ),
} as const satisfies Record<string, ErrorText>;

export type KeyErrorCode = keyof typeof keyErrorTexts;
export class KeyError extends errorClass<KeyErrorCode>("KeyError", keyErrorTexts) {}
