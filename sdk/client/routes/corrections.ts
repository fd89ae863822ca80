import { z } from "zod";
import { MAXIMUM_DELIVERY_RECORDS } from "../../protocol/delivery.ts";
import { defineRoute } from "../route.ts";
import {
  deliveryNumber,
  deliveryNumberText,
  fieldPattern,
  hash,
  idParams,
  jsonObject,
  recordName,
  time,
  uscc,
  words,
} from "./wire.ts";

const tag = "corrections 更正";

/** `undelivered`: the provider has not taken it yet. `waiting`: it has not answered. `invalid`: it did not take it, see `code`. */
export const CORRECTION_STATES = ["undelivered", "waiting", "invalid", "corrected", "refused"] as const;

export const correction = z.strictObject({
  /** Record id of the request, in the consumer's journal. */
  id: hash,
  side: z.enum(["provider", "consumer"]),
  state: z.enum(CORRECTION_STATES),
  /** The other party. */
  department: uscc,
  agreement: hash,
  k: deliveryNumber,
  /** The record that is said to be wrong. */
  about: recordName,
  fields: z.array(fieldPattern),
  text: z.string(),
  at: time,
  code: z.string().optional(),
  answer: z
    .strictObject({
      /** Record id of the answer, in the provider's journal. */
      record: hash,
      at: time,
      basis: z.string().optional(),
      successor: recordName.optional(),
      /** Whether the other party has it. */
      delivered: z.boolean(),
    })
    .optional(),
});
export type CorrectionView = z.infer<typeof correction>;

export const requestCorrection = defineRoute({
  id: "requestCorrection",
  method: "post",
  path: "/v1/agreements/:id/deliveries/:k/corrections",
  tag,
  summary: {
    zh: "使用方:请提供方更正收到的一条记录(申请本身是记录,锚定后送达)",
    en: "Consumer: ask the provider to correct a record that was received; the request is a record, handed over once it is anchored",
  },
  access: "own",
  params: idParams.extend({ k: deliveryNumberText }),
  body: {
    kind: "json",
    schema: z.strictObject({
      /** Which record of the delivery. */
      index: z.int().min(0).max(MAXIMUM_DELIVERY_RECORDS),
      /** Which of its fields are wrong; none: the record as a whole. */
      fields: z.array(fieldPattern).max(64),
      /** What is wrong with it. */
      text: words,
    }),
  },
  response: { kind: "json", schema: correction },
  problems: ["correction.not-received", "correction.not-settled"],
});

export const listCorrections = defineRoute({
  id: "listCorrections",
  method: "get",
  path: "/v1/corrections",
  tag,
  summary: { zh: "提出与收到的更正申请", en: "Corrections that were asked for, by us and of us" },
  access: "own",
  query: z.strictObject({ agreement: hash.optional() }),
  response: { kind: "json", schema: z.strictObject({ corrections: z.array(correction) }) },
});

export const answerCorrection = defineRoute({
  id: "answerCorrection",
  method: "post",
  path: "/v1/corrections/:id/answer",
  tag,
  summary: {
    zh: "提供方:答复更正申请。已更正(须先出具取代它的记录),或不予更正并写明理由",
    en: "Provider: answer. Corrected, once a record supersedes it; or refused, with the reason",
  },
  access: "own",
  params: idParams,
  body: {
    kind: "json",
    schema: z.discriminatedUnion("decision", [
      z.strictObject({ decision: z.literal("corrected") }),
      z.strictObject({ decision: z.literal("refused"), basis: words }),
    ]),
  },
  response: { kind: "json", schema: correction },
  problems: ["correction.unknown", "correction.answered", "correction.no-successor"],
});

export const getCorrectionEvidence = defineRoute({
  id: "getCorrectionEvidence",
  method: "get",
  path: "/v1/corrections/:id/evidence",
  tag,
  summary: {
    zh: "对方送达的存证:使用方得到答复,提供方得到申请",
    en: "The evidence that the other party handed over: of its answer, or of its request",
  },
  access: "own",
  params: idParams,
  response: { kind: "json", schema: jsonObject },
  problems: ["correction.unknown"],
});

/** Between the nodes of the parties: a request to the provider, an answer to the consumer. */
export const deliverCorrection = defineRoute({
  id: "deliverCorrection",
  method: "post",
  path: "/v1/corrections/notices",
  tag,
  summary: {
    zh: "接收更正申请或其答复(节点之间)",
    en: "Take a request for correction, or the answer to one (between nodes)",
  },
  access: "department",
  body: { kind: "json", schema: z.strictObject({ evidence: jsonObject }), maximumBytes: 256 * 1024 },
  response: { kind: "json", schema: z.strictObject({ stored: z.literal(true) }) },
  problems: ["correction.invalid", "correction.not-party", "correction.answered"],
});
