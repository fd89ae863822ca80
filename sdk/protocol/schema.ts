import { Validator } from "@cfworker/json-schema";
import { toHex, type Hex } from "./bytes.ts";
import { canonicalBytes, canonicalize } from "./canonical.ts";
import type { ClaimValue } from "./claims.ts";
import { digest } from "./hash.ts";
import { isJsonObject, type Json, type JsonObject } from "./json.ts";
import { pathText, type Path } from "./path.ts";
import { ProtocolError } from "./protocol-error.ts";
import { claimConformsTo, claimsConformTo } from "./schema-claims.ts";
import { allowsPart, assertionsOf, checkKeywords } from "./schema-keywords.ts";

/** The value of a validity claim that never ends. */
export const LONG_TERM = "长期";
const MAXIMUM_REQUIRED = 64;
const LOCAL_OFFSET = "+08:00";
const DAY_SECONDS = 86_400;

/** Seconds since 1970; half-open [validFrom, validUntil). */
export interface Validity {
  readonly validFrom?: number;
  readonly validUntil?: number;
}

export interface RecordSchema {
  readonly json: JsonObject;
  /** SHA-256 of the JCS form. */
  readonly digest: Hex;
  readonly required: readonly Path[];
  readonly validityPaths: { readonly from?: Path; readonly until?: Path };
}

/** SHA-256 of a schema's JCS form: its name in headers and in the catalogue. */
export const schemaDigest = (schema: JsonObject): Hex => toHex(digest("sha256", canonicalBytes(schema)));

/** Reads a schema of the profile (SPEC §6): a self-contained part of JSON Schema 2020-12 that can be checked claim by claim. Throws ProtocolError `schema.keyword`, `schema.keyword-value`, `schema.required-claims`. */
export function parseSchema(json: Json): RecordSchema {
  if (!isJsonObject(json)) throw new ProtocolError("schema.required-claims");
  checkKeywords(json);
  const required = readPaths(json["x-required-claims"]);
  for (const path of required) {
    if (!isScalarSchema(subschemaAt(json, path))) throw new ProtocolError("schema.required-claims");
  }
  return { json, digest: schemaDigest(json), required, validityPaths: readValidity(json["x-validity"], required) };
}

function isScalarSchema(schema: JsonObject | boolean | undefined): boolean {
  if (schema === undefined || typeof schema === "boolean" || schema.type === undefined) return false;
  return !allowsPart(schema, "") && !allowsPart(schema, 0);
}

function isPath(value: Json | undefined): value is Path {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every(
      (part) => typeof part === "string" || (typeof part === "number" && Number.isSafeInteger(part) && part >= 0),
    )
  );
}

function readPaths(value: Json | undefined): readonly Path[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAXIMUM_REQUIRED || !value.every(isPath)) {
    throw new ProtocolError("schema.required-claims");
  }
  if (new Set(value.map((path) => canonicalize(path))).size !== value.length)
    throw new ProtocolError("schema.required-claims");
  return value;
}

function readValidity(value: Json | undefined, required: readonly Path[]): RecordSchema["validityPaths"] {
  if (value === undefined) return {};
  if (!isJsonObject(value) || Object.keys(value).some((name) => name !== "from" && name !== "until")) {
    throw new ProtocolError("schema.required-claims");
  }
  const known = new Set(required.map((path) => canonicalize(path)));
  const read = (path: Json | undefined): Path | undefined => {
    if (path === undefined) return undefined;
    if (!isPath(path) || !known.has(canonicalize(path))) throw new ProtocolError("schema.required-claims");
    return path;
  };
  const from = read(value.from);
  const until = read(value.until);
  return { ...(from && { from }), ...(until && { until }) };
}

/** The part of a schema that governs one path; undefined when the schema allows nothing there. */
export function subschemaAt(schema: Json, path: Path): JsonObject | boolean | undefined {
  let current: Json = schema;
  for (const part of path) {
    if (typeof current === "boolean") return current ? true : undefined;
    if (!isJsonObject(current) || !allowsPart(current, part)) return undefined;
    const next: Json = typeof part === "number" ? (current.items ?? true) : memberSchema(current, part);
    if (next === false) return undefined;
    current = next;
  }
  if (typeof current === "boolean") return current;
  return isJsonObject(current) ? current : undefined;
}

function memberSchema({ properties, additionalProperties }: JsonObject, name: string): Json {
  if (isJsonObject(properties) && Object.hasOwn(properties, name)) return properties[name] ?? true;
  return additionalProperties ?? true;
}

const validators = new WeakMap<object, Validator>();

/** Whether one claim conforms to the part of the schema at its path. */
export const claimConforms = (schema: RecordSchema, path: Path, value: ClaimValue): boolean =>
  claimConformsTo(schema.json, path, value);

/** Whether every claim of a document does. Throws ProtocolError `document.not-object`, `claims.too-many`. */
export const claimsConform = (schema: RecordSchema, document: Json): boolean => claimsConformTo(schema.json, document);

export interface SchemaFault {
  /** JSON pointer into the document. */
  readonly instance: string;
  readonly keyword: string;
}

/** Every violation in a whole document, by place and keyword, never by content. */
export const documentFaults = (schema: RecordSchema, document: Json): SchemaFault[] =>
  validatorOf(schema.json)
    .validate(document)
    .errors.map(({ instanceLocation, keyword }) => ({ instance: instanceLocation.replace(/^#/, ""), keyword }));

function validatorOf(schema: JsonObject): Validator {
  const known = validators.get(schema);
  if (known) return known;
  const made = new Validator(assertionsOf(schema) as JsonObject, "2020-12", false); // An object gives an object.
  validators.set(schema, made);
  return made;
}

/** The header's validity from the validity claims (SPEC §6.3): dates are local days of UTC+8, an end date includes its day. Throws `schema.validity`. */
export function validityOf(schema: RecordSchema, valueAt: (path: Path) => ClaimValue | undefined): Validity {
  const { from, until } = schema.validityPaths;
  const validFrom = from && seconds(valueAt(from), from, "start");
  const validUntil = until && seconds(valueAt(until), until, "end");
  return { ...(validFrom !== undefined && { validFrom }), ...(validUntil !== undefined && { validUntil }) };
}

function seconds(value: ClaimValue | undefined, path: Path, side: "start" | "end"): number | undefined {
  if (value === undefined || value === null || value === "" || value === LONG_TERM) return undefined;
  const result = typeof value === "string" ? parseTime(value, side) : undefined;
  if (result === undefined) throw new ProtocolError("schema.validity", { at: pathText(path) });
  return result;
}

function parseTime(text: string, side: "start" | "end"): number | undefined {
  const day = text.slice(0, "YYYY-MM-DD".length);
  // Date.parse rolls 31 February over to March: only a real day reads back as itself.
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || !isRealDay(day)) return undefined;
  if (text === day) return Date.parse(`${day}T00:00:00${LOCAL_OFFSET}`) / 1000 + (side === "end" ? DAY_SECONDS : 0);
  if (!/^\d{4}-\d{2}-\d{2}T(?:[01]\d|2[0-3]):\d{2}:\d{2}(?:Z|[+-]\d{2}:\d{2})$/.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time / 1000;
}

/** Of YYYY-MM-DD. */
function isRealDay(day: string): boolean {
  const [year, month, date] = [Number(day.slice(0, 4)), Number(day.slice(5, 7)), Number(day.slice(8))];
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const length = month === 2 && isLeap ? 29 : MONTH_DAYS[month - 1];
  return length !== undefined && date >= 1 && date <= length;
}

const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
