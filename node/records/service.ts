import { fromHex, type Hex } from "../../sdk/protocol/bytes.ts";
import type { JsonObject } from "../../sdk/protocol/json.ts";
import type { KeyRing } from "../keys/key-ring.ts";
import type { Log } from "../ports.ts";
import { MAXIMUM_SEQ } from "../storage/codecs.ts";
import { BATCHES, NEXT, SUBJECTS } from "../storage/keyspaces.ts";
import { RecordError } from "./errors.ts";
import { EvidenceBuilder } from "./evidence.ts";
import type { Candidate } from "./group.ts";
import { Intake, type Along, type IntakeDependencies, type IntakeOptions } from "./intake.ts";
import type {
  AcceptedRecord,
  BatchView,
  BuiltEvidence,
  EvidenceOptions,
  LifeEvent,
  RecordInput,
  RecordRefusal,
  RecordState,
  RecordStats,
  RecordView,
  ScopeInfo,
  ScopeStats,
} from "./model.ts";
import { areCursorsWhole, oldestUnanchored, readProgress } from "./progress.ts";
import { batchView, RecordReader } from "./reader.ts";
import type { SchemaRegistry } from "./schemas.ts";
import { ScopeRegistry } from "./scopes.ts";

export type * from "./model.ts";
export { isRefusal } from "./model.ts";

export interface RecordServiceDependencies extends IntakeDependencies {
  readonly keys: KeyRing;
  readonly schemas: SchemaRegistry;
  readonly log: Log;
}

/** States that a record reaches one after another; `refused` and `destroyed` are ends of their own. */
const ORDER: readonly RecordState[] = ["accepted", "sealed", "submitted", "anchored", "final"];

/** The records of this node: taking them in, finding them, proving them. */
export class RecordService {
  readonly reader: RecordReader;
  readonly scopes: ScopeRegistry;
  private readonly dependencies: RecordServiceDependencies;
  private readonly intake: Intake;
  private readonly evidences: EvidenceBuilder;
  /** Scopes whose number on chain was compared with ours since the start. */
  private readonly compared = new Set<Hex>();
  /** Scopes whose counter was held against their records since the start. */
  private readonly whole = new Set<Hex>();
  private readonly comparing = new Map<Hex, Promise<void>>();

  constructor(options: IntakeOptions, dependencies: RecordServiceDependencies) {
    this.dependencies = dependencies;
    this.reader = new RecordReader(dependencies);
    const { store, schemas, identity } = dependencies;
    this.scopes = new ScopeRegistry({ store, schemas, department: identity.department });
    this.intake = new Intake(options, dependencies);
    this.evidences = new EvidenceBuilder({ store: dependencies.store, reader: this.reader });
  }

  /** Durable and idempotent. Call it at every start: functions are not stored. Throws `scope.conflict`, `scope.schema-missing`, `scope.schema-unsupported`. */
  registerScope(info: ScopeInfo): Promise<void> {
    return this.scopes.register(info);
  }

  scopeInfo(scope: Hex): ScopeInfo | undefined {
    return this.scopes.find(scope);
  }

  /**
   * One result an input, in order. Throws for the whole call: `scope.unknown`, `scope.not-open`, `scope.not-held`,
   * `scope.behind`, `intake.busy`, `intake.closed`, StorageError `storage.indeterminate` (retry: the same content gives the same record).
   */
  async accept(
    scope: Hex,
    inputs: readonly RecordInput[],
    /** More operations for the same synced write as each record; not asked for a duplicate, whose write was another. */
    along?: Along,
  ): Promise<readonly (AcceptedRecord | RecordRefusal)[]> {
    const info = this.scopes.get(scope);
    await this.compareWithChain(scope);
    return this.intake.accept(info, inputs, along);
  }

  /** Room in intake for records that are prepared elsewhere, until the returned function is called; undefined when there is none now. */
  reserve(count: number): (() => void) | undefined {
    return this.intake.reserve(count);
  }

  /** Waits for room. Throws `intake.busy` instead unless `patient`. */
  async waitForRoom({ patient }: { readonly patient: boolean }): Promise<void> {
    if (!patient) throw this.intake.busy();
    await this.intake.freed();
  }

  /** As `accept`, for inputs that were prepared elsewhere under a reservation. Refused ones are only counted. */
  async acceptPrepared(
    scope: Hex,
    candidates: readonly Candidate[],
    refused: number,
  ): Promise<readonly (AcceptedRecord | RecordRefusal)[]> {
    const info = this.scopes.get(scope);
    await this.compareWithChain(scope);
    this.intake.counters.refused += refused;
    return this.intake.acceptPrepared(info, candidates);
  }

  /** Throws `record.unknown`, `record.damaged`. */
  view(scope: Hex, seq: number): Promise<RecordView> {
    return this.reader.view({ scope, seq });
  }

  /** Numbers given so far in a scope. */
  async count(scope: Hex): Promise<number> {
    return (await this.dependencies.store.get(NEXT, scope)) ?? 0;
  }

  /** Throws `record.unknown`, `record.destroyed`, `record.destruction-pending`, `record.damaged`. */
  async document(scope: Hex, seq: number): Promise<JsonObject> {
    return (await this.reader.openForUse({ scope, seq })).document;
  }

