import { createHash } from "node:crypto";
import { groupStatements, type AcceptedStatement } from "../../sdk/client/accepted.ts";
import type { RecordsBody } from "../../sdk/client/route.ts";
import type { LineOutcome } from "../../sdk/client/routes/records.ts";
import type { LedgerView } from "../../sdk/chain/view.ts";
import type { Language } from "../../sdk/protocol/errors.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import type { OwnKey } from "../exchange/own-key.ts";
import type { KeyRing } from "../keys/key-ring.ts";
import { RecordError } from "./errors.ts";
import type { Candidate } from "./group.ts";
import type { Lineage } from "./lineage.ts";
import { joinTexts, linesOf } from "./lines.ts";
import { isRefusal, type RecordRefusal, type ScopeInfo } from "./model.ts";
import { refusedLine } from "./outcomes.ts";
import { readLine, type LinesTask, type NamingLine, type PreparedLines } from "./prepare-lines.ts";
import type { AcceptedRecord, RecordService } from "./service.ts";

/** Lines prepared as one task, numbered as one group and answered together. */
export const LINES_AT_A_TIME = 128;
/** Their bytes at most, unless one line alone is longer: bounds what a worker thread is handed. */
export const BYTES_AT_A_TIME = 1024 * 1024;
/** Groups of one body under way: while one is written the next are prepared. */
export const GROUPS_UNDER_WAY = 3;

export interface SubmissionOptions {
  readonly resource: Hex;
  readonly body: RecordsBody;
  readonly language: Language;
  readonly idempotencyKey: string | undefined;
  /** Aborted when nobody reads the answers any more. */
  readonly signal: AbortSignal;
  /** The block by which the call was allowed. */
  readonly view?: LedgerView | undefined;
}

/** A resource, as of a block or, without one, now. */
export interface ResourceAt {
  readonly resource: Hex;
  readonly view?: LedgerView | undefined;
}

export interface SubmissionDependencies {
  readonly records: RecordService;
  readonly lineage: Lineage;
  readonly keys: KeyRing;
  readonly ownKey: OwnKey;
  readonly ledger: Hex;
  /** Runs an action while the resource's schema in force cannot change. Throws a coded error when it takes no records. */
  readonly whileOpen: <T>(of: ResourceAt, action: (info: ScopeInfo) => Promise<T>) => Promise<T>;
  /** Throws a coded error while the node takes no records. */
  readonly admit: () => Promise<void>;
  /** YYYY-MM-DD by which documents are judged. */
  readonly today: () => string;
  /** `prepareLines`, in another thread. */
  readonly prepareLines: (task: LinesTask) => Promise<PreparedLines>;
}

interface Group {
  readonly first: number;
  readonly lines: readonly Uint8Array[];
}

/**
 * Takes a body of one document, or of one a line, and answers each line in its place, in groups; a bad line stops no
 * other. Throws for what keeps the whole body, or the rest of it, from being taken; what was answered before stays accepted.
 */
export async function* submit(
  options: SubmissionOptions,
  dependencies: SubmissionDependencies,
): AsyncGenerator<readonly LineOutcome[]> {
  const lines = linesOf(options.body);
  // Asked before anything is taken: a record without a receipt leaves its sender in doubt.
  await dependencies.ownKey.keyId();
  await dependencies.admit();
  const submission = new Submission(options, dependencies);
  const underWay: Promise<readonly LineOutcome[]>[] = [];
  const groups = groupsOf(lines);
  for (let group = groups.next().value; group !== undefined || underWay.length > 0;) {
    const mayStart = group !== undefined && underWay.length < GROUPS_UNDER_WAY && !options.signal.aborted;
    const release = mayStart ? dependencies.records.reserve(group?.lines.length ?? 0) : undefined;
    if (group !== undefined && release !== undefined) {
      const outcomes = submission.take(group).finally(release);
      outcomes.catch(() => undefined); // Awaited in its turn.
      underWay.push(outcomes);
      group = groups.next().value;
      continue;
    }
    const next = underWay.shift();
    if (next !== undefined) yield await next;
    else if (!mayStart) return;
    // Pushed back before the first group only: a caller who has answers is served to the end.
    else await dependencies.records.waitForRoom({ patient: (group?.first ?? 0) > 0 });
  }
}

