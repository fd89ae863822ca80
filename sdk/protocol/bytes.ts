/** Bytes in and out of text. Hexadecimal is lower case with `0x`; base64url has no padding (RFC 4648 §5). */
export type Hex = `0x${string}`;

const encoder = new TextEncoder();
const strictDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const HEX_DIGITS = Uint8Array.from("0123456789abcdef", (digit) => digit.charCodeAt(0));
const BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Shorter texts of ASCII go through here: all characters at once are faster than one by one. Used synchronously. */
const ascii = new Uint8Array(1024);

export const utf8 = (text: string): Uint8Array => encoder.encode(text);

/** Decodes strict UTF-8; throws TypeError on a malformed sequence. */
export const fromUtf8 = (bytes: Uint8Array): string => strictDecoder.decode(bytes);

export function toHex(bytes: Uint8Array): Hex {
  const length = 2 + 2 * bytes.length;
  const characters = length <= ascii.length ? ascii : new Uint8Array(length);
  characters[0] = 0x30;
  characters[1] = 0x78;
  for (let i = 0, at = 2; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    characters[at++] = HEX_DIGITS[byte >> 4] ?? 0;
    characters[at++] = HEX_DIGITS[byte & 15] ?? 0;
  }
  return fromUtf8(characters.subarray(0, length)) as Hex; // "0x" and hexadecimal digits only.
}

/** The value of a lower-case hexadecimal digit by character code; 16 for every other character. */
const DIGIT_VALUES = Uint8Array.from({ length: 128 }, (_, code) => {
  const value = "0123456789abcdef".indexOf(String.fromCharCode(code));
  return value < 0 ? 16 : value;
});

export function isHex(value: unknown, lengthBytes?: number): value is Hex {
  if (typeof value !== "string" || !value.startsWith("0x") || value.length % 2 !== 0) return false;
  if (lengthBytes !== undefined && value.length !== 2 + 2 * lengthBytes) return false;
  let wrong = 0;
  for (let i = 2; i < value.length; i++) wrong |= DIGIT_VALUES[value.charCodeAt(i)] ?? 16;
  return wrong < 16;
}

/** Throws TypeError unless `hex` is `0x` and lower-case pairs. */
export function fromHex(hex: string): Uint8Array {
  const bytes = findHexBytes(hex);
  if (bytes === undefined) throw new TypeError("not lower-case 0x hexadecimal");
  return bytes;
}

/** The bytes of `0x` and lower-case pairs; undefined for anything else, or another length. */
export function findHexBytes(hex: unknown, lengthBytes?: number): Uint8Array | undefined {
  if (typeof hex !== "string" || !hex.startsWith("0x") || hex.length % 2 !== 0) return undefined;
  if (lengthBytes !== undefined && hex.length !== 2 + 2 * lengthBytes) return undefined;
  const characters = hex.length <= ascii.length ? ascii : new Uint8Array(hex.length);
  // Any other character than ASCII takes more bytes than there is room for, or is no digit.
  if (encoder.encodeInto(hex, characters).written !== hex.length) return undefined;
  return findPairs(characters, { at: 2, lengthBytes: hex.length / 2 - 1 });
}

/** Whether pairs of lower-case hexadecimal digits, ASCII, stand from `at` on. */
export function arePairs(
  characters: Uint8Array,
  { at, lengthBytes }: { readonly at: number; readonly lengthBytes: number },
): boolean {
  let wrong = 0;
  for (let i = at; i < at + 2 * lengthBytes; i++) wrong |= DIGIT_VALUES[characters[i] ?? 0] ?? 16;
  return wrong < 16;
}

/** The bytes of pairs of lower-case hexadecimal digits, ASCII, from `at` on; undefined where there are not so many. */
export function findPairs(
  characters: Uint8Array,
  { at, lengthBytes }: { readonly at: number; readonly lengthBytes: number },
): Uint8Array | undefined {
  const bytes = new Uint8Array(lengthBytes);
  let wrong = 0;
  for (let i = 0, from = at; i < lengthBytes; i++, from += 2) {
    const high = DIGIT_VALUES[characters[from] ?? 0] ?? 16;
    const low = DIGIT_VALUES[characters[from + 1] ?? 0] ?? 16;
    wrong |= high | low;
    bytes[i] = (high << 4) | low;
  }
  return wrong < 16 ? bytes : undefined;
}

export function toBase64Url(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const a = bytes[i] ?? 0;
    const b = bytes[i + 1];
    const c = bytes[i + 2];
    text += BASE64URL.charAt(a >> 2) + BASE64URL.charAt(((a & 3) << 4) | ((b ?? 0) >> 4));
    if (b !== undefined) text += BASE64URL.charAt(((b & 15) << 2) | ((c ?? 0) >> 6));
    if (c !== undefined) text += BASE64URL.charAt(c & 63);
  }
  return text;
}

const BASE64URL_CODES = Uint8Array.from(BASE64URL, (character) => character.charCodeAt(0));

/** The base64url form of `count` bytes from `from` on, as ASCII into `target` at `at`. */
export function writeBase64Url(
  bytes: Uint8Array,
  {
    from,
    count,
    target,
    at,
  }: { readonly from: number; readonly count: number; readonly target: Uint8Array; readonly at: number },
): void {
  let to = at;
  for (let i = from; i < from + count; i += 3) {
    const left = from + count - i;
    const word =
      ((bytes[i] ?? 0) << 16) | (left > 1 ? (bytes[i + 1] ?? 0) << 8 : 0) | (left > 2 ? (bytes[i + 2] ?? 0) : 0);
    target[to++] = BASE64URL_CODES[word >> 18] ?? 0;
    target[to++] = BASE64URL_CODES[(word >> 12) & 63] ?? 0;
    if (left > 1) target[to++] = BASE64URL_CODES[(word >> 6) & 63] ?? 0;
    if (left > 2) target[to++] = BASE64URL_CODES[word & 63] ?? 0;
  }
}

const BASE64URL_VALUES = Uint8Array.from({ length: 128 }, (_, code) => {
  const value = BASE64URL.indexOf(String.fromCharCode(code));
  return value < 0 ? 64 : value;
});

/** Throws TypeError unless `text` is the one canonical unpadded base64url form of some bytes. */
export function fromBase64Url(text: string): Uint8Array {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let out = 0;
  for (let i = 0; i < text.length; i++) {
    const value = BASE64URL_VALUES[text.charCodeAt(i)] ?? 64;
    if (value > 63) throw new TypeError("not base64url");
    bits = ((bits << 6) | value) & 0xffffff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes[out++] = (bits >> held) & 0xff;
    }
  }
  // No lone last character, and no bits behind the last byte.
  if (text.length % 4 === 1 || (bits & ((1 << held) - 1)) !== 0) throw new TypeError("not canonical base64url");
  return bytes;
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

export const equalBytes = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && compareBytes(a, b) === 0;
