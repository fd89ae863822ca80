import { concat, fromUtf8, toHex, utf8, type Hex } from "../../sdk/protocol/bytes.ts";

/** A value's stored form. Keys sort as their bytes do. */
export interface Codec<T> {
  encode(value: T): Uint8Array;
  decode(bytes: Uint8Array): T;
}

const SEQ_BYTES = 5;
const SCOPE_BYTES = 32;
/** Largest record number: 40 bits. */
export const MAXIMUM_SEQ = 2 ** 40 - 1;

/** Big-endian, so that byte order is numeric order. */
export function uintBytes(value: number, lengthBytes: number): Uint8Array {
  if (!Number.isSafeInteger(value) || value < 0) throw new TypeError("not an unsigned integer");
  const bytes = new Uint8Array(lengthBytes);
  let rest = value;
  for (let i = lengthBytes - 1; i >= 0; i--) {
    bytes[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  if (rest > 0) throw new TypeError(`does not fit ${lengthBytes} bytes`);
  return bytes;
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

// Neighbouring keys are of the same scope. The bytes are copied into keys, never changed.
let last: { readonly hex: Hex; readonly bytes: Uint8Array } = { hex: "0x", bytes: new Uint8Array() };

export const rawBytes: Codec<Uint8Array> = { encode: (value) => value, decode: (bytes) => bytes };
export const textBytes: Codec<string> = { encode: utf8, decode: fromUtf8 };
export const hexBytes: Codec<Hex> = { encode: (hex) => hexToBytes(hex).slice(), decode: toHex };
export const uint = (lengthBytes: number): Codec<number> => ({
  encode: (value) => uintBytes(value, lengthBytes),
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
export const scopeSeq: Codec<ScopeSeq> = {
  encode: ({ scope, seq }) => concat(hexToBytes(scope), uintBytes(seq, SEQ_BYTES)),
  decode: (bytes) => ({
    scope: toHex(bytes.subarray(0, SCOPE_BYTES)),
    seq: uintOf(bytes.subarray(SCOPE_BYTES, SCOPE_BYTES + SEQ_BYTES)),
  }),
};

export interface ScopeDigest {
  readonly scope: Hex;
  readonly digest: Uint8Array;
}

export const scopeDigest: Codec<ScopeDigest> = {
  encode: ({ scope, digest }) => concat(hexToBytes(scope), digest),
  decode: (bytes) => ({ scope: toHex(bytes.subarray(0, SCOPE_BYTES)), digest: bytes.subarray(SCOPE_BYTES) }),
};
