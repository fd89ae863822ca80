import { concat, fromUtf8 } from "../protocol/bytes.ts";
import { ClientError } from "./errors.ts";

const LINE_FEED = 0x0a;
/** A longer line of a stream is refused. */
const MAXIMUM_LINE_BYTES = 4 * 1024 * 1024;

/** The lines of a byte stream without their ends; empty ones are left out. Holds one line at a time. */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
  maximumBytes = MAXIMUM_LINE_BYTES,
): AsyncGenerator<Uint8Array> {
  for await (const line of allLines(chunks, maximumBytes)) if (line.length > 0) yield line;
}

async function* allLines(chunks: AsyncIterable<Uint8Array>, maximumBytes: number): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      yield trimmed(concat(...held, chunk.subarray(start, end)));
      held = [];
      heldBytes = 0;
      start = end + 1;
    }
    const rest = chunk.subarray(start);
    heldBytes += rest.length;
    if (heldBytes > maximumBytes) throw new ClientError("client.response-too-large", { host: "", limit: maximumBytes });
    if (rest.length > 0) held.push(rest);
  }
  if (heldBytes > 0) yield trimmed(concat(...held));
}

/** Without the carriage return of a CRLF. */
const trimmed = (line: Uint8Array): Uint8Array => (line.at(-1) === 0x0d ? line.subarray(0, -1) : line);

export interface RawEvent {
  readonly id?: string;
  readonly event?: string;
  readonly data: string;
}

/** The events of a `text/event-stream` (WHATWG HTML §9.2); comments and events without data are left out. */
export async function* readEvents(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<RawEvent> {
  let id: string | undefined;
  let event: string | undefined;
  let data: string[] = [];
  for await (const bytes of allLines(chunks, MAXIMUM_LINE_BYTES)) {
    const line = fromUtf8(bytes);
    if (line === "") {
      if (data.length > 0)
        yield { ...(id !== undefined && { id }), ...(event !== undefined && { event }), data: data.join("\n") };
      event = undefined;
      data = [];
      continue;
    }
    const [, field, value = ""] = /^([^:]*)(?::[ ]?(.*))?$/.exec(line) ?? [];
    if (field === "id") id = value;
    else if (field === "event") event = value;
    else if (field === "data") data.push(value);
  }
}
