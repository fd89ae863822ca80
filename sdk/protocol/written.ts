import { arePairs, findPairs, fromUtf8, type Hex } from "./bytes.ts";
import { DIGEST_BYTES } from "./engine.ts";
import type { Json } from "./json.ts";
import { schemaAt } from "./schema-texts.ts";
import type { IntegerRange, Members } from "./shape.ts";

const QUOTE = 0x22;
const COMMA = 0x2c;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const LETTER_T = 0x74;
const LETTER_F = 0x66;
const LETTER_N = 0x6e;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const SPACE = 0x20;
const LETTER_X = 0x78;
/** So many digits are exact in a double. */
const EXACT_DIGITS = 15;
/** What a number can be made of. */
const NUMERAL = new Set("+-.0123456789e".split("").map((character) => character.charCodeAt(0)));

/** The file is otherwise than we write it, which is no fault. */
const OTHERWISE = new Error("not in the written form");

/**
 * An object in the form that `JSON.stringify` gives the values we write: no white space, members in their fixed order, each
 * text and number in the one way the engine writes it. It is read in one pass over the bytes, without anything in between;
 * texts are parts of the decoded file. Throws for whatever is written otherwise: who reads turns to the strict parser then.
 * **What it reads, the strict parser reads alike**: a key given twice or a value that would be repaired is not in this form.
 */
export class WrittenMembers implements Members {
  private readonly bytes: Uint8Array;
  private readonly schema: number;
  private at = 0;
  /** The characters of the file up to the schema; then of the file behind it. */
  private characters: string;
  /** The place less its position in `characters`. */
  private ahead = 0;

  /** `schema`: where the one embedded object without a form of its own begins. It must be a remembered schema. */
  constructor(bytes: Uint8Array, schema: number) {
    this.bytes = bytes;
    this.schema = schema;
    this.characters = fromUtf8(bytes.subarray(0, schema));
    this.take(OPEN);
  }

  get isAtEnd(): boolean {
    return this.at === this.bytes.length;
  }

  any(name: string): Json {
    this.member(name);
    return this.at === this.schema ? this.rememberedSchema() : this.value();
  }

  text(name: string, form?: RegExp): string {
    this.member(name);
    const text = this.string();
    if (form?.test(text) === false) throw OTHERWISE;
    return text;
  }

  oneOf<T extends string>(name: string, allowed: readonly T[]): T {
    const text = this.text(name);
    const found = allowed.find((candidate) => candidate === text);
    if (found === undefined) throw OTHERWISE;
    return found;
  }

  integer(name: string, { minimum = 0, maximum = Number.MAX_SAFE_INTEGER }: IntegerRange = {}): number {
    this.member(name);
    const value = this.number();
    if (!Number.isSafeInteger(value) || value < minimum || value > maximum) throw OTHERWISE;
    return value;
  }

  hex(name: string, lengthBytes: number): Hex {
    this.member(name);
    const start = this.at + 1;
    this.prefix();
    if (!arePairs(this.bytes, { at: this.at, lengthBytes })) throw OTHERWISE;
    this.at += 2 * lengthBytes;
    this.take(QUOTE);
    return this.characters.slice(start - this.ahead, this.at - 1 - this.ahead) as Hex; // "0x" and pairs, by the checks above.
  }

  object(name: string): Members {
    this.member(name);
    this.take(OPEN);
    return this;
  }

  objects<T>(name: string, maximum: number, read: (item: Members) => T): T[] {
    return this.items(name, maximum, () => {
      this.take(OPEN);
      return read(this);
    });
  }

  array(name: string, maximum: number): readonly Json[] {
    return this.items(name, maximum, () => this.value());
  }

  hashes(name: string, maximum: number): Uint8Array[] {
    return this.items(name, maximum, () => this.pairs(DIGEST_BYTES));
  }

  optional<T>(name: string, read: (name: string) => T): T | undefined {
    return this.after(name) === undefined ? undefined : read(name);
  }

  name(member: string): string {
    return member;
  }

  end(): void {
    this.take(CLOSE);
  }

  private take(byte: number): void {
    if (this.bytes[this.at++] !== byte) throw OTHERWISE;
  }

  /** Goes to the value of the next member, which is the one of this name. */
  private member(name: string): void {
    const at = this.after(name);
    if (at === undefined) throw OTHERWISE;
    this.at = at;
  }

