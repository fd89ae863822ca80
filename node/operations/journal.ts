import type { Clock } from "../ports.ts";
import { writeInJournal, type JournalDependencies } from "../records/journal-entry.ts";

/**
 * What an operator does with the department's own rights, by route: recorded in the department's journal before it is done,
 * so that whoever administers the node cannot do it unseen. Reading one's own evidence is not among them: it changes nothing,
 * and what leaves for another department is a delivery, which has a record of its own.
 */
export const OPERATIONS: Readonly<Record<string, string>> = {
  admitDepartment: "admit-department",
  setDepartmentStatus: "set-department-status",
  setListEntry: "set-list-entry",
  setCalendar: "set-calendar",
  appendDeadlines: "append-deadlines",
  proposeResource: "propose-resource",
  reviewResource: "review-resource",
  publishResource: "publish-resource",
  withdrawResource: "withdraw-resource",
  answerAgreement: "answer-agreement",
  supplementAgreement: "supplement-agreement",
  requestExtension: "request-extension",
  decideExtension: "decide-extension",
  suspendAgreement: "suspend-agreement",
  resumeAgreement: "resume-agreement",
  revokeAgreement: "revoke-agreement",
  completeAgreement: "complete-agreement",
  requestCorrection: "request-correction",
  answerCorrection: "answer-correction",
  changeStatus: "change-status",
  createOperator: "create-operator",
  updateOperator: "update-operator",
  sendRecalls: "send-recalls",
  entitleBody: "entitle-body",
  destroyRecord: "destroy",
  addWebhook: "add-webhook",
  endWebhook: "end-webhook",
  backUp: "export-backup",
  resumeScope: "resume-anchoring",
  reanchorScope: "reanchor",
  voidNumber: "void-number",
};

export interface Operation {
  readonly action: string;
  /** The path of what it was done to: identifiers of the ledger only. */
  readonly subject: string;
  /** Id of the key that signed the request. */
  readonly key: string;
  /** The people behind a request that came from the portal. */
  readonly detail?: string;
}

export interface OperationJournalDependencies extends JournalDependencies {
  readonly clock: Clock;
}

/** The operators' actions as records, numbered and anchored like every other. */
export class OperationJournal {
  private readonly dependencies: OperationJournalDependencies;

  constructor(dependencies: OperationJournalDependencies) {
    this.dependencies = dependencies;
  }

  /**
   * Durable when it resolves: only then may the action begin. What is done again within a second is a record of its own,
   * with how often in its detail: the same content twice would be one record. Throws RecordError, ChainError, StorageError.
   */
  async note({ action, subject, key, detail }: Operation): Promise<void> {
    const at = Math.floor(this.dependencies.clock() / 1000);
    for (let times = 1; ; times++) {
      const said = [...(detail === undefined ? [] : [detail]), ...(times === 1 ? [] : [`#${times}`])].join(" ");
      const document = { action, subject, at, key, ...(said !== "" && { detail: said }) };
      const { duplicate } = await writeInJournal(this.dependencies, { kind: "operation", document });
      if (!duplicate) return;
    }
  }
}
