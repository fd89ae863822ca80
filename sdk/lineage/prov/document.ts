import { canonicalize } from "../../protocol/canonical.ts";
import { isJsonObject, parseJsonBytes, type Json, type JsonObject } from "../../protocol/json.ts";
import { LineageError } from "../errors.ts";
import { isProvKind, KNOWN_PREFIXES, PROV_KINDS, PROV_STATEMENTS, PROV_TIMES, type ProvKind } from "./terms.ts";

export type ProvScalar = string | number | boolean;
/** A bare scalar, or a typed or language-tagged one. */
export type ProvValue =
  ProvScalar | { readonly value: ProvScalar; readonly type?: string | undefined; readonly lang?: string | undefined };

/** One statement. An attribute has one value or several, in the order of the document. */
export interface ProvStatement {
  readonly kind: ProvKind;
  readonly id: string;
  readonly attributes: ReadonlyMap<string, ProvValue | readonly ProvValue[]>;
}

export interface ProvBundle {
  /** Namespace of each prefix; undefined when the document declares none. */
  readonly prefixes: ReadonlyMap<string, string> | undefined;
  readonly statements: readonly ProvStatement[];
  /** Sections that are there without a statement. */
  readonly empty: readonly ProvKind[];
}

/** A W3C PROV-JSON document (https://www.w3.org/Submission/prov-json/). */
export interface ProvDocument extends ProvBundle {
  readonly bundles: ReadonlyMap<string, ProvBundle> | undefined;
}

const MAXIMUM_PROV_BYTES = 64 * 1024 * 1024;
const DATE_TIME =
  /^-?\d{4,}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-4]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)?$/;

/** Throws ProtocolError `json.*`, LineageError `prov.*`. */
export const parseProvBytes = (bytes: Uint8Array): ProvDocument =>
  parseProv(parseJsonBytes(bytes, { bytes: MAXIMUM_PROV_BYTES }));

/** Reads a PROV-JSON document; refuses what PROV-JSON does not define, and says where. Throws LineageError `prov.*`. */
export function parseProv(document: Json): ProvDocument {
  const top = objectAt(document, "");
  const { bundle, ...rest } = top;
  const main = parseBundle(rest, { at: "", outer: new Set() });
  if (bundle === undefined) return { ...main, bundles: undefined };
  const outer = new Set(main.prefixes?.keys());
  const bundles = Object.entries(objectAt(bundle, "/bundle")).map(([name, value]): [string, ProvBundle] => {
    const at = `/bundle/${pointer(name)}`;
    requirePrefix(name, outer, at);
    return [name, parseBundle(objectAt(value, at), { at, outer })];
  });
  return { ...main, bundles: new Map(bundles) };
}

interface Place {
  /** JSON pointer. */
  readonly at: string;
  /** Prefixes declared around it. */
  readonly outer: ReadonlySet<string>;
}

function parseBundle({ prefix, ...sections }: JsonObject, { at, outer }: Place): ProvBundle {
  const prefixes = prefix === undefined ? undefined : parsePrefixes(prefix, `${at}/prefix`);
  const known = new Set([...outer, ...(prefixes?.keys() ?? [])]);
  const statements: ProvStatement[] = [];
  const empty: ProvKind[] = [];
  for (const [kind, section] of Object.entries(sections)) {
    const here = `${at}/${pointer(kind)}`;
    if (!isProvKind(kind)) throw new LineageError("prov.section", { at: here });
    const before = statements.length;
    for (const [id, given] of Object.entries(objectAt(section, here))) {
      const place = `${here}/${pointer(id)}`;
      requirePrefix(id, known, place);
      // Several statements with one identifier stand in a list.
      const many = Array.isArray(given) ? (given as readonly Json[]) : [given];
      if (many.length === 0) throw new LineageError("prov.form", { at: place, expected: "one statement or more" });
      many.forEach((one, i) => {
        const where = Array.isArray(given) ? `${place}/${i}` : place;
        statements.push({
          kind,
          id,
          attributes: parseAttributes(kind, objectAt(one, where), { at: where, outer: known }),
        });
      });
    }
    if (statements.length === before) empty.push(kind);
  }
  return { prefixes, statements, empty };
}

function parsePrefixes(value: Json, at: string): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(objectAt(value, at)).map(([name, namespace]): [string, string] => {
      if (typeof namespace !== "string")
        throw new LineageError("prov.form", { at: `${at}/${pointer(name)}`, expected: "a namespace" });
      return [name, namespace];
    }),
  );
}

function parseAttributes(kind: ProvKind, given: JsonObject, { at, outer }: Place): ProvStatement["attributes"] {
  const formal: readonly string[] = PROV_STATEMENTS[kind];
  return new Map(
    Object.entries(given).map(([name, value]): [string, ProvValue | readonly ProvValue[]] => {
      const here = `${at}/${pointer(name)}`;
      requirePrefix(name, outer, here);
      if (!formal.includes(name)) return [name, parseValues(value, { at: here, outer })];
      if (kind === "hadMember" && Array.isArray(value)) return [name, parseValues(value, { at: here, outer })];
      if (typeof value !== "string") throw new LineageError("prov.form", { at: here, expected: "a text" });
      if (!PROV_TIMES.has(name)) requirePrefix(value, outer, here);
      else if (!DATE_TIME.test(value)) throw new LineageError("prov.time", { at: here });
      return [name, value];
    }),
  );
}

