import { z } from "zod";
import { LIST_KINDS } from "../../chain/departments.ts";
import { defineRoute } from "../route.ts";
import { hash, reasonCode, time, transaction, uscc } from "./wire.ts";

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

const change = <const Id extends string, const Path extends `/${string}`, Body extends z.ZodType>(
  id: Id,
  path: Path,
  summary: { zh: string; en: string },
  schema: Body,
) =>
  defineRoute({
    id,
    method: "post",
    path: `/v1/administration${path}`, // The same text.
    tag,
    summary,
    access: "own",
    body: { kind: "json", schema },
    response: { kind: "json", schema: transaction },
    problems: ["chain.revert"],
  });

export const setListEntry = change(
  "setListEntry",
  "/lists",
  {
    zh: "列入或移出名单(仅数据主管部门的节点)",
    en: "Put a department on a list, or take it off (on the authority's node)",
  },
  z.strictObject({
    department: uscc,
    /** Absent: for every resource. */
    resource: hash.optional(),
    kind: z.enum(LIST_KINDS),
    reason: reasonCode,
    /** Absent: no end. */
    until: time.optional(),
  }),
);

const days = z.array(z.iso.date()).max(120);

export const setCalendar = change(
  "setCalendar",
  "/calendars",
  {
    zh: "登记一年的工作日历(仅数据主管部门的节点)",
    en: "Enter the working days of a year (on the authority's node)",
  },
  z.strictObject({
    year: z.int().min(2000).max(2199),
    /** Weekdays off. */
    off: days,
    /** Weekends that are worked. */
    worked: days,
    /** SHA-256 of the notice that it comes from. */
    source: hash,
  }),
);

const workingDays = z.int().min(1).max(250);

export const appendDeadlines = change(
  "appendDeadlines",
  "/deadlines",
  {
    zh: "登记新的办理期限,对此后的申请生效(仅数据主管部门的节点)",
    en: "Append deadlines for applications from a time on (on the authority's node)",
  },
  z.strictObject({
    replyUnconditional: workingDays,
    replyConditional: workingDays,
    supply: workingDays,
    settlement: workingDays,
    effectiveFrom: time,
    /** SHA-256 of the rule that they come from. */
    source: hash,
  }),
);
