import { ByteWriter } from "./byte-writer.ts";
import type { Json } from "./json.ts";
import { sortedKeys } from "./keys.ts";
import { ProtocolError } from "./protocol-error.ts";

/**
 * The canonical text of a JSON value (RFC 8785, JCS): members sorted by UTF-16 code units, no white space,
 * numbers and strings as ECMAScript writes them. Throws ProtocolError `json.value` for anything without a JSON form.
 */
export function canonicalize(value: Json): string {
  switch (typeof value) {
    case "string":
      if (!value.isWellFormed()) throw new ProtocolError("json.value");
      return JSON.stringify(value);
    case "number":
      if (!Number.isFinite(value)) throw new ProtocolError("json.value");
      return JSON.stringify(value);
    case "boolean":
      return value ? "true" : "false";
    case "object":
      break;
    default:
      throw new ProtocolError("json.value");
  }
  if (value === null) return "null";
  if (Array.isArray(value)) {
    let text = "[";
    for (let i = 0; i < value.length; i++) text += (i === 0 ? "" : ",") + canonicalize(value[i] as Json); // A hole is undefined and is refused.
    return `${text}]`;
  }
  const members = value as { readonly [key: string]: Json }; // Not an array and not null.
  let text = "{";
  for (const key of sortedKeys(members)) {
    text += `${text === "{" ? "" : ","}${canonicalize(key)}:${canonicalize(members[key] as Json)}`; // An own key.
  }
  return `${text}}`;
}

// Used synchronously, so calls cannot interleave.
const writer = new ByteWriter();

/** UTF-8 bytes of the canonical text, after `domain` (a `suyuan/<name>/1` tag, or nothing). Throws ProtocolError `json.value`. */
export function canonicalBytes(value: Json, domain = ""): Uint8Array {
  writer.restart();
  writer.ascii(domain);
  writer.value(value);
  return writer.bytes.slice(0, writer.at);
}
