/** Chinese first, English beside it. */
export interface Words {
  readonly zh: string;
  readonly en: string;
}

export type Unit = "/s" | "ms" | "µs" | "s" | "MB" | "gas" | "bytes" | "×";
/** Which way is better follows from the unit: a rate or a factor should be high, everything else low. */
export const isHigherBetter = (unit: Unit): boolean => unit === "/s" || unit === "×";

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly runs: number;
}

/** What a figure must reach: its own value in its unit, its ratio to the peer, or its share of the limit. */
export interface Target {
  readonly of: "value" | "ratio" | "share";
  readonly is: "at least" | "at most";
  readonly bound: number;
}

/** What somebody would use instead, or what the machine can do at most, measured in the same run. */
export interface Other {
  readonly name: string;
  readonly spread: Spread;
  /** How many times better ours is: ours ÷ other for rates, other ÷ ours for times; the median over paired runs. */
  readonly ratio: number;
}

export interface Figure {
  /** Stable: the baseline is keyed by it. `suite.what.variant`. */
  readonly name: string;
  readonly title: Words;
  readonly unit: Unit;
  readonly ours: Spread;
  readonly peer?: Other;
  /** The bare operation that nothing built on it can beat; its ratio is the share reached, 1 = all of it. */
  readonly limit?: Other;
  readonly targets?: readonly Target[];
  /** Items worked on: leaves, documents, records. */
  readonly size: number;
  /** Without a peer or a limit: the value does not depend on the machine's speed (memory, gas, bytes) and is compared itself. */
  readonly isMachineIndependent?: boolean;
  /** What the number leaves out or needs to be read with. */
  readonly note?: Words;
}

export interface JudgedTarget extends Target {
  readonly reached: number;
  readonly met: boolean;
}

export function judge(figure: Figure): readonly JudgedTarget[] {
  return (figure.targets ?? []).map((target) => {
    const reached = { value: figure.ours.median, ratio: figure.peer?.ratio, share: figure.limit?.ratio }[target.of];
    if (reached === undefined) throw new TypeError(`${figure.name} has no ${target.of} to judge`);
    return { ...target, reached, met: target.is === "at least" ? reached >= target.bound : reached <= target.bound };
  });
}

export function spreadOf(samples: readonly number[]): Spread {
  if (samples.length === 0) throw new TypeError("no samples");
  return { median: medianOf(samples), min: Math.min(...samples), max: Math.max(...samples), runs: samples.length };
}

export function medianOf(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}
