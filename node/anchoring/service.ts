import { ChainError } from "../../sdk/chain/errors.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import type { FollowerListener } from "../chain/follower.ts";
import type { Log, Timer } from "../ports.ts";
import { areCursorsWhole, readProgress } from "../records/progress.ts";
import type { ScopeRegistry } from "../records/scopes.ts";
import type { AcceptedRecord, LifeEvent } from "../records/model.ts";
import { SCOPES } from "../storage/keyspaces.ts";
import { KeyedSerial } from "../storage/serial.ts";
import { Alarm } from "./errors.ts";
import { reanchor } from "./reanchoring.ts";
import { ScopeAnchorer, type AnchorerDependencies } from "./scope-anchorer.ts";
import { RETRY_MAXIMUM_MS, withDefaults, type AnchoringOptions } from "./tunables.ts";
import { voidRecord, type VoidingDependencies } from "./voiding.ts";

export interface AnchoringDependencies extends AnchorerDependencies, VoidingDependencies {
  readonly scopes: ScopeRegistry;
  readonly timer: Timer;
  readonly log: Log;
}

export interface RaisedAlarm {
  readonly scope: Hex;
  readonly alarm: Alarm;
  /** Seconds. */
  readonly at: number;
}

interface Slot {
  cancel: (() => void) | undefined;
  /** When the timer fires, in milliseconds. */
  dueAt: number;
  running: boolean;
  again: boolean;
  backlog: number;
  /** When the oldest record that no attempt has looked at was accepted, in milliseconds. */
  since: number | undefined;
  failures: number;
  awaitingFinality: boolean;
}

/** Decides when each scope is sealed and anchored; ScopeAnchorer does it. */
export class Anchoring implements FollowerListener {
  private readonly options: Required<AnchoringOptions>;
  private readonly dependencies: AnchoringDependencies;
  private readonly anchorer: ScopeAnchorer;
  private readonly slots = new Map<Hex, Slot>();
  private readonly raised = new Map<Hex, RaisedAlarm>();
  /** Scopes whose cursors were held against their records since the start. */
  private readonly whole = new Set<Hex>();
  private readonly scopeWork = new KeyedSerial();
  private readonly ready: Hex[] = [];
  private readonly runs = new Set<Promise<void>>();
  private unsubscribe: () => void = () => undefined;
  private closed = false;

  constructor(options: AnchoringOptions, dependencies: AnchoringDependencies) {
    this.options = withDefaults(options);
    this.dependencies = dependencies;
    this.anchorer = new ScopeAnchorer(this.options, dependencies);
  }

  /** Takes up every scope with unfinished work, then whatever is accepted. Reads the cursors of a scope, no history. */
  async start(): Promise<void> {
    const { store, feed, scopes } = this.dependencies;
    this.unsubscribe = feed.subscribe((events) => this.notice(events));
    for (const { scope } of await scopes.all()) {
      const { accepted, final } = await readProgress(store, scope);
      try {
        // Records that no cursor counts would wait for ever, and nobody would be told.
        await this.requireWholeCursors(scope);
        if (accepted > final) this.wake(scope, 0);
      } catch (error) {
        if (!(error instanceof Alarm)) throw error;
        this.raise(scope, error);
      }
    }
  }

  /** Scopes that have stopped until somebody has looked. */
  get alarms(): readonly RaisedAlarm[] {
    return [...this.raised.values()];
  }

  /** Scopes whose last attempt failed and is tried again, with the number of failures. */
  get retrying(): readonly { readonly scope: Hex; readonly failures: number }[] {
    return [...this.slots].flatMap(([scope, { failures }]) => (failures > 0 ? [{ scope, failures }] : []));
  }

  /** Seals and anchors what waits in a scope now instead of after `sealAfterMs`. */
  hurry(scope: Hex): void {
    this.wake(scope, 0);
  }

  /** Starts a stopped scope again, from a fresh comparison with the chain. */
  resume(scope: Hex): void {
    this.raised.delete(scope);
    this.whole.delete(scope);
    this.anchorer.doubt(scope);
    this.wake(scope, 0);
  }

  /** Anchors anew what the chain lost although it was final; an operator's decision. Returns the number of batches. Throws Alarm, ChainError. */
  async reanchor(scope: Hex): Promise<number> {
    const batches = await this.scopeWork.run(scope, () => reanchor(scope, this.dependencies));
    this.resume(scope);
    return batches;
  }

  /** Fills a damaged number, which no signed transaction covers, with a void record. Throws RecordError `record.not-voidable`, `record.unknown`. */
  void(scope: Hex, seq: number, reason: string): Promise<AcceptedRecord> {
    return this.scopeWork.run(scope, () => voidRecord({ scope, seq, reason }, this.dependencies));
  }

  onReorganisation(): Promise<void> {
    // Compared with the chain before the next step; after a crash every scope is.
    for (const scope of this.slots.keys()) this.anchorer.doubt(scope);
    this.wakeWaiting();
    return Promise.resolve();
  }

