import { z } from "zod";
import type { RouteDefinition } from "../../../sdk/client/route.ts";
import type { Hex } from "../../../sdk/protocol/bytes.ts";
import { isJsonObject, type Json, type JsonObject } from "../../../sdk/protocol/json.ts";

/** Names of things that belong to somebody, and a few that nobody has. */
export interface Objects {
  readonly resources: readonly Hex[];
  readonly agreements: readonly Hex[];
  readonly scopes: readonly Hex[];
  readonly hashes: readonly Hex[];
  readonly departments: readonly string[];
  readonly numbers: readonly number[];
  /** Bodies that only the right department could have made, as a thief has them, by route. */
  readonly captured: Readonly<Record<string, readonly Json[]>>;
}

export type Pick = <T>(values: readonly T[]) => T;

/** Path and query of a request that the route takes, with what exists. */
export function targetOf(route: RouteDefinition, objects: Objects, pick: Pick): string {
  const values = sampled(route.params, objects, pick);
  const path = route.path.replace(/:(\w+)/g, (_, name: string) => {
    const named = namesOf(route, name, objects);
    return encodeURIComponent(named === undefined ? wordOf(values[name]) : pick(named));
  });
  const query = new URLSearchParams(
    Object.entries(sampled(route.query, objects, pick)).map(([name, value]) => [name, wordOf(value)]),
  );
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}

const wordOf = (value: Json | undefined): string => (typeof value === "string" ? value : JSON.stringify(value));

/** What a parameter of a path stands for, where its form does not say. */
function namesOf({ path }: RouteDefinition, name: string, objects: Objects): readonly (string | number)[] | undefined {
  if (name === "scope") return objects.scopes;
  if (name === "agreement") return objects.agreements;
  if (name !== "id") return undefined;
  if (path.startsWith("/v1/departments/")) return objects.departments;
  if (path.startsWith("/v1/agreements/")) return objects.agreements;
  return path.includes("/resources/") ? objects.resources : undefined;
}

/** A body that fits the route, made from its definition; undefined when it takes none. */
export function bodyOf(route: RouteDefinition, objects: Objects, pick: Pick): Json | undefined {
  if (route.body === undefined) return undefined;
  const captured = objects.captured[route.id];
  if (captured !== undefined) return pick(captured);
  if (route.body.kind === "records") return { number: "A-9", holder: "企业", from: "2026-01-01", until: "长期" };
  return sampleOf(schemaOf(route.body.schema), objects, pick);
}

/** Whether what is made for a route fits its definition: what does not would be refused before anybody's right is asked. */
export function fits(route: RouteDefinition, objects: Objects, pick: Pick): boolean {
  const parts = [route.params, route.query, route.body?.kind === "json" ? route.body.schema : undefined];
  return parts.every(
    (schema, i) =>
      schema === undefined ||
      schema.safeParse(i === 2 ? bodyOf(route, objects, pick) : sampled(schema as z.ZodObject, objects, pick)).success, // Parts 0 and 1 are objects.
  );
}

const schemaOf = (schema: z.ZodType): JsonObject => {
  const made = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as unknown as Json; // JSON Schema is JSON.
  return isJsonObject(made) ? made : {};
};

function sampled(schema: z.ZodObject | undefined, objects: Objects, pick: Pick): JsonObject {
  const made = schema === undefined ? {} : sampleOf(schemaOf(schema), objects, pick);
  return isJsonObject(made) ? made : {};
}

/** A value of a JSON Schema; hashes, departments and numbers are those of what exists. */
function sampleOf(schema: JsonObject, objects: Objects, pick: Pick): Json {
  if (schema.const !== undefined) return schema.const;
  for (const choice of [schema.enum, schema.oneOf, schema.anyOf]) {
    if (!Array.isArray(choice)) continue;
    const chosen = pick(choice as readonly Json[]); // Array.isArray.
    return choice !== schema.enum && isJsonObject(chosen) ? sampleOf(chosen, objects, pick) : chosen;
  }
  switch (schema.type) {
    case "string":
      return textOf(schema, objects, pick);
    case "integer":
    case "number": {
      const { minimum = 0, maximum = Infinity } = schema as { minimum?: number; maximum?: number }; // Of a number's schema.
      const fitting = objects.numbers.filter((number) => number >= minimum && number <= maximum);
      return fitting.length === 0 ? minimum : pick(fitting);
    }
    case "boolean":
      return pick([true, false]);
    case "array": {
      const { minItems = 1, items } = schema as { minItems?: number; items?: Json }; // Of an array's schema.
      return Array.from({ length: Math.max(1, minItems) }, () =>
        isJsonObject(items) ? sampleOf(items, objects, pick) : null,
      );
    }
    default:
      return membersOf(schema, objects, pick);
  }
}

function membersOf({ properties }: JsonObject, objects: Objects, pick: Pick): JsonObject {
  const entries = isJsonObject(properties) ? Object.entries(properties) : [];
  return Object.fromEntries(
    entries.map(([name, member]) => [name, isJsonObject(member) ? sampleOf(member, objects, pick) : {}]),
  );
}

const TEXTS: readonly string[] = [
  "bid-review",
  '["scope"]',
  "A-1",
  "2026-01-01",
  "20260131-7F3K9Q2M",
  "http://127.0.0.1:1/",
  `0x${"11".repeat(20)}`,
  "A".repeat(86),
  "A".repeat(22),
  "active",
  "start",
];

/** The first text of those that exist, and then of a few more, that has the form. */
function textOf(schema: JsonObject, objects: Objects, pick: Pick): string {
  const {
    pattern,
    format,
    minLength = 0,
    maxLength = Infinity,
  } = schema as {
    pattern?: string;
    format?: string;
    minLength?: number;
    maxLength?: number;
  }; // Of a string's schema.
  const isFitting = (text: string): boolean =>
    (pattern === undefined || new RegExp(pattern, "u").test(text)) &&
    (format !== "uri" || URL.canParse(text)) &&
    text.length >= minLength &&
    text.length <= maxLength;
  const known = [objects.hashes, objects.departments, objects.departments.map((id) => `${id}/1`)].map((names) =>
    names.filter(isFitting),
  );
  const names = pattern === undefined ? undefined : known.find(({ length }) => length > 0);
  if (names !== undefined) return pick(names);
  const found = TEXTS.filter(isFitting);
  if (found.length === 0) throw new Error(`no text of the form ${JSON.stringify(schema)}`);
  return pick(found);
}
