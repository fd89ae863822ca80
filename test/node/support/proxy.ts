import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface Proxy {
  readonly url: string;
  /** Answers nothing while true. */
  down: boolean;
  /** Changes an answer's body on its way back. */
  alter: ((path: string, body: string) => string) | undefined;
  stop(): Promise<void>;
}

/** Stands between a caller and a server, and lets a test be the network. */
export async function startProxy(target: string): Promise<Proxy> {
  const { hostname, port } = new URL(target);
  const state: Pick<Proxy, "down" | "alter"> = { down: false, alter: undefined };
  const server: Server = createServer((incoming, outgoing) => {
    if (state.down) {
      incoming.socket.destroy();
      return;
    }
    const forward = request(
      { hostname, port, method: incoming.method, path: incoming.url, headers: incoming.headers },
      (answer) => {
        const parts: Buffer[] = [];
        answer.on("data", (part: Buffer) => parts.push(part));
        answer.on("end", () => {
          const body = Buffer.concat(parts);
          const altered =
            state.alter === undefined ? body : Buffer.from(state.alter(incoming.url ?? "", body.toString()));
          if (state.down) {
            incoming.socket.destroy();
            return;
          }
          const { "content-length": _length, "transfer-encoding": _encoding, ...headers } = answer.headers;
          outgoing.writeHead(answer.statusCode ?? 502, { ...headers, "content-length": altered.length });
          outgoing.end(altered);
        });
      },
    );
    forward.on("error", () => incoming.socket.destroy());
    incoming.pipe(forward);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(state, {
    url,
    stop: () => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  });
}
