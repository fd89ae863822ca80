import { fromHex, type Hex } from "../../sdk/protocol/bytes.ts";
import type { Clock, Timer } from "../ports.ts";
import { CONTENTS, SUBJECTS } from "../storage/keyspaces.ts";
import { KeyedSerial } from "../storage/serial.ts";
import { prepare, type PreparedRecord } from "./checks.ts";
import { RecordError } from "./errors.ts";
import type { EventFeed } from "./events.ts";
import { Group, type GroupDependencies, type GroupItem } from "./group.ts";
import type { LedgerGate } from "./ledger-gate.ts";
import { isRefusal, type AcceptedRecord, type RecordInput, type RecordRefusal, type ScopeInfo } from "./model.ts";
import type { SchemaRegistry } from "./schemas.ts";

/** Records in one synced write at most. More share one disk sync; fewer bound the time that the event loop is held. */
export const GROUP_MAXIMUM_RECORDS = 256;
/** How long the first record of a group waits for company. While a group is being written the next one fills anyway. */
export const GROUP_WAIT_MS = 2;
/** Records that may wait for a group before `intake.busy`: bounds memory, about 20 kB a record. */
export const MAXIMUM_WAITING_RECORDS = 4096;
/** Records checked or committed before other work gets its turn. */
const TURN_RECORDS = 16;

export interface IntakeOptions {
  readonly groupMaximumRecords?: number;
  readonly groupWaitMs?: number;
  readonly maximumWaitingRecords?: number;
}

export interface IntakeDependencies extends GroupDependencies {
  readonly schemas: SchemaRegistry;
  readonly feed: EventFeed;
  readonly gate: LedgerGate;
  readonly clock: Clock;
  readonly timer: Timer;
}

export type Along = NonNullable<GroupItem["along"]>;

interface Waiting extends GroupItem {
  readonly resolve: (result: AcceptedRecord | RecordRefusal) => void;
  readonly reject: (error: unknown) => void;
}

export interface IntakeCounters {
  accepted: number;
  refused: number;
  duplicates: number;
}

/** Turns inputs into durable, numbered records, many to a disk sync. */
export class Intake {
  readonly counters: IntakeCounters = { accepted: 0, refused: 0, duplicates: 0 };
  private readonly options: Required<IntakeOptions>;
  private readonly dependencies: IntakeDependencies;
  private queue: Waiting[] = [];
  private claimed = 0;
  private readonly calls = new Set<Promise<unknown>>();
  private readonly orders = new KeyedSerial();
  private working: Promise<void> | undefined;
  private closed = false;

  constructor(options: IntakeOptions, dependencies: IntakeDependencies) {
    this.options = {
      groupMaximumRecords: options.groupMaximumRecords ?? GROUP_MAXIMUM_RECORDS,
      groupWaitMs: options.groupWaitMs ?? GROUP_WAIT_MS,
      maximumWaitingRecords: options.maximumWaitingRecords ?? MAXIMUM_WAITING_RECORDS,
    };
    this.dependencies = dependencies;
  }

  get waiting(): number {
    return this.claimed;
  }

  /** One result an input, in order; all of one call keep their order. Throws `intake.busy`, `intake.closed`, `storage.*`. */
  async accept(
    info: ScopeInfo,
    inputs: readonly RecordInput[],
    along?: Along,
  ): Promise<readonly (AcceptedRecord | RecordRefusal)[]> {
    const call = this.take(info, inputs, along);
    this.calls.add(call);
    try {
      return await call;
    } finally {
      this.calls.delete(call);
    }
  }

  /** Refuses new inputs and waits until what was taken is written. */
  async close(): Promise<void> {
    this.closed = true;
    await Promise.allSettled(this.calls);
  }

  private async take(
    info: ScopeInfo,
    inputs: readonly RecordInput[],
    along: Along | undefined,
  ): Promise<readonly (AcceptedRecord | RecordRefusal)[]> {
    if (this.closed) throw new RecordError("intake.closed");
    // A call larger than the bound is taken when nothing else waits: its memory is the caller's already.
    if (this.claimed > 0 && this.claimed + inputs.length > this.options.maximumWaitingRecords) {
      throw new RecordError("intake.busy", { waiting: this.claimed });
    }
    this.claimed += inputs.length;
    try {
      // Checking takes turns, so that a later call of the same scope does not overtake an earlier one.
      const queued = await this.orders.run(info.scope, async () => {
        const prepared = await this.prepareAll(info, inputs, along);
        return { results: prepared.map(async (item) => (isItem(item) ? this.enqueue(item) : item)) };
      });
      const results = await Promise.all(queued.results);
      for (const result of results) this.count(result);
      return results;
    } finally {
      this.claimed -= inputs.length;
    }
  }

