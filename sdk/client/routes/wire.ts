import { z } from "zod";
import type { Hex } from "../../protocol/bytes.ts";
import { PURPOSE_FORM } from "../../protocol/delivery.ts";
import { USCC_FORM } from "../../protocol/header.ts";
import { isJsonObject, type JsonObject } from "../../protocol/json.ts";

/** The wire types that several routes share. Times are seconds since 1970; hexadecimal is lower case. */

const HEX_32 = /^0x[0-9a-f]{64}$/;

const isHash = (value: unknown): value is Hex => typeof value === "string" && HEX_32.test(value);

/** 32 bytes in hexadecimal: an identifier, a digest, a root. */
export const hash = z.custom<Hex>(isHash).meta({ type: "string", pattern: HEX_32.source });
export const uscc = z.string().regex(USCC_FORM).meta({ description: "统一社会信用代码 unified social credit code" });
export const time = z
  .int()
  .min(0)
  .max(10 ** 11)
  .meta({ description: "秒 seconds since 1970" });
export const sequence = z
  .int()
  .min(0)
  .max(2 ** 40 - 1);
/** A number in a path or a query. */
const sequenceText = z.coerce
  .number()
  .int()
  .min(0)
  .max(2 ** 40 - 1);
export const deliveryNumber = z
  .int()
  .min(0)
  .max(2 ** 32 - 1);
export const deliveryNumberText = z.coerce
  .number()
  .int()
  .min(0)
  .max(2 ** 32 - 1);
export const purpose = z.string().regex(PURPOSE_FORM);
/** A coded reason as the contracts store it: 1 … 65534 (65535 is kept for succession). */
export const reasonCode = z.int().min(1).max(65_534);
export const words = z.string().min(1).max(1000);
/** A path pattern as its JCS text: `["holder","name"]`; `"*"` stands for any position. */
export const fieldPattern = z.string().min(3).max(512);
export const keySignature = z.strictObject({
  key: z.string().regex(/^[0-9A-HJ-NPQRTUWXY]{18}\/(?:0|[1-9]\d{0,8})$/),
  signature: z.string().regex(/^[A-Za-z0-9_-]{86}$/),
});

/** A JSON object whose inside another rule judges. */
export const jsonObject = z.custom<JsonObject>(isJsonObject).meta({ type: "object" });

export const idParams = z.strictObject({ id: hash });
export const scopeParams = z.strictObject({ scope: hash });
export const recordParams = z.strictObject({ scope: hash, seq: sequenceText });

/** How long a cache between may keep what is disclosed and what the catalogue says. */
export const DISCLOSED_SECONDS = 30;
/** What is named by its digest never changes. */
export const FIXED_SECONDS = 365 * 86_400;

/** What a chain transaction left. */
export const transaction = z.strictObject({ transaction: hash, block: z.int().min(0) });

/** Names one record of one scope. */
export const recordName = z.strictObject({ scope: hash, seq: sequence, record: hash });

/** A problem (RFC 9457). `code` is stable; the texts are not. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  remedy: z.string(),
  code: z.string(),
  values: z.record(z.string(), z.union([z.string(), z.number()])),
  requestId: z.string(),
  /** Where the request breaks its schema, as JSON pointers, and which rule. */
  faults: z.array(z.object({ at: z.string(), rule: z.string() })).optional(),
});
export type Problem = z.infer<typeof problem>;
