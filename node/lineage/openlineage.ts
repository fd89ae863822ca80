import type { RecordsBody } from "../../sdk/client/route.ts";
import type { LineOutcome } from "../../sdk/client/routes/records.ts";
import { LineageError } from "../../sdk/lineage/errors.ts";
import { activityOfEvent } from "../../sdk/lineage/openlineage/import.ts";
import { parseEvent } from "../../sdk/lineage/openlineage/validate.ts";
import { CodedError, type Language } from "../../sdk/protocol/errors.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import type { OwnKey } from "../exchange/own-key.ts";
import { expectedError } from "../http/problems.ts";
import { linesOf, parseLine } from "../records/lines.ts";
import type { AcceptedRecord } from "../records/model.ts";
import { refusedLine } from "../records/outcomes.ts";
import { receiptOf } from "./receipts.ts";
import type { LineageService } from "./service.ts";

export interface ReceivingOptions {
  readonly body: RecordsBody;
  readonly language: Language;
  /** Aborted when nobody reads the answers any more. */
  readonly signal: AbortSignal;
}

export interface ReceivingDependencies {
  readonly service: LineageService;
  readonly ownKey: OwnKey;
  readonly ledger: Hex;
}

/** Takes OpenLineage events, one or one a line; each becomes an activity's record and is answered in its place. A bad event stops no other. */
export async function* receiveEvents(
  { body, language, signal }: ReceivingOptions,
  dependencies: ReceivingDependencies,
): AsyncGenerator<readonly LineOutcome[]> {
  // Asked before anything is taken: a record without a receipt leaves its sender in doubt.
  await dependencies.ownKey.keyId();
  for (const [line, bytes] of linesOf(body).entries()) {
    if (signal.aborted) return;
    const taken = await take(bytes, dependencies);
    yield [
      taken instanceof CodedError
        ? refusedLine(line, { error: taken }, language)
        : { line, outcome: "accepted", duplicate: taken.duplicate, receipt: await receiptOf(taken, dependencies) },
    ];
  }
}

async function take(
  bytes: Uint8Array,
  { service, ledger }: ReceivingDependencies,
): Promise<AcceptedRecord | CodedError> {
  try {
    const { used, generated, ...activity } = activityOfEvent(parseEvent(parseLine(bytes)));
    const foreign = [...used, ...generated].find((record) => record.ledger !== ledger);
    if (foreign !== undefined)
      throw new LineageError("activity.not-received", { record: `${foreign.scope}/${foreign.seq}` });
    return await service.activity({ ...activity, used, generated });
  } catch (error) {
    const expected = expectedError(error);
    if (expected === undefined || isOfTheNode(expected)) throw error;
    return expected;
  }
}

/** What says nothing of the event: the rest of the body would fail alike. */
const isOfTheNode = ({ code }: CodedError): boolean => /^(?:storage|intake|chain|own-key|sender)\./.test(code);
