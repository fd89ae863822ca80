import { isJsonObject, parseJson } from "../../../../sdk/protocol/json.ts";
import { documentFaults, type RecordSchema } from "../../../../sdk/protocol/schema.ts";

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
    else
      for (const { instance, keyword } of documentFaults(schema, value))
        faults.push({ line: i + 1, kind: "schema", at: instance, rule: keyword });
  });
  return { lines, faults };
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
