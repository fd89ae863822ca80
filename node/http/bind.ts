import type { Request, RequestHandler, Response } from "express";
import type { z } from "zod";
import type { LedgerView } from "../../sdk/chain/view.ts";
import type { Language } from "../../sdk/protocol/errors.ts";
import { parseJsonBytes } from "../../sdk/protocol/json.ts";
import type { AnswerOf, BodyOf, ParamsOf, QueryOf, RouteDefinition } from "../../sdk/client/route.ts";
import { IDEMPOTENCY_HEADER } from "../../sdk/client/signature.ts";
import { answer, type Answering, type WithStatus } from "./answers.ts";
import { declaredLength, MAXIMUM_BODY_BYTES, MAXIMUM_RECORDS_BYTES, readBody, type LargeBodies } from "./bodies.ts";
import { parseContentDigest, requireDigest } from "./digest.ts";
import { HttpError } from "./errors.ts";
import { languageOf } from "./language.ts";
import type { Nonces, UsedNonce } from "./nonces.ts";
import { notesOf } from "./observe.ts";
import type { RateLimits } from "./rate-limits.ts";
import { requestUrl, verifySignature, type Caller, type SignatureDependencies, type SignedBy } from "./signature.ts";

/** The nonce of a request with lines waits so long at most for the first of its records, to be written with it. */
export const NONCE_PATIENCE_MS = 10;

/** What a handler is given: parsed and allowed. `caller` is there unless the route is public. */
export interface BoundRequest<D> {
  readonly params: ParamsOf<D>;
  readonly query: QueryOf<D>;
  readonly body: BodyOf<D>;
  readonly caller: D extends { readonly access: "public" } ? undefined : Caller;
  /** The block by which a signed call was allowed: for another question of the same call there is no newer present. */
  readonly view: LedgerView | undefined;
  readonly idempotencyKey: string | undefined;
  readonly language: Language;
  /** Aborted when the caller has gone or the node stops: a stream ends then. */
  readonly signal: AbortSignal;
}

/** The value, or the value with another status than the definition's; lines in groups, each sent as one. */
export type BoundAnswer<D> = D extends { readonly response: { readonly kind: "ndjson" } }
  ? AnswerOf<D> extends AsyncIterable<infer Line>
    ? AsyncIterable<readonly Line[]>
    : never
  : AnswerOf<D> | WithStatus<AnswerOf<D>>;

export type Handler<D> = (request: BoundRequest<D>) => Promise<BoundAnswer<D>>;

/** A route and what serves it. */
export interface Binding {
  readonly definition: RouteDefinition;
  readonly handle: Handler<RouteDefinition>;
}

/** Ties a handler to its definition; the types of both agree or this does not compile. */
export const bind = <const D extends RouteDefinition>(definition: D, handle: Handler<D>): Binding => ({
  definition,
  handle: handle, // Forgets the parameter: the middleware parses by the same definition.
});

export interface BindingDependencies extends SignatureDependencies {
  /** USCC of the node's department. */
  readonly department: string;
  readonly nonces: Nonces;
  readonly largeBodies: LargeBodies;
  readonly rateLimits: RateLimits;
  readonly answering: Answering;
  /** The operator whose session's cookie a request carries; undefined without one. Throws what refuses it. */
  readonly operatorOf: (request: Request, definition: RouteDefinition) => Promise<Caller | undefined>;
  /** Told of every request with the department's own rights before it is carried out; what it throws refuses the request. */
  readonly beforeOwn: (request: OwnRequest) => Promise<void>;
  /** Aborted when the node stops. */
  readonly stopping: AbortSignal;
}

export interface OwnRequest {
  /** Id of the route's definition. */
  readonly route: string;
  /** Of the request; its parameters have the form that the definition gives them. */
  readonly path: string;
  readonly keyId: string;
}

/**
 * The Express handler of a binding. In this order: target, query and path, signature, right to call, rate, body, digest, nonce, body's form.
 * Nothing of a body is looked at before its signature holds and its digest fits.
 */
