import type { Path } from "../protocol/claims.ts";
import type { Language } from "../protocol/errors.ts";
import { parseEvidenceBytes } from "../protocol/evidence.ts";
import { isJsonObject, type Json } from "../protocol/json.ts";
import { subschemaAt } from "../protocol/schema.ts";
import { table } from "./table.ts";

/** What a verified file says, under the titles of its schema. Never shown for a file that was not verified: it would be believed. */
export function contentLines(evidence: Uint8Array, language: Language): string[] {
  const { schema, claims } = parseEvidenceBytes(evidence);
  return table(
    claims.disclosed.map(({ path, value }) => [`  ${titles(schema, path, language)}`, text(value, language)]),
  );
}

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
