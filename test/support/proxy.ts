import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface RpcRequest {
  readonly id: number;
  readonly method: string;
  readonly params: readonly unknown[];
}

export interface RpcAnswer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

/** Changes what an endpoint says, one answer at a time. */
export type Tamper = (request: RpcRequest, answer: RpcAnswer) => RpcAnswer;

export interface RpcProxy {
  readonly url: string;
  /** Every method that was asked for, in order. */
  readonly asked: string[];
  tamper: Tamper;
  stop(): Promise<void>;
}

const toList = <T>(value: T | readonly T[]): readonly T[] =>
  Array.isArray(value) ? (value as readonly T[]) : [value as T];

/** A chain endpoint that passes everything to another one and may lie about the answers. */
export async function startProxy(target: string, tamper: Tamper = (_request, answer) => answer): Promise<RpcProxy> {
  const proxy = { url: "", asked: [] as string[], tamper, stop: () => Promise.resolve() };
  const answer = async (body: string): Promise<string> => {
    const parsed = JSON.parse(body) as RpcRequest | RpcRequest[]; // What our own client wrote.
    const response = await fetch(target, { method: "POST", headers: { "content-type": "application/json" }, body });
    const answers = new Map(toList((await response.json()) as RpcAnswer | RpcAnswer[]).map((one) => [one.id, one]));
    const changed = toList(parsed).map((request) => {
      proxy.asked.push(request.method);
      return { jsonrpc: "2.0", ...proxy.tamper(request, answers.get(request.id) ?? { id: request.id }) };
    });
    return JSON.stringify(Array.isArray(parsed) ? changed : changed[0]);
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      answer(Buffer.concat(chunks).toString("utf8")).then(
        (text) => response.writeHead(200, { "content-type": "application/json" }).end(text),
        () => response.destroy(),
      );
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  proxy.url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  proxy.stop = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  return proxy;
}
