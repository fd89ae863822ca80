import fc from "fast-check";
import { LONG } from "../faults/tally.ts";

/** How many inputs each fuzzer tries. */
export const RUNS = 1500 * LONG;

interface Mutation {
  readonly kind: "flip" | "cut" | "insert" | "repeat" | "splice" | "token";
  /** Where, as a share of the length. */
  readonly at: number;
  readonly length: number;
  readonly byte: number;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom("flip", "cut", "insert", "repeat", "splice", "token"),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 300 })),
  byte: fc.nat(255),
});

export interface FuzzOptions {
  readonly corpus: readonly Uint8Array[];
  /** What a format is made of: put in whole, because no flip of bits finds it. */
  readonly tokens: readonly string[];
}

/** Members of the corpus with up to six changes, pieces of one another included. */
export function mutated({ corpus, tokens }: FuzzOptions): fc.Arbitrary<Uint8Array> {
  const index = fc.nat(corpus.length - 1);
  return fc
    .tuple(index, index, fc.array(mutation, { minLength: 1, maxLength: 6 }))
    .map(([first, second, mutations]) =>
      mutations.reduce(
        (bytes, change) => apply(bytes, change, { other: corpus[second] ?? bytes, tokens }),
        corpus[first] ?? new Uint8Array(),
      ),
    );
}

function apply(
  bytes: Uint8Array,
  { kind, at, length, byte }: Mutation,
  { other, tokens }: { readonly other: Uint8Array; readonly tokens: readonly string[] },
): Uint8Array {
  const position = Math.floor(at * bytes.length);
  const [head, tail] = [bytes.subarray(0, position), bytes.subarray(position)];
  switch (kind) {
    case "flip": {
      const copy = bytes.slice();
      if (copy.length > 0) copy[position % copy.length] = (copy[position % copy.length] ?? 0) ^ (1 << (byte % 8));
      return copy;
    }
    case "cut":
      return join(head, tail.subarray(length));
    case "insert":
      return join(head, new Uint8Array(Math.min(length, 16)).fill(byte), tail);
    case "repeat":
      return join(head, tail.subarray(0, length), tail);
    case "splice":
      return join(head, other.subarray(Math.floor(at * other.length)).subarray(0, length), tail);
    case "token":
      return join(head, Buffer.from(tokens[byte % tokens.length] ?? ""), tail);
  }
}

const join = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));
