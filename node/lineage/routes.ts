import * as activities from "../../sdk/client/routes/lineage-activities.ts";
import * as recall from "../../sdk/client/routes/lineage-recalls.ts";
import * as stages from "../../sdk/client/routes/lineage-stages.ts";
import { firstBad, traceRecord } from "../../sdk/client/routes/lineage-trace.ts";
import { listAssessments, makeAssessment, resourceUse } from "../../sdk/client/routes/lineage-use.ts";
import { findByRecordId, MAXIMUM_WALK_NODES, walkLineage } from "../../sdk/client/routes/lineage-walk.ts";
import { firstBadAncestor } from "../../sdk/lineage/bad-ancestor.ts";
import { checkGraph, readGraph } from "../../sdk/lineage/imported.ts";
import { parseQualityRule } from "../../sdk/lineage/quality-rule.ts";
import { LINK_RELATIONS, type LinkRelation } from "../../sdk/lineage/relations.ts";
import type { VersionInForce } from "../../sdk/lineage/trace/in-force.ts";
import type { TraceOptions } from "../../sdk/lineage/trace/trace.ts";
import type { TraceEvent } from "../../sdk/lineage/trace/types.ts";
import { bind, type Binding } from "../http/bind.ts";
import { HttpError } from "../http/errors.ts";
import type { Assessments } from "./assessments.ts";
import { FIRST_CURSOR, resumable, type ResumableLine } from "./cursor.ts";
import { receiveEvents, receiveProv, type ReceivingDependencies } from "./imports.ts";
import { impactJson, impactOf, type ImpactDependencies } from "./impact.ts";
import type { Recalls } from "./recalls.ts";
import { receiptOf } from "./receipts.ts";
import type { LineageService } from "./service.ts";
import type { LineageTeller } from "./tell.ts";
import type { Tracing } from "./tracing.ts";
import { useOf } from "./use.ts";

export interface LineageRouteDependencies extends ImpactDependencies, ReceivingDependencies {
  readonly service: LineageService;
  readonly teller: LineageTeller;
  readonly tracing: Tracing;
  readonly recalls: Recalls;
  readonly assessments: Assessments;
}

export function lineageRoutes(dependencies: LineageRouteDependencies): Binding[] {
  const { service, teller, tracing, recalls, assessments } = dependencies;
  return [
    bind(walkLineage, ({ body: { relations, limit, proofs, asOf, ...walk }, caller }) =>
      Promise.resolve(
        teller.tell({
          ...walk,
          caller,
          asOf,
          proofs: proofs ?? true,
          limit: limit ?? MAXIMUM_WALK_NODES,
          relations: relations && new Set(relations),
        }),
      ),
    ),
    bind(findByRecordId, async ({ params: { record } }) => service.find(record)),
    bind(traceRecord, ({ params, query }) => traced(traceOptions(params, query), query, tracing)),
    bind(firstBad, async ({ params, query }) => {
      const { first, all, complete } = await badAncestors(params, query, tracing);
      return { ...(first && { first }), all: [...all], complete };
    }),
    bind(recall.recallList, async ({ params, query: { asOf } }) => {
      const { recipients, complete, ...rest } = await recalls.list(params, asOf);
      return { ...rest, recipients: [...recipients], complete };
    }),
    bind(recall.resourceImpact, async ({ params: { id } }) => impactJson(await impactOf(id, dependencies))),
    bind(resourceUse, async ({ params: { id }, query: { before, maximumUses, from } }) => {
      const asked = { before: before ?? tracing.now(), maximumUses: maximumUses ?? Number.MAX_SAFE_INTEGER };
      const { cold, ...page } = await useOf(
        { ...asked, resource: id, from: from ?? 0 },
        { ...dependencies, batches: teller.batches },
      );
      return { resource: id, before: asked.before, ...page, cold: cold.map((one) => ({ ...one })) };
    }),
    bind(makeAssessment, () => assessments.make()),
    bind(listAssessments, async () => ({ assessments: [...(await assessments.list())] })),
    bind(activities.recordActivity, async ({ body: { used, generated, inputs, outputs, fields, ...activity } }) =>
      receiptOf(
        await service.activity({
          ...activity,
          used: used ?? [],
          generated: generated ?? [],
          inputs: inputs ?? [],
          outputs: outputs ?? [],
          fields: fields ?? [],
        }),
        dependencies,
      ),
    ),
    bind(activities.receiveOpenLineage, ({ body, language, signal }) =>
      Promise.resolve(receiveEvents({ body, language, signal }, dependencies)),
    ),
    bind(activities.receiveProv, ({ body, language, signal }) =>
      Promise.resolve(receiveProv({ body, language, signal }, dependencies)),
    ),
    bind(activities.checkLineageGraph, ({ body }) => {
      const { cycle, ...found } = checkGraph(readGraph(body.bytes));
      return Promise.resolve({ ...found, ...(cycle && { cycle: [...cycle] }) });
    }),
    bind(stages.recordStage, async ({ body: { evidence, note, ...step } }) => {
      const made = await service.stage({
        ...step,
        ...(evidence !== undefined && { evidence }),
        ...(note !== undefined && { note }),
      });
      return { ...made, subject: step.subject, scope: service.journal };
    }),
    bind(stages.findStage, async ({ query: { subject } }) => ({
      stages: (await service.stages(subject)).map((one) => ({ ...one, subject, scope: service.journal })),
    })),
    bind(recall.sendRecalls, async ({ params, body }) => ({ recalls: [...(await recalls.announce(params, body))] })),
    bind(recall.listRecalls, async () => ({ recalls: [...(await recalls.sent())] })),
    bind(recall.deliverNotice, async ({ caller, body: { evidence } }) => recalls.take(caller, evidence)),
    bind(recall.listRecallNotices, async () => ({ notices: [...(await recalls.received())] })),
  ];
}

