import { expect } from "chai";
import type { Json, JsonObject } from "../../../sdk/protocol/json.ts";
import { OversightError } from "../../../sdk/oversight/errors.ts";
import { compiledRelease, versionedRelease, type MergingOptions } from "../../../sdk/oversight/ocds/merge.ts";
import { chronological, ofOneProcess, releasesIn } from "../../../sdk/oversight/ocds/releases.ts";
import { mergeRules } from "../../../sdk/oversight/ocds/rules.ts";
import { published, skipUnless } from "./published.ts";

const ROOT = "ocds-merge";
const compiled = (document: Json, options?: MergingOptions) => compiledRelease(releasesIn(document), options);
const versioned = (document: Json, options?: MergingOptions) => versionedRelease(releasesIn(document), options);

function thrown(work: () => unknown): [string, unknown] {
  try {
    work();
  } catch (error) {
    if (error instanceof OversightError) return [error.code, error.values];
    throw error;
  }
  throw new Error("nothing was thrown");
}

const release = (day: number, rest: JsonObject): JsonObject => ({
  ocid: "ocds-213czf-1",
  id: String(day),
  date: `2020-01-0${day}T00:00:00Z`,
  tag: ["tender"],
  ...rest,
});
const only = (merged: JsonObject, key: string) => merged[key];

describe("OCDS merging: published fixtures", () => {
  for (const folder of ["1.1", "schema"]) {
    const names = published.list(`${ROOT}/${folder}`).filter((name) => /-(compiled|versioned)\.json$/.test(name));
    it(`${folder}: there are fixtures`, function () {
      skipUnless(this, ROOT);
      expect(names.length).to.be.greaterThan(0);
    });
    for (const name of names)
      it(`${folder}/${name}`, () => {
        const input = published.json(`${ROOT}/${folder}/${name.replace(/-(compiled|versioned)/, "")}`);
        const expected = published.json(`${ROOT}/${folder}/${name}`);
        const options = folder === "schema" ? { rules: mergeRules(published.json(`${ROOT}/schema.json`)) } : {};
        const merge = name.endsWith("-versioned.json") ? versioned : compiled;
        expect(merge(input, options)).to.deep.equal(expected);
      });
  }

  it("matches by position and appends where asked", function () {
    skipUnless(this, ROOT);
    const rules = mergeRules(published.json(`${ROOT}/schema.json`));
    const duplicated = published.json(`${ROOT}/schema/identifier-merge-duplicate-id.json`) as Json[];
    expect(
      compiled([...duplicated, ...duplicated], { rules, matching: new Map([["nested.array", "position"]]) }),
    ).to.deep.equal(published.json(`${ROOT}/schema/identifier-merge-duplicate-id-by-position.json`));
    const expected = published.json(`${ROOT}/schema/identifier-merge-no-id-append.json`) as JsonObject;
    const nested = [{ id: "1", array: [{ key: "first" }, { key: "second" }] }];
    const input = { ocid: expected["ocid"]!, date: expected["date"]!, id: "1", nested };
    expect(compiled([input, input], { rules, matching: new Map([["nested.array", "append"]]) })).to.deep.equal(
      expected,
    );
  });

  it("compiles the records of the standard's own samples", function () {
    skipUnless(this, "ocds");
    const samples = ["ocds/fictional-example/1.1/record/ocds-213czf-000-00001-withversions.json"];
    for (const name of samples) {
      const { records } = published.json(name) as unknown as { records: Record<string, JsonObject>[] };
      expect(records).to.have.length.greaterThan(0);
    }
    const merged = compiled(published.json("ocds/fictional-example/1.1/ocds-213czf-000-00001.json"));
    expect(merged).to.include({ ocid: "ocds-213czf-000-00001" });
    expect(merged["tag"]).to.deep.equal(["compiled"]);
  });
});

