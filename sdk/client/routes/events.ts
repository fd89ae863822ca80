import { z } from "zod";
import { defineRoute } from "../route.ts";
import { hash, sequence, time } from "./wire.ts";

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
  tag: "events 事件",
  summary: { zh: "记录生命周期事件(SSE,可按游标续传)", en: "Events in the life of records (SSE, resumed by cursor)" },
  access: "own",
  query: z.strictObject({ cursor: z.coerce.number().int().min(0).optional() }),
  response: { kind: "events", schema: lifeEvent },
});
