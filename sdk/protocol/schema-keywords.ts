import { isJsonObject, type Json, type JsonObject } from "./json.ts";
import { ProtocolError } from "./protocol-error.ts";
import { pathText, type Path } from "./path.ts";

type Rule = (value: Json) => boolean;

const DIALECT = "https://json-schema.org/draft/2020-12/schema";
const TYPES: ReadonlySet<Json> = new Set(["object", "array", "string", "integer", "number", "boolean", "null"]);
const FORMATS: ReadonlySet<Json> = new Set(["date", "date-time"]);

const isText: Rule = (value) => typeof value === "string";
const isNumber: Rule = (value) => typeof value === "number";
const isFlag: Rule = (value) => typeof value === "boolean";
const isCount: Rule = (value) => typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
const areDistinct = (value: Json, rule: Rule): boolean =>
  isList(value) && new Set(value).size === value.length && value.every(rule);
const isSchema: Rule = (value) => isFlag(value) || isJsonObject(value);
const anything: Rule = () => true;

function isPattern(value: Json): boolean {
  if (typeof value !== "string") return false;
  try {
    new RegExp(value, "u");
    return true;
  } catch {
    return false;
  }
}

/** The keywords that say what is valid (SPEC §6.1). */
const ASSERTIONS: Readonly<Record<string, Rule>> = {
  type: (value) =>
    TYPES.has(value) || (isList(value) && value.length > 0 && areDistinct(value, (name) => TYPES.has(name))),
  properties: isJsonObject,
  required: (value) => areDistinct(value, isText),
  additionalProperties: isSchema,
  items: isSchema,
  enum: (value) => isList(value) && value.length > 0,
  const: anything,
  pattern: isPattern,
  minLength: isCount,
  maxLength: isCount,
  minimum: isNumber,
  maximum: isNumber,
  minItems: isCount,
  maxItems: isCount,
  format: (value) => FORMATS.has(value),
};

/** The keywords that inform people and Suyuan; none of them changes what is valid. */
const ANNOTATIONS: Readonly<Record<string, Rule>> = {
  $schema: (value) => value === DIALECT,
  $id: isText,
  title: isText,
  description: isText,
  "x-title-en": isText,
  "x-personal": isFlag,
};

/** Read by `parseSchema`, at the root only. */
const ROOT_ANNOTATIONS: ReadonlySet<string> = new Set(["x-required-claims", "x-validity"]);

/** Refuses any keyword or keyword value outside the profile. Throws ProtocolError `schema.keyword`, `schema.keyword-value`. */
export function checkKeywords(schema: Json, at: Path = []): void {
  if (typeof schema === "boolean") return;
  if (!isJsonObject(schema)) throw new ProtocolError("schema.keyword-value", { at: pathText(at), keyword: "schema" });
  for (const [keyword, value] of Object.entries(schema)) {
    if (at.length === 0 && ROOT_ANNOTATIONS.has(keyword)) continue;
    const rule = ruleOf(keyword);
    if (rule === undefined) throw new ProtocolError("schema.keyword", { at: pathText(at), keyword });
    if (!rule(value)) throw new ProtocolError("schema.keyword-value", { at: pathText(at), keyword });
  }
  const { properties, items, additionalProperties } = schema;
  if (isJsonObject(properties)) {
    for (const [name, sub] of Object.entries(properties)) checkKeywords(sub, [...at, name]);
  }
  if (items !== undefined) checkKeywords(items, [...at, "items"]);
  if (additionalProperties !== undefined) checkKeywords(additionalProperties, [...at, "additionalProperties"]);
}

function ruleOf(keyword: string): Rule | undefined {
  if (Object.hasOwn(ASSERTIONS, keyword)) return ASSERTIONS[keyword];
  return Object.hasOwn(ANNOTATIONS, keyword) ? ANNOTATIONS[keyword] : undefined;
}

/** A checked schema without its annotations: what a validator is given, so that no name in it is ever resolved. */
export function assertionsOf(schema: Json): Json {
  if (!isJsonObject(schema)) return schema;
  const kept: [string, Json][] = [];
  for (const [keyword, value] of Object.entries(schema)) {
    if (keyword === "properties" && isJsonObject(value)) {
      kept.push([keyword, Object.fromEntries(Object.entries(value).map(([name, sub]) => [name, assertionsOf(sub)]))]);
    } else if (keyword === "items" || keyword === "additionalProperties") kept.push([keyword, assertionsOf(value)]);
    else if (Object.hasOwn(ASSERTIONS, keyword)) kept.push([keyword, value]);
  }
  return Object.fromEntries(kept);
}

/** Whether the schema's `type` lets a value have members (a key follows in a path) or positions (a number follows). */
export function allowsPart({ type }: JsonObject, part: string | number): boolean {
  const container = typeof part === "number" ? "array" : "object";
  return type === undefined || type === container || (isList(type) && type.includes(container));
}
