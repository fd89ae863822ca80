import { isHigherBetter, medianOf, spreadOf, type Figure, type Other, type Spread, type Unit } from "./figure.ts";

/** Runs of each figure unless a suite knows better. */
export const ROUNDS = 5;
/** Rounds that threads need to compile: each compiles for itself, and has only its share of every round. */
export const THREADS_WARM_UP = 8;

export type Work = () => unknown;

/** Seconds of each run of each work. */
export type Timings<Name extends string> = Readonly<Record<Name, readonly number[]>>;

/**
 * Times several works turn by turn, so that whatever else the machine does falls on all of them alike: one round runs each
 * once. The first are not counted; they compile.
 */
export async function timeTogether<Name extends string>(
  works: Readonly<Record<Name, Work>>,
  {
    rounds = ROUNDS,
    warmUp = 1,
    onRound,
  }: {
    readonly rounds?: number;
    readonly warmUp?: number;
    readonly onRound?: (done: number, total: number) => void;
  } = {},
): Promise<Timings<Name>> {
  const names = Object.keys(works) as Name[]; // The keys of the record.
  const seconds = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, number[]>; // Filled below.
  const total = warmUp + rounds;
  for (let round = 1; round <= total; round++) {
    for (const name of names) {
      const started = performance.now();
      await works[name]();
      if (round > warmUp) seconds[name].push((performance.now() - started) / 1000);
    }
    onRound?.(round, total);
  }
  return seconds;
}

/** Seconds of runs of `items` each, in the figure's unit: a rate, or the time of one item (of all items for `s` and `ms`). */
function inUnit(seconds: readonly number[], { unit, items }: { readonly unit: Unit; readonly items: number }) {
  switch (unit) {
    case "/s":
      return seconds.map((time) => items / time);
    case "µs":
      return seconds.map((time) => (time * 1e6) / items);
    case "ms":
      return seconds.map((time) => time * 1e3);
    case "s":
      return seconds;
    default:
      throw new TypeError(`${unit} is no unit of time`);
  }
}

/** What the works of a figure are called, and how its seconds are read. */
export interface TimedFigure extends Pick<Figure, "name" | "title" | "targets" | "note" | "size"> {
  readonly unit: Unit;
  /** Items of one run of ours; of one run of the peer and of the limit unless they have their own number. */
  readonly items: number;
  readonly peer?: { readonly name: string; readonly items?: number };
  readonly limit?: { readonly name: string; readonly items?: number };
}

/** A figure from works timed together: `ours`, and `peer` and `limit` where they are named. */
export function figureOf(
  { items, peer, limit, ...figure }: TimedFigure,
  seconds: Readonly<Partial<Record<"ours" | "peer" | "limit", readonly number[]>>>,
): Figure {
  const { unit } = figure;
  const read = (times: readonly number[] = [], count = items) => inUnit(times, { unit, items: count });
  const ours = read(seconds.ours);
  return {
    ...figure,
    ours: spreadOf(ours),
    ...(peer && { peer: otherOf(peer.name, { ours, theirs: read(seconds.peer, peer.items), unit }) }),
    ...(limit && { limit: otherOf(limit.name, { ours, theirs: read(seconds.limit, limit.items), unit }) }),
  };
}

/** The other's spread, and how many times better ours is, as the median over paired samples. */
function otherOf(
  name: string,
  { ours, theirs, unit }: { readonly ours: readonly number[]; readonly theirs: readonly number[]; readonly unit: Unit },
): Other {
  const ratios = ours.map((own, i) => {
    const other = theirs[i] ?? medianOf(theirs);
    return isHigherBetter(unit) ? own / other : other / own;
  });
  return { name, spread: spreadOf(theirs), ratio: medianOf(ratios) };
}

/** A value that is measured once, or counted. */
export const single = (value: number): Spread => ({ median: value, min: value, max: value, runs: 1 });