function* groupsOf(lines: readonly Uint8Array[]): Generator<Group, undefined> {
  let first = 0;
  while (first < lines.length) {
    let end = first;
    let bytes = 0;
    while (end < lines.length && end - first < LINES_AT_A_TIME) {
      bytes += lines[end]?.length ?? 0;
      if (end > first && bytes > BYTES_AT_A_TIME) break;
      end++;
    }
    yield { first, lines: lines.slice(first, end) };
    first = end;
  }
  return undefined;
}

/** The groups of one body: prepared side by side, accepted in their order. */
class Submission {
  private readonly options: SubmissionOptions;
  private readonly dependencies: SubmissionDependencies;
  private readonly keyOf: (line: number) => string | undefined;
  /** Ends when the group before has been handed to intake, and when it is durable. */
  private before: Turn = { queued: Promise.resolve(), done: Promise.resolve() };

  constructor(options: SubmissionOptions, dependencies: SubmissionDependencies) {
    this.options = options;
    this.dependencies = dependencies;
    this.keyOf = lineKeys(options.body, options.idempotencyKey);
  }

  take(group: Group): Promise<readonly LineOutcome[]> {
    const { before } = this;
    const { resource, view } = this.options;
    let end: () => void = () => undefined;
    const queued = new Promise<void>((resolve) => (end = resolve));
    const outcomes = this.dependencies
      .whileOpen({ resource, view: group.first === 0 ? view : undefined }, (info) =>
        this.run({ group, info, before, onQueued: end }),
      )
      .finally(end);
    this.before = { queued, done: outcomes };
    return outcomes;
  }

  private async run({ group, info, before, onQueued }: Run): Promise<readonly LineOutcome[]> {
    const { keys, prepareLines, today } = this.dependencies;
    const { schema, resource, hash } = info;
    if (schema === undefined || resource === undefined) throw new TypeError("a resource has a schema");
    const { first, lines } = group;
    const dataKeys = keys.newDataKeys(lines.length);
    const names = lines.map((_, at) => this.keyOf(first + at));
    const prepared = await prepareLines({
      terms: { resource, schema: schema.digest, hash, today: today() },
      keys: keys.indexKeys(resource),
      language: this.options.language,
      lines: joinTexts(lines),
      ...{ first, dataKeys },
      ...(names[0] !== undefined && { idempotencyKeys: names.map((name) => name ?? "") }),
    });
    const task = { info, group, prepared, dataKeys };
    // What a line names must be durable before it is looked up.
    await (prepared.naming.length > 0 ? before.done : before.queued);
    const outcomes = [...prepared.refused, ...(await this.acceptAll(task, onQueued))];
    return outcomes.sort((a, b) => a.line - b.line);
  }

  /** Accepts a group in as few parts as the names in it allow. */
  private async acceptAll(task: Task, onQueued: () => void): Promise<readonly LineOutcome[]> {
    const { group, prepared } = task;
    const outcomes: LineOutcome[] = [];
    const borders = prepared.naming.flatMap(({ at, isWithin }) => (isWithin ? [at] : []));
    const ends = [...borders, group.lines.length];
    let start = 0;
    for (const end of ends) {
      const isLast = end === group.lines.length;
      outcomes.push(...(await this.accept({ ...task, start, end }, isLast ? onQueued : () => undefined)));
      start = end;
    }
    return outcomes;
  }

