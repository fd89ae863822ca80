import { z } from "zod";
import { defineRoute } from "../route.ts";
import { hash, uscc } from "./wire.ts";

const tag = "node 节点";

export const describeNode = defineRoute({
  id: "describeNode",
  method: "get",
  path: "/v1/node",
  tag,
  summary: { zh: "节点所属部门与账本", en: "Whose node this is, and on which ledger" },
  access: "public",
  response: {
    kind: "json",
    schema: z.strictObject({
      department: z.strictObject({ id: uscc, name: z.string(), role: z.string(), status: z.string() }),
      ledger: z.strictObject({ id: hash, chainId: z.int(), genesis: hash, directory: z.string() }),
      evaluation: z.boolean(),
      version: z.string(),
    }),
  },
});

export const isAlive = defineRoute({
  id: "isAlive",
  method: "get",
  path: "/healthz",
  tag,
  summary: {
    zh: "进程存活,以及尚未影响服务、但须有人处理的问题",
    en: "The process is alive, and what somebody must look at before it hurts",
  },
  access: "public",
  response: {
    kind: "json",
    schema: z.strictObject({
      alive: z.literal(true),
      healthy: z.boolean(),
      parts: z.array(z.strictObject({ part: z.string(), healthy: z.boolean(), reason: z.string().optional() })),
    }),
  },
});

/** Answers 503 with the same body when a part is not ready. */
export const isReady = defineRoute({
  id: "isReady",
  method: "get",
  path: "/readyz",
  tag,
  summary: { zh: "就绪:链可达、存储打开、锚定未停止", en: "Ready: chain reachable, store open, anchoring not stopped" },
  access: "public",
  response: {
    kind: "json",
    alsoStatus: 503,
    schema: z.strictObject({
      ready: z.boolean(),
      parts: z.array(z.strictObject({ part: z.string(), ready: z.boolean(), reason: z.string().optional() })),
    }),
  },
});

export const readMetrics = defineRoute({
  id: "readMetrics",
  method: "get",
  path: "/metrics",
  tag,
  summary: { zh: "Prometheus 指标", en: "Metrics for Prometheus" },
  access: "public",
  response: { kind: "text", mediaType: "text/plain; version=0.0.4; charset=utf-8" },
});
