import { randomBytes } from "node:crypto";
import { request } from "node:http";
import { toBase64Url, utf8 } from "../../../sdk/protocol/bytes.ts";
import { contentDigestOf, SIGNED_COMPONENTS } from "../../../sdk/client/signature.ts";
import type { TestKey } from "./harness.ts";

export interface RawRequest {
  readonly url: string;
  readonly method?: string;
  /** Sent as it is, without any normalisation. */
  readonly target: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: Uint8Array;
  /** Sends the body in chunks without a declared length. */
  readonly chunked?: boolean;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
  /** The body's `code` when it is a problem. */
  readonly code: string | undefined;
}

export function send({
  url,
  method = "GET",
  target,
  headers = {},
  body,
  chunked = false,
}: RawRequest): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const length = body === undefined || chunked ? {} : { "content-length": String(body.length) };
    const outgoing = request(
      { hostname, port, method, path: target, headers: { ...length, ...headers } as Record<string, string> },
      (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("error", reject);
        response.on("end", () => {
          const text = Buffer.concat(parts).toString();
          const isProblem = response.headers["content-type"]?.startsWith("application/problem+json");
          const code = isProblem ? (JSON.parse(text) as { code: string }).code : undefined;
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, code });
        });
      },
    );
    outgoing.on("error", reject);
    if (body !== undefined) outgoing.write(body);
    outgoing.end();
  });
}

export interface Crafted {
  readonly key: TestKey;
  readonly url: string;
  readonly method?: string;
  readonly target: string;
  readonly body?: Uint8Array;
  /** Seconds. */
  readonly created: number;
  readonly expires?: number;
  readonly nonce?: string;
  readonly components?: readonly string[];
  /** Changes the parameters' text before it is signed. */
  readonly parameters?: (text: string) => string;
  readonly values?: Readonly<Record<string, string>>;
}

/** A signature made by hand, so that each rule can be broken by itself. */
export async function craft(options: Crafted): Promise<Record<string, string>> {
  const { key, method = "GET", target, created, components = SIGNED_COMPONENTS } = options;
  const url = new URL(options.url);
  const [path = "", query = ""] = target.split("?");
  const digest = contentDigestOf(options.body ?? new Uint8Array());
  const values: Record<string, string> = {
    "@method": method,
    "@authority": url.host,
    "@path": path,
    "@query": `?${query}`,
    "content-digest": digest,
    ...options.values,
  };
  const nonce = options.nonce ?? toBase64Url(randomBytes(16));
  const plain = `(${components.map((name) => `"${name}"`).join(" ")});created=${created};expires=${options.expires ?? created + 120};nonce="${nonce}";keyid="${key.keyId}";alg="ed25519";tag="suyuan"`;
  const parameters = options.parameters?.(plain) ?? plain;
  const lines = components.map((name) => `"${name}": ${values[name] ?? ""}`);
  const signature = await key.sign(utf8([...lines, `"@signature-params": ${parameters}`].join("\n")));
  return {
    "content-digest": digest,
    "signature-input": `sig1=${parameters}`,
    signature: `sig1=:${Buffer.from(signature).toString("base64")}:`,
  };
}
