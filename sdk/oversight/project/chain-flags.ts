import type { LedgerChange, LedgerLot } from "../../chain/projects.ts";
import { FLAG_SETTINGS, type FlagSettings, type ProjectFlag } from "./flag.ts";

export interface ChangedLot {
  readonly number: number;
  readonly lot: Pick<LedgerLot, "contracted">;
  /** Of the whole project, in the order of their numbers. */
  readonly changes: readonly Pick<LedgerChange, "lot" | "kind" | "state" | "amount">[];
}

/** Increases in effect that nobody had to consent to, each under the share that goes to the approver, together at or above it. */
export function splitChanges(
  { number, lot, changes }: ChangedLot,
  { changeThreshold }: FlagSettings = FLAG_SETTINGS,
): ProjectFlag[] {
  const limit = Math.floor((Number(lot.contracted) * changeThreshold) / 10_000);
  const small = changes.flatMap((change, i) => {
    const fen = Number(change.amount);
    const isOwn = change.lot === number && change.kind === "price" && change.state === "in-effect";
    return isOwn && fen > 0 && fen < limit ? [{ path: `/changes/${i + 1}`, value: fen }] : [];
  });
  const total = small.reduce((sum, { value }) => sum + value, 0);
  if (small.length < 2 || total < limit) return [];
  return [{ rule: "change-splitting", subject: String(number), actual: total, limit, inputs: small }];
}