  onFinal(): Promise<void> {
    this.wakeWaiting();
    return Promise.resolve();
  }

  /** Starts nothing more. What runs ends when the sender is closed. */
  stop(): void {
    this.closed = true;
    this.unsubscribe();
    for (const slot of this.slots.values()) slot.cancel?.();
  }

  async close(): Promise<void> {
    this.stop();
    while (this.runs.size > 0) await Promise.all(this.runs);
  }

  private notice(events: readonly LifeEvent[]): void {
    for (const { scope, change, count } of events) {
      if (change !== "accepted") continue;
      const slot = this.slotOf(scope);
      slot.backlog += count;
      slot.since ??= this.dependencies.clock();
      this.wake(scope, slot.backlog >= this.options.batchMaximumRecords ? 0 : this.companyMs(slot));
    }
  }

  /** How long the oldest waiting record still waits for company. */
  private companyMs({ since }: Slot): number {
    const now = this.dependencies.clock();
    return Math.max(0, (since ?? now) + this.options.sealAfterMs - now);
  }

  private wakeWaiting(): void {
    for (const [scope, slot] of this.slots) if (slot.awaitingFinality) this.wake(scope, 0);
  }

  private slotOf(scope: Hex): Slot {
    let slot = this.slots.get(scope);
    if (slot === undefined) {
      slot = {
        cancel: undefined,
        dueAt: 0,
        running: false,
        again: false,
        backlog: 0,
        since: undefined,
        failures: 0,
        awaitingFinality: false,
      };
      this.slots.set(scope, slot);
    }
    return slot;
  }

  private wake(scope: Hex, delayMs: number): void {
    if (this.closed || this.raised.has(scope)) return;
    const slot = this.slotOf(scope);
    if (slot.running) {
      slot.again = true;
      return;
    }
    const dueAt = this.dependencies.clock() + delayMs;
    if (slot.cancel !== undefined && slot.dueAt <= dueAt) return;
    slot.cancel?.();
    slot.dueAt = dueAt;
    slot.cancel = this.dependencies.timer(delayMs, () => {
      slot.cancel = undefined;
      slot.running = true;
      this.ready.push(scope);
      this.runReady();
    });
  }

  private runReady(): void {
    while (this.runs.size < this.options.concurrentScopes) {
      const scope = this.ready.shift();
      if (scope === undefined) return;
      const run = this.run(scope).finally(() => {
        this.runs.delete(run);
        this.runReady();
      });
      this.runs.add(run);
    }
  }

  private async run(scope: Hex): Promise<void> {
    const slot = this.slotOf(scope);
    const next = this.closed ? undefined : await this.attempt(scope, slot);
    slot.running = false;
    const { again } = slot;
    slot.again = false;
    if (next !== undefined) this.wake(scope, next);
    else if (again) this.wake(scope, this.companyMs(slot));
  }

  /** The pause until the next attempt, if one is needed. */
  private async attempt(scope: Hex, slot: Slot): Promise<number | undefined> {
    const { store, log } = this.dependencies;
    try {
      const settings = await store.get(SCOPES, scope);
      if (settings === undefined) return undefined;
      slot.backlog = 0;
      slot.since = undefined;
      await this.requireWholeCursors(scope);
      const { hash } = settings;
      const advance = await this.scopeWork.run(scope, () => this.anchorer.advance({ scope, hash }));
      slot.failures = 0;
      slot.awaitingFinality = advance.awaitingFinality;
      return advance.unsealed > 0 ? this.companyMs(slot) : undefined;
    } catch (error) {
      if (this.closed) return undefined;
      // An endpoint that was away has changed nothing; anything else is a reason to look at both sides again.
      if (!(error instanceof ChainError)) this.anchorer.doubt(scope);
      if (error instanceof Alarm) {
        this.raise(scope, error);
        return undefined;
      }
      slot.failures++;
      log.warn({ scope, code: codeOf(error), failures: slot.failures }, "a scope could not be anchored; trying again");
      return Math.min(this.options.retryFirstMs * 2 ** (slot.failures - 1), RETRY_MAXIMUM_MS);
    }
  }

  private async requireWholeCursors(scope: Hex): Promise<void> {
    const { store } = this.dependencies;
    if (this.whole.has(scope)) return;
    if (!(await areCursorsWhole(store, scope))) {
      const { accepted, final } = await readProgress(store, scope);
      throw new Alarm("alarm.cursor-damaged", { accepted, final });
    }
    this.whole.add(scope);
  }

  private raise(scope: Hex, alarm: Alarm): void {
    const { clock, log } = this.dependencies;
    this.raised.set(scope, { scope, alarm, at: Math.floor(clock() / 1000) });
    log.error({ scope, code: alarm.code, ...alarm.values }, "the anchoring of a scope has stopped");
  }
}

const codeOf = (error: unknown): string =>
  typeof error === "object" && error !== null && "code" in error && typeof error.code === "string"
    ? error.code
    : "unknown";
