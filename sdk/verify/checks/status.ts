import type { RecordState, StatusChange } from "../../chain/statuses.ts";
import type { LedgerView } from "../../chain/view.ts";
import type { RecordHeader } from "../../protocol/header.ts";
import type { DisclosedParent } from "../../protocol/parents.ts";
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

/** The changes of a record; at once when they are known. */
export type HistoryOf = (
  view: LedgerView,
  place: Pick<RecordHeader, "scope" | "seq">,
) => readonly StatusChange[] | Promise<readonly StatusChange[]>;

const asked: HistoryOf = (view, { scope, seq }) => view.statusHistory(scope, seq);

/** The record was active at the time asked about, and so is every disclosed record that it attests to. */
export function checkStatus(context: Context, historyOf = asked): Finding | Promise<Finding> {
  const { evidence, chain, at, knownAt = Infinity } = context;
  const { header, anchor } = evidence;
  if (at < anchor.time) return fail("status.before-anchor");
  if (knownAt < anchor.time) return fail("status.not-known");
  if ("missing" in chain) return chain.missing;
  // Parents that the header does not commit to are a stranger's words and not looked up.
  const disclosed = parentsFault(evidence) === undefined ? (evidence.parents?.disclosed ?? []) : [];
  const local = disclosed.filter(({ ledger }) => ledger === header.ledger);
  const histories = [header, ...local].map((place) => historyOf(chain.view, place));
  const known = histories.filter((one): one is readonly StatusChange[] => !(one instanceof Promise));
  return known.length === histories.length
    ? judge(context, local, known)
    : withChain(chain, async () =>
        judge(context, local, await Promise.all(histories.map((one) => Promise.resolve(one)))),
      );
}

/** `histories`: the record's own, then those of the disclosed parents. */
function judge(
  { at, knownAt = Infinity, now }: Context,
  local: readonly DisclosedParent[],
  [history = [], ...histories]: readonly (readonly StatusChange[])[],
): Finding {
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
}
