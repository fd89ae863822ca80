import type { LedgerConnection } from "../../sdk/chain/connection.ts";
import type { NodeCore } from "../core.ts";
import type { Clock } from "../ports.ts";
import { Backlog } from "./backlog.ts";
import type { DiskSpace } from "./disk.ts";
import { AdmissionError } from "./errors.ts";

/** A signed transaction that no block holds for so long: the chain stands still, or does not take it. */
export const STALLED_AFTER_SECONDS = 60;
/** Age of the oldest record in no block from which anchoring is behind. */
export const BEHIND_AFTER_SECONDS = 300;
/** Below this share, or this many bytes, the disk is nearly full. */
export const LOW_DISK_RATIO = 0.1;
export const LOW_DISK_BYTES = 2 * 1024 ** 3;
/** Below this the node takes no more records: compaction and what was accepted need the rest. */
export const FULL_DISK_BYTES = 256 * 1024 ** 2;
/** Difference of the clocks that block intervals and the network explain. */
export const CLOCK_TOLERANCE_SECONDS = 30;
/** Records in no block at most; more are refused until the chain goes on. About 3 kB of disk each. */
export const MAXIMUM_BACKLOG_RECORDS = 1_000_000;

export const HEALTH_PARTS = ["chain", "anchoring", "backlog", "disk", "clock", "destruction"] as const;
export type HealthPartName = (typeof HEALTH_PARTS)[number];

export interface HealthPart {
  readonly part: HealthPartName;
  /** Why it is not well; undefined when it is. */
  readonly reason?: string;
}

export interface HealthOptions {
  /** Seconds that the newest block may be old; null when the chain makes blocks only for work. */
  readonly maximumLagSeconds: number | null;
  readonly maximumBacklogRecords?: number;
}

export interface HealthDependencies {
  readonly core: Pick<NodeCore, "store" | "feed" | "records" | "anchoring" | "sender" | "follower" | "destruction">;
  readonly connection: LedgerConnection;
  readonly clock: Clock;
  readonly disk: () => Promise<DiskSpace>;
}

/** What is wrong with the node, told before it hurts; and whether records may be taken. */
export class Health {
  readonly backlog: Backlog;
  private readonly options: Required<HealthOptions>;
  private readonly dependencies: HealthDependencies;

  constructor(options: HealthOptions, dependencies: HealthDependencies) {
    this.options = { maximumBacklogRecords: MAXIMUM_BACKLOG_RECORDS, ...options };
    this.dependencies = dependencies;
    this.backlog = new Backlog(dependencies.core);
  }

  start(): Promise<void> {
    return this.backlog.start();
  }

  async parts(): Promise<readonly HealthPart[]> {
    const reasons: Record<HealthPartName, string | undefined> = {
      chain: this.chain(),
      anchoring: await this.anchoring(),
      backlog: this.backlog.records >= this.options.maximumBacklogRecords ? "backlog.full" : undefined,
      disk: this.judge(await this.disk()),
      clock: this.clock(),
      destruction: this.dependencies.core.destruction.failing,
    };
    return HEALTH_PARTS.map((part) => {
      const reason = reasons[part];
      return { part, ...(reason !== undefined && { reason }) };
    });
  }

  disk(): Promise<DiskSpace> {
    return this.dependencies.disk();
  }

  /** Throws AdmissionError while records could not be kept, or would never verify. */
  async admit(): Promise<void> {
    const { core } = this.dependencies;
    const { records: waiting } = this.backlog;
    if (waiting >= this.options.maximumBacklogRecords) throw new AdmissionError("admission.backlog", { waiting });
    if ((await this.disk()).freeBytes < FULL_DISK_BYTES) throw new AdmissionError("admission.disk");
    // A record issued after the block that holds it fails the verifier's `time` check for ever (SPEC §11).
    const seconds = -(core.follower.clockSkewSeconds ?? 0);
    if (seconds > CLOCK_TOLERANCE_SECONDS) throw new AdmissionError("admission.clock", { seconds });
  }

  private chain(): string | undefined {
    const { core, clock } = this.dependencies;
    const { sight, failedPolls } = core.follower;
    if (failedPolls > 0 || sight === undefined) return "chain.unreachable";
    const now = Math.floor(clock() / 1000);
    const { maximumLagSeconds } = this.options;
    if (maximumLagSeconds !== null && now - sight.latest.time > maximumLagSeconds) return "chain.stalled";
    const { waitingSince } = core.sender;
    return waitingSince !== undefined && now - waitingSince > STALLED_AFTER_SECONDS ? "chain.stalled" : undefined;
  }

  private async anchoring(): Promise<string | undefined> {
    const { core, clock } = this.dependencies;
    const [raised] = core.anchoring.alarms;
    if (raised !== undefined) return raised.alarm.code;
    const since = (await core.records.stats()).scopes.flatMap(({ waitingSince }) => waitingSince ?? []);
    const age = Math.floor(clock() / 1000) - Math.min(...since);
    return since.length > 0 && age > BEHIND_AFTER_SECONDS ? "anchoring.behind" : undefined;
  }

  private judge({ freeBytes, totalBytes }: DiskSpace): string | undefined {
    if (freeBytes < FULL_DISK_BYTES) return "disk.full";
    return freeBytes < LOW_DISK_BYTES && freeBytes < totalBytes * LOW_DISK_RATIO ? "disk.low" : undefined;
  }

  private clock(): string | undefined {
    const skew = this.dependencies.core.follower.clockSkewSeconds ?? 0;
    return Math.abs(skew) > CLOCK_TOLERANCE_SECONDS ? "clock.skewed" : undefined;
  }
}