  private async prepareAll(
    info: ScopeInfo,
    inputs: readonly RecordInput[],
    along: Along | undefined,
  ): Promise<(GroupItem | RecordRefusal)[]> {
    const prepared: (PreparedRecord | RecordRefusal)[] = [];
    for (const input of inputs) {
      prepared.push(prepare({ info, input }, this.dependencies));
      if (prepared.length % TURN_RECORDS === 0) await turn();
    }
    const ended = await this.endedPredecessors(info.scope, prepared);
    return prepared.map((item) => {
      if ("error" in item) return item;
      const predecessor = item.subject === undefined ? undefined : ended.get(item.subject);
      const endedPredecessor = predecessor === undefined ? {} : { endedPredecessor: predecessor };
      return { info, prepared: item, ...endedPredecessor, ...(along && { along }) };
    });
  }

  /** Active records that the chain ended for good: they no longer stand in the way of a new one. By subject. */
  private async endedPredecessors(
    scope: Hex,
    prepared: readonly (PreparedRecord | RecordRefusal)[],
  ): Promise<ReadonlyMap<Hex, number>> {
    const { store, gate } = this.dependencies;
    const items = prepared.flatMap((item) =>
      "error" in item || item.subject === undefined ? [] : [{ ...item, subject: item.subject }],
    );
    const [active, known] = await Promise.all([
      store.getMany(
        SUBJECTS,
        items.map(({ subject }) => ({ scope, digest: fromHex(subject) })),
      ),
      store.getMany(
        CONTENTS,
        items.map(({ content }) => ({ scope, digest: content })),
      ),
    ]);
    const ended = new Map<Hex, number>();
    for (const [i, { subject, parents }] of items.entries()) {
      const seq = active[i];
      // Nothing stands in the way of what was accepted before, nor of what names its predecessor.
      if (seq === undefined || known[i] !== undefined || parents.some((parent) => parent.seq === seq)) continue;
      // A chain that cannot be read says nothing: the active record then still stands in the way.
      if (await gate.isTerminal(scope, seq).catch(() => false)) ended.set(subject, seq);
    }
    return ended;
  }

  private enqueue(item: GroupItem): Promise<AcceptedRecord | RecordRefusal> {
    return new Promise((resolve, reject) => {
      this.queue.push({ ...item, resolve, reject });
      this.working ??= this.work();
    });
  }

  private async work(): Promise<void> {
    if (this.queue.length < this.options.groupMaximumRecords) {
      await new Promise<void>((resolve) => this.dependencies.timer(this.options.groupWaitMs, resolve));
    }
    while (this.queue.length > 0) {
      const items = this.queue.slice(0, this.options.groupMaximumRecords);
      this.queue = this.queue.slice(items.length);
      await this.write(items);
    }
    this.working = undefined;
  }

  private async write(items: readonly Waiting[]): Promise<void> {
    try {
      const at = Math.floor(this.dependencies.clock() / 1000);
      const group = new Group({ at }, this.dependencies);
      await group.prefetch(items);
      const results: (AcceptedRecord | RecordRefusal)[] = [];
      for (const item of items) {
        results.push(await group.add(item));
        if (results.length % TURN_RECORDS === 0) await turn();
      }
      // Crash before this line: no number was given and nobody was told. After it: each record is durable under its number,
      // told or not; a caller who was not told sends the same content again and gets the same record.
      if (group.operations.length > 0) await this.dependencies.feed.commit(group.operations, group.events);
      items.forEach((item, i) => item.resolve(results[i] as AcceptedRecord | RecordRefusal)); // One result an item.
    } catch (error) {
      for (const item of items) item.reject(error);
    }
  }

  private count(result: AcceptedRecord | RecordRefusal): void {
    if (isRefusal(result)) this.counters.refused++;
    else if (result.duplicate) this.counters.duplicates++;
    else this.counters.accepted++;
  }
}

const isItem = (item: GroupItem | RecordRefusal): item is GroupItem => "prepared" in item;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
