import { ASK_ISSUER, ASK_ORIGINAL, bad, good, type FindingText } from "./text.ts";

const WAIT = { zh: "请稍后重试,或换用另一个链节点。", en: "Try again later, or ask another chain endpoint." };

/** Checks of what the chain says about the anchor, the issuer and the record's life. */
export const chainCheckTexts = {
  "anchor.confirmed": good("链上区块 {block} 存有同一批次", "Block {block} holds this very batch"),
  "anchor.transaction-unknown": bad(
    { zh: "链上没有所称的锚定交易", en: "The chain has no such anchoring transaction" },
    ASK_ORIGINAL,
    "holder",
  ),
  "anchor.block": bad(
    { zh: "锚定交易不在所称区块", en: "The anchoring transaction is in another block" },
    ASK_ORIGINAL,
    "holder",
  ),
  "anchor.time": bad(
    { zh: "锚定时间与区块时间不同", en: "The anchor's time is not the block's" },
    ASK_ORIGINAL,
    "holder",
  ),
  "anchor.event": bad(
    { zh: "该交易没有锚定这一批次", en: "The transaction did not anchor this batch" },
    ASK_ORIGINAL,
    "holder",
  ),
  "anchor.unknown": bad({ zh: "链上没有这一批次", en: "The chain knows no such batch" }, ASK_ISSUER, "issuer"),
  "anchor.mismatch": bad(
    { zh: "链上的批次与文件所称不同", en: "The batch on the chain is not the one in the file" },
    ASK_ORIGINAL,
    "holder",
  ),
  "anchor.not-yet": bad(
    { zh: "链节点尚未到达锚定所在区块 {block}", en: "The chain endpoint has not reached the anchor's block {block}" },
    WAIT,
    "operator",
  ),
  "finality.final": good("区块 {block} 已具终局性", "Block {block} is final"),
  "finality.pending": bad({ zh: "区块 {block} 尚无终局性", en: "Block {block} is not final yet" }, WAIT, "operator"),
  "head.fresh": good("链是最新的(最后区块 {age} 秒前)", "The chain is current (last block {age} s ago)"),
  "head.not-judged": good(
    "此链仅在有业务时出块,不判断区块时间",
    "This chain makes blocks only when there is work: the age of its last block is not judged",
  ),
  "head.stale": bad(
    {
      zh: "最后区块已是 {age} 秒前,超过允许的 {limit} 秒",
      en: "The last block is {age} s old, more than the {limit} s allowed",
    },
    WAIT,
    "operator",
  ),
  "head.ahead": bad(
    { zh: "最后区块的时间比本机时钟晚 {ahead} 秒", en: "The last block is {ahead} s ahead of this machine's clock" },
    { zh: "请校准本机时钟后重试。", en: "Set this machine's clock right and try again." },
    "holder",
  ),
  "time.ok": good("出具时间与锚定时间相符", "The time of issue fits the anchor's time"),
  "time.late": good(
    "锚定比出具晚 {hours} 小时;仅锚定时间可信",
    "Anchored {hours} h after its time of issue; only the anchor's time is relied on",
  ),
  "time.after-anchor": bad(
    { zh: "出具时间晚于锚定时间", en: "The time of issue is after the anchor's time" },
    ASK_ISSUER,
    "issuer",
  ),
  "issuer.active": good(
    "{name} 在锚定时有效,资源已批准发布",
    "{name} was active and the resource published at anchor time",
  ),
  "issuer.not-active": bad(
    { zh: "出具部门在锚定时不是有效状态({status})", en: "The issuer was not active at anchor time ({status})" },
    ASK_ISSUER,
    "issuer",
  ),
  "issuer.resource-not-published": bad(
    { zh: "资源在锚定时未发布({state})", en: "The resource was not published at anchor time ({state})" },
    ASK_ISSUER,
    "issuer",
  ),
  "issuer.key-distrusted": bad(
    { zh: "锚定所用密钥自那时或更早起已不可信", en: "The anchoring key is distrusted since then or before" },
    ASK_ISSUER,
    "issuer",
  ),
  "issuer.key-unidentified": bad(
    { zh: "无法确定锚定所用密钥", en: "The anchoring key could not be identified" },
    ASK_ISSUER,
    "issuer",
  ),
  "status.active": good("有效,未被暂扣、撤销、注销或取代", "Active: not suspended, revoked, cancelled or superseded"),
  "status.parent-dead-warning": good(
    "有效;但其来源之一(序号 {seq})状态为 {state},请留意",
    "Active; note that one of its sources (number {seq}) is {state}",
  ),
  "status.before-anchor": bad(
    { zh: "所问时间早于锚定时间", en: "The time asked about is before the anchor" },
    { zh: "请询问锚定时间或其后的时间。", en: "Ask about a time at or after the anchor." },
    "holder",
  ),
  "status.future": bad(
    {
      zh: "所问时间尚未到来,届时的状态无从得知",
      en: "The time asked about is still to come: nobody knows the state then",
    },
    { zh: "请询问现在或以前的时间。", en: "Ask about a time that is not in the future." },
    "holder",
  ),
  "status.not-known": bad(
    { zh: "在所限的知悉时间,该记录尚未锚定", en: "At the limit of knowledge the record had not been anchored" },
    { zh: "请使用锚定时间或其后的 --known-at。", en: "Use a --known-at at or after the anchor." },
    "holder",
  ),
  "status.suspended": bad({ zh: "已被暂扣(自 {since})", en: "Suspended (since {since})" }, ASK_ISSUER, "issuer"),
  "status.revoked": bad({ zh: "已被撤销,自始无效", en: "Revoked: void from the start" }, ASK_ISSUER, "issuer"),
  "status.cancelled": bad({ zh: "已注销(自 {since})", en: "Cancelled (since {since})" }, ASK_ISSUER, "issuer"),
  "status.lapsed": bad({ zh: "已失效(自 {since})", en: "Lapsed (since {since})" }, ASK_ISSUER, "issuer"),
  "status.transferred": bad({ zh: "已办理转出(自 {since})", en: "Transferred (since {since})" }, ASK_ISSUER, "issuer"),
  "status.withdrawn": bad(
    { zh: "已被吊销(自 {since})", en: "Licence withdrawn (since {since})" },
    ASK_ISSUER,
    "issuer",
  ),
  "status.superseded": bad(
    { zh: "已被新的记录取代(自 {since})", en: "Superseded by a newer record (since {since})" },
    { zh: "请索取最新的证照。", en: "Ask for the current one." },
    "holder",
  ),
  "status.other": bad(
    { zh: "处于其他非有效状态(自 {since})", en: "In another state that is not active (since {since})" },
    ASK_ISSUER,
    "issuer",
  ),
  "status.parent-dead": bad(
    { zh: "其所证明的来源(序号 {seq})状态为 {state}", en: "The record it attests to (number {seq}) is {state}" },
    ASK_ISSUER,
    "issuer",
  ),
  "period.current": good("在有效期内", "Within its period of validity"),
  "period.unlimited": good("没有期限", "Without limit of time"),
  "period.not-yet": bad(
    { zh: "有效期尚未开始", en: "Its period of validity has not begun" },
    { zh: "请在有效期开始后使用。", en: "Use it once its period has begun." },
    "holder",
  ),
  "period.over": bad(
    { zh: "有效期已过", en: "Its period of validity is over" },
    { zh: "请索取续期或新的证照。", en: "Ask for a renewed one." },
    "holder",
  ),
} as const satisfies Record<string, FindingText>;
