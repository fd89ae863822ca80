import type { LedgerConnection } from "../../sdk/chain/connection.ts";
import { toHex, type Hex } from "../../sdk/protocol/bytes.ts";
import type { DestructionIntent } from "../../sdk/protocol/destruction.ts";
import { parseKeySignature, type KeySignature } from "../../sdk/protocol/delivery.ts";
import type { Json, JsonObject } from "../../sdk/protocol/json.ts";
import type { Anchoring } from "../anchoring/service.ts";
import type { Clock, Log, Timer } from "../ports.ts";
import { RecordError } from "../records/errors.ts";
import type { Identity } from "../records/ledger-gate.ts";
import { isRefusal, type AcceptedRecord, type RecordService } from "../records/service.ts";
import type { ScopeSeq } from "../storage/codecs.ts";
import { DESTRUCTIONS, TOMBSTONES, type StoredDestruction, type StoredTombstone } from "../storage/keyspaces.ts";
import { Serial } from "../storage/serial.ts";
import { del, put } from "../storage/store.ts";
import { erase, sweep, type ErasureDependencies } from "./erasure.ts";
import { DestructionError } from "./errors.ts";
import { checkApprovals } from "./intent.ts";

/** How old a decision may be when it is submitted. */
export const DECISION_WINDOW_SECONDS = 24 * 60 * 60;
const CLOCK_TOLERANCE_SECONDS = 300;
const RETRY_FIRST_MS = 1000;
const RETRY_MAXIMUM_MS = 60_000;
const REASON_FORM = /^[a-z][a-z0-9-]{0,63}$/;

export interface DestructionRequest extends ScopeSeq {
  readonly reason: string;
  readonly at: number;
  readonly approvals: readonly KeySignature[];
}

export interface DestructionView extends ScopeSeq {
  /** `intended`: decided, the payload is no longer handed out. `deleted`: cannot be read any more. `swept`: gone from the files. `complete`: the key's epoch is erased, so that no copy of the data opens, and the journal says so. */
  readonly state: StoredDestruction["stage"] | "complete";
  readonly intent: StoredDestruction["intent"];
  readonly completion?: StoredTombstone["completion"];
}

export interface DestructionDependencies extends ErasureDependencies {
  readonly records: RecordService;
  readonly anchoring: Anchoring;
  readonly connection: LedgerConnection;
  readonly identity: Identity;
  /** Scope of the department's journal. */
  readonly journal: Hex;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly log: Log;
}

/** Destroys payloads on the decision of two people: decision anchored and final, deletion, sweep, erasure of the key's epoch, completion anchored. */
export class Destruction {
  private readonly dependencies: DestructionDependencies;
  private readonly runs = new Map<string, Promise<void>>();
  private readonly pauses = new Set<() => void>();
  private unsubscribe: () => void = () => undefined;
  private readonly requests = new Serial();
  /** What kept a destruction from going on the last time. */
  private readonly failures = new Map<string, string>();
  private finals = 0;
  private closed = false;

  constructor(dependencies: DestructionDependencies) {
    this.dependencies = dependencies;
  }

  /** Destructions that are decided and not complete. */
  get open(): number {
    return this.runs.size;
  }

  /** The code of what keeps a destruction from going on; undefined when nothing does. */
  get failing(): string | undefined {
    return this.failures.values().next().value;
  }

  /** Takes up every destruction that was decided and is not complete. */
  async start(): Promise<void> {
    const { store, feed, journal } = this.dependencies;
    this.unsubscribe = feed.subscribe((events) => {
      if (!events.some(({ scope, change }) => scope === journal && change === "final")) return;
      this.finals++;
      this.resumePaused();
    });
    for await (const [place] of store.iterate(DESTRUCTIONS)) this.run(place);
  }

  /**
   * Checks the decision and makes it durable as a record of the journal; the rest goes on by itself. Throws
   * DestructionError, RecordError `record.unknown`, `record.not-final`, `record.destroyed`, `record.destruction-pending`, ChainError.
   */
  request(request: DestructionRequest): Promise<DestructionView> {
    return this.requests.run(() => this.decide(request));
  }

