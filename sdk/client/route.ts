import type { z } from "zod";

/** Words in the two languages of every user-visible text. */
export interface Words {
  readonly zh: string;
  readonly en: string;
}

/**
 * Who may call: anyone; any active department; the node's own department; a department whose role is oversight.
 * These need a signature, or for a node's own operators a session. `operator`: a session only.
 */
export type RouteAccess = "public" | "department" | "own" | "oversight" | "operator";

/** A JSON body, or one of records: a JSON object or NDJSON, taken line by line. */
export type RequestBody =
  { readonly kind: "json"; readonly schema: z.ZodType; readonly maximumBytes?: number } | { readonly kind: "records" };

export type ResponseBody =
  | {
      readonly kind: "json";
      readonly schema: z.ZodType;
      readonly status?: number;
      /** A status outside 200–299 that carries the same body. */
      readonly alsoStatus?: number;
      readonly maximumBytes?: number;
    }
  /** One JSON value a line; each line fits the schema. */
  | { readonly kind: "ndjson"; readonly schema: z.ZodType }
  /** Server-sent events; the data of each fits the schema, its id is the cursor. */
  | { readonly kind: "events"; readonly schema: z.ZodType }
  | { readonly kind: "text"; readonly mediaType: string };

/** One route, defined once for the server, the client and the OpenAPI document. */
export interface RouteDefinition {
  /** Names the operation: `applyForAgreement`. */
  readonly id: string;
  readonly method: "get" | "post";
  /** With `:name` for each parameter. */
  readonly path: `/${string}`;
  readonly tag: string;
  readonly summary: Words;
  readonly access: RouteAccess;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: RequestBody;
  readonly response: ResponseBody;
  /** How long a cache between may keep the answer, which is the same for everyone. Only for public routes that answer JSON. */
  readonly cacheSeconds?: number;
  /** Codes of problems worth naming in the documentation, beside those every route has. */
  readonly problems?: readonly string[];
}

export const defineRoute = <const Definition extends RouteDefinition>(definition: Definition): Definition => definition;

type SchemaOutput<T> = T extends z.ZodType ? z.output<T> : never;
type SchemaInput<T> = T extends z.ZodType ? z.input<T> : never;

/** What the server's handler receives. */
export type ParamsOf<D> = D extends { readonly params: infer P } ? SchemaOutput<P> : Record<never, never>;
export type QueryOf<D> = D extends { readonly query: infer Q } ? SchemaOutput<Q> : Record<never, never>;
export type BodyOf<D> = D extends { readonly body: { readonly kind: "json"; readonly schema: infer B } }
  ? SchemaOutput<B>
  : D extends { readonly body: { readonly kind: "records" } }
    ? RecordsBody
    : undefined;

/** Bytes of a records body, not parsed yet. */
export interface RecordsBody {
  readonly mediaType: "application/json" | "application/x-ndjson";
  readonly bytes: Uint8Array;
}

export interface ServerSentEvent<T> {
  readonly id?: string;
  readonly event?: string;
  readonly data: T;
}

/** What the handler returns and the client gives back. */
export type AnswerOf<D> = D extends { readonly response: infer R }
  ? R extends { readonly kind: "json"; readonly schema: infer S }
    ? SchemaOutput<S>
    : R extends { readonly kind: "ndjson"; readonly schema: infer S }
      ? AsyncIterable<SchemaOutput<S>>
      : R extends { readonly kind: "events"; readonly schema: infer S }
        ? AsyncIterable<ServerSentEvent<SchemaOutput<S>>>
        : string
  : never;

/** What the client's caller gives. */
export type CallOf<D> = (D extends { readonly params: infer P } ? { readonly params: SchemaInput<P> } : unknown) &
  (D extends { readonly query: infer Q } ? { readonly query?: SchemaInput<Q> } : unknown) &
  (D extends { readonly body: { readonly kind: "json"; readonly schema: infer B } }
    ? { readonly body: SchemaInput<B> }
    : D extends { readonly body: { readonly kind: "records" } }
      ? { readonly body: RecordsBody }
      : unknown);
