/**
 * Just enough of a WebAssembly assembler (WebAssembly Core Specification 2.0, §5): each function gives the bytes of one
 * instruction or section. Numbers are the specification's opcodes.
 */
export type Code = readonly number[];

export const I32 = 0x7f;
export const V128 = 0x7b;

/** Unsigned LEB128 (§5.2.2). */
export function unsigned(value: number): Code {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return [...bytes, rest];
    bytes.push((rest & 0x7f) | 0x80);
  }
}

/** Signed LEB128. */
function signed(value: bigint): Code {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    const low = Number(rest & 0x7fn);
    if (rest >= -0x40n && rest < 0x40n) return [...bytes, low];
    bytes.push(low | 0x80);
  }
}

export const vector = (items: readonly Code[]): Code => [...unsigned(items.length), ...items.flat()];
const section = (id: number, body: Code): Code => [id, ...unsigned(body.length), ...body];
const name = (text: string): Code => vector([...text].map((character) => [character.charCodeAt(0)]));

export const get = (local: number): Code => [0x20, ...unsigned(local)];
export const set = (local: number): Code => [0x21, ...unsigned(local)];
export const tee = (local: number): Code => [0x22, ...unsigned(local)];
export const call = (index: number): Code => [0x10, ...unsigned(index)];
export const i32 = (value: number): Code => [0x41, ...signed(BigInt(value))];
export const i64 = (value: bigint): Code => [0x42, ...signed(BigInt.asIntN(64, value))];

/** An address is on the stack; `offset` is added to it. All accesses may be unaligned. */
const memory =
  (opcode: number) =>
  (offset: number): Code => [opcode, 0, ...unsigned(offset)];
export const load32 = memory(0x28);
export const load64 = memory(0x29);
export const load8 = memory(0x2d);
export const load8As64 = memory(0x31);
export const store64 = memory(0x37);
export const store8 = memory(0x3a);
/** Destination, byte, length. */
export const MEMORY_FILL: Code = [0xfc, 11, 0];
/** Destination, source, length. */
export const MEMORY_COPY: Code = [0xfc, 10, 0, 0];

export const ADD: Code = [0x6a];
export const SUBTRACT: Code = [0x6b];
export const MULTIPLY: Code = [0x6c];
export const OR32: Code = [0x72];
export const AND32: Code = [0x71];
export const LESS_UNSIGNED: Code = [0x49];
export const GREATER: Code = [0x4a];
export const AND64: Code = [0x83];
export const OR64: Code = [0x84];
export const XOR64: Code = [0x85];

const simd = (opcode: number): Code => [0xfd, ...unsigned(opcode)];
export const loadVector = (offset: number): Code => [...simd(0), 0, ...unsigned(offset)];
export const storeVector = (offset: number): Code => [...simd(11), 0, ...unsigned(offset)];
/** `a, b` → `a ∧ ¬b`. */
export const AND_NOT: Code = simd(79);
export const OR_VECTOR: Code = simd(80);
export const XOR_VECTOR: Code = simd(81);
/** Each of two 64-bit lanes by a count on the stack. */
export const SHIFT_LEFT: Code = simd(203);
export const SHIFT_RIGHT: Code = simd(205);

/** `if` without result. */
export const when = (condition: Code, then: Code): Code => [...condition, 0x04, 0x40, ...then, 0x0b];
/** Runs the body, and again while the condition after it holds. */
export const repeatWhile = (body: Code, condition: Code): Code => [0x03, 0x40, ...body, ...condition, 0x0d, 0, 0x0b];

export interface FunctionCode {
  readonly parameters: number;
  readonly hasResult?: boolean;
  /** Numbers and types of the locals after the parameters. */
  readonly locals: readonly (readonly [count: number, type: number])[];
  readonly body: Code;
  /** Callable from outside under this name. */
  readonly exported?: string;
}

export interface ModuleCode {
  readonly functions: readonly FunctionCode[];
  readonly pages: number;
  /** What the memory holds at an address from the beginning. */
  readonly data: { readonly at: number; readonly bytes: Code };
}

/** A module of functions on i32 parameters, with one exported memory. A function's index is its place in the list. */
export function wasmModule({ functions, pages, data }: ModuleCode): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ parameters, hasResult }) => [
    0x60,
    ...vector(Array.from({ length: parameters }, () => [I32])),
    ...vector(hasResult === true ? [[I32]] : []),
  ]);
  const exported = functions.flatMap(({ exported: label }, i) =>
    label === undefined ? [] : [[...name(label), 0, ...unsigned(i)]],
  );
  const bodies = functions.map(({ locals, body }) => {
    const code = [...vector(locals.map(([count, type]) => [...unsigned(count), type])), ...body, 0x0b];
    return [...unsigned(code.length), ...code];
  });
  return new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector(types)),
    ...section(3, vector(functions.map((_, i) => unsigned(i)))),
    // Minimum and maximum are equal: views of the memory never become detached.
    ...section(5, vector([[1, ...unsigned(pages), ...unsigned(pages)]])),
    ...section(7, vector([...exported, [...name("memory"), 2, 0]])),
    ...section(10, vector(bodies)),
    ...section(11, vector([[0, ...i32(data.at), 0x0b, ...vector(data.bytes.map((byte) => [byte]))]])),
  ]);
}
