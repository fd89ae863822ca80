import { expect } from "chai";
import { keccak256 } from "ethers";
import fc from "fast-check";
import { createKeccak } from "hash-wasm";
import { readFileSync } from "node:fs";
import { toHex } from "../../../sdk/protocol/bytes.ts";
import { streamingEngine, type HashEngine, type Messages } from "../../../sdk/protocol/engine.ts";
import { digest } from "../../../sdk/protocol/hash.ts";
import { keccakEngine } from "../../../sdk/protocol/keccak/engine.ts";
import { INPUT_BYTES, MAXIMUM_MESSAGES, RATE_BYTES, type KeccakExports } from "../../../sdk/protocol/keccak/layout.ts";
import { openKeccak } from "../../../sdk/protocol/keccak/open.ts";
import { provenEngine } from "../../../sdk/protocol/keccak/proof.ts";
import { binaryText } from "../../../scripts/keccak/generate.ts";
import { roundConstants } from "../../../scripts/keccak/permutation.ts";

const opened = await openKeccak();
const streaming = streamingEngine(await createKeccak(256));
const ours = keccakEngine(opened, streaming);
/** A streaming engine that may not be asked. */
const nobody: HashEngine = {
  climb: () => expect.fail("asked the streaming engine"),
  digest: () => expect.fail("asked the streaming engine"),
  many: () => expect.fail("asked the streaming engine"),
  leaves: () => expect.fail("asked the streaming engine"),
  nodes: () => expect.fail("asked the streaming engine"),
};

const patterned = (length: number, salt = 0): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (i * 131 + salt * 17 + (i >> 8)) & 0xff);

function together(parts: readonly Uint8Array[]): Messages {
  const bytes = Uint8Array.from(parts.flatMap((part) => [...part]));
  let end = 0;
  return { bytes, ends: parts.map((part) => (end += part.length)), count: parts.length };
}

function many(engine: HashEngine, messages: Messages): string[] {
  const target = new Uint8Array(messages.count * 32);
  engine.many(messages, target);
  return Array.from({ length: messages.count }, (_, i) => toHex(target.subarray(i * 32, (i + 1) * 32)));
}

describe("Keccak-256 two at a time", function () {
  this.timeout(20_000);

  it("has the standard's round constants", () => {
    // FIPS 202, and https://keccak.team/keccak_specs_summary.html
    expect(roundConstants().slice(0, 3)).to.deep.equal([0x1n, 0x8082n, 0x800000000000808an]);
    expect(roundConstants().at(-1)).to.equal(0x8000000080008008n);
  });

  it("hashes a message of every length up to four blocks as ethers does", () => {
    const alone = keccakEngine(opened, nobody);
    for (let length = 0; length <= 4 * RATE_BYTES + 1; length++) {
      const message = patterned(length);
      expect(toHex(alone.digest([message])), String(length)).to.equal(keccak256(message));
    }
  });

  it("hashes parts as their concatenation", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 }), (parts) => {
        expect(toHex(ours.digest(parts))).to.equal(keccak256(together(parts).bytes));
      }),
    );
  });

  it("hashes many messages of any lengths as one by one, whatever their neighbour's length", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 600 }), { maxLength: 9 }), (parts) => {
        expect(many(ours, together(parts))).to.deep.equal(parts.map((part) => keccak256(part)));
      }),
    );
  });

  it("takes more messages than one call holds", () => {
    const parts = Array.from({ length: MAXIMUM_MESSAGES + 3 }, (_, i) => patterned(i % 140, i));
    expect(many(ours, together(parts))).to.deep.equal(parts.map((part) => keccak256(part)));
  });

  it("takes messages longer than its memory, between short ones", () => {
    const parts = [3, INPUT_BYTES, 5, INPUT_BYTES + 1, 0, 2 * INPUT_BYTES, 7].map(patterned);
    expect(many(ours, together(parts))).to.deep.equal(parts.map((part) => keccak256(part)));
    expect(toHex(ours.digest([patterned(INPUT_BYTES + 1)]))).to.equal(keccak256(patterned(INPUT_BYTES + 1)));
  });

  for (const [name, itemBytes, tag] of [
    ["leaves", 32, 0x00],
    ["nodes", 64, 0x01],
  ] as const) {
    it(`hashes ${name} of a level with their tag, in any number, also of more than one call`, () => {
      for (const count of [1, 2, 3, 8, 9, INPUT_BYTES / itemBytes, INPUT_BYTES / itemBytes + 1]) {
        const items = patterned(count * itemBytes, count);
        const target = new Uint8Array(count * 32);
        ours[name](items, target);
        const simple = new Uint8Array(count * 32);
        streaming[name](items, simple);
        expect(target).to.deep.equal(simple);
        const last = items.subarray((count - 1) * itemBytes);
        expect(toHex(target.subarray((count - 1) * 32))).to.equal(keccak256(Uint8Array.of(tag, ...last)));
      }
    });
  }

  it("climbs from a node as one node hash after another", () => {
    const hash32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(
        hash32,
        fc.array(fc.record({ hash: hash32, isLeft: fc.boolean() }), { maxLength: 9 }),
        (node, path) => {
          let expected: Uint8Array = node;
          for (const { hash, isLeft } of path)
            expected = digest("keccak256", Uint8Array.of(1), isLeft ? hash : expected, isLeft ? expected : hash);
          for (const engine of [ours, streaming]) expect(engine.climb(node, path)).to.deep.equal(expected);
        },
      ),
    );
  });

  it("is what the protocol's digest uses, and gives a digest of its own each time", () => {
    const first = digest("keccak256", patterned(10));
    const second = digest("keccak256", patterned(11));
    expect(toHex(first)).to.equal(keccak256(patterned(10)));
    expect(toHex(second)).to.equal(keccak256(patterned(11)));
  });
});

describe("the committed module", () => {
  it("is what the assembler makes of its source", () => {
    const committed = readFileSync(new URL("../../../sdk/protocol/keccak/binary.ts", import.meta.url), "utf8");
    expect(committed).to.equal(binaryText());
  });
});

describe("a module that cannot be trusted", () => {
  const message = patterned(65);

  it("is used when it gives the library's digests", () => {
    expect(provenEngine(opened, streaming)).not.to.equal(streaming);
    expect(toHex(provenEngine(opened, streaming).digest([message]))).to.equal(keccak256(message));
  });

  for (const name of ["many", "leaves", "nodes"] as const) {
    it(`gives way to the library when ${name} is wrong`, () => {
      const wrong: KeccakExports = {
        ...opened,
        [name]: (at: number, count: number, output: number) => {
          opened[name](at, count, output);
          new Uint8Array(opened.memory.buffer).fill(0, output + 31, output + 32);
        },
      };
      expect(provenEngine(wrong, streaming)).to.equal(streaming);
    });
  }

  it("gives way to the library when it traps", () => {
    const trapping: KeccakExports = {
      ...opened,
      many: () => {
        throw new WebAssembly.RuntimeError("unreachable");
      },
    };
    expect(provenEngine(trapping, streaming)).to.equal(streaming);
  });
});
