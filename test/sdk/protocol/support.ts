import { expect } from "chai";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { JsonObject } from "../../../sdk/protocol/json.ts";
import { ProtocolError } from "../../../sdk/protocol/protocol-error.ts";
import { parseSchema, type RecordSchema } from "../../../sdk/protocol/schema.ts";

const VECTORS = new URL("../../vectors/", import.meta.url);
const SHARED = new URL("../../../../shared/data/", import.meta.url);

/** A vector file. Its shape is the caller's claim: a wrong one fails the assertions made on it. */
export const vectors = <T>(name: string): T => JSON.parse(readFileSync(new URL(name, VECTORS), "utf8")) as T;

/** A folder of published test data beside the project, or undefined where it is not kept; says so once. */
export function findSharedData(folder: string): string | undefined {
  const path = fileURLToPath(new URL(folder, SHARED));
  if (existsSync(path)) return path;
  console.log(`      skipped: the published data ${folder} is not beside this project`);
  return undefined;
}

/** Asserts that `attempt` is refused with a protocol code. */
export function expectCode(attempt: () => unknown, code: string): void {
  let found: unknown;
  try {
    attempt();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    found = error.code;
  }
  expect(found).to.equal(code);
}

export const isRefused = (attempt: () => unknown): boolean => {
  try {
    attempt();
    return false;
  } catch (error) {
    if (error instanceof ProtocolError) return true;
    throw error;
  }
};

/** A schema with one required claim, "id", and these properties beside it. */
export const schemaOf = (properties: JsonObject, rest: JsonObject = {}): RecordSchema =>
  parseSchema({
    type: "object",
    properties: { id: { type: "string" }, ...properties },
    "x-required-claims": [["id"]],
    ...rest,
  });
