import { expect } from "chai";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isJsonObject, parseJsonBytes, type Json, type JsonObject } from "../../../sdk/protocol/json.ts";
import { LineageError } from "../../../sdk/lineage/errors.ts";
import { parseEvent } from "../../../sdk/lineage/openlineage/validate.ts";
import { findSharedData } from "../protocol/support.ts";

const RUN: JsonObject = {
  eventType: "COMPLETE",
  eventTime: "2026-03-02T01:00:00Z",
  producer: "urn:test",
  schemaURL: "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
  run: { runId: "f99310b4-3c3c-4a1a-8b2b-c1b95c24ff11" },
  job: { namespace: "n", name: "j" },
};
const base = (file: string) => ({ _producer: "urn:test", _schemaURL: `https://openlineage.io/spec/facets/${file}` });

const refusal = (event: Json): { code: string; values: unknown } => {
  try {
    parseEvent(event);
  } catch (error) {
    if (error instanceof LineageError) return { code: error.code, values: error.values };
    throw error;
  }
  throw new Error("it was accepted");
};

/** Where a facet of a file belongs. */
function carrying(file: string, facets: JsonObject): JsonObject {
  if (/RunFacet$/.test(file)) return { ...RUN, run: { ...(RUN.run as JsonObject), facets } };
  if (/JobFacet$/.test(file)) return { ...RUN, job: { ...(RUN.job as JsonObject), facets } };
  if (/InputDatasetFacet$/.test(file)) return { ...RUN, inputs: [{ namespace: "n", name: "d", inputFacets: facets }] };
  if (/OutputDatasetFacet$/.test(file))
    return { ...RUN, outputs: [{ namespace: "n", name: "d", outputFacets: facets }] };
  return { ...RUN, outputs: [{ namespace: "n", name: "d", facets }] };
}

describe("sample facets of the OpenLineage specification", () => {
  const folder = findSharedData("openlineage");
  if (folder === undefined) {
    it.skip("are not beside this project");
    return;
  }
  const tests = join(folder, "spec/tests");
  const files = readdirSync(tests, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".json"))
    .sort();
  for (const file of files) {
    const content = parseJsonBytes(readFileSync(join(tests, file)));
    if (!isJsonObject(content)) throw new TypeError(file);
    it(`${file} is accepted`, () => {
      const event = "eventTime" in content ? content : carrying(file.split("/")[0] ?? "", content);
      expect(parseEvent(event).kind).to.equal("run");
    });
  }
  it("are all there", () => expect(files.length).to.be.at.least(27));
});

describe("an OpenLineage event", () => {
  it("is told by its members", () => {
    const { run: _run, ...job } = RUN;
    const { job: _job, ...rest } = job;
    expect(parseEvent(RUN).kind).to.equal("run");
    expect(parseEvent(job).kind).to.equal("job");
    expect(parseEvent({ ...rest, dataset: { namespace: "n", name: "d" } }).kind).to.equal("dataset");
  });

  it("may carry facets of others, and facets of other major versions", () => {
    parseEvent(carrying("RunFacet", { mine: { ...base("9-0-0/ParentRunFacet.json"), anything: [1] } }));
    parseEvent(carrying("RunFacet", { mine: { _producer: "urn:a", _schemaURL: "urn:b", anything: {} } }));
  });

  const { eventTime: _time, ...timeless } = RUN;
  const faults: readonly (readonly [string, Json, string, string, string])[] = [
    ["without its time", timeless, "openlineage.schema", "/eventTime", "required"],
    ["with a time that is none", { ...RUN, eventTime: "noon" }, "openlineage.schema", "/eventTime", "format"],
    ["with a run id that is none", { ...RUN, run: { runId: "1" } }, "openlineage.schema", "/run/runId", "format"],
    ["with an unknown event type", { ...RUN, eventType: "DONE" }, "openlineage.schema", "/eventType", "enum"],
    [
      "whose input has no name",
      { ...RUN, inputs: [{ namespace: "n" }] },
      "openlineage.schema",
      "/inputs/0/name",
      "required",
    ],
    [
      "with a facet without its base",
      carrying("RunFacet", { x: {} }),
      "openlineage.schema",
      "/run/facets/x/_producer",
      "required",
    ],
    [
      "with a facet of the specification that breaks its schema",
      carrying("ColumnLineageDatasetFacet", {
        columnLineage: {
          ...base("1-2-0/ColumnLineageDatasetFacet.json"),
          fields: { a: { inputFields: [{ namespace: "n", name: "d" }] } },
        },
      }),
      "openlineage.facet",
      "/outputs/0/facets/columnLineage/fields/a/inputFields/0/field",
      "required",
    ],
  ];
  for (const [what, event, code, at, rule] of faults) {
    it(`is refused ${what}, with the path`, () => {
      const { code: seen, values } = refusal(event);
      expect(seen).to.equal(code);
      expect(values).to.include({ at, rule });
    });
  }
  it("is refused when it is nothing of the kind", () => {
    expect(refusal([]).code).to.equal("openlineage.document");
    expect(refusal({}).code).to.equal("openlineage.document");
  });
});
