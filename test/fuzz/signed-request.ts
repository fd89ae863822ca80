import { createPrivateKey, createPublicKey } from "node:crypto";
import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { fromUtf8, toHex, type Hex } from "../../sdk/protocol/bytes.ts";
import type { SignatureDependencies } from "../../node/http/signature.ts";

/** A key for tests only: the private half is public. */
const PRIVATE_KEY = createPrivateKey({
  key: Buffer.from(`302e020100300506032b657004220420${"07".repeat(32)}`, "hex"),
  format: "der",
  type: "pkcs8",
});
export const KEY_ID = "91330106MA2CC4T88W/1";
/** Seconds: when the corpus was signed. */
export const SIGNED_AT = 1_772_413_200;
export const AUTHORITY = "node.example";

export const signingKey = PRIVATE_KEY;
const publicKey: Hex = toHex(createPublicKey(PRIVATE_KEY).export({ format: "der", type: "spki" }).subarray(-32));

export const dependencies: SignatureDependencies = {
  clock: () => SIGNED_AT * 1000,
  lookup: ({ department, index }) =>
    Promise.resolve({
      publicKey: `${department}/${index}` === KEY_ID ? publicKey : undefined,
      trusted: true,
      departmentActive: true,
      role: "department",
    }),
  isOwnAuthority: (authority) => authority === AUTHORITY,
};

/** A request from its text: the request line, then a header a line. Undefined for what an HTTP parser would not have let through. */
export function requestOf(bytes: Uint8Array): IncomingMessage | undefined {
  let text: string;
  try {
    text = fromUtf8(bytes);
  } catch {
    return undefined;
  }
  const [first = "", ...lines] = text.split("\n");
  const [method, target] = first.split(" ");
  if (method === undefined || target === undefined || !/^[A-Z]+$/.test(method)) return undefined;
  const request = new IncomingMessage(new Socket());
  request.method = method;
  request.url = target;
  for (const line of lines.filter((one) => one !== "")) {
    const [, name, value] = /^([a-z-]+): ?([\t\x20-\x7e\x80-\xff]*)$/i.exec(line) ?? [];
    if (name === undefined || value === undefined) return undefined;
    request.rawHeaders.push(name, value);
  }
  // What node:http itself computes from the raw headers.
  const headers: Record<string, string> = {};
  const distinct: Record<string, string[]> = {};
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    const name = (request.rawHeaders[i] ?? "").toLowerCase();
    const value = request.rawHeaders[i + 1] ?? "";
    headers[name] = name in headers ? `${headers[name] ?? ""}, ${value}` : value;
    (distinct[name] ??= []).push(value);
  }
  request.headers = headers;
  request.headersDistinct = distinct;
  return request;
}
