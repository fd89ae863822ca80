import { ChainError } from "./errors.ts";

/** How the contracts write "no end" (uint64). */
export const NO_END = 2n ** 64n - 1n;

/** Seconds as a number. Throws `chain.response-invalid` beyond what a double holds exactly. */
export function seconds(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new ChainError("chain.response-invalid", { method: "uint64" });
  return Number(value);
}

/** As `seconds`; undefined stands for no end. */
export const endSeconds = (value: bigint): number | undefined => (value === NO_END ? undefined : seconds(value));

/** The time of something that has not happened (0) is undefined. */
export const momentSeconds = (value: bigint): number | undefined => (value === 0n ? undefined : seconds(value));

/** The name of a Solidity enum's value. Throws `chain.response-invalid` for a number the enum does not have. */
export function enumName<T extends string>(names: readonly T[], value: number): T {
  const name = names[value];
  if (name === undefined) throw new ChainError("chain.response-invalid", { method: "enum" });
  return name;
}

/** The number of an enum's value. */
export function enumNumber<T extends string>(names: readonly T[], name: T): number {
  const value = names.indexOf(name);
  if (value < 0) throw new TypeError(`not one of ${names.join(", ")}`);
  return value;
}

export const isSet = (uscc: string): boolean => uscc !== "";

/** The length of an enumeration, refused above `maximum`: an endpoint must not make the reader ask without end. */
export function boundedCount(count: bigint | number, maximum = 100_000): number {
  if (count > maximum) throw new ChainError("chain.response-invalid", { method: "count" });
  return Number(count);
}
