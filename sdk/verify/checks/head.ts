import { withChain, type Context } from "../context.ts";
import { pass, unclear, type Finding } from "../report.ts";

/** Clocks of a verifier and a chain may differ so much. */
export const CLOCK_TOLERANCE_SECONDS = 300;

/** The final block is recent enough to know of a revocation, and stood while it was read. Made after every other check. */
export const checkHead = ({ trust, chain, now }: Context): Promise<Finding> =>
  withChain(chain, async (view) => {
    await view.confirm();
    const age = now - view.block.time;
    if (age < -CLOCK_TOLERANCE_SECONDS) return unclear("head.ahead", { ahead: -age });
    const limit = trust?.maximumLagSeconds ?? null;
    if (limit === null) return pass("head.not-judged", { age: Math.max(0, age) });
    return age > limit ? unclear("head.stale", { age, limit }) : pass("head.fresh", { age: Math.max(0, age) });
  });