export function middleware({ definition, handle }: Binding, dependencies: BindingDependencies): RequestHandler {
  return async (request, response) => {
    // First: a target that is not in its normal form would be routed by one path and verified by another.
    const query = parsePart("query", definition.query, queryOf(request));
    const params = parsePart("path", definition.params, request.params);
    const { caller, signed } = await prove(request, definition, dependencies);
    if (caller) notesOf(response).keyId = caller.keyId;
    if (caller) requireAccess(definition, caller, dependencies.department);
    if (caller) requireRate(caller, dependencies);
    const idempotencyKey = idempotencyKeyOf(request);

    const isOfLines = takesLines(definition);

    const serve = async (): Promise<void> => {
      const bytes = await readBody(request, maximumOf(definition));
      const patienceMs = isOfLines ? NONCE_PATIENCE_MS : 0;
      const used = signed && (await requireWholeAndNew(request, { bytes, signed, patienceMs }, dependencies));
      if (!isOfLines) await used?.kept;
      const body = parseBody(definition, request, bytes);
      if (caller && definition.access === "own")
        await dependencies.beforeOwn({ route: definition.id, path: request.path, keyId: caller.keyId });
      const value = await handle({
        params,
        query,
        body,
        caller,
        view: signed?.view,
        idempotencyKey,
        language: languageOf(request.headers["accept-language"]),
        signal: goneSignal(response, dependencies.stopping),
      } as BoundRequest<RouteDefinition>); // Every part was parsed by the definition.
      // The handler's type says that these are lines.
      const given = used && isOfLines ? onceKept(used, value as AsyncIterable<unknown>) : value;
      await answer({ definition, response, value: given }, dependencies.answering);
    };

    const declared = declaredLength(request, maximumOf(definition));
    requireContentType(definition, request);
    const isLarge = (declared ?? Number.POSITIVE_INFINITY) > MAXIMUM_BODY_BYTES;
    await (isLarge ? dependencies.largeBodies.hold(serve) : serve());
  };
}

interface Proven {
  readonly caller?: Caller;
  /** When a department's signature proves it. */
  readonly signed?: SignedBy;
}

/** Who asks: a department by its signature, or one of the node's own operators by a session. */
async function prove(
  request: Request,
  definition: RouteDefinition,
  dependencies: BindingDependencies,
): Promise<Proven> {
  if (definition.access === "public") return {};
  const isSigned = request.headers["signature"] !== undefined || request.headers["signature-input"] !== undefined;
  const caller = isSigned ? undefined : await dependencies.operatorOf(request, definition);
  if (caller) return { caller };
  if (definition.access === "operator") throw new HttpError("session.missing");
  const signed = await verifySignature(request, dependencies);
  return { caller: signed.caller, signed };
}

/** What takes lines and answers them writes to the node's store alone, where nothing is before the nonce that came before it. */
const takesLines = ({ body, response }: RouteDefinition): boolean =>
  body?.kind === "records" && response.kind === "ndjson";

/** Lines are worked on while their request's nonce is written; nobody hears of one before that. */
async function* onceKept({ kept }: UsedNonce, groups: AsyncIterable<unknown>): AsyncGenerator<unknown> {
  const iterator = groups[Symbol.asyncIterator]();
  try {
    const [first] = await Promise.all([iterator.next(), kept]);
    for (let next = first; next.done !== true; next = await iterator.next()) yield next.value;
  } finally {
    await iterator.return?.();
  }
}

interface ToProve {
  readonly bytes: Uint8Array;
  readonly signed: SignedBy;
  readonly patienceMs: number;
}

async function requireWholeAndNew(
  request: Request,
  { bytes, signed, patienceMs }: ToProve,
  { clock, nonces }: BindingDependencies,
): Promise<UsedNonce> {
  requireDigest(bytes, parseContentDigest(request.headers["content-digest"]?.toString()));
  const { nonce, refusedFrom, caller } = signed;
  const use = { keyId: caller.keyId, nonce, refusedFrom, patienceMs };
  const used = await nonces.use(use, Math.floor(clock() / 1000));
  if (used === undefined) throw new HttpError("signature.replayed");
  return used;
}

