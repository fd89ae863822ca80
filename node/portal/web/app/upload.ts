import type { Transport } from "../../../../sdk/client/transport.ts";

/** One exchange that tells how many bytes of the body are on their way: `fetch` does not. */
export const uploading =
  (onSent: (bytes: number) => void): Transport =>
  ({ method, url, headers, body, signal }) =>
    new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open(method, url);
      request.responseType = "arraybuffer";
      for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
      request.upload.addEventListener("progress", ({ loaded }) => onSent(loaded));
      request.addEventListener("load", () =>
        resolve({
          status: request.status,
          header: (name) => request.getResponseHeader(name) ?? undefined,
          body: whole(new Uint8Array(request.response as ArrayBuffer)), // As the type of the response says.
        }),
      );
      request.addEventListener("error", () => reject(new TypeError("the connection failed")));
      request.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
      signal.addEventListener("abort", () => request.abort());
      request.send(body === undefined ? null : Uint8Array.from(body));
    });

async function* whole(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
