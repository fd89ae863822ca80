import { isJsonObject, parseJson, type Json, type JsonObject } from "../../../../sdk/protocol/json.ts";
import { documentFaults, subschemaAt, type RecordSchema } from "../../../../sdk/protocol/schema.ts";

export type LineFault =
  | { readonly line: number; readonly kind: "not-json" }
  | { readonly line: number; readonly kind: "schema"; readonly at: string; readonly rule: string };

export interface Judged {
  readonly lines: readonly string[];
  readonly faults: readonly LineFault[];
}

const MOST_FAULTS = 200;

/** What is to be submitted, line by line, held against the resource's schema. Lines count from 1, as a person counts. */
export function judgeLines(text: string, schema: RecordSchema): Judged {
  const lines = documentsOf(text);
  const faults: LineFault[] = [];
  lines.forEach((line, i) => {
    if (faults.length >= MOST_FAULTS) return;
    const value = readJson(line);
    if (!isJsonObject(value)) faults.push({ line: i + 1, kind: "not-json" });
    else faults.push(...schemaFaults(value, schema).map((fault) => ({ line: i + 1, ...fault })));
  });
  return { lines, faults };
}

interface SchemaFault {
  readonly kind: "schema";
  readonly at: string;
  readonly rule: string;
}

/** Keywords that only say that something inside is wrong, which is listed itself. */
const OUTER: ReadonlySet<string> = new Set(["properties", "items", "prefixItems"]);

/** Each fault once, a missing member under its own name. */
function schemaFaults(document: JsonObject, schema: RecordSchema): SchemaFault[] {
  const found = new Map<string, SchemaFault>();
  for (const { instance, keyword } of documentFaults(schema, document)) {
    if (OUTER.has(keyword)) continue;
    const places = keyword === "required" ? missingAt(document, schema.json, instance) : [instance];
    for (const at of places) found.set(`${at} ${keyword}`, { kind: "schema", at, rule: keyword });
  }
  return [...found.values()];
}

/** The pointers of the members that the object at a pointer has to have and has not. */
function missingAt(document: JsonObject, schema: JsonObject, pointer: string): string[] {
  const path = pointer
    .split("/")
    .slice(1)
    .map((part) => decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~"));
  let value: Json | undefined = document;
  for (const part of path) {
    if (Array.isArray(value))
      value = value[Number(part)] as Json | undefined; // A position or nothing.
    else value = isJsonObject(value) ? value[part] : undefined;
  }
  const typed = path.map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  const sub = subschemaAt(schema, typed);
  const required = isJsonObject(sub) && Array.isArray(sub["required"]) ? sub["required"] : [];
  const has = isJsonObject(value) ? new Set(Object.keys(value)) : new Set<string>();
  const missing = required.filter((name) => typeof name === "string" && !has.has(name));
  return missing.length === 0 ? [pointer] : missing.map((name) => `${pointer}/${String(name)}`);
}

/** One object over several lines is one record; otherwise each line is. */
function documentsOf(text: string): readonly string[] {
  const whole = readJson(text);
  if (isJsonObject(whole)) return [JSON.stringify(whole)];
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

function readJson(text: string) {
  try {
    return parseJson(text);
  } catch {
    return undefined; // Reported as a line that is no JSON.
  }
}
