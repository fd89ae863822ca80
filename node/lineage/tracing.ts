import type { LedgerConnection } from "../../sdk/chain/connection.ts";
import { walkLineage, type LineageLine } from "../../sdk/client/routes/lineage-walk.ts";
import { unbroken, walkBody } from "../../sdk/lineage/trace/source.ts";
import { versionInForce, type InForceOptions, type VersionInForce } from "../../sdk/lineage/trace/in-force.ts";
import type { ExamineProofs } from "../../sdk/lineage/trace/examine.ts";
import { traceLineage, type TraceDependencies, type TraceOptions } from "../../sdk/lineage/trace/trace.ts";
import type { LineageSource, TraceEvent, WalkRequest } from "../../sdk/lineage/trace/types.ts";
import { MAXIMUM_WALK_NODES } from "../../sdk/client/routes/lineage-walk.ts";
import type { Trust } from "../../sdk/verify/trust.ts";
import type { Peers } from "../exchange/peers.ts";
import type { Caller } from "../http/signature.ts";
import type { Clock } from "../ports.ts";
import type { LineageTeller } from "./tell.ts";

export interface TracingDependencies {
  readonly department: string;
  readonly teller: LineageTeller;
  readonly peers: Peers;
  readonly connection: LedgerConnection;
  readonly trust: Trust;
  readonly clock: Clock;
  readonly examine: ExamineProofs;
}

/** Traces as this department: its own records from the store, those of others from their nodes, all judged on the way. */
export class Tracing {
  private readonly dependencies: TracingDependencies;
  private readonly source: LineageSource;
  private readonly self: Caller;

  constructor(dependencies: TracingDependencies) {
    const { department, peers } = dependencies;
    this.dependencies = dependencies;
    this.self = { department, role: "department", keyId: "" };
    this.source = {
      walk: async (whom, request) => {
        if (whom === department) return this.local(request);
        return unbroken(await peers.call(whom, walkLineage, { body: walkBody(request) }), whom);
      },
    };
  }

  trace(options: Omit<TraceOptions, "home">): AsyncGenerator<TraceEvent, unknown> {
    return traceLineage({ ...options, home: this.dependencies.department }, this.asNow());
  }

  /** Throws as `versionInForce` of the SDK. */
  versionInForce(options: Omit<InForceOptions, "home">): Promise<VersionInForce> {
    return versionInForce({ ...options, home: this.dependencies.department }, this.asNow());
  }

  /** Seconds. */
  now(): number {
    return Math.floor(this.dependencies.clock() / 1000);
  }

  private asNow(): TraceDependencies {
    const { connection, trust, examine } = this.dependencies;
    return { source: this.source, connections: [connection], trust, now: this.now(), examine };
  }

  private async *local({ relations, ...request }: WalkRequest): AsyncGenerator<LineageLine> {
    const levels = this.dependencies.teller.tell({
      ...request,
      limit: MAXIMUM_WALK_NODES,
      proofs: true,
      caller: this.self,
      ...(relations && { relations: new Set(relations) }),
    });
    for await (const lines of levels) yield* lines;
  }
}
