/** Keccak-256: rate 1088 bits, and Ethereum's padding 0x01 … 0x80, which is not SHA3's. */
export const RATE_BYTES = 136;
/** Keccak-f[1600]: lanes of the state, and rounds. */
export const LANES = 25;
export const ROUNDS = 24;
/** The module permutes two states at once: a lane of both lies in one 128-bit word. */
export const WORD_BYTES = 16;
export const STATE_BYTES = LANES * WORD_BYTES;
const PAGE_BYTES = 65_536;

/** Messages that one call of `many` takes at most. */
export const MAXIMUM_MESSAGES = 2048;
/** Bytes that one call takes at most; longer messages are hashed by streaming. */
export const INPUT_BYTES = 4 * PAGE_BYTES;

/** Where things lie in the module's memory. */
export const CONSTANTS = 0;
export const STATE = CONSTANTS + ROUNDS * WORD_BYTES;
export const TAIL = STATE + STATE_BYTES;
/** (address, length) of each message, 32 bits each. */
export const TABLE = 1024;
export const INPUT = TABLE + (MAXIMUM_MESSAGES + 2) * 8;
/** 32 bytes a digest, and room for the second half of an odd count. */
export const OUTPUT = INPUT + INPUT_BYTES + RATE_BYTES;
export const PAGES = Math.ceil((OUTPUT + INPUT_BYTES + 64) / PAGE_BYTES);

/** What the module exports. Addresses are in its memory; counts are at least 1. */
export interface KeccakExports {
  readonly memory: WebAssembly.Memory;
  readonly many: (table: number, count: number, output: number) => void;
  readonly leaves: (beforeItems: number, count: number, output: number) => void;
  readonly nodes: (beforeItems: number, count: number, output: number) => void;
}
