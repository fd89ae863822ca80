import { errorClass, errorText as text, type ErrorText } from "../../sdk/protocol/errors.ts";

/** Why the anchoring of a scope has stopped: nothing of it is signed until somebody has looked. */
export const alarmTexts = {
  "alarm.record-damaged": text(
    "编号 {seq} 的记录已损坏:{part}",
    "Record number {seq} is damaged: {part}",
    "从备份恢复该记录;无法恢复时将其作废,然后恢复锚定。",
    "Restore the record from a backup, or make its number void, then resume anchoring.",
  ),
  "alarm.batch-damaged": text(
    "批次 {first} 的根与记录不符",
    "The records of batch {first} do not give its root",
    "请运行 suyuan fsck 并从备份恢复。",
    "Run suyuan fsck and restore from a backup.",
  ),
  "alarm.cursor-damaged": text(
    "编号计数({accepted} 条,其中 {final} 条已最终确认)与记录不符",
    "The counters ({accepted} records, {final} of them final) do not fit the records",
    "请停止节点,运行 suyuan fsck 并从备份恢复。",
    "Stop the node, run suyuan fsck and restore from a backup.",
  ),
  "alarm.foreign-anchor": text(
    "编号 {first} 处锚定的不是本节点的批次",
    "What is anchored at number {first} is not this node's batch",
    "该账户或数据目录正被另一处使用,或数据来自旧备份;请核查后恢复最新数据。",
    "The account or a copy of the data is used elsewhere, or the store is an old backup: find out, and restore the newest data.",
  ),
  "alarm.chain-behind": text(
    "链上只有 {chain} 条,而 {local} 条已最终确认",
    "The chain has {chain} records, {local} were final",
    "链已被回退到终局之前;请联系链的运维方。",
    "The chain went back behind finality: tell its operators.",
  ),
  "alarm.settlement-over": text(
    "授权 {first} 号起的结算期已过",
    "The settlement period ended before number {first}",
    "未结算的编号将由对方或主管部门记录。",
    "The numbers that are open will be recorded by the other side or the authority.",
  ),
  "alarm.event-mismatch": text(
    "交易成功,但锚定事件与批次 {first} 不符",
    "The transaction succeeded, but its event is not that of batch {first}",
    "链节点的回应不可信;请换用另一个链节点核查。",
    "The endpoint's answer cannot be believed: look with another one.",
  ),
} as const satisfies Record<string, ErrorText>;

export type AlarmCode = keyof typeof alarmTexts;

/** Stops a scope. */
export class Alarm extends errorClass<AlarmCode>("Alarm", alarmTexts) {}
