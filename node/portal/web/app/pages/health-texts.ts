import type { Texts } from "../../shared/language.tsx";

export const HEALTH_TEXTS = {
  ready: { zh: "就绪", en: "Ready" },
  notReady: { zh: "需要处理", en: "Needs attention" },
  part_chain: { zh: "链", en: "Chain" },
  part_store: { zh: "存储", en: "Store" },
  part_anchoring: { zh: "锚定", en: "Anchoring" },
  part_registration: { zh: "部门登记", en: "Registration" },
  part_backlog: { zh: "锚定积压", en: "Anchoring backlog" },
  part_disk: { zh: "磁盘", en: "Disk" },
  part_clock: { zh: "时钟", en: "Clock" },
  part_destruction: { zh: "销毁", en: "Destruction" },
  do_chain: {
    zh: "检查链端点是否在运行、网络是否通畅;恢复后节点自动继续。",
    en: "See that the chain endpoint runs and is reachable; the node goes on by itself.",
  },
  do_store: {
    zh: "检查磁盘空间与权限;必要时重启节点并运行 suyuan fsck。",
    en: "Check disk space and permissions; restart the node and run suyuan fsck if need be.",
  },
  do_anchoring: {
    zh: "查看下方告警,核对后由运维人员恢复(suyuan operate)。",
    en: "Look at the alarms below; operations resume it after checking (suyuan operate).",
  },
  do_registration: {
    zh: "请数据主管部门核对本部门登记的密钥。",
    en: "Ask the authority to check this department's registered key.",
  },
  do_destruction: {
    zh: "查看运维手册“SuyuanDestructionStuck”;销毁会自动重试。",
    en: "See SuyuanDestructionStuck in the runbook; it is tried again by itself.",
  },
  do_other: { zh: "请查看运维手册(node/operations/RUNBOOK.md)。", en: "See the runbook (node/operations/RUNBOOK.md)." },
  figures: { zh: "运行数据", en: "In figures" },
  allWell: { zh: "没有需要处理的问题。", en: "Nothing needs attention." },
  latest: { zh: "链高度(最新区块)", en: "Height of the chain (newest block)" },
  final: { zh: "最后终局区块", en: "Newest final block" },
  failedPolls: { zh: "连续读取失败", en: "Failed reads in a row" },
  neverSeen: { zh: "尚未连接", en: "not reached yet" },
  blockAt: { zh: "第 {number} 块,{time}", en: "block {number}, {time}" },
  waiting: { zh: "待锚定记录", en: "Records that wait for a block" },
  waitingSince: { zh: "最早一条等待自", en: "The oldest waits since" },
  sinceAge: { zh: "{time}({seconds} 秒)", en: "{time} ({seconds} s)" },
  notFinal: { zh: "已锚定、待终局", en: "Anchored, not final yet" },
  finalRecords: { zh: "已终局记录", en: "Final records" },
  disk: { zh: "磁盘", en: "Disk" },
  diskFree: { zh: "可用 {free},共 {total}", en: "{free} free of {total}" },
  key: { zh: "节点签名所用密钥", en: "Key that the node signs with" },
  noKey: { zh: "账本上没有本节点的密钥", en: "the ledger has no key of this node" },
  alarms: { zh: "锚定告警", en: "Alarms of anchoring" },
  noAlarms: { zh: "没有告警。", en: "No alarms." },
  scope: { zh: "范围", en: "Scope" },
  code: { zh: "原因", en: "Why" },
  at: { zh: "时间", en: "Time" },
  whatToDo: { zh: "怎么办", en: "What to do" },
  ledger: { zh: "账本", en: "Ledger" },
  chainId: { zh: "链编号", en: "Chain id" },
  version: { zh: "软件版本", en: "Version" },
} as const satisfies Texts;

