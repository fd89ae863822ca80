/**
 * The tau-quantile of the values by the eighth method of Hyndman and Fan (median-unbiased), as Cardinal takes it. NaN for
 * no values.
 */
export function quantile(values: readonly number[], tau: number): number {
  if (tau < 0 || tau > 1 || values.length === 0) return Number.NaN;
  const sorted = Float64Array.from(values).sort();
  const h = (sorted.length + 1 / 3) * tau + 1 / 3;
  const rank = Math.trunc(h);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  if (rank <= 0 || tau === 0) return at(0);
  if (rank >= sorted.length || tau === 1) return at(sorted.length - 1);
  const below = at(rank - 1);
  return below + (h - rank) * (at(rank) - below);
}

export interface Quartiles {
  readonly q1: number;
  readonly q3: number;
}

export const quartiles = (values: readonly number[]): Quartiles => ({
  q1: quantile(values, 0.25),
  q3: quantile(values, 0.75),
});

/** Q1 − 1.5·IQR, rounded once. */
export const lowerFence = ({ q1, q3 }: Quartiles): number => multiplyAdd(q3 - q1, -3n, q1);
/** Q3 + 1.5·IQR, rounded once. */
export const upperFence = ({ q1, q3 }: Quartiles): number => multiplyAdd(q3 - q1, 3n, q3);

/** a·(halves/2) + b with one rounding at the end, as a fused multiply-add does: a flag turns on equality with a fence. */
function multiplyAdd(a: number, halves: bigint, b: number): number {
  if (!Number.isFinite(a) || !Number.isFinite(b)) return a * (Number(halves) / 2) + b;
  const sum = scaled(a) * halves + scaled(b) * 2n;
  return unscaled(sum);
}

/** Every double is a multiple of 2^-1074. */
const SCALE = 1074;
const view = new DataView(new ArrayBuffer(8));

function scaled(value: number): bigint {
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xf_ffff_ffff_ffffn;
  const magnitude = exponent === 0 ? fraction : (fraction | (1n << 52n)) << BigInt(exponent - 1);
  return value < 0 ? -magnitude : magnitude;
}

/** The double nearest to n · 2^-1075, ties to even: 64 bits and a sticky one are enough to round once. */
function unscaled(n: bigint): number {
  const magnitude = n < 0n ? -n : n;
  const surplus = Math.max(magnitude.toString(2).length - 64, 0);
  const kept = magnitude >> BigInt(surplus);
  const sticky = kept << BigInt(surplus) === magnitude ? kept : kept | 1n;
  // In two steps: neither factor leaves the range of doubles before the product does.
  const exponent = surplus - SCALE - 1;
  const half = Math.trunc(exponent / 2);
  const value = Number(sticky) * 2 ** half * 2 ** (exponent - half);
  return n < 0n ? -value : value;
}
