import { isJsonObject, type Json, type JsonObject } from "../../../../sdk/protocol/json.ts";
import type { Language } from "../../../../sdk/protocol/errors.ts";

/** One thing that a record of a resource says. */
export interface Field {
  /** The pattern as its JCS text: what an application names. */
  readonly pattern: string;
  readonly title: string;
  readonly type: string;
  /** Part of every evidence, asked for or not. */
  readonly required: boolean;
}

/** The scalar fields of a schema, in its order. */
export function fieldsOf(schema: JsonObject, language: Language): Field[] {
  const required = new Set(
    (Array.isArray(schema["x-required-claims"]) ? schema["x-required-claims"] : []).map((path) => JSON.stringify(path)),
  );
  const found: Field[] = [];
  const walk = (sub: Json | undefined, path: readonly string[], titles: readonly string[]): void => {
    if (!isJsonObject(sub)) return;
    const title = language === "en" ? (sub["x-title-en"] ?? sub["title"]) : sub["title"];
    const named = path.length === 0 ? [] : [...titles, typeof title === "string" ? title : (path.at(-1) ?? "")];
    const properties = sub["properties"];
    if (isJsonObject(properties)) {
      for (const [name, member] of Object.entries(properties)) walk(member, [...path, name], named);
      return;
    }
    if (isJsonObject(sub["items"])) return walk(sub["items"], [...path, "*"], named);
    const type = sub["type"];
    const pattern = JSON.stringify(path);
    found.push({
      pattern,
      title: named.join(" › "),
      type: Array.isArray(type) ? type.join(" | ") : typeof type === "string" ? type : "",
      required: required.has(pattern),
    });
  };
  walk(schema, [], []);
  return found;
}

/** A pattern as its JCS text, for people who have no schema at hand. */
export const patternTitle = (pattern: string): string => (JSON.parse(pattern) as string[]).join(" › "); // A path's JCS text.
