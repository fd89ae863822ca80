import { activityDocument, activityParents, type Activity, type NamedRecord } from "../../sdk/lineage/activity.ts";
import { LineageError } from "../../sdk/lineage/errors.ts";
import { lifecycleDocument, type LifecycleStep, type Stage } from "../../sdk/lineage/stages.ts";
import { toHex, utf8, type Hex } from "../../sdk/protocol/bytes.ts";
import { canonicalBytes } from "../../sdk/protocol/canonical.ts";
import { digest } from "../../sdk/protocol/hash.ts";
import type { JsonObject } from "../../sdk/protocol/json.ts";
import type { Parent } from "../../sdk/protocol/parents.ts";
import type { Clock } from "../ports.ts";
import { RecordError } from "../records/errors.ts";
import { writeInJournal, type JournalDependencies } from "../records/journal-entry.ts";
import type { AcceptedRecord } from "../records/model.ts";
import { MAXIMUM_SEQ, type ScopeSeq } from "../storage/codecs.ts";
import { LINEAGE_LINKS, LINEAGE_RECORDS, LINEAGE_STAGES, SCOPES } from "../storage/keyspaces.ts";
import { KeyedSerial } from "../storage/serial.ts";
import { put, type Operation, type Store } from "../storage/store.ts";
import type { StoredStage } from "../storage/stored-lineage.ts";
import { impactJson, type Impact } from "./impact.ts";
import { COUNT_BYTES, LANES, pieceKey, placeBytes, readLinks } from "./links.ts";

export interface LineageServiceDependencies extends JournalDependencies {
  readonly store: Store;
  readonly ledger: Hex;
  readonly clock: Clock;
  /** What retiring a resource would touch. */
  readonly impact: (resource: Hex) => Promise<Impact>;
}

/** A record as a caller names it: its id may be left out, and is compared when it is not. */
export type GivenRecord = ScopeSeq & { readonly record?: Hex | undefined };

const SUBJECT_RESOURCE = /^resource:(0x[0-9a-f]{64})$/;
const SUBJECT_RECORD = /^record:(0x[0-9a-f]{64})\/(\d+)$/;

/** Writes what a department says of its own processing: activities and the stages of a life. */
export class LineageService {
  private readonly dependencies: LineageServiceDependencies;
  private readonly lives = new KeyedSerial();

  constructor(dependencies: LineageServiceDependencies) {
    this.dependencies = dependencies;
  }

  get journal(): Hex {
    return this.dependencies.journal;
  }

  /** Records an activity in the journal. Throws LineageError `activity.*`, `lineage.unknown`; RecordError. */
  async activity(given: Activity<GivenRecord>): Promise<AcceptedRecord> {
    // Judged as given: several records that came by one delivery have one parent, its receipt.
    const document = activityDocument(given);
    const [used, generated] = await Promise.all([
      Promise.all(given.used.map((record) => this.usable(record))),
      Promise.all(given.generated.map((record) => this.own(record))),
    ]);
    const activity: Activity = { ...given, used, generated };
    return this.write("activity", document, activityParents(activity));
  }

  /** Puts a subject into its next stage. Throws LineageError `lifecycle.*`, `lineage.unknown`; RecordError. */
  stage(step: Omit<LifecycleStep, "at">): Promise<StoredStage> {
    // One step of a life at a time: two of them could not both be the next.
    return this.lives.run(step.subject, async () => {
      const { ledger, journal, clock } = this.dependencies;
      const before = await this.findStage(step.subject);
      const at = Math.floor(clock() / 1000);
      const document = lifecycleDocument({ ...step, ...(await this.retirement(step)), at }, before?.stage);
      const [, scope, seq] = SUBJECT_RECORD.exec(step.subject) ?? [];
      const subject = scope === undefined ? [] : [await this.own({ scope: scope as Hex, seq: Number(seq) })]; // As the form says.
      const parents: Parent[] = [
        ...(before
          ? [{ ledger, scope: journal, seq: before.seq, record: before.record, relation: "derivedFrom" } as const]
          : []),
        ...subject.map((record): Parent => ({ ...record, relation: "quotes" })),
      ];
      const { stage } = step;
      const made = await this.write("lifecycle", document, parents, ({ seq, record }) => [
        put(LINEAGE_STAGES, subjectKey(step.subject), { stage, seq, record, at }),
      ]);
      return { stage, seq: made.seq, record: made.record, at };
    });
  }

