import type { Json } from "./json.ts";

/**
 * What the engine's own parser, several times as fast as ours, makes of a text in which it had nothing to repair;
 * undefined when that is not certain, or when the text is no JSON: our parser then says which, and where.
 *
 * Text that the engine writes back letter for letter was not repaired: a key given twice, an inexact number, −0, a raw lone
 * surrogate or another spelling would come back different. Only an escaped lone surrogate comes back as it was.
 */
export function parsePlain(text: string, depth: number): Json | undefined {
  if (text.includes("\\ud")) return undefined;
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
    if (JSON.stringify(value) !== text) return undefined;
  } catch {
    // Not JSON, or nested too deep for the engine.
    return undefined;
  }
  // A document of `null` is left to our parser: whoever asks does not tell null from undefined.
  return value !== null && (brackets(text, depth) <= depth || isWithin(value, depth)) ? value : undefined;
}

/** How many containers the text opens, those in strings included; counts no further than beyond `limit`. */
function brackets(text: string, limit: number): number {
  let count = 0;
  for (const bracket of "{[") {
    for (let at = text.indexOf(bracket); at >= 0 && count <= limit; at = text.indexOf(bracket, at + 1)) count++;
  }
  return count;
}

function isWithin(value: Json, depth: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return depth > 0 && Object.values(value).every((member: Json) => isWithin(member, depth - 1));
}
