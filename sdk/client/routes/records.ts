import { z } from "zod";
import { defineRoute } from "../route.ts";
import {
  hash,
  idParams,
  jsonObject,
  keySignature,
  reasonCode,
  recordName,
  recordParams,
  scopeParams,
  sequence,
  time,
  transaction,
} from "./wire.ts";

const tag = "records 记录";

const MAXIMUM_PROOF = 32;

/** The node's word that a record is durable under its number. One signature covers a group of such statements (SPEC §9.6). */
export const acceptedReceipt = z.strictObject({
  ledger: hash,
  scope: hash,
  seq: sequence,
  record: hash,
  at: time,
  /** Where the statement is in the tree whose root is signed. */
  group: z.strictObject({
    index: z.int().min(0),
    count: z.int().min(1),
    proof: z.array(hash).max(MAXIMUM_PROOF),
  }),
  key: keySignature.shape.key,
  signature: keySignature.shape.signature,
});
export type AcceptedReceipt = z.infer<typeof acceptedReceipt>;

const finding = z.strictObject({
  code: z.string(),
  /** Names and positions of the schema, never text of the document. */
  path: z.array(z.union([z.string(), z.int()])),
  values: z.record(z.string(), z.union([z.string(), z.number()])),
  title: z.string(),
  remedy: z.string(),
});

export const acceptedLine = z.strictObject({
  line: z.int().min(0),
  outcome: z.literal("accepted"),
  duplicate: z.boolean(),
  receipt: acceptedReceipt,
});
export const refusedLine = z.strictObject({
  line: z.int().min(0),
  outcome: z.literal("refused"),
  code: z.string(),
  values: z.record(z.string(), z.union([z.string(), z.number()])),
  title: z.string(),
  remedy: z.string(),
  findings: z.array(finding),
});

/** What became of one line of a body; `line` counts from 0. */
export const lineOutcome = z.discriminatedUnion("outcome", [acceptedLine, refusedLine]);
export type LineOutcome = z.infer<typeof lineOutcome>;

const batch = z.strictObject({
  first: sequence,
  count: z.int().min(1),
  root: hash,
  time: time.optional(),
  block: z.int().min(0).optional(),
  transaction: hash.optional(),
});

/** As a header's: it may begin before 1970 and end in 9999. */
const validity = z
  .int()
  .min(-(2 ** 40 - 1))
  .max(2 ** 40 - 1);

export const recordView = recordName.extend({
  kind: z.string(),
  state: z.string(),
  issuedAt: time,
  validFrom: validity.optional(),
  validUntil: validity.optional(),
  destructionPending: z.boolean(),
  batch: batch.optional(),
  history: z.array(z.strictObject({ state: z.string(), at: time })),
});
export type RecordViewAnswer = z.infer<typeof recordView>;

export const submitRecords = defineRoute({
  id: "submitRecords",
  method: "post",
  path: "/v1/resources/:id/records",
  tag,
  summary: {
    zh: "提交记录:一个 JSON 对象,或每行一个对象的 NDJSON;逐行返回结果与签名回执",
    en: "Submit records, one JSON object or NDJSON; each line is answered with its outcome and a signed receipt",
  },
  access: "own",
  params: idParams,
  body: { kind: "records" },
  response: { kind: "ndjson", schema: lineOutcome },
  problems: ["scope.unknown", "intake.busy"],
});

export const getRecord = defineRoute({
  id: "getRecord",
  method: "get",
  path: "/v1/records/:scope/:seq",
  tag,
  summary: { zh: "记录的状态(不含内容)", en: "Where a record stands (without its content)" },
  access: "own",
  params: recordParams,
  response: { kind: "json", schema: recordView },
  problems: ["record.unknown"],
});

export const findRecord = defineRoute({
  id: "findRecord",
  method: "post",
  path: "/v1/resources/:id/records/find",
  tag,
  summary: { zh: "按业务编号查找有效记录", en: "Find the active record of a business key" },
  access: "own",
  params: idParams,
  body: { kind: "json", schema: z.strictObject({ key: z.string().min(1).max(512) }) },
  response: { kind: "json", schema: recordView },
  problems: ["record.unknown-key"],
});

export const getEvidence = defineRoute({
  id: "getEvidence",
  method: "get",
  path: "/v1/records/:scope/:seq/evidence",
  tag,
  summary: { zh: "本部门记录的存证", en: "The evidence of one of the department's own records" },
  access: "own",
  params: recordParams,
  query: z.strictObject({ parents: z.enum(["true", "false"]).optional() }),
  response: { kind: "json", schema: jsonObject },
  problems: ["record.not-final", "record.destroyed"],
});

/** A header is free of personal data: oversight sees every one of them. */
export const getHeader = defineRoute({
  id: "getHeader",
  method: "get",
  path: "/v1/oversight/records/:scope/:seq",
  tag,
  summary: { zh: "监督:记录头与锚定位置(不含内容)", en: "Oversight: a record's header and where it is anchored" },
  access: "oversight",
  params: recordParams,
  response: {
    kind: "json",
    schema: z.strictObject({ header: jsonObject, record: hash, state: z.string(), batch: batch.optional() }),
  },
  problems: ["record.unknown"],
});

export const STATUS_STATES = [
  "active",
  "suspended",
  "revoked",
  "cancelled",
  "lapsed",
  "transferred",
  "withdrawn",
  "other",
] as const;

export const changeStatus = defineRoute({
  id: "changeStatus",
  method: "post",
  path: "/v1/records/:scope/:seq/status",
  tag,
  summary: { zh: "改变记录的状态(暂扣、撤销、注销……)", en: "Change the state of a record (suspend, revoke, cancel …)" },
  access: "own",
  params: recordParams,
  body: {
    kind: "json",
    schema: z.strictObject({ state: z.enum(STATUS_STATES), reason: reasonCode, effectiveFrom: time.optional() }),
  },
  response: { kind: "json", schema: transaction },
  problems: ["chain.revert"],
});

export const listBatches = defineRoute({
  id: "listBatches",
  method: "get",
  path: "/v1/scopes/:scope/batches",
  tag,
  summary: { zh: "一个范围的批次", en: "The batches of a scope" },
  access: "own",
  params: scopeParams,
  query: z.strictObject({
    from: z.coerce.number().int().min(0).optional(),
    limit: z.coerce.number().int().min(1).max(1000).optional(),
  }),
  response: { kind: "json", schema: z.strictObject({ batches: z.array(batch) }) },
  problems: ["scope.unknown"],
});
