export interface PostRequest {
  readonly url: string;
  /** JSON. */
  readonly body: string;
  readonly signal: AbortSignal;
  /** An answer that is longer is not read to its end. */
  readonly maximumBytes: number;
}

export interface PostAnswer {
  readonly status: number;
  /** Undefined when it was too long. */
  readonly text: string | undefined;
}

/** Sends one JSON body and reads the answer. Follows no redirect. Rejects when the connection fails or the signal aborts. */
export type Post = (request: PostRequest) => Promise<PostAnswer>;

export const POST_HEADERS = { "content-type": "application/json", accept: "application/json" } as const;

/** By `fetch`, which every runtime has. */
export function fetchPost(send: typeof fetch = (input, init) => fetch(input, init)): Post {
  return async ({ url, body, signal, maximumBytes }) => {
    const response = await send(url, { method: "POST", headers: POST_HEADERS, body, signal, redirect: "error" });
    return { status: response.status, text: await read(response, maximumBytes) };
  };
}

async function read(response: Response, maximumBytes: number): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  const reader = response.body?.getReader();
  if (reader === undefined) return text;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.length;
    if (bytes > maximumBytes) {
      await reader.cancel();
      return undefined;
    }
    text += decoder.decode(value, { stream: true });
  }
}
