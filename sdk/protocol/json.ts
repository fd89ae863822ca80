import { ProtocolError, type ProtocolErrorCode } from "./protocol-error.ts";
import { fromUtf8 } from "./bytes.ts";
import { parsePlain } from "./json-plain.ts";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export const MAXIMUM_DEPTH = 64;

export interface JsonLimits {
  /** Containers inside one another; MAXIMUM_DEPTH unless told. */
  readonly depth?: number;
  /** Bytes of input, checked by `parseJsonBytes` before decoding. */
  readonly bytes?: number;
}

/**
 * Parses I-JSON strictly (SPEC §2): a duplicate key, a lone surrogate, or a number whose exact value a double
 * cannot hold is refused, never repaired. Throws ProtocolError `json.*` with the character offset.
 */
export function parseJson(text: string, limits: JsonLimits = {}): Json {
  const depth = limits.depth ?? MAXIMUM_DEPTH;
  return parsePlain(text, depth) ?? new Parser(text, depth).document();
}

/** As `parseJson`, from strict UTF-8 bytes. A byte order mark is refused (RFC 8259 §8.1). */
export function parseJsonBytes(bytes: Uint8Array, limits: JsonLimits = {}): Json {
  if (limits.bytes !== undefined && bytes.length > limits.bytes) {
    throw new ProtocolError("json.size", { limit: limits.bytes });
  }
  let text: string;
  try {
    text = fromUtf8(bytes);
  } catch (cause) {
    throw new ProtocolError("json.encoding", {}, cause);
  }
  return parseJson(text, limits);
}

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// eslint-disable-next-line no-control-regex -- JSON strings hold no raw control characters (RFC 8259 §7).
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const SPACE = /[ \t\n\r]*/y;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

class Parser {
  private readonly text: string;
  private readonly limit: number;
  private offset = 0;

  constructor(text: string, limit: number) {
    this.text = text;
    this.limit = limit;
  }

  document(): Json {
    this.space();
    const value = this.value(0);
    this.space();
    if (this.offset !== this.text.length) this.fail("json.syntax");
    return value;
  }

  private value(depth: number): Json {
    switch (this.text[this.offset]) {
      case "{":
        return this.object(depth + 1);
      case "[":
        return this.array(depth + 1);
      case '"':
        return this.string();
      case "t":
        return this.word("true", true);
      case "f":
        return this.word("false", false);
      case "n":
        return this.word("null", null);
      default:
        return this.number();
    }
  }

  private object(depth: number): JsonObject {
    this.enter(depth);
    const entries: Record<string, Json> = {};
    if (this.take("}")) return entries;
    for (;;) {
      const at = this.offset;
      if (this.text[at] !== '"') this.fail("json.syntax");
      const key = this.string();
      if (Object.hasOwn(entries, key)) this.fail("json.duplicate-key", at);
      this.space();
      if (!this.take(":")) this.fail("json.syntax");
      const value = this.value(depth);
      // Assignment to "__proto__" would set the prototype instead of a member.
      if (key === "__proto__")
        Object.defineProperty(entries, key, { value, enumerable: true, configurable: true, writable: true });
      else entries[key] = value;
      this.space();
      if (this.take("}")) return entries;
      if (!this.take(",")) this.fail("json.syntax");
    }
  }

  private array(depth: number): Json[] {
    this.enter(depth);
    const items: Json[] = [];
    if (this.take("]")) return items;
    for (;;) {
      items.push(this.value(depth));
      this.space();
      if (this.take("]")) return items;
      if (!this.take(",")) this.fail("json.syntax");
    }
  }

  private string(): string {
    const start = this.offset++;
    let result = "";
    for (;;) {
      PLAIN.lastIndex = this.offset;
      result += PLAIN.exec(this.text)?.[0] ?? "";
      this.offset = PLAIN.lastIndex;
      const character = this.text[this.offset];
      if (character === '"') break;
      if (character !== "\\") this.fail("json.syntax");
      result += this.escape();
    }
    this.offset++;
    if (!result.isWellFormed()) this.fail("json.surrogate", start);
    return result;
  }

  private escape(): string {
    const kind = this.text[this.offset + 1] ?? "";
    if (kind === "u") {
      const digits = this.text.slice(this.offset + 2, this.offset + 6);
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.fail("json.syntax");
      this.offset += 6;
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    const plain = ESCAPES[kind];
    if (plain === undefined) this.fail("json.syntax");
    this.offset += 2;
    return plain;
  }

  private number(): number {
    NUMBER.lastIndex = this.offset;
    const lexeme = NUMBER.exec(this.text)?.[0];
    if (lexeme === undefined) this.fail("json.syntax");
    const value = Number(lexeme);
    const canonical = String(value);
    if (lexeme !== canonical) {
      if (!Number.isFinite(value) || (value === 0 && lexeme.startsWith("-")) || decimal(lexeme) !== decimal(canonical))
        this.fail("json.number");
    }
    this.offset = NUMBER.lastIndex;
    return value;
  }

  private word<T extends Json>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.offset)) this.fail("json.syntax");
    this.offset += word.length;
    return value;
  }

  private enter(depth: number): void {
    if (depth > this.limit) throw new ProtocolError("json.depth", { limit: this.limit });
    this.offset++;
    this.space();
  }

  private take(character: string): boolean {
    if (this.text[this.offset] !== character) return false;
    this.offset++;
    if (character === "," || character === ":") this.space();
    return true;
  }

  private space(): void {
    SPACE.lastIndex = this.offset;
    SPACE.exec(this.text);
    this.offset = SPACE.lastIndex;
  }

  private fail(code: ProtocolErrorCode, offset = this.offset): never {
    throw new ProtocolError(code, { offset });
  }
}

/**
 * The value of a decimal numeral as `digits e exponent` with no leading or trailing zero digits. Exact while the exponent is
 * below 2^53, as it is for every numeral whose double is finite and not zero. Linear in the length: the text is a stranger's.
 */
function decimal(lexeme: string): string {
  const [mantissa = "", exponent = "0"] = lexeme.toLowerCase().split("e");
  const negative = mantissa.startsWith("-");
  const [whole = "", fraction = ""] = mantissa.replace("-", "").split(".");
  const digits = (whole + fraction).replace(/^0+/, "");
  let end = digits.length;
  while (digits[end - 1] === "0") end--;
  if (end === 0) return "0";
  const scale = Number(exponent) - fraction.length + digits.length - end;
  return `${negative ? "-" : ""}${digits.slice(0, end)}e${scale}`;
}