  private async accept(part: Part, onQueued: () => void): Promise<readonly LineOutcome[]> {
    const { records } = this.dependencies;
    const { info, group, prepared } = part;
    const outcomes: LineOutcome[] = [];
    const candidates: { readonly line: number; readonly candidate: Candidate }[] = [];
    for (let at = part.start; at < part.end; at++) {
      const candidate = await this.candidate(at, part);
      const line = group.first + at;
      if (candidate === undefined) continue;
      if (candidate instanceof RecordError) outcomes.push(this.refused(line, { error: candidate, findings: [] }));
      else candidates.push({ line, candidate });
    }
    const refused = outcomes.length + (part.start === 0 ? prepared.refused.length : 0);
    const accepting = records.acceptPrepared(
      info.scope,
      candidates.map(({ candidate }) => candidate),
      refused,
    );
    onQueued();
    const results = await accepting;
    const statements: { readonly line: number; readonly result: AcceptedRecord }[] = [];
    for (const [i, { line }] of candidates.entries()) {
      const result = results[i];
      if (result === undefined) throw new TypeError("intake gives one result an input");
      if (isRefusal(result)) outcomes.push(this.refused(line, result));
      else statements.push({ line, result });
    }
    return [...outcomes, ...(await this.receipts(statements))];
  }

  /** Undefined for a line that was refused already. */
  private async candidate(
    at: number,
    { info, prepared, dataKeys }: Part,
  ): Promise<Candidate | RecordError | undefined> {
    const { lineage } = this.dependencies;
    const schema = info.schema?.digest ?? "0x";
    const read = readLine(at, prepared, { kind: info.recordKind, schema, dataKeys });
    if (read === undefined) return undefined;
    const { certificate } = read;
    const along = certificate && ((record: AcceptedRecord) => lineage.entriesOf(record, certificate));
    const names = nameAt(prepared.naming, at);
    if (names === undefined) return { prepared: read.prepared, ...(along && { along }) };
    try {
      return { prepared: await lineage.withParents(info, read.prepared, names), ...(along && { along }) };
    } catch (error) {
      if (error instanceof RecordError) return error;
      throw error;
    }
  }

  private refused(line: number, refusal: RecordRefusal): LineOutcome {
    return refusedLine(line, refusal, this.options.language);
  }

  /** One signature for all: each receipt carries the proof that it is covered. */
  private async receipts(
    accepted: readonly { readonly line: number; readonly result: AcceptedRecord }[],
  ): Promise<readonly LineOutcome[]> {
    if (accepted.length === 0) return [];
    const { ownKey, ledger } = this.dependencies;
    const statements = accepted.map(({ result: { scope, seq, record, at } }): AcceptedStatement => ({
      ...{ ledger, scope, seq, record, at },
    }));
    const { bytes, places } = groupStatements(statements);
    const signature = await ownKey.sign(bytes);
    return accepted.map(({ line, result: { duplicate } }, i): LineOutcome => {
      const [statement, group] = [statements[i], places[i]];
      if (statement === undefined || group === undefined) throw new TypeError("one place a statement");
      return { line, outcome: "accepted", duplicate, receipt: { ...statement, group, ...signature } };
    });
  }
}

interface Turn {
  readonly queued: Promise<unknown>;
  readonly done: Promise<unknown>;
}

interface Run {
  readonly group: Group;
  readonly info: ScopeInfo;
  readonly before: Turn;
  readonly onQueued: () => void;
}

interface Task extends Pick<Run, "group" | "info"> {
  readonly prepared: PreparedLines;
  readonly dataKeys: Uint8Array;
}

/** Lines `start` up to, not including, `end` of a group. */
interface Part extends Task {
  readonly start: number;
  readonly end: number;
}

const nameAt = (naming: readonly NamingLine[], at: number): NamingLine | undefined =>
  naming.length === 0 ? undefined : naming.find((line) => line.at === at);

/** Each line of a body is a matter of its own under a body's one key. */
function lineKeys({ mediaType }: RecordsBody, key: string | undefined): (line: number) => string | undefined {
  if (key === undefined || mediaType === "application/json") return () => key;
  const name = createHash("sha256").update(key).digest("base64url");
  return (line) => `${name}/${line}`;
}
