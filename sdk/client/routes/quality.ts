import { z } from "zod";
import { defineRoute } from "../route.ts";
import { idParams, time } from "./wire.ts";

export const showSupply = defineRoute({
  id: "showSupply",
  method: "get",
  path: "/v1/resources/:id/supply",
  tag: "catalogue 资源目录",
  summary: {
    zh: "一个资源的供给情况,全部由链上数据得出:数量、更新是否及时、状态变化、共享",
    en: "How a resource is supplied, from the chain alone: how much, whether in time, changes of state, sharing",
  },
  access: "own",
  params: idParams,
  response: {
    kind: "json",
    schema: z.strictObject({
      asOf: time,
      /** Anchored so far. */
      records: z.int().min(0),
      batches: z.int().min(0),
      firstAt: time.optional(),
      lastAt: time.optional(),
      /** Days between updates as promised; 0: none was. */
      promisedDays: z.int().min(0),
      /** More time has passed since the last anchor than was promised. */
      isLate: z.boolean(),
      /** Records anchored in each month (UTC+8, `2026-03`) of the last twelve, oldest first. */
      months: z.array(z.strictObject({ month: z.string(), records: z.int().min(0) })),
      /** How many records stand in each state that is not active. */
      states: z.array(z.strictObject({ state: z.string(), records: z.int().min(1) })),
      agreements: z.strictObject({ total: z.int().min(0), inForce: z.int().min(0), deliveries: z.int().min(0) }),
    }),
  },
  problems: ["resource.unknown"],
});
