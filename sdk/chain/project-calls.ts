import type { Hex } from "../protocol/bytes.ts";
import type { LedgerCall } from "./calls.ts";
import { encodeCall } from "./contracts.ts";
import { CHANGE_KINDS, PROJECT_DUTIES, PROJECT_STAGES } from "./projects.ts";
import { enumNumber } from "./values.ts";

/** The record of a filing, as the contracts take it. */
export interface FilingName {
  readonly scope: Hex;
  readonly seq: number;
  readonly record: Hex;
}

export interface ProjectBodies {
  readonly owner: string;
  readonly approver: string;
  readonly planner: string;
  readonly payer: string;
  readonly auditor: string;
}

/** What the authority does: a body's duties by law. `basis` is the digest of the written basis. */
export const entitleCall = (
  body: string,
  { duties, basis }: { readonly duties: readonly (typeof PROJECT_DUTIES)[number][]; readonly basis: Hex },
): LedgerCall => ({
  contract: "ProjectLedger",
  data: encodeCall("ProjectLedger", "entitle", [
    body,
    duties.reduce((bits, duty) => bits | (1 << enumNumber(PROJECT_DUTIES, duty)), 0),
    basis,
  ]),
});

/** One step of a project: what is said beside the filing. Amounts are 分, times seconds, shares basis points. */
export type ProjectStep =
  | { readonly step: "register"; readonly code: string; readonly bodies: ProjectBodies }
  | { readonly step: "approve"; readonly stage: "proposal" | "feasibility" | "design"; readonly amount: number }
  | { readonly step: "report-excess" }
  | { readonly step: "reratify"; readonly budget: number; readonly funding: Hex }
  | { readonly step: "issue-plan"; readonly amount: number }
  | {
      readonly step: "announce";
      readonly estimate: number;
      readonly saleFrom: number;
      readonly saleUntil: number;
      readonly deadline: number;
      readonly bidBond: number;
    }
  | { readonly step: "announce-round"; readonly lot: number; readonly openUntil: number }
  | { readonly step: "clarify"; readonly lot: number }
  | { readonly step: "raise-objection"; readonly lot: number }
  | { readonly step: "answer-objection"; readonly lot: number; readonly objection: number }
  | { readonly step: "postpone"; readonly lot: number; readonly deadline: number }
  | { readonly step: "return-bonds"; readonly lot: number; readonly returnedAt: number }
  | { readonly step: "fail-tender"; readonly lot: number; readonly bidders: number }
  | { readonly step: "open-bids"; readonly lot: number; readonly bidders: number; readonly openedAt: number }
  | {
      readonly step: "publish-candidates";
      readonly lot: number;
      readonly reportAt: number;
      readonly from: number;
      readonly until: number;
    }
  | {
      readonly step: "award";
      readonly lot: number;
      readonly winner: string;
      readonly amount: number;
      readonly awardedAt: number;
    }
  | { readonly step: "file-result"; readonly lot: number; readonly filedAt: number }
  | {
      readonly step: "sign";
      readonly lot: number;
      readonly amount: number;
      readonly performanceBond: number;
      readonly signedAt: number;
    }
  | { readonly step: "start"; readonly startedAt: number; readonly completionDue: number; readonly permit: Hex }
  | { readonly step: "report-progress"; readonly lot: number; readonly progress: number; readonly asOf: number }
  | { readonly step: "pay"; readonly lot: number; readonly amount: number }
  | {
      readonly step: "propose-change";
      readonly lot: number;
      readonly kind: Exclude<(typeof CHANGE_KINDS)[number], "none">;
      readonly amount: number;
    }
  | { readonly step: "decide-change"; readonly change: number; readonly approved: boolean }
  | { readonly step: "apply-change"; readonly change: number }
  | { readonly step: "accept"; readonly acceptedAt: number }
  | { readonly step: "settle"; readonly amount: number }
  | { readonly step: "audit"; readonly amount: number }
  | { readonly step: "evaluate" }
  | { readonly step: "report-issue" }
  | { readonly step: "assign-issue"; readonly issue: number; readonly assignee: string; readonly workingDays: number }
  | { readonly step: "urge-issue"; readonly issue: number }
  | { readonly step: "escalate-issue"; readonly issue: number }
  | { readonly step: "answer-issue"; readonly issue: number }
  | { readonly step: "close-issue"; readonly issue: number };

interface StepPlace {
  readonly project: Hex;
  readonly document: FilingName;
}

/** The call of a step. */
export function projectStepCall(given: ProjectStep, place: StepPlace): LedgerCall {
  if (isTenderStep(given)) return { contract: "SealedBids", data: tenderData(given, place) };
  return isIssueStep(given) ? issueCall(given, place) : ledgerCall(given, place);
}

const TENDER_STEPS = [
  "announce-round",
  "clarify",
  "raise-objection",
  "answer-objection",
  "postpone",
  "return-bonds",
] as const;
type TenderStep = Extract<ProjectStep, { step: (typeof TENDER_STEPS)[number] }>;
const isTenderStep = (given: ProjectStep): given is TenderStep => TENDER_STEPS.some((step) => step === given.step);