describe("OCDS merging: the merge routine", () => {
  it("puts releases in the order of time, whatever their offset, and keeps the order of equal times", () => {
    const at = (date: string, id: string) => ({ ocid: "o", date, id });
    const order = (...releases: JsonObject[]) =>
      chronological(releasesIn(releases)).map(({ document }) => document["id"]);
    expect(order(at("2020-01-02T00:00:00Z", "b"), at("2020-01-02T07:00:00+08:00", "a"))).to.deep.equal(["a", "b"]);
    expect(order(at("2020-01-01T00:00:00Z", "x"), at("2020-01-01T00:00:00.000Z", "y"))).to.deep.equal(["x", "y"]);
    expect(order(at("b", "2"), at("a", "1"))).to.deep.equal(["1", "2"]);
  });

  it("null removes a field, an object and a list from a compiled release", () => {
    const tender = { id: "t", title: "x", items: [{ id: "1", quantity: 2 }], value: { amount: 1 } };
    const merged = compiled([
      release(1, { tender }),
      release(2, { tender: { title: null, items: null, value: null } }),
    ]);
    expect(only(merged, "tender")).to.deep.equal({ id: "t" });
    const again = compiled([release(1, { tender }), release(2, { tender: null }), release(3, { tender: { id: "u" } })]);
    expect(only(again, "tender")).to.deep.equal({ id: "u" });
  });

  it("a versioned release keeps what null removed", () => {
    const merged = versioned([
      release(1, { tender: { value: { amount: 1 } } }),
      release(2, { tender: { value: null } }),
    ]);
    const { value } = merged["tender"] as { value: { amount: JsonObject[] } };
    expect(value.amount.map((version) => [version["releaseID"], version["value"]])).to.deep.equal([
      ["1", 1],
      ["2", null],
    ]);
  });

  it("a value that a release repeats adds no version, whatever the order of its members", () => {
    const party = (scheme: string) => ({ parties: [{ id: "p", additionalIdentifiers: [{ id: "1", scheme }] }] });
    const swapped = { parties: [{ id: "p", additionalIdentifiers: [{ scheme: "a", id: "1" }] }] };
    const merged = versioned([
      release(1, party("a")),
      release(2, swapped),
      release(3, party("b")),
      release(4, party("a")),
    ]);
    const [{ additionalIdentifiers }] = merged["parties"] as [{ additionalIdentifiers: JsonObject[] }];
    expect(additionalIdentifiers.map((version) => version["releaseID"])).to.deep.equal(["1", "3", "4"]);
  });

  it("of objects with one id in one release the last counts, in both forms", () => {
    const twice = release(1, {
      x: [
        { id: 1, v: "a" },
        { id: 1, v: "b" },
      ],
    });
    const again = release(2, {
      x: [
        { id: 1, v: "c" },
        { id: 1, v: "b" },
      ],
    });
    expect(only(compiled([twice, again]), "x")).to.deep.equal([{ id: 1, v: "b" }]);
    const [{ v }] = versioned([twice, again])["x"] as [{ v: JsonObject[] }];
    expect(v.map((version) => [version["releaseID"], version["value"]])).to.deep.equal([["1", "b"]]);
  });

  it("an empty list of objects changes nothing, whatever stood there", () => {
    for (const merge of [compiled, versioned]) {
      const before = merge([release(1, { language: "zh" })])["language"];
      expect(merge([release(1, { language: "zh" }), release(2, { language: [] })])["language"]).to.deep.equal(before);
    }
  });

  it("objects without an id are never matched", () => {
    const merged = compiled([release(1, { x: [{ k: 1 }] }), release(2, { x: [{ k: 1 }] })]);
    expect(only(merged, "x")).to.deep.equal([{ k: 1 }, { k: 1 }]);
  });

  it("ids of another type are other ids, and an id that is zero or empty is an id", () => {
    const list = (id: Json, v: number) => ({ x: [{ id, v }] });
    const merge = (a: Json, b: Json) => only(compiled([release(1, list(a, 1)), release(2, list(b, 2))]), "x");
    expect(merge(1, "1")).to.deep.equal([
      { id: 1, v: 1 },
      { id: "1", v: 2 },
    ]);
    expect(merge(0, 0)).to.deep.equal([{ id: 0, v: 2 }]);
    expect(merge("", "")).to.deep.equal([{ id: "", v: 2 }]);
  });

  it("a field may be called __proto__ or constructor", () => {
    const odd = JSON.parse('{"__proto__": {"a": 1}, "constructor": 2}') as JsonObject;
    const merged = compiled([release(1, { tender: odd })]);
    expect(JSON.stringify(merged["tender"])).to.equal('{"__proto__":{"a":1},"constructor":2}');
  });

  it("a field that changes its kind is refused with its path", () => {
    const text = release(1, { tender: { title: "x" } });
    const object = release(2, { tender: { title: { a: 1 } } });
    for (const merge of [compiled, versioned])
      expect(thrown(() => merge([text, object]))).to.deep.equal(["ocds.kind-changed", { path: "/tender/title" }]);
    expect(thrown(() => versioned([release(1, { x: [{ id: 1 }] }), release(2, { x: "y" })]))[0]).to.equal(
      "ocds.kind-changed",
    );
  });

  it("is the same as merging releases of any earlier split", () => {
    const parts = [1, 2, 3].map((day) =>
      release(day, { tender: { id: "t", title: `v${day}` }, awards: [{ id: day }] }),
    );
    expect(compiled([parts[2]!, parts[0]!, parts[1]!])).to.deep.equal(compiled(parts));
  });
});

describe("OCDS merging: what comes in", () => {
  const one = release(1, {});
  it("takes an array, one release, a release package and a record package", () => {
    for (const document of [[one], one, { releases: [one] }, { records: [{ ocid: "o", releases: [one] }] }])
      expect(releasesIn(document)).to.have.length(1);
  });

  const bad: [string, Json, string, object][] = [
    ["nothing", [], "ocds.no-release", {}],
    ["text", "x", "ocds.not-release", { path: "/" }],
    ["a release that is text", [one, "x"], "ocds.not-release", { path: "/1" }],
    ["no ocid", { releases: [{ date: "2020" }] }, "ocds.member", { path: "/releases/0/ocid" }],
    ["a date of null", [{ ocid: "o", date: null }], "ocds.member", { path: "/0/date" }],
    ["linked releases only", { records: [{ ocid: "o" }] }, "ocds.not-release", { path: "/records/0/releases" }],
  ];
  for (const [name, document, code, values] of bad)
    it(`refuses ${name}`, () => expect(thrown(() => releasesIn(document))).to.deep.equal([code, values]));

  it("asks which process when there are several", () => {
    const releases = releasesIn([one, { ...one, ocid: "other" }]);
    expect(thrown(() => ofOneProcess(releases))).to.deep.equal(["ocds.several-processes", { count: 2 }]);
    expect(ofOneProcess(releases, "other")).to.have.length(1);
    expect(thrown(() => ofOneProcess(releases, "none"))[0]).to.equal("ocds.ocid-unknown");
  });

  it("refuses a schema that refers to itself or to elsewhere", () => {
    const loop = { properties: { a: { $ref: "#/definitions/A" } }, definitions: { A: { $ref: "#/definitions/A" } } };
    const deep = {
      properties: { a: { $ref: "#/definitions/A" } },
      definitions: { A: { type: "object", properties: { a: { $ref: "#/definitions/A" } } } },
    };
    const elsewhere = { properties: { a: { $ref: "https://example.org/x.json" } } };
    for (const schema of [loop, deep, elsewhere])
      expect(thrown(() => mergeRules(schema))[0]).to.equal("ocds.schema-unusable");
  });
});
