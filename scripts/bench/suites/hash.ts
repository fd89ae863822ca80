import { createHash } from "node:crypto";
import { keccak256 } from "ethers";
import { digest } from "../../../sdk/protocol/hash.ts";
import { BARE_NAME, bareHasher } from "../bare.ts";
import { figureOf, timeTogether } from "../measure.ts";
import type { Suite } from "../suite.ts";

/** An inner node of a tree: the most frequent input. */
const NODE_BYTES = 65;

const PEERS = {
  keccak256: { name: "ethers keccak256", run: (data: Uint8Array): unknown => keccak256(data) },
  sha256: {
    name: "node:crypto createHash",
    run: (data: Uint8Array): unknown => createHash("sha256").update(data).digest(),
  },
  sm3: { name: "node:crypto createHash", run: (data: Uint8Array): unknown => createHash("sm3").update(data).digest() },
} as const;

const repeat = (count: number, work: () => unknown) => (): void => {
  for (let i = 0; i < count; i++) work();
};

export const hashSuite: Suite = {
  title: { zh: "单次散列", en: "single digests" },
  size: 200_000,
  async *run({ size, step }) {
    const data = new Uint8Array(NODE_BYTES).fill(7);
    for (const hash of ["keccak256", "sha256", "sm3"] as const) {
      const bare = await bareHasher(hash);
      const peer = PEERS[hash];
      const title = { zh: `${hash},${NODE_BYTES} 字节`, en: `${hash} of ${NODE_BYTES} bytes` };
      const works = {
        ours: repeat(size, () => digest(hash, data)),
        peer: repeat(size, () => peer.run(data)),
        limit: repeat(size, () => bare(data)),
      };
      const seconds = await step(title, (onRound) => timeTogether(works, { onRound }));
      yield figureOf(
        { name: `hash.${hash}`, title, unit: "/s", items: size, size, peer, limit: { name: BARE_NAME } },
        seconds,
      );
    }
  },
};
