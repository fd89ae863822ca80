import type { Metrics } from "./http/metrics.ts";
import type { NodeCore } from "./core.ts";
import { observeHealth } from "./operations/metrics.ts";
import type { Health } from "./operations/health.ts";
import type { OpenExchanges } from "./exchange/open-exchanges.ts";
import type { Clock } from "./ports.ts";
import type { RecordStats, ScopeStats } from "./records/service.ts";

/** Gauges about the node's work, by kind of scope: a scope or a department is never a label. */
export function observeNode(
  metrics: Metrics,
  {
    core,
    open,
    health,
    clock,
  }: {
    readonly core: NodeCore;
    readonly open: OpenExchanges;
    readonly health: Health;
    readonly clock: Clock;
  },
): void {
  observeHealth(metrics, { core, health, clock });
  const stats = onceAScrape(() => core.records.stats());
  metrics.gauge({
    name: "suyuan_records",
    help: "Records that have reached a stage.",
    labelNames: ["kind", "stage"],
    read: async () => {
      const { scopes } = await stats();
      const stages = ["accepted", "sealed", "anchored", "final"] as const;
      return kindsOf(scopes).flatMap((kind) =>
        stages.map((stage) => ({ labels: { kind, stage }, value: sum(scopes, kind, stage) })),
      );
    },
  });
  metrics.gauge({
    name: "suyuan_records_oldest_unanchored_age_seconds",
    help: "Age of the oldest record that no block holds yet.",
    labelNames: ["kind"],
    read: async () => {
      const { scopes } = await stats();
      const now = Math.floor(clock() / 1000);
      return kindsOf(scopes).map((kind) => ({ labels: { kind }, value: oldestAge(scopes, kind, now) }));
    },
  });
  metrics.gauge({
    name: "suyuan_intake_waiting",
    help: "Inputs waiting for a group commit.",
    read: async () => [{ value: (await stats()).waiting }],
  });
  metrics.gauge({
    name: "suyuan_intake_since_start",
    help: "Inputs by outcome since the node started.",
    labelNames: ["outcome"],
    read: async () => {
      const { acceptedSinceStart, refusedSinceStart, duplicatesSinceStart } = await stats();
      const value = (outcome: string, count: number) => ({ labels: { outcome }, value: count });
      return [
        value("accepted", acceptedSinceStart),
        value("refused", refusedSinceStart),
        value("duplicate", duplicatesSinceStart),
      ];
    },
  });
  metrics.gauge({
    name: "suyuan_anchoring_alarms",
    help: "Scopes that stopped until somebody has looked.",
    read: () => [{ value: core.anchoring.alarms.length }],
  });
  metrics.gauge({
    name: "suyuan_anchoring_retrying",
    help: "Scopes whose last attempt failed.",
    read: () => [{ value: core.anchoring.retrying.length }],
  });
  metrics.gauge({
    name: "suyuan_transactions_pending",
    help: "Transactions that are signed and not final.",
    read: () => [{ value: core.sender.pending }],
  });
  metrics.gauge({
    name: "suyuan_chain_head_block",
    help: "Newest block seen.",
    read: () => [{ value: core.follower.sight?.latest.number ?? 0 }],
  });
  metrics.gauge({
    name: "suyuan_chain_head_time_seconds",
    help: "Time of the newest block seen.",
    read: () => [{ value: core.follower.sight?.latest.time ?? 0 }],
  });
  metrics.gauge({
    name: "suyuan_chain_failed_polls",
    help: "Failed polls since the last good one.",
    read: () => [{ value: core.follower.failedPolls }],
  });
  metrics.gauge({
    name: "suyuan_exchanges_open",
    help: "Work between departments that is not finished.",
    labelNames: ["kind"],
    read: async () => {
      const counts = new Map<string, number>();
      for await (const name of open.names()) {
        const [kind = ""] = name.split("/");
        counts.set(kind, (counts.get(kind) ?? 0) + 1);
      }
      return [...counts].map(([kind, value]) => ({ labels: { kind }, value }));
    },
  });
}

const kindsOf = (scopes: readonly ScopeStats[]): ScopeStats["kind"][] => [...new Set(scopes.map(({ kind }) => kind))];

const sum = (
  scopes: readonly ScopeStats[],
  kind: string,
  stage: "accepted" | "sealed" | "anchored" | "final",
): number => scopes.reduce((total, scope) => total + (scope.kind === kind ? scope[stage] : 0), 0);

const oldestAge = (scopes: readonly ScopeStats[], kind: string, now: number): number =>
  Math.max(
    0,
    ...scopes.flatMap((scope) =>
      scope.kind === kind && scope.waitingSince !== undefined ? [now - scope.waitingSince] : [],
    ),
  );

/** The gauges of one scrape are read in the same turn and share one reading. */
function onceAScrape(read: () => Promise<RecordStats>): () => Promise<RecordStats> {
  let shared: Promise<RecordStats> | undefined;
  return () => {
    shared ??= read().finally(() => (shared = undefined));
    return shared;
  };
}
