import type { Context } from "../context.ts";
import { fail, pass, skipped, type Finding } from "../report.ts";

/** It was handed to the department that asks, for the purpose that it names. */
export function checkAudience({ evidence: { delivery }, policy }: Context): Finding {
  if (policy.name !== "use") return skipped("audience.not-asked");
  if (delivery === undefined) return fail("audience.no-delivery");
  const { as, purpose } = policy;
  if (delivery.terms.consumer !== as) return fail("audience.consumer", { as });
  return delivery.terms.purpose === purpose
    ? pass("audience.match", { as, purpose })
    : fail("audience.purpose", { purpose });
}
