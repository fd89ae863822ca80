import type { SuyuanClient } from "../client/client.ts";
import { ProblemError } from "../client/problem-error.ts";
import { submitRecords, type AcceptedReceipt, type LineOutcome } from "../client/routes/records.ts";
import { concat, utf8, type Hex } from "../protocol/bytes.ts";
import { CliError } from "./errors.ts";
import type { NumberedLine } from "./lines.ts";

/** Each signed request holds so many lines and about so many bytes at most. */
export const LINES_A_REQUEST = 1000;
export const BYTES_A_REQUEST = 1024 * 1024;
/** Waits between attempts while the node pushes back. */
const BUSY_WAITS_MS = [500, 1000, 2000, 4000, 8000, 16_000] as const;
const BUSY_CODES: ReadonlySet<string> = new Set(["intake.busy", "http.busy"]);
const LINE_FEED = utf8("\n");

type Refused = Extract<LineOutcome, { outcome: "refused" }>;

/** A refused line; `line` counts from 1 in the whole input. */
export type Refusal = Omit<Refused, "outcome">;

export interface Ingested {
  readonly lines: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly refusals: readonly Refusal[];
  readonly scope?: Hex;
  readonly firstSeq?: number;
  readonly lastSeq?: number;
}

export interface IngestOptions {
  readonly resource: Hex;
  readonly lines: AsyncIterable<NumberedLine>;
}

export interface IngestDependencies {
  readonly client: SuyuanClient;
  readonly sleep: (ms: number) => Promise<void>;
  /** Called after each request. */
  readonly onProgress: (soFar: Ingested) => void;
  /** Whether the node's key signed a receipt. Throws a coded error when that cannot be told. */
  readonly holds: (receipt: AcceptedReceipt) => Promise<boolean>;
  /** Each receipt that holds, while the next request is under way. */
  readonly onReceipts: (receipts: readonly AcceptedReceipt[]) => Promise<void>;
}

/**
 * Sends lines in bounded signed requests, one after another, so that their order is kept, and checks every receipt.
 * Repeating it is harmless. Throws CliError `ingest.unanswered`, `ingest.receipt-invalid`.
 */
export async function ingest({ resource, lines }: IngestOptions, dependencies: IngestDependencies): Promise<Ingested> {
  let state: Ingested = { lines: 0, accepted: 0, duplicates: 0, refusals: [] };
  let keeping = Promise.resolve();
  for await (const group of groupsOf(lines)) {
    const outcomes = await submit({ resource, group }, dependencies);
    await keeping;
    keeping = keepReceipts({ group, outcomes }, dependencies);
    keeping.catch(() => undefined); // Awaited before the next answer is looked at.
    state = added(state, { group, outcomes });
    dependencies.onProgress(state);
  }
  await keeping;
  return state;
}

async function keepReceipts({ group, outcomes }: Answered, { holds, onReceipts }: IngestDependencies): Promise<void> {
  const receipts: AcceptedReceipt[] = [];
  for (const outcome of outcomes) {
    if (outcome.outcome !== "accepted") continue;
    if (!(await holds(outcome.receipt)))
      throw new CliError("ingest.receipt-invalid", { line: group[outcome.line]?.number ?? 0 });
    receipts.push(outcome.receipt);
  }
  await onReceipts(receipts);
}

interface Answered {
  readonly group: readonly NumberedLine[];
  readonly outcomes: readonly LineOutcome[];
}

function added(state: Ingested, { group, outcomes }: Answered): Ingested {
  const refusals = [...state.refusals];
  let { accepted, duplicates, scope, firstSeq, lastSeq } = state;
  for (const outcome of outcomes) {
    if (outcome.outcome === "refused") {
      const { code, values, title, remedy, findings } = outcome;
      refusals.push({ line: group[outcome.line]?.number ?? 0, code, values, title, remedy, findings });
      continue;
    }
    if (outcome.duplicate) duplicates++;
    else accepted++;
    const { seq } = outcome.receipt;
    scope ??= outcome.receipt.scope;
    firstSeq = Math.min(firstSeq ?? seq, seq);
    lastSeq = Math.max(lastSeq ?? seq, seq);
  }
  const found = {
    ...(scope !== undefined && { scope }),
    ...(firstSeq !== undefined && { firstSeq }),
    ...(lastSeq !== undefined && { lastSeq }),
  };
  return { lines: state.lines + group.length, accepted, duplicates, refusals, ...found };
}

interface Submission {
  readonly resource: Hex;
  readonly group: readonly NumberedLine[];
}

/** The outcomes in the order of the lines. Throws CliError `ingest.unanswered` unless every line has one. */
async function submit({ resource, group }: Submission, { client, sleep }: IngestDependencies): Promise<LineOutcome[]> {
  const bytes = concat(...group.flatMap((line) => [line.bytes, LINE_FEED]));
  const body = { mediaType: "application/x-ndjson", bytes } as const;
  for (const wait of [...BUSY_WAITS_MS, undefined]) {
    try {
      const outcomes: LineOutcome[] = [];
      for await (const outcome of await client.call(submitRecords, { params: { id: resource }, body })) {
        if (outcome.line === outcomes.length) outcomes.push(outcome);
      }
      if (outcomes.length !== group.length)
        throw new CliError("ingest.unanswered", { line: group[outcomes.length]?.number ?? 0 });
      return outcomes;
    } catch (error) {
      if (wait === undefined || !(error instanceof ProblemError) || !BUSY_CODES.has(error.code)) throw error;
      await sleep(wait);
    }
  }
  throw new TypeError("unreachable: the last attempt returns or throws");
}

async function* groupsOf(lines: AsyncIterable<NumberedLine>): AsyncGenerator<NumberedLine[]> {
  let group: NumberedLine[] = [];
  let bytes = 0;
  for await (const line of lines) {
    if (group.length > 0 && (group.length === LINES_A_REQUEST || bytes + line.bytes.length > BYTES_A_REQUEST)) {
      yield group;
      group = [];
      bytes = 0;
    }
    group.push(line);
    bytes += line.bytes.length + 1;
  }
  if (group.length > 0) yield group;
}
