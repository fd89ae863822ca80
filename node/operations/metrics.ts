import type { Backups } from "../backup/backup.ts";
import type { NodeCore } from "../core.ts";
import type { Metrics } from "../http/metrics.ts";
import type { KeyRing } from "../keys/key-ring.ts";
import type { Clock } from "../ports.ts";
import { HEALTH_PARTS, type Health } from "./health.ts";

interface ObserveHealth {
  readonly core: NodeCore;
  readonly health: Health;
  readonly clock: Clock;
}

/** Gauges that alerts.yml asks for; RUNBOOK.md says what to do about each. */
export function observeHealth(metrics: Metrics, { core, health, clock }: ObserveHealth): void {
  metrics.gauge({
    name: "suyuan_health",
    help: "1 when a part of the node is well, 0 when somebody must look.",
    labelNames: ["part"],
    read: async () => {
      const parts = await health.parts();
      return HEALTH_PARTS.map((part) => ({
        labels: { part },
        value: parts.some((found) => found.part === part && found.reason !== undefined) ? 0 : 1,
      }));
    },
  });
  metrics.gauge({
    name: "suyuan_disk_free_bytes",
    help: "Bytes that the node may still use on the file system of its data.",
    read: async () => [{ value: (await health.disk()).freeBytes }],
  });
  metrics.gauge({
    name: "suyuan_disk_size_bytes",
    help: "Size of the file system of the node's data.",
    read: async () => [{ value: (await health.disk()).totalBytes }],
  });
  metrics.gauge({
    name: "suyuan_records_backlog",
    help: "Records that are durable and in no block yet.",
    read: () => [{ value: health.backlog.records }],
  });
  metrics.gauge({
    name: "suyuan_transactions_oldest_pending_age_seconds",
    help: "Age of the oldest signed transaction that no block holds; 0 when there is none.",
    read: () => {
      const { waitingSince } = core.sender;
      return [{ value: waitingSince === undefined ? 0 : Math.floor(clock() / 1000) - waitingSince }];
    },
  });
  metrics.gauge({
    name: "suyuan_clock_skew_seconds",
    help: "How far the chain's clock is ahead of the node's, by the newest block seen as it appeared.",
    read: () => [{ value: core.follower.clockSkewSeconds ?? 0 }],
  });
  metrics.gauge({
    name: "suyuan_destructions_open",
    help: "Destructions that are decided and not complete.",
    read: () => [{ value: core.destruction.open }],
  });
  metrics.gauge({
    name: "suyuan_store_reopenings",
    help: "Times the store was reopened after a failed write since the node started.",
    read: () => [{ value: core.store.generation }],
  });
  metrics.gauge({
    name: "suyuan_key_epoch",
    help: "Epoch of the key-encryption key in use.",
    read: () => [{ value: core.keys.epoch }],
  });
}

/** Gauges about backups: one is good only as long as its epoch's key exists. */
export function observeBackups(
  metrics: Metrics,
  { backups, keys, clock }: { readonly backups: Backups; readonly keys: KeyRing; readonly clock: Clock },
): void {
  metrics.gauge({
    name: "suyuan_backup_age_seconds",
    help: "Age of the newest backup; absent before the first.",
    read: async () => {
      const last = await backups.last();
      return last === undefined ? [] : [{ value: Math.floor(clock() / 1000) - last.at }];
    },
  });
  metrics.gauge({
    name: "suyuan_backup_usable",
    help: "1 when the keys of the newest backup still exist, 0 when a destruction has ended their epoch or there is no backup.",
    read: async () => {
      const last = await backups.last();
      return [{ value: last !== undefined && last.epoch >= keys.oldestEpoch ? 1 : 0 }];
    },
  });
}
