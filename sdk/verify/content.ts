import type { Path } from "../protocol/claims.ts";
import type { Language } from "../protocol/errors.ts";
import type { Evidence } from "../protocol/evidence.ts";
import { isJsonObject, type Json } from "../protocol/json.ts";
import { subschemaAt } from "../protocol/schema.ts";

export interface ContentItem {
  /** Under the titles of the file's schema, from the outside in. */
  readonly title: string;
  readonly value: string;
}

/** What a file says. Show it for a verified file only: whatever is shown is believed. */
export const contentOf = ({ schema, claims }: Evidence, language: Language): readonly ContentItem[] =>
  claims.disclosed.map(({ path, value }) => ({
    title: titles(schema, path, language),
    value: text(value, language),
  }));

function titles(schema: Json, path: Path, language: Language): string {
  return path
    .map((part, i) => {
      if (typeof part === "number") return String(part + 1);
      const sub = subschemaAt(schema, path.slice(0, i + 1));
      const title = isJsonObject(sub) ? (language === "en" ? (sub["x-title-en"] ?? sub.title) : sub.title) : undefined;
      return typeof title === "string" ? title : part;
    })
    .join(" › ");
}

function text(value: Json, language: Language): string {
  if (value === null) return language === "zh" ? "(无)" : "(none)";
  return typeof value === "string" ? value : JSON.stringify(value);
}
