import { expect } from "chai";
import fc from "fast-check";
import { canonicalize } from "../../../sdk/protocol/canonical.ts";
import { flatten, MAXIMUM_CLAIMS, type ClaimValue, type Path } from "../../../sdk/protocol/claims.ts";
import { isJsonObject, type Json, type JsonObject } from "../../../sdk/protocol/json.ts";
import { claimConforms, claimsConform, documentFaults, parseSchema } from "../../../sdk/protocol/schema.ts";
import { document, json } from "./arbitraries.ts";
import { expectCode, isRefused, schemaOf } from "./support.ts";

describe("a claim's conformity", function () {
  this.timeout(20_000);

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
    it(`${JSON.stringify(path)} = ${JSON.stringify(value)}: ${conforms}`, () =>
      expect(claimConforms(schema, path, value)).to.equal(conforms));
  }

  it("does not depend on names, titles and dialects, which are never resolved", () => {
    const named: JsonObject = {
      type: "string",
      $id: "not a url [",
      $schema: "https://json-schema.org/draft/2020-12/schema",
    };
    const twice = schemaOf(
      { a: named, b: { ...named }, c: { type: "object", properties: { x: named } } },
      { $id: "not a url [" },
    );
    for (const path of [["a"], ["b"], ["c", "x"]]) {
      expect(claimConforms(twice, path, "1")).to.equal(true);
      expect(claimConforms(twice, path, 1)).to.equal(false);
    }
    expect(documentFaults(twice, { id: "1", a: "1", b: "1", c: { x: "1" } })).to.deep.equal([]);
    expect(Object.keys(twice.json)).not.to.include("__absolute_uri__");
    expect(Object.getOwnPropertyNames(named)).to.deep.equal(["type", "$id", "$schema"]);
  });

  it("follows from the conformity of the whole document", () => {
    fc.assert(
      fc.property(document, fc.array(fc.nat(9), { minLength: 1, maxLength: 40 }), (content, choices) => {
        let next = 0;
        const choose = (): number => choices[next++ % choices.length] ?? 0;
        const schemaFor = (value: Json): JsonObject => {
          if (choose() === 0) return {};
          if (Array.isArray(value))
            return { type: "array", ...(choose() > 2 && value.length === 1 && { items: schemaFor(value[0] as Json) }) };
          if (!isJsonObject(value)) return choose() > 5 ? { enum: [value] } : {};
          const known = Object.entries(value).filter(() => choose() > 1);
          return {
            type: "object",
            properties: Object.fromEntries(known.map(([name, member]) => [name, schemaFor(member)])),
            additionalProperties: choose() > 3,
          };
        };
        const root = schemaFor(content);
        const properties = isJsonObject(root.properties) ? root.properties : {};
        const made = parseSchema({
          ...root,
          type: "object",
          properties: { ...properties, "required id": { type: "string" } },
          "x-required-claims": [["required id"]],
        });
        const whole = { ...content, "required id": "1" };
        fc.pre(documentFaults(made, whole).length === 0);
        for (const { path, value } of flatten(whole))
          expect(claimConforms(made, path, value), canonicalize(path)).to.equal(true);
      }),
      { numRuns: 300 },
    );
  });

  it("and every other question have an answer for any schema that the profile takes", () => {
    const keywords = [
      "type",
      "properties",
      "required",
      "additionalProperties",
      "items",
      "enum",
      "const",
      "pattern",
      "minLength",
      "maximum",
      "minItems",
      "format",
      "$id",
      "title",
    ];
    const good = fc.constantFrom<Json>(
      "string",
      ["object", "null"],
      {},
      [],
      ["a"],
      true,
      false,
      0,
      3,
      "date",
      "^a",
      { a: {} },
      { a: { type: "array" } },
      { __proto__: null },
    );
    const fragment: fc.Arbitrary<JsonObject> = fc.dictionary(fc.constantFrom(...keywords), fc.oneof(good, json), {
      maxKeys: 5,
      noNullPrototype: true,
    });
    let taken = 0;
    fc.assert(
      fc.property(fragment, document, (a, content) => {
        const source: JsonObject = {
          type: "object",
          properties: { id: { type: "string" }, a },
          "x-required-claims": [["id"]],
        };
        if (isRefused(() => parseSchema(source))) return;
        taken++;
        const schema = parseSchema(source);
        expect(documentFaults(schema, { id: "1", a: content })).to.be.an("array");
        const claims = flatten({ id: "1", a: content }).map(({ path, value }) => claimConforms(schema, path, value));
        for (const conforms of claims) expect(conforms).to.be.a("boolean");
        expect(claimsConform(schema, { id: "1", a: content })).to.equal(!claims.includes(false));
      }),
      { numRuns: 1000 },
    );
    expect(taken).to.be.greaterThan(50);
  });
});

describe("the conformity of all claims of a document", () => {
  const schema = schemaOf({ list: { type: "array", items: { type: "integer" } }, none: false });

  it("is that of each", () => {
    expect(claimsConform(schema, { id: "1", list: [1, 2], more: { a: [] } })).to.equal(true);
    expect(claimsConform(schema, { id: "1", list: [1, "2"] })).to.equal(false);
    expect(claimsConform(schema, { id: "1", list: [1, { a: {} }] })).to.equal(false);
    expect(claimsConform(schema, { id: "1", none: 1 })).to.equal(false);
  });

  it("is no question for anything but a document, nor for one of too many claims", () => {
    for (const value of [null, [], "1"]) expectCode(() => claimsConform(schema, value), "document.not-object");
    const wide = (count: number): Json => ({ list: Array.from({ length: count }, (_, i) => i) });
    expect(claimsConform(schema, wide(MAXIMUM_CLAIMS))).to.equal(true);
    expectCode(() => claimsConform(schema, wide(MAXIMUM_CLAIMS + 1)), "claims.too-many");
    expectCode(() => claimsConform(schema, { none: wide(MAXIMUM_CLAIMS + 1) }), "claims.too-many");
  });
});

describe("the faults of a document", () => {
  const schema = schemaOf(
    { list: { type: "array", items: { type: "integer" }, maxItems: 2 } },
    { required: ["id"], additionalProperties: false },
  );

  it("name place and keyword, never content", () => {
    const faults = documentFaults(schema, { list: [1, "secret"] });
    expect(faults).to.deep.include({ instance: "/list/1", keyword: "type" });
    expect(faults).to.deep.include({ instance: "", keyword: "required" });
    expect(JSON.stringify(faults)).not.to.include("secret");
  });

  it("are none for a document as it should be", () =>
    expect(documentFaults(schema, { id: "1", list: [1, 2] })).to.deep.equal([]));
});
