import { SimpleMerkleTree } from "@openzeppelin/merkle-tree";
import { MerkleTree as MerkleTreeJs } from "merkletreejs";
import { toHex } from "../../../sdk/protocol/bytes.ts";
import { digest, HASH_BYTES, type HashName } from "../../../sdk/protocol/hash.ts";
import { MerkleTree } from "../../../sdk/protocol/tree.ts";
import { runInChild } from "../child.ts";
import type { Figure } from "../figure.ts";
import { figureOf, single, timeTogether } from "../measure.ts";
import type { BenchContext, Suite } from "../suite.ts";
import { BARE_NAME, bareHasher } from "../bare.ts";

const HASH: HashName = "keccak256";
/** Leaves of the trees that are compared with libraries that hold every node as a string or object. */
const PEER_LEAVES = 100_000;
const MERKLETREEJS_PROOFS = 5;
const LARGE_ROUNDS = 3;
const MEGABYTE = 2 ** 20;

/** `count` different record ids in one buffer. */
export function recordIds(count: number): Uint8Array {
  const ids = new Uint8Array(count * HASH_BYTES);
  const words = new DataView(ids.buffer);
  // A multiplicative walk over 32-bit words: fast, and no two ids are equal.
  for (let i = 0; i < count; i++) {
    words.setUint32(i * HASH_BYTES, i);
    words.setUint32(i * HASH_BYTES + 4, Math.imul(i + 1, 0x9e3779b1));
  }
  return ids;
}

const idAt = (ids: Uint8Array, i: number): Uint8Array => ids.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES);

/** The calls that a tree over `count` ids cannot do without, and nothing else. */
async function bareCalls(count: number): Promise<() => void> {
  const hash = await bareHasher(HASH);
  const leaf = new Uint8Array(1 + HASH_BYTES);
  const node = new Uint8Array(1 + 2 * HASH_BYTES);
  return () => {
    for (let i = 0; i < count; i++) hash(leaf);
    for (let i = 1; i < count; i++) hash(node);
  };
}

/** The yardstick: the same tree, level by level in flat buffers, a hash call a node, no tricks. */
export async function plainFlatTree(): Promise<(ids: Uint8Array) => Uint8Array> {
  const hash = await bareHasher(HASH);
  const input = new Uint8Array(1 + 2 * HASH_BYTES);
  return (ids) => {
    let level = new Uint8Array(ids.length);
    const leaf = input.subarray(0, 1 + HASH_BYTES);
    leaf[0] = 0;
    for (let at = 0; at < ids.length; at += HASH_BYTES) {
      leaf.set(ids.subarray(at, at + HASH_BYTES), 1);
      level.set(hash(leaf), at);
    }
    input[0] = 1;
    while (level.length > HASH_BYTES) {
      const above = new Uint8Array(Math.ceil(level.length / (2 * HASH_BYTES)) * HASH_BYTES);
      for (let at = 0; at < level.length; at += 2 * HASH_BYTES) {
        const pair = level.subarray(at, at + 2 * HASH_BYTES);
        if (pair.length === HASH_BYTES) above.set(pair, at / 2);
        else {
          input.set(pair, 1);
          above.set(hash(input), at / 2);
        }
      }
      level = above;
    }
    return level;
  };
}

/** Task of a child process: builds the tree and every proof, holds the tree, returns the bytes of the proofs. */
export function buildAndProve({ count }: { readonly count: number }): number {
  const tree = MerkleTree.fromRecordIds(HASH, recordIds(count));
  let bytes = 0;
  for (let i = 0; i < count; i++) for (const node of tree.proof(i)) bytes += node.length;
  return bytes;
}