function parseValues(value: Json, { at, outer }: Place): ProvValue | readonly ProvValue[] {
  if (!Array.isArray(value)) return parseValue(value, { at, outer });
  return (value as readonly Json[]).map((item, i) => parseValue(item, { at: `${at}/${i}`, outer }));
}

function parseValue(value: Json, { at, outer }: Place): ProvValue {
  if (isScalar(value)) return value;
  if (!isJsonObject(value)) throw new LineageError("prov.literal", { at });
  const { $: content, type, lang, ...others } = value;
  if (!isScalar(content) || Object.keys(others).length > 0 || !isOptionalText(type) || !isOptionalText(lang))
    throw new LineageError("prov.literal", { at });
  if (type !== undefined) requirePrefix(type, outer, `${at}/type`);
  return { value: content, ...(type !== undefined && { type }), ...(lang !== undefined && { lang }) };
}

const isScalar = (value: Json | undefined): value is ProvScalar =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean";
const isOptionalText = (value: Json | undefined): value is string | undefined =>
  value === undefined || typeof value === "string";

function objectAt(value: Json, at: string): JsonObject {
  if (!isJsonObject(value)) throw new LineageError("prov.form", { at: at === "" ? "/" : at, expected: "an object" });
  return value;
}

/** A name without a prefix belongs to the namespace `default`. */
function requirePrefix(name: string, declared: ReadonlySet<string>, at: string): void {
  const colon = name.indexOf(":");
  const prefix = colon < 0 ? "default" : name.slice(0, colon);
  const isIri = name.startsWith("//", colon + 1);
  if (!isIri && colon >= 0 && !KNOWN_PREFIXES.has(prefix) && !declared.has(prefix))
    throw new LineageError("prov.prefix", { at });
}

/** A part of a JSON pointer (RFC 6901); a long name is cut, since it is repeated in errors. */
const pointer = (name: string): string => name.slice(0, 64).replaceAll("~", "~0").replaceAll("/", "~1");

/** The JSON form: what was parsed comes out with the same canonical text. */
export function provJson(document: ProvDocument): JsonObject {
  const { bundles } = document;
  const inner = bundles && Object.fromEntries([...bundles].map(([name, bundle]) => [name, bundleJson(bundle)]));
  return { ...bundleJson(document), ...(inner && { bundle: inner }) };
}

function bundleJson({ prefixes, statements, empty }: ProvBundle): JsonObject {
  const sections: Record<string, Json> = prefixes ? { prefix: Object.fromEntries(prefixes) } : {};
  for (const kind of PROV_KINDS) {
    const byId = new Map<string, Json[]>();
    for (const statement of statements) {
      if (statement.kind !== kind) continue;
      byId.set(statement.id, [...(byId.get(statement.id) ?? []), attributesJson(statement)]);
    }
    if (byId.size > 0 || empty.includes(kind))
      sections[kind] = Object.fromEntries(
        [...byId].map(([id, many]) => [id, many.length === 1 ? (many[0] ?? {}) : many]),
      );
  }
  return sections;
}

const attributesJson = ({ attributes }: ProvStatement): Json =>
  Object.fromEntries(
    [...attributes].map(([name, values]) => [name, isMany(values) ? values.map(valueJson) : valueJson(values)]),
  );

const isMany = (values: ProvValue | readonly ProvValue[]): values is readonly ProvValue[] => Array.isArray(values);

function valueJson(value: ProvValue): Json {
  if (typeof value !== "object") return value;
  const { value: content, type, lang } = value;
  return { $: content, ...(type !== undefined && { type }), ...(lang !== undefined && { lang }) };
}

/** The values of an attribute, none, one or several. */
export function valuesOf({ attributes }: ProvStatement, name: string): readonly ProvValue[] {
  const found = attributes.get(name);
  if (found === undefined) return [];
  return isMany(found) ? found : [found];
}

/**
 * The canonical text of a document: JCS in which the order of values and of statements with one identifier, which mean
 * nothing in PROV, is that of their text, and a list of one is its item.
 */
export const canonicalProv = (document: ProvDocument): string => canonicalize(unordered(provJson(document)));

function unordered(value: Json): Json {
  if (Array.isArray(value)) {
    const items = (value as readonly Json[]).map(unordered);
    const sorted = items.map((item) => ({ item, key: canonicalize(item) })).sort((a, b) => (a.key < b.key ? -1 : 1));
    return sorted.length === 1 ? (sorted[0]?.item ?? null) : sorted.map(({ item }) => item);
  }
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, unordered(item)]));
}
