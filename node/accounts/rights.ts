import { OPERATOR_ROLES, type OperatorRole } from "../../sdk/client/routes/operators.ts";

/** Who may do a thing. With `approve`, `roles` may only ask for it, and one of `approve` — another person — decides. */
export interface Right {
  readonly roles: readonly OperatorRole[];
  readonly approve?: readonly OperatorRole[];
}

const everyone: Right = { roles: OPERATOR_ROLES };
const may = (...roles: readonly OperatorRole[]): Right => ({ roles });
const together: Right = { roles: ["clerk", "approver"], approve: ["approver"] };
const governed: Right = { roles: ["administrator", "approver"], approve: ["approver"] };

/**
 * What operators may call, by route. A route that is not listed is not for operators, whatever their roles. What binds
 * the department towards others takes two people.
 */
export const RIGHTS: Readonly<Record<string, Right>> = {
  getSession: everyone,
  changePassword: everyone,
  askApproval: everyone,
  listApprovals: everyone,
  decideApproval: may("approver"),

  listOperators: may("administrator", "auditor"),
  createOperator: may("administrator"),
  updateOperator: may("administrator"),

  listAlarms: may("administrator", "auditor"),
  showNode: may("administrator", "auditor"),
  showRules: everyone,
  traceRecord: everyone,
  findByRecordId: everyone,
  recallList: everyone,
  resourceImpact: everyone,
  resourceUse: everyone,
  firstBad: everyone,
  listAssessments: everyone,
  makeAssessment: may("clerk", "auditor"),
  findStage: everyone,

  listAgreements: everyone,
  getAgreement: everyone,
  listNotices: everyone,
  listDeliveries: everyone,
  applyForAgreement: together,
  supplementAgreement: together,
  answerAgreement: together,
  requestExtension: together,
  decideExtension: together,
  suspendAgreement: together,
  resumeAgreement: together,
  revokeAgreement: together,
  completeAgreement: together,
  recordExpiry: may("clerk"),
  recordMissedDeadline: may("clerk", "overseer"),
  reserveDeliveries: may("clerk"),
  askForDelivery: may("clerk"),
  getReceivedEvidence: may("clerk", "approver", "auditor"),

  listCorrections: may("clerk", "approver", "auditor"),
  getCorrectionEvidence: may("clerk", "approver", "auditor"),
  requestCorrection: together,
  answerCorrection: together,

  describeResource: everyone,
  showSupply: everyone,
  proposeResource: together,
  reviewResource: together,
  publishResource: together,
  withdrawResource: together,

  submitRecords: may("clerk"),
  getRecord: everyone,
  findRecord: may("clerk", "approver", "auditor"),
  getEvidence: may("clerk", "approver", "auditor"),
  listBatches: everyone,
  getDestruction: everyone,
  changeStatus: together,
  followEvents: everyone,

  takeStep: together,

  getHeader: may("overseer", "auditor"),
  listHeaders: may("overseer", "auditor"),

  admitDepartment: governed,
  setDepartmentStatus: governed,
  setListEntry: governed,
  setCalendar: governed,
  appendDeadlines: governed,
};

const has = (roles: readonly OperatorRole[], wanted: readonly OperatorRole[] | undefined): boolean =>
  wanted?.some((role) => roles.includes(role)) ?? false;

export type Standing = "allowed" | "needs-approval" | "denied";

/** How a route stands for somebody with these roles. */
export function standingOf(operation: string, roles: readonly OperatorRole[]): Standing {
  const right = Object.hasOwn(RIGHTS, operation) ? RIGHTS[operation] : undefined;
  if (right === undefined || !has(roles, right.roles)) return "denied";
  return right.approve === undefined ? "allowed" : "needs-approval";
}

export const mayApprove = (operation: string, roles: readonly OperatorRole[]): boolean =>
  Object.hasOwn(RIGHTS, operation) && has(roles, RIGHTS[operation]?.approve);

/** Everything that these roles allow, for a page that shows no more than what can be done. */
export function rightsOf(roles: readonly OperatorRole[]) {
  const of = (standing: Standing) =>
    Object.keys(RIGHTS).filter((operation) => standingOf(operation, roles) === standing);
  return {
    may: of("allowed"),
    mayAsk: of("needs-approval"),
    mayApprove: Object.keys(RIGHTS).filter((operation) => mayApprove(operation, roles)),
  };
}
