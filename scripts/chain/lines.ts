import type { FileHandle } from "node:fs/promises";
import { crc32 } from "node:zlib";

const LINE_FEED = 0x0a;
const CHECK_CHARS = 8;
const CHUNK_BYTES = 1 << 20;

/** One line of a checked NDJSON file: CRC-32 of the JSON text in 8 hex digits, a space, the text, a line feed. */
export function encodeLine(value: unknown): Buffer {
  const text = JSON.stringify(value);
  return Buffer.from(`${crc32(text).toString(16).padStart(CHECK_CHARS, "0")} ${text}\n`, "utf8");
}

/** The value of a line without its line feed, or undefined when the check or the JSON is wrong. */
export function decodeLine(line: Buffer): unknown {
  const text = line.subarray(CHECK_CHARS + 1);
  if (line.toString("latin1", 0, CHECK_CHARS + 1) !== `${crc32(text).toString(16).padStart(CHECK_CHARS, "0")} `) {
    return undefined;
  }
  try {
    return JSON.parse(text.toString("utf8"));
  } catch {
    return undefined;
  }
}

export interface RawLine {
  /** From 1. */
  readonly number: number;
  /** Where the line starts in the file. */
  readonly offset: number;
  readonly bytes: Buffer;
  /** False only for a last line that has no line feed. */
  readonly terminated: boolean;
}

/** Reads a file line by line, in bounded chunks. */
export async function* readLines(file: FileHandle): AsyncGenerator<RawLine> {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let carried: Buffer[] = [];
  let carriedBytes = 0;
  let number = 0;
  let offset = 0;
  for (let position = 0; ;) {
    const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, position);
    if (bytesRead === 0) break;
    position += bytesRead;
    let from = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1 && end < bytesRead; end = chunk.indexOf(LINE_FEED, from)) {
      const bytes = Buffer.concat([...carried, chunk.subarray(from, end)]);
      yield { number: ++number, offset, bytes, terminated: true };
      offset += bytes.length + 1;
      carried = [];
      carriedBytes = 0;
      from = end + 1;
    }
    if (from < bytesRead) {
      carried.push(Buffer.from(chunk.subarray(from, bytesRead)));
      carriedBytes += bytesRead - from;
    }
  }
  if (carriedBytes > 0) yield { number: number + 1, offset, bytes: Buffer.concat(carried), terminated: false };
}
