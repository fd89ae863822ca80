import { z } from "zod";
import { defineRoute } from "../route.ts";
import { operatorName } from "./operators.ts";
import { hash, idParams, jsonObject, time } from "./wire.ts";

const tag = "approvals 审批";

export const APPROVAL_STATES = ["waiting", "done", "refused", "failed"] as const;

/** 办理编号: one number for everything that was asked for together, such as 20260131-7F3K9Q2M. */
const tracking = z.string().regex(/^\d{8}-[0-9A-Z]{8}$/);

export const approval = z.strictObject({
  id: hash,
  /** Id of the route that is to be called. */
  operation: z.string(),
  /** Exactly what will be sent to it. */
  params: z.record(z.string(), z.union([z.string(), z.number()])),
  body: jsonObject,
  remark: z.string().optional(),
  tracking: tracking.optional(),
  askedBy: operatorName,
  askedAt: time,
  state: z.enum(APPROVAL_STATES),
  decidedBy: operatorName.optional(),
  decidedAt: time.optional(),
  decisionRemark: z.string().optional(),
  /** What the operation answered, or the code with which it failed. */
  answer: jsonObject.optional(),
  code: z.string().optional(),
});
export type ApprovalView = z.infer<typeof approval>;

const remark = z.string().max(1000).optional();

export const askApproval = defineRoute({
  id: "askApproval",
  method: "post",
  path: "/v1/approvals",
  tag,
  summary: {
    zh: "提请审批:由另一人批准后执行",
    en: "Ask for an action that a second person approves and the node then carries out",
  },
  access: "operator",
  body: {
    kind: "json",
    schema: z.strictObject({
      operation: z.string().max(64),
      params: z.record(z.string().max(32), z.union([z.string().max(128), z.number()])),
      body: jsonObject,
      remark,
      tracking: tracking.optional(),
    }),
  },
  response: { kind: "json", schema: approval },
  problems: ["operator.role", "approval.operation", "http.request-invalid"],
});

export const listApprovals = defineRoute({
  id: "listApprovals",
  method: "get",
  path: "/v1/approvals",
  tag,
  summary: { zh: "审批事项,新的在前", en: "What was asked for, newest first" },
  access: "operator",
  query: z.strictObject({
    state: z.enum(APPROVAL_STATES).optional(),
    limit: z.coerce.number().int().min(1).max(500).optional(),
  }),
  response: { kind: "json", schema: z.strictObject({ approvals: z.array(approval) }) },
});

export const decideApproval = defineRoute({
  id: "decideApproval",
  method: "post",
  path: "/v1/approvals/:id/decision",
  tag,
  summary: { zh: "批准(随即执行)或不批准", en: "Approve, which carries it out, or refuse" },
  access: "operator",
  params: idParams,
  body: { kind: "json", schema: z.strictObject({ approve: z.boolean(), remark }) },
  response: { kind: "json", schema: approval },
  problems: ["approval.unknown", "approval.decided", "approval.own", "operator.role"],
});