/** What to do, by the code of what is wrong: the runbook in a sentence. */
export const REASON_TEXTS = {
  "chain.unreachable": {
    zh: "节点连不上链:核对端点地址、证书与防火墙。受理继续,锚定与交付暂停;恢复后自动继续。",
    en: "The chain cannot be reached: check the endpoint's address, certificates and firewalls. Intake goes on, anchoring and deliveries wait; it goes on by itself.",
  },
  "chain.unavailable": {
    zh: "节点连不上链:核对端点地址、证书与防火墙;恢复后自动继续。",
    en: "The chain cannot be reached: check the endpoint's address, certificates and firewalls; it goes on by itself.",
  },
  "chain.stalled": {
    zh: "链没有出块,或不接受本账户的交易:联系链的运维方;链高度在增长时核对燃料价格与账户权限。",
    en: "The chain makes no blocks or does not take this account's transactions: tell its operators; if its height grows, check the gas price and the account's rights.",
  },
  "anchoring.behind": {
    zh: "有记录超过 5 分钟未上链:先看链与告警;都正常时放慢上传。",
    en: "A record has waited for more than 5 minutes: look at chain and alarms first; if both are well, slow uploads down.",
  },
  "backlog.full": {
    zh: "待锚定记录达到上限,新记录被拒绝:链恢复后自动消化,请上传方稍后重试。",
    en: "As many records wait as may, new ones are refused: it drains by itself when the chain goes on; let uploads wait.",
  },
  "disk.low": {
    zh: "磁盘空间不足:扩容,或移走旧备份与日志。不要删除 store、keys 中的文件。",
    en: "The disk fills up: enlarge it or move old backups and logs away. Delete nothing inside store or keys.",
  },
  "disk.full": {
    zh: "磁盘已满,不再受理新记录:立即扩容或移走旧备份与日志。",
    en: "The disk is full and nothing new is taken: enlarge it or move old backups and logs away now.",
  },
  "clock.skewed": {
    zh: "节点与链的时钟相差超过 30 秒:校准本机时钟;本机准确时告知链的运维方。",
    en: "The clocks of node and chain differ by more than 30 seconds: set this machine's clock; if it is right, tell the chain's operators.",
  },
  "own-key.unregistered": {
    zh: "账本上没有本节点的密钥:请数据主管部门办理接入,或由本部门已有密钥登记新密钥。",
    en: "The ledger has no key of this node: ask the authority for admission, or register the key with one the department has.",
  },
  "alarm.record-damaged": {
    zh: "记录已损坏:停止节点,运行 suyuan fsck,从备份恢复;无法恢复且未签名时 suyuan operate void。",
    en: "A record is damaged: stop the node, run suyuan fsck, restore a backup; if that is impossible and nothing was signed, suyuan operate void.",
  },
  "alarm.batch-damaged": {
    zh: "批次已损坏:停止节点,运行 suyuan fsck,从备份恢复。",
    en: "A batch is damaged: stop the node, run suyuan fsck, restore a backup.",
  },
  "alarm.cursor-damaged": {
    zh: "进度已损坏:停止节点,运行 suyuan fsck,从备份恢复。",
    en: "A cursor is damaged: stop the node, run suyuan fsck, restore a backup.",
  },
  "alarm.foreign-anchor": {
    zh: "同一账户或旧数据被别处使用:找到它并停用;若数据来自旧备份,恢复最新的。",
    en: "The account or a copy of old data is used elsewhere: find and stop it; if this is an old backup, restore the newest.",
  },
  "alarm.chain-behind": {
    zh: "链丢失了已终局的区块:与链的运维方确认后 suyuan operate reanchor,并重新出具存证。",
    en: "The chain lost what was final: after its operators confirmed it, suyuan operate reanchor, and give out evidence anew.",
  },
  "alarm.settlement-over": {
    zh: "结算期已过:联系对方部门。",
    en: "The period of settlement is over: talk to the other side.",
  },
  "alarm.event-mismatch": {
    zh: "链端点的回答前后不一致:换用另一个链节点,再 suyuan operate resume。",
    en: "The endpoint contradicts itself: use another, then suyuan operate resume.",
  },
} as const satisfies Texts;
