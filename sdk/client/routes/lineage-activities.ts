import { z } from "zod";
import { ACTIVITY_STATES } from "../../lineage/activity.ts";
import { GRAPH_CODES, GRAPH_FORMATS } from "../../lineage/graph-words.ts";
import { defineRoute } from "../route.ts";
import { place, tag } from "./lineage-walk.ts";
import { acceptedLine, acceptedReceipt, refusedLine } from "./records.ts";
import { hash, time } from "./wire.ts";

const named = place.extend({ record: hash.optional() });
const dataset = z.strictObject({
  namespace: z.string().min(1).max(500),
  name: z.string().min(1).max(500),
  version: z.string().min(1).max(500).optional(),
});
const fieldOf = z.strictObject({ of: z.int().min(0), path: z.string().max(512) });
const text = z.string().min(1).max(500);
const MAXIMUM_ACTIVITY_RECORDS = 1000;

export const recordActivity = defineRoute({
  id: "recordActivity",
  method: "post",
  path: "/v1/lineage/activities",
  tag,
  summary: {
    zh: "登记一次活动:使用了哪些记录,产生了哪些,由谁、以哪一版程序完成",
    en: "Record an activity: what it used and generated, who ran it, with which code",
  },
  access: "own",
  body: {
    kind: "json",
    schema: z.strictObject({
      activity: z.string().min(1).max(200),
      name: text,
      namespace: text.optional(),
      state: z.enum(ACTIVITY_STATES),
      at: time.optional(),
      startedAt: time.optional(),
      endedAt: time.optional(),
      actor: z.string().min(1).max(200).optional(),
      code: z
        .strictObject({ repository: text.optional(), version: text.optional(), digest: hash.optional() })
        .optional(),
      used: z.array(named).max(MAXIMUM_ACTIVITY_RECORDS).optional(),
      generated: z.array(named).max(MAXIMUM_ACTIVITY_RECORDS).optional(),
      inputs: z.array(dataset).max(1000).optional(),
      outputs: z.array(dataset).max(1000).optional(),
      fields: z
        .array(z.strictObject({ output: fieldOf, inputs: z.array(fieldOf).min(1).max(256), how: text.optional() }))
        .max(1000)
        .optional(),
    }),
  },
  response: { kind: "json", schema: acceptedReceipt },
  problems: ["activity.not-received", "activity.own-only"],
});

/** What became of one event or activity; `line` counts them from 0. */
const importOutcome = z.discriminatedUnion("outcome", [
  acceptedLine.extend({
    /** `lineage.cycle`: by what the whole body says, something in this event is its own source. */
    remarks: z.array(z.literal("lineage.cycle")).optional(),
  }),
  refusedLine,
]);
export type ImportOutcome = z.infer<typeof importOutcome>;

export const receiveOpenLineage = defineRoute({
  id: "receiveOpenLineage",
  method: "post",
  path: "/v1/lineage/openlineage",
  tag,
  summary: {
    zh: "接收 OpenLineage 2-0-2 事件(一个,或每行一个),登记为活动记录",
    en: "Take OpenLineage 2-0-2 events, one or one a line; each becomes an activity's record",
  },
  access: "own",
  body: { kind: "records" },
  response: { kind: "ndjson", schema: importOutcome },
  problems: ["openlineage.schema", "openlineage.facet"],
});

export const receiveProv = defineRoute({
  id: "receiveProv",
  method: "post",
  path: "/v1/lineage/prov",
  tag,
  summary: {
    zh: "接收 W3C PROV-JSON 文档:其中每个活动登记为一条活动记录;有环的文档被拒绝",
    en: "Take a W3C PROV-JSON document: each of its activities becomes a record; one with a cycle is refused",
  },
  access: "own",
  body: { kind: "records" },
  response: { kind: "ndjson", schema: importOutcome },
  problems: ["prov.form", "prov.section", "prov.prefix", "lineage.cycle"],
});

export const checkLineageGraph = defineRoute({
  id: "checkLineageGraph",
  method: "post",
  path: "/v1/lineage/check",
  tag,
  summary: {
    zh: "检查外来的血缘图(PROV-JSON,或每行一个 OpenLineage 事件)是否有环;不登记任何内容",
    en: "Check a graph from elsewhere (PROV-JSON, or OpenLineage events one a line) for cycles; nothing is recorded",
  },
  access: "own",
  body: { kind: "records" },
  response: {
    kind: "json",
    schema: z.strictObject({
      format: z.enum(GRAPH_FORMATS),
      statements: z.int().min(0),
      dependencies: z.int().min(0),
      code: z.enum(GRAPH_CODES),
      /** The names on the cycle, in order. */
      cycle: z.array(z.string()).optional(),
    }),
  },
  problems: ["prov.form", "openlineage.schema"],
});
