import type { EmbeddedChain } from "./chain.ts";
import { RpcCode, RpcFailure } from "./errors.ts";

/** Requests in one batch; a longer batch is refused whole. */
export const MAX_BATCH = 100;
const CLIENT_VERSION = "suyuan-embedded-chain/1";

/**
 * Served by the engine as they are; none changes state. `finalized` and `safe` are the last block: one operator makes the
 * blocks and none is ever replaced. `pending` is what waits, run as if mined now; it promises nothing.
 */
const ENGINE_METHODS: ReadonlySet<string> = new Set([
  "eth_blockNumber",
  "eth_call",
  "eth_chainId",
  "eth_estimateGas",
  "eth_feeHistory",
  "eth_getBalance",
  "eth_getBlockByHash",
  "eth_getBlockByNumber",
  "eth_getBlockTransactionCountByHash",
  "eth_getBlockTransactionCountByNumber",
  "eth_getCode",
  "eth_getLogs",
  "eth_getStorageAt",
  "eth_getTransactionByBlockHashAndIndex",
  "eth_getTransactionByBlockNumberAndIndex",
  "eth_getTransactionByHash",
  "eth_getTransactionReceipt",
  "net_version",
]);

type Answer = (chain: EmbeddedChain, params: readonly unknown[]) => Promise<unknown>;

/** Answered here: the chain has no currency and no accounts of its own. */
const OWN_METHODS: ReadonlyMap<string, Answer> = new Map<string, Answer>([
  ["eth_accounts", () => Promise.resolve([])],
  ["eth_gasPrice", () => Promise.resolve("0x0")],
  ["eth_maxPriorityFeePerGas", () => Promise.resolve("0x0")],
  ["eth_syncing", () => Promise.resolve(false)],
  ["web3_clientVersion", () => Promise.resolve(CLIENT_VERSION)],
  ["eth_getTransactionCount", getTransactionCount],
  ["eth_sendRawTransaction", sendRawTransaction],
]);

/** Everything else is `-32601`: no method of the engine that mines, rewrites, impersonates, traces or signs is reachable. */
export const ALLOWED_METHODS: ReadonlySet<string> = new Set([...ENGINE_METHODS, ...OWN_METHODS.keys()]);

export interface RpcResponse {
  readonly jsonrpc: "2.0";
  readonly id: string | number | null;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: string };
}

/** Answers a parsed JSON-RPC body, a request or a batch of requests. Never throws. */
export async function answerBody(chain: EmbeddedChain, body: unknown): Promise<RpcResponse | RpcResponse[]> {
  if (!Array.isArray(body)) return answerRequest(chain, body);
  if (body.length === 0) return failure(null, new RpcFailure(RpcCode.invalidRequest, "empty batch"));
  if (body.length > MAX_BATCH) {
    return failure(null, new RpcFailure(RpcCode.invalidRequest, `a batch holds at most ${String(MAX_BATCH)} requests`));
  }
  return Promise.all(body.map((request: unknown) => answerRequest(chain, request)));
}

/** The response to a request that could not be answered. */
export function failure(id: RpcResponse["id"], error: unknown): RpcResponse {
  const known = error instanceof RpcFailure ? error : new RpcFailure(RpcCode.internal, "internal error");
  const { rpcCode: code, message, data } = known;
  return { jsonrpc: "2.0", id, error: data === undefined ? { code, message } : { code, message, data } };
}

async function answerRequest(chain: EmbeddedChain, request: unknown): Promise<RpcResponse> {
  const id = requestId(request);
  try {
    const { method, params } = parseRequest(request);
    const own = OWN_METHODS.get(method);
    if (own === undefined && !ENGINE_METHODS.has(method)) {
      throw new RpcFailure(RpcCode.methodNotFound, `the method ${method.slice(0, 64)} does not exist/is not available`);
    }
    return { jsonrpc: "2.0", id, result: await (own === undefined ? chain.read(method, params) : own(chain, params)) };
  } catch (error) {
    return failure(id, error);
  }
}

function requestId(request: unknown): RpcResponse["id"] {
  const id = typeof request === "object" && request !== null && "id" in request ? request.id : null;
  return typeof id === "string" || typeof id === "number" ? id : null;
}

function parseRequest(request: unknown): { readonly method: string; readonly params: readonly unknown[] } {
  const object: object = typeof request === "object" && request !== null ? request : {};
  if (
    !("jsonrpc" in object) ||
    object.jsonrpc !== "2.0" ||
    !("method" in object) ||
    typeof object.method !== "string"
  ) {
    throw new RpcFailure(RpcCode.invalidRequest, "not a JSON-RPC 2.0 request");
  }
  if (requestId(request) === null)
    throw new RpcFailure(RpcCode.invalidRequest, "notifications are not served: send an id");
  const params: unknown = "params" in object ? object.params : [];
  if (!Array.isArray(params)) throw new RpcFailure(RpcCode.invalidParams, "params is an array");
  return { method: object.method, params };
}

async function getTransactionCount(chain: EmbeddedChain, params: readonly unknown[]): Promise<unknown> {
  const [address, block] = params;
  if (block !== "pending" || typeof address !== "string") return chain.read("eth_getTransactionCount", params);
  return `0x${(await chain.pendingNonce(address)).toString(16)}`;
}

async function sendRawTransaction(chain: EmbeddedChain, params: readonly unknown[]): Promise<unknown> {
  const [raw] = params;
  if (params.length !== 1 || typeof raw !== "string") {
    throw new RpcFailure(RpcCode.invalidParams, "one parameter: the signed transaction in hexadecimal");
  }
  return chain.submit(raw);
}
