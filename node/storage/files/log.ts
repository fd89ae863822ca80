import { concat } from "../../../sdk/protocol/bytes.ts";
import { crc32c, masked } from "./crc32c.ts";

// LevelDB's log format (doc/log_format.md): blocks of 32 KiB; a record is checksum(4) ‖ length(2) ‖ type(1) ‖ data, and a
// rest of a block too short for a head is zero.
const BLOCK_BYTES = 32 * 1024;
const HEAD_BYTES = 7;
/** What a file system gives for a page that never reached the disk. */
const PAGE_BYTES = 512;

/** A record, or the part of it that lies in one block. */
export interface Fragment {
  readonly type: number;
  readonly data: Uint8Array;
}

const FULL = 1;
const FIRST = 2;
const LAST = 4;

/** The records of a log as far as it is whole; a record that was not written to its end is none. */
export function readLogRecords(bytes: Uint8Array): Uint8Array[] {
  const records: Uint8Array[] = [];
  let parts: Uint8Array[] = [];
  findLogDamage(bytes, ({ type, data }) => {
    if (type === FULL || type === FIRST) parts = [];
    parts.push(data);
    if (type === FULL || type === LAST) records.push(concat(...parts));
  });
  return records;
}

/**
 * Where a log is damaged; undefined when it is whole. What a crash leaves is whole: a record that the file ends in, or whose
 * last pages were never written. The engine would drop what does not fit its checksum, up to a block, and go on behind it.
 */
export function findLogDamage(bytes: Uint8Array, onFragment?: (fragment: Fragment) => void): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  while (at < bytes.length) {
    const left = BLOCK_BYTES - (at % BLOCK_BYTES);
    if (left < HEAD_BYTES) {
      at += left;
      continue;
    }
    if (at + HEAD_BYTES > bytes.length) return undefined;
    const length = view.getUint16(at + 4, true);
    const type = bytes[at + 6] ?? 0;
    const end = at + HEAD_BYTES + length;
    if (type === 0 && length === 0 && isZero(bytes.subarray(at))) return undefined;
    const fits = HEAD_BYTES + length <= left;
    if (fits && end > bytes.length) return hidesARecord(bytes.subarray(at), length) ? at : undefined;
    const data = bytes.subarray(at + 6, end);
    if (!fits || view.getUint32(at, true) !== masked(crc32c(data))) return isTorn(bytes.subarray(at)) ? undefined : at;
    onFragment?.({ type, data: data.subarray(1) });
    at = end;
  }
  return undefined;
}

/** A length with one bit too many reaches past the end and hides what follows: then the record fits with that bit taken away. */
function hidesARecord(rest: Uint8Array, length: number): boolean {
  const stored = new DataView(rest.buffer, rest.byteOffset).getUint32(0, true);
  for (let bit = 1; bit <= length; bit *= 2) {
    const shorter = length - bit;
    if ((length & bit) === 0 || HEAD_BYTES + shorter > rest.length) continue;
    if (stored === masked(crc32c(rest.subarray(6, HEAD_BYTES + shorter)))) return true;
  }
  return false;
}

const isZero = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0);

const isTorn = (rest: Uint8Array): boolean => rest.length >= PAGE_BYTES && isZero(rest.subarray(-PAGE_BYTES));