  /** A resource is retired when nobody may still ask for it; the assessment of who had it is the evidence, unless another is named. */
  private async retirement({
    subject,
    stage,
    evidence,
  }: Omit<LifecycleStep, "at">): Promise<{ readonly evidence?: Hex }> {
    const [, resource] = SUBJECT_RESOURCE.exec(subject) ?? [];
    if (stage !== "retired" || resource === undefined) return {};
    const impact = await this.dependencies.impact(resource as Hex); // As the form says.
    const count = impact.agreementsInForce.length;
    if (count > 0) throw new LineageError("lifecycle.in-use", { count });
    return { evidence: evidence ?? toHex(digest("sha256", canonicalBytes(impactJson(impact)))) };
  }

  findStage(subject: string): Promise<StoredStage | undefined> {
    return this.dependencies.store.get(LINEAGE_STAGES, subjectKey(subject));
  }

  /** The stages of a subject, newest first, as the journal has them. */
  async stages(subject: string): Promise<readonly StoredStage[]> {
    const { records, journal } = this.dependencies;
    const found: StoredStage[] = [];
    for (let next = await this.findStage(subject); next !== undefined;) {
      found.push(next);
      const { parents } = await records.reader.open({ scope: journal, seq: next.seq });
      const before = parents.find(({ relation }) => relation === "derivedFrom");
      if (before === undefined) break;
      const { document } = await records.reader.open({ scope: journal, seq: before.seq });
      const { stage, at } = document as { readonly stage: Stage; readonly at: number }; // A lifecycle record's required claims.
      next = { stage, at, seq: before.seq, record: before.record };
    }
    return found;
  }

  /** The place of a record that this node wrote or received. Throws LineageError `lineage.unknown`. */
  async find(record: Hex): Promise<ScopeSeq> {
    const place = await this.dependencies.store.get(LINEAGE_RECORDS, record);
    if (place === undefined) throw new LineageError("lineage.unknown");
    return place;
  }

  /** Writes one record into the journal, with more operations of the same synced write. */
  write(
    kind: string,
    document: JsonObject,
    parents: readonly Parent[],
    along?: (record: AcceptedRecord) => readonly Operation[],
  ): Promise<AcceptedRecord> {
    return writeInJournal(this.dependencies, { kind, document, parents }, along);
  }

  /** A record of this department. Throws LineageError `activity.own-only`; RecordError `record.unknown`, `parent.unknown`. */
  private async own({ scope, seq, record }: GivenRecord): Promise<NamedRecord> {
    const { store, records, ledger } = this.dependencies;
    if ((await store.get(SCOPES, scope)) === undefined) throw new LineageError("activity.own-only");
    const found = (await records.view(scope, seq)).record;
    if (record !== undefined && record !== found) throw new RecordError("parent.unknown", { seq });
    return { ledger, scope, seq, record: found };
  }

  /** An own record as it is; of another department's the receipt by which it came. Throws LineageError `activity.not-received`. */
  private async usable(given: GivenRecord): Promise<NamedRecord> {
    const { store, records } = this.dependencies;
    if ((await store.get(SCOPES, given.scope)) !== undefined) return this.own(given);
    const name = `${given.scope}/${given.seq}`;
    for (const receipt of await this.receiptsOf(given)) {
      if (receipt.seq < (await records.count(receipt.scope))) return this.own(receipt);
    }
    throw new LineageError("activity.not-received", { record: name });
  }

  /** Where a record of another department came in: the latest ones, any of which proves it. */
  private async receiptsOf(place: ScopeSeq): Promise<readonly ScopeSeq[]> {
    const open = await this.dependencies.store.get(LINEAGE_LINKS, pieceKey(placeBytes(place), LANES.deliveries, 0));
    if (open === undefined) return [];
    return [...readLinks(open.subarray(COUNT_BYTES))].flatMap(({ kind, to }) =>
      kind === "received" && to.seq <= MAXIMUM_SEQ ? [to] : [],
    );
  }
}

/** Key of a subject's life. */
export const subjectKey = (subject: string): Hex => toHex(digest("sha256", utf8(subject)));
