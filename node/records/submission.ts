import { createHash } from "node:crypto";
import { acceptedBytes } from "../../sdk/client/accepted.ts";
import type { RecordsBody } from "../../sdk/client/route.ts";
import type { AcceptedReceipt, LineOutcome } from "../../sdk/client/routes/records.ts";
import { CodedError, type Language } from "../../sdk/protocol/errors.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import type { JsonObject } from "../../sdk/protocol/json.ts";
import type { OwnKey } from "../exchange/own-key.ts";
import { RecordError } from "./errors.ts";
import { certificatesIn, type Lineage } from "./lineage.ts";
import { linesOf, parseLine } from "./lines.ts";
import type { Finding, RecordInput, RecordRefusal, ScopeInfo } from "./model.ts";
import type { AcceptedRecord, RecordService } from "./service.ts";

/** Lines given to intake at a time, and answered before the next are read: what one group commit takes. */
export const LINES_AT_A_TIME = 256;

export interface SubmissionOptions {
  readonly resource: Hex;
  readonly body: RecordsBody;
  readonly language: Language;
  readonly idempotencyKey: string | undefined;
  /** Aborted when nobody reads the answers any more. */
  readonly signal: AbortSignal;
}

export interface SubmissionDependencies {
  readonly records: RecordService;
  readonly lineage: Lineage;
  readonly ownKey: OwnKey;
  readonly ledger: Hex;
  /** Runs an action while the resource's schema in force cannot change. Throws a coded error when it takes no records. */
  readonly whileOpen: <T>(resource: Hex, action: (info: ScopeInfo) => Promise<T>) => Promise<T>;
}

type Line = { readonly input: RecordInput } | { readonly error: CodedError };
type Result = AcceptedRecord | RecordRefusal | { readonly error: CodedError };

/**
 * Takes a body of one document, or of one a line, and answers each line in its place; a bad line stops no other. Throws
 * for what keeps the whole body, or the rest of it, from being taken; what was answered before stays accepted.
 */
export async function* submit(
  { resource, body, language, idempotencyKey, signal }: SubmissionOptions,
  dependencies: SubmissionDependencies,
): AsyncGenerator<LineOutcome> {
  const lines = linesOf(body);
  // Asked before anything is taken: a record without a receipt leaves its sender in doubt.
  await dependencies.ownKey.keyId();
  const keyOf = lineKeys(body, idempotencyKey);
  let next = 0;
  while (next < lines.length && !signal.aborted) {
    const first = next;
    const results = await dependencies.whileOpen(resource, async (info) => {
      const group: Line[] = [];
      const inGroup = new Set<string>();
      for (; next < lines.length && group.length < LINES_AT_A_TIME; next++) {
        const document = readLine(lines[next]);
        if (document instanceof CodedError) {
          group.push({ error: document });
          continue;
        }
        const { own, predecessor, quoted } = certificatesIn(info.recordKind, document);
        // What a line names must be durable before it is looked up: the line begins the next group.
        if ([...quoted, predecessor ?? ""].some((identifier) => inGroup.has(identifier))) break;
        if (own !== undefined) inGroup.add(own);
        group.push(await toInput({ info, document, idempotencyKey: keyOf(next) }, dependencies));
      }
      return accept(info, group, dependencies);
    });
    for (const [i, result] of results.entries())
      yield await outcomeOf({ line: first + i, result, language }, dependencies);
  }
}

/** Each line of a body is a matter of its own under a body's one key. */
function lineKeys({ mediaType }: RecordsBody, key: string | undefined): (line: number) => string | undefined {
  if (key === undefined || mediaType === "application/json") return () => key;
  const name = createHash("sha256").update(key).digest("base64url");
  return (line) => `${name}/${line}`;
}

function readLine(bytes: Uint8Array | undefined): JsonObject | CodedError {
  try {
    return parseLine(bytes ?? new Uint8Array());
  } catch (error) {
    if (error instanceof CodedError) return error;
    throw error;
  }
}

interface ReadLine {
  readonly info: ScopeInfo;
  readonly document: JsonObject;
  readonly idempotencyKey: string | undefined;
}

async function toInput(
  { info, document, idempotencyKey }: ReadLine,
  { lineage }: SubmissionDependencies,
): Promise<Line> {
  try {
    const parents = await lineage.parentsOf(info, document);
    return { input: { document, parents, ...(idempotencyKey !== undefined && { idempotencyKey }) } };
  } catch (error) {
    if (error instanceof RecordError) return { error };
    throw error;
  }
}

/** One result a line, in order. */
async function accept(
  info: ScopeInfo,
  group: readonly Line[],
  { records, lineage }: SubmissionDependencies,
): Promise<readonly Result[]> {
  const inputs = group.flatMap((line) => ("input" in line ? [line.input] : []));
  const results = await records.accept(info.scope, inputs, (accepted, document) =>
    lineage.entriesOf(info, document, accepted),
  );
  const given = results.values();
  return group.map((line) => {
    if ("error" in line) return line;
    const { value } = given.next();
    if (value === undefined) throw new TypeError("intake gives one result an input");
    return value;
  });
}

async function outcomeOf(
  { line, result, language }: { readonly line: number; readonly result: Result; readonly language: Language },
  { ownKey, ledger }: SubmissionDependencies,
): Promise<LineOutcome> {
  if ("error" in result)
    return refused({ line, language, findings: "findings" in result ? result.findings : [] }, result.error);
  const { scope, seq, record, at, duplicate } = result;
  const statement = { ledger, scope, seq, record, at };
  const receipt: AcceptedReceipt = { ...statement, ...(await ownKey.sign(acceptedBytes(statement))) };
  return { line, outcome: "accepted", duplicate, receipt };
}

function refused(
  {
    line,
    language,
    findings,
  }: { readonly line: number; readonly language: Language; readonly findings: readonly Finding[] },
  error: CodedError,
): LineOutcome {
  return {
    line,
    outcome: "refused",
    code: error.code,
    values: { ...error.values },
    title: error.describe(language),
    remedy: error.remedy(language),
    findings: findings.map((finding) => ({
      code: finding.code,
      path: [...finding.path],
      values: { ...finding.values },
      title: finding.describe(language),
      remedy: finding.remedy(language),
    })),
  };
}
