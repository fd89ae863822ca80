import { errorClass, errorText as text, type ErrorText } from "../../sdk/protocol/errors.ts";

export const storageErrorTexts = {
  "storage.locked": text(
    "数据目录正被另一个进程使用",
    "Another process uses the data folder",
    "请先停止该进程,或使用另一个数据目录。",
    "Stop that process, or use another data folder.",
  ),
  "storage.missing": text("数据目录中没有存储", "The data folder holds no store", "请核对路径。", "Check the path."),
  "storage.format-unknown": text(
    "存储格式 {found} 不受支持(支持 {known})",
    "Store format {found} is not supported (known: {known})",
    "请使用创建该数据的版本,或升级后按说明迁移。",
    "Use the version that made the data, or migrate it as the upgrade notes say.",
  ),
  "storage.format-older": text(
    "存储为较早的格式 {found}",
    "The store has the older format {found}",
    "请先用本版本启动一次节点以完成升级。",
    "Start the node once with this version: it upgrades the store.",
  ),
  "storage.not-a-store": text(
    "该目录中的数据库不是本系统的存储",
    "The folder holds a database that is not a Suyuan store",
    "请使用空目录。",
    "Use an empty folder.",
  ),
  "storage.indeterminate": text(
    "写入结果未知",
    "The outcome of a write is unknown",
    "请原样重试:重复提交会返回同一结果。",
    "Repeat the same call: a repeated submission gives the same result.",
  ),
  "storage.unavailable": text(
    "存储无法打开",
    "The store cannot be opened",
    "请检查磁盘空间、权限和硬件。",
    "Check disk space, permissions and hardware.",
  ),
  "storage.unreadable": text(
    "存储中有不可读的数据",
    "The store holds unreadable data",
    "请停止节点并运行 suyuan fsck。",
    "Stop the node and run suyuan fsck.",
  ),
  "storage.damaged": text(
    "存储文件 {file} 已损坏",
    "The store's file {file} is damaged",
    "请勿改动该目录;从备份恢复(suyuan restore)。",
    "Leave the folder as it is and restore from a backup (suyuan restore).",
  ),
  "storage.closed": text(
    "存储已关闭",
    "The store is closed",
    "请在节点重新启动后重试。",
    "Try again when the node is back.",
  ),
  "storage.lease-held": text(
    "任务 {name} 已在运行",
    "The task {name} is running already",
    "每项任务只能有一个执行者。",
    "Let one worker run each task.",
  ),
} as const satisfies Record<string, ErrorText>;

export type StorageErrorCode = keyof typeof storageErrorTexts;
export class StorageError extends errorClass<StorageErrorCode>("StorageError", storageErrorTexts) {}
