import { errorClass, errorText as text, type ErrorText } from "../../sdk/protocol/errors.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";

const restore = ["请从备份恢复。", "Restore from a backup."] as const;
const findOut = ["请停止节点并查明原因。", "Stop the node and find out why."] as const;

export const fsckTexts = {
  "fsck.file-damaged": text("文件 {part} 与其校验和不符", "The file {part} does not fit its checksums", ...restore),
  "fsck.header-missing": text("编号 {seq} 缺少头部", "Number {seq} has no header", ...restore),
  "fsck.header-damaged": text("编号 {seq} 的头部已损坏", "The header of number {seq} is damaged", ...restore),
  "fsck.unreadable": text("部分{part}无法读取", "Some of the {part} cannot be read", ...restore),
  "fsck.number-beyond": text("编号 {seq} 超出已分配范围", "Number {seq} was never given", ...findOut),
  "fsck.payload-damaged": text("编号 {seq} 已损坏:{part}", "Number {seq} is damaged: {part}", ...restore),
  "fsck.not-erased": text(
    "已销毁的编号 {seq} 仍有 {part}",
    "Number {seq} was destroyed and still has its {part}",
    "请重新启动节点以完成销毁。",
    "Start the node again to complete the destruction.",
  ),
  "fsck.batch-gap": text("编号 {seq} 起没有批次", "No batch begins at number {seq}", ...restore),
  "fsck.root-mismatch": text(
    "批次 {first} 的记录不能得出其根",
    "The records of batch {first} do not give its root",
    ...restore,
  ),
  "fsck.cursor": text(
    "批次 {first} 的状态与游标不符",
    "The state of batch {first} does not fit the cursor",
    ...findOut,
  ),
  "fsck.anchor-mismatch": text(
    "链上编号 {first} 处的锚与批次不符",
    "The chain's anchor at number {first} is not that of the batch",
    ...findOut,
  ),
  "fsck.anchor-missing": text("批次 {first} 不在链上", "Batch {first} is not on chain", ...findOut),
  "fsck.store-behind": text(
    "链上有 {chain} 条,存储只有 {local} 条",
    "The chain has {chain} records, the store {local}",
    "存储丢失数据或来自旧备份;请恢复最新备份。",
    "The store lost data or is an old backup: restore the newest one.",
  ),
  "fsck.other-keystore": text(
    "密钥库与数据目录不匹配",
    "The keystore does not belong to the data folder",
    "请使用创建该数据目录时的密钥库。",
    "Use the keystore with which the data folder was made.",
  ),
} as const satisfies Record<string, ErrorText>;

export type FsckCode = keyof typeof fsckTexts;

/** One thing wrong with a store. `values` holds the number; the scope is a field of its own. */
export class FsckFinding extends errorClass<FsckCode>("FsckFinding", fsckTexts) {
  readonly scope: Hex | undefined;

  constructor(
    code: FsckCode,
    {
      scope,
      ...values
    }: {
      readonly scope?: Hex;
      readonly seq?: number;
      readonly first?: number;
      readonly part?: string;
      readonly chain?: number;
      readonly local?: number;
    },
  ) {
    super(code, values);
    this.scope = scope;
  }
}
