import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import formats from "ajv-formats";
import { pointerStep } from "./pointer.ts";
import ocdsPackage from "./standards/ocds-release-package-1.1.5.json" with { type: "json" };
import project from "./standards/oc4ids-project-0.9.5.json" with { type: "json" };
import projectPackage from "./standards/oc4ids-project-package-0.9.5.json" with { type: "json" };
import type { Json, JsonObject } from "../protocol/json.ts";
import { StandardFinding, type StandardFindingCode } from "./findings.ts";
import { OCDS_RELEASE_SCHEMA } from "./ocds/standard.ts";

export type Standard = "ocds-release" | "ocds-release-package" | "oc4ids-project" | "oc4ids-project-package";

/** The package schema names a release schema by this address; releases are held against 1.1.4, the published one. */
const REFERRED_RELEASE = "https://standard.open-contracting.org/schema/1__1__5/release-schema.json";

const SCHEMAS: Readonly<Record<Standard, unknown>> = {
  "ocds-release": OCDS_RELEASE_SCHEMA,
  "ocds-release-package": ocdsPackage,
  "oc4ids-project": project,
  "oc4ids-project-package": projectPackage,
};
const compiled = new Map<Standard, ValidateFunction>();

/** Compiled at the first use, one by one: the schemas are large. */
function validator(standard: Standard): ValidateFunction {
  const known = compiled.get(standard);
  if (known !== undefined) return known;
  const ajv = new Ajv({ strict: false, allErrors: true, validateSchema: false });
  formats.default(ajv, ["date-time", "uri", "email"]);
  // The imports' own types are the whole files spelt out.
  const read = (schema: unknown): JsonObject => fromDraft4(schema as JsonObject);
  if (standard === "ocds-release-package") ajv.addSchema({ ...read(OCDS_RELEASE_SCHEMA), $id: REFERRED_RELEASE });
  if (standard === "oc4ids-project-package") ajv.addSchema(read(project));
  const made = ajv.compile(read(SCHEMAS[standard]));
  compiled.set(standard, made);
  return made;
}

/** These schemas use nothing of draft 4 that newer drafts read otherwise, but the name of the root's `id`. */
function fromDraft4({ id, $schema: _draft, ...schema }: JsonObject): JsonObject {
  return { ...schema, ...(id !== undefined && { $id: id }) };
}

/**
 * Everything in a document that does not fit the official schema of a standard, each with the JSON pointer of the member
 * concerned: for a missing member the pointer that it would have. Empty when the document is valid.
 */
export function standardFindings(document: Json, standard: Standard): StandardFinding[] {
  const validate = validator(standard);
  if (validate(document)) return [];
  const seen = new Set<string>();
  return (validate.errors ?? []).map(findingOf).filter((finding) => {
    const key = `${finding.code} ${finding.path}`;
    return !seen.has(key) && seen.add(key);
  });
}

const CODES: Readonly<Record<string, StandardFindingCode>> = {
  required: "standard.missing",
  type: "standard.type",
  enum: "standard.code",
  format: "standard.format",
  pattern: "standard.format",
  uniqueItems: "standard.repeated",
  minItems: "standard.empty",
  minLength: "standard.empty",
  minProperties: "standard.empty",
  minimum: "standard.range",
};

interface Expectation {
  readonly missingProperty?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly allowedValues?: readonly string[];
}

function findingOf({ keyword, instancePath, params }: ErrorObject): StandardFinding {
  const { missingProperty, type, format, allowedValues } = params as Expectation; // Of the keywords that CODES lists.
  const path = missingProperty !== undefined ? `${instancePath}/${pointerStep(missingProperty)}` : instancePath;
  const expected = [type ?? format ?? allowedValues ?? keyword].flat().join(" | ");
  return new StandardFinding(CODES[keyword] ?? "standard.rule", path, {
    expected,
  });
}