function tenderData(given: TenderStep, { project, document }: StepPlace): Hex {
  const contract = "SealedBids";
  const { lot } = given;
  switch (given.step) {
    case "announce-round":
      return encodeCall(contract, "announceRound", [project, lot, BigInt(given.openUntil), document]);
    case "clarify":
      return encodeCall(contract, "clarify", [project, lot, document]);
    case "raise-objection":
      return encodeCall(contract, "raiseObjection", [project, lot, document]);
    case "answer-objection":
      return encodeCall(contract, "answerObjection", [project, lot, given.objection, document]);
    case "postpone":
      return encodeCall(contract, "postpone", [project, lot, BigInt(given.deadline), document]);
    case "return-bonds":
      return encodeCall(contract, "returnBonds", [project, lot, BigInt(given.returnedAt), document]);
  }
}

type IssueStep = Extract<ProjectStep, { step: `${string}-issue` }>;
const isIssueStep = (given: ProjectStep): given is IssueStep => given.step.endsWith("-issue");

function issueCall(given: IssueStep, { project, document }: StepPlace): LedgerCall {
  const contract = "ProjectIssues";
  switch (given.step) {
    case "report-issue":
      return { contract, data: encodeCall(contract, "reportIssue", [project, document]) };
    case "assign-issue":
      return {
        contract,
        data: encodeCall(contract, "assignIssue", [project, given.issue, given.assignee, given.workingDays]),
      };
    case "urge-issue":
      return { contract, data: encodeCall(contract, "urgeIssue", [project, given.issue]) };
    case "escalate-issue":
      return { contract, data: encodeCall(contract, "escalateIssue", [project, given.issue]) };
    case "answer-issue":
      return { contract, data: encodeCall(contract, "answerIssue", [project, given.issue, document]) };
    case "close-issue":
      return { contract, data: encodeCall(contract, "closeIssue", [project, given.issue, document]) };
  }
}

function ledgerCall(
  given: Exclude<ProjectStep, IssueStep | TenderStep>,
  { project: id, document }: StepPlace,
): LedgerCall {
  return { contract: "ProjectLedger", data: ledgerData(given, { id, document }) };
}

type LedgerStep = Exclude<ProjectStep, IssueStep | TenderStep>;

function ledgerData(given: LedgerStep, { id, document }: { readonly id: Hex; readonly document: FilingName }): Hex {
  const contract = "ProjectLedger";
  const n = BigInt;
  switch (given.step) {
    case "register":
      return encodeCall(contract, "register", [given.code, given.bodies, document]);
    case "approve":
      return encodeCall(contract, "approve", [id, enumNumber(PROJECT_STAGES, given.stage), n(given.amount), document]);
    case "report-excess":
      return encodeCall(contract, "reportExcess", [id, document]);
    case "reratify":
      return encodeCall(contract, "reratify", [id, n(given.budget), document, given.funding]);
    case "issue-plan":
      return encodeCall(contract, "issuePlan", [id, n(given.amount), document]);
    case "announce": {
      const { estimate, saleFrom, saleUntil, deadline, bidBond } = given;
      const figures = [n(estimate), n(saleFrom), n(saleUntil), n(deadline), n(bidBond)] as const;
      return encodeCall(contract, "announce", [id, ...figures, document]);
    }
    case "fail-tender":
      return encodeCall(contract, "failTender", [id, given.lot, given.bidders, document]);
    case "open-bids":
      return encodeCall(contract, "openBids", [id, given.lot, given.bidders, n(given.openedAt), document]);
    case "publish-candidates":
      return encodeCall(contract, "publishCandidates", [
        id,
        given.lot,
        n(given.reportAt),
        n(given.from),
        n(given.until),
        document,
      ]);
    case "award":
      return encodeCall(contract, "award", [
        id,
        given.lot,
        given.winner,
        n(given.amount),
        n(given.awardedAt),
        document,
      ]);
    case "file-result":
      return encodeCall(contract, "fileResult", [id, given.lot, n(given.filedAt), document]);
    case "sign":
      return encodeCall(contract, "sign", [
        id,
        given.lot,
        n(given.amount),
        n(given.performanceBond),
        n(given.signedAt),
        document,
      ]);
    case "start":
      return encodeCall(contract, "start", [id, n(given.startedAt), n(given.completionDue), given.permit, document]);
    case "report-progress":
      return encodeCall(contract, "reportProgress", [id, given.lot, given.progress, n(given.asOf), document]);
    case "pay":
      return encodeCall(contract, "pay", [id, given.lot, n(given.amount), document]);
    case "propose-change":
      return encodeCall(contract, "proposeChange", [
        id,
        given.lot,
        enumNumber(CHANGE_KINDS, given.kind),
        n(given.amount),
        document,
      ]);
    case "decide-change":
      return encodeCall(contract, "decideChange", [id, given.change, given.approved, document]);
    case "apply-change":
      return encodeCall(contract, "applyChange", [id, given.change]);
    case "accept":
      return encodeCall(contract, "accept", [id, n(given.acceptedAt), document]);
    case "settle":
      return encodeCall(contract, "settle", [id, n(given.amount), document]);
    case "audit":
      return encodeCall(contract, "audit", [id, n(given.amount), document]);
    case "evaluate":
      return encodeCall(contract, "evaluate", [id, document]);
  }
}
