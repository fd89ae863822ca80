import { z } from "zod";
import { STAGES } from "../../lineage/stages.ts";
import { defineRoute } from "../route.ts";
import { tag } from "./lineage-walk.ts";
import { hash, recordName, time } from "./wire.ts";

const stage = z.enum(STAGES);
const stageView = z.strictObject({
  subject: z.string(),
  stage,
  at: time,
  ...recordName.shape,
});

export const recordStage = defineRoute({
  id: "recordStage",
  method: "post",
  path: "/v1/lineage/stages",
  tag,
  summary: { zh: "登记生命周期阶段", en: "Record the next stage of a life of data" },
  access: "own",
  body: {
    kind: "json",
    schema: z.strictObject({
      subject: z.string().min(1).max(420),
      stage,
      actor: z.string().min(1).max(200),
      evidence: hash.optional(),
      note: z.string().min(1).max(1000).optional(),
    }),
  },
  response: { kind: "json", schema: stageView },
  problems: ["lifecycle.transition", "lifecycle.first", "lifecycle.retired", "lifecycle.in-use"],
});

export const findStage = defineRoute({
  id: "findStage",
  method: "get",
  path: "/v1/lineage/stages",
  tag,
  summary: { zh: "一项数据经历的阶段,由新到旧", en: "The stages a subject went through, newest first" },
  access: "own",
  query: z.strictObject({ subject: z.string().min(1).max(420) }),
  response: { kind: "json", schema: z.strictObject({ stages: z.array(stageView) }) },
});
