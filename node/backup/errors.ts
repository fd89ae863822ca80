import { errorClass, errorText as text, type ErrorText } from "../../sdk/protocol/errors.ts";

export const backupErrorTexts = {
  "backup.not-configured": text(
    "节点没有备份目录",
    "The node has no folder for backups",
    "请设置 SUYUAN_BACKUPS 后重新启动节点。",
    "Set SUYUAN_BACKUPS and start the node again.",
  ),
  "backup.running": text(
    "已有一份备份正在写入",
    "A backup is being written already",
    "请等待其完成。",
    "Wait until it is done.",
  ),
  "backup.failed": text(
    "备份无法写入",
    "The backup cannot be written",
    "请检查备份目录的空间和权限。",
    "Check space and permissions of the folder for backups.",
  ),
  "backup.damaged": text(
    "备份不完整或已损坏:{part}",
    "The backup is incomplete or damaged: {part}",
    "请使用另一份备份。",
    "Use another backup.",
  ),
  "backup.target-used": text(
    "目标目录中已有存储",
    "The target folder holds a store already",
    "请使用空目录;若要替换,先移走旧的存储。",
    "Use an empty folder; to replace a store, move the old one away first.",
  ),
  "backup.other-ledger": text(
    "备份属于另一个账本",
    "The backup is of another ledger",
    "请核对信任文件。",
    "Check the trust file.",
  ),
  "backup.older-than-chain": text(
    "备份早于链上记录:{scopes} 个范围共缺少 {records} 条已锚定的记录",
    "The backup is older than the chain: {records} anchored records of {scopes} scopes are missing from it",
    "请恢复更新的备份;没有更新的备份时,缺失的载荷无法找回,请联系数据主管部门。",
    "Restore a newer backup; without one the missing payloads are lost: tell the authority.",
  ),
} as const satisfies Record<string, ErrorText>;

export type BackupErrorCode = keyof typeof backupErrorTexts;
export class BackupError extends errorClass<BackupErrorCode>("BackupError", backupErrorTexts) {}
