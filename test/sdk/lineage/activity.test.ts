import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { claimConforms } from "../../../sdk/protocol/schema.ts";
import { flatten } from "../../../sdk/protocol/claims.ts";
import type { Hex } from "../../../sdk/protocol/bytes.ts";
import { canonicalize } from "../../../sdk/protocol/canonical.ts";
import type { JsonObject } from "../../../sdk/protocol/json.ts";
import { PROTOCOL_KINDS } from "../../../sdk/protocol/kinds.ts";
import { activityDocument, activityParents, type Activity, type RecordPlace } from "../../../sdk/lineage/activity.ts";
import { PROOF_FACET, provenEvent } from "../../../sdk/lineage/openlineage/export.ts";
import { activityOfEvent } from "../../../sdk/lineage/openlineage/import.ts";
import { recordDataset, recordOfDataset } from "../../../sdk/lineage/openlineage/records.ts";
import { parseEvent } from "../../../sdk/lineage/openlineage/validate.ts";
import { lifecycleDocument, requireTransition, STAGES, STAGE_TRANSITIONS } from "../../../sdk/lineage/stages.ts";
import { findSharedData } from "../protocol/support.ts";
import { expectCode } from "./support.ts";

const LEDGER: Hex = `0x${"11".repeat(32)}`;
const SCOPE: Hex = `0x${"22".repeat(32)}`;
const place = (seq: number) => ({ ledger: LEDGER, scope: SCOPE, seq, record: `0x${"33".repeat(32)}` as const });
const ACTIVITY: Activity = {
  activity: "run-1",
  name: "bake",
  state: "complete",
  used: [place(0), place(1)],
  generated: [place(2)],
  inputs: [{ namespace: "n", name: "sugar" }],
  outputs: [],
  fields: [
    {
      output: { of: 0, path: '["weight"]' },
      inputs: [
        { of: 1, path: '["weight"]' },
        { of: 2, path: "g" },
      ],
    },
  ],
};

const conforms = (kind: "activity" | "lifecycle", document: JsonObject): boolean =>
  flatten(document).every(({ path, value }) => claimConforms(PROTOCOL_KINDS[kind], path, value));

describe("an activity", () => {
  it("commits what it used and generated as parents, and says how many of each", () => {
    expect(activityParents(ACTIVITY).map(({ seq, relation }) => `${seq} ${relation}`)).to.deep.equal([
      "0 derivedFrom",
      "1 derivedFrom",
      "2 quotes",
    ]);
    const document = activityDocument(ACTIVITY);
    expect(document).to.include({ used: 2, generated: 1 });
    expect(document).not.to.have.any.keys("outputs", "namespace");
    expect(conforms("activity", document)).to.equal(true);
  });

  const refused: readonly (readonly [string, string, Partial<Activity>])[] = [
    ["that ends before it starts", "activity.time", { startedAt: 2, endedAt: 1 }],
    ["that names a record twice", "activity.repeated", { used: [place(0), place(0)] }],
    ["that generates what it used", "activity.both-sides", { generated: [place(1)] }],
    ["of nothing", "activity.empty", { state: "other", used: [], generated: [], inputs: [], fields: [] }],
    ["with a field of no output", "activity.field-output", { fields: [{ output: { of: 1, path: "a" }, inputs: [] }] }],
    [
      "with a field from no input",
      "activity.field-input",
      { fields: [{ output: { of: 0, path: "a" }, inputs: [{ of: 3, path: "b" }] }] },
    ],
  ];
  for (const [what, code, change] of refused)
    it(`${what} is refused`, () => expectCode(() => activityDocument({ ...ACTIVITY, ...change }), code));
});

describe("the seven stages of a life", () => {
  it("are these, in this order", () => {
    expect(STAGES).to.deep.equal(["source", "cache", "view", "resource", "service", "application", "retired"]);
  });
  it("can be gone through one after another", () => {
    STAGES.forEach((stage, i) => requireTransition(STAGES[i - 1], stage));
  });
  for (const from of [undefined, ...STAGES]) {
    const allowed = from === undefined ? ["source"] : STAGE_TRANSITIONS[from];
    it(`${from ?? "nothing"} leads to ${allowed.join(", ") || "nothing"} only`, () => {
      const code =
        from === undefined ? "lifecycle.first" : from === "retired" ? "lifecycle.retired" : "lifecycle.transition";
      for (const to of STAGES) expectCode(() => requireTransition(from, to), allowed.includes(to) ? "accepted" : code);
    });
  }
  it("are records with actor and evidence", () => {
    const step = { subject: "dataset:x", stage: "source", at: 5, actor: "clerk", evidence: SCOPE } as const;
    const document = lifecycleDocument(step, undefined);
    expect(document).to.deep.equal({ ...step, previous: "none" });
    expect(conforms("lifecycle", document)).to.equal(true);
  });
});

