import { Validator } from "@cfworker/json-schema";
import type { OutputUnit, Schema } from "@cfworker/json-schema";
import type { Path } from "../protocol/claims.ts";
import type { ErrorValues } from "../protocol/errors.ts";
import { FamilyFinding } from "./finding.ts";
import type { FindingCode } from "./finding.ts";
import { nearestName } from "./nearest.ts";
import { hintOf } from "./patterns.ts";
import { valueAt } from "../protocol/claims.ts";
import { findSubschema } from "./schema.ts";
import type { FamilySchema } from "./schema.ts";

const KEYWORD_CODES: Readonly<Record<string, FindingCode>> = {
  type: "schema.type",
  enum: "schema.enum",
  const: "schema.const",
  pattern: "schema.pattern",
  minLength: "schema.min-length",
  maxLength: "schema.max-length",
  minimum: "schema.minimum",
  maximum: "schema.maximum",
  minItems: "schema.min-items",
  maxItems: "schema.max-items",
  format: "schema.format",
};

export type Conformance = (document: unknown) => FamilyFinding[];

/**
 * Prepares the check of documents against a schema: all findings, in document order of the validator. Unknown members
 * are named by their ordinal only, because a member's name is text of the document.
 */
export function conformanceTo(schema: FamilySchema): Conformance {
  const validator = new Validator(plainSchema(schema), "2020-12", false);
  return (document) => {
    const { errors } = validator.validate(document);
    return [
      ...unknownMembers({ schema, value: document, path: [] }),
      ...firstAtEachPath(errors.flatMap((unit) => findingsOf(unit, schema, document))),
    ];
  };
}

/** A text of the wrong type also breaks every other rule of its field: only the first says what to do. */
function firstAtEachPath(findings: readonly FamilyFinding[]): FamilyFinding[] {
  const first = new Map(findings.toReversed().map((finding) => [JSON.stringify(finding.path), finding]));
  return findings.filter((finding) => first.get(JSON.stringify(finding.path)) === finding);
}

/** What a finding says about the field it is at: its names in the schema. */
export function fieldValues(schema: FamilySchema, path: Path): ErrorValues {
  const subschema = findSubschema(schema, path);
  return { field: path.join("."), title: subschema?.title ?? "", titleEn: subschema?.["x-title-en"] ?? "" };
}

/** The validator annotates what it is given, and reports unknown members by name: it gets a copy without that keyword. */
function plainSchema(schema: FamilySchema): Schema {
  const {
    properties,
    items,
    additionalProperties: _names,
    "x-required-claims": _claims,
    "x-validity": _validity,
    ...keywords
  } = schema;
  const copy: unknown = structuredClone(keywords);
  return {
    // Every keyword left is a scalar or an array of scalars, with the meaning the validator gives it.
    ...(copy as Schema),
    ...(properties === undefined
      ? {}
      : { properties: Object.fromEntries(Object.entries(properties).map(([name, it]) => [name, plainSchema(it)])) }),
    ...(items === undefined ? {} : { items: plainSchema(items) }),
  };
}

interface Place {
  readonly schema: FamilySchema;
  readonly value: unknown;
  readonly path: Path;
}

function unknownMembers({ schema, value, path }: Place): FamilyFinding[] {
  if (typeof value !== "object" || value === null) return [];
  const { items, properties } = schema;
  if (Array.isArray(value)) {
    if (!items) return [];
    return value.flatMap((item: unknown, index) =>
      unknownMembers({ schema: items, value: item, path: [...path, index] }),
    );
  }
  if (!properties) return [];
  return Object.entries(value).flatMap(([name, member], index) => {
    const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (known) return unknownMembers({ schema: known, value: member, path: [...path, name] });
    const values = {
      field: path.join("."),
      title: schema.title,
      titleEn: schema["x-title-en"],
      ordinal: index + 1,
      nearest: nearestName(name, Object.keys(properties)),
    };
    return [new FamilyFinding({ code: "schema.additional-properties", path, values })];
  });
}

function findingsOf(
  { keyword, instanceLocation }: OutputUnit,
  schema: FamilySchema,
  document: unknown,
): FamilyFinding[] {
  const path = pathOf(instanceLocation, document);
  if (keyword === "required") return missingMembers(schema, document, path);
  const code = KEYWORD_CODES[keyword];
  if (code === undefined) return [];
  const expected = expectation(keyword, findSubschema(schema, path));
  return [new FamilyFinding({ code, path, values: { ...fieldValues(schema, path), expected } })];
}

/** The validator names a missing member in prose only, one unit each: every unit gives them all, and duplicates fall out. */
function missingMembers(schema: FamilySchema, document: unknown, path: Path): FamilyFinding[] {
  const value = valueAt(document, path);
  const required = findSubschema(schema, path)?.required ?? [];
  if (typeof value !== "object" || value === null) return [];
  return required
    .filter((name) => !Object.hasOwn(value, name))
    .map((name) => [...path, name])
    .map(
      (missing) => new FamilyFinding({ code: "schema.required", path: missing, values: fieldValues(schema, missing) }),
    );
}

function expectation(keyword: string, schema: FamilySchema | undefined): string | number {
  switch (keyword) {
    case "type":
      return typeof schema?.type === "string" ? schema.type : (schema?.type.join(" | ") ?? "");
    case "enum":
      return schema?.enum?.map((value) => String(value)).join("、") ?? "";
    case "const":
      return String(schema?.const ?? "");
    case "format":
      return schema?.format === "date" ? "YYYY-MM-DD" : "YYYY-MM-DDThh:mm:ss+08:00";
    case "pattern":
      return hintOf(schema?.pattern ?? "");
    case "minLength":
      return schema?.minLength ?? 0;
    case "maxLength":
      return schema?.maxLength ?? 0;
    case "minimum":
      return schema?.minimum ?? 0;
    case "maximum":
      return schema?.maximum ?? 0;
    case "minItems":
      return schema?.minItems ?? 0;
    default:
      return schema?.maxItems ?? 0;
  }
}

/** Known member names need no unescaping; a segment is a position where the document has an array. */
function pathOf(instanceLocation: string, document: unknown): Path {
  const path: (string | number)[] = [];
  for (const segment of instanceLocation.split("/").slice(1)) {
    path.push(Array.isArray(valueAt(document, path)) ? Number(segment) : segment);
  }
  return path;
}
