import { concat, fromUtf8, utf8 } from "../protocol/bytes.ts";
import { parseJsonBytes, type Json } from "../protocol/json.ts";
import type { z } from "zod";
import type { Language } from "../protocol/errors.ts";
import { ClientError } from "./errors.ts";
import { ProblemError } from "./problem-error.ts";
import type { AnswerOf, CallOf, RecordsBody, RouteDefinition } from "./route.ts";
import { problem } from "./routes/wire.ts";
import { signatureHeaders, type RequestSigner } from "./signature.ts";
import { readEvents, readLines } from "./streams.ts";
import { fetchTransport, type Transport, type TransportResponse } from "./transport.ts";

const DEFAULT_TIMEOUT_MS = 60_000;
const DEFAULT_MAXIMUM_RESPONSE_BYTES = 8 * 1024 * 1024;
const MAXIMUM_PROBLEM_BYTES = 64 * 1024;

export interface ClientOptions {
  /** Where the node is: scheme, host, port, and nothing after it. */
  readonly baseUrl: string;
  /** Needed for every route that is not public. */
  readonly signer?: RequestSigner;
  /** Instead of a signer, in a browser where an operator is signed in: the token that the session gave (`x-suyuan-csrf`). */
  readonly session?: () => string | undefined;
  /** Language of problems. Default zh. */
  readonly language?: Language;
  /** For the whole answer of a call that is not a stream. */
  readonly timeoutMs?: number;
}

export interface ClientDependencies {
  readonly transport?: Transport;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
  readonly random?: (lengthBytes: number) => Uint8Array;
}

interface CallParts {
  readonly params?: Readonly<Record<string, string | number>>;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
}

export interface CallSettings {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  /** Sent as `Idempotency-Key` and covered by the signature. */
  readonly idempotencyKey?: string;
}

/** Calls a node's routes by their definitions, signs what must be signed, and checks what comes back. */
export class SuyuanClient {
  private readonly options: ClientOptions;
  private readonly base: URL;
  private readonly transport: Transport;
  private readonly clock: () => number;
  private readonly random: (lengthBytes: number) => Uint8Array;

  constructor(options: ClientOptions, dependencies: ClientDependencies = {}) {
    this.options = options;
    this.base = new URL(options.baseUrl);
    this.transport = dependencies.transport ?? fetchTransport;
    this.clock = dependencies.clock ?? Date.now;
    this.random = dependencies.random ?? ((lengthBytes) => crypto.getRandomValues(new Uint8Array(lengthBytes)));
  }

  /**
   * One call. Throws ProblemError for a problem of the node, ClientError `client.*` when there is no usable answer,
   * TypeError for arguments that do not fit the definition (a programming mistake).
   */
  async call<const D extends RouteDefinition>(
    route: D,
    input: CallOf<D>,
    settings: CallSettings = {},
  ): Promise<AnswerOf<D>> {
    const parts = input as CallParts; // CallOf has these members or none.
    const url = this.urlOf(route, parts);
    const { bytes, mediaType } = encodeBody(route, parts.body);
    const streaming = route.response.kind === "events" || route.response.kind === "ndjson";
    const limitMs = settings.timeoutMs ?? this.options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const deadline = new Deadline(streaming ? undefined : limitMs, settings.signal);
    try {
      const response = await this.send({ route, url, bytes, mediaType, deadline, settings });
      if (route.response.kind === "events" || route.response.kind === "ndjson") {
        return this.stream(route.response, response) as AnswerOf<D>; // The definition's kind says which.
      }
      return (await this.whole(route.response, response)) as AnswerOf<D>; // As above.
    } catch (cause) {
      throw this.explain(cause, deadline, limitMs);
    } finally {
      if (!streaming) deadline.end();
    }
  }

  private async send(options: {
    readonly route: RouteDefinition;
    readonly url: URL;
    readonly bytes: Uint8Array;
    readonly mediaType: string | undefined;
    readonly deadline: Deadline;
    readonly settings: CallSettings;
  }): Promise<TransportResponse> {
    const { route, url, bytes, mediaType, deadline, settings } = options;
    const { signer, session, language } = this.options;
    const method = route.method.toUpperCase();
    const { idempotencyKey } = settings;
    const headers: Record<string, string> = {
      accept: acceptOf(route),
      "accept-language": language === "en" ? "en" : "zh-CN",
      ...(mediaType !== undefined && { "content-type": mediaType }),
      ...(idempotencyKey !== undefined && { "idempotency-key": idempotencyKey }),
    };
    if (session !== undefined) {
      const token = session();
      if (token !== undefined && method !== "GET") headers["x-suyuan-csrf"] = token;
    } else if (route.access !== "public") {
      if (signer === undefined) throw new ClientError("client.signer-missing");
      const { clock, random } = this;
      Object.assign(
        headers,
        await signatureHeaders(
          { method, url, body: bytes, ...(idempotencyKey !== undefined && { idempotencyKey }) },
          { signer, clock, random },
        ),
      );
    }
    const body = method === "GET" ? undefined : bytes;
    const response = await this.transport({ method, url, headers, body, signal: deadline.signal });
    const { response: expected } = route;
    const isExpected = expected.kind === "json" && response.status === expected.alsoStatus;
    if (!isExpected && (response.status < 200 || response.status > 299)) await this.refused(response);
    return response;
  }

