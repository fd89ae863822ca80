import { expect } from "chai";
import type { Json, JsonObject } from "../../../sdk/protocol/json.ts";
import {
  claimConforms,
  documentFaults,
  parseSchema,
  schemaDigest,
  type RecordSchema,
} from "../../../sdk/protocol/schema.ts";
import { expectCode, schemaOf } from "./support.ts";

describe("the schema profile", () => {
  const KEYWORDS: readonly (readonly [keyword: string, good: readonly Json[], bad: readonly Json[]])[] = [
    ["$schema", ["https://json-schema.org/draft/2020-12/schema"], ["http://json-schema.org/draft-07/schema#", 1]],
    ["$id", ["urn:example:1", "not a url ["], [1, {}]],
    ["title", ["名称"], [1, null]],
    ["description", [""], [[]]],
    ["x-title-en", ["Name"], [{}]],
    ["x-personal", [true, false], ["true", 1]],
    ["type", ["string", ["string", "null"]], ["text", [], ["string", "string"], ["string", 1], null, 1]],
    ["properties", [{}, { a: true }], [[], "a", { a: 1 }, { a: null }]],
    ["required", [[], ["a"]], ["a", [1], ["a", "a"], {}]],
    ["additionalProperties", [true, false, {}], [1, null, []]],
    ["items", [true, false, { type: "string" }], [[], 1, "string"]],
    ["enum", [[1], ["a", null, {}]], [[], "a", {}]],
    ["const", [null, 1, {}], []],
    ["pattern", ["^a+$", "\\p{Script=Han}"], ["(", "[", "\\", 1]],
    ["minLength", [0, 1], [-1, 0.5, "1", null]],
    ["maxLength", [0, 1], [-1, 0.5, "1", null]],
    ["minItems", [0, 1], [-1, 0.5, "1"]],
    ["maxItems", [0, 1], [-1, 0.5, "1"]],
    ["minimum", [-1.5, 0], ["0", null]],
    ["maximum", [-1.5, 0], ["0", null]],
    ["format", ["date", "date-time"], ["email", "regex", "constructor", 1]],
  ];

  for (const [keyword, good, bad] of KEYWORDS) {
    it(`takes ${keyword} in its form only`, () => {
      for (const value of good) expect(schemaOf({ a: { [keyword]: value } }).json).to.be.an("object");
      for (const value of bad)
        expect(() => schemaOf({ a: { [keyword]: value } }))
          .to.throw()
          .with.property("code")
          .that.is.oneOf(["schema.keyword-value", "schema.keyword"]);
    });
  }

  for (const keyword of [
    "$ref",
    "$defs",
    "$anchor",
    "allOf",
    "anyOf",
    "oneOf",
    "not",
    "if",
    "then",
    "patternProperties",
    "propertyNames",
    "dependentRequired",
    "prefixItems",
    "contains",
    "uniqueItems",
    "multipleOf",
    "exclusiveMinimum",
    "minProperties",
    "unevaluatedProperties",
    "contentEncoding",
    "default",
    "examples",
    "x-other",
    "constructor",
    "__proto__",
  ]) {
    it(`knows no ${keyword}, at any depth`, () => {
      const unknown: JsonObject = Object.fromEntries([[keyword, {}]]);
      expectCode(() => schemaOf({}, unknown), "schema.keyword");
      expectCode(() => schemaOf({ a: unknown }), "schema.keyword");
      expectCode(() => schemaOf({ a: { items: { additionalProperties: unknown } } }), "schema.keyword");
    });
  }

  it("lets a property have any name", () => {
    const schema = schemaOf(
      Object.fromEntries(["$ref", "__proto__", "constructor", "items", ""].map((name) => [name, { type: "integer" }])),
    );
    for (const name of ["$ref", "__proto__", "constructor", "items", ""]) {
      expect(claimConforms(schema, [name], 1)).to.equal(true);
      expect(claimConforms(schema, [name], "1")).to.equal(false);
      expect(
        documentFaults(
          schema,
          Object.fromEntries([
            ["id", "1"],
            [name, "1"],
          ]),
        ),
      ).not.to.deep.equal([]);
    }
    expect(documentFaults(schema, { id: "1" })).to.deep.equal([]);
  });

  it("is named by the SHA-256 of its canonical form", () => {
    const a = schemaOf({ a: { type: "string", title: "甲" } });
    const b = schemaOf({ a: { title: "甲", type: "string" } });
    expect(a.digest).to.equal(b.digest).and.to.equal(schemaDigest(a.json));
    expect(schemaOf({ a: { type: "string", title: "乙" } }).digest).not.to.equal(a.digest);
  });

  it("says which scalars are required, in order", () => {
    const properties = {
      id: { type: "string" },
      holder: { type: "object", properties: { code: { type: ["string", "null"] } } },
      list: { type: "array", items: { type: "integer" } },
    };
    const parse = (paths: Json): RecordSchema =>
      parseSchema({ type: "object", properties, "x-required-claims": paths });
    expect(parse([["holder", "code"], ["id"], ["list", 0]]).required).to.deep.equal([
      ["holder", "code"],
      ["id"],
      ["list", 0],
    ]);
    const bad: readonly Json[] = [
      null,
      [],
      {},
      "id",
      ["id"],
      [[]],
      [["id"], ["id"]],
      [["holder"]],
      [["list"]],
      [["unknown"]],
      [["id", "x"]],
      [["list", -1]],
      [["list", 0.5]],
      [["list", "0"]],
      [["holder", null]],
      Array.from({ length: 65 }, (_, i) => ["list", i]),
    ];
    for (const paths of bad) expectCode(() => parse(paths), "schema.required-claims");
    expectCode(() => parseSchema({ type: "object", properties }), "schema.required-claims");
    expectCode(() => parseSchema([]), "schema.required-claims");
    expectCode(() => parseSchema({ properties: { id: {} }, "x-required-claims": [["id"]] }), "schema.required-claims");
    expectCode(
      () => parseSchema({ properties: { id: { type: ["string", "array"] } }, "x-required-claims": [["id"]] }),
      "schema.required-claims",
    );
  });

  it("reads required claims and validity at the root only", () => {
    expectCode(() => schemaOf({ a: { "x-required-claims": [["b"]] } }), "schema.keyword");
    expectCode(() => schemaOf({ a: { "x-validity": { from: ["b"] } } }), "schema.keyword");
  });

  it("names validity by required claims only", () => {
    expect(schemaOf({}, { "x-validity": { until: ["id"] } }).validityPaths).to.deep.equal({ until: ["id"] });
    for (const validity of [
      1,
      [],
      { from: ["other"] },
      { from: "id" },
      { from: [] },
      { form: ["id"] },
      { from: ["id"], until: null },
    ] as readonly Json[]) {
      expectCode(() => schemaOf({}, { "x-validity": validity }), "schema.required-claims");
    }
  });
});
