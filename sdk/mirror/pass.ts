import type { LedgerView } from "../chain/view.ts";
import { deliveriesScope, receiptsScope } from "../protocol/anchor.ts";
import type { Hex } from "../protocol/bytes.ts";
import { isCodedError, type ErrorValues } from "../protocol/errors.ts";
import { eventTopic } from "../chain/contracts.ts";
import { compareStreams, compareSubjects } from "./compare-records.ts";
import { copyBatch, type CopyFault, type HeaderSource } from "./copy-headers.ts";
import { mirrorTexts, type MirrorCode, type MirrorFinding } from "./findings.ts";
import type { MirrorFolder } from "./folder.ts";
import { continues, followScope, openScopes, waitingFor, type OpenScope } from "./follow-chain.ts";
import type { MirrorState, ScopeState, WaitingBatch } from "./state.ts";

/** A batch that is not served for so long is on record. */
export const SERVED_WITHIN_SECONDS = 86_400;

/** Writes a finding down, once. */
export type Report = (code: MirrorCode, values: ErrorValues) => Promise<void>;

export interface PassOptions {
  readonly folder: MirrorFolder;
  readonly view: LedgerView;
  /** Undefined: only the chain is looked at. */
  readonly source: HeaderSource | undefined;
  /** Seconds. */
  readonly now: number;
  readonly progress?: (done: number, of: number) => void;
}

export interface PassResult {
  readonly block: { readonly number: number; readonly hash: Hex; readonly time: number };
  readonly scopes: number;
  /** Records on chain, and those of them whose headers were copied and led to the anchored roots. */
  readonly anchored: number;
  readonly copied: number;
  /** Batches that were not served yet, and for the first of each department why. */
  readonly waiting: number;
  readonly unserved: Readonly<Record<string, string>>;
  /** What this pass found for the first time. */
  readonly found: readonly MirrorFinding[];
  /** False when the chain contradicts what was seen: then nothing else was looked at. */
  readonly continued: boolean;
}

/**
 * One look at everything: the chain against what was seen of it, each scope's numbers and digests, the headers of what is
 * new, subjects, streams. The state is saved after each scope, so that a pass that is interrupted goes on where it was.
 */
export async function mirrorOnce(options: PassOptions): Promise<PassResult> {
  const pass = new Pass(options);
  return pass.run();
}

class Pass {
  private readonly options: PassOptions;
  private readonly found: MirrorFinding[] = [];
  private readonly unserved: Record<string, string> = {};

  constructor(options: PassOptions) {
    this.options = options;
  }

  async run(): Promise<PassResult> {
    const { folder, view } = this.options;
    const { seen } = folder.current;
    if (!(await continues(view, seen, this.report))) return this.result(0, false);
    const scopes = await openScopes(view);
    const before = new Map(scopes.map(({ scope }) => [scope, folder.scope(scope).copied]));
    await this.followAll(scopes);
    await this.copyAll(scopes);
    await this.compareAll(scopes, { before, since: seen === undefined ? 0 : seen.number + 1 });
    await view.confirm();
    return this.result(scopes.length, true);
  }

  private readonly report: Report = async (code, values) => {
    const { folder, view, now } = this.options;
    const finding: MirrorFinding = { code, values, at: now, block: view.block.number };
    if (await folder.record(finding)) this.found.push(finding);
  };

  /** The chain side of every scope, saved as one: the block that was seen and what was seen at it. */
  private async followAll(scopes: readonly OpenScope[]): Promise<void> {
    const { folder, view } = this.options;
    const { current } = folder;
    const states = new Map(current.scopes);
    const waiting = [...current.waiting];
    for (const { scope } of scopes) {
      const followed = await followScope(view, { scope, known: folder.scope(scope), seen: current.seen }, this.report);
      states.set(scope, followed.state);
      waiting.push(...followed.waiting);
    }
    const { number, hash, time } = view.block;
    await folder.save({ ...current, seen: { number, hash, time }, scopes: states, waiting });
  }

