/** A reproducible source of numbers for test data. Not for salts, keys or anything an adversary must not guess. */
export interface Prng {
  /** 32 uniform bits. */
  uint32(): number;
  /** A uniform integer from 0 to `limit` − 1; `limit` from 1 to 2^32. */
  below(limit: number): number;
  /** One of the items. Throws TypeError for an empty list. */
  pick<T>(items: readonly T[]): T;
}

export interface PrngSeed {
  readonly seed: number;
  /** Separates the streams of one seed from each other, such as `company` and `penalty`. */
  readonly stream: string;
  readonly index: number;
}

const rotateLeft = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits));

/** One step of splitmix32: a well-mixed 32-bit value for each counter value. */
function splitmix32(counter: number): number {
  let value = (counter + 0x9e3779b9) | 0;
  value = Math.imul(value ^ (value >>> 16), 0x21f0aaad);
  value = Math.imul(value ^ (value >>> 15), 0x735a2d97);
  return (value ^ (value >>> 15)) >>> 0;
}

/**
 * xoshiro128** 1.1 (Blackman and Vigna), its four words of state drawn by splitmix32 from seed, stream and index. Item
 * `index` of a stream can so be generated without those before it.
 */
export function createPrng({ seed, stream, index }: PrngSeed): Prng {
  let mixed = splitmix32(seed);
  for (const character of stream) mixed = splitmix32(mixed ^ (character.codePointAt(0) ?? 0));
  mixed = splitmix32(mixed ^ splitmix32(index));
  let [a, b, c, d] = [splitmix32(mixed), splitmix32(mixed + 1), splitmix32(mixed + 2), splitmix32(mixed + 3) | 1];

  const uint32 = (): number => {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotateLeft(d, 11);
    return result;
  };
  const below = (limit: number): number => {
    const bound = 2 ** 32 - (2 ** 32 % limit);
    for (;;) {
      const value = uint32();
      if (value < bound) return value % limit;
    }
  };
  const pick = <T>(items: readonly T[]): T => {
    const item = items[below(Math.max(items.length, 1))];
    if (item === undefined) throw new TypeError("nothing to pick from");
    return item;
  };
  return { uint32, below, pick };
}
