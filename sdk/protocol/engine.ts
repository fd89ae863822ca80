import type { IHasher } from "hash-wasm";

/** Messages one after another in one buffer: message i ends before `ends[i]`. */
export interface Messages {
  readonly bytes: Uint8Array;
  readonly ends: Readonly<ArrayLike<number>>;
  readonly count: number;
}

/** A hash function as trees and commitments use it: what can be hashed together is. Digests are 32 bytes. */
export interface HashEngine {
  /** The digest of the parts one after another. */
  digest(parts: readonly Uint8Array[]): Uint8Array;
  /** The digest of each message, one after another into `target`. */
  many(messages: Messages, target: Uint8Array): void;
  /** `H(0x00 ‖ item)` of 32-byte items. */
  leaves(items: Uint8Array, target: Uint8Array): void;
  /** `H(0x01 ‖ pair)` of 64-byte pairs. */
  nodes(pairs: Uint8Array, target: Uint8Array): void;
  /** From a node upwards: joined with one sibling after another. */
  climb(node: Uint8Array, siblings: readonly Sibling[]): Uint8Array;
}

export interface Sibling {
  readonly hash: Uint8Array;
  readonly isLeft: boolean;
}

export const DIGEST_BYTES = 32;
export const LEAF_TAG = 0x00;
export const NODE_TAG = 0x01;

/** One message after another through a library's hasher. Digests are synchronous, so calls cannot interleave. */
export function streamingEngine(hasher: IHasher): HashEngine {
  const one = (message: Uint8Array): Uint8Array => hasher.init().update(message).digest("binary");
  const tagged = (tag: number, itemBytes: number) => {
    const message = new Uint8Array(1 + itemBytes);
    message[0] = tag;
    return (items: Uint8Array, target: Uint8Array): void => {
      for (let from = 0, to = 0; from < items.length; from += itemBytes, to += DIGEST_BYTES) {
        message.set(items.subarray(from, from + itemBytes), 1);
        target.set(one(message), to);
      }
    };
  };
  const nodes = tagged(NODE_TAG, 2 * DIGEST_BYTES);
  return {
    digest(parts) {
      hasher.init();
      for (const part of parts) hasher.update(part);
      return hasher.digest("binary");
    },
    many({ bytes, ends, count }, target) {
      for (let i = 0, start = 0; i < count; i++) {
        const end = ends[i] ?? start;
        target.set(one(bytes.subarray(start, end)), i * DIGEST_BYTES);
        start = end;
      }
    },
    leaves: tagged(LEAF_TAG, DIGEST_BYTES),
    nodes,
    climb(node, siblings) {
      const pair = new Uint8Array(2 * DIGEST_BYTES);
      const reached = node.slice();
      for (const { hash, isLeft } of siblings) {
        pair.set(hash, isLeft ? 0 : DIGEST_BYTES);
        pair.set(reached, isLeft ? DIGEST_BYTES : 0);
        nodes(pair, reached);
      }
      return reached;
    },
  };
}
