import type { JsonObject } from "./json.ts";
import { ProtocolError } from "./protocol-error.ts";
import { parseSchema, type RecordSchema } from "./schema.ts";

/** Schemas remembered by their text; the one that was used longest ago makes room. */
export const REMEMBERED_SCHEMAS = 32;
/** A longer schema is read anew each time: what strangers can make a verifier remember is bounded by both constants. */
export const REMEMBERED_SCHEMA_BYTES = 64 * 1024;

interface KnownSchema {
  readonly bytes: Uint8Array;
  /** Its 32-bit words from byte 0, 1, 2 and 3 on: wherever it stands in a file, one of them is aligned with the file's. */
  readonly words: readonly Int32Array[];
  /** Frozen through and through: one object stands for every file that embeds these bytes. */
  readonly json: JsonObject;
}

// A memory of pure functions: it changes no answer, only the time that one takes.
const known: KnownSchema[] = [];
const read = new WeakMap<JsonObject, RecordSchema>();

/** The remembered schema whose text stands at `at`. */
export function schemaAt(file: Uint8Array, at: number): KnownSchema | undefined {
  const found = known.findIndex((schema) => stands(schema, file, at));
  if (found > 0) known.unshift(...known.splice(found, 1));
  return found < 0 ? undefined : known[0];
}

/** By words: it is compared for every file. */
function stands({ bytes, words }: KnownSchema, file: Uint8Array, at: number): boolean {
  if (at + bytes.length > file.length) return false;
  const skipped = (4 - ((file.byteOffset + at) % 4)) % 4;
  const wanted = words[skipped] ?? new Int32Array();
  const found = new Int32Array(file.buffer, file.byteOffset + at + skipped, wanted.length);
  for (let i = 0; i < wanted.length; i++) if (wanted[i] !== found[i]) return false;
  const rest = skipped + 4 * wanted.length;
  return isAt(bytes.subarray(0, skipped), file, at) && isAt(bytes.subarray(rest), file, at + rest);
}

/** Whether these bytes stand in a file at `at`. */
export function isAt(wanted: Uint8Array, file: Uint8Array, at: number): boolean {
  for (let i = 0; i < wanted.length; i++) if (wanted[i] !== file[at + i]) return false;
  return true;
}

/** Remembers a schema that was read from `bytes`, a whole JSON value in themselves. */
export function rememberSchema(bytes: Uint8Array, json: JsonObject): void {
  if (bytes.length > REMEMBERED_SCHEMA_BYTES) return;
  const words = [0, 1, 2, 3].map((from) => {
    const aligned = bytes.slice(from, from + 4 * Math.floor((bytes.length - from) / 4));
    return new Int32Array(aligned.buffer);
  });
  known.unshift({ bytes, words, json: deepFreeze(json) });
  known.length = Math.min(known.length, REMEMBERED_SCHEMAS);
  try {
    read.set(json, parseSchema(json));
  } catch (error) {
    // No schema of the profile: whoever needs it finds that out again, and says so.
    if (!(error instanceof ProtocolError)) throw error;
  }
}

/** As `parseSchema`, once for a remembered schema. Throws ProtocolError `schema.*`. */
export const parseKnownSchema = (json: JsonObject): RecordSchema => read.get(json) ?? parseSchema(json);

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    Object.freeze(value);
    for (const member of Object.values(value)) deepFreeze(member);
  }
  return value;
}
