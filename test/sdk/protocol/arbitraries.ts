import fc from "fast-check";
import { flatten, type Path } from "../../../sdk/protocol/claims.ts";
import type { HashName } from "../../../sdk/protocol/hash.ts";
import type { Json, JsonObject } from "../../../sdk/protocol/json.ts";

export const hashName = fc.constantFrom<HashName>("keccak256", "sha256", "sm3");

export const text = fc.string({ unit: "binary", maxLength: 12 });
const TRICKY_KEYS = [
  "__proto__",
  "constructor",
  "toString",
  "0",
  "1",
  "",
  "a.b",
  'a","b',
  "length",
  "证照",
  "\ud83d\ude00",
  "ﬀ",
];
export const key = fc.oneof(fc.constantFrom(...TRICKY_KEYS), text);

export const number = fc
  .oneof(fc.integer(), fc.maxSafeInteger(), fc.double({ noNaN: true, noDefaultInfinity: true }))
  .map((value) => (Object.is(value, -0) ? 0 : value));
const scalar: fc.Arbitrary<Json> = fc.oneof(text, number, fc.boolean(), fc.constant(null));

/** Objects as the parser makes them: any name is an own member. */
const members = (value: fc.Arbitrary<Json>): fc.Arbitrary<JsonObject> =>
  fc
    .uniqueArray(fc.tuple(key, value), { maxLength: 5, selector: ([name]) => name })
    .map((entries) => Object.fromEntries(entries));

const { json, object } = fc.letrec<{ json: Json; object: JsonObject }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    scalar,
    fc.array(tie("json"), { maxLength: 4 }),
    tie("object"),
  ),
  object: members(tie("json")),
}));
export { json, object as document };

export const seed = fc.uint8Array({ minLength: 32, maxLength: 32 });
export const hash32 = fc.uint8Array({ minLength: 32, maxLength: 32 });

/** Scalar paths of a document that can be required. */
const scalarPaths = (content: JsonObject): Path[] =>
  flatten(content)
    .filter(({ value }) => typeof value !== "object" || value === null)
    .map(({ path }) => path);
/** A document with some of its scalars required. */
export const withRequired = object.chain((content) =>
  fc.tuple(fc.constant(content), fc.shuffledSubarray(scalarPaths(content))),
);
