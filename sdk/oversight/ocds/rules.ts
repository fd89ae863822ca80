import { isJsonObject, type Json, type JsonObject } from "../../protocol/json.ts";
import { OversightError } from "../errors.ts";

/**
 * How the values of one field are merged. `omit`: left out of merged releases. `whole`: an array is replaced as one value.
 * Otherwise objects are merged by member and arrays of objects by `id`. Positions in arrays are not part of the way here.
 */
export interface MergeRule {
  readonly strategy: "omit" | "whole" | "merge";
  readonly members: ReadonlyMap<string, MergeRule>;
}

const NO_MEMBERS: ReadonlyMap<string, MergeRule> = new Map();
export const PLAIN_RULE: MergeRule = { strategy: "merge", members: NO_MEMBERS };
const MAXIMUM_SCHEMA_DEPTH = 64;

/**
 * The merge rules that a release schema states (OCDS merging specification, "Discarded fields" and "Whole list merge").
 * Only references within the schema are followed. Throws OversightError `ocds.schema-unusable`.
 */
export function mergeRules(schema: Json): MergeRule {
  return {
    strategy: "merge",
    members: membersOf(resolved(schema, { root: schema, path: "" }), { root: schema, path: "" }),
  };
}

interface Place {
  readonly root: Json;
  readonly path: string;
}

function membersOf(schema: JsonObject, { root, path }: Place): ReadonlyMap<string, MergeRule> {
  const { properties } = schema;
  if (!isJsonObject(properties)) return NO_MEMBERS;
  if (path.split("/").length > MAXIMUM_SCHEMA_DEPTH) throw new OversightError("ocds.schema-unusable", { path });
  const members = new Map<string, MergeRule>();
  for (const [key, property] of Object.entries(properties)) {
    const place = { root, path: `${path}/${key}` };
    const rule = ruleOf(resolved(property, place), place);
    if (rule !== PLAIN_RULE) members.set(key, rule);
  }
  return members.size === 0 ? NO_MEMBERS : members;
}

function ruleOf(property: JsonObject, place: Place): MergeRule {
  const types = typesOf(property);
  const strategy = property["mergeStrategy"];
  if (isSet(property["omitWhenMerged"]) || strategy === "ocdsOmit") return { strategy: "omit", members: NO_MEMBERS };
  if (types.includes("array")) {
    const whole = { strategy: "whole", members: NO_MEMBERS } as const;
    if (isSet(property["wholeListMerge"]) || strategy === "ocdsVersion") return whole;
    if (types.includes("object") && isJsonObject(property["properties"])) return merged(membersOf(property, place));
    if (property["items"] === undefined) return PLAIN_RULE;
    const items = resolved(property["items"], place);
    const itemTypes = typesOf(items);
    if (itemTypes.some((type) => type !== "object")) return whole;
    if (itemTypes.length === 0 || !isJsonObject(items["properties"])) return PLAIN_RULE;
    return Object.hasOwn(items["properties"], "id") ? merged(membersOf(items, place)) : whole;
  }
  return types.includes("object") ? merged(membersOf(property, place)) : PLAIN_RULE;
}

const merged = (members: ReadonlyMap<string, MergeRule>): MergeRule =>
  members.size === 0 ? PLAIN_RULE : { strategy: "merge", members };

const isSet = (value: Json | undefined): boolean => value !== undefined && value !== null && value !== false;

function typesOf({ type }: JsonObject): readonly Json[] {
  if (type === undefined) return [];
  return Array.isArray(type) ? (type as readonly Json[]) : [type]; // Array.isArray does not narrow readonly arrays.
}

/** The schema that stands here, after references: draft 4 lets a `$ref` replace everything beside it. */
function resolved(schema: Json | undefined, { root, path }: Place): JsonObject {
  let current = schema;
  for (let hops = 0; isJsonObject(current) && typeof current["$ref"] === "string"; hops++) {
    if (hops > MAXIMUM_SCHEMA_DEPTH) throw new OversightError("ocds.schema-unusable", { path });
    current = pointed(root, current["$ref"]);
  }
  if (current === undefined) throw new OversightError("ocds.schema-unusable", { path });
  return isJsonObject(current) ? current : {};
}

function pointed(root: Json, reference: string): Json | undefined {
  if (!reference.startsWith("#")) return undefined;
  let current: Json | undefined = root;
  for (const part of reference.slice(1).split("/").slice(1)) {
    const key = decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~");
    current = isJsonObject(current) && Object.hasOwn(current, key) ? current[key] : undefined;
  }
  return current;
}
