import { room, uintBytes, uintOf } from "./codecs.ts";
import type { Operation } from "./store.ts";

/** What a batch does to the indexes, kept with the rest of the batch until it is done. */
export interface Redo {
  /** Batches that touch an index are counted from 1. */
  readonly number: number;
  readonly operations: readonly Operation[];
}

// number(8), then for each operation: type(1) ‖ length of key(1) ‖ length of value(2) ‖ key ‖ value.
const NUMBER_BYTES = 8;
const HEAD_BYTES = 4;
const PUT = 1;
const DEL = 0;

export function encodeRedo({ number, operations }: Redo): Uint8Array {
  let length = NUMBER_BYTES;
  for (const operation of operations) length += HEAD_BYTES + operation.key.length + valueOf(operation).length;
  const bytes = room(length);
  bytes.set(uintBytes(number, NUMBER_BYTES));
  let at = NUMBER_BYTES;
  for (const operation of operations) {
    const { key, type } = operation;
    const value = valueOf(operation);
    if (key.length > 0xff || value.length > 0xffff) throw new TypeError("too long for an index");
    bytes[at] = type === "put" ? PUT : DEL;
    bytes[at + 1] = key.length;
    bytes[at + 2] = value.length >>> 8;
    bytes[at + 3] = value.length & 0xff;
    bytes.set(key, at + HEAD_BYTES);
    bytes.set(value, at + HEAD_BYTES + key.length);
    at += HEAD_BYTES + key.length + value.length;
  }
  return bytes;
}

export function decodeRedo(bytes: Uint8Array): Redo {
  const operations: Operation[] = [];
  let at = NUMBER_BYTES;
  while (at < bytes.length) {
    const [type, keyLength = 0, high = 0, low = 0] = bytes.subarray(at, at + HEAD_BYTES);
    const valueAt = at + HEAD_BYTES + keyLength;
    const key = bytes.subarray(at + HEAD_BYTES, valueAt);
    at = valueAt + high * 256 + low;
    operations.push(type === PUT ? { type: "put", key, value: bytes.subarray(valueAt, at) } : { type: "del", key });
  }
  return { number: uintOf(bytes.subarray(0, NUMBER_BYTES)), operations };
}

const NOTHING = new Uint8Array();
const valueOf = (operation: Operation): Uint8Array => (operation.type === "put" ? operation.value : NOTHING);
