import { expect } from "chai";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { EXIT } from "../../../sdk/cli/errors.ts";
import { run, runJson, withFolder } from "./support.ts";

const release = (day: number, title: string) => ({
  ocid: "ocds-213czf-1",
  id: String(day),
  date: `2020-01-0${day}T00:00:00Z`,
  tag: ["tender"],
  initiationType: "tender",
  tender: { id: "t", title },
});
const RELEASES = JSON.stringify([release(2, "second"), release(1, "first")]);
const SINGLE = JSON.stringify({ ocid: "o", tender: { procurementMethod: "open", numberOfTenderers: 1 } });

describe("suyuan project merge", () => {
  it("prints the compiled release as JSON, with and without --json", async () => {
    for (const flag of [[], ["--json"]]) {
      const { code, out } = await run(["project", "merge", "-", ...flag], { stdin: RELEASES });
      expect(code).to.equal(EXIT.ok);
      expect(JSON.parse(out)).to.deep.include({
        id: "ocds-213czf-1-2020-01-02T00:00:00Z",
        tender: { id: "t", title: "second" },
      });
    }
  });

  it("prints the versioned release", async () => {
    const { out } = await run(["project", "merge", "-", "--versioned"], { stdin: RELEASES });
    const { tender } = JSON.parse(out) as { tender: { title: { value: string }[] } };
    expect(tender.title.map(({ value }) => value)).to.deep.equal(["first", "second"]);
  });

  it("keeps direction marks of the data, escaped", async () => {
    const { out } = await run(["project", "merge", "-"], { stdin: JSON.stringify([release(1, "a\u202eb")]) });
    expect(out).to.include("a\\u202eb");
    expect(JSON.parse(out)).to.have.nested.property("tender.title", "a\u202eb");
  });

  it("takes merge rules from a schema, and lists to append", async () => {
    await withFolder(async (folder) => {
      const schema = join(folder, "schema.json");
      await writeFile(schema, JSON.stringify({ properties: { x: { type: "array", wholeListMerge: true } } }));
      const releases = JSON.stringify([1, 2].map((day) => ({ ...release(day, "t"), x: [{ id: 1, day }] })));
      const merged = async (...args: string[]) =>
        (JSON.parse((await run(["project", "merge", "-", ...args], { stdin: releases })).out) as { x: unknown }).x;
      expect(await merged("--schema", schema)).to.deep.equal([{ id: 1, day: 2 }]);
      expect(await merged()).to.deep.equal([{ id: 1, day: 2 }]);
      expect(await merged("--append", "x")).to.deep.equal([
        { id: 1, day: 1 },
        { id: 1, day: 2 },
      ]);
    });
  });

  it("is 1 with the place for releases that cannot be merged", async () => {
    const { code, error } = await runJson(["project", "merge", "-"], { stdin: JSON.stringify([{ ocid: "o" }]) });
    expect([code, error?.code, error?.values]).to.deep.equal([EXIT.negative, "ocds.member", { path: "/0/date" }]);
  });
});

describe("suyuan project flags", () => {
  it("prints the flags; all indicators run unless the settings name some", async () => {
    const { code, out } = await run(["project", "flags", "-"], { stdin: `${SINGLE}\n\n` });
    expect([code, JSON.parse(out)]).to.deep.equal([EXIT.ok, { OCID: { o: { R018: 1 } } }]);
    await withFolder(async (folder) => {
      const settings = join(folder, "settings.ini");
      await writeFile(settings, "[R003]\n");
      const { out: none } = await run(["project", "flags", "-", "--settings", settings], { stdin: SINGLE });
      expect(JSON.parse(none)).to.deep.equal({});
      await writeFile(settings, "[R01]\n");
      const refused = await runJson(["project", "flags", "-", "--settings", settings], { stdin: SINGLE });
      expect([refused.code, refused.error?.code]).to.deep.equal([EXIT.negative, "settings.unknown"]);
    });
  });

  it("adds quartiles and maps when asked, and leaves out lines that are not JSON, saying so", async () => {
    const { out, err } = await run(["project", "flags", "-", "--meta", "--map"], { stdin: `${SINGLE}\nnot json\n` });
    expect(JSON.parse(out)).to.include.keys("OCID", "Meta", "Maps");
    expect(err).to.include("2");
  });
});

describe("suyuan project check", () => {
  it("is 0 for a valid release and 1 with every place otherwise", async () => {
    const valid = await runJson(["project", "check", "-"], { stdin: JSON.stringify(release(1, "t")) });
    expect([valid.code, valid.result]).to.deep.include(EXIT.ok);
    const { code, result } = await runJson(["project", "check", "-"], { stdin: JSON.stringify({ hello: "pets" }) });
    expect(code).to.equal(EXIT.negative);
    expect(result).to.have.property("standard", "oc4ids-project-package");
    expect((result as { findings: { path: string }[] }).findings.map(({ path }) => path)).to.include("/projects");
  });
});
