import { z } from "zod";
import { NOTICE_KINDS } from "../../protocol/notice.ts";
import { defineRoute } from "../route.ts";
import {
  fieldPattern,
  hash,
  idParams,
  jsonObject,
  purpose,
  reasonCode,
  recordName,
  time,
  transaction,
  uscc,
  words,
} from "./wire.ts";

const tag = "agreements 共享授权";

/** What the application asks for: the content of the document behind an agreement. */
export const applicationTerms = z.strictObject({
  purpose,
  fields: z.array(fieldPattern).max(256),
  /** The matter for which the data is needed. */
  matter: z.string().min(1).max(500).optional(),
  basis: words.optional(),
  scenario: words.optional(),
  validFrom: time,
  validUntil: time,
  maximumUses: z
    .int()
    .min(1)
    .max(2 ** 32 - 1),
});
export type ApplicationTerms = z.infer<typeof applicationTerms>;

export const DUTIES = ["reply", "supply", "settle-deliveries", "settle-receipts"] as const;

export const agreement = z.strictObject({
  id: hash,
  resource: hash,
  provider: uscc,
  consumer: uscc,
  state: z.string(),
  inForce: z.boolean(),
  document: hash,
  appliedAt: time,
  validFrom: time,
  validUntil: time,
  endedAt: time.optional(),
  settlementUntil: time.optional(),
  maximumUses: z.int().min(0),
  reserved: z.int().min(0),
  askedOnce: z.boolean(),
  extensionDays: z.int().min(0),
  /** Working days of an extension that the authority has not decided on; 0: none. */
  extensionRequested: z.int().min(0),
  /** The statutory duty that runs now, its end (exclusive) and the working days left, today included. */
  due: z
    .strictObject({ duty: z.enum(DUTIES), at: time, workingDaysLeft: z.int().min(0).optional(), missed: z.boolean() })
    .optional(),
  /** What was applied for, when this node holds the document. */
  application: applicationTerms.optional(),
});
export type AgreementView = z.infer<typeof agreement>;

export const listAgreements = defineRoute({
  id: "listAgreements",
  method: "get",
  path: "/v1/agreements",
  tag,
  summary: {
    zh: "与本部门有关的共享授权及剩余工作日",
    en: "The agreements that concern the department, with working days left",
  },
  access: "own",
  query: z.strictObject({
    side: z.enum(["provider", "consumer", "authority"]).optional(),
    state: z.string().max(16).optional(),
    resource: hash.optional(),
  }),
  response: { kind: "json", schema: z.strictObject({ agreements: z.array(agreement) }) },
});

export const getAgreement = defineRoute({
  id: "getAgreement",
  method: "get",
  path: "/v1/agreements/:id",
  tag,
  summary: { zh: "一项共享授权", en: "One agreement" },
  access: "own",
  params: idParams,
  response: { kind: "json", schema: agreement },
  problems: ["agreement.unknown"],
});

export const applyForAgreement = defineRoute({
  id: "applyForAgreement",
  method: "post",
  path: "/v1/agreements",
  tag,
  summary: { zh: "申请共享(使用方)", en: "Apply for sharing (consumer)" },
  access: "own",
  body: { kind: "json", schema: applicationTerms.extend({ resource: hash }) },
  response: {
    kind: "json",
    schema: transaction.extend({ agreement: hash, document: recordName, provider: uscc, delivered: z.boolean() }),
  },
  problems: ["chain.revert", "application.field-unknown"],
});

/** From the consumer's node to the provider's: the document that the chain names by its record id. */
export const sendApplication = defineRoute({
  id: "sendApplication",
  method: "post",
  path: "/v1/applications",
  tag,
  summary: {
    zh: "向提供方送达申请文书(节点之间)",
    en: "Hand the application document to the provider (between nodes)",
  },
  access: "department",
  body: {
    kind: "json",
    schema: z.strictObject({ agreement: hash, header: jsonObject, claims: jsonObject }),
    maximumBytes: 1024 * 1024,
  },
  response: { kind: "json", schema: z.strictObject({ stored: z.literal(true) }) },
  problems: ["application.mismatch", "agreement.not-party"],
});

