import { z } from "zod";
import { isJsonObject, type Json, type JsonObject } from "../../sdk/protocol/json.ts";
import type { RouteDefinition } from "../../sdk/client/route.ts";
import { problem } from "../../sdk/client/routes/wire.ts";

export interface OpenApiOptions {
  readonly routes: readonly RouteDefinition[];
  readonly version: string;
}

type Components = Record<string, Json>;

/** The OpenAPI 3.1 document of the routes, from the same schemas that the server and the client use. */
export function openApiDocument({ routes, version }: OpenApiOptions): JsonObject {
  const components: Components = {};
  const problemSchema = schemaOf(problem, "output", components);
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, "{$1}");
    (paths[path] ??= {})[route.method] = operation(route, components);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Suyuan 溯源",
      version,
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      description:
        "Signed routes take HTTP Message Signatures (RFC 9421) with Content-Digest (RFC 9530). 需签名的接口使用 RFC 9421 报文签名。",
    },
    jsonSchemaDialect: "https://json-schema.org/draft/2020-12/schema",
    tags: [...new Set(routes.map((route) => route.tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: { ...components, Problem: problemSchema },
      securitySchemes: {
        messageSignature: {
          type: "apiKey",
          in: "header",
          name: "Signature",
          description:
            'RFC 9421: "@method" "@authority" "@path" "@query" "content-digest"; created, expires, nonce, keyid, alg="ed25519", tag="suyuan".',
        },
      },
    },
  };
}

function operation(route: RouteDefinition, components: Components): JsonObject {
  const parameters = [
    ...parametersOf("path", route.params, components),
    ...parametersOf("query", route.query, components),
  ];
  return {
    operationId: route.id,
    tags: [route.tag],
    summary: `${route.summary.zh} ${route.summary.en}`,
    "x-access": route.access,
    ...(route.access !== "public" && { security: [{ messageSignature: [] }] }),
    ...(route.problems && { "x-problems": route.problems }),
    ...(parameters.length > 0 && { parameters }),
    ...(route.body && { requestBody: { required: true, content: requestContent(route.body, components) } }),
    responses: {
      [String(route.response.kind === "json" ? (route.response.status ?? 200) : 200)]: {
        description: route.summary.en,
        content: responseContent(route.response, components),
      },
      default: {
        description: "RFC 9457",
        content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
      },
    },
  };
}

function parametersOf(place: "path" | "query", schema: z.ZodObject | undefined, components: Components): JsonObject[] {
  if (schema === undefined) return [];
  const { properties, required } = schemaOf(schema, "input", components);
  if (!isJsonObject(properties)) return [];
  const needed = new Set(Array.isArray(required) ? required : []);
  return Object.entries(properties).map(([name, value]) => ({
    name,
    in: place,
    required: place === "path" || needed.has(name),
    schema: value,
  }));
}

function requestContent(body: NonNullable<RouteDefinition["body"]>, components: Components): JsonObject {
  if (body.kind === "json") return { "application/json": { schema: schemaOf(body.schema, "input", components) } };
  return { "application/x-ndjson": { schema: { type: "object" } }, "application/json": { schema: { type: "object" } } };
}

const MEDIA_TYPES = { json: "application/json", ndjson: "application/x-ndjson", events: "text/event-stream" } as const;

function responseContent(response: RouteDefinition["response"], components: Components): JsonObject {
  if (response.kind === "text")
    return { [response.mediaType.split(";")[0] ?? "text/plain"]: { schema: { type: "string" } } };
  return { [MEDIA_TYPES[response.kind]]: { schema: schemaOf(response.schema, "output", components) } };
}

/** A Zod schema as JSON Schema 2020-12, its `$defs` hoisted to the document's components. */
function schemaOf(schema: z.ZodType, io: "input" | "output", components: Components): JsonObject {
  const {
    $schema: _dialect,
    $defs,
    ...rest
  } = plain(z.toJSONSchema(schema, { io, target: "draft-2020-12", unrepresentable: "any" }));
  if (isJsonObject($defs))
    for (const [name, definition] of Object.entries($defs)) components[name] = hoisted(definition);
  return hoisted(rest) as JsonObject; // An object goes in.
}

const plain = (value: unknown): JsonObject => JSON.parse(JSON.stringify(value)) as JsonObject; // Zod gives an object.

function hoisted(value: Json): Json {
  if (Array.isArray(value)) return value.map(hoisted);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      key === "$ref" && typeof member === "string"
        ? member.replace("#/$defs/", "#/components/schemas/")
        : hoisted(member),
    ]),
  );
}
