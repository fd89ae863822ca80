import { fromHex, type Hex } from "../../sdk/protocol/bytes.ts";
import type { JsonObject } from "../../sdk/protocol/json.ts";
import type { Clock, Timer } from "../ports.ts";
import { CONTENTS, SUBJECTS } from "../storage/keyspaces.ts";
import { KeyedSerial } from "../storage/serial.ts";
import type { Operation } from "../storage/store.ts";
import { prepare, type PreparedRecord } from "./checks.ts";
import { RecordError } from "./errors.ts";
import type { EventFeed } from "./events.ts";
import { Group, type Candidate, type GroupDependencies, type GroupItem } from "./group.ts";
import type { LedgerGate } from "./ledger-gate.ts";
import { inputTexts, readInput, type InputsTask, type PreparedInputs } from "./prepare-inputs.ts";
import { isRefusal, type AcceptedRecord, type RecordInput, type RecordRefusal, type ScopeInfo } from "./model.ts";

/** Records in one synced write at most. More share one disk sync; fewer bound the time that the event loop is held. */
export const GROUP_MAXIMUM_RECORDS = 256;
/**
 * How long the first record of a group waits at most for others that are being prepared. When none are, it does not wait;
 * while a group is being written the next one fills anyway.
 */
export const GROUP_WAIT_MS = 2;
/** Records that may wait for a group before `intake.busy`: bounds memory, about 10 kB a record. */
export const MAXIMUM_WAITING_RECORDS = 4096;
/** From so many inputs of one call on they are prepared in another thread: fewer are done before they would have arrived there. */
const MANY_INPUTS = 16;
/** Records prepared or numbered before other work gets its turn. */
const TURN_RECORDS = 16;

export interface IntakeOptions {
  readonly groupMaximumRecords?: number;
  readonly groupWaitMs?: number;
  readonly maximumWaitingRecords?: number;
}

export interface IntakeDependencies extends GroupDependencies {
  readonly feed: EventFeed;
  readonly gate: LedgerGate;
  readonly clock: Clock;
  readonly timer: Timer;
  /** Prepares many inputs in another thread. Default: in this one. */
  readonly prepareInputs?: ((task: InputsTask) => Promise<PreparedInputs>) | undefined;
}

/** More operations for the same synced write as a record. */
export type Along = (record: AcceptedRecord, document: JsonObject) => readonly Operation[];
export type Result = AcceptedRecord | RecordRefusal;

interface Waiting extends GroupItem {
  readonly resolve: (result: Result) => void;
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
  private freeing: (() => void)[] = [];
  private readonly calls = new Set<Promise<unknown>>();
  private readonly orders = new KeyedSerial();
  private working = false;
  /** Ends the wait for company. */
  private start: () => void = () => undefined;
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
  async accept(info: ScopeInfo, inputs: readonly RecordInput[], along?: Along): Promise<readonly Result[]> {
    const release = this.reserve(inputs.length);
    if (release === undefined) throw this.busy();
    try {
      return await this.take(() => this.run(info, () => this.prepareAll(info, inputs, along)));
    } finally {
      release();
    }
  }

  /** As `accept`, for what was prepared elsewhere under a reservation. */
  acceptPrepared(info: ScopeInfo, candidates: readonly Candidate[]): Promise<readonly Result[]> {
    return this.take(() => this.run(info, () => Promise.resolve(candidates)));
  }

  /** Room for records until the returned function is called; undefined when there is none now. */
  reserve(count: number): (() => void) | undefined {
    // More than the bound is taken when nothing else waits: its memory is the caller's already.
    if (this.claimed > 0 && this.claimed + count > this.options.maximumWaitingRecords) return undefined;
    this.claimed += count;
    return () => {
      this.claimed -= count;
      const waiting = this.freeing;
      this.freeing = [];
      for (const wake of waiting) wake();
    };
  }

  /** Resolves when some reservation has ended. */
  freed(): Promise<void> {
    return new Promise((resolve) => this.freeing.push(resolve));
  }

