import { findBlock } from "../../sdk/chain/blocks.ts";
import type { LedgerConnection } from "../../sdk/chain/connection.ts";
import { isRevert } from "../../sdk/chain/errors.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import type { HashName } from "../../sdk/protocol/hash.ts";
import type { RecentView } from "../chain/recent-view.ts";
import type { Sender } from "../chain/sender.ts";
import type { Clock, Timer } from "../ports.ts";
import type { EventFeed } from "../records/events.ts";
import type { Identity } from "../records/ledger-gate.ts";
import { endOf, openBatches } from "../records/progress.ts";
import type { RecordRange } from "../records/batch-tree.ts";
import type { FoundBatch } from "../records/reader.ts";
import { BATCHES, FINAL, NEXT, type StoredAnchor, type StoredBatch, type StoredEvent } from "../storage/keyspaces.ts";
import { put, type Operation } from "../storage/store.ts";
import { anchorInReceipt, callOf, compareBatch } from "./chain-side.ts";
import { Alarm } from "./errors.ts";
import { proofread, ReadBack, type ProofReadingDependencies } from "./proof-reading.ts";
import { ReadAhead } from "./read-ahead.ts";
import { sealNext, type SealLimits } from "./sealer.ts";

export interface AnchorerDependencies extends ProofReadingDependencies {
  readonly feed: EventFeed;
  readonly sender: Sender;
  readonly connection: LedgerConnection;
  readonly recent: RecentView;
  readonly identity: Identity;
  readonly clock: Clock;
  readonly timer: Timer;
}

export interface AnchorerLimits extends SealLimits {
  readonly sealAfterMs: number;
}

export interface ScopeOptions {
  readonly scope: Hex;
  readonly hash: HashName;
}

interface SealNow {
  /** Fewer records than a batch may hold are sealed too. */
  readonly mayBePartial: boolean;
  readonly ahead: ReadAhead | undefined;
}

export interface Advance {
  /** Records that are in no batch yet. */
  readonly unsealed: number;
  /** Anchored batches that wait for finality. */
  readonly awaitingFinality: boolean;
}

const isWaiting = ({ batch: { state } }: FoundBatch): boolean => state === "sealed" || state === "submitted";

export const anchorKey = (scope: Hex, first: number): string => `anchor/${scope}/${first}`;

/**
 * Takes the batches of one scope forward, one step after another, each durable before the next. The store and the chain
 * alone say where it stands, so that a restart runs the same code. The caller sees to it that a scope has one worker.
 */
export class ScopeAnchorer {
  private readonly limits: AnchorerLimits;
  private readonly dependencies: AnchorerDependencies;
  private readonly reconciled = new Set<Hex>();

  constructor(limits: AnchorerLimits, dependencies: AnchorerDependencies) {
    this.limits = limits;
    this.dependencies = dependencies;
  }

  /** The chain may have changed under this scope: compare it with the store before the next step. */
  doubt(scope: Hex): void {
    this.reconciled.delete(scope);
  }

  /**
   * Anchors what is sealed, seals what waits, and anchors that. Throws Alarm when the scope must stop; ChainError,
   * SenderError or StorageError when it is worth trying again.
   */
  async advance({ scope, hash }: ScopeOptions): Promise<Advance> {
    const { store, clock } = this.dependencies;
    if (!this.reconciled.has(scope)) await this.reconcile(scope);
    let ahead: ReadAhead | undefined;
    for (let mayBePartial = true; ;) {
      await this.finalise(scope);
      const waiting = (await openBatches(store, scope)).filter(isWaiting);
      const since = clock();
      const next = waiting[0] ?? (await this.seal({ scope, hash }, { mayBePartial, ahead }));
      if (next === undefined) break;
      if (waiting.length > 0) await this.proofreadAgain(scope, next);
      const anchoring = this.anchor(scope, next);
      const end = endOf(next);
      const range = { scope, hash, first: end, until: end + this.limits.batchMaximumRecords };
      ahead = new ReadAhead(range, this.dependencies);
      const reading = waiting.length > 1 ? undefined : ahead.readDuring(anchoring);
      // Neither goes on alone when the other has failed.
      await Promise.allSettled([anchoring, reading]);
      await anchoring;
      await reading;
      mayBePartial = waiting.length > 0 || clock() >= since + this.limits.sealAfterMs;
    }
    const open = await openBatches(store, scope);
    const last = open.at(-1);
    const sealed = last === undefined ? ((await store.get(FINAL, scope)) ?? 0) : endOf(last);
    return { unsealed: ((await store.get(NEXT, scope)) ?? 0) - sealed, awaitingFinality: open.length > 0 };
  }

