import { errorClass, errorText as text, type ErrorText } from "../../sdk/protocol/errors.ts";

export const keyErrorTexts = {
  "key.other-keystore": text(
    "密钥库与数据目录不匹配",
    "The keystore does not belong to the data folder",
    "请使用创建该数据目录时的密钥库。",
    "Use the keystore with which the data folder was made.",
  ),
  "key.epochs-missing": text(
    "密钥目录中没有代次密钥文件 epochs.json",
    "The key folder has no epochs.json",
    "请恢复与该数据目录同时备份的密钥目录,或改正 SUYUAN_KEYS;没有它,任何载荷都无法打开。",
    "Restore the key folder that belongs to this data folder, or correct SUYUAN_KEYS: without it no payload opens.",
  ),
  "key.epochs-damaged": text(
    "代次密钥文件 epochs.json 已损坏,或属于另一个密钥库",
    "epochs.json is damaged, or belongs to another keystore",
    "请从最近一次密钥备份恢复该文件。",
    "Restore the file from the latest copy of the keys.",
  ),
  "key.epochs-behind": text(
    "密钥目录只到第 {found} 代,而数据已用到第 {wanted} 代",
    "The key folder ends at epoch {found}, the data is at epoch {wanted}",
    "密钥目录是旧副本;请恢复最近一次密钥备份。",
    "The key folder is an old copy: restore the newest one.",
  ),
  "key.epochs-erased": text(
    "数据停留在第 {found} 代,其密钥已销毁(现存自第 {oldest} 代起)",
    "The data stops at epoch {found}, whose keys were erased (the oldest left is {oldest})",
    "数据是销毁之前的旧备份,不能再打开;请恢复最近一次数据备份。",
    "The data is a backup from before a destruction and cannot be opened: restore the newest one.",
  ),
  "key.renewal-damaged": text(
    "有 {count} 个数据密钥已损坏,旧代次密钥未销毁",
    "{count} data keys are damaged; the old epoch was not erased",
    "请运行 suyuan fsck;从备份恢复这些记录,或将其销毁,之后会自动继续。",
    "Run suyuan fsck; restore those records from a backup or destroy them, and it goes on by itself.",
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