  busy(): RecordError {
    return new RecordError("intake.busy", { waiting: this.claimed });
  }

  /** Refuses new inputs and waits until what was taken is written. */
  async close(): Promise<void> {
    this.closed = true;
    await Promise.allSettled(this.calls);
  }

  private async take(action: () => Promise<readonly Result[]>): Promise<readonly Result[]> {
    if (this.closed) throw new RecordError("intake.closed");
    const call = action();
    this.calls.add(call);
    try {
      return await call;
    } finally {
      this.calls.delete(call);
    }
  }

  private async run(
    info: ScopeInfo,
    candidates: () => Promise<readonly (Candidate | RecordRefusal)[]>,
  ): Promise<readonly Result[]> {
    const preparing = candidates();
    preparing.catch(() => undefined); // Awaited in its turn.
    // Calls take turns until they are queued, so that a later one of the same scope does not overtake an earlier one.
    const queued = await this.orders.run(info.scope, async () => {
      const items = await this.judge(info, await preparing);
      return { results: items.map(async (item) => (isItem(item) ? this.enqueue(item) : item)) };
    });
    const results = await Promise.all(queued.results);
    for (const result of results) this.count(result);
    return results;
  }

  private async prepareAll(
    info: ScopeInfo,
    inputs: readonly RecordInput[],
    along: Along | undefined,
  ): Promise<readonly (Candidate | RecordRefusal)[]> {
    const { keys } = this.dependencies;
    const candidates: (Candidate | RecordRefusal)[] = [];
    const elsewhere = await this.prepareElsewhere(info, inputs);
    for (const [at, input] of inputs.entries()) {
      const prepared = elsewhere[at] ?? prepare({ info, input, dataKey: keys.newDataKey() }, keys);
      if ("error" in prepared) candidates.push(prepared);
      else candidates.push({ prepared, ...(along && { along: (record) => along(record, input.document) }) });
      if (candidates.length % TURN_RECORDS === 0) await turn();
    }
    return candidates;
  }

  /** Prepared in another thread: what has an entry. The rest is for this one, which also says why an input is refused. */
  private async prepareElsewhere(
    { scope, hash, kind }: ScopeInfo,
    inputs: readonly RecordInput[],
  ): Promise<readonly (PreparedRecord | undefined)[]> {
    const { keys, prepareInputs } = this.dependencies;
    const isPlain = kind === "journal" && inputs.every(({ idempotencyKey }) => idempotencyKey === undefined);
    if (prepareInputs === undefined || !isPlain || inputs.length < MANY_INPUTS) return [];
    const dataKeys = keys.newDataKeys(inputs.length);
    const { content: contentKey } = keys.indexKeys(scope);
    const prepared = await prepareInputs({ scope, hash, contentKey, inputs: inputTexts(inputs), dataKeys });
    return inputs.map((input, at) => readInput(at, prepared, { input, dataKeys }));
  }

  /** Notes which candidates have a predecessor that the chain ended for good: it no longer stands in the way. */
  private async judge(
    info: ScopeInfo,
    candidates: readonly (Candidate | RecordRefusal)[],
  ): Promise<readonly (GroupItem | RecordRefusal)[]> {
    const ended = await this.endedPredecessors(
      info.scope,
      candidates.flatMap((candidate) => (isRefused(candidate) ? [] : [candidate.prepared])),
    );
    return candidates.map((candidate) => {
      if (isRefused(candidate)) return candidate;
      const { subject } = candidate.prepared;
      const endedPredecessor = subject === undefined ? undefined : ended.get(subject);
      return { info, ...candidate, ...(endedPredecessor !== undefined && { endedPredecessor }) };
    });
  }