  private async refused(response: TransportResponse): Promise<never> {
    const { host } = this.base;
    const parsed = problem.safeParse(await this.json(response, MAXIMUM_PROBLEM_BYTES).catch(() => undefined));
    if (!parsed.success) throw new ClientError("client.response-invalid", { host, at: `HTTP ${response.status}` });
    throw new ProblemError({ host, problem: parsed.data });
  }

  private async whole(
    response: Extract<RouteDefinition["response"], { kind: "json" | "text" }>,
    received: TransportResponse,
  ): Promise<unknown> {
    if (response.kind === "text") return fromUtf8(await this.bytes(received, DEFAULT_MAXIMUM_RESPONSE_BYTES));
    const value = await this.json(received, response.maximumBytes ?? DEFAULT_MAXIMUM_RESPONSE_BYTES);
    return this.fitting(response.schema, value);
  }

  private async *stream(
    response: Extract<RouteDefinition["response"], { kind: "ndjson" | "events" }>,
    received: TransportResponse,
  ): AsyncGenerator<unknown> {
    if (response.kind === "ndjson") {
      for await (const line of readLines(received.body)) yield this.fitting(response.schema, parseJsonBytes(line));
    } else {
      for await (const event of readEvents(received.body))
        yield { ...event, data: this.fitting(response.schema, parseJsonBytes(utf8(event.data))) };
    }
  }

  private fitting(schema: z.ZodType, value: unknown): unknown {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    const at = parsed.error.issues[0]?.path.join(".") ?? "";
    throw new ClientError("client.response-invalid", { host: this.base.host, at: at === "" ? "body" : at });
  }

  private async json(response: TransportResponse, limit: number): Promise<Json> {
    const bytes = await this.bytes(response, limit);
    try {
      return parseJsonBytes(bytes);
    } catch (cause) {
      throw new ClientError("client.response-invalid", { host: this.base.host, at: "body" }, cause);
    }
  }

  private async bytes(response: TransportResponse, limit: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let length = 0;
    for await (const part of response.body) {
      length += part.length;
      if (length > limit) throw new ClientError("client.response-too-large", { host: this.base.host, limit });
      parts.push(part);
    }
    return concat(...parts);
  }

  private explain(cause: unknown, deadline: Deadline, limitMs: number): unknown {
    const { host } = this.base;
    if (deadline.passed) return new ClientError("client.timeout", { host, limitMs }, cause);
    if (cause instanceof ClientError || cause instanceof ProblemError || deadline.signal.aborted) return cause;
    return new ClientError("client.unreachable", { host }, cause);
  }

  private urlOf(route: RouteDefinition, { params = {}, query = {} }: CallParts): URL {
    const path = route.path.replace(/:(\w+)/g, (_, name: string) => {
      const value = params[name];
      if (value === undefined) throw new TypeError(`${route.id} needs ${name}`);
      return encodeURIComponent(String(value));
    });
    const url = new URL(path, this.base);
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, String(value));
    return url;
  }
}

function encodeBody(
  route: RouteDefinition,
  body: unknown,
): { readonly bytes: Uint8Array; readonly mediaType: string | undefined } {
  if (route.body === undefined) return { bytes: new Uint8Array(), mediaType: undefined };
  if (route.body.kind === "records") {
    const { bytes, mediaType } = body as RecordsBody; // CallOf says so for this kind.
    return { bytes, mediaType };
  }
  return { bytes: utf8(JSON.stringify(body)), mediaType: "application/json" };
}

const ACCEPTED: Record<Exclude<RouteDefinition["response"]["kind"], "text">, string> = {
  json: "application/json, application/problem+json",
  ndjson: "application/x-ndjson, application/problem+json",
  events: "text/event-stream, application/problem+json",
};

const acceptOf = ({ response }: RouteDefinition): string =>
  response.kind === "text" ? response.mediaType : ACCEPTED[response.kind];

/** Aborts after a time or when the caller does, and remembers which. */
class Deadline {
  passed = false;
  private readonly controller = new AbortController();
  private readonly timer: ReturnType<typeof setTimeout> | undefined;
  private readonly outer: AbortSignal | undefined;
  private readonly onAbort = () => this.controller.abort(this.outer?.reason);

  constructor(limitMs: number | undefined, outer: AbortSignal | undefined) {
    this.outer = outer;
    if (limitMs !== undefined) {
      this.timer = setTimeout(() => {
        this.passed = true;
        this.controller.abort();
      }, limitMs);
    }
    if (outer?.aborted) this.onAbort();
    outer?.addEventListener("abort", this.onAbort, { once: true });
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  end(): void {
    clearTimeout(this.timer);
    this.outer?.removeEventListener("abort", this.onAbort);
  }
}
