import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { isJsonObject, parseJsonBytes, type Json, type JsonObject } from "../../protocol/json.ts";
import { LineageError } from "../errors.ts";
import { EVENT_SCHEMA, FACET_SCHEMAS } from "./schemas.ts";

/** The version of the schema that events are held against; older events of the same shape fit it too. */
export const OPENLINEAGE_VERSION = "2-0-2";
const MAXIMUM_EVENT_BYTES = 4 * 1024 * 1024;

export type EventKind = "run" | "dataset" | "job";

export interface OpenLineageEvent {
  readonly kind: EventKind;
  readonly event: JsonObject;
}

const DEFINITIONS: Readonly<Record<EventKind, string>> = { run: "RunEvent", dataset: "DatasetEvent", job: "JobEvent" };

interface Validators {
  readonly events: Readonly<Record<EventKind, ValidateFunction>>;
  /** By the facet's file name; `major` of the version here. */
  readonly facets: ReadonlyMap<string, { readonly major: number; readonly validate: ValidateFunction }>;
}

let compiled: Validators | undefined;

/** Compiled at the first use: thirty-nine schemas take a moment. */
function validators(): Validators {
  if (compiled !== undefined) return compiled;
  const ajv = new Ajv2020({ strict: false, allErrors: false });
  formats.default(ajv, ["date-time", "uri", "uuid"]);
  ajv.addSchema(EVENT_SCHEMA);
  const definition = (name: string) => ajv.compile({ $ref: `${EVENT_SCHEMA.$id}#/$defs/${name}` });
  const facets = FACET_SCHEMAS.map((schema) => {
    const { name = "", major } = schemaName(schema.$id) ?? {};
    return [name, { major: major ?? 0, validate: ajv.compile(schema) }] as const;
  });
  const { run, dataset, job } = DEFINITIONS;
  compiled = {
    events: { run: definition(run), dataset: definition(dataset), job: definition(job) },
    facets: new Map(facets),
  };
  return compiled;
}

/** Which facet, of which major version, a schema URL names. */
function schemaName(url: string): { readonly name: string; readonly major: number } | undefined {
  const [, major, name] = /\/(\d+)-\d+-\d+\/(\w+)\.json(?:#.*)?$/.exec(url) ?? [];
  return name === undefined ? undefined : { name, major: Number(major) };
}

/** Throws ProtocolError `json.*`, LineageError `openlineage.*`. */
export const parseEventBytes = (bytes: Uint8Array): OpenLineageEvent =>
  parseEvent(parseJsonBytes(bytes, { bytes: MAXIMUM_EVENT_BYTES }));

/**
 * Holds an event against the schema of OpenLineage 2-0-2, and every facet that names a schema of the specification
 * against that one; facets of others are anybody's. Throws LineageError `openlineage.*` with the place that does not fit.
 */
export function parseEvent(value: Json): OpenLineageEvent {
  if (!isJsonObject(value)) throw new LineageError("openlineage.document");
  const kind = kindOf(value);
  const validate = validators().events[kind];
  if (!validate(value)) throw new LineageError("openlineage.schema", faultOf(validate.errors));
  for (const { at, name, facet } of facetsOf(value)) requireFacet(at, name, facet);
  return { kind, event: value };
}

/** By the members that only one kind may have: `oneOf` would explain a fault of one kind as faults of all three. */
function kindOf(event: JsonObject): EventKind {
  if (event["run"] !== undefined) return "run";
  if (event["dataset"] !== undefined) return "dataset";
  if (event["job"] !== undefined) return "job";
  throw new LineageError("openlineage.document");
}

interface FacetAt {
  readonly at: string;
  readonly name: string;
  readonly facet: JsonObject;
}

function* facetsOf(event: JsonObject): Generator<FacetAt> {
  yield* facetsIn(event["run"], "/run", ["facets"]);
  yield* facetsIn(event["job"], "/job", ["facets"]);
  yield* facetsIn(event["dataset"], "/dataset", ["facets"]);
  for (const side of ["inputs", "outputs"] as const) {
    const datasets = event[side];
    if (!Array.isArray(datasets)) continue;
    for (const [i, dataset] of (datasets as readonly Json[]).entries())
      yield* facetsIn(dataset, `/${side}/${i}`, ["facets", `${side.slice(0, -1)}Facets`]);
  }
}

function* facetsIn(holder: Json | undefined, at: string, members: readonly string[]): Generator<FacetAt> {
  if (!isJsonObject(holder)) return;
  for (const member of members) {
    const facets = holder[member];
    if (!isJsonObject(facets)) continue;
    for (const [name, facet] of Object.entries(facets))
      if (isJsonObject(facet)) yield { at: `${at}/${member}/${pointer(name)}`, name, facet };
  }
}

function requireFacet(at: string, name: string, facet: JsonObject): void {
  // A facet of a deleted name carries nothing but its base members.
  if (facet["_deleted"] === true) return;
  const url = facet["_schemaURL"];
  const named = typeof url === "string" ? schemaName(url) : undefined;
  const known = named && validators().facets.get(named.name);
  if (known === undefined || known.major !== named?.major) return;
  if (known.validate({ [name]: facet })) return;
  const { at: inside, rule } = faultOf(known.validate.errors);
  const rest = inside.replace(/^\/[^/]*/, "");
  throw new LineageError("openlineage.facet", { facet: named.name, at: `${at}${rest}`, rule });
}

/** The deepest fault: of the alternatives of a schema, the one that came furthest. */
function faultOf(errors: readonly ErrorObject[] | null | undefined): { readonly at: string; readonly rule: string } {
  const [deepest] = [...(errors ?? [])].sort((a, b) => b.instancePath.length - a.instancePath.length);
  if (deepest === undefined) throw new TypeError("a refused value has errors");
  const { instancePath, keyword, params } = deepest;
  const missing: unknown = params["missingProperty"];
  const at = typeof missing === "string" ? `${instancePath}/${pointer(missing)}` : instancePath;
  return { at: at === "" ? "/" : at, rule: keyword };
}

const pointer = (name: string): string => name.slice(0, 64).replaceAll("~", "~0").replaceAll("/", "~1");
