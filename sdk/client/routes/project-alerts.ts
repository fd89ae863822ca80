import { z } from "zod";
import { defineRoute } from "../route.ts";
import { projectCode, projectsTag, ruleWords } from "./projects.ts";
import { recordName, sequence, time, uscc } from "./wire.ts";

const alert = z.strictObject({
  project: projectCode,
  rule: z.string(),
  says: ruleWords,
  article: ruleWords,
  subject: z.string(),
  at: time,
  flag: recordName.optional(),
});
export type ProjectAlert = z.infer<typeof alert>;

export const followProjects = defineRoute({
  id: "followProjects",
  method: "get",
  path: "/v1/projects/alerts",
  tag: projectsTag,
  summary: {
    zh: "订阅警示(SSE,可按游标续传;可按项目与规则筛选)",
    en: "Alerts (SSE, resumed by cursor; by project and rule)",
  },
  access: "oversight",
  query: z.strictObject({
    cursor: z.coerce.number().int().min(0).optional(),
    /** Separated by commas. */
    projects: z.string().max(4000).optional(),
    rules: z.string().max(2000).optional(),
  }),
  response: { kind: "events", schema: alert },
});

const subscription = z.strictObject({
  id: z.string(),
  by: uscc,
  url: z.string(),
  projects: z.array(projectCode),
  rules: z.array(z.string()),
  cursor: sequence,
});

export const subscribeToProjects = defineRoute({
  id: "subscribeToProjects",
  method: "post",
  path: "/v1/projects/subscriptions",
  tag: projectsTag,
  summary: {
    zh: "登记回调地址:警示以本节点密钥签名(RFC 9421)的 POST 送达,至少一次",
    en: "Register a webhook: alerts come as POSTs signed with the node's key (RFC 9421), at least once",
  },
  access: "oversight",
  body: {
    kind: "json",
    schema: z.strictObject({
      url: z.url({ protocol: /^https?$/ }).max(500),
      projects: z.array(projectCode).max(1000).optional(),
      rules: z.array(z.string().max(64)).max(100).optional(),
    }),
  },
  response: { kind: "json", schema: subscription },
  problems: ["project.subscriptions-full"],
});

export const listProjectSubscriptions = defineRoute({
  id: "listProjectSubscriptions",
  method: "get",
  path: "/v1/projects/subscriptions",
  tag: projectsTag,
  summary: {
    zh: "本监督部门登记的回调地址,以及各自送达到哪一条",
    en: "The webhooks of this overseer, and how far each was told",
  },
  access: "oversight",
  response: { kind: "json", schema: z.strictObject({ subscriptions: z.array(subscription) }) },
});

export const endProjectSubscription = defineRoute({
  id: "endProjectSubscription",
  method: "post",
  path: "/v1/projects/subscriptions/:subscription/end",
  tag: projectsTag,
  summary: { zh: "取消自己登记的回调地址", en: "End a webhook of one's own" },
  access: "oversight",
  params: z.strictObject({ subscription: z.string().min(1).max(64) }),
  response: { kind: "json", schema: subscription },
  problems: ["project.subscription-unknown"],
});
