import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";

const LIMITS: ServerLimits = { headMs: 10_000, requestMs: 120_000, checkMs: 2000 };
/** What a client is told: how long it may take up a connection again. */
const KEEP_ALIVE_TIMEOUT_MS = 5000;
/** Beyond that: a busy client takes one up late, and must not find it closed under its request. */
const KEEP_ALIVE_BUFFER_MS = 10_000;
const MAXIMUM_HEADER_BYTES = 16 * 1024;
/** How long requests under way may take to end when the node stops. */
const DRAIN_MS = 20_000;

export interface Listening {
  readonly host: string;
  readonly port: number;
}

interface ServerLimits {
  /** Until the whole head is there. Default: 10 s. */
  readonly headMs: number;
  /** Until the whole request is there. Default: 120 s, which is 16 MiB at 150 kB/s. */
  readonly requestMs: number;
  /** How often the engine looks for connections that are over their time. Default: 2 s; its own would be 30. */
  readonly checkMs: number;
}

/** A bounded HTTP server that ends gracefully. */
export class HttpServer {
  private readonly server: Server;
  private readonly ending = new AbortController();

  constructor(listener: RequestListener, { headMs, requestMs, checkMs } = LIMITS) {
    const bounds = { maxHeaderSize: MAXIMUM_HEADER_BYTES, connectionsCheckingInterval: checkMs };
    this.server = createServer(bounds, (request, response) => {
      // Whoever keeps a connection open learns with the next answer that it ends.
      if (this.ending.signal.aborted) response.setHeader("Connection", "close");
      // A stream's head went out before that: its connection is idle once it has ended.
      response.once("close", () => {
        if (this.ending.signal.aborted) setImmediate(() => this.server.closeIdleConnections());
      });
      listener(request, response);
    });
    this.server.headersTimeout = headMs;
    this.server.requestTimeout = requestMs;
    this.server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
    this.server.keepAliveTimeoutBuffer = KEEP_ALIVE_BUFFER_MS;
  }

  /** Rejects with the error of the operating system: address in use, no permission. */
  listen({ host, port }: Listening): Promise<Listening> {
    return new Promise((resolve, reject) => {
      this.server.once("error", reject);
      this.server.listen(port, host, () => {
        this.server.off("error", reject);
        resolve({ host, port: (this.server.address() as AddressInfo).port }); // Listens on a port, not on a pipe.
      });
    });
  }

  /** Takes no new connection, waits for the requests under way, then cuts what is left. */
  async close(): Promise<void> {
    if (!this.server.listening) return;
    this.ending.abort();
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    const deadline = setTimeout(() => this.server.closeAllConnections(), DRAIN_MS);
    await closed;
    clearTimeout(deadline);
  }
}
