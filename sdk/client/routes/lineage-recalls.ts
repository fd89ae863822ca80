import { z } from "zod";
import { defineRoute } from "../route.ts";
import { timeText } from "./lineage-trace.ts";
import { relation, tag } from "./lineage-walk.ts";
import { acceptedReceipt } from "./records.ts";
import { hash, jsonObject, purpose, recordName, recordParams, sequence, time, uscc } from "./wire.ts";

export const recallList = defineRoute({
  id: "recallList",
  method: "get",
  path: "/v1/lineage/records/:scope/:seq/recall",
  tag,
  summary: { zh: "召回名单:谁收到了它或其衍生数据", en: "Everyone who received it, or something made from it" },
  access: "own",
  params: recordParams,
  query: z.strictObject({ asOf: timeText.optional() }),
  response: { kind: "json", schema: z.looseObject({ recipients: z.array(z.unknown()), complete: z.boolean() }) },
  problems: ["lineage.unknown"],
});

export const resourceImpact = defineRoute({
  id: "resourceImpact",
  method: "get",
  path: "/v1/lineage/resources/:id/impact",
  tag,
  summary: { zh: "撤销资源前的影响:授权、交付与下游", en: "What withdrawing a resource would touch" },
  access: "own",
  params: z.strictObject({ id: hash }),
  response: {
    kind: "json",
    schema: z.strictObject({
      resource: hash,
      records: z.int().min(0),
      agreementsInForce: z.array(z.strictObject({ agreement: hash, consumer: uscc })),
      deliveries: z.int().min(0),
      recipients: z.array(uscc),
      /** Records of this node made from those of the resource. */
      dependants: z.array(recordName.extend({ kind: z.string(), relation })),
      /** Seconds: when the retention of its newest record ends; absent without records or terms. */
      keepUntil: time.optional(),
      /** True when there are more dependants than are listed. */
      truncated: z.boolean(),
    }),
  },
});

const recallView = z.strictObject({
  seq: sequence,
  record: hash,
  recipient: uscc,
  state: z.enum(["pending", "acknowledged", "refused"]),
  code: z.string().optional(),
  receipt: z
    .strictObject({
      scope: hash,
      seq: sequence,
      record: hash,
      at: time,
      key: acceptedReceipt.shape.key,
      signature: acceptedReceipt.shape.signature,
    })
    .optional(),
});
export type RecallView = z.infer<typeof recallView>;

export const sendRecalls = defineRoute({
  id: "sendRecalls",
  method: "post",
  path: "/v1/lineage/records/:scope/:seq/recalls",
  tag,
  summary: {
    zh: "向收到过它的各部门发出召回通知(通知与回执均为记录)",
    en: "Send a notice of recall to each department that received it; notices and receipts are records",
  },
  access: "own",
  params: recordParams,
  body: {
    kind: "json",
    schema: z.strictObject({ reason: purpose, instruction: z.string().min(1).max(1000).optional() }),
  },
  response: { kind: "json", schema: z.strictObject({ recalls: z.array(recallView) }) },
  problems: ["recall.not-affected", "lineage.unknown"],
});

export const listRecalls = defineRoute({
  id: "listRecalls",
  method: "get",
  path: "/v1/lineage/recalls",
  tag,
  summary: { zh: "发出的召回通知", en: "Notices of recall that were sent" },
  access: "own",
  response: { kind: "json", schema: z.strictObject({ recalls: z.array(recallView) }) },
});

/** From the sender's node to the recipient's. */
export const deliverNotice = defineRoute({
  id: "deliverNotice",
  method: "post",
  path: "/v1/lineage/notices",
  tag,
  summary: { zh: "接收召回通知(节点之间)", en: "Take a notice of recall (between nodes)" },
  access: "department",
  body: { kind: "json", schema: z.strictObject({ evidence: jsonObject }) },
  response: { kind: "json", schema: acceptedReceipt },
  problems: ["recall.invalid", "recall.not-recipient"],
});

export const listRecallNotices = defineRoute({
  id: "listRecallNotices",
  method: "get",
  path: "/v1/lineage/notices",
  tag,
  summary: { zh: "收到的召回通知", en: "Notices of recall that were received" },
  access: "own",
  response: {
    kind: "json",
    schema: z.strictObject({
      notices: z.array(
        z.strictObject({
          notice: hash,
          sender: uscc,
          ...recordName.shape,
          reason: z.string(),
          at: time,
          affected: z.int().min(0),
        }),
      ),
    }),
  },
});