const act = <const Id extends string, const Path extends `/${string}`, Body extends z.ZodType>(
  id: Id,
  path: Path,
  summary: { zh: string; en: string },
  schema: Body,
) =>
  defineRoute({
    id,
    method: "post",
    path: `/v1/agreements/:id/${path.slice(1)}` as `/v1/agreements/:id${Path}`, // The same text.
    tag,
    summary,
    access: "own",
    params: idParams,
    body: { kind: "json", schema },
    response: { kind: "json", schema: transaction },
    problems: ["agreement.unknown", "chain.revert"],
  });

const nothing = z.strictObject({});
const coded = z.strictObject({ reason: reasonCode });

export const answerAgreement = act(
  "answerAgreement",
  "/answer",
  {
    zh: "答复申请:同意、不同意(附依据)或一次性要求补充",
    en: "Answer: agree, refuse with a basis, or ask once for what is missing",
  },
  z.discriminatedUnion("decision", [
    z.strictObject({ decision: z.literal("agree") }),
    z.strictObject({ decision: z.literal("refuse"), basis: words }),
    z.strictObject({ decision: z.literal("ask"), missing: words }),
  ]),
);
export const supplementAgreement = act(
  "supplementAgreement",
  "/supplement",
  { zh: "补充申请文书(使用方)", en: "Supplement the application (consumer)" },
  applicationTerms,
);
export const requestExtension = act(
  "requestExtension",
  "/extension",
  { zh: "申请延期答复(提供方)", en: "Ask for an extension of the reply (provider)" },
  z.strictObject({ workingDays: z.int().min(1).max(250), reason: words }),
);
export const decideExtension = act(
  "decideExtension",
  "/extension/decision",
  { zh: "决定是否延期(数据主管部门)", en: "Decide on an extension (authority)" },
  z.strictObject({ grant: z.boolean() }),
);
export const suspendAgreement = act("suspendAgreement", "/suspend", { zh: "暂停共享", en: "Suspend" }, coded);
export const resumeAgreement = act("resumeAgreement", "/resume", { zh: "恢复共享", en: "Resume" }, nothing);
export const revokeAgreement = act("revokeAgreement", "/revoke", { zh: "撤回共享", en: "Revoke" }, coded);
export const completeAgreement = act(
  "completeAgreement",
  "/complete",
  { zh: "目的已达成(使用方)", en: "Purpose achieved (consumer)" },
  nothing,
);
export const recordExpiry = act(
  "recordExpiry",
  "/expiry",
  { zh: "登记期满", en: "Record that the period is over" },
  nothing,
);
export const recordMissedDeadline = act(
  "recordMissedDeadline",
  "/missed-deadline",
  { zh: "登记逾期", en: "Record a missed deadline" },
  z.strictObject({ duty: z.enum(DUTIES) }),
);
export const reserveDeliveries = act(
  "reserveDeliveries",
  "/reserve",
  { zh: "预留交付编号(使用方)", en: "Reserve delivery numbers (consumer)" },
  z.strictObject({ count: z.int().min(1).max(100_000) }),
);

const noticeName = { kind: z.enum(NOTICE_KINDS), digest: hash };

/** A notice that an event of the agreement names. Undetermined: whoever keeps the words did not give them. Rejected: what it gave does not have that digest. */
const noticeView = z.discriminatedUnion("verdict", [
  z.strictObject({
    verdict: z.literal("verified"),
    ...noticeName,
    notice: z.strictObject({ agreement: hash, kind: noticeName.kind, text: words, at: time, salt: z.string().max(64) }),
  }),
  z.strictObject({ verdict: z.enum(["rejected", "undetermined"]), ...noticeName }),
]);
export type NoticeView = z.infer<typeof noticeView>;

export const listNotices = defineRoute({
  id: "listNotices",
  method: "get",
  path: "/v1/agreements/:id/notices",
  tag,
  summary: {
    zh: "提供方就该授权写明的理由,逐条与链上摘要核对(双方及数据主管部门可读)",
    en: "The reasons that the provider wrote down, each held against its digest on chain (the parties and the authority may read)",
  },
  access: "department",
  params: idParams,
  response: {
    kind: "json",
    schema: z.strictObject({
      notices: z.array(noticeView),
    }),
  },
  problems: ["agreement.unknown", "agreement.not-party", "peer.unreachable", "peer.refused"],
});
