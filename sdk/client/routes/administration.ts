import { z } from "zod";
import { LIST_KINDS } from "../../chain/departments.ts";
import { defineRoute } from "../route.ts";
import { hash, time, uscc } from "./wire.ts";

const tag = "administration 管理";

const block = z.strictObject({ number: z.int().min(0), time });

export const showNode = defineRoute({
  id: "showNode",
  method: "get",
  path: "/v1/administration/node",
  tag,
  summary: {
    zh: "本节点的运行状况:链高度、锚定积压、磁盘、需处理的问题",
    en: "How this node runs: height of the chain, backlog of anchoring, disk, and what needs somebody",
  },
  access: "own",
  response: {
    kind: "json",
    schema: z.strictObject({
      /** As last seen; absent before the first contact with the chain. */
      chain: z.strictObject({ latest: block, final: block, failedPolls: z.int().min(0) }).optional(),
      backlog: z.strictObject({
        /** Records that no block holds yet. */
        waiting: z.int().min(0),
        /** When the oldest of them was accepted. */
        waitingSince: time.optional(),
        /** In a block that finality does not cover yet. */
        notFinal: z.int().min(0),
        final: z.int().min(0),
      }),
      disk: z.strictObject({ freeBytes: z.number().min(0), totalBytes: z.number().min(0) }),
      parts: z.array(z.strictObject({ part: z.string(), reason: z.string().optional() })),
      /** Under which of the department's keys the node signs; absent while the registry has none of it. */
      key: z.string().optional(),
      now: time,
    }),
  },
});

export const showRules = defineRoute({
  id: "showRules",
  method: "get",
  path: "/v1/administration/rules",
  tag,
  summary: {
    zh: "账本上的名单、工作日历与期限规则",
    en: "The lists, working calendars and deadlines that the ledger holds",
  },
  access: "own",
  response: {
    kind: "json",
    schema: z.strictObject({
      /** Years around now; without days where the ledger does not know the year. */
      calendars: z.array(
        z.strictObject({
          year: z.int(),
          known: z.boolean(),
          workingDays: z.int().min(0),
          /** Digest of the notice that it comes from. */
          source: hash.optional(),
          /** Days that differ from Monday to Friday, in order: working weekends and days off. */
          exceptions: z.array(z.strictObject({ day: z.iso.date(), works: z.boolean() })),
        }),
      ),
      profiles: z.array(
        z.strictObject({
          version: z.int().min(1),
          replyUnconditional: z.int(),
          replyConditional: z.int(),
          supply: z.int(),
          settlement: z.int(),
          effectiveFrom: time,
          source: hash,
          inForce: z.boolean(),
        }),
      ),
      /** The newest entry for each department and resource. */
      entries: z.array(
        z.strictObject({
          department: uscc,
          /** Absent: for every resource. */
          resource: hash.optional(),
          kind: z.enum(LIST_KINDS),
          reason: z.int().min(0),
          until: time.optional(),
          inForce: z.boolean(),
        }),
      ),
    }),
  },
});
