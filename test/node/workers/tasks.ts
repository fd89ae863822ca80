/** Tasks of the pool's tests. */
import { threadId } from "node:worker_threads";

export const double = ({ value }: { readonly value: number }): number => 2 * value;

/** Not in the thread that asks. */
export const thread = (_: object): number => threadId;

/** Keeps its thread busy for so long, and says so. */
export function spin({ value, milliseconds }: { readonly value: number; readonly milliseconds: number }): number {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
  return value;
}

export const sum = ({ bytes }: { readonly bytes: Uint8Array }): Uint8Array =>
  Uint8Array.of(bytes.reduce((total, byte) => (total + byte) & 0xff, 0));

export function fail({ at, value }: { readonly at: number; readonly value: number }): number {
  if (value === at) throw new RangeError(`at ${at}`);
  return value;
}
