interface TextForm {
  readonly pattern: string;
  /** The same for people, in both languages. */
  readonly hint: string;
}

const CONTROL = "\\u0000-\\u001f\\u007f-\\u009f";

/** Every form of text that a family's schema asks for. */
export const FORMS = {
  line: {
    pattern: `^[^\\s${CONTROL}](?:[^${CONTROL}]*[^\\s${CONTROL}])?$`,
    hint: "一行文字，首尾无空格 (one line, no space at either end)",
  },
  paragraph: {
    pattern: "^\\S(?:[\\s\\S]*\\S)?$",
    hint: "文字首尾无空格和空行 (text without space at either end)",
  },
  uscc: {
    pattern: "^[0-9A-HJ-NPQRTUWXY]{18}$",
    hint: "18 位数字和大写字母，不用 I、O、S、V、Z (18 digits and capitals except I, O, S, V, Z)",
  },
  certificateType: {
    pattern: "^[0-9A-HJ-NPQRTUWXY]{18}[0-9]{3}$",
    hint: "定义机构统一社会信用代码加 3 位数字 (the defining authority's code and three digits)",
  },
  threeDigits: { pattern: "^[0-9]{3}$", hint: "3 位数字，如 001 (three digits, such as 001)" },
  area: { pattern: "^[0-9]{6}(?:[0-9]{6})?$", hint: "6 位或 12 位行政区划代码 (6 or 12 digits, GB/T 2260)" },
  digest: {
    pattern: "^(?:sha256|sm3):[0-9a-f]{64}$",
    hint: "sha256: 或 sm3: 加 64 位小写十六进制 (sha256: or sm3: and 64 lower-case hex digits)",
  },
  mediaType: {
    pattern: "^[a-z0-9.+-]+/[a-z0-9.+-]+$",
    hint: "媒体类型，如 application/ofd (a media type, such as application/ofd)",
  },
  decisionNumber: {
    pattern: "^(?=[^\\s]{6,100}$)[^\\s]*[〔\\[(（](?:19|20)[0-9]{2}[〕\\])）][^\\s]*号$",
    hint: "含括号中的年份、以“号”结尾，如 示〔2025〕1号 (year in brackets, 号 at the end)",
  },
  licenceCategory: {
    pattern: "^(?:普通|特许|认可|核准|登记|其他(?:-\\S{1,50})?)$",
    hint: "普通、特许、认可、核准、登记，或 其他-名称 (or 其他 with a name)",
  },
} as const satisfies Record<string, TextForm>;

const hints = new Map<string, string>(Object.values(FORMS).map(({ pattern, hint }) => [pattern, hint]));

/** What a pattern asks for, in words where there are some. */
export const hintOf = (pattern: string): string => hints.get(pattern) ?? pattern;
