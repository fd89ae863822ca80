import { expect } from "chai";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { canonicalize } from "../../../sdk/protocol/canonical.ts";
import { parseJsonBytes, type Json } from "../../../sdk/protocol/json.ts";
import { canonicalProv, parseProv, provJson, valuesOf } from "../../../sdk/lineage/prov/document.ts";
import { findProvCycle } from "../../../sdk/lineage/prov/graph.ts";
import { findSharedData } from "../protocol/support.ts";
import { expectCode } from "./support.ts";

describe("published PROV-JSON documents", () => {
  const folder = findSharedData("prov-json");
  if (folder === undefined) {
    it.skip("are not beside this project");
    return;
  }
  const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
  for (const name of names) {
    it(`${name} survives a round trip`, () => {
      const given = parseJsonBytes(readFileSync(join(folder, name)));
      const document = parseProv(given);
      expect(canonicalize(provJson(document))).to.equal(canonicalize(given));
      expect(canonicalProv(parseProv(provJson(document)))).to.equal(canonicalProv(document));
    });
  }
  it("are all there", () => expect(names.length).to.be.at.least(80));
});

const prefix = { ex: "http://example.org/" };

describe("a PROV-JSON document", () => {
  it("keeps values in their order, and the canonical form does not depend on it", () => {
    const of = (values: Json) => parseProv({ prefix, entity: { "ex:e": { "ex:tag": values } } });
    const one = of(["b", { $: "a", type: "xsd:string" }]);
    expect(valuesOf(one.statements[0]!, "ex:tag")).to.deep.equal(["b", { value: "a", type: "xsd:string" }]);
    expect(canonicalProv(one)).to.equal(canonicalProv(of([{ $: "a", type: "xsd:string" }, "b"])));
    expect(canonicalProv(one)).not.to.equal(canonicalProv(of(["b", "a"])));
    expect(canonicalProv(of(["b"]))).to.equal(canonicalProv(of("b")));
  });

  it("keeps a section without a statement, and a bundle within its prefixes", () => {
    const given: Json = { prefix, entity: {}, bundle: { "ex:b": { agent: { "ex:a": {} }, prefix: { o: "urn:o" } } } };
    expect(canonicalize(provJson(parseProv(given)))).to.equal(canonicalize(given));
  });

  const refused: readonly (readonly [string, string, Json])[] = [
    ["another form", "prov.form", []],
    ["a section that PROV does not know", "prov.section", { wasEatenBy: {} }],
    ["a bundle inside a bundle", "prov.section", { prefix, bundle: { "ex:b": { bundle: {} } } }],
    ["an undeclared prefix of an identifier", "prov.prefix", { entity: { "ex:e": {} } }],
    ["an undeclared prefix of an attribute", "prov.prefix", { prefix, entity: { "ex:e": { "o:x": 1 } } }],
    [
      "an undeclared prefix of a reference",
      "prov.prefix",
      { prefix, wasAttributedTo: { "ex:w": { "prov:entity": "o:e" } } },
    ],
    ["a time that is none", "prov.time", { prefix, activity: { "ex:a": { "prov:startTime": "yesterday" } } }],
    [
      "a value with a member that PROV-JSON does not define",
      "prov.literal",
      { prefix, entity: { "ex:e": { "ex:x": { $: 1, unit: "m" } } } },
    ],
    ["null", "prov.literal", { prefix, entity: { "ex:e": { "ex:x": null } } }],
    ["no statement in a list", "prov.form", { prefix, entity: { "ex:e": [] } }],
  ];
  for (const [what, code, given] of refused)
    it(`is refused with ${what}`, () => expectCode(() => parseProv(given), code));
});

describe("dependencies of an imported document", () => {
  const derived = (pairs: readonly (readonly [string, string])[]): Json => ({
    prefix,
    wasDerivedFrom: Object.fromEntries(
      pairs.map(([from, to], i) => [`_:${i}`, { "prov:generatedEntity": `ex:${from}`, "prov:usedEntity": `ex:${to}` }]),
    ),
  });
  it("form a cycle: it is named", () => {
    const cycle = findProvCycle(
      parseProv(
        derived([
          ["a", "b"],
          ["b", "c"],
          ["c", "a"],
          ["x", "a"],
        ]),
      ),
    );
    expect([...(cycle ?? [])].sort()).to.deep.equal(["ex:a", "ex:b", "ex:c"]);
  });
  it("form none: a diamond is no cycle", () => {
    expect(
      findProvCycle(
        parseProv(
          derived([
            ["a", "b"],
            ["a", "c"],
            ["b", "d"],
            ["c", "d"],
          ]),
        ),
      ),
    ).to.equal(undefined);
  });
  it("of a chain of a hundred thousand take no stack", function () {
    this.timeout(20_000);
    const chain = Array.from({ length: 100_000 }, (_, i) => [`n${i}`, `n${i + 1}`] as const);
    expect(findProvCycle(parseProv(derived([...chain, ["n100000", "n0"]])))).to.have.length(100_001);
  });
});
