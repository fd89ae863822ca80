import { expect } from "chai";
import fc from "fast-check";
import { flatten, type ClaimValue, type Path } from "../../../sdk/protocol/claims.ts";
import { canonicalize } from "../../../sdk/protocol/canonical.ts";
import { isJsonObject, type Json, type JsonObject } from "../../../sdk/protocol/json.ts";
import { claimConforms, documentFaults, parseSchema, schemaDigest, validityOf, type RecordSchema } from "../../../sdk/protocol/schema.ts";
import { document, json } from "./arbitraries.ts";
import { expectCode, isRefused } from "./support.ts";

const schemaOf = (properties: JsonObject, rest: JsonObject = {}): RecordSchema =>
  parseSchema({ type: "object", properties: { id: { type: "string" }, ...properties }, "x-required-claims": [["id"]], ...rest });

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
      for (const value of bad) expect(() => schemaOf({ a: { [keyword]: value } })).to.throw().with.property("code").that.is.oneOf(["schema.keyword-value", "schema.keyword"]);
    });
  }

  for (const keyword of ["$ref", "$defs", "$anchor", "allOf", "anyOf", "oneOf", "not", "if", "then", "patternProperties", "propertyNames", "dependentRequired", "prefixItems", "contains", "uniqueItems", "multipleOf", "exclusiveMinimum", "minProperties", "unevaluatedProperties", "contentEncoding", "default", "examples", "x-other", "constructor", "__proto__"]) {
    it(`knows no ${keyword}, at any depth`, () => {
      const unknown: JsonObject = Object.fromEntries([[keyword, {}]]);
      expectCode(() => schemaOf({}, unknown), "schema.keyword");
      expectCode(() => schemaOf({ a: unknown }), "schema.keyword");
      expectCode(() => schemaOf({ a: { items: { additionalProperties: unknown } } }), "schema.keyword");
    });
  }

  it("lets a property have any name", () => {
    const schema = schemaOf(Object.fromEntries(["$ref", "__proto__", "constructor", "items", ""].map((name) => [name, { type: "integer" }])));
    for (const name of ["$ref", "__proto__", "constructor", "items", ""]) {
      expect(claimConforms(schema, [name], 1)).to.equal(true);
      expect(claimConforms(schema, [name], "1")).to.equal(false);
      expect(documentFaults(schema, Object.fromEntries([["id", "1"], [name, "1"]]))).not.to.deep.equal([]);
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
    const properties = { id: { type: "string" }, holder: { type: "object", properties: { code: { type: ["string", "null"] } } }, list: { type: "array", items: { type: "integer" } } };
    const parse = (paths: Json): RecordSchema => parseSchema({ type: "object", properties, "x-required-claims": paths });
    expect(parse([["holder", "code"], ["id"], ["list", 0]]).required).to.deep.equal([["holder", "code"], ["id"], ["list", 0]]);
    const bad: readonly Json[] = [null, [], {}, "id", ["id"], [[]], [["id"], ["id"]], [["holder"]], [["list"]], [["unknown"]], [["id", "x"]], [["list", -1]], [["list", 0.5]], [["list", "0"]], [["holder", null]], Array.from({ length: 65 }, (_, i) => ["list", i])];
    for (const paths of bad) expectCode(() => parse(paths), "schema.required-claims");
    expectCode(() => parseSchema({ type: "object", properties }), "schema.required-claims");
    expectCode(() => parseSchema([]), "schema.required-claims");
    expectCode(() => parseSchema({ properties: { id: {} }, "x-required-claims": [["id"]] }), "schema.required-claims");
    expectCode(() => parseSchema({ properties: { id: { type: ["string", "array"] } }, "x-required-claims": [["id"]] }), "schema.required-claims");
  });

  it("reads required claims and validity at the root only", () => {
    expectCode(() => schemaOf({ a: { "x-required-claims": [["b"]] } }), "schema.keyword");
    expectCode(() => schemaOf({ a: { "x-validity": { from: ["b"] } } }), "schema.keyword");
  });

  it("names validity by required claims only", () => {
    expect(schemaOf({}, { "x-validity": { until: ["id"] } }).validityPaths).to.deep.equal({ until: ["id"] });
    for (const validity of [1, [], { from: ["other"] }, { from: "id" }, { from: [] }, { form: ["id"] }, { from: ["id"], until: null }] as readonly Json[]) {
      expectCode(() => schemaOf({}, { "x-validity": validity }), "schema.required-claims");
    }
  });
});

