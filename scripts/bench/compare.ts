import { z } from "zod";
import { isHigherBetter, type Figure } from "./figure.ts";

/** How much worse than the baseline a figure may be before it counts as worse, unless its entry says otherwise. */
export const TOLERANCE = 0.25;

const entry = z.strictObject({
  /** What is compared: ratios and shares do not depend on the machine; a value only where the figure says so. */
  of: z.enum(["ratio", "share", "value"]),
  is: z.number().positive(),
  size: z.number().int().positive(),
  tolerance: z.number().positive().optional(),
});
export const baselineForm = z.strictObject({ tolerance: z.number().positive(), figures: z.record(z.string(), entry) });
export type Baseline = z.infer<typeof baselineForm>;
type Entry = z.infer<typeof entry>;

/** Undefined when nothing of the figure can be compared with another machine's. */
export function entryOf(figure: Figure): Entry | undefined {
  const { size, peer, limit, ours, isMachineIndependent } = figure;
  if (limit !== undefined) return { of: "share", is: limit.ratio, size };
  if (peer !== undefined) return { of: "ratio", is: peer.ratio, size };
  return isMachineIndependent ? { of: "value", is: ours.median, size } : undefined;
}

export interface Comparison {
  readonly name: string;
  readonly of: Entry["of"];
  readonly before: number;
  readonly now: number;
  /** 1 = as before, 2 = twice as good. */
  readonly factor: number;
  readonly tolerance: number;
}

/** Every figure that the baseline knows at the same size; `worse` are those beyond the tolerance. */
export function compare(figures: readonly Figure[], baseline: Baseline) {
  const compared = figures.flatMap((figure): Comparison[] => {
    const before = baseline.figures[figure.name];
    const now = entryOf(figure);
    if (before === undefined || now?.of !== before.of || before.size !== now.size) return [];
    const isHigher = before.of !== "value" || isHigherBetter(figure.unit);
    const factor = isHigher ? now.is / before.is : before.is / now.is;
    const tolerance = before.tolerance ?? baseline.tolerance;
    return [{ name: figure.name, of: before.of, before: before.is, now: now.is, factor, tolerance }];
  });
  return { compared, worse: compared.filter(({ factor, tolerance }) => factor < 1 - tolerance) };
}

/** The baseline with these figures put in; what was not measured this time, and each tolerance, stays. */
export function updated(baseline: Baseline, figures: readonly Figure[]): Baseline {
  const known: Record<string, Entry> = { ...baseline.figures };
  for (const figure of figures) {
    const now = entryOf(figure);
    const tolerance = known[figure.name]?.tolerance;
    if (now !== undefined)
      known[figure.name] = { ...now, is: Number(now.is.toPrecision(4)), ...(tolerance && { tolerance }) };
  }
  const sorted = Object.entries(known).sort(([a], [b]) => (a < b ? -1 : 1));
  return { tolerance: baseline.tolerance, figures: Object.fromEntries(sorted) };
}
