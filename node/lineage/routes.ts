import * as routes from "../../sdk/client/routes/lineage.ts";
import { checkGraph, readGraph } from "../../sdk/lineage/imported.ts";
import { LINK_RELATIONS, type LinkRelation } from "../../sdk/lineage/relations.ts";
import type { VersionInForce } from "../../sdk/lineage/trace/in-force.ts";
import type { TraceOptions } from "../../sdk/lineage/trace/trace.ts";
import type { TraceEvent } from "../../sdk/lineage/trace/types.ts";
import { bind, type Binding } from "../http/bind.ts";
import { HttpError } from "../http/errors.ts";
import { receiveEvents, receiveProv, type ReceivingDependencies } from "./imports.ts";
import { impactJson, impactOf, type ImpactDependencies } from "./impact.ts";
import type { Recalls } from "./recalls.ts";
import { receiptOf } from "./receipts.ts";
import type { LineageService } from "./service.ts";
import type { LineageTeller } from "./tell.ts";
import type { Tracing } from "./tracing.ts";

export interface LineageRouteDependencies extends ImpactDependencies, ReceivingDependencies {
  readonly service: LineageService;
  readonly teller: LineageTeller;
  readonly tracing: Tracing;
  readonly recalls: Recalls;
}

export function lineageRoutes(dependencies: LineageRouteDependencies): Binding[] {
  const { service, teller, tracing, recalls } = dependencies;
  return [
    bind(routes.walkLineage, ({ body: { relations, limit, proofs, asOf, ...walk }, caller }) =>
      Promise.resolve(
        teller.tell({
          ...walk,
          caller,
          asOf,
          proofs: proofs ?? true,
          limit: limit ?? routes.MAXIMUM_WALK_NODES,
          relations: relations && new Set(relations),
        }),
      ),
    ),
    bind(routes.findByRecordId, async ({ params: { record } }) => service.find(record)),
    bind(routes.traceRecord, ({ params, query }) => traced(traceOptions(params, query), query, tracing)),
    bind(routes.recallList, async ({ params, query: { asOf } }) => {
      const { recipients, complete, ...rest } = await recalls.list(params, asOf);
      return { ...rest, recipients: [...recipients], complete };
    }),
    bind(routes.resourceImpact, async ({ params: { id } }) => impactJson(await impactOf(id, dependencies))),
    bind(routes.recordActivity, async ({ body: { used, generated, inputs, outputs, fields, ...activity } }) =>
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
    bind(routes.receiveOpenLineage, ({ body, language, signal }) =>
      Promise.resolve(receiveEvents({ body, language, signal }, dependencies)),
    ),
    bind(routes.receiveProv, ({ body, language, signal }) =>
      Promise.resolve(receiveProv({ body, language, signal }, dependencies)),
    ),
    bind(routes.checkLineageGraph, ({ body }) => {
      const { cycle, ...found } = checkGraph(readGraph(body.bytes));
      return Promise.resolve({ ...found, ...(cycle && { cycle: [...cycle] }) });
    }),
    bind(routes.recordStage, async ({ body: { evidence, note, ...step } }) => {
      const made = await service.stage({
        ...step,
        ...(evidence !== undefined && { evidence }),
        ...(note !== undefined && { note }),
      });
      return { ...made, subject: step.subject, scope: service.journal };
    }),
    bind(routes.findStage, async ({ query: { subject } }) => ({
      stages: (await service.stages(subject)).map((one) => ({ ...one, subject, scope: service.journal })),
    })),
    bind(routes.sendRecalls, async ({ params, body }) => ({ recalls: [...(await recalls.announce(params, body))] })),
    bind(routes.listRecalls, async () => ({ recalls: [...(await recalls.sent())] })),
    bind(routes.deliverNotice, async ({ caller, body: { evidence } }) => recalls.take(caller, evidence)),
    bind(routes.listRecallNotices, async () => ({ notices: [...(await recalls.received())] })),
  ];
}

/** The events of a trace, sent as they come; before them the version at which it begins, if one was looked for. */
async function traced(options: TraceOptions, { inForce }: TraceQuery, tracing: Tracing) {
  if (inForce === undefined) return grouped(tracing.trace(options));
  const version = await tracing.versionInForce(options);
  const { scope, seq } = version;
  return grouped(tracing.trace({ ...options, start: { scope, seq } }), { type: "version", ...version });
}

async function* grouped(events: AsyncIterable<TraceEvent>, first?: { readonly type: "version" } & VersionInForce) {
  if (first !== undefined) yield [{ ...first }];
  for await (const event of events) yield [{ ...event }];
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