async function* build({ size, step }: BenchContext): AsyncGenerator<Figure> {
  const ids = recordIds(size);
  const bare = await bareCalls(size);
  const plain = await plainFlatTree();
  const title = { zh: `建树,${size} 片叶子`, en: `build a tree of ${size} leaves` };
  const works = { ours: () => MerkleTree.fromRecordIds(HASH, ids), peer: () => plain(ids), limit: bare };
  const seconds = await step(title, (onRound) => timeTogether(works, { rounds: LARGE_ROUNDS, onRound }));
  yield figureOf(
    {
      ...{ name: `tree.build.${HASH}`, title, unit: "ms", items: size, size },
      peer: { name: "普通单线程平面树 plain flat tree, one thread" },
      limit: { name: `${2 * size - 1} × ${BARE_NAME}` },
      targets: [{ of: "share", is: "at least", bound: 1 / 1.3 }],
    },
    seconds,
  );
}

async function* againstSimpleMerkleTree({ size, step }: BenchContext): AsyncGenerator<Figure> {
  const count = Math.min(size, PEER_LEAVES);
  const ids = recordIds(count);
  const values = Array.from({ length: count }, (_, i) => toHex(idAt(ids, i)));
  const title = { zh: `建树,${count} 片叶子`, en: `build a tree of ${count} leaves` };
  const works = { ours: () => MerkleTree.fromRecordIds(HASH, ids), peer: () => SimpleMerkleTree.of(values) };
  const seconds = await step(title, (onRound) => timeTogether(works, { rounds: LARGE_ROUNDS, onRound }));
  yield figureOf(
    {
      ...{ name: "tree.build.simple-merkle-tree", title, unit: "ms", items: count, size: count },
      peer: { name: "@openzeppelin/merkle-tree SimpleMerkleTree" },
      targets: [{ of: "ratio", is: "at least", bound: 20 }],
    },
    seconds,
  );
}

async function* proofs({ size, step }: BenchContext): AsyncGenerator<Figure> {
  const tree = MerkleTree.fromRecordIds(HASH, recordIds(size));
  const count = Math.min(size, PEER_LEAVES);
  const ids = recordIds(count);
  const keccak = (data: Uint8Array) => digest(HASH, data);
  const leaves = Array.from({ length: count }, (_, i) => Buffer.from(idAt(ids, i)));
  const peer = new MerkleTreeJs(leaves, keccak, { sortPairs: false, duplicateOdd: false });
  let nodes = 0;
  const works = {
    ours: () => {
      for (let i = 0; i < size; i++) nodes += tree.proof(i).length;
    },
    peer: () => {
      for (let i = 0; i < MERKLETREEJS_PROOFS; i++) {
        const at = Math.floor((i * count) / MERKLETREEJS_PROOFS);
        nodes += peer.getProof(leaves[at] ?? "").length;
      }
    },
  };
  const title = { zh: `每片叶子的证明,共 ${size} 个`, en: `the proof of each of ${size} leaves` };
  const seconds = await step(title, (onRound) => timeTogether(works, { rounds: LARGE_ROUNDS, onRound }));
  if (nodes === 0) throw new TypeError("no proof has a node");
  yield figureOf(
    {
      ...{ name: "tree.proof", title, unit: "µs", items: size, size },
      peer: { name: `merkletreejs getProof(leaf), ${count}`, items: MERKLETREEJS_PROOFS },
      targets: [{ of: "value", is: "at most", bound: 12 }],
    },
    seconds,
  );
}

async function* memory({ size, step }: BenchContext): AsyncGenerator<Figure> {
  const title = {
    zh: `内存峰值:${size} 片叶子,建树并出具所有证明`,
    en: `peak memory: a tree of ${size} leaves and all its proofs`,
  };
  const task = { module: import.meta.url, task: "buildAndProve", input: { count: size } };
  const { peakBytes } = await step(title, () => runInChild<number>(task));
  yield {
    ...{ name: "tree.memory", title, unit: "MB", size, isMachineIndependent: true },
    ours: single(peakBytes / MEGABYTE),
    targets: [{ of: "value", is: "at most", bound: 600 }],
    note: { zh: "整个进程的常驻内存,含 Node 本身", en: "resident memory of the whole process, Node included" },
  };
}

export const treeSuite: Suite = {
  title: { zh: "批次的默克尔树", en: "Merkle trees of batches" },
  size: 1_000_000,
  async *run(context) {
    yield* build(context);
    yield* againstSimpleMerkleTree(context);
    yield* proofs(context);
    yield* memory(context);
  },
};