  private async seal({ scope, hash }: ScopeOptions, { mayBePartial, ahead }: SealNow): Promise<FoundBatch | undefined> {
    const { store, feed } = this.dependencies;
    const minimumRecords = mayBePartial ? 1 : this.limits.batchMaximumRecords;
    const batchMaximumRecords = (await ahead?.recordsToSeal()) ?? this.limits.batchMaximumRecords;
    const sealing = await sealNext(
      { scope, hash, at: this.now(), limits: { ...this.limits, batchMaximumRecords }, minimumRecords },
      { store, rootOf: (range) => this.rootOf(range, ahead) },
    );
    if (sealing === undefined) return undefined;
    // Crash before this line: the records are in no batch and are sealed again, perhaps with others. After it: the range and root stand.
    await feed.commit(sealing.operations, sealing.events);
    return sealing;
  }

  private async rootOf(range: RecordRange, ahead: ReadAhead | undefined): Promise<Uint8Array> {
    const reading = ahead?.freshFor(range.first) ?? new ReadBack(range, this.dependencies);
    await reading.readTo(range.first + range.count);
    return reading.rootOf(range.count);
  }

  /** A batch that was sealed some time ago. What is signed already is not read again: whatever the disk says now, these bytes may be on chain. */
  private async proofreadAgain(scope: Hex, found: FoundBatch): Promise<void> {
    if (await this.dependencies.sender.isSigned(anchorKey(scope, found.first))) return;
    await proofread({ scope, found }, this.dependencies);
  }

  private async anchor(scope: Hex, found: FoundBatch): Promise<void> {
    const { sender, connection, identity } = this.dependencies;
    const key = anchorKey(scope, found.first);
    let transaction: Hex;
    try {
      const alongside = () => this.submitted(scope, found);
      ({ transaction } = await sender.submit({ key, call: callOf(scope, found), alongside }));
    } catch (error) {
      return this.afterRefusal(scope, found, error);
    }
    const department = identity.department;
    const anchor = await anchorInReceipt({ scope, found, transaction, department }, connection);
    if (anchor === undefined) throw new Alarm("alarm.event-mismatch", { first: found.first });
    await this.noteAnchored(scope, found, anchor);
  }

  private submitted(scope: Hex, { first, batch }: FoundBatch) {
    const at = this.now();
    const { count } = batch;
    const operations = [
      put(BATCHES, { scope, seq: first }, { ...batch, state: "submitted", submittedAt: at } as const),
    ];
    return { operations, events: [{ scope, first, count, change: "submitted", at }] as const };
  }

  /** A refusal by the contract says what the chain knows better; everything else is tried again. */
  private async afterRefusal(scope: Hex, found: FoundBatch, error: unknown): Promise<void> {
    if (isRevert(error, "ScopeNumberMismatch")) return this.reconcile(scope);
    if (isRevert(error, "SettlementOver")) throw new Alarm("alarm.settlement-over", { first: found.first }, error);
    if (isRevert(error, "StatusTerminal") || isRevert(error, "StatusUnchanged")) {
      // The earlier record is over already, by another decision: there is nothing to supersede.
      const over = Number(error.values["number"]);
      const superseded = found.batch.superseded.filter((number) => number !== over);
      if (superseded.length < found.batch.superseded.length) {
        return this.dependencies.store.write([
          put(BATCHES, { scope, seq: found.first }, { ...found.batch, superseded }),
        ]);
      }
    }
    throw error;
  }

  private async noteAnchored(scope: Hex, { first }: FoundBatch, anchor: StoredAnchor): Promise<void> {
    const batch = await this.batchAt(scope, first);
    const { count, root } = batch;
    const { time: at, block, transaction } = anchor;
    const anchored: StoredBatch = { ...batch, state: "anchored", anchor };
    const event: StoredEvent = { scope, first, count, change: "anchored", at, detail: { block, transaction, root } };
    const finality =
      this.dependencies.connection.finality.tag === "latest"
        ? this.final(scope, { first, batch: anchored })
        : undefined;
    // Crash before this line: the receipt, or the chain's slot, says the same at the next start.
    await this.dependencies.feed.commit(
      finality?.operations ?? [put(BATCHES, { scope, seq: first }, anchored)],
      finality === undefined ? [event] : [event, ...finality.events],
    );
  }

