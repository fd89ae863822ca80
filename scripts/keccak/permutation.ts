import { LANES, ROUNDS, WORD_BYTES } from "../../sdk/protocol/keccak/layout.ts";
import {
  ADD,
  AND_NOT,
  get,
  I32,
  i32,
  LESS_UNSIGNED,
  loadVector,
  OR_VECTOR,
  repeatWhile,
  set,
  SHIFT_LEFT,
  SHIFT_RIGHT,
  storeVector,
  tee,
  V128,
  XOR_VECTOR,
  type Code,
  type FunctionCode,
} from "./wasm-code.ts";

/** Keccak-f[1600] (FIPS 202 §3) on two states at once: lane x + 5y of both states lies in one 128-bit word. */
const SIDE = 5;

/** The offsets of ρ (FIPS 202 §3.2.2), by x + 5y: the walk (x, y) → (y, 2x + 3y) from (1, 0) turns step t by (t+1)(t+2)/2. */
function rotations(): readonly number[] {
  const turns = new Array<number>(LANES).fill(0);
  for (let step = 0, x = 1, y = 0; step < ROUNDS; step++) {
    turns[x + SIDE * y] = (((step + 1) * (step + 2)) / 2) % 64;
    [x, y] = [y, (2 * x + 3 * y) % SIDE];
  }
  return turns;
}

/** The constants of ι (FIPS 202 §3.2.5): bits of a linear feedback shift register over x⁸ + x⁶ + x⁵ + x⁴ + 1. */
export function roundConstants(): readonly bigint[] {
  let register = 1;
  return Array.from({ length: ROUNDS }, () => {
    let constant = 0n;
    for (let j = 0; j <= 6; j++) {
      if (register & 1) constant |= 1n << BigInt(2 ** j - 1);
      register = (register << 1) ^ ((register >> 7) * 0x171);
    }
    return constant;
  });
}

/** Locals of the permutation: the state, the state after ρ and π, column parities, what θ adds, one spare, the round. */
const A = (lane: number): number => lane;
const B = (lane: number): number => LANES + lane;
const C = (x: number): number => 2 * LANES + (x % SIDE);
const D = (x: number): number => 2 * LANES + SIDE + (x % SIDE);
const SPARE = 2 * LANES + 2 * SIDE;
const ROUND = SPARE + 1;

const xy = <T>(make: (x: number, y: number) => readonly T[]): T[] =>
  Array.from({ length: LANES }, (_, lane) => make(lane % SIDE, Math.floor(lane / SIDE))).flat();
const columns = (make: (x: number) => Code): Code => Array.from({ length: SIDE }, (_, x) => make(x)).flat();

/** There is no rotation of vector lanes: two shifts and an or. */
const rotated = (bits: number): Code =>
  bits === 0
    ? []
    : [...tee(SPARE), ...i32(bits), ...SHIFT_LEFT, ...get(SPARE), ...i32(64 - bits), ...SHIFT_RIGHT, ...OR_VECTOR];

function round(constants: number): Code {
  const turns = rotations();
  const theta = [
    ...columns((x) => [
      ...get(A(x)),
      ...[1, 2, 3, 4].flatMap((y) => [...get(A(x + SIDE * y)), ...XOR_VECTOR]),
      ...set(C(x)),
    ]),
    ...columns((x) => [...get(C(x + 1)), ...rotated(1), ...get(C(x + 4)), ...XOR_VECTOR, ...set(D(x))]),
  ];
  const rhoAndPi = xy((x, y) => {
    const from = x + SIDE * y;
    const to = y + SIDE * ((2 * x + 3 * y) % SIDE);
    return [...get(A(from)), ...get(D(x)), ...XOR_VECTOR, ...rotated(turns[from] ?? 0), ...set(B(to))];
  });
  const iota = [...get(ROUND), ...loadVector(constants), ...XOR_VECTOR];
  const chiAndIota = xy((x, y) => {
    const b = (step: number): Code => get(B(((x + step) % SIDE) + SIDE * y));
    const chi = [...b(0), ...b(2), ...b(1), ...AND_NOT, ...XOR_VECTOR];
    return [...chi, ...(x + y === 0 ? iota : []), ...set(A(x + SIDE * y))];
  });
  return [...theta, ...rhoAndPi, ...chiAndIota];
}

/** Permutes the two states at `state`; the round constants, each twice, lie at `constants`. */
export function permutation({
  state,
  constants,
}: {
  readonly state: number;
  readonly constants: number;
}): FunctionCode {
  const lanes = Array.from({ length: LANES }, (_, lane) => lane);
  const next = [...get(ROUND), ...i32(WORD_BYTES), ...ADD, ...tee(ROUND)];
  return {
    parameters: 0,
    locals: [
      [SPARE + 1, V128],
      [1, I32],
    ],
    body: [
      ...lanes.flatMap((lane) => [...i32(state), ...loadVector(lane * WORD_BYTES), ...set(A(lane))]),
      ...repeatWhile(round(constants), [...next, ...i32(ROUNDS * WORD_BYTES), ...LESS_UNSIGNED]),
      ...lanes.flatMap((lane) => [...i32(state), ...get(A(lane)), ...storeVector(lane * WORD_BYTES)]),
    ],
  };
}
