import type { Path } from "../protocol/claims.ts";
import { FORMS } from "./patterns.ts";

export type SchemaType = "object" | "array" | "string" | "integer" | "number" | "boolean" | "null";

/**
 * The part of JSON Schema (draft 2020-12) that record families use: no references, no combinators, no dialect member, so
 * that a schema is self-contained and its digest names all of it. `title` is Chinese. The extensions of SPEC §6 are
 * `x-title-en`, `x-personal` on a field that holds personal data, and at the root `x-required-claims`, the paths of the
 * scalars that every evidence discloses, in their order, and `x-validity`, those of the first and last day in force.
 */
export type FamilySchema = {
  readonly type: SchemaType | readonly SchemaType[];
  readonly title: string;
  readonly description?: string;
  readonly "x-title-en": string;
  readonly "x-personal"?: true;
  readonly "x-required-claims"?: readonly Path[];
  readonly "x-validity"?: { readonly from: Path; readonly until: Path };
  readonly properties?: Readonly<Record<string, FamilySchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: false;
  readonly items?: FamilySchema;
  readonly enum?: readonly (string | number | boolean | null)[];
  readonly const?: string | number | boolean | null;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly format?: "date" | "date-time";
};

type Extra = Partial<Omit<FamilySchema, "type" | "title" | "x-title-en">>;

const schema = (type: SchemaType, title: string, titleEn: string, extra: Extra): FamilySchema => ({
  type,
  title,
  "x-title-en": titleEn,
  ...extra,
});

/** One line of text, 1–200 characters unless `maxLength` says otherwise. */
export const line = (title: string, titleEn: string, extra: Extra = {}): FamilySchema =>
  schema("string", title, titleEn, { minLength: 1, maxLength: 200, pattern: FORMS.line.pattern, ...extra });

/** Text of several lines, up to 4,000 characters unless `maxLength` says otherwise. */
export const paragraph = (title: string, titleEn: string, extra: Extra = {}): FamilySchema =>
  schema("string", title, titleEn, { minLength: 1, maxLength: 4000, pattern: FORMS.paragraph.pattern, ...extra });

export const code = (title: string, titleEn: string, pattern: string, extra: Extra = {}): FamilySchema =>
  schema("string", title, titleEn, { pattern, ...extra });

export const usccCode = (title: string, titleEn: string, extra: Extra = {}): FamilySchema =>
  code(title, titleEn, FORMS.uscc.pattern, extra);

export const oneOf = (title: string, titleEn: string, allowed: readonly string[], extra: Extra = {}): FamilySchema =>
  schema("string", title, titleEn, { enum: allowed, ...extra });

export const date = (title: string, titleEn: string, extra: Extra = {}): FamilySchema =>
  schema("string", title, titleEn, { format: "date", ...extra });

export const dateTime = (title: string, titleEn: string, extra: Extra = {}): FamilySchema =>
  schema("string", title, titleEn, { format: "date-time", ...extra });

/** An integer from 0 to 2^53 − 1. */
export const count = (title: string, titleEn: string, extra: Extra = {}): FamilySchema =>
  schema("integer", title, titleEn, { minimum: 0, maximum: Number.MAX_SAFE_INTEGER, ...extra });

/** The same field, or null where there is nothing to state. */
export function nullable(field: FamilySchema): FamilySchema {
  const types = typeof field.type === "string" ? [field.type] : field.type;
  return { ...field, type: [...types, "null"], ...(field.enum === undefined ? {} : { enum: [...field.enum, null] }) };
}

export const list = (title: string, titleEn: string, items: FamilySchema, extra: Extra = {}): FamilySchema =>
  schema("array", title, titleEn, { items, minItems: 1, maxItems: 64, ...extra });

export interface Members {
  readonly required: Readonly<Record<string, FamilySchema>>;
  readonly optional?: Readonly<Record<string, FamilySchema>>;
}

/** An object with these members and no others. */
export const object = (title: string, titleEn: string, members: Members, extra: Extra = {}): FamilySchema =>
  schema("object", title, titleEn, {
    properties: { ...members.required, ...members.optional },
    required: Object.keys(members.required),
    additionalProperties: false,
    ...extra,
  });

/** The schema of what stands at `path`, or undefined where the schema knows nothing there. */
export function findSubschema(root: FamilySchema, path: Path): FamilySchema | undefined {
  let current: FamilySchema | undefined = root;
  for (const segment of path) {
    current = typeof segment === "number" ? current?.items : ownProperty(current?.properties, segment);
  }
  return current;
}

const ownProperty = <T>(members: Readonly<Record<string, T>> | undefined, name: string): T | undefined =>
  members !== undefined && Object.hasOwn(members, name) ? members[name] : undefined;