describe("a claim's conformity", () => {
  const schema = schemaOf(
    {
      text: { type: "string", pattern: "^[a-z]+$", maxLength: 3 },
      number: { type: "integer", minimum: 1, maximum: 9 },
      one: { enum: ["a", 1, null] },
      open: { type: "object" },
      closed: { type: "object", properties: { a: { type: "string" } }, additionalProperties: false },
      typed: { type: "object", additionalProperties: { type: "integer" } },
      list: { type: "array", items: { type: "string" }, minItems: 1 },
      anything: { type: "array" },
      never: false,
      always: true,
      day: { type: "string", format: "date" },
      both: { type: ["object", "string"] },
    },
    { additionalProperties: false },
  );
  const CASES: readonly (readonly [path: Path, value: ClaimValue, conforms: boolean])[] = [
    [["text"], "abc", true],
    [["text"], "abcd", false],
    [["text"], "ABC", false],
    [["text"], 1, false],
    [["text", "deeper"], "abc", false],
    [["text", 0], "a", false],
    [["number"], 9, true],
    [["number"], 10, false],
    [["number"], 1.5, false],
    [["number"], "5", false],
    [["one"], null, true],
    [["one"], "1", false],
    [["open"], {}, true],
    [["open"], [], false],
    [["open", "x", 0], 1, true],
    [["open", 0], 1, false],
    [["closed", "a"], "x", true],
    [["closed", "b"], "x", false],
    [["closed"], {}, true],
    [["typed", "x"], 1, true],
    [["typed", "x"], "1", false],
    [["list", 0], "a", true],
    [["list", 0], 1, false],
    [["list", "0"], "a", false],
    [["list"], [], false],
    [["anything"], [], true],
    [["anything", 3], "x", true],
    [["anything", 3, "y"], "x", true],
    [["anything", "x"], 1, false],
    [["never"], 1, false],
    [["always"], {}, true],
    [["always", "x"], 1, true],
    [["unknown"], 1, false],
    [["__proto__"], 1, false],
    [["constructor"], 1, false],
    [["day"], "2024-02-29", true],
    [["day"], "2025-02-29", false],
    [["both", "x"], 1, true],
    [["both", 0], 1, false],
    [["both"], "x", true],
  ];
  for (const [path, value, conforms] of CASES) {
    it(`${JSON.stringify(path)} = ${JSON.stringify(value)}: ${conforms}`, () => expect(claimConforms(schema, path, value)).to.equal(conforms));
  }

  it("follows from the conformity of the whole document", () => {
    fc.assert(
      fc.property(document, fc.array(fc.nat(9), { minLength: 1, maxLength: 40 }), (content, choices) => {
        let next = 0;
        const choose = (): number => choices[next++ % choices.length] ?? 0;
        const schemaFor = (value: Json): JsonObject => {
          if (choose() === 0) return {};
          if (Array.isArray(value)) return { type: "array", ...(choose() > 2 && value.length === 1 && { items: schemaFor(value[0] as Json) }) };
          if (!isJsonObject(value)) return choose() > 5 ? { enum: [value] } : {};
          const known = Object.entries(value).filter(() => choose() > 1);
          return { type: "object", properties: Object.fromEntries(known.map(([name, member]) => [name, schemaFor(member)])), additionalProperties: choose() > 3 };
        };
        const root = schemaFor(content);
        const properties = isJsonObject(root.properties) ? root.properties : {};
        const made = parseSchema({ ...root, type: "object", properties: { ...properties, "required id": { type: "string" } }, "x-required-claims": [["required id"]] });
        const whole = { ...content, "required id": "1" };
        fc.pre(documentFaults(made, whole).length === 0);
        for (const { path, value } of flatten(whole)) expect(claimConforms(made, path, value), canonicalize(path)).to.equal(true);
      }),
      { numRuns: 300 },
    );
  });

  it("and every other question have an answer for any schema that the profile takes", () => {
    const keywords = ["type", "properties", "required", "additionalProperties", "items", "enum", "const", "pattern", "minLength", "maximum", "minItems", "format", "$id", "title"];
    const good = fc.constantFrom<Json>("string", ["object", "null"], {}, [], ["a"], true, false, 0, 3, "date", "^a", { a: {} }, { a: { type: "array" } }, { __proto__: null });
    const fragment: fc.Arbitrary<JsonObject> = fc.dictionary(fc.constantFrom(...keywords), fc.oneof(good, json), { maxKeys: 5, noNullPrototype: true });
    let taken = 0;
    fc.assert(
      fc.property(fragment, document, (a, content) => {
        const source: JsonObject = { type: "object", properties: { id: { type: "string" }, a }, "x-required-claims": [["id"]] };
        if (isRefused(() => parseSchema(source))) return;
        taken++;
        const schema = parseSchema(source);
        expect(documentFaults(schema, { id: "1", a: content })).to.be.an("array");
        for (const { path, value } of flatten({ id: "1", a: content })) expect(claimConforms(schema, path, value)).to.be.a("boolean");
      }),
      { numRuns: 1000 },
    );
    expect(taken).to.be.greaterThan(50);
  });
});