describe("an event becomes an activity", () => {
  const event = (more: JsonObject): JsonObject => ({
    eventTime: "2026-03-02T01:00:00Z",
    producer: "urn:t",
    schemaURL: "urn:s",
    run: { runId: "f99310b4-3c3c-4a1a-8b2b-c1b95c24ff11" },
    job: { namespace: "n", name: "j" },
    ...more,
  });
  const read = (more: JsonObject): Activity<RecordPlace> => activityOfEvent(parseEvent(event(more)));

  it("with the records among its data sets first, and field edges by position", () => {
    const base = {
      _producer: "urn:t",
      _schemaURL: "https://openlineage.io/spec/facets/1-2-0/ColumnLineageDatasetFacet.json",
    };
    const mine = recordDataset(place(7));
    expect(recordOfDataset(mine)).to.deep.equal({ ledger: LEDGER, scope: SCOPE, seq: 7 });
    const inputField = (dataset: JsonObject, field: string) => ({ ...dataset, field });
    const found = read({
      inputs: [{ namespace: "db", name: "a" }, mine],
      outputs: [
        {
          namespace: "db",
          name: "out",
          facets: {
            columnLineage: {
              ...base,
              fields: {
                total: { inputFields: [inputField(mine, "x"), inputField({ namespace: "db", name: "a" }, "y")] },
              },
            },
          },
        },
      ],
    });
    expect(found.used).to.deep.equal([{ ledger: LEDGER, scope: SCOPE, seq: 7 }]);
    expect(found.inputs).to.deep.equal([{ namespace: "db", name: "a" }]);
    expect(found.fields).to.deep.equal([
      {
        output: { of: 0, path: "total" },
        inputs: [
          { of: 0, path: "x" },
          { of: 1, path: "y" },
        ],
      },
    ]);
  });

  it("with its times, state and code", () => {
    const facets = {
      sourceCodeLocation: {
        _producer: "urn:t",
        _schemaURL: "https://openlineage.io/spec/facets/1-1-0/SourceCodeLocationJobFacet.json",
        type: "git",
        url: "https://example.org/a/b",
        repoUrl: "https://example.org/a",
        version: "abc",
      },
    };
    const found = read({ eventType: "COMPLETE", job: { namespace: "n", name: "j", facets } });
    expect(found).to.include({ state: "complete", endedAt: 1772413200, name: "j", namespace: "n" });
    expect(found.code).to.deep.equal({ repository: "https://example.org/a", version: "abc" });
  });

  it("and comes out again with one facet more", () => {
    const given = event({ eventType: "START" });
    const activity = activityOfEvent(parseEvent(given));
    const out = provenEvent(activity.event ?? {}, { record: SCOPE });
    parseEvent(out);
    expect(out).to.have.nested.property(`run.facets.${PROOF_FACET}.record`, SCOPE);
    expect({ ...out, run: given.run }).to.deep.equal(given);
  });
});

describe("the events of one published pipeline", () => {
  const folder = findSharedData("marquez");
  if (folder === undefined) {
    it.skip("are not beside this project");
    return;
  }
  const template = readFileSync(join(folder, "docker/metadata.template.json"), "utf8");
  const events = JSON.parse(template.replaceAll(/\{\{\w+\}\}/g, "2026-03-02T01:00:00Z")) as JsonObject[];
  it("are twenty-six", () => expect(events).to.have.length(26));
  it("become activities, and survive the way in and out", () => {
    for (const given of events) {
      const document = activityDocument(activityOfEvent(parseEvent(given)));
      expect(conforms("activity", document)).to.equal(true);
      const out = provenEvent(document["event"] as JsonObject, { record: SCOPE });
      parseEvent(out);
      const { facets, ...run } = out["run"] as { facets: JsonObject };
      const { [PROOF_FACET]: proof, ...others } = facets;
      expect(proof).to.include({ record: SCOPE });
      const had = (given["run"] as JsonObject)["facets"];
      expect(canonicalize({ ...out, run: { ...run, ...(had !== undefined && { facets: others }) } })).to.equal(
        canonicalize(given),
      );
    }
  });
});
