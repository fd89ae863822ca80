import {
  CONSTANTS,
  PAGES,
  RATE_BYTES,
  ROUNDS,
  STATE,
  STATE_BYTES,
  TAIL,
  WORD_BYTES,
} from "../../sdk/protocol/keccak/layout.ts";
import { permutation, roundConstants } from "./permutation.ts";
import {
  ADD,
  AND32,
  AND64,
  call,
  get,
  GREATER,
  I32,
  i32,
  i64,
  LESS_UNSIGNED,
  load32,
  load64,
  load8,
  load8As64,
  MEMORY_COPY,
  MEMORY_FILL,
  MULTIPLY,
  OR32,
  OR64,
  repeatWhile,
  set,
  store64,
  store8,
  SUBTRACT,
  wasmModule,
  when,
  XOR64,
  type Code,
  type FunctionCode,
} from "./wasm-code.ts";

const RATE_LANES = RATE_BYTES / 8;
const DIGEST_LANES = 4;

/** Indexes of the functions. */
const PERMUTE = 0;
const ABSORB = 1;

const stateLane = (lane: number): number => STATE + lane * WORD_BYTES;
const clearState: Code = [...i32(STATE), ...i32(0), ...i32(STATE_BYTES), ...MEMORY_FILL];

/** (half, address, length) → whether this was the last block: mixes one block into one of the two states, padding a part of a block. */
function absorb(): FunctionCode {
  const [HALF, ADDRESS, LENGTH, LAST] = [0, 1, 2, 3];
  const padded = [
    ...[...i32(TAIL), ...i32(0), ...i32(RATE_BYTES), ...MEMORY_FILL],
    ...[...i32(TAIL), ...get(ADDRESS), ...get(LENGTH), ...MEMORY_COPY],
    ...[...i32(TAIL), ...get(LENGTH), ...ADD, ...i32(1), ...store8(0)],
    ...[...i32(TAIL), ...i32(TAIL), ...load8(RATE_BYTES - 1), ...i32(0x80), ...OR32, ...store8(RATE_BYTES - 1)],
    ...[...i32(TAIL), ...set(ADDRESS), ...i32(1), ...set(LAST)],
  ];
  const mixed = Array.from({ length: RATE_LANES }, (_, lane) => [
    ...get(HALF),
    ...[...get(HALF), ...load64(stateLane(lane)), ...get(ADDRESS), ...load64(lane * 8), ...XOR64],
    ...store64(stateLane(lane)),
  ]).flat();
  return {
    parameters: 3,
    hasResult: true,
    locals: [[1, I32]],
    body: [...when([...get(LENGTH), ...i32(RATE_BYTES), ...LESS_UNSIGNED], padded), ...mixed, ...get(LAST)],
  };
}

/** Copies the digest of the state in `half` (0 or 8) to the address in a local. */
const squeeze = (half: number, { to, offset }: { readonly to: number; readonly offset: number }): Code =>
  Array.from({ length: DIGEST_LANES }, (_, lane) => [
    ...[...get(to), ...i32(0), ...load64(stateLane(lane) + half), ...store64(offset + lane * 8)],
  ]).flat();

/** (table, count, output): the digests of `count` ≥ 1 messages, two at a time, one after another to the output. */
function many(): FunctionCode {
  const [TABLE_AT, COUNT, OUT, OPEN_0, OPEN_1, AT_0, AT_1, LEFT_0, LEFT_1, LAST] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  // A half whose message is over keeps being permuted, and nobody looks at it.
  const take = (half: number, [open, at, left]: readonly [number, number, number]): Code =>
    when(get(open), [
      ...[...i32(half), ...get(at), ...get(left), ...call(ABSORB)],
      // The bit says that the digest is ready after this permutation.
      ...[...i32(half === 0 ? 1 : 2), ...MULTIPLY, ...get(LAST), ...OR32, ...set(LAST)],
      ...[
        ...get(at),
        ...i32(RATE_BYTES),
        ...ADD,
        ...set(at),
        ...get(left),
        ...i32(RATE_BYTES),
        ...SUBTRACT,
        ...set(left),
      ],
    ]);
  const give = (half: number, [open, bit, offset]: readonly [number, number, number]): Code =>
    when([...get(LAST), ...i32(bit), ...AND32], [...squeeze(half, { to: OUT, offset }), ...i32(0), ...set(open)]);
  const block = [
    ...[...i32(0), ...set(LAST)],
    ...take(0, [OPEN_0, AT_0, LEFT_0]),
    ...take(8, [OPEN_1, AT_1, LEFT_1]),
    ...call(PERMUTE),
    ...give(0, [OPEN_0, 1, 0]),
    ...give(8, [OPEN_1, 2, 32]),
  ];
  const pair = [
    ...clearState,
    ...[...get(TABLE_AT), ...load32(0), ...set(AT_0), ...get(TABLE_AT), ...load32(4), ...set(LEFT_0)],
    ...[...get(TABLE_AT), ...load32(8), ...set(AT_1), ...get(TABLE_AT), ...load32(12), ...set(LEFT_1)],
    ...[...i32(1), ...set(OPEN_0), ...get(COUNT), ...i32(1), ...GREATER, ...set(OPEN_1)],
    ...repeatWhile(block, [...get(OPEN_0), ...get(OPEN_1), ...OR32]),
    ...[...get(TABLE_AT), ...i32(16), ...ADD, ...set(TABLE_AT), ...get(OUT), ...i32(64), ...ADD, ...set(OUT)],
    ...[...get(COUNT), ...i32(2), ...SUBTRACT, ...set(COUNT)],
  ];
  return {
    parameters: 3,
    locals: [[7, I32]],
    body: repeatWhile(pair, [...get(COUNT), ...i32(0), ...GREATER]),
    exported: "many",
  };
}

