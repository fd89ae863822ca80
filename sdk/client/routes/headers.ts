import { z } from "zod";
import { defineRoute } from "../route.ts";
import { jsonObject, scopeParams } from "./wire.ts";

/** Headers that one request gives at most. */
export const MAXIMUM_HEADERS = 1000;

/** Headers hold no personal data, nor do the records that the two streams of an agreement are made of. */
export const listHeaders = defineRoute({
  id: "listHeaders",
  method: "get",
  path: "/v1/oversight/scopes/:scope/headers",
  tag: "records 记录",
  summary: {
    zh: "监督:一个范围的全部记录头;交付与回执两流另附数据项及其证明",
    en: "Oversight: the headers of a scope; of the two streams of an agreement also the claims with their proof",
  },
  access: "oversight",
  params: scopeParams,
  query: z.strictObject({
    from: z.coerce
      .number()
      .int()
      .min(0)
      .max(2 ** 40 - 1)
      .optional(),
    limit: z.coerce.number().int().min(1).max(MAXIMUM_HEADERS).optional(),
  }),
  response: { kind: "ndjson", schema: z.strictObject({ header: jsonObject, claims: jsonObject.optional() }) },
  problems: ["scope.unknown", "record.damaged"],
});
