import { z } from "zod";
import { defineRoute } from "../route.ts";
import { projectCode as code, projectParams, projectsTag as tag } from "./projects.ts";
import { recordName } from "./wire.ts";

/** What keeps a project from being looked at: its releases do not merge. */
const blocked = z.strictObject({ code, problem: z.string(), path: z.string() });

export const withdrawRelease = defineRoute({
  id: "withdrawRelease",
  method: "post",
  path: "/v1/projects/:code/releases/:seq/withdrawal",
  tag,
  summary: {
    zh: "撤下一个有误的发布:理由登记为文件并公开警示;原发布与存证保留,此后的汇编与警示不再依据它",
    en: "Withdraw a release that is wrong: the reason is filed and flagged in public; the release and its evidence stay, nothing is derived from it any more",
  },
  access: "own",
  params: projectParams.extend({
    seq: z.coerce
      .number()
      .int()
      .min(0)
      .max(2 ** 40 - 1),
  }),
  body: { kind: "json", schema: z.strictObject({ reason: z.string().min(1).max(500) }) },
  response: {
    kind: "json",
    schema: z.strictObject({
      filing: recordName,
      /** All flags of the project. */
      flags: z.int().min(0),
      /** Another release stands in the way still. */
      blocked: blocked.optional(),
    }),
  },
  problems: [
    "project.unknown",
    "project.record-unknown",
    "project.not-release",
    "project.release-withdrawn",
    "intake.busy",
  ],
});

export const MAXIMUM_REVIEW = 500;

export const reviewProjects = defineRoute({
  id: "reviewProjects",
  method: "post",
  path: "/v1/projects/review",
  tag,
  summary: {
    zh: "用现行规则重新核查项目:每次有限个数与时间,按 next 续查;已记录的警示不重复",
    en: "Look at projects again by the present rules: so many and so long at a time, going on from next; what was flagged before is not flagged twice",
  },
  access: "own",
  body: {
    kind: "json",
    schema: z.strictObject({
      /** The last code of the part before. */
      after: z.string().max(64).optional(),
      limit: z.int().min(1).max(MAXIMUM_REVIEW).optional(),
    }),
  },
  response: {
    kind: "json",
    schema: z.strictObject({
      reviewed: z.int().min(0),
      /** Flags that are new. */
      added: z.int().min(0),
      blocked: z.array(blocked),
      /** Absent once all projects were looked at. */
      next: code.optional(),
      /** All projects of the node. */
      total: z.int().min(0),
    }),
  },
  problems: ["intake.busy"],
});
