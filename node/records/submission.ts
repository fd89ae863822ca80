import { fromUtf8, utf8 } from "../../sdk/protocol/bytes.ts";
import { canonicalize } from "../../sdk/protocol/canonical.ts";
import { CodedError, type Language } from "../../sdk/protocol/errors.ts";
import type { AcceptedReceipt, LineOutcome } from "../../sdk/client/routes/records.ts";
import type { RecordsBody } from "../../sdk/client/route.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import { isJsonObject, parseJsonBytes, type JsonObject } from "../../sdk/protocol/json.ts";
import { ProtocolError } from "../../sdk/protocol/protocol-error.ts";
import type { OwnKey } from "../exchange/own-key.ts";
import { HttpError } from "../http/errors.ts";
import type { Finding, RecordInput } from "./model.ts";
import { isRefusal, type AcceptedRecord, type RecordService } from "./service.ts";

/** Lines given to intake at a time: a group of answers is sent before the next is parsed. */
export const LINES_AT_A_TIME = 500;
/** A longer line of a body is refused by itself. */
export const MAXIMUM_LINE_BYTES = 1024 * 1024;
const ACCEPTED_DOMAIN = "suyuan/accepted/1";
const LINE_FEED = 0x0a;

export interface SubmissionDependencies {
  readonly records: RecordService;
  readonly ownKey: OwnKey;
  readonly ledger: Hex;
  /** The parents that a document of the scope names by their numbers. Throws a coded error. */
  readonly parentsOf: (scope: Hex, document: JsonObject) => Promise<RecordInput["parents"]>;
}

/** What a receipt's signature covers: `suyuan/accepted/1` ‖ JCS({at, ledger, record, scope, seq}) (SPEC §9.6). */
export const acceptedBytes = ({
  ledger,
  scope,
  seq,
  record,
  at,
}: Omit<AcceptedReceipt, "key" | "signature">): Uint8Array =>
  utf8(ACCEPTED_DOMAIN + canonicalize({ ledger, scope, seq, record, at }));

/** Takes a body of one document, or one a line, and answers each line in its place. A bad line stops no other. */
export async function* submit(
  {
    scope,
    body,
    language,
    idempotencyKey,
  }: { scope: Hex; body: RecordsBody; language: Language; idempotencyKey: string | undefined },
  dependencies: SubmissionDependencies,
): AsyncGenerator<LineOutcome> {
  let first = 0;
  for (const group of groups(linesOf(body))) {
    const parsed = await Promise.all(
      group.map((bytes, i) =>
        parse(scope, bytes, idempotencyKey === undefined ? undefined : `${idempotencyKey}/${first + i}`, dependencies),
      ),
    );
    const inputs = parsed.flatMap((line) => ("input" in line ? [line.input] : []));
    const results = inputs.length === 0 ? [] : await dependencies.records.accept(scope, inputs);
    let next = 0;
    for (const [i, line] of parsed.entries()) {
      const at = first + i;
      if ("error" in line) {
        yield refusal(at, line.error, [], language);
        continue;
      }
      const result = results[next++];
      if (result === undefined) throw new TypeError("intake gave fewer results than inputs");
      if (isRefusal(result)) yield refusal(at, result.error, result.findings, language);
      else
        yield {
          line: at,
          outcome: "accepted",
          duplicate: result.duplicate,
          receipt: await receipt(result, dependencies),
        };
    }
    first += group.length;
  }
}

async function parse(
  scope: Hex,
  bytes: Uint8Array,
  idempotencyKey: string | undefined,
  { parentsOf }: SubmissionDependencies,
): Promise<{ readonly input: RecordInput } | { readonly error: CodedError }> {
  try {
    if (bytes.length > MAXIMUM_LINE_BYTES) throw new HttpError("http.line-too-large", { limit: MAXIMUM_LINE_BYTES });
    const document = parseJsonBytes(bytes);
    if (!isJsonObject(document)) throw new ProtocolError("document.not-object");
    const parents = await parentsOf(scope, document);
    return {
      input: {
        document,
        ...(parents !== undefined && { parents }),
        ...(idempotencyKey !== undefined && { idempotencyKey }),
      },
    };
  } catch (error) {
    if (error instanceof CodedError) return { error };
    throw error;
  }
}

async function receipt(
  { scope, seq, record, at }: AcceptedRecord,
  { ownKey, ledger }: SubmissionDependencies,
): Promise<AcceptedReceipt> {
  const statement = { ledger, scope, seq, record, at };
  return { ...statement, ...(await ownKey.sign(acceptedBytes(statement))) };
}

const refusal = (line: number, error: CodedError, findings: readonly Finding[], language: Language): LineOutcome => ({
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
});

/** Lines with something on them. One JSON document may be written over several lines. */
function* linesOf({ mediaType, bytes }: RecordsBody): Generator<Uint8Array> {
  if (mediaType === "application/json") {
    yield bytes;
    return;
  }
  for (let start = 0; start < bytes.length;) {
    const found = bytes.indexOf(LINE_FEED, start);
    const end = found < 0 ? bytes.length : found;
    const line = bytes.subarray(start, end);
    if (!isBlank(line)) yield line;
    start = end + 1;
  }
}

const isBlank = (line: Uint8Array): boolean =>
  line.length < 16 && line.every((byte) => byte <= 0x20) && fromUtf8(line).trim() === "";

function* groups(lines: Iterable<Uint8Array>): Generator<Uint8Array[]> {
  let group: Uint8Array[] = [];
  for (const line of lines) {
    group.push(line);
    if (group.length < LINES_AT_A_TIME) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}
