import type { Language } from "../../sdk/protocol/errors.ts";

/** The language of an `Accept-Language` header (RFC 9110 §12.5.4); 中文 unless English is preferred to it. */
export function languageOf(header: string | undefined): Language {
  const weights = { zh: 0, en: 0 };
  for (const part of (header ?? "").split(",")) {
    const [, tag, q] =
      /^\s*(zh|en)(?:-[a-z0-9-]+)?\s*(?:;\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?\s*$/i.exec(part) ?? [];
    if (tag === undefined) continue;
    const language = tag.toLowerCase() === "zh" ? "zh" : "en";
    weights[language] = Math.max(weights[language], q === undefined ? 1 : Number(q));
  }
  return weights.en > weights.zh || (weights.en > 0 && weights.en === weights.zh && firstIsEnglish(header))
    ? "en"
    : "zh";
}

const firstIsEnglish = (header: string | undefined): boolean => /^\s*en/i.test(header ?? "");
