import { toHex, type Hex } from "../../sdk/protocol/bytes.ts";
import { canonicalBytes } from "../../sdk/protocol/canonical.ts";
import { CodedError } from "../../sdk/protocol/errors.ts";
import { digest } from "../../sdk/protocol/hash.ts";
import type { JsonObject } from "../../sdk/protocol/json.ts";
import type { Log, Timer } from "../ports.ts";
import { LINEAGE_ASSESSMENTS, LINEAGE_RECALLS, SCOPES } from "../storage/keyspaces.ts";
import { Serial } from "../storage/serial.ts";
import { put } from "../storage/store.ts";
import type { StoredAssessment } from "../storage/stored-lineage.ts";
import { impactOf, type ImpactDependencies } from "./impact.ts";
import type { LineageService } from "./service.ts";
import { useOf, type UseDependencies } from "./use.ts";

const DAY_SECONDS = 86_400;
/** A record is cold when it was neither issued nor used for so long. */
const COLD_DAYS = 180;
/** How often the node looks whether the next assessment is due. */
export const LOOK_INTERVAL_MS = 3_600_000;
/** Reports that are listed. */
const LISTED = 100;
const ASSESSMENT_FORMAT = "suyuan/assessment/1";

export interface AssessmentOptions {
  /** Days between two assessments; 0: only when asked for. */
  readonly everyDays: number;
  readonly lookIntervalMs: number;
}

export interface AssessmentDependencies extends ImpactDependencies, UseDependencies {
  readonly department: string;
  readonly service: LineageService;
  readonly timer: Timer;
  readonly log: Log;
}

/**
 * Assesses the department's data, regularly and when asked: of each resource its records, use, cold records, agreements in
 * force, stage, and how long it must be kept. The report stays in the node; an activity in the journal names it by its digest,
 * so whoever is shown a report can hold it against what was anchored then.
 */
export class Assessments {
  private readonly options: AssessmentOptions;
  private readonly dependencies: AssessmentDependencies;
  private readonly making = new Serial();
  private closed = false;
  private cancel = (): void => undefined;

  constructor(options: AssessmentOptions, dependencies: AssessmentDependencies) {
    this.options = options;
    this.dependencies = dependencies;
  }

  /** Makes the report and records it. Throws RecordError, StorageError, what reading the chain throws. */
  make(): Promise<StoredAssessment> {
    return this.making.run(async () => {
      const { service, store, department } = this.dependencies;
      const at = this.now();
      const report = await this.report(at);
      const sum = toHex(digest("sha256", canonicalBytes(report)));
      const activity = {
        ...{ activity: `assessment-${at}`, name: "assessment", state: "complete", endedAt: at },
        ...{ used: 0, generated: 0, outputs: [{ namespace: "assessment", name: department, version: sum }] },
      };
      let made: StoredAssessment | undefined;
      // The report is in the write that makes its record durable.
      await service.write("activity", activity, [], ({ scope, seq, record }) => {
        made = { at, scope, seq, record, digest: sum, report };
        return [put(LINEAGE_ASSESSMENTS, seq, made)];
      });
      // The record was a duplicate: nothing is written along with it, the first one has its report.
      made ??= (await store.page(LINEAGE_ASSESSMENTS, { reverse: true, limit: 1 }))[0]?.[1];
      if (made === undefined) throw new TypeError("an assessment that was recorded is stored");
      return made;
    });
  }

  /** Newest first. */
  async list(): Promise<readonly StoredAssessment[]> {
    const entries = await this.dependencies.store.page(LINEAGE_ASSESSMENTS, { reverse: true, limit: LISTED });
    return entries.map(([, made]) => made);
  }

  /** From now on one is made whenever it is due. */
  start(): void {
    if (this.options.everyDays > 0) this.wait();
  }

  async stop(): Promise<void> {
    this.closed = true;
    this.cancel();
    await this.making.run(() => Promise.resolve());
  }

  private wait(): void {
    if (!this.closed) this.cancel = this.dependencies.timer(this.options.lookIntervalMs, () => void this.look());
  }

  private async look(): Promise<void> {
    try {
      if (await this.isDue()) {
        const { seq } = await this.make();
        this.dependencies.log.info({ seq }, "the department's data was assessed");
      }
    } catch (error) {
      const code = error instanceof CodedError ? String(error.code) : error instanceof Error ? error.name : "unknown";
      this.dependencies.log.warn({ code }, "the assessment that is due could not be made; it is tried again");
    }
    this.wait();
  }

  private async isDue(): Promise<boolean> {
    const [last] = await this.list();
    return last === undefined || this.now() >= last.at + this.options.everyDays * DAY_SECONDS;
  }

  private async report(at: number): Promise<JsonObject> {
    const { store, department } = this.dependencies;
    const resources: JsonObject[] = [];
    for await (const [, { kind, resource }] of store.iterate(SCOPES))
      if (kind === "resource" && resource !== undefined) resources.push(await this.ofResource(resource, at));
    const recalls = { sent: 0, pending: 0 };
    for await (const [, { state }] of store.iterate(LINEAGE_RECALLS)) {
      recalls.sent++;
      if (state === "pending") recalls.pending++;
    }
    return { format: ASSESSMENT_FORMAT, department, at, coldDays: COLD_DAYS, resources, recalls };
  }

  private async ofResource(resource: Hex, at: number): Promise<JsonObject> {
    const { service } = this.dependencies;
    const total = { records: 0, kept: 0, used: 0, uses: 0, cold: 0 };
    const question = { resource, before: at - COLD_DAYS * DAY_SECONDS, maximumUses: Number.MAX_SAFE_INTEGER };
    for (let from: number | undefined = 0; from !== undefined;) {
      const { records, kept, used, uses, cold, next } = await useOf({ ...question, from }, this.dependencies);
      total.records += records;
      total.kept += kept;
      total.used += used;
      total.uses += uses;
      total.cold += cold.length;
      from = next;
    }
    const { agreementsInForce, deliveries, recipients, keepUntil } = await impactOf(resource, this.dependencies);
    const stage = await service.findStage(`resource:${resource}`);
    return {
      ...{ resource, ...total, deliveries, recipients: recipients.length },
      agreementsInForce: agreementsInForce.length,
      ...(keepUntil !== undefined && { keepUntil, retentionOver: keepUntil <= at }),
      ...(stage && { stage: stage.stage, stageSince: stage.at }),
    };
  }

  /** Seconds. */
  private now(): number {
    return Math.floor(this.dependencies.clock() / 1000);
  }
}