  private async copyAll(scopes: readonly OpenScope[]): Promise<void> {
    const { folder, source, progress } = this.options;
    if (source === undefined) return;
    for (const [i, { scope }] of scopes.entries()) {
      progress?.(i, scopes.length);
      for (const batch of waitingFor(folder.current, scope)) if (!(await this.copy(batch, source))) break;
    }
  }

  /** True when the batch is copied. */
  private async copy(batch: WaitingBatch, source: HeaderSource): Promise<boolean> {
    const { folder } = this.options;
    const { scope, department, first, count } = batch;
    const copy = await folder.copyTo(scope);
    let fault: CopyFault | undefined;
    try {
      fault = await copyBatch(batch, { ledger: folder.current.ledger, source, copy });
    } catch (error) {
      if (!isCodedError(error)) throw error;
      await this.notServed(batch, error.code);
      return false;
    } finally {
      await copy.close();
    }
    if (fault?.fault === "root") {
      await this.report("mirror.root", { department, scope, first });
      await this.notServed(batch, "mirror.root");
      return false;
    }
    if (fault !== undefined)
      await this.report("mirror.header", { department, scope, seq: fault.seq, rule: fault.rule });
    // Crash before this line: the copy is cut back to the length that the state names, and made again.
    await folder.save(copied(folder.current, batch, copy.bytes));
    if (folder.isRecorded("mirror.not-served", { department, scope, first, count }))
      await this.report("mirror.served-late", { department, scope, first });
    return true;
  }

  private async notServed({ department, scope, first, count, time }: WaitingBatch, reason: string): Promise<void> {
    this.unserved[department] ??= reason;
    if (this.options.now - time > SERVED_WITHIN_SECONDS)
      await this.report("mirror.not-served", { department, scope, first, count, reason });
  }

  /** What can have changed: scopes with new headers or new states, agreements with either stream new, or over. */
  private async compareAll(
    scopes: readonly OpenScope[],
    { before, since }: { readonly before: ReadonlyMap<Hex, number>; readonly since: number },
  ): Promise<void> {
    const { folder, view } = this.options;
    const comparing = { view, folder, report: this.report };
    const isNew = (scope: Hex): boolean => folder.scope(scope).copied !== (before.get(scope) ?? 0);
    const changed = await changedScopes(view, since);
    for (const open of scopes)
      if (open.kind === "resource" && (isNew(open.scope) || changed.has(open.scope)))
        await compareSubjects(open, comparing);
    for (const agreement of await view.agreements()) {
      const streams = [deliveriesScope(agreement.id), receiptsScope(agreement.id)];
      if (streams.some(isNew) || (await view.settlementUntil(agreement.id)) !== undefined)
        await compareStreams(agreement, comparing);
    }
  }

  private result(scopes: number, continued: boolean): PassResult {
    const { folder, view } = this.options;
    const states = [...folder.current.scopes.values()];
    const sum = (of: (state: ScopeState) => number) => states.reduce((total, state) => total + of(state), 0);
    const { number, hash, time } = view.block;
    return {
      block: { number, hash, time },
      scopes,
      anchored: sum(({ anchored }) => anchored),
      copied: sum((state) => state.copied),
      waiting: folder.current.waiting.length,
      unserved: this.unserved,
      found: this.found,
      continued,
    };
  }
}

function copied(state: MirrorState, batch: WaitingBatch, copiedBytes: number): MirrorState {
  const { scope, first, count } = batch;
  const known = state.scopes.get(scope);
  const scopes = new Map(state.scopes);
  scopes.set(scope, { anchored: known?.anchored ?? first + count, copied: first + count, copiedBytes });
  const waiting = state.waiting.filter((other) => other.scope !== scope || other.first !== first);
  return { ...state, scopes, waiting };
}

/** Scopes in which a state was changed from a block on. */
async function changedScopes(view: LedgerView, fromBlock: number): Promise<ReadonlySet<Hex>> {
  const found = await view.events("RecordStatus", { topics: [eventTopic("RecordStatus", "StatusChanged")], fromBlock });
  return new Set(found.flatMap(({ event }) => (event.name === "StatusChanged" ? [event.args.scope] : [])));
}

export const isGrave = ({ code }: Pick<MirrorFinding, "code">): boolean => mirrorTexts[code].grave;