describe("the faults of a document", () => {
  const schema = schemaOf({ list: { type: "array", items: { type: "integer" }, maxItems: 2 } }, { required: ["id"], additionalProperties: false });

  it("name place and keyword, never content", () => {
    const faults = documentFaults(schema, { list: [1, "secret"] });
    expect(faults).to.deep.include({ instance: "/list/1", keyword: "type" });
    expect(faults).to.deep.include({ instance: "", keyword: "required" });
    expect(JSON.stringify(faults)).not.to.include("secret");
  });

  it("are none for a document as it should be", () => expect(documentFaults(schema, { id: "1", list: [1, 2] })).to.deep.equal([]));
});

describe("validity", () => {
  const schema = schemaOf({ from: { type: ["string", "null"] }, until: { type: ["string", "null"] } }, { "x-required-claims": [["from"], ["until"]], "x-validity": { from: ["from"], until: ["until"] } });
  const of = (from: ClaimValue | undefined, until: ClaimValue | undefined) => validityOf(schema, ([name]) => (name === "from" ? from : until));

  it("begins with a local day and ends after one", () => {
    expect(of("2025-01-01", "2025-01-01")).to.deep.equal({ validFrom: Date.UTC(2024, 11, 31, 16) / 1000, validUntil: Date.UTC(2025, 0, 1, 16) / 1000 });
    expect(of("2024-02-29", "2024-02-29")).to.deep.equal({ validFrom: Date.UTC(2024, 1, 28, 16) / 1000, validUntil: Date.UTC(2024, 1, 29, 16) / 1000 });
    expect(of("2024-12-31", "2024-12-31")).to.deep.equal({ validFrom: Date.UTC(2024, 11, 30, 16) / 1000, validUntil: Date.UTC(2024, 11, 31, 16) / 1000 });
  });

  it("takes an instant as it is, on both sides", () => {
    const expected = Date.UTC(2025, 5, 30, 15, 59, 59) / 1000;
    for (const text of ["2025-06-30T23:59:59+08:00", "2025-06-30T15:59:59Z", "2025-06-30T10:59:59-05:00", "2025-07-01T00:59:59+09:00"]) {
      expect(of(text, text)).to.deep.equal({ validFrom: expected, validUntil: expected });
    }
  });

  it("has no bound where there is none", () => {
    for (const nothing of [null, "", "长期", undefined]) expect(of(nothing, nothing)).to.deep.equal({});
  });

  for (const text of ["2025-02-29", "2025-13-01", "2025-00-10", "2025-04-31", "2025-1-1", "20250101", "2025/01/01", "2025-01-01T00:00:00", "2025-01-01 00:00:00Z", "2025-01-01t00:00:00z", "2025-01-01T24:00:00Z", "2025-01-01T23:59:60Z", "2025-01-01T00:60:00Z", "2025-01-01T00:00:00.5Z", "2025-01-01T00:00:00+24:00", "2025-02-30T00:00:00Z", "+002025-01-01", "2025-01-01 ", " 2025-01-01", "永久", "2025年1月1日"]) {
    it(`is not ${text}`, () => {
      expectCode(() => of(text, null), "schema.validity");
      expectCode(() => of(null, text), "schema.validity");
    });
  }

  for (const value of [20250101, true, false, {}, []] as readonly ClaimValue[]) {
    it(`is not ${JSON.stringify(value)}`, () => expectCode(() => of(value, null), "schema.validity"));
  }

  it("is asked of the schema's claims only", () => {
    expect(validityOf(schemaOf({}), () => "2025-01-01")).to.deep.equal({});
  });
});
