import type { LedgerConnection } from "../../sdk/chain/connection.ts";
import { projectStepCall, type ProjectStep } from "../../sdk/chain/project-calls.ts";
import { projectId } from "../../sdk/chain/projects.ts";
import { canonicalize } from "../../sdk/protocol/canonical.ts";
import type { JsonObject } from "../../sdk/protocol/json.ts";
import { act, type LedgerActionDependencies } from "../exchange/ledger-actions.ts";
import type { Clock } from "../ports.ts";
import type { AcceptedRecord } from "../records/model.ts";
import { PROJECT_RECORDS } from "../storage/keyspaces.ts";
import { put } from "../storage/store.ts";
import { projectKey, type ProjectArchive } from "./archive.ts";
import { gated } from "./gates.ts";

export interface StepDependencies extends LedgerActionDependencies {
  readonly archive: ProjectArchive;
  readonly connection: LedgerConnection;
  readonly clock: Clock;
}

export interface Filing {
  readonly title: string;
  readonly content?: JsonObject | undefined;
  readonly attachment?: JsonObject | undefined;
}

export interface StepTaken {
  readonly filing: AcceptedRecord;
  readonly transaction: Awaited<ReturnType<typeof act>>;
}

/** For the filing's batch. */
const ANCHOR_TIMEOUT_MS = 60_000;

/**
 * Records the filing, waits until it is anchored, and takes the step under the department's account. The filing stays
 * when the contract refuses. Throws ProjectError `project.gate-closed`, ChainError `chain.revert`, RecordError `record.timeout`.
 */
export async function takeStep(
  { code, step, filing, idempotencyKey }: StepRequest,
  dependencies: StepDependencies,
): Promise<StepTaken> {
  const { archive } = dependencies;
  const accepted = await file({ code, step, filing }, dependencies);
  const { scope, seq, record } = accepted;
  await archive.dependencies.records.waitFor(scope, seq, "anchored", { timeoutMs: ANCHOR_TIMEOUT_MS });
  const call = projectStepCall(step, { project: projectId(code), document: { scope, seq, record } });
  const name = `project/${code}/${step.step}/${seq}`;
  return { filing: accepted, transaction: await gated(() => act({ name, call, idempotencyKey }, dependencies)) };
}

export interface StepRequest {
  readonly code: string;
  readonly step: ProjectStep;
  readonly filing: Filing;
  readonly idempotencyKey: string | undefined;
}

async function file(
  { code, step, filing: { title, content, attachment } }: Omit<StepRequest, "idempotencyKey">,
  { archive, clock }: StepDependencies,
): Promise<AcceptedRecord> {
  const at = Math.floor(clock() / 1000);
  const figures = step as { readonly lot?: number; readonly amount?: number }; // Some steps have them.
  const document = {
    project: code,
    step: step.step,
    at,
    title,
    ...(figures.lot !== undefined && { lot: figures.lot }),
    ...(figures.amount !== undefined && figures.amount >= 0 && { amount: figures.amount }),
    ...(content !== undefined && { content: canonicalize(content) }),
    ...(attachment !== undefined && { attachment }),
  };
  const written = [{ kind: "project-filing", document }];
  const [accepted] = await archive.write(written, ({ seq, record }) => [
    put(PROJECT_RECORDS, { scope: projectKey(code), seq }, { kind: "filing", record, step: step.step, at, title }),
  ]);
  if (accepted === undefined) throw new TypeError("no result for an input");
  return accepted;
}