  /** The active record of a business key, as far as this node knows. Throws `scope.unknown`. */
  async findByKey(scope: Hex, businessKey: string): Promise<number | undefined> {
    const { resource } = this.scopes.get(scope);
    if (resource === undefined) return undefined;
    const digest = fromHex(this.dependencies.keys.subject(resource, businessKey));
    return this.dependencies.store.get(SUBJECTS, { scope, digest });
  }

  /** Throws `record.not-final`, `record.destroyed`, `record.destruction-pending`, `record.damaged`, `batch.damaged`. */
  evidence(scope: Hex, seq: number, options: EvidenceOptions = {}): Promise<BuiltEvidence> {
    return this.evidences.build({ scope, seq }, options);
  }

  /** Resolves when the record has reached `state` or a later one, or an end of its own. Throws `record.timeout`, `record.unknown`. */
  async waitFor(
    scope: Hex,
    seq: number,
    state: RecordState,
    { timeoutMs }: { readonly timeoutMs: number },
  ): Promise<RecordView> {
    const { feed, timer } = this.dependencies;
    let wake: () => void = () => undefined;
    let expired = false;
    const unsubscribe = feed.subscribe((events) => {
      if (events.some((event) => event.scope === scope && event.first <= seq && seq < event.first + event.count))
        wake();
    });
    const cancel = timer(timeoutMs, () => {
      expired = true;
      wake();
    });
    try {
      for (;;) {
        const woken = new Promise<void>((resolve) => (wake = resolve));
        const view = await this.view(scope, seq);
        if (hasReached(view.state, state)) return view;
        if (expired) throw new RecordError("record.timeout", { seq, state });
        await woken;
      }
    } finally {
      cancel();
      unsubscribe();
    }
  }

  /** The batches of a scope from the one that holds number `from`, oldest first. */
  async batches(
    scope: Hex,
    { from = 0, limit }: { readonly from?: number; readonly limit: number },
  ): Promise<readonly (BatchView & { readonly state: RecordState })[]> {
    const start = (await this.reader.batchOf({ scope, seq: from }))?.first ?? from;
    const range = { gte: { scope, seq: start }, lte: { scope, seq: MAXIMUM_SEQ }, limit };
    const entries = await this.dependencies.store.page(BATCHES, range);
    return entries.map(([{ seq: first }, batch]) => ({ ...batchView({ first, batch }), state: batch.state }));
  }

  /** Events from now on, after they are durable. The listener must not throw. Returns the function that ends it. */
  subscribe(listener: (events: readonly LifeEvent[]) => void): () => void {
    return this.dependencies.feed.subscribe(listener);
  }

  /** Stored events after a cursor (0: from the beginning), oldest first. `oldest` is the first cursor still kept. */
  events(options: {
    readonly after: number;
    readonly limit: number;
  }): ReturnType<RecordServiceDependencies["feed"]["read"]> {
    return this.dependencies.feed.read(options);
  }

  async stats(): Promise<RecordStats> {
    const { store } = this.dependencies;
    const scopes: ScopeStats[] = [];
    for (const { scope, settings } of await this.scopes.all()) {
      const progress = await readProgress(store, scope);
      const waitingSince = await oldestUnanchored(store, scope, progress);
      scopes.push({ scope, kind: settings.kind, ...progress, ...(waitingSince !== undefined && { waitingSince }) });
    }
    const { accepted, refused, duplicates } = this.intake.counters;
    return {
      scopes,
      acceptedSinceStart: accepted,
      refusedSinceStart: refused,
      duplicatesSinceStart: duplicates,
      waiting: this.intake.waiting,
    };
  }

  /** Refuses new inputs; resolves when everything queued is durable. */
  close(): Promise<void> {
    return this.intake.close();
  }

  /** Once a start: numbers given on a store that lost some would be anchored by nobody. */
  private compareWithChain(scope: Hex): Promise<void> {
    // One comparison for all calls that wait: they go on in the order in which they came.
    const running = this.comparing.get(scope);
    if (running !== undefined) return running;
    if (this.compared.has(scope)) return Promise.resolve();
    const comparison = this.compare(scope).finally(() => this.comparing.delete(scope));
    this.comparing.set(scope, comparison);
    return comparison;
  }

  private async compare(scope: Hex): Promise<void> {
    const { store, gate, identity, log } = this.dependencies;
    // Of what this process has written itself there is no doubt, and a write may be under way.
    if (!this.whole.has(scope) && !(await areCursorsWhole(store, scope)))
      throw new RecordError("scope.damaged", { seq: await this.count(scope) });
    this.whole.add(scope);
    let head;
    try {
      head = await gate.headOf(scope);
    } catch (error) {
      // Intake goes on without the chain; the comparison happens at the next call, and before anchoring in any case.
      log.warn(
        { scope, error: error instanceof Error ? error.name : "unknown" },
        "the chain cannot be read; intake goes on",
      );
      return;
    }
    if (head === undefined) throw new RecordError("scope.not-open");
    if (head.holder !== identity.department) throw new RecordError("scope.not-held");
    const local = await this.count(scope);
    if (head.next > local) throw new RecordError("scope.behind", { chain: head.next, local });
    this.compared.add(scope);
  }
}

function hasReached(state: RecordState, wanted: RecordState): boolean {
  if (state === wanted || state === "refused" || state === "destroyed") return true;
  return ORDER.indexOf(state) >= ORDER.indexOf(wanted) && ORDER.includes(wanted);
}