  private async decide({ scope, seq, reason, at, approvals }: DestructionRequest): Promise<DestructionView> {
    const { records, connection, identity, journal, anchoring } = this.dependencies;
    const view = await records.view(scope, seq);
    if (view.state === "destroyed") throw new RecordError("record.destroyed", { seq });
    if (view.destructionPending) throw new RecordError("record.destruction-pending", { seq });
    if (view.state !== "final") throw new RecordError("record.not-final", { seq, state: view.state });
    if (!REASON_FORM.test(reason)) throw new DestructionError("destruction.reason");
    const now = this.now();
    if (at > now + CLOCK_TOLERANCE_SECONDS || at < now - DECISION_WINDOW_SECONDS)
      throw new DestructionError("destruction.time");
    const { record } = view;
    const intent: DestructionIntent = { ledger: identity.ledger, scope, seq, record, reason, at };
    const { department } = identity;
    await checkApprovals({ intent, approvals, department, time: now }, await connection.view("latest"));
    const document = {
      scope,
      seq,
      record,
      reason,
      at,
      approvals: approvals.map(({ key, signature }) => ({ key, signature })),
    };
    // The decision and the task that carries it out are one write: neither exists without the other.
    const [accepted] = await records.accept(journal, [{ kind: "destruction-intent", document }], (made) => {
      const job: StoredDestruction = {
        record,
        stage: "intended",
        intent: { scope: journal, seq: made.seq, record: made.record },
      };
      return [put(DESTRUCTIONS, { scope, seq }, job)];
    });
    if (accepted === undefined || isRefusal(accepted)) throw accepted?.error ?? new TypeError("no result");
    anchoring.hurry(journal);
    this.run({ scope, seq });
    return this.view(scope, seq);
  }

  /** Throws DestructionError `destruction.unknown`. */
  async view(scope: Hex, seq: number): Promise<DestructionView> {
    const { store } = this.dependencies;
    const place = { scope, seq };
    const [job, tombstone] = await Promise.all([store.get(DESTRUCTIONS, place), store.get(TOMBSTONES, place)]);
    if (job !== undefined) return { ...place, state: job.stage, intent: job.intent };
    if (tombstone === undefined) throw new DestructionError("destruction.unknown", { seq });
    const { intent, completion } = tombstone;
    return { ...place, state: "complete", intent, ...(completion && { completion }) };
  }

  async close(): Promise<void> {
    this.closed = true;
    this.unsubscribe();
    this.resumePaused();
    await Promise.all(this.runs.values());
  }

  private run(place: ScopeSeq): void {
    const name = nameOf(place);
    if (this.runs.has(name)) return;
    const run = this.carryOut(place).finally(() => this.runs.delete(name));
    this.runs.set(name, run);
  }

  private async carryOut(place: ScopeSeq): Promise<void> {
    const { store, log } = this.dependencies;
    for (let failures = 0; !this.closed;) {
      const job = await store.get(DESTRUCTIONS, place).catch(() => undefined);
      if (job === undefined) return;
      const seen = this.finals;
      try {
        const moved = await this.step(place, job);
        failures = 0;
        this.failures.delete(nameOf(place));
        if (!moved && seen === this.finals) await this.pause(RETRY_MAXIMUM_MS);
      } catch (error) {
        if (this.closed) return;
        failures++;
        this.failures.set(nameOf(place), codeOf(error));
        log.error(
          { ...place, stage: job.stage, code: codeOf(error), failures },
          "a destruction could not go on; trying again",
        );
        await this.pause(Math.min(RETRY_FIRST_MS * 2 ** (failures - 1), RETRY_MAXIMUM_MS));
      }
    }
  }

