import type { Response } from "express";
import { toBase64Url, utf8 } from "../../sdk/protocol/bytes.ts";
import { digest } from "../../sdk/protocol/hash.ts";

const TAG_BYTES = 16;

/**
 * Sends what anyone may see and a cache between may keep for a while; a browser asks each time and is told in few bytes
 * that nothing changed. The tag is a digest of the answer: two nodes with the same data give the same.
 */
export function sendCached(response: Response, text: string, seconds: number): void {
  const tag = `"${toBase64Url(digest("sha256", utf8(text)).subarray(0, TAG_BYTES))}"`;
  response.set({ "Cache-Control": `public, max-age=0, s-maxage=${seconds}, must-revalidate`, ETag: tag });
  if (isKnown(response.req.headers["if-none-match"], tag)) return void response.status(304).end();
  response.status(200).type("application/json").send(text);
}

const isKnown = (given: string | undefined, tag: string): boolean =>
  given?.split(",").some((one) => one.trim().replace(/^W\//, "") === tag || one.trim() === "*") ?? false;