  /** By subject. */
  private async endedPredecessors(
    scope: Hex,
    prepared: readonly Candidate["prepared"][],
  ): Promise<ReadonlyMap<Hex, number>> {
    const { store, gate } = this.dependencies;
    const items = prepared.flatMap((item) => (item.subject === undefined ? [] : [{ ...item, subject: item.subject }]));
    const ended = new Map<Hex, number>();
    const digests = items.map(({ subject }) => ({ scope, digest: fromHex(subject) }));
    const active = await store.getMany(SUBJECTS, digests);
    for (const [i, { subject, parents, content }] of items.entries()) {
      const seq = active[i];
      if (seq === undefined || parents.some((parent) => parent.seq === seq)) continue;
      // Nothing stands in the way of what was accepted before.
      if ((await store.get(CONTENTS, { scope, digest: content })) !== undefined) continue;
      // A chain that cannot be read says nothing: the active record then still stands in the way.
      if (await gate.isTerminal(scope, seq).catch(() => false)) ended.set(subject, seq);
    }
    return ended;
  }

  private enqueue(item: GroupItem): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.queue.push({ ...item, resolve, reject });
      if (!this.working) void this.work();
      else if (this.isComplete) this.start();
    });
  }

  /** A whole group, or everything that is on its way. */
  private get isComplete(): boolean {
    return this.queue.length >= Math.min(this.options.groupMaximumRecords, this.claimed);
  }

  /** Builds one group while the one before it is being written. */
  private async work(): Promise<void> {
    this.working = true;
    await this.company();
    let before: Group | undefined;
    let writing = Promise.resolve(true);
    while (this.queue.length > 0) {
      const items = this.queue.slice(0, this.options.groupMaximumRecords);
      this.queue = this.queue.slice(items.length);
      let built = await this.build(items, before);
      // What a failed write leaves behind only the store knows: the group is built again on that.
      if (!(await writing) && before !== undefined) built = await this.build(items, undefined);
      built?.group.detach();
      before = built?.group;
      writing = built === undefined ? Promise.resolve(true) : this.write(items, built);
      // Whoever waits for this write may bring the next items.
      if (this.queue.length === 0) await writing;
    }
    this.working = false;
  }

  private async company(): Promise<void> {
    if (this.isComplete) return;
    await new Promise<void>((resolve) => {
      const cancel = this.dependencies.timer(this.options.groupWaitMs, resolve);
      this.start = () => {
        cancel();
        resolve();
      };
    });
    this.start = () => undefined;
  }

  /** Undefined when it failed: its callers have been told. */
  private async build(items: readonly Waiting[], after: Group | undefined): Promise<Built | undefined> {
    try {
      const at = Math.floor(this.dependencies.clock() / 1000);
      const group = new Group({ at, after }, this.dependencies);
      await group.prefetch(items);
      const results: Result[] = [];
      for (const item of items) {
        results.push(await group.add(item));
        if (results.length % TURN_RECORDS === 0) await turn();
      }
      return { group, results };
    } catch (error) {
      for (const item of items) item.reject(error);
      return undefined;
    }
  }

  /** Whether the group is durable. */
  private async write(items: readonly Waiting[], { group, results }: Built): Promise<boolean> {
    try {
      // Crash before this line: no number was given and nobody was told. After it: each record is durable under its number,
      // told or not; a caller who was not told sends the same content again and gets the same record.
      if (group.operations.length > 0) await this.dependencies.feed.commit(group.operations, group.events);
      items.forEach((item, i) => item.resolve(results[i] as Result)); // One result an item.
      return true;
    } catch (error) {
      for (const item of items) item.reject(error);
      return false;
    }
  }

  private count(result: Result): void {
    if (isRefusal(result)) this.counters.refused++;
    else if (result.duplicate) this.counters.duplicates++;
    else this.counters.accepted++;
  }
}

interface Built {
  readonly group: Group;
  readonly results: readonly Result[];
}

const isItem = (item: GroupItem | RecordRefusal): item is GroupItem => "prepared" in item;
const isRefused = (candidate: Candidate | RecordRefusal): candidate is RecordRefusal => "error" in candidate;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
