import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { EmbeddedChain } from "./chain.ts";
import { ChainError, RpcCode, RpcFailure } from "./errors.ts";
import { answerBody, failure } from "./rpc.ts";

export const MAX_BODY_BYTES = 4 * 1024 * 1024;
const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "[::1]"]);
const LISTEN_HOSTS: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "::1"]);
const PREFLIGHT_SECONDS = 600;
/** Longer than the pauses of clients that poll, so that a reused connection is not closed under a request. */
const KEEP_ALIVE_MS = 65_000;
const SWEEP_MS = 20;
const CLOSE_GRACE_MS = 3000;

export interface ServerOptions {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Origins whose pages may call this port, as browsers write them: `http://127.0.0.1:4700`. */
  readonly allowOrigins: readonly string[];
}

export interface RpcServer {
  readonly rpcUrl: string;
  close(): Promise<void>;
}

/**
 * Serves JSON-RPC over HTTP on loopback. A page of another site cannot use it: its Origin is not allowed, and a name
 * that is rebound to loopback comes with a foreign Host. Errors: `chain.host-not-loopback`, `chain.port-in-use`.
 */
export async function serveRpc(
  options: ServerOptions,
  dependencies: { readonly chain: EmbeddedChain },
): Promise<RpcServer> {
  const { host, port } = options;
  if (!LISTEN_HOSTS.has(host)) throw new ChainError("chain.host-not-loopback", { host });
  const allowed: ReadonlySet<string> = new Set(options.allowOrigins);
  const server = createServer((request, response) => {
    handle({ request, response }, { allowed, chain: dependencies.chain }).catch(() => response.destroy());
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await listen(server, { host, port });
  const address = server.address();
  const boundPort = typeof address === "object" && address !== null ? address.port : port;
  return { rpcUrl: `http://${host === "::1" ? "[::1]" : host}:${String(boundPort)}`, close: () => close(server) };
}

async function listen(server: Server, at: { readonly host: string; readonly port: number }): Promise<void> {
  server.listen(at);
  try {
    await once(server, "listening");
  } catch (error) {
    const busy = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
    throw busy ? new ChainError("chain.port-in-use", { port: at.port }, error) : error;
  }
}

/** Answers what has been asked and drops each connection as it falls idle, the rest after the grace period. */
async function close(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  const deadline = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
  await closed;
  clearInterval(sweep);
  clearTimeout(deadline);
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

async function handle(
  { request, response }: Exchange,
  context: { readonly allowed: ReadonlySet<string>; readonly chain: EmbeddedChain },
): Promise<void> {
  const origin = request.headers.origin;
  response.setHeader("Vary", "Origin");
  response.setHeader("Cache-Control", "no-store");
  if (!isLoopbackHost(request.headers.host)) return refuse(response, 403, "the Host header does not name this machine");
  if (origin !== undefined) {
    if (!context.allowed.has(origin)) return refuse(response, 403, "this origin is not allowed");
    response.setHeader("Access-Control-Allow-Origin", origin);
  }
  if (request.method === "OPTIONS") return preflight({ request, response });
  if (request.method !== "POST") {
    response.setHeader("Allow", "POST, OPTIONS");
    return refuse(response, 405, "POST a JSON-RPC request");
  }
  const type = request.headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase();
  if (type !== "application/json") return refuse(response, 415, "content-type is application/json");
  const text = await readBody(request);
  if (text === undefined) {
    response.setHeader("Connection", "close");
    return refuse(response, 413, `a body holds at most ${String(MAX_BODY_BYTES)} bytes`);
  }
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return send(response, 200, failure(null, new RpcFailure(RpcCode.parse, "not JSON")));
  }
  send(response, 200, await answerBody(context.chain, body));
}

function isLoopbackHost(host: string | undefined): boolean {
  return host !== undefined && LOOPBACK_HOSTS.has(host.toLowerCase().replace(/:\d{1,5}$/, ""));
}

function preflight({ request, response }: Exchange): void {
  response.setHeader("Access-Control-Allow-Methods", "POST");
  response.setHeader("Access-Control-Allow-Headers", "content-type");
  response.setHeader("Access-Control-Max-Age", PREFLIGHT_SECONDS);
  // Chromium asks this before a page may reach loopback (Private Network Access).
  if (request.headers["access-control-request-private-network"] === "true") {
    response.setHeader("Access-Control-Allow-Private-Network", "true");
  }
  response.writeHead(204).end();
}

/** Undefined when the body is larger than allowed; the rest of it is then not read. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function refuse(response: ServerResponse, status: number, message: string): void {
  send(response, status, failure(null, new RpcFailure(RpcCode.invalidRequest, message)));
}

function send(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(value));
}