  /** One durable step; false when it must wait for the chain. */
  private async step(place: ScopeSeq, job: StoredDestruction): Promise<boolean> {
    const { store, log, keys } = this.dependencies;
    switch (job.stage) {
      case "intended": {
        if (!(await this.isIntentFinal(job))) return false;
        await this.recheck(place, job);
        await erase({ place, job, at: this.now() }, this.dependencies);
        return true;
      }
      case "deleted": {
        const { files, bytes, compactions } = await sweep({ place, probes: job.probes ?? [] }, { store });
        log.info(
          { ...place, files, bytes, compactions },
          "nothing of a destroyed payload remains in the store's files",
        );
        const { probes: _done, ...rest } = job;
        await store.write([put(DESTRUCTIONS, place, { ...rest, stage: "swept" })]);
        return true;
      }
      case "swept":
        // Crash before this line's end: the epoch is there or gone, and asking again is harmless.
        if (job.epoch !== undefined) await keys.retire(job.epoch);
        await this.complete(place, job);
        return true;
    }
  }

  private async isIntentFinal({ intent }: StoredDestruction): Promise<boolean> {
    return (await this.dependencies.records.view(intent.scope, intent.seq)).state === "final";
  }

  /** The stored task is not believed: the anchored decision must say the same, with signatures that were good when it was made. */
  private async recheck({ scope, seq }: ScopeSeq, job: StoredDestruction): Promise<void> {
    const { records, connection, identity } = this.dependencies;
    const { document, id, header } = await records.reader.restore(await records.reader.open(job.intent));
    const decision = decisionOf(document);
    const { record } = await records.view(scope, seq);
    const isSame = decision.scope === scope && decision.seq === seq && decision.record === record;
    if (!isSame || toHex(id) !== job.intent.record || header.kind !== "destruction-intent") {
      throw new DestructionError("destruction.intent-invalid");
    }
    const { reason, at, approvals } = decision;
    const { ledger, department } = identity;
    const intent = { ledger, scope, seq, record, reason, at };
    // As of acceptance: a key that ended afterwards was good when it signed, one distrusted since before then was not.
    await checkApprovals({ intent, approvals, department, time: header.issuedAt }, await connection.view("latest"));
  }

  private async complete(place: ScopeSeq, job: StoredDestruction): Promise<void> {
    const { records, store, journal, anchoring } = this.dependencies;
    const tombstone = await store.get(TOMBSTONES, place);
    const at = tombstone?.at ?? this.now();
    const document = { ...place, record: job.record, intent: job.intent.record, at };
    const ending = ({ seq, record }: AcceptedRecord) => [
      put(TOMBSTONES, place, { at, intent: job.intent, completion: { scope: journal, seq, record } }),
      del(DESTRUCTIONS, place),
    ];
    const [accepted] = await records.accept(journal, [{ kind: "destruction", document }], ending);
    if (accepted === undefined || isRefusal(accepted)) throw accepted?.error ?? new TypeError("no result");
    // Said before, by a store that was put back since: only the task remains to be ended.
    if (accepted.duplicate) await store.write(ending(accepted));
    anchoring.hurry(journal);
  }

  private pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.closed) return resolve();
      const end = () => {
        cancel();
        this.pauses.delete(end);
        resolve();
      };
      const cancel = this.dependencies.timer(delayMs, end);
      this.pauses.add(end);
    });
  }

  private resumePaused(): void {
    for (const end of [...this.pauses]) end();
  }

  private now(): number {
    return Math.floor(this.dependencies.clock() / 1000);
  }
}

const nameOf = ({ scope, seq }: ScopeSeq): string => `${scope}/${seq}`;

/** The members of a `destruction-intent` document, which conforms to its schema. */
function decisionOf(document: JsonObject) {
  const { scope, seq, record, reason, at, approvals } = document;
  const signatures = Array.isArray(approvals) ? approvals : [];
  return {
    scope,
    seq,
    record,
    reason: typeof reason === "string" ? reason : "",
    at: typeof at === "number" ? at : 0,
    approvals: signatures.map((item: Json, i) => parseKeySignature(item, `approvals[${i}]`)),
  };
}

const codeOf = (error: unknown): string =>
  typeof error === "object" && error !== null && "code" in error && typeof error.code === "string"
    ? error.code
    : "unknown";
