import type { ErrorValues, Language } from "../protocol/errors.ts";
import type { Fixer } from "./codes/text.ts";
import type { CheckName, Outcome, Verdict } from "./report.ts";

/** Chinese words for the names that values hold; in English the names speak for themselves. */
const CHINESE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  side: { provider: "提供方", consumer: "使用方" },
  /** Of a department. */
  status: { none: "未准入", active: "有效", suspended: "已暂停", dissolved: "已撤并" },
  /** Of a record or a resource. */
  state: {
    active: "有效",
    suspended: "暂扣",
    revoked: "撤销",
    cancelled: "注销",
    lapsed: "失效",
    transferred: "办理转出",
    withdrawn: "吊销或下架",
    superseded: "已被取代",
    other: "其他",
    none: "未发布",
    proposed: "待审核",
    approved: "已批准",
    rejected: "未通过",
    published: "已发布",
  },
};
const TIME_VALUES: ReadonlySet<string> = new Set(["since", "validFrom", "validUntil"]);
const LOCAL_OFFSET_MS = 8 * 3600 * 1000;

/** Local time of UTC+8: `2026-03-02 09:00:00 +08:00`. */
export function formatTime(seconds: number): string {
  const milliseconds = seconds * 1000 + LOCAL_OFFSET_MS;
  // Beyond what a Date holds (year 275760) the number itself is shown.
  if (!(Math.abs(milliseconds) <= 8.64e15)) return String(seconds);
  return `${new Date(milliseconds).toISOString().slice(0, 19).replace("T", " ")} +08:00`;
}

/** Values as they are shown: times as local time, names in the reader's language. */
export const shownValues = (values: ErrorValues, language: Language): ErrorValues =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      if (TIME_VALUES.has(name) && typeof value === "number") return [name, formatTime(value)];
      return [name, language === "zh" ? (CHINESE[name]?.[value] ?? value) : value];
    }),
  );

interface Words {
  readonly zh: string;
  readonly en: string;
}

export const VERDICT_WORDS: Readonly<Record<Verdict, Words>> = {
  verified: { zh: "核验通过", en: "verified" },
  rejected: { zh: "不予采信", en: "rejected" },
  undetermined: { zh: "无法判定,请勿据此办理", en: "undetermined, do not rely on it" },
};

export const OUTCOME_WORDS: Readonly<Record<Outcome, Words>> = {
  pass: { zh: "通过", en: "pass" },
  fail: { zh: "不通过", en: "fail" },
  error: { zh: "无法核对", en: "could not check" },
  skipped: { zh: "未检查", en: "not checked" },
};

export const CHECK_WORDS: Readonly<Record<CheckName, Words>> = {
  format: { zh: "格式", en: "format" },
  ledger: { zh: "账本", en: "ledger" },
  scope: { zh: "范围", en: "scope" },
  record: { zh: "记录", en: "record" },
  claims: { zh: "数据项", en: "claims" },
  schema: { zh: "模式", en: "schema" },
  inclusion: { zh: "包含证明", en: "inclusion" },
  anchor: { zh: "锚定", en: "anchor" },
  finality: { zh: "终局性", en: "finality" },
  head: { zh: "链头", en: "head" },
  time: { zh: "时间", en: "time" },
  issuer: { zh: "出具部门", en: "issuer" },
  status: { zh: "状态", en: "status" },
  period: { zh: "有效期", en: "period" },
  authorization: { zh: "共享授权", en: "authorization" },
  audience: { zh: "使用方", en: "audience" },
  receipt: { zh: "回执", en: "receipt" },
};

export const FIXER_WORDS: Readonly<Record<Fixer, Words>> = {
  nobody: { zh: "无须处理", en: "nothing to do" },
  holder: { zh: "持有本文件者", en: "whoever holds the file" },
  issuer: { zh: "出具部门", en: "the issuing department" },
  provider: { zh: "提供方", en: "the provider" },
  consumer: { zh: "使用方", en: "the consumer" },
  operator: { zh: "链节点运维方", en: "the chain's operator" },
};
