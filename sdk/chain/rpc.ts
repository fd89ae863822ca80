import { isHex, type Hex } from "../protocol/bytes.ts";
import { revertError } from "./contracts.ts";
import { ChainError } from "./errors.ts";
import { fetchPost, type Post } from "./post.ts";

export const DEFAULT_TIMEOUT_MS = 15_000;
export const DEFAULT_RESPONSE_BYTES = 32 * 1024 * 1024;
/** Questions asked in the same turn go in one HTTP request, at most so many. */
export const DEFAULT_BATCH = 50;
/** Pauses before what only reads is asked again: what needs twenty answers must not start anew for one broken connection. */
export const READ_RETRY_MS: readonly number[] = [20, 100];

export interface RpcOptions {
  readonly url: string;
  readonly timeoutMs?: number;
  readonly maximumResponseBytes?: number;
  readonly batchMaximum?: number;
}

export interface RpcDependencies {
  /** Default: by `fetch`. */
  readonly post?: Post;
}

interface Question {
  readonly method: string;
  readonly params: readonly unknown[];
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: ChainError) => void;
}

/** JSON-RPC 2.0 over HTTP. What it returns is whatever the endpoint said: the caller checks it. */
export class Rpc {
  /** Scheme, host and port, for messages: the rest of a URL may hold a secret. */
  readonly endpoint: string;
  private readonly options: Required<RpcOptions>;
  private readonly send: Post;
  private waiting: Question[] = [];

  constructor(options: RpcOptions, dependencies: RpcDependencies = {}) {
    const {
      url,
      timeoutMs = DEFAULT_TIMEOUT_MS,
      maximumResponseBytes = DEFAULT_RESPONSE_BYTES,
      batchMaximum = DEFAULT_BATCH,
    } = options;
    this.options = { url, timeoutMs, maximumResponseBytes, batchMaximum };
    this.endpoint = originOf(url);
    this.send = dependencies.post ?? fetchPost();
  }

  /** Throws ChainError: `chain.unreachable`, `chain.timeout`, `chain.http`, `chain.response-*`, or what the endpoint's error means. */
  request(method: string, params: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ method, params, resolve, reject });
      if (this.waiting.length >= this.options.batchMaximum) this.flush();
      else if (this.waiting.length === 1) setTimeout(() => this.flush(), 0);
    });
  }

  private flush(): void {
    const questions = this.waiting;
    this.waiting = [];
    if (questions.length > 0) void this.ask(questions);
  }

  private async ask(questions: readonly Question[]): Promise<void> {
    try {
      const requests = questions.map(({ method, params }, id) => ({ jsonrpc: "2.0", id, method, params }));
      const body = JSON.stringify(requests.length === 1 ? requests[0] : requests);
      // Who sends a transaction has its own rules for sending it again.
      const retries = questions.some(({ method }) => method === "eth_sendRawTransaction") ? [] : READ_RETRY_MS;
      this.deliver(questions, await this.postAgain(body, retries));
    } catch (error) {
      const failure = error instanceof ChainError ? error : this.unreachable(error);
      for (const question of questions) question.reject(failure);
    }
  }

  private async postAgain(body: string, [pauseMs, ...rest]: readonly number[]): Promise<unknown> {
    try {
      return await this.post(body);
    } catch (error) {
      if (pauseMs === undefined || !isPassing(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      return this.postAgain(body, rest);
    }
  }

  private async post(body: string): Promise<unknown> {
    // Not AbortSignal.timeout: its timer outlives the answer.
    const controller = new AbortController();
    const { signal } = controller;
    const timer = setTimeout(() => controller.abort(), this.options.timeoutMs);
    try {
      const { url, maximumResponseBytes } = this.options;
      const { status, text } = await this.send({ url, body, signal, maximumBytes: maximumResponseBytes });
      if (text === undefined)
        throw new ChainError("chain.response-too-large", { endpoint: this.endpoint, limit: maximumResponseBytes });
      const parsed = parse(text);
      // Some endpoints answer an error object with status 4xx or 5xx: the object says more.
      if ((status < 200 || status > 299) && !isAnswer(parsed))
        throw new ChainError("chain.http", { endpoint: this.endpoint, status });
      return parsed;
    } catch (error) {
      if (error instanceof ChainError) throw error;
      if (signal.aborted)
        throw new ChainError("chain.timeout", { endpoint: this.endpoint, timeoutMs: this.options.timeoutMs }, error);
      throw this.unreachable(error);
    } finally {
      clearTimeout(timer);
    }
  }

  private deliver(questions: readonly Question[], answer: unknown): void {
    const whole = questions.length === 1 ? [answer] : answer;
    const answers = Array.isArray(whole) ? whole.filter(isAnswer) : [];
    const byId = new Map(answers.map((item) => [item.id, item]));
    questions.forEach(({ method, resolve, reject }, id) => {
      const found = byId.get(id);
      if (found === undefined)
        reject(
          isAnswer(answer) && answer.error
            ? failure(method, answer.error)
            : new ChainError("chain.response-invalid", { method }),
        );
      else if (found.error !== undefined) reject(failure(method, found.error));
      else if ("result" in found) resolve(found.result);
      else reject(new ChainError("chain.response-invalid", { method }));
    });
  }

  private unreachable(cause: unknown): ChainError {
    return new ChainError("chain.unreachable", { endpoint: this.endpoint }, cause);
  }
}

/** A broken connection, too many requests, or trouble behind a balancer. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof ChainError)) return false;
  const { status } = error.values;
  return error.code === "chain.unreachable" || (typeof status === "number" && (status === 429 || status >= 500));
}

interface Answer {
  readonly id?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code?: unknown; readonly message?: unknown; readonly data?: unknown } | undefined;
}

const isAnswer = (value: unknown): value is Answer =>
  typeof value === "object" &&
  value !== null &&
  ("result" in value || ("error" in value && typeof value.error === "object"));

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function originOf(url: string): string {
  try {
    return new URL(url).origin;
  } catch (cause) {
    throw new TypeError("the chain endpoint must be an http(s) URL", { cause });
  }
}

/** What an endpoint's error means. The words are those of geth, which other engines repeat; EIP-1474 has the numbers. */
function failure(method: string, error: NonNullable<Answer["error"]>): ChainError {
  const number = typeof error.code === "number" ? error.code : 0;
  const message = typeof error.message === "string" ? error.message : "";
  if (number === 3 || /revert/i.test(message)) return revertError(revertData(error.data));
  if (number === -32601) return new ChainError("chain.method-unavailable", { method });
  if (/already known|known transaction|already imported/i.test(message)) return new ChainError("chain.already-known");
  if (/nonce too low|nonce below|nonce has already been used/i.test(message)) return new ChainError("chain.nonce-used");
  return new ChainError("chain.rejected", { method, number });
}

function revertData(data: unknown): Hex | undefined {
  const text: unknown = typeof data === "object" && data !== null && "data" in data ? data.data : data;
  const hex = typeof text === "string" ? text.toLowerCase() : undefined;
  return isHex(hex) && hex.length > 2 ? hex : undefined;
}