/** The events of a trace, sent as they come; before them the version at which it begins, if one was looked for. */
async function traced(options: TraceOptions, query: TraceQuery, tracing: Tracing) {
  const { version, start } = await startOf(options, query, tracing);
  const events = tracing.trace({ ...options, start });
  const first = version && { type: "version" as const, ...version };
  if (query.cursor === undefined) return grouped(events, first);
  const lines = await resumable(events, query.cursor);
  return resumed(lines, query.cursor === FIRST_CURSOR ? first : undefined);
}

/** The record asked about, or the version of it that was in force. */
async function startOf(options: TraceOptions, { inForce }: Pick<TraceQuery, "inForce">, tracing: Tracing) {
  if (inForce === undefined) return { start: options.start, version: undefined };
  const version = await tracing.versionInForce(options);
  return { start: { scope: version.scope, seq: version.seq }, version };
}

async function badAncestors(
  params: TraceOptions["start"],
  { rule, ...query }: Omit<TraceQuery, "direction"> & { readonly rule?: string | undefined },
  tracing: Tracing,
) {
  const options = traceOptions(params, { ...query, direction: "up" });
  const judged = rule === undefined ? undefined : parseQualityRule(rule, { now: options.asOf ?? tracing.now() });
  const { start } = await startOf(options, query, tracing);
  return firstBadAncestor(tracing.trace({ ...options, start }), judged);
}

type VersionLine = { readonly type: "version" } & VersionInForce;

async function* grouped(events: AsyncIterable<TraceEvent>, first: VersionLine | undefined) {
  if (first !== undefined) yield [{ ...first }];
  for await (const event of events) yield [{ ...event }];
}

async function* resumed(lines: AsyncIterable<readonly ResumableLine[]>, first: VersionLine | undefined) {
  if (first !== undefined) yield [{ ...first }];
  for await (const some of lines) yield some.map((one) => ({ ...one }));
}

interface TraceQuery {
  readonly inForce?: "true" | undefined;
  readonly direction?: "up" | "down" | undefined;
  readonly depth?: number | undefined;
  readonly asOf?: number | undefined;
  readonly knownAt?: number | undefined;
  readonly relations?: string | undefined;
  readonly kinds?: string | undefined;
  readonly departments?: string | undefined;
  readonly cursor?: string | undefined;
}

function traceOptions(start: TraceOptions["start"], query: TraceQuery): TraceOptions {
  const { direction = "up", depth, asOf, knownAt, relations, kinds, departments } = query;
  return {
    start,
    direction,
    ...(depth !== undefined && { depth }),
    ...(asOf !== undefined && { asOf }),
    ...(knownAt !== undefined && { knownAt }),
    ...(relations !== undefined && { relations: relations.split(",").map(toRelation) }),
    ...(kinds !== undefined && { kinds: kinds.split(",") }),
    ...(departments !== undefined && { departments: departments.split(",") }),
  };
}

function toRelation(name: string): LinkRelation {
  const found = LINK_RELATIONS.find((relation) => relation === name);
  if (found === undefined) throw new HttpError("http.request-invalid", { part: "query" });
  return found;
}
