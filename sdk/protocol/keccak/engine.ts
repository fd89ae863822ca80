import { DIGEST_BYTES, type HashEngine, type Messages, type Sibling } from "../engine.ts";
import { INPUT, INPUT_BYTES, MAXIMUM_MESSAGES, OUTPUT, TABLE, type KeccakExports } from "./layout.ts";

/** Items of a level that one call takes. */
const CHUNK_BYTES = INPUT_BYTES;

/**
 * Keccak-256 two messages at a time. `streaming` takes what is longer than the module's memory. Everything is copied in
 * and out: nobody else sees the memory, and calls are synchronous, so they cannot interleave.
 */
export function keccakEngine({ memory, many, leaves, nodes }: KeccakExports, streaming: HashEngine): HashEngine {
  const bytes = new Uint8Array(memory.buffer);
  const table = new Uint32Array(memory.buffer, TABLE);
  const output = (count: number): Uint8Array => bytes.subarray(OUTPUT, OUTPUT + count * DIGEST_BYTES);
  const level =
    (run: KeccakExports["leaves"], itemBytes: number) =>
    (items: Uint8Array, target: Uint8Array): void => {
      for (let from = 0; from < items.length; from += CHUNK_BYTES) {
        const chunk = items.length <= CHUNK_BYTES ? items : items.subarray(from, from + CHUNK_BYTES);
        const count = chunk.length / itemBytes;
        bytes.set(chunk, INPUT);
        run(INPUT - 1, count, OUTPUT);
        target.set(output(count), (from / itemBytes) * DIGEST_BYTES);
      }
    };
  /** Lays out messages from number `first` on, as many as fit. Returns how many. */
  const layOut = ({ bytes: source, ends, count }: Messages, first: number): number => {
    const start = first === 0 ? 0 : (ends[first - 1] ?? 0);
    let end = start;
    let next = first;
    for (; next < count && next - first < MAXIMUM_MESSAGES; next++) {
      const stop = ends[next] ?? end;
      if (stop - start > INPUT_BYTES) break;
      table[2 * (next - first)] = INPUT + end - start;
      table[2 * (next - first) + 1] = stop - end;
      end = stop;
    }
    bytes.set(source.subarray(start, end), INPUT);
    return next - first;
  };
  const longOne = ({ bytes: source, ends }: Messages, i: number): Uint8Array =>
    streaming.digest([source.subarray(i === 0 ? 0 : ends[i - 1], ends[i])]);
  return {
    digest(parts) {
      let length = 0;
      for (const part of parts) length += part.length;
      if (length > INPUT_BYTES) return streaming.digest(parts);
      let at = INPUT;
      for (const part of parts) {
        bytes.set(part, at);
        at += part.length;
      }
      table[0] = INPUT;
      table[1] = length;
      many(TABLE, 1, OUTPUT);
      return bytes.slice(OUTPUT, OUTPUT + DIGEST_BYTES);
    },
    many(messages, target) {
      for (let first = 0; first < messages.count;) {
        const count = layOut(messages, first);
        if (count > 0) {
          many(TABLE, count, OUTPUT);
          target.set(output(count), first * DIGEST_BYTES);
        } else target.set(longOne(messages, first), first * DIGEST_BYTES);
        first += Math.max(1, count);
      }
    },
    leaves: level(leaves, DIGEST_BYTES),
    nodes: level(nodes, 2 * DIGEST_BYTES),
    climb(node, siblings) {
      // Each digest is put down where the next pair needs it.
      let at = siblings[0]?.isLeft === true ? DIGEST_BYTES : 0;
      bytes.set(node, INPUT + at);
      for (let i = 0; i < siblings.length; i++) {
        const { hash } = siblings[i] as Sibling; // Below the length.
        bytes.set(hash, INPUT + DIGEST_BYTES - at);
        at = siblings[i + 1]?.isLeft === true ? DIGEST_BYTES : 0;
        nodes(INPUT - 1, 1, OUTPUT);
        bytes.copyWithin(INPUT + at, OUTPUT, OUTPUT + DIGEST_BYTES);
      }
      return bytes.slice(INPUT + at, INPUT + at + DIGEST_BYTES);
    },
  };
}
