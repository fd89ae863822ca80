import type { Json } from "../../sdk/protocol/json.ts";

const WIDTH = 160;

/** JSON text of a vector file: what fits on one line stays on one line. */
export const print = (value: Json): string => `${lines(value, "")}\n`;

function lines(value: Json, indent: string): string {
  const flat = JSON.stringify(value);
  if (typeof value !== "object" || value === null || indent.length + flat.length <= WIDTH) return flat;
  const inner = `${indent}  `;
  const [open, close, items] = Array.isArray(value)
    ? ["[", "]", value.map((item: Json) => lines(item, inner))]
    : ["{", "}", Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${lines(item, inner)}`)];
  return `${open}\n${items.map((item) => inner + item).join(",\n")}\n${indent}${close}`;
}
