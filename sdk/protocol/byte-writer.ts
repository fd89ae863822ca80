import type { Json, JsonObject } from "./json.ts";
import { sortedKeys } from "./keys.ts";
import { ProtocolError } from "./protocol-error.ts";

/** A writer that grew beyond this gives its memory back. */
const KEPT_BYTES = 1024 * 1024;
const FIRST_BYTES = 16 * 1024;
/** UTF-8 of one UTF-16 code unit. */
const UNIT_BYTES = 3;
/** What JSON may make of one code unit: `\u0000`. */
const ESCAPED_BYTES = 6;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const encoder = new TextEncoder();

/** Canonical JSON (SPEC §2) straight into UTF-8 bytes: one buffer, written and read by one synchronous caller at a time. */
export class ByteWriter {
  bytes = new Uint8Array(FIRST_BYTES);
  at = 0;

  /** Forgets what was written. */
  restart(): void {
    if (this.bytes.length > KEPT_BYTES) this.bytes = new Uint8Array(FIRST_BYTES);
    this.at = 0;
  }

  /** Makes room for so many bytes. */
  reserve(count: number): void {
    if (this.at + count <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.bytes.length, this.at + count));
    larger.set(this.bytes.subarray(0, this.at));
    this.bytes = larger;
  }

  /** Room must have been reserved. */
  byte(value: number): void {
    this.bytes[this.at++] = value;
  }

  /** Leaves so many bytes as they are, to be filled later. Returns where. */
  hole(count: number): number {
    this.reserve(count);
    this.at += count;
    return this.at - count;
  }

  /** Text of ASCII characters. */
  ascii(text: string): void {
    this.reserve(text.length);
    const { bytes, at } = this;
    for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
    this.at = at + text.length;
  }

  /** Any text as it is. */
  utf8(text: string): void {
    this.reserve(UNIT_BYTES * text.length);
    this.at += encoder.encodeInto(text, this.bytes.subarray(this.at)).written;
  }

  /** What another writer has written. */
  copy(other: ByteWriter): void {
    this.reserve(other.at);
    const { bytes, at } = this;
    const source = other.bytes;
    // Paths are short: a loop is faster than a copy of a part of a buffer.
    for (let i = 0; i < other.at; i++) bytes[at + i] = source[i] ?? 0;
    this.at = at + other.at;
  }

  /** A string in canonical JSON, quotes included. Throws ProtocolError `json.value` for a lone surrogate. */
  string(text: string): void {
    this.reserve(2 + ESCAPED_BYTES * text.length);
    const start = this.at;
    const { bytes } = this;
    const { length } = text;
    let at = start;
    bytes[at++] = QUOTE;
    for (let i = 0; i < length; i++) {
      // As text.charCodeAt(i), but not looked up anew for each character: texts have too many shapes for the engine to remember.
      const unit = String.prototype.charCodeAt.call(text, i);
      if (unit < 0x80) {
        if (unit < 0x20 || unit === QUOTE || unit === BACKSLASH) return this.rare(text);
        bytes[at++] = unit;
      } else if (unit < 0x800) {
        bytes[at++] = 0xc0 | (unit >> 6);
        bytes[at++] = 0x80 | (unit & 0x3f);
      } else if (unit < 0xd800 || unit > 0xdfff) {
        bytes[at++] = 0xe0 | (unit >> 12);
        bytes[at++] = 0x80 | ((unit >> 6) & 0x3f);
        bytes[at++] = 0x80 | (unit & 0x3f);
      } else return this.rare(text);
    }
    bytes[at++] = QUOTE;
    this.at = at;
  }

  /** A string with an escape or a surrogate: what `string` has put down so far is written over. */
  private rare(text: string): void {
    if (!text.isWellFormed()) throw new ProtocolError("json.value");
    this.utf8(JSON.stringify(text));
  }

  /** Any JSON value in canonical form (SPEC §2). Throws ProtocolError `json.value` for anything without one. */
  value(value: Json): void {
    switch (typeof value) {
      case "string":
        return this.string(value);
      case "number":
        if (!Number.isFinite(value)) throw new ProtocolError("json.value");
        return this.ascii(String(value));
      case "boolean":
        return this.ascii(value ? "true" : "false");
      case "object":
        if (value === null) return this.ascii("null");
        return isArray(value) ? this.array(value) : this.object(value);
      default:
        throw new ProtocolError("json.value");
    }
  }

  private array(items: readonly Json[]): void {
    this.ascii("[");
    for (let i = 0; i < items.length; i++) {
      if (i > 0) this.ascii(",");
      this.value(items[i] as Json); // A hole is undefined and is refused.
    }
    this.ascii("]");
  }

  private object(members: JsonObject): void {
    this.ascii("{");
    let isFirst = true;
    for (const key of sortedKeys(members)) {
      if (!isFirst) this.ascii(",");
      isFirst = false;
      this.string(key);
      this.ascii(":");
      this.value(members[key] as Json); // An own key.
    }
    this.ascii("}");
  }
}

// Array.isArray does not narrow a readonly array.
const isArray = (value: readonly Json[] | JsonObject): value is readonly Json[] => Array.isArray(value);
