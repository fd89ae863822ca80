import { z } from "zod";
import { defineRoute } from "../route.ts";
import { hash, sequence, time } from "./wire.ts";

const tag = "events 事件";

export const lifeEvent = z.strictObject({
  scope: hash,
  first: sequence,
  count: z.int().min(1),
  change: z.string(),
  at: time,
  detail: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
});

/** Begins after `cursor`; without one, with what happens from now on. */
export const followEvents = defineRoute({
  id: "followEvents",
  method: "get",
  path: "/v1/events",
  tag,
  summary: {
    zh: "本部门记录的生命周期事件,以及所收到记录在链上的状态变化(upstream);SSE,可按游标续传",
    en: "Events in the life of records, and changes on chain to received ones (upstream); SSE, resumed by cursor",
  },
  access: "own",
  query: z.strictObject({ cursor: z.coerce.number().int().min(0).optional() }),
  response: { kind: "events", schema: lifeEvent },
});

/** What a webhook can be told of: the `change` of an event. */
export const EVENT_CHANGES = [
  "accepted",
  "sealed",
  "submitted",
  "anchored",
  "final",
  "refused",
  "destroyed",
  "reorged",
  "status",
  "upstream",
] as const;

const cursor = z.int().min(0);

const webhook = z.strictObject({
  id: z.string(),
  url: z.string(),
  /** None: every change. */
  changes: z.array(z.string()),
  /** Told up to and with this event. */
  cursor,
  /** Attempts that failed since the last that did not. */
  failures: z.int().min(0),
});
export type EventChange = (typeof EVENT_CHANGES)[number];
export type EventWebhook = z.infer<typeof webhook>;

/** The body of a webhook's POST. */
export const webhookBody = z.strictObject({
  format: z.literal("suyuan/events/1"),
  webhook: z.string(),
  /** What is told are all wanted events after the first and up to the second cursor; a receiver whose last `until` was another `after` missed something. */
  after: cursor,
  until: cursor,
  /** Events that are no longer kept and were never told: read the state of your records again. */
  dropped: z.strictObject({ from: cursor, until: cursor }).optional(),
  events: z.array(lifeEvent.extend({ cursor })),
});
export type WebhookBody = z.infer<typeof webhookBody>;

export const addWebhook = defineRoute({
  id: "addWebhook",
  method: "post",
  path: "/v1/events/webhooks",
  tag,
  summary: {
    zh: "登记回调地址:事件以本节点密钥签名(RFC 9421)的 POST 按序送达,至少一次;主机须在 SUYUAN_WEBHOOK_HOSTS 之内",
    en: "Register a webhook: events come in order as POSTs signed with the node's key (RFC 9421), at least once; its host must be in SUYUAN_WEBHOOK_HOSTS",
  },
  access: "own",
  body: {
    kind: "json",
    schema: z.strictObject({
      url: z.url({ protocol: /^https?$/ }).max(500),
      changes: z.array(z.enum(EVENT_CHANGES)).max(EVENT_CHANGES.length).optional(),
      /** It is told what came after it; what happens from now on unless given. */
      cursor: cursor.optional(),
    }),
  },
  response: { kind: "json", schema: webhook },
  problems: ["webhook.host", "webhook.full", "events.cursor"],
});

export const listWebhooks = defineRoute({
  id: "listWebhooks",
  method: "get",
  path: "/v1/events/webhooks",
  tag,
  summary: { zh: "登记的回调地址,以及各自送达到哪一个游标", en: "The webhooks, and how far each was told" },
  access: "own",
  response: { kind: "json", schema: z.strictObject({ webhooks: z.array(webhook) }) },
});

export const endWebhook = defineRoute({
  id: "endWebhook",
  method: "post",
  path: "/v1/events/webhooks/:webhook/end",
  tag,
  summary: { zh: "取消一个回调地址", en: "End a webhook" },
  access: "own",
  params: z.strictObject({ webhook: z.string().min(1).max(64) }),
  response: { kind: "json", schema: webhook },
  problems: ["webhook.unknown"],
});
