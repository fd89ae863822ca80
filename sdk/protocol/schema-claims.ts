import { deepCompareStrict, format, ucs2length } from "@cfworker/json-schema";
import { MAXIMUM_CLAIMS } from "./claim-leaves.ts";
import type { ClaimValue } from "./claims.ts";
import { isJsonObject, type Json, type JsonObject } from "./json.ts";
import type { Path } from "./path.ts";
import { ProtocolError } from "./protocol-error.ts";
import { allowsPart } from "./schema-keywords.ts";

type Test = (value: ClaimValue) => boolean;

/** A part of a checked schema, ready to judge the claims at its place. Parts below are made when a path first leads there. */
interface Part {
  readonly conforms: Test;
  /** The part that governs what lies under a key or position; undefined where nothing is allowed. */
  readonly below: (part: string | number) => Part | undefined;
}

const ANYTHING: Part = { conforms: () => true, below: () => ANYTHING };
const NOTHING: Part = { conforms: () => false, below: () => undefined };

const parts = new WeakMap<object, Part>();

function partOf(schema: Json): Part {
  if (!isJsonObject(schema)) return schema === true ? ANYTHING : NOTHING;
  const known = parts.get(schema);
  if (known !== undefined) return known;
  const made = compile(schema);
  parts.set(schema, made);
  return made;
}

function compile(schema: JsonObject): Part {
  const tests = testsOf(schema);
  const { properties, additionalProperties = true, items = true } = schema;
  const named = isJsonObject(properties) ? Object.entries(properties) : [];
  const members = new Map(named.map(([name, to]) => [name, later(to)]));
  const [otherMember, item] = [later(additionalProperties), later(items)];
  const [allowsKeys, allowsPositions] = [allowsPart(schema, ""), allowsPart(schema, 0)];
  return {
    conforms: (value) => {
      for (const test of tests) if (!test(value)) return false;
      return true;
    },
    below: (part) => {
      if (typeof part === "number") return allowsPositions ? item() : undefined;
      return allowsKeys ? (members.get(part) ?? otherMember)() : undefined;
    },
  };
}

/** The part of a schema, made when a path first leads there. */
function later(schema: Json): () => Part {
  let part: Part | undefined;
  return () => (part ??= partOf(schema));
}

const isEmptyArray = (value: ClaimValue): boolean => Array.isArray(value);
const isEmptyObject = (value: ClaimValue): boolean => isJsonObject(value);

/**
 * The assertions of the profile (SPEC §6.1) as they fall on a claim: a scalar, `{}` or `[]`. What only speaks of members
 * and items that are there has nothing to say of an empty container.
 */
function testsOf({ type, ...rest }: JsonObject): readonly Test[] {
  const { enum: allowed, const: only, required, minItems } = rest;
  const tests: Test[] = [];
  if (type !== undefined) tests.push(typeTest(Array.isArray(type) ? (type as readonly Json[]) : [type]));
  if (only !== undefined) tests.push((value) => deepCompareStrict(value, only));
  if (Array.isArray(allowed)) tests.push((value) => allowed.some((one) => deepCompareStrict(value, one)));
  if (Array.isArray(required) && required.length > 0) tests.push((value) => !isEmptyObject(value));
  if (typeof minItems === "number" && minItems > 0) tests.push((value) => !isEmptyArray(value));
  return [...tests, ...numberTests(rest), ...textTests(rest)];
}

function typeTest(names: readonly Json[]): Test {
  const has = (name: string): boolean => names.includes(name);
  const [text, flag, nothing, list, object] = ["string", "boolean", "null", "array", "object"].map(has);
  const [number, integer] = [has("number"), has("integer")];
  return (value) => {
    switch (typeof value) {
      case "string":
        return text === true;
      case "number":
        return number || (integer && value % 1 === 0);
      case "boolean":
        return flag === true;
      default:
        return (value === null ? nothing : Array.isArray(value) ? list : object) === true;
    }
  };
}

function numberTests({ minimum, maximum }: JsonObject): readonly Test[] {
  const tests: Test[] = [];
  if (typeof minimum === "number") tests.push((value) => typeof value !== "number" || value >= minimum);
  if (typeof maximum === "number") tests.push((value) => typeof value !== "number" || value <= maximum);
  return tests;
}

function textTests({ minLength, maxLength, pattern, format: name }: JsonObject): readonly Test[] {
  const tests: Test[] = [];
  const onText = (test: (text: string) => boolean) => tests.push((value) => typeof value !== "string" || test(value));
  // Lengths are in code points: at most the code units, at least half of them.
  if (typeof minLength === "number") onText((text) => text.length >= minLength && ucs2length(text) >= minLength);
  if (typeof maxLength === "number") onText((text) => text.length <= maxLength || ucs2length(text) <= maxLength);
  if (typeof pattern === "string") {
    const expression = new RegExp(pattern, "u");
    onText((text) => expression.test(text));
  }
  const known = typeof name === "string" ? format[name] : undefined;
  if (known !== undefined) onText(known);
  return tests;
}

/** Whether one claim conforms to the part of a checked schema at its path. Compiled once for a schema, without `eval`. */
export function claimConformsTo(schema: JsonObject, path: Path, value: ClaimValue): boolean {
  let part: Part | undefined = partOf(schema);
  for (const step of path) {
    part = part.below(step);
    if (part === undefined) return false;
  }
  return part.conforms(value);
}

/** The same for all claims of a document, without a path to any. Throws ProtocolError `document.not-object`, `claims.too-many`. */
export function claimsConformTo(schema: JsonObject, document: Json): boolean {
  if (!isJsonObject(document)) throw new ProtocolError("document.not-object");
  let count = 0;
  let isConforming = true;
  const walk = (value: Json, part: Part | undefined): void => {
    if (Array.isArray(value) && value.length > 0) {
      for (let i = 0; i < value.length; i++) walk(value[i] as Json, part?.below(i)); // An element of a JSON array.
      return;
    }
    const keys = isJsonObject(value) ? Object.keys(value) : [];
    if (keys.length > 0) {
      for (const key of keys) walk((value as JsonObject)[key] as Json, part?.below(key)); // Keys are an object's own.
      return;
    }
    if (count === MAXIMUM_CLAIMS) throw new ProtocolError("claims.too-many", { limit: MAXIMUM_CLAIMS });
    count++;
    isConforming &&= part !== undefined && part.conforms(value as ClaimValue); // A scalar or an empty container: every other case is above.
  };
  walk(document, partOf(schema));
  return isConforming;
}