/**
 * (one before the items, count, output): `H(tag ‖ item)` of `count` ≥ 1 items of `lanes` × 8 bytes, two at a time. The item
 * is read one byte early, so that the tag takes the place of that byte and no copy is needed.
 */
function tagged({
  tag,
  lanes,
  exported,
}: {
  readonly tag: number;
  readonly lanes: number;
  readonly exported: string;
}): FunctionCode {
  const [AT, COUNT, OUT] = [0, 1, 2];
  const itemBytes = lanes * 8;
  const place = (half: number, offset: number): Code => [
    ...[...i32(0), ...get(AT), ...load64(offset), ...i64(-0x100n), ...AND64, ...i64(BigInt(tag)), ...OR64],
    ...store64(stateLane(0) + half),
    ...Array.from({ length: lanes - 1 }, (_, i) => [
      ...[...i32(0), ...get(AT), ...load64(offset + 8 * (i + 1)), ...store64(stateLane(i + 1) + half)],
    ]).flat(),
    // The last byte of the item, and the first of the padding.
    ...[
      ...i32(0),
      ...get(AT),
      ...load8As64(offset + itemBytes),
      ...i64(0x100n),
      ...OR64,
      ...store64(stateLane(lanes) + half),
    ],
    ...[...i32(0), ...i64(1n << 63n), ...store64(stateLane(RATE_LANES - 1) + half)],
  ];
  const pair = [
    ...clearState,
    ...place(0, 0),
    // Of an odd count the second half hashes what lies behind, to room that the output has for it.
    ...place(8, itemBytes),
    ...call(PERMUTE),
    ...squeeze(0, { to: OUT, offset: 0 }),
    ...squeeze(8, { to: OUT, offset: 32 }),
    ...[...get(AT), ...i32(2 * itemBytes), ...ADD, ...set(AT), ...get(OUT), ...i32(64), ...ADD, ...set(OUT)],
    ...[...get(COUNT), ...i32(2), ...SUBTRACT, ...set(COUNT)],
  ];
  return { parameters: 3, locals: [], body: repeatWhile(pair, [...get(COUNT), ...i32(0), ...GREATER]), exported };
}

/** Each round constant twice, little-endian: one for either state. */
function constants(): Code {
  const bytes = new DataView(new ArrayBuffer(ROUNDS * WORD_BYTES));
  roundConstants().forEach((constant, i) => {
    bytes.setBigUint64(i * WORD_BYTES, constant, true);
    bytes.setBigUint64(i * WORD_BYTES + 8, constant, true);
  });
  return [...new Uint8Array(bytes.buffer)];
}

/** The module's bytes: Keccak-256 of many messages, two at a time, in 128-bit vectors. */
export const keccakModule = (): Uint8Array<ArrayBuffer> =>
  wasmModule({
    functions: [
      permutation({ state: STATE, constants: CONSTANTS }),
      absorb(),
      many(),
      tagged({ tag: 0, lanes: 4, exported: "leaves" }),
      tagged({ tag: 1, lanes: 8, exported: "nodes" }),
    ],
    pages: PAGES,
    data: { at: CONSTANTS, bytes: constants() },
  });
