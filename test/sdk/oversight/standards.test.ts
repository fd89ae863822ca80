import { expect } from "chai";
import type { JsonObject } from "../../../sdk/protocol/json.ts";
import { oc4idsChecks } from "../../../sdk/oversight/oc4ids-checks.ts";
import { standardFindings, type Standard } from "../../../sdk/oversight/validate.ts";
import { published, skipUnless } from "./published.ts";

const places = (name: string, standard: Standard) =>
  standardFindings(published.json(name), standard).map(({ code, path }) => `${code} ${path}`);
const MISSING = ["uri", "publisher", "publishedDate", "projects", "version"].map((name) => `standard.missing /${name}`);

describe("OC4IDS 0.9.5 and OCDS 1.1: published documents", () => {
  const expected: Record<string, [Standard, string[]]> = {
    "oc4ids/examples/example.json": ["oc4ids-project-package", []],
    "oc4ids/validator/example-data.json": ["oc4ids-project-package", []],
    "oc4ids/examples/blank.json": ["oc4ids-project-package", MISSING],
    "oc4ids/validator/rubbish.json": ["oc4ids-project-package", MISSING],
    "oc4ids/validator/example-additional-checks.json": [
      "oc4ids-project-package",
      ["standard.empty /projects/0/locations/1/gazetteer/identifiers", "standard.code /projects/0/status"],
    ],
    "oc4ids/validator/example-additional-checks-no-parties.json": [
      "oc4ids-project-package",
      ["standard.missing /projects/0/budget/budgetBreakdowns/0/id", "standard.code /projects/0/status"],
    ],
    "ocds/fictional-example/1.1/ocds-213czf-000-00001.json": ["ocds-release-package", []],
  };
  for (const [name, [standard, findings]] of Object.entries(expected))
    it(`${name}: ${findings.length} findings`, function () {
      skipUnless(this, name);
      expect(places(name, standard)).to.deep.equal(findings);
    });

  it("the checks beside the schema find what the standard's own checker finds", function () {
    const name = "oc4ids/validator/example-additional-checks.json";
    skipUnless(this, name);
    expect(oc4idsChecks(published.json(name)).map(({ code, path }) => `${code} ${path}`)).to.deep.equal([
      "standard.id-prefix /projects/0/id",
      "standard.blank /projects/0/locations/1/gazetteer/identifiers",
      "standard.currency-missing /projects/0/budget/amount",
      "standard.party-unknown /projects/0/publicAuthority/id",
      "standard.party-unknown /projects/0/contractingProcesses/0/summary/suppliers/0/id",
    ]);
  });
});

describe("OC4IDS 0.9.5 and OCDS 1.1: places", () => {
  const release: JsonObject = {
    ocid: "o",
    id: "1",
    date: "2020-01-01T00:00:00Z",
    tag: ["tender"],
    initiationType: "tender",
  };
  it("names the member by its pointer, and a missing one by the pointer it would have", () => {
    expect(standardFindings(release, "ocds-release")).to.deep.equal([]);
    const bad = { ...release, date: "yesterday", tag: ["tend"], tender: { id: "t", value: { amount: "5" } }, "a/b": 1 };
    expect(standardFindings(bad, "ocds-release").map(({ code, path }) => [code, path])).to.deep.equal([
      ["standard.format", "/date"],
      ["standard.code", "/tag/0"],
      ["standard.type", "/tender/value/amount"],
    ]);
    const { tag: _tag, ...untagged } = release;
    expect(standardFindings(untagged, "ocds-release").map(({ path }) => path)).to.deep.equal(["/tag"]);
  });

  it("says it in both languages, with a remedy", () => {
    const [finding] = standardFindings({ title: "x" }, "oc4ids-project");
    for (const language of ["zh", "en"] as const) {
      expect(finding?.describe(language)).to.include("/id");
      expect(finding?.remedy(language)).to.not.equal("");
    }
  });

  it("reads any JSON value without failing", () => {
    for (const value of [null, [], "x", 1, true])
      expect(standardFindings(value, "oc4ids-project-package").map(({ path }) => path)).to.deep.equal(["/"]);
    expect(
      oc4idsChecks({ projects: [1, { id: "oc4ids-a", parties: 3 }, { id: "oc4ids-a" }] }).map(({ code }) => code),
    ).to.deep.equal(["standard.id-repeated"]);
  });
});
