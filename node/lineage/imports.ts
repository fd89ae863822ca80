import type { RecordsBody } from "../../sdk/client/route.ts";
import type { ImportOutcome } from "../../sdk/client/routes/lineage-activities.ts";
import type { Activity } from "../../sdk/lineage/activity.ts";
import { findCycle } from "../../sdk/lineage/cycle.ts";
import { LineageError } from "../../sdk/lineage/errors.ts";
import { eventDependencies } from "../../sdk/lineage/openlineage/graph.ts";
import { activityOfEvent } from "../../sdk/lineage/openlineage/import.ts";
import { parseEvent, type OpenLineageEvent } from "../../sdk/lineage/openlineage/validate.ts";
import { parseProvBytes } from "../../sdk/lineage/prov/document.ts";
import { findProvCycle } from "../../sdk/lineage/prov/graph.ts";
import { activitiesOfProv } from "../../sdk/lineage/prov/import.ts";
import type { CodedError, Language } from "../../sdk/protocol/errors.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import type { OwnKey } from "../exchange/own-key.ts";
import { expectedError } from "../http/problems.ts";
import { linesOf, parseLine } from "../records/lines.ts";
import { refusedLine } from "../records/outcomes.ts";
import { receiptOf } from "./receipts.ts";
import type { GivenRecord, LineageService } from "./service.ts";

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

type Given = Activity<GivenRecord>;

/**
 * Takes OpenLineage events, one or one a line; each becomes an activity's record and is answered in its place. A bad event
 * stops no other. Events that form a cycle are taken, for a table may be updated in place, and answered with a remark.
 */
export async function* receiveEvents(
  { body, ...options }: ReceivingOptions,
  dependencies: ReceivingDependencies,
): AsyncGenerator<readonly ImportOutcome[]> {
  const { ledger } = dependencies;
  const events = linesOf(body).map((bytes) => read(() => parseEvent(parseLine(bytes))));
  const good = events.filter((one): one is OpenLineageEvent => !(one instanceof Error));
  const cycle = new Set(findCycle(eventDependencies(good)));
  const isOnCycle = (event: OpenLineageEvent): boolean =>
    [...eventDependencies([event])].some(({ from, to }) => cycle.has(from) && cycle.has(to));
  const given = events.map((event) =>
    event instanceof Error
      ? { activity: event }
      : { activity: read(() => ownRecords(activityOfEvent(event), ledger)), onCycle: isOnCycle(event) },
  );
  yield* takeAll(given, options, dependencies);
}

/** Takes the activities of a PROV-JSON document. Throws LineageError `prov.*`, `lineage.cycle`: then nothing was taken. */
export async function* receiveProv(
  { body, ...options }: ReceivingOptions,
  dependencies: ReceivingDependencies,
): AsyncGenerator<readonly ImportOutcome[]> {
  const document = parseProvBytes(body.bytes);
  const cycle = findProvCycle(document);
  if (cycle !== undefined) throw new LineageError("lineage.cycle", { length: cycle.length });
  const given = activitiesOfProv(document).map((activity) => ({ activity }));
  yield* takeAll(given, options, dependencies);
}

/** Throws LineageError `activity.not-received` for a record of another ledger. */
function ownRecords(activity: ReturnType<typeof activityOfEvent>, ledger: Hex): Given {
  const foreign = [...activity.used, ...activity.generated].find((record) => record.ledger !== ledger);
  if (foreign === undefined) return activity;
  throw new LineageError("activity.not-received", { record: `${foreign.scope}/${foreign.seq}` });
}

interface Item {
  readonly activity: Given | CodedError;
  readonly onCycle?: boolean;
}

async function* takeAll(
  items: readonly Item[],
  { language, signal }: Omit<ReceivingOptions, "body">,
  dependencies: ReceivingDependencies,
): AsyncGenerator<readonly ImportOutcome[]> {
  // Asked before anything is taken: a record without a receipt leaves its sender in doubt.
  await dependencies.ownKey.keyId();
  for (const [line, { activity, onCycle = false }] of items.entries()) {
    if (signal.aborted) return;
    const taken = activity instanceof Error ? activity : await take(activity, dependencies);
    if (taken instanceof Error) {
      yield [refusedLine(line, { error: taken }, language)];
      continue;
    }
    const { duplicate } = taken;
    const remarks = onCycle ? { remarks: ["lineage.cycle" as const] } : {};
    yield [{ line, outcome: "accepted", duplicate, receipt: await receiptOf(taken, dependencies), ...remarks }];
  }
}

async function take(activity: Given, { service }: ReceivingDependencies) {
  try {
    return await service.activity(activity);
  } catch (error) {
    const expected = expectedError(error);
    if (expected === undefined || isOfTheNode(expected)) throw error;
    return expected;
  }
}

/** A fault of the event is its answer; anything else is a fault of the program. */
function read<T>(work: () => T): T | CodedError {
  try {
    return work();
  } catch (error) {
    const expected = expectedError(error);
    if (expected === undefined) throw error;
    return expected;
  }
}

/** What says nothing of the event: the rest of the body would fail alike. */
const isOfTheNode = ({ code }: CodedError): boolean => /^(?:storage|intake|chain|own-key|sender)\./.test(code);
