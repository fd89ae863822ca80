import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import { pathText, type Path } from "../../sdk/protocol/claims.ts";
import { errorClass } from "../../sdk/protocol/errors.ts";
import type { Json, JsonObject } from "../../sdk/protocol/json.ts";
import { isJsonObject } from "../../sdk/protocol/json.ts";
import { PROTOCOL_SCHEMAS } from "../../sdk/protocol/kinds.ts";
import { assertionsOf } from "../../sdk/protocol/schema-keywords.ts";
import { parseSchema, type RecordSchema } from "../../sdk/protocol/schema.ts";
import { SCHEMAS } from "../storage/keyspaces.ts";
import { put, type Operation, type Store } from "../storage/store.ts";
import { RecordError } from "./errors.ts";
import type { Finding } from "./model.ts";

/** Findings reported of one document; the rest would only repeat the lesson. */
export const MAXIMUM_FINDINGS = 50;

const CodedSchemaFinding = errorClass("SchemaFinding", {
  "schema.violation": {
    zh: "{at} 不符合模式规则 {keyword}",
    en: "{at} breaks the schema's rule {keyword}",
    remedy: { zh: "请按资源目录公布的模式修正该数据项。", en: "Correct the member as the published schema says." },
  },
});

/** One violation of a schema: where and which keyword, never the value. */
export class SchemaFinding extends CodedSchemaFinding implements Finding {
  readonly path: Path;

  constructor(path: Path, keyword: string) {
    super("schema.violation", { at: pathText(path) || "/", keyword });
    this.path = path;
  }
}

/** Schemas by digest: the protocol's own, and those that scopes were registered with, kept for as long as records name them. */
export class SchemaRegistry {
  private readonly store: Store;
  private readonly known = new Map(PROTOCOL_SCHEMAS);

  constructor(store: Store) {
    this.store = store;
  }

  /** Checks that a schema can be used and gives what makes it durable. Throws RecordError `scope.schema-unsupported`. */
  add(schema: RecordSchema): readonly Operation[] {
    validatorOf(schema);
    if (this.known.has(schema.digest)) return [];
    this.known.set(schema.digest, schema);
    return [put(SCHEMAS, schema.digest, schema.json)];
  }

  /** Undefined when no record can have been made with it here. */
  async find(digest: Hex): Promise<RecordSchema | undefined> {
    const known = this.known.get(digest);
    if (known !== undefined) return known;
    const json = await this.store.get(SCHEMAS, digest);
    if (json === undefined) return undefined;
    const schema = parseSchema(json);
    if (schema.digest !== digest) return undefined;
    this.known.set(digest, schema);
    return schema;
  }
}

/** What a document breaks, at most MAXIMUM_FINDINGS. */
export function schemaFindings(schema: RecordSchema, document: JsonObject): readonly Finding[] {
  const validate = validatorOf(schema);
  if (validate(document)) return [];
  return (validate.errors ?? [])
    .slice(0, MAXIMUM_FINDINGS)
    .map((error) => new SchemaFinding(pathOf(error, document), error.keyword));
}

const validators = new WeakMap<RecordSchema, ValidateFunction>();

/** Compiled once a schema and thread. */
function validatorOf(schema: RecordSchema): ValidateFunction {
  let validate = validators.get(schema);
  if (validate === undefined) validators.set(schema, (validate = compile(schema)));
  return validate;
}

function compile(schema: RecordSchema): ValidateFunction {
  const ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true });
  formats.default(ajv, ["date", "date-time"]);
  try {
    return ajv.compile(assertionsOf(schema.json) as JsonObject); // An object gives an object.
  } catch (cause) {
    throw new RecordError("scope.schema-unsupported", {}, cause);
  }
}

/** The place of a violation. A JSON pointer does not tell a position from a key of digits: the document does. */
function pathOf({ instancePath, keyword, params }: ErrorObject, document: JsonObject): Path {
  const path: (string | number)[] = [];
  let at: Json | undefined = document;
  for (const token of instancePath.split("/").slice(1)) {
    const name = token.replaceAll("~1", "/").replaceAll("~0", "~");
    if (Array.isArray(at)) {
      path.push(Number(name));
      at = at[Number(name)] as Json | undefined; // An element of a JSON array.
    } else {
      path.push(name);
      at = isJsonObject(at) ? at[name] : undefined;
    }
  }
  const missing: unknown = keyword === "required" ? params.missingProperty : undefined;
  return typeof missing === "string" ? [...path, missing] : path;
}
