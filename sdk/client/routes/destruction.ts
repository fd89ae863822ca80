import { z } from "zod";
import { defineRoute } from "../route.ts";
import { hash, keySignature, recordName, recordParams } from "./wire.ts";

const tag = "destruction 销毁";

const state = z.strictObject({
  scope: hash,
  seq: z.int().min(0),
  state: z.string(),
  intent: recordName.optional(),
  completion: recordName.optional(),
});

/** Two different keys of the department sign the same decision. */
export const destroyRecord = defineRoute({
  id: "destroyRecord",
  method: "post",
  path: "/v1/records/:scope/:seq/destruction",
  tag,
  summary: {
    zh: "两人签署销毁决定:锚定决定后销毁载荷与密钥",
    en: "Destroy a payload and its key, decided by two people",
  },
  access: "own",
  params: recordParams,
  body: {
    kind: "json",
    schema: z.strictObject({
      reason: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/),
      at: z.int().min(0),
      approvals: z.array(keySignature).min(2).max(8),
    }),
  },
  response: { kind: "json", schema: state },
  problems: ["destruction.approvals", "record.unknown"],
});

export const getDestruction = defineRoute({
  id: "getDestruction",
  method: "get",
  path: "/v1/records/:scope/:seq/destruction",
  tag,
  summary: { zh: "销毁的进展", en: "How far a destruction is" },
  access: "own",
  params: recordParams,
  response: { kind: "json", schema: state },
  problems: ["record.unknown"],
});
