import { Validator } from "@cfworker/json-schema";
import { expect } from "chai";
import fc from "fast-check";
import type { ClaimValue, Path } from "../../../sdk/protocol/claims.ts";
import type { Json, JsonObject } from "../../../sdk/protocol/json.ts";
import { claimConforms, parseSchema, subschemaAt } from "../../../sdk/protocol/schema.ts";
import { assertionsOf } from "../../../sdk/protocol/schema-keywords.ts";

const name = fc.constantFrom("a", "b", "0", "__proto__", "constructor", "", "证照");
const type = fc.constantFrom("object", "array", "string", "integer", "number", "boolean", "null");
const scalar: fc.Arbitrary<ClaimValue> = fc.oneof(
  fc.constantFrom<ClaimValue>(
    null,
    true,
    false,
    0,
    1,
    -1,
    1.5,
    1e21,
    "",
    "a",
    "ab",
    "证",
    "\ud83d\ude00",
    "\ud83d\ude00a",
  ),
  fc.constantFrom<ClaimValue>("2024-02-29", "2025-02-29", "2025-01-01T00:00:00Z", "2025-01-01T00:00:60Z", "2025-1-1"),
  fc.constantFrom<ClaimValue>({}, []),
  fc.string({ maxLength: 4 }),
  fc.integer({ min: -3, max: 3 }),
);
const count = fc.nat(3);

/** Schemas of the whole profile, small enough that values often meet their edges. */
const { schema } = fc.letrec<{ schema: Json }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 3 },
    fc.boolean(),
    fc.record(
      {
        type: fc.oneof(type, fc.uniqueArray(type, { minLength: 1, maxLength: 3 })),
        enum: fc.array(scalar as fc.Arbitrary<Json>, { minLength: 1, maxLength: 4 }),
        const: scalar,
        minimum: fc.integer({ min: -2, max: 2 }),
        maximum: fc.integer({ min: -2, max: 2 }),
        minLength: count,
        maxLength: count,
        minItems: count,
        maxItems: count,
        pattern: fc.constantFrom("^a", "b$", "^.$", "^[\\p{L}]+$", ""),
        format: fc.constantFrom("date", "date-time"),
        required: fc.uniqueArray(name, { maxLength: 2 }),
        properties: fc.dictionary(name, tie("schema"), { maxKeys: 3 }),
        additionalProperties: tie("schema"),
        items: tie("schema"),
        title: fc.constant("题"),
      },
      { requiredKeys: [] },
    ) as fc.Arbitrary<Json>,
  ),
}));

/** What the interpreting validator says of the part of the schema that governs the path. */
function interpreted(root: JsonObject, path: Path, value: ClaimValue): boolean {
  const sub = subschemaAt(root, path);
  if (sub === undefined || typeof sub === "boolean") return sub ?? false;
  return new Validator(assertionsOf(sub) as JsonObject, "2020-12", false).validate(value).valid;
}

const step = fc.oneof(name, fc.nat(1));

describe("compiled schemas", function () {
  this.timeout(20_000);

  it("judge every claim as the interpreting validator does", () => {
    fc.assert(
      fc.property(
        fc.dictionary(name, schema, { maxKeys: 4 }),
        fc.array(fc.tuple(fc.array(step, { minLength: 1, maxLength: 3 }), scalar), { minLength: 1, maxLength: 12 }),
        (properties, claims) => {
          const made = parseSchema({
            type: "object",
            properties: { ...properties, "required id": { type: "string" } },
            additionalProperties: true,
            "x-required-claims": [["required id"]],
          });
          for (const [path, value] of claims)
            expect(claimConforms(made, path, value), JSON.stringify([path, value])).to.equal(
              interpreted(made.json, path, value),
            );
        },
      ),
      { numRuns: 1500 },
    );
  });

  it("judge bare values as the interpreting validator does", () => {
    fc.assert(
      fc.property(schema, fc.array(scalar, { minLength: 1, maxLength: 20 }), (part, values) => {
        const made = parseSchema({
          type: "object",
          properties: { id: { type: "string" }, x: part },
          "x-required-claims": [["id"]],
        });
        for (const value of values)
          expect(claimConforms(made, ["x"], value), JSON.stringify(value)).to.equal(
            interpreted(made.json, ["x"], value),
          );
      }),
      { numRuns: 1500 },
    );
  });
});