/** The parts of a call that does not come over HTTP. Throws HttpError `http.request-invalid`. */
export const parseCall = (
  { params, body }: RouteDefinition,
  given: { readonly params: unknown; readonly body: unknown },
) => ({
  params: parsePart("path", params, given.params),
  query: {},
  body: body?.kind === "json" ? parsePart("body", body.schema, given.body) : undefined,
});

function maximumOf({ body }: RouteDefinition): number {
  if (body?.kind === "records") return MAXIMUM_RECORDS_BYTES;
  return body?.maximumBytes ?? (body === undefined ? 0 : MAXIMUM_BODY_BYTES);
}

function requireAccess({ access }: RouteDefinition, caller: Caller, own: string): void {
  if (access === "own" && caller.department !== own) throw new HttpError("caller.not-own");
  if (access === "oversight" && caller.role !== "oversight") throw new HttpError("caller.not-oversight");
}

/** The node's own department is bounded by the intake, which answers when it is full. */
function requireRate({ department }: Caller, { rateLimits, department: own }: BindingDependencies): void {
  const seconds = department === own ? undefined : rateLimits.take(department);
  if (seconds !== undefined) throw new HttpError("http.rate-limited", { department, seconds });
}

const MEDIA_TYPES = { json: ["application/json"], records: ["application/json", "application/x-ndjson"] } as const;

function mediaTypeOf(request: Request): string {
  return (request.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
}

function requireContentType({ body }: RouteDefinition, request: Request): void {
  if (body === undefined) return;
  const allowed: readonly string[] = MEDIA_TYPES[body.kind];
  if (!allowed.includes(mediaTypeOf(request)))
    throw new HttpError("http.content-type", { expected: allowed.join(", ") });
}

function parseBody({ body }: RouteDefinition, request: Request, bytes: Uint8Array): unknown {
  if (body === undefined) return undefined;
  if (body.kind === "records") return { mediaType: mediaTypeOf(request), bytes }; // requireContentType has looked.
  return parsePart("body", body.schema, parseJsonBytes(bytes));
}

/** Throws HttpError `http.request-invalid`. */
export function parsePart(part: "path" | "query" | "body", schema: z.ZodType | undefined, value: unknown): unknown {
  if (schema === undefined) {
    if (Object.keys(value ?? {}).length > 0) throw new HttpError("http.request-invalid", { part });
    return {};
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.slice(0, 20).map((issue) => ({
    at: issue.path.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join(""),
    rule: ruleOf(issue),
  }));
  throw new HttpError("http.request-invalid", { part }).withFaults(faults);
}

/** The rule that an issue broke, from the schema's side only: an issue's message can quote the input. */
function ruleOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return `type ${issue.expected}`;
    case "invalid_format":
      return `format ${issue.format}`;
    case "too_small":
      return `at least ${issue.minimum}`;
    case "too_big":
      return `at most ${issue.maximum}`;
    case "invalid_value":
      return `one of ${issue.values.map(String).join(" ")}`;
    case "unrecognized_keys":
      return "no other members";
    default:
      return issue.code;
  }
}

/** Each parameter once: which of two would count is anybody's guess. */
function queryOf(request: Request): Record<string, string> {
  const { searchParams } = requestUrl(request);
  const values: Record<string, string> = {};
  for (const [name, value] of searchParams) {
    if (Object.hasOwn(values, name)) throw new HttpError("http.request-invalid", { part: "query" });
    values[name] = value;
  }
  return values;
}

function idempotencyKeyOf(request: Request): string | undefined {
  const value = request.headersDistinct[IDEMPOTENCY_HEADER];
  if (value === undefined) return undefined;
  const [key] = value;
  if (value.length !== 1 || key === undefined || !/^[\x21-\x7e]{1,128}$/.test(key))
    throw new HttpError("http.idempotency-key");
  return key;
}

function goneSignal(response: Response, stopping: AbortSignal): AbortSignal {
  const controller = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) controller.abort();
  });
  return AbortSignal.any([controller.signal, stopping]);
}