  private final(
    scope: Hex,
    found: FoundBatch,
  ): { readonly operations: readonly Operation[]; readonly events: readonly StoredEvent[] } {
    const { first, batch } = found;
    const at = this.now();
    return {
      operations: [
        put(BATCHES, { scope, seq: first }, { ...batch, state: "final", finalAt: at }),
        put(FINAL, scope, endOf(found)),
      ],
      events: [{ scope, first, count: batch.count, change: "final", at }],
    };
  }

  /** Makes anchored batches final whose block cannot be replaced any more. */
  private async finalise(scope: Hex): Promise<void> {
    const { store, feed, connection } = this.dependencies;
    const open = await openBatches(store, scope);
    if (open[0]?.batch.state !== "anchored") return;
    const { block: final } = await connection.reader("final");
    for (const found of open) {
      const { state, anchor } = found.batch;
      // In order: a batch behind one that was replaced waits until that one is back.
      if (state !== "anchored" || anchor === undefined || anchor.block > final.number) return;
      const block = await findBlock(connection.rpc, anchor.block);
      // Replaced by another block before anybody noticed.
      if (block?.hash !== anchor.blockHash) return this.reconcile(scope);
      const { operations, events } = this.final(scope, found);
      await feed.commit(operations, events);
    }
  }

  /**
   * Compares the store with the chain: batches of ours found on chain are anchored, whatever the store says; anchored ones
   * that are gone are sealed again, with a `reorged` event. Throws Alarm when the chain holds what is not ours.
   */
  private async reconcile(scope: Hex): Promise<void> {
    const { store, connection, recent, identity } = this.dependencies;
    const final = (await store.get(FINAL, scope)) ?? 0;
    const open = await openBatches(store, scope);
    const range = { gte: { scope, seq: 0 }, lt: { scope, seq: final }, reverse: true, limit: 1 };
    const [last] = final === 0 ? [] : await store.page(BATCHES, range);
    // An endpoint that has not reached the newest block with a batch of ours is behind: what it lacks is not gone.
    for (const batch of [...open.map((found) => found.batch), ...(last === undefined ? [] : [last[1]])])
      recent.saw(batch.anchor?.block ?? 0);
    const view = await recent.open();
    const next = (await view.head(scope))?.next ?? 0;
    if (next < final) throw new Alarm("alarm.chain-behind", { chain: next, local: final });
    for (const found of open) {
      const { first, batch } = found;
      const compared = await compareBatch({ scope, found, department: identity.department }, { connection, view });
      if (compared.kind === "foreign") throw new Alarm("alarm.foreign-anchor", { first });
      if (compared.kind === "nothing" && batch.state === "anchored") await this.noteReorganised(scope, found);
      if (compared.kind === "ours" && batch.anchor?.blockHash !== compared.anchor.blockHash) {
        if (batch.state === "anchored") await this.noteReorganised(scope, found);
        await this.noteAnchored(scope, found, compared.anchor);
      }
    }
    const newest = open.at(-1);
    const sealed = newest === undefined ? final : endOf(newest);
    if (next > sealed) throw new Alarm("alarm.foreign-anchor", { first: sealed });
    this.reconciled.add(scope);
  }

  private async noteReorganised(scope: Hex, { first }: FoundBatch): Promise<void> {
    const batch = await this.batchAt(scope, first);
    const { anchor: _gone, submittedAt: _before, ...kept } = batch;
    const { count } = batch;
    const event: StoredEvent = { scope, first, count, change: "reorged", at: this.now() };
    await this.dependencies.feed.commit([put(BATCHES, { scope, seq: first }, { ...kept, state: "sealed" })], [event]);
  }

  private async batchAt(scope: Hex, first: number): Promise<StoredBatch> {
    const batch = await this.dependencies.store.get(BATCHES, { scope, seq: first });
    if (batch === undefined) throw new Alarm("alarm.batch-damaged", { first });
    return batch;
  }

  private now(): number {
    return Math.floor(this.dependencies.clock() / 1000);
  }
}
