import { z } from "zod";
import { ACTIVITY_STATES } from "../../lineage/activity.ts";
import { GRAPH_CODES, GRAPH_FORMATS } from "../../lineage/graph-words.ts";
import { DIRECTIONS, LINK_RELATIONS } from "../../lineage/relations.ts";
import { STAGES } from "../../lineage/stages.ts";
import { defineRoute } from "../route.ts";
import { acceptedLine, acceptedReceipt, refusedLine } from "./records.ts";
import { hash, jsonObject, purpose, recordName, recordParams, sequence, time, uscc } from "./wire.ts";

const tag = "lineage 血缘";

/** Records told of in one answer at most. */
export const MAXIMUM_WALK_NODES = 10_000;
/** Hashes of a chain of records are finite; nobody's lineage is as deep as this. */
export const MAXIMUM_WALK_DEPTH = 1_000_000;

export const place = z.strictObject({ scope: hash, seq: sequence });
const start = place.extend({ depth: z.int().min(0).max(MAXIMUM_WALK_DEPTH) });
const direction = z.enum(DIRECTIONS);
const relation = z.enum(LINK_RELATIONS);
const link = place.extend({ relation });
const depthText = z.coerce.number().int().min(0).max(MAXIMUM_WALK_DEPTH);
const timeText = z.coerce.number().int().min(0);

/** A record of a package, with the positions of the claims handed over. */
export const packageItem = recordName.extend({ claims: z.array(z.int().min(0)) });

/** What a node says of lineage, a line each (SPEC §14.4). It is believed about nothing. */
export const lineageLine = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("node"),
    ...start.shape,
    record: hash,
    kind: z.string(),
    issuer: uscc,
    state: z.string(),
    /** Header, inclusion, anchor, disclosed parents and claims, in the form of an evidence; absent before it is final. */
    proof: jsonObject.optional(),
    /** What a delivery handed over or a receipt received, in the order of the package. */
    package: z.array(packageItem).optional(),
    /** The record by which its content was destroyed. */
    destroyed: recordName.optional(),
    /** Where it goes on, in the direction asked. */
    links: z.array(link),
    /** Links that the caller is not shown. */
    withheld: z.int().min(0),
  }),
  /** A record of another department that this one received, or a number whose record is not written yet. */
  z.strictObject({ type: z.literal("place"), ...start.shape, links: z.array(link) }),
  z.strictObject({ type: z.literal("unknown"), ...start.shape }),
  /** Asked about, and not anchored yet at the time asked about. */
  z.strictObject({ type: z.literal("later"), ...start.shape }),
  /** The last line. With a frontier, the walk goes on from there. */
  z.strictObject({ type: z.literal("end"), nodes: z.int().min(0), frontier: z.array(start) }),
]);
export type LineageLine = z.infer<typeof lineageLine>;
export type NodeLine = Extract<LineageLine, { type: "node" }>;

/** From one node's tracer to another's node. */
export const walkLineage = defineRoute({
  id: "walkLineage",
  method: "post",
  path: "/v1/lineage/walk",
  tag,
  summary: {
    zh: "本节点范围内的血缘,逐条附证明;本部门与监督可见全部,其他部门只见记录头与不可见数",
    en: "Lineage within this node's scopes, with proofs; its own department and oversight see all of it, others headers and how much is withheld",
  },
  access: "department",
  body: {
    kind: "json",
    schema: z.strictObject({
      direction,
      starts: z.array(start).min(1).max(MAXIMUM_WALK_NODES),
      depth: z.int().min(0).max(MAXIMUM_WALK_DEPTH),
      asOf: time.optional(),
      relations: z.array(relation).min(1).max(LINK_RELATIONS.length).optional(),
      limit: z.int().min(1).max(MAXIMUM_WALK_NODES).optional(),
      /** False: structure only. */
      proofs: z.boolean().optional(),
    }),
    maximumBytes: 4 * 1024 * 1024,
  },
  response: { kind: "ndjson", schema: lineageLine },
});

export const findByRecordId = defineRoute({
  id: "findByRecordId",
  method: "get",
  path: "/v1/lineage/ids/:record",
  tag,
  summary: { zh: "按记录标识查找其位置", en: "Where the record of an id stands" },
  access: "department",
  params: z.strictObject({ record: hash }),
  response: { kind: "json", schema: place },
  problems: ["lineage.unknown"],
});

const traceQuery = z.strictObject({
  direction: direction.optional(),
  depth: depthText.optional(),
  asOf: timeText.optional(),
  knownAt: timeText.optional(),
  /** Begin at the version of the record that was in force at the time; the first line, of type `version`, names it. */
  inForce: z.literal("true").optional(),
  /** Separated by commas. */
  relations: z.string().max(200).optional(),
  kinds: z.string().max(500).optional(),
  departments: z.string().max(2000).optional(),
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
  problems: ["lineage.unknown", "lineage.version-none", "lineage.version-several"],
});

