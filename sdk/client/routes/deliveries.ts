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
  keySignature,
  purpose,
  recordName,
  time,
} from "./wire.ts";

const tag = "deliveries 交付";
/** Evidence of a thousand records with their schemas. */
const MAXIMUM_PACKAGE_BYTES = 64 * 1024 * 1024;

export const DELIVERY_OUTCOMES = [
  "delivered",
  "unacknowledged",
  "void",
  "received",
  "disputed",
  "nothing-received",
] as const;

/** One numbered delivery as a side sees it. */
export const deliveryView = z.strictObject({
  k: deliveryNumber,
  side: z.enum(["provider", "consumer"]),
  state: z.string(),
  at: time.optional(),
  requestDigest: hash.optional(),
  packageDigest: hash.optional(),
  records: z.int().min(0),
  acknowledged: z.boolean(),
  /** What this side's stream says of the number, once it is settled. */
  settled: z.strictObject({ outcome: z.enum(DELIVERY_OUTCOMES), record: hash, state: z.string() }).optional(),
});
export type DeliveryView = z.infer<typeof deliveryView>;

const received = recordName.extend({ index: z.int().min(0), verdict: z.string() });

export const askForDelivery = defineRoute({
  id: "askForDelivery",
  method: "post",
  path: "/v1/agreements/:id/deliveries",
  tag,
  summary: {
    zh: "使用方:向提供方索取记录,验证后会签并保存",
    en: "Consumer: obtain records from the provider, verify, countersign and keep them",
  },
  access: "own",
  params: idParams,
  body: {
    kind: "json",
    schema: z.strictObject({
      keys: z.array(z.string().min(1).max(512)).min(1).max(MAXIMUM_DELIVERY_RECORDS),
      fields: z.array(fieldPattern).max(256),
      purpose,
      /** Repeating a call with the same key asks under the same number. */
      idempotencyKey: z
        .string()
        .regex(/^[\x21-\x7e]{1,128}$/)
        .optional(),
    }),
  },
  response: {
    kind: "json",
    schema: z.strictObject({
      k: deliveryNumber,
      state: z.enum(["received", "disputed"]),
      requestDigest: hash,
      /** Absent when the package could not be read. */
      packageDigest: hash.optional(),
      at: time,
      records: z.array(received),
      /** Codes of the checks that did not pass, for a disputed package. */
      faults: z.array(z.string()),
      /** Whether the provider has the receipt already; if not, the node keeps sending it. */
      acknowledged: z.boolean(),
    }),
  },
  problems: ["delivery.field-not-granted", "delivery.not-in-force", "agreement.unknown", "peer.refused"],
});

export const listDeliveries = defineRoute({
  id: "listDeliveries",
  method: "get",
  path: "/v1/agreements/:id/deliveries",
  tag,
  summary: { zh: "一项授权下的各次交付", en: "The deliveries of an agreement" },
  access: "own",
  params: idParams,
  query: z.strictObject({
    from: deliveryNumberText.optional(),
    limit: z.coerce.number().int().min(1).max(1000).optional(),
  }),
  response: { kind: "json", schema: z.strictObject({ deliveries: z.array(deliveryView) }) },
});

export const getReceivedEvidence = defineRoute({
  id: "getReceivedEvidence",
  method: "get",
  path: "/v1/agreements/:id/deliveries/:k/evidence/:index",
  tag,
  summary: { zh: "使用方收到的一份存证", en: "One evidence that the consumer received" },
  access: "own",
  params: idParams.extend({
    k: deliveryNumberText,
    index: z.coerce.number().int().min(0).max(MAXIMUM_DELIVERY_RECORDS),
  }),
  response: { kind: "json", schema: jsonObject },
  problems: ["delivery.unknown"],
});

/** From the consumer's node to the provider's. */
export const serveDelivery = defineRoute({
  id: "serveDelivery",
  method: "post",
  path: "/v1/deliveries",
  tag,
  summary: { zh: "提供方:按预留编号交付(节点之间)", en: "Provider: serve a reserved number (between nodes)" },
  access: "department",
  body: {
    kind: "json",
    schema: z.strictObject({ request: jsonObject, signature: keySignature }),
    maximumBytes: 1024 * 1024,
  },
  response: {
    kind: "json",
    schema: z.strictObject({ evidences: z.array(jsonObject) }),
    maximumBytes: MAXIMUM_PACKAGE_BYTES,
  },
  problems: [
    "delivery.not-party",
    "delivery.not-reserved",
    "delivery.not-in-force",
    "delivery.purpose",
    "delivery.field-not-granted",
    "delivery.number-used",
    "delivery.unacknowledged-limit",
    "delivery.record-unavailable",
    "chain.unavailable",
  ],
});

export const acknowledgeDelivery = defineRoute({
  id: "acknowledgeDelivery",
  method: "post",
  path: "/v1/deliveries/:agreement/:k/receipt",
  tag,
  summary: { zh: "使用方会签回执(节点之间)", en: "The consumer's countersignature (between nodes)" },
  access: "department",
  params: z.strictObject({ agreement: hash, k: deliveryNumberText }),
  body: { kind: "json", schema: z.strictObject({ packageDigest: hash, consumer: keySignature }) },
  response: { kind: "json", schema: z.strictObject({ acknowledged: z.literal(true) }) },
  problems: ["delivery.unknown", "delivery.receipt-invalid"],
});
