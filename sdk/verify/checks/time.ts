import type { Context } from "../context.ts";
import { fail, pass, type Finding } from "../report.ts";

/** A record anchored later than this after its time of issue is called late. */
export const LATE_SECONDS = 86_400;
const HOUR_SECONDS = 3600;

/** Only the anchor's time is relied on; the time of issue must not be after it. */
export function checkTime({ evidence: { header, anchor } }: Context): Finding {
  const lag = anchor.time - header.issuedAt;
  if (lag < 0) return fail("time.after-anchor");
  return lag > LATE_SECONDS ? pass("time.late", { hours: Math.floor(lag / HOUR_SECONDS) }) : pass("time.ok");
}
