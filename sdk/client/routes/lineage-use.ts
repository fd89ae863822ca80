import { z } from "zod";
import { defineRoute } from "../route.ts";
import { timeText } from "./lineage-trace.ts";
import { tag } from "./lineage-walk.ts";
import { hash, jsonObject, sequence, time } from "./wire.ts";

const count = z.int().min(0);
const countText = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

export const resourceUse = defineRoute({
  id: "resourceUse",
  method: "get",
  path: "/v1/lineage/resources/:id/use",
  tag,
  summary: {
    zh: "一个资源的使用情况与冷数据名单:每条记录被交付、被据以产生的次数与最近一次使用;分页",
    en: "How much a resource is used, and its cold records: how often each was delivered or made something of, and when last; in pages",
  },
  access: "own",
  params: z.strictObject({ id: hash }),
  query: z.strictObject({
    /** Seconds: a record is cold that was neither issued nor used since. Now unless given. */
    before: timeText.optional(),
    /** A cold record has no more uses than this. Default: any number. */
    maximumUses: countText.optional(),
    /** The `next` of the page before. */
    from: countText.optional(),
  }),
  response: {
    kind: "json",
    schema: z.strictObject({
      resource: hash,
      scope: hash,
      before: time,
      /** Records that this page looked at. */
      records: count,
      /** Of them: whose content still exists, which were used at all, and all their uses. */
      kept: count,
      used: count,
      uses: count,
      cold: z.array(
        z.strictObject({
          seq: sequence,
          record: hash,
          issuedAt: time,
          deliveries: count,
          derived: count,
          /** Seconds; absent for a record that was never used. */
          lastUsedAt: time.optional(),
        }),
      ),
      /** Absent on the last page. */
      next: count.optional(),
    }),
  },
});

const assessment = z.strictObject({
  at: time,
  /** The activity's record in the journal, which names the report by its digest. */
  scope: hash,
  seq: sequence,
  record: hash,
  /** SHA-256 of the canonical form of the report. */
  digest: hash,
  report: jsonObject,
});

export const makeAssessment = defineRoute({
  id: "makeAssessment",
  method: "post",
  path: "/v1/lineage/assessments",
  tag,
  summary: {
    zh: "立即评估本部门的数据:每个资源的记录、使用、冷数据、授权、阶段与保存期;报告的摘要登记并锚定",
    en: "Assess the department's data now: records, use, cold records, agreements, stage and retention of each resource; the report's digest is recorded and anchored",
  },
  access: "own",
  response: { kind: "json", schema: assessment },
});

export const listAssessments = defineRoute({
  id: "listAssessments",
  method: "get",
  path: "/v1/lineage/assessments",
  tag,
  summary: { zh: "定期评估的报告,由新到旧", en: "Reports of the regular assessments, newest first" },
  access: "own",
  response: { kind: "json", schema: z.strictObject({ assessments: z.array(assessment) }) },
});
