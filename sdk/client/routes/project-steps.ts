import { z } from "zod";
import { CHANGE_KINDS, PROJECT_DUTIES } from "../../chain/projects.ts";
import { defineRoute } from "../route.ts";
import { fen, ordinal, projectParams, projectsTag as tag } from "./projects.ts";
import { hash, jsonObject, recordName, time, transaction, uscc } from "./wire.ts";

const filing = z.strictObject({
  title: z.string().min(1).max(500),
  content: jsonObject.optional(),
  attachment: z.strictObject({ digest: hash, size: z.int().min(0), type: z.string().min(1).max(200) }).optional(),
});

const bodies = z.strictObject({ owner: uscc, approver: uscc, planner: uscc, payer: uscc, auditor: uscc });
const change = z.int().min(-Number.MAX_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER);
const step = <const Name extends string, Shape extends z.ZodRawShape>(name: Name, shape: Shape) =>
  z.strictObject({ step: z.literal(name), ...shape });

/** Every step of the ProjectLedger, of ProjectIssues, and of SealedBids with its notices. */
export const projectStep = z.discriminatedUnion("step", [
  step("register", { bodies }),
  step("approve", { stage: z.enum(["proposal", "feasibility", "design"]), amount: fen }),
  step("report-excess", {}),
  step("reratify", { budget: fen, funding: hash }),
  step("issue-plan", { amount: fen }),
  step("announce", { estimate: fen, saleFrom: time, saleUntil: time, deadline: time, bidBond: fen }),
  step("announce-round", { lot: ordinal, openUntil: time }),
  step("clarify", { lot: ordinal }),
  step("raise-objection", { lot: ordinal }),
  step("answer-objection", { lot: ordinal, objection: ordinal }),
  step("postpone", { lot: ordinal, deadline: time }),
  step("return-bonds", { lot: ordinal, returnedAt: time }),
  step("fail-tender", { lot: ordinal, bidders: z.int().min(0).max(65_535) }),
  step("open-bids", { lot: ordinal, bidders: z.int().min(0).max(65_535), openedAt: time }),
  step("publish-candidates", { lot: ordinal, reportAt: time, from: time, until: time }),
  step("award", { lot: ordinal, winner: uscc, amount: fen, awardedAt: time }),
  step("file-result", { lot: ordinal, filedAt: time }),
  step("sign", { lot: ordinal, amount: fen, performanceBond: fen, signedAt: time }),
  step("start", { startedAt: time, completionDue: time, permit: hash }),
  step("report-progress", { lot: ordinal, progress: z.int().min(0).max(10_000), asOf: time }),
  step("pay", { lot: ordinal, amount: fen }),
  step("propose-change", { lot: ordinal, kind: z.enum(CHANGE_KINDS).exclude(["none"]), amount: change }),
  step("decide-change", { change: ordinal, approved: z.boolean() }),
  step("apply-change", { change: ordinal }),
  step("accept", { acceptedAt: time }),
  step("settle", { amount: fen }),
  step("audit", { amount: fen }),
  step("evaluate", {}),
  step("report-issue", {}),
  step("assign-issue", { issue: ordinal, assignee: uscc, workingDays: z.int().min(1).max(250) }),
  step("urge-issue", { issue: ordinal }),
  step("escalate-issue", { issue: ordinal }),
  step("answer-issue", { issue: ordinal }),
  step("close-issue", { issue: ordinal }),
]);

export const takeStep = defineRoute({
  id: "takeStep",
  method: "post",
  path: "/v1/projects/:code/steps",
  tag,
  summary: {
    zh: "办理一步:先把文件登记为记录并锚定,再由本部门的账户上链;不合法定条件的由合约拒绝并指明条款",
    en: "Take a step: its filing becomes an anchored record, then the department's account takes it on chain; what the law does not allow the contract refuses, with the article",
  },
  access: "own",
  params: projectParams,
  body: { kind: "json", schema: z.strictObject({ step: projectStep, filing }) },
  response: { kind: "json", schema: z.strictObject({ filing: recordName, ...transaction.shape }) },
  problems: ["project.gate-closed", "chain.revert", "record.timeout"],
});

export const entitleBody = defineRoute({
  id: "entitleBody",
  method: "post",
  path: "/v1/projects/bodies",
  tag,
  summary: {
    zh: "数据主管部门:登记一个部门依法对项目负有的职责(审批、计划、付款、审计)",
    en: "Authority: enter which duties a body has by law in projects (approve, plan, pay, audit)",
  },
  access: "own",
  body: {
    kind: "json",
    schema: z.strictObject({
      body: uscc,
      duties: z.array(z.enum(PROJECT_DUTIES)).max(PROJECT_DUTIES.length),
      /** Digest of the written basis. */
      basis: hash,
    }),
  },
  response: { kind: "json", schema: transaction },
  problems: ["chain.revert"],
});
