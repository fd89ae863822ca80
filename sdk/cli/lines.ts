import { createReadStream } from "node:fs";
import { concat } from "../protocol/bytes.ts";
import { inputError, type Context } from "./context.ts";
import { CliError } from "./errors.ts";

const LINE_FEED = 0x0a;
export const MAXIMUM_LINE_BYTES = 4 * 1024 * 1024;

export interface NumberedLine {
  /** Counted from 1, blank lines included, as an editor does. */
  readonly number: number;
  readonly bytes: Uint8Array;
}

/**
 * The lines of a file, or of standard input for `-`, without their ends; blank ones are left out. Holds one line at a
 * time. Throws CliError `input.missing`, `input.unreadable`, `input.line-too-long`.
 */
export async function* numberedLines(path: string, context: Context): AsyncGenerator<NumberedLine> {
  const chunks: AsyncIterable<Uint8Array> =
    path === "-" ? context.world.stdin : createReadStream(context.resolvePath(path));
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  let number = 1;
  const grown = (bytes: number): void => {
    heldBytes += bytes;
    if (heldBytes > MAXIMUM_LINE_BYTES)
      throw new CliError("input.line-too-long", { path, line: number, limit: MAXIMUM_LINE_BYTES });
  };
  try {
    for await (const chunk of chunks) {
      let start = 0;
      for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
        grown(end - start);
        const bytes = concat(...held, chunk.subarray(start, end));
        if (!isBlank(bytes)) yield { number, bytes };
        held = [];
        heldBytes = 0;
        number++;
        start = end + 1;
      }
      grown(chunk.length - start);
      held.push(chunk.subarray(start));
    }
  } catch (cause) {
    throw inputError(path, cause);
  }
  const bytes = concat(...held);
  if (!isBlank(bytes)) yield { number, bytes };
}

/** Nothing but what JSON takes for space. */
const isBlank = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
