import type { Hex } from "../protocol/bytes.ts";

/** The parts of an ABI item that the generated files hold. */
export interface AbiParameter {
  readonly name: string;
  readonly type: string;
  readonly indexed?: boolean;
  readonly components?: readonly AbiParameter[];
}

export interface AbiItem {
  readonly type: string;
  readonly name?: string;
  readonly inputs: readonly AbiParameter[];
  readonly outputs?: readonly AbiParameter[];
  readonly stateMutability?: string;
}

type SmallUint = `uint${8 | 16 | 24 | 32 | 40 | 48}`;

type ScalarOf<T extends string> = T extends SmallUint
  ? number
  : T extends `uint${number}` | `int${number}`
    ? bigint
    : T extends "bool"
      ? boolean
      : T extends "string" | "bytes18"
        ? string
        : Hex;

/**
 * A Solidity value here: uint8…uint48 a number, wider a bigint, addresses and bytes lower-case hexadecimal,
 * bytes18 (a USCC, the only use of that type) its text, or "" for zero.
 */
export type ValueOf<P extends AbiParameter> = TypedValue<
  P["type"],
  P extends { readonly components: infer C extends readonly AbiParameter[] } ? C : readonly []
>;

type TypedValue<T extends string, C extends readonly AbiParameter[]> = T extends `${infer Element}[]`
  ? readonly TypedValue<Element, C>[]
  : T extends "tuple"
    ? RecordOf<C>
    : ScalarOf<T>;

export type RecordOf<C extends readonly AbiParameter[]> = {
  readonly [P in C[number] as P["name"]]: ValueOf<P>;
};

export type TupleOf<C extends readonly AbiParameter[]> = { readonly [I in keyof C]: ValueOf<C[I]> };

export type FunctionNames<A extends readonly AbiItem[]> = Extract<A[number], { type: "function" }>["name"] & string;
export type FunctionOf<A extends readonly AbiItem[], N extends string> = Extract<
  A[number],
  { type: "function"; name: N }
>;
export type ArgumentsOf<A extends readonly AbiItem[], N extends string> = TupleOf<FunctionOf<A, N>["inputs"]>;

/** One output is itself, several are an object by their names. */
export type ResultOf<A extends readonly AbiItem[], N extends string> =
  FunctionOf<A, N> extends { readonly outputs: infer O extends readonly AbiParameter[] }
    ? O extends readonly [infer Only extends AbiParameter]
      ? ValueOf<Only>
      : RecordOf<O>
    : never;

export type EventsOf<A extends readonly AbiItem[]> = Extract<A[number], { type: "event" }>;
