import type { ErrorValues, Language } from "../protocol/errors.ts";

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
