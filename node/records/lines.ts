import type { RecordsBody } from "../../sdk/client/route.ts";
import { parseJsonBytes, isJsonObject, type JsonObject } from "../../sdk/protocol/json.ts";
import { ProtocolError } from "../../sdk/protocol/protocol-error.ts";
import { HttpError } from "../http/errors.ts";

/** A longer line is refused by itself. */
export const MAXIMUM_LINE_BYTES = 1024 * 1024;
/** Lines of one body. */
export const MAXIMUM_LINES = 10_000;
const LINE_FEED = 0x0a;

/** Neighbouring texts in one buffer: text i begins where text i − 1 ends. */
export interface Texts {
  readonly bytes: Uint8Array;
  readonly ends: Uint32Array;
}

export const textAt = ({ bytes, ends }: Texts, i: number): Uint8Array =>
  bytes.subarray(i === 0 ? 0 : ends[i - 1], ends[i]);

/** The texts one after another, in a buffer of their own. */
export function joinTexts(texts: readonly Uint8Array[]): Texts {
  const ends = new Uint32Array(texts.length);
  let end = 0;
  for (const [i, { length }] of texts.entries()) ends[i] = end += length;
  const bytes = new Uint8Array(end);
  for (const [i, text] of texts.entries()) bytes.set(text, i === 0 ? 0 : ends[i - 1]);
  return { bytes, ends };
}

/** The lines that have something on them, as views of the body; a JSON body is one. Throws HttpError `http.too-many-lines`. */
export function linesOf({ mediaType, bytes }: RecordsBody): readonly Uint8Array[] {
  if (mediaType === "application/json") return [bytes];
  const lines: Uint8Array[] = [];
  for (let start = 0; start < bytes.length;) {
    const found = bytes.indexOf(LINE_FEED, start);
    const end = found < 0 ? bytes.length : found;
    const line = bytes.subarray(start, end);
    if (!line.every(isSpace)) lines.push(line);
    if (lines.length > MAXIMUM_LINES) throw new HttpError("http.too-many-lines", { limit: MAXIMUM_LINES });
    start = end + 1;
  }
  return lines;
}

const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x09 || byte === 0x0d;

/** Throws HttpError `http.line-too-large`, ProtocolError `json.*`, `document.not-object`. */
export function parseLine(bytes: Uint8Array): JsonObject {
  if (bytes.length > MAXIMUM_LINE_BYTES) throw new HttpError("http.line-too-large", { limit: MAXIMUM_LINE_BYTES });
  const document = parseJsonBytes(bytes);
  if (!isJsonObject(document)) throw new ProtocolError("document.not-object");
  return document;
}
