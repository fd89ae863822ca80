import { z } from "zod";
import { defineRoute } from "../route.ts";
import { direction, MAXIMUM_WALK_DEPTH, place, tag } from "./lineage-walk.ts";
import { hash, recordParams, uscc } from "./wire.ts";

const depthText = z.coerce.number().int().min(0).max(MAXIMUM_WALK_DEPTH);
export const timeText = z.coerce.number().int().min(0);

/** What both questions can be narrowed by. */
const narrowed = {
  depth: depthText.optional(),
  asOf: timeText.optional(),
  knownAt: timeText.optional(),
  /** Begin at the version of the record that was in force at the time; the first line, of type `version`, names it. */
  inForce: z.literal("true").optional(),
  /** Separated by commas. */
  relations: z.string().max(200).optional(),
  kinds: z.string().max(500).optional(),
  departments: z.string().max(2000).optional(),
};

const traceQuery = z.strictObject({
  direction: direction.optional(),
  ...narrowed,
  /**
   * `start`: with lines of type `cursor` between the events. A cursor among them: what follows it, if the trace still begins
   * with what was told before.
   */
  cursor: z
    .string()
    .regex(/^(?:start|[1-9]\d{0,8}\.[0-9a-f]{64})$/)
    .optional(),
});

/** One event of a trace, as `traceLineage` of the SDK gives them. */
const traceEvent = z.looseObject({ type: z.string() });

export const traceRecord = defineRoute({
  id: "traceRecord",
  method: "get",
  path: "/v1/lineage/records/:scope/:seq",
  tag,
  summary: {
    zh: "跨部门追溯:沿途逐条核验,缺口有标记",
    en: "Traces over several departments' nodes, verified on the way, gaps marked",
  },
  access: "own",
  params: recordParams,
  query: traceQuery,
  response: { kind: "ndjson", schema: traceEvent },
  problems: ["lineage.unknown", "lineage.version-none", "lineage.version-several", "lineage.cursor-stale"],
});

const badRecord = place.extend({
  record: hash,
  kind: z.string(),
  issuer: uscc,
  depth: z.int().min(0),
  /** The code of the check that failed, of the state, or `rule.<condition>`. */
  reason: z.string(),
});

export const firstBad = defineRoute({
  id: "firstBad",
  method: "get",
  path: "/v1/lineage/records/:scope/:seq/first-bad",
  tag,
  summary: {
    zh: "最上游的问题记录:未通过核验、状态不良或违反所给质量规则",
    en: "The most upstream records that fail a check, are in a bad state, or break the quality rule given",
  },
  access: "own",
  params: recordParams,
  /** `rule` as `parseQualityRule` of the SDK takes it. */
  query: z.strictObject({ ...narrowed, rule: z.string().min(1).max(1000).optional() }),
  response: {
    kind: "json",
    schema: z.strictObject({
      first: badRecord.optional(),
      /** Every bad record with no bad one upstream of it, farthest first. */
      all: z.array(badRecord),
      /** False: something upstream is withheld or could not be asked about. */
      complete: z.boolean(),
    }),
  },
  problems: ["lineage.unknown", "lineage.version-none", "lineage.version-several", "lineage.rule"],
});
