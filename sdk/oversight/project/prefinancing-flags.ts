import type { LedgerLot } from "../../chain/projects.ts";
import type { ProjectFlag } from "./flag.ts";

/** Share of a contract by which payments may be behind works that were reported the time before, in basis points: this ledger's own limit. */
const ARREARS = 2000;
const WHOLE = 10_000n;

export interface ReportedWorks {
  readonly number: number;
  /** All lots of the project. */
  readonly lots: readonly Pick<LedgerLot, "value" | "progress">[];
  /** What the annual plans have provided so far, 分. */
  readonly planned: bigint;
  /** Progress of the lot as reported the time before, basis points; 0 at its first report. */
  readonly before: number;
  /** What was paid on the lot when the progress was reported, 分. */
  readonly paid: bigint;
}

/** Works that nobody but the contractor can have paid for: beyond what was planned, or reported before and not paid yet. */
export function prefinancingFlags({ number, lots, planned, before, paid }: ReportedWorks): ProjectFlag[] {
  const worth = lots.reduce((sum, { value, progress }) => sum + (value * BigInt(progress)) / WHOLE, 0n);
  const [limit, actual] = [Number(planned), Number(worth)];
  const unfunded =
    worth > planned
      ? [{ rule: "works-unfunded", subject: "", actual, limit, inputs: [{ path: "/planned", value: limit }] }]
      : [];
  const value = lots[number - 1]?.value ?? 0n;
  const earned = (value * BigInt(before)) / WHOLE;
  const isBehind = earned > paid && (earned - paid) * WHOLE >= value * BigInt(ARREARS);
  const inputs = [{ path: `/lots/${number}/progress`, value: before }];
  const figures = { actual: Number(paid), limit: Number(earned) };
  return isBehind ? [...unfunded, { rule: "payment-behind", subject: String(number), ...figures, inputs }] : unfunded;
}