  /** Where the value of the next member begins if it has this name. */
  private after(name: string): number | undefined {
    const { bytes } = this;
    let { at } = this;
    // A brace ends no value but its own object's, and that is another one.
    if (bytes[at - 1] !== OPEN && bytes[at++] !== COMMA) return undefined;
    if (bytes[at++] !== QUOTE) return undefined;
    for (let i = 0; i < name.length; i++) if (bytes[at++] !== name.charCodeAt(i)) return undefined;
    return bytes[at++] === QUOTE && bytes[at++] === COLON ? at : undefined;
  }

  private items<T>(name: string, maximum: number, item: () => T): T[] {
    const { bytes } = this;
    this.member(name);
    this.take(OPEN_ARRAY);
    const items: T[] = [];
    if (bytes[this.at] !== CLOSE_ARRAY) {
      items.push(item());
      while (bytes[this.at] === COMMA) {
        this.at++;
        items.push(item());
      }
    }
    this.take(CLOSE_ARRAY);
    if (items.length > maximum) throw OTHERWISE;
    return items;
  }

  /** A scalar or an empty container. */
  private value(): Json {
    switch (this.bytes[this.at]) {
      case QUOTE:
        return this.string();
      case LETTER_T:
        return this.word("true", true);
      case LETTER_F:
        return this.word("false", false);
      case LETTER_N:
        return this.word("null", null);
      case OPEN_ARRAY:
        return this.word("[]", []);
      case OPEN:
        return this.word("{}", {});
      default:
        return this.number();
    }
  }

  private word<T extends Json>(word: string, value: T): T {
    for (let i = 0; i < word.length; i++) this.take(word.charCodeAt(i));
    return value;
  }

  private prefix(): void {
    this.take(QUOTE);
    this.take(ZERO);
    this.take(LETTER_X);
  }

  /** `0x` and pairs of digits in quotes. */
  private pairs(lengthBytes: number): Uint8Array {
    this.prefix();
    const pairs = findPairs(this.bytes, { at: this.at, lengthBytes });
    if (pairs === undefined) throw OTHERWISE;
    this.at += 2 * lengthBytes;
    this.take(QUOTE);
    return pairs;
  }

  private string(): string {
    const { bytes } = this;
    this.take(QUOTE);
    const start = this.at - this.ahead;
    let isEscaped = false;
    let at = this.at;
    for (let byte = bytes[at]; byte !== QUOTE; byte = bytes[++at]) {
      if (byte === undefined || byte < SPACE) throw OTHERWISE;
      if (byte === BACKSLASH) {
        isEscaped = true;
        at++;
      }
      // The file is UTF-8: 2 or 3 bytes are one code unit, 4 bytes are two.
      else if (byte >= 0xf0) this.ahead--;
      else if (byte >= 0x80 && byte < 0xc0) this.ahead++;
    }
    this.at = at + 1;
    return isEscaped ? this.escaped(start) : this.characters.slice(start, at - this.ahead);
  }

  /** The text from `start` in the characters, whose closing quote has just been read. */
  private escaped(start: number): string {
    const written = this.characters.slice(start - 1, this.at - this.ahead);
    const text = JSON.parse(written) as string; // In quotes.
    if (JSON.stringify(text) !== written || !text.isWellFormed()) throw OTHERWISE;
    return text;
  }

  private number(): number {
    const { bytes } = this;
    const start = this.at;
    let value = 0;
    let at = start;
    for (let byte = bytes[at]; byte !== undefined && byte >= ZERO && byte <= NINE; byte = bytes[++at])
      value = 10 * value + byte - ZERO;
    const isPlain = at - start <= EXACT_DIGITS && (bytes[start] !== ZERO || at === start + 1);
    if (at > start && isPlain && !NUMERAL.has(bytes[at] ?? 0)) {
      this.at = at;
      return value;
    }
    while (NUMERAL.has(bytes[at] ?? 0)) at++;
    const lexeme = this.characters.slice(start - this.ahead, at - this.ahead);
    this.at = at;
    const number = Number(lexeme);
    if (String(number) !== lexeme) throw OTHERWISE;
    return number;
  }

  /** The schema, and the characters behind it. */
  private rememberedSchema(): Json {
    const known = schemaAt(this.bytes, this.at);
    if (known === undefined) throw OTHERWISE;
    this.at += known.bytes.length;
    this.ahead = this.at;
    this.characters = fromUtf8(this.bytes.subarray(this.at));
    return known.json;
  }
}