export const recallList = defineRoute({
  id: "recallList",
  method: "get",
  path: "/v1/lineage/records/:scope/:seq/recall",
  tag,
  summary: { zh: "召回名单:谁收到了它或其衍生数据", en: "Everyone who received it, or something made from it" },
  access: "own",
  params: recordParams,
  query: z.strictObject({ asOf: timeText.optional() }),
  response: { kind: "json", schema: z.looseObject({ recipients: z.array(z.unknown()), complete: z.boolean() }) },
  problems: ["lineage.unknown"],
});

export const resourceImpact = defineRoute({
  id: "resourceImpact",
  method: "get",
  path: "/v1/lineage/resources/:id/impact",
  tag,
  summary: { zh: "撤销资源前的影响:授权、交付与下游", en: "What withdrawing a resource would touch" },
  access: "own",
  params: z.strictObject({ id: hash }),
  response: {
    kind: "json",
    schema: z.strictObject({
      resource: hash,
      records: z.int().min(0),
      agreementsInForce: z.array(z.strictObject({ agreement: hash, consumer: uscc })),
      deliveries: z.int().min(0),
      recipients: z.array(uscc),
      /** Records of this node made from those of the resource. */
      dependants: z.array(recordName.extend({ kind: z.string(), relation })),
      /** Seconds: when the retention of its newest record ends; absent without records or terms. */
      keepUntil: time.optional(),
      /** True when there are more dependants than are listed. */
      truncated: z.boolean(),
    }),
  },
});

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

const stage = z.enum(STAGES);
const stageView = z.strictObject({
  subject: z.string(),
  stage,
  at: time,
  ...recordName.shape,
});

export const recordStage = defineRoute({
  id: "recordStage",
  method: "post",
  path: "/v1/lineage/stages",
  tag,
  summary: { zh: "登记生命周期阶段", en: "Record the next stage of a life of data" },
  access: "own",
  body: {
    kind: "json",
    schema: z.strictObject({
      subject: z.string().min(1).max(420),
      stage,
      actor: z.string().min(1).max(200),
      evidence: hash.optional(),
      note: z.string().min(1).max(1000).optional(),
    }),
  },
  response: { kind: "json", schema: stageView },
  problems: ["lifecycle.transition", "lifecycle.first", "lifecycle.retired", "lifecycle.in-use"],
});

export const findStage = defineRoute({
  id: "findStage",
  method: "get",
  path: "/v1/lineage/stages",
  tag,
  summary: { zh: "一项数据经历的阶段,由新到旧", en: "The stages a subject went through, newest first" },
  access: "own",
  query: z.strictObject({ subject: z.string().min(1).max(420) }),
  response: { kind: "json", schema: z.strictObject({ stages: z.array(stageView) }) },
});

const recallView = z.strictObject({
  seq: sequence,
  record: hash,
  recipient: uscc,
  state: z.enum(["pending", "acknowledged", "refused"]),
  code: z.string().optional(),
  receipt: z
    .strictObject({
      scope: hash,
      seq: sequence,
      record: hash,
      at: time,
      key: acceptedReceipt.shape.key,
      signature: acceptedReceipt.shape.signature,
    })
    .optional(),
});
export type RecallView = z.infer<typeof recallView>;

export const sendRecalls = defineRoute({
  id: "sendRecalls",
  method: "post",
  path: "/v1/lineage/records/:scope/:seq/recalls",
  tag,
  summary: {
    zh: "向收到过它的各部门发出召回通知(通知与回执均为记录)",
    en: "Send a notice of recall to each department that received it; notices and receipts are records",
  },
  access: "own",
  params: recordParams,
  body: {
    kind: "json",
    schema: z.strictObject({ reason: purpose, instruction: z.string().min(1).max(1000).optional() }),
  },
  response: { kind: "json", schema: z.strictObject({ recalls: z.array(recallView) }) },
  problems: ["recall.not-affected", "lineage.unknown"],
});

export const listRecalls = defineRoute({
  id: "listRecalls",
  method: "get",
  path: "/v1/lineage/recalls",
  tag,
  summary: { zh: "发出的召回通知", en: "Notices of recall that were sent" },
  access: "own",
  response: { kind: "json", schema: z.strictObject({ recalls: z.array(recallView) }) },
});

/** From the sender's node to the recipient's. */
export const deliverNotice = defineRoute({
  id: "deliverNotice",
  method: "post",
  path: "/v1/lineage/notices",
  tag,
  summary: { zh: "接收召回通知(节点之间)", en: "Take a notice of recall (between nodes)" },
  access: "department",
  body: { kind: "json", schema: z.strictObject({ evidence: jsonObject }) },
  response: { kind: "json", schema: acceptedReceipt },
  problems: ["recall.invalid", "recall.not-recipient"],
});

export const listRecallNotices = defineRoute({
  id: "listRecallNotices",
  method: "get",
  path: "/v1/lineage/notices",
  tag,
  summary: { zh: "收到的召回通知", en: "Notices of recall that were received" },
  access: "own",
  response: {
    kind: "json",
    schema: z.strictObject({
      notices: z.array(
        z.strictObject({
          notice: hash,
          sender: uscc,
          ...recordName.shape,
          reason: z.string(),
          at: time,
          affected: z.int().min(0),
        }),
      ),
    }),
  },
});
