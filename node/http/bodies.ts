import type { IncomingMessage } from "node:http";
import { HttpError } from "./errors.ts";

/** Bodies of records. */
export const MAXIMUM_RECORDS_BYTES = 16 * 1024 * 1024;
/** Every other body, unless its route says otherwise. */
export const MAXIMUM_BODY_BYTES = 256 * 1024;
/** Bodies larger than MAXIMUM_BODY_BYTES that are held in memory at the same time. */
const MAXIMUM_LARGE_BODIES = 4;

/** Counts large bodies in memory; refuses rather than queues, so that memory has a bound that is known. */
export class LargeBodies {
  private held = 0;
  private readonly limit: number;

  constructor(limit = MAXIMUM_LARGE_BODIES) {
    this.limit = limit;
  }

  get inProgress(): number {
    return this.held;
  }

  /** Runs `action` with one place taken. Throws HttpError `http.busy`. */
  async hold<T>(action: () => Promise<T>): Promise<T> {
    if (this.held >= this.limit) throw new HttpError("http.busy");
    this.held++;
    try {
      return await action();
    } finally {
      this.held--;
    }
  }
}

/** The length that a request declares; undefined when it is chunked. Throws HttpError `http.body-too-large`, `http.content-encoding`. */
export function declaredLength(request: IncomingMessage, limit: number): number | undefined {
  const encoding = request.headers["content-encoding"];
  if (encoding !== undefined && encoding.toLowerCase() !== "identity") throw new HttpError("http.content-encoding");
  const declared = request.headers["content-length"];
  if (declared === undefined) return request.headers["transfer-encoding"] === undefined ? 0 : undefined;
  if (Number(declared) > limit) throw new HttpError("http.body-too-large", { limit });
  return Number(declared);
}

/** The whole body. Throws HttpError `http.body-too-large`, `http.body-incomplete`. */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  try {
    // The socket stays open when the limit is passed, so that the problem can be answered.
    for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      length += part.length;
      if (length > limit) throw new HttpError("http.body-too-large", { limit });
      parts.push(part);
    }
  } catch (cause) {
    if (cause instanceof HttpError) throw cause;
    throw new HttpError("http.body-incomplete", {}, cause);
  }
  return Buffer.concat(parts, length);
}
