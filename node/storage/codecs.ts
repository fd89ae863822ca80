import { fromUtf8, toHex, utf8, type Hex } from "../../sdk/protocol/bytes.ts";

/** A value's stored form. */
export interface Codec<T> {
  encode(value: T): Uint8Array;
  decode(bytes: Uint8Array): T;
}

/** The stored form of keys, which sort as their bytes do. */
export interface KeyCodec<T> extends Codec<T> {
  /** Behind the number of its space. */
  encodeKey(value: T, space: number): Uint8Array;
}

/**
 * Room for a few bytes, all of which are to be written: a piece of Node's pool. A record takes dozens of such, and a
 * buffer of its own costs more than what stands in it, most of it when it is released.
 */
export const room = (lengthBytes: number): Uint8Array => Buffer.allocUnsafe(lengthBytes);

interface KeyForm<T> {
  readonly length: (value: T) => number;
  /** Writes all bytes of the length, from `at` on. */
  readonly write: (value: T, bytes: Uint8Array, at: number) => void;
  readonly decode: (bytes: Uint8Array) => T;
}

const keyCodec = <T>({ length, write, decode }: KeyForm<T>): KeyCodec<T> => ({
  encode: (value) => {
    const bytes = room(length(value));
    write(value, bytes, 0);
    return bytes;
  },
  encodeKey: (value, space) => {
    const bytes = room(1 + length(value));
    bytes[0] = space;
    write(value, bytes, 1);
    return bytes;
  },
  decode,
});

const encoder = new TextEncoder();
const SEQ_BYTES = 5;
const SCOPE_BYTES = 32;
/** Largest record number: 40 bits. */
export const MAXIMUM_SEQ = 2 ** 40 - 1;

/** Big-endian, so that byte order is numeric order. */
export function uintBytes(value: number, lengthBytes: number): Uint8Array {
  const bytes = room(lengthBytes);
  writeUint(bytes, { value, at: 0, lengthBytes });
  return bytes;
}

interface UintPlace {
  readonly value: number;
  readonly at: number;
  readonly lengthBytes: number;
}

function writeUint(bytes: Uint8Array, { value, at, lengthBytes }: UintPlace): void {
  if (!Number.isSafeInteger(value) || value < 0) throw new TypeError("not an unsigned integer");
  let rest = value;
  for (let i = at + lengthBytes - 1; i >= at; i--) {
    bytes[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  if (rest > 0) throw new TypeError(`does not fit ${lengthBytes} bytes`);
}

export const uintOf = (bytes: Uint8Array): number => bytes.reduce((value, byte) => value * 256 + byte, 0);

/** Part of every key, so not the careful decoder of the protocol: what is not hexadecimal is a programming mistake. */
function hexToBytes(hex: Hex): Uint8Array {
  if (hex === last.hex) return last.bytes;
  const bytes = Buffer.from(hex.slice(2), "hex");
  if (bytes.length * 2 !== hex.length - 2) throw new TypeError("not hexadecimal");
  last = { hex, bytes };
  return bytes;
}

function scopeBytes(scope: Hex): Uint8Array {
  const bytes = hexToBytes(scope);
  if (bytes.length !== SCOPE_BYTES) throw new TypeError("not a scope");
  return bytes;
}

// Neighbouring keys are of the same scope. The bytes are copied into keys, never changed.
let last: { readonly hex: Hex; readonly bytes: Uint8Array } = { hex: "0x", bytes: new Uint8Array() };

export const rawBytes: KeyCodec<Uint8Array> = {
  ...keyCodec({
    length: (value) => value.length,
    write: (value, bytes, at) => bytes.set(value, at),
    decode: (bytes) => bytes,
  }),
  encode: (value) => value,
};
export const textBytes: KeyCodec<string> = keyCodec({
  length: (text) => Buffer.byteLength(text),
  write: (text, bytes, at) => void encoder.encodeInto(text, bytes.subarray(at)),
  decode: fromUtf8,
});
export const hexBytes: KeyCodec<Hex> = keyCodec({
  length: (hex) => hexToBytes(hex).length,
  write: (hex, bytes, at) => bytes.set(hexToBytes(hex), at),
  decode: toHex,
});
export const uint = (lengthBytes: number): KeyCodec<number> =>
  keyCodec({
    length: () => lengthBytes,
    write: (value, bytes, at) => writeUint(bytes, { value, at, lengthBytes }),
    decode: uintOf,
  });

/** JSON text. The store's own values: whoever can edit them can edit the bytes anyway, so the type is taken on trust. */
export const json = <T>(): Codec<T> => ({
  encode: (value) => utf8(JSON.stringify(value)),
  decode: (bytes) => JSON.parse(fromUtf8(bytes)) as T, // Written by `encode` of the same space.
});

export interface ScopeSeq {
  readonly scope: Hex;
  readonly seq: number;
}

/** A record's place: scope, then number in order. */
export const scopeSeq: KeyCodec<ScopeSeq> = keyCodec({
  length: () => SCOPE_BYTES + SEQ_BYTES,
  write: ({ scope, seq }, bytes, at) => {
    bytes.set(scopeBytes(scope), at);
    writeUint(bytes, { value: seq, at: at + SCOPE_BYTES, lengthBytes: SEQ_BYTES });
  },
  decode: (bytes) => ({
    scope: toHex(bytes.subarray(0, SCOPE_BYTES)),
    seq: uintOf(bytes.subarray(SCOPE_BYTES, SCOPE_BYTES + SEQ_BYTES)),
  }),
});

export interface ScopeDigest {
  readonly scope: Hex;
  readonly digest: Uint8Array;
}

export const scopeDigest: KeyCodec<ScopeDigest> = keyCodec({
  length: ({ digest }) => SCOPE_BYTES + digest.length,
  write: ({ scope, digest }, bytes, at) => {
    bytes.set(scopeBytes(scope), at);
    bytes.set(digest, at + SCOPE_BYTES);
  },
  decode: (bytes) => ({ scope: toHex(bytes.subarray(0, SCOPE_BYTES)), digest: bytes.subarray(SCOPE_BYTES) }),
});
