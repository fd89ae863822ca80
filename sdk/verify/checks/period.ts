import type { Context } from "../context.ts";
import { fail, pass, type Finding } from "../report.ts";

/** The time asked about lies in [validFrom, validUntil). */
export function checkPeriod({ evidence: { header }, at }: Context): Finding {
  const { validFrom, validUntil } = header;
  if (validFrom !== undefined && at < validFrom) return fail("period.not-yet", { validFrom });
  if (validUntil !== undefined && at >= validUntil) return fail("period.over", { validUntil });
  return pass(validFrom === undefined && validUntil === undefined ? "period.unlimited" : "period.current");
}
