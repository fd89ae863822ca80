import type { RecordState, StatusChange } from "../../chain/statuses.ts";
import { withChain, type Context } from "../context.ts";
import { fail, pass, unclear, type Finding } from "../report.ts";
import { CLOCK_TOLERANCE_SECONDS } from "./head.ts";
import { parentsFault } from "./record.ts";

export interface StateAt {
  readonly state: RecordState;
  /** Seconds; absent for a record that nobody changed. */
  readonly since?: number;
}

/**
 * The state at `at` by effective time, from the changes recorded by `knownAt` (SPEC §11.4). A revocation (撤销) voids the record
 * from its start. Otherwise the change that was recorded last among those effective by then decides: a later decision
 * stands against earlier ones from its own effective time on.
 */
export function stateAt(
  history: readonly StatusChange[],
  { at, knownAt }: { readonly at: number; readonly knownAt: number },
): StateAt {
  const known = history.filter(({ recordedAt }) => recordedAt <= knownAt);
  const revoked = known.find(({ state }) => state === "revoked");
  const deciding = revoked ?? known.findLast(({ effectiveFrom }) => effectiveFrom <= at);
  return deciding === undefined ? { state: "active" } : { state: deciding.state, since: deciding.effectiveFrom };
}

/** The record was active at the time asked about, and so is every disclosed record that it attests to. */
export function checkStatus(context: Context): Promise<Finding> {
  const { evidence, chain, at, knownAt = Infinity, now } = context;
  const { header, anchor } = evidence;
  if (at < anchor.time) return Promise.resolve(fail("status.before-anchor"));
  if (knownAt < anchor.time) return Promise.resolve(fail("status.not-known"));
  return withChain(chain, async (view) => {
    // Parents that the header does not commit to are a stranger's words and not looked up.
    const disclosed = parentsFault(evidence) === undefined ? (evidence.parents?.disclosed ?? []) : [];
    const local = disclosed.filter(({ ledger }) => ledger === header.ledger);
    const [history = [], ...histories] = await Promise.all(
      [header, ...local].map(({ scope, seq }) => view.statusHistory(scope, seq)),
    );
    const own = stateAt(history, { at, knownAt });
    const parents = local.map(({ seq, relation }, i) => ({
      ...{ seq, relation },
      ...stateAt(histories[i] ?? [], { at, knownAt }),
    }));
    if (own.state !== "active") return fail(`status.${own.state}`, own.since === undefined ? {} : { since: own.since });
    const dead = parents.filter(({ state }) => state !== "active");
    const attested = dead.find(({ relation }) => relation === "attests");
    if (attested) return fail("status.parent-dead", { seq: attested.seq, state: attested.state });
    // What is active now may be revoked by then: nobody knows.
    if (at > now + CLOCK_TOLERANCE_SECONDS) return unclear("status.future");
    const [other] = dead;
    return other ? pass("status.parent-dead-warning", { seq: other.seq, state: other.state }) : pass("status.active");
  });
}
