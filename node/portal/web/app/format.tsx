import { Tag, Typography } from "antd";
import type { ReactNode } from "react";
import { CODE_WORDS } from "../../../../sdk/cli/code-words.ts";
import { useLanguage } from "../shared/language.tsx";

const ZONE = "Asia/Shanghai";

/** Dates, times, numbers and amounts as the chosen language writes them; times are Beijing's. */
export function useFormat() {
  const { language } = useLanguage();
  const locale = language === "zh" ? "zh-CN" : "en-GB";
  const date = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: ZONE });
  const time = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short", timeZone: ZONE });
  const number = new Intl.NumberFormat(locale);
  return {
    date: (seconds: number) => date.format(seconds * 1000),
    time: (seconds: number) => time.format(seconds * 1000),
    number: (value: number | bigint) => number.format(value),
    /** In the largest of three units of a thousand each that is not below one. */
    bytes: (value: number) => {
      const power = value >= 1e6 ? 2 : value >= 1e3 ? 1 : 0;
      const unit = (["byte", "kilobyte", "megabyte"] as const)[power] ?? "byte";
      const style = { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 1 } as const;
      return new Intl.NumberFormat(locale, style).format(value / 1000 ** power);
    },
    /** Hundredths of a currency, 分 as 元 unless told; an unnamed currency has no sign. */
    money: (hundredths: number, currency = "CNY") =>
      new Intl.NumberFormat(
        locale,
        currency === "" ? { minimumFractionDigits: 2 } : { style: "currency", currency },
      ).format(hundredths / 100),
  };
}

/** The word of a code in the chosen language. In English the codes are words. */
export function useWord() {
  const { language } = useLanguage();
  return (kind: keyof typeof CODE_WORDS, code: string): string => {
    const words: Readonly<Record<string, string>> = CODE_WORDS[kind];
    return language === "zh" ? (words[code] ?? code) : code.replaceAll("-", " ");
  };
}

const COLOURS: Readonly<Record<string, string>> = {
  agreed: "green",
  final: "green",
  active: "green",
  published: "green",
  verified: "green",
  done: "green",
  applied: "blue",
  waiting: "blue",
  accepted: "blue",
  sealed: "blue",
  submitted: "blue",
  anchored: "blue",
  incomplete: "gold",
  suspended: "gold",
  proposed: "gold",
  refused: "red",
  revoked: "red",
  failed: "red",
  rejected: "red",
};

/** A label on a coloured ground, its text in the page's own colour: 4.5:1 on every ground. */
export const Mark = ({ colour, children }: { readonly colour?: string | undefined; readonly children: ReactNode }) => (
  <Tag {...(colour !== undefined && { color: colour })} style={{ color: "inherit" }}>
    {children}
  </Tag>
);

/** A state as a word; its colour only repeats it. */
export function State({ kind, code }: { readonly kind: keyof typeof CODE_WORDS; readonly code: string }) {
  const word = useWord();
  return <Mark colour={COLOURS[code]}>{word(kind, code)}</Mark>;
}

/** An identifier: its beginning and end, the whole to copy. */
export function Id({ value }: { readonly value: string }) {
  const shown = value.length > 20 ? `${value.slice(0, 10)}…${value.slice(-6)}` : value;
  return (
    <Typography.Text code copyable={{ text: value }} title={value}>
      {shown}
    </Typography.Text>
  );
}
