import { concat, fromUtf8, utf8 } from "./bytes.ts";
import { isJsonObject, parseJson, parseJsonBytes, type Json } from "./json.ts";
import { isAt, rememberSchema, schemaAt } from "./schema-texts.ts";

const MEMBER = utf8('"schema":');
const PLACEHOLDER = '"schema":null';
const NULL = utf8("null");
const BRACE = 0x7b;
/** Braces looked at: the file's, the header's, the schema's. */
const MAXIMUM_BRACES = 8;

/**
 * The JSON of an evidence file. Most of a file is the schema, and files of one resource embed the same: a schema whose
 * bytes are remembered is not read again. Gives and throws exactly what `parseJsonBytes` does.
 */
export function parseEvidenceText(bytes: Uint8Array): Json {
  const at = findSchema(bytes);
  if (at === undefined) return parseJsonBytes(bytes);
  return parseAround(bytes, at) ?? parseWhole(bytes, at);
}

/** Where the value of a member `schema` begins. Inside a string its quotes would be escaped, so it is a member's name. */
export function findSchema(bytes: Uint8Array): number | undefined {
  let brace = bytes.indexOf(BRACE);
  for (let i = 0; i < MAXIMUM_BRACES && brace >= 0; i++) {
    if (brace > MEMBER.length && isAt(MEMBER, bytes, brace - MEMBER.length)) return brace;
    brace = bytes.indexOf(BRACE, brace + 1);
  }
  return undefined;
}

/** With `null` in the place of a remembered schema; undefined unless that is the one member of this name and null value, at the top. */
function parseAround(bytes: Uint8Array, at: number): Json | undefined {
  const schema = schemaAt(bytes, at);
  if (schema === undefined) return undefined;
  let value: Json;
  try {
    // Cut before and after a whole value, where both sides are ASCII: the parts are UTF-8 exactly if the file is.
    const around = fromUtf8(concat(bytes.subarray(0, at), NULL, bytes.subarray(at + schema.bytes.length)));
    if (around.includes(PLACEHOLDER, around.indexOf(PLACEHOLDER) + 1)) return undefined;
    value = parseJson(around);
  } catch {
    // The whole file says what is wrong, and at which character.
    return undefined;
  }
  if (!isJsonObject(value) || !Object.hasOwn(value, "schema") || value["schema"] !== null) return undefined;
  return { ...value, schema: schema.json };
}

function parseWhole(bytes: Uint8Array, at: number): Json {
  const value = parseJsonBytes(bytes);
  const schema = isJsonObject(value) && Object.hasOwn(value, "schema") ? value["schema"] : undefined;
  if (isJsonObject(schema)) {
    const written = utf8(JSON.stringify(schema));
    if (isAt(written, bytes, at)) rememberSchema(written, schema);
  }
  return value;
}
