import { expect } from "chai";
import { AbiCoder, keccak256, solidityPackedKeccak256 } from "ethers";
import type { Hex } from "../../../sdk/protocol/bytes.ts";
import {
  agreementId,
  anchorDigest,
  deliveriesScope,
  journalScope,
  MAXIMUM_BATCH,
  receiptsScope,
  resourceId,
  resourceScope,
  type AnchorPreimage,
} from "../../../sdk/protocol/anchor.ts";
import { HASH_NUMBERS } from "../../../sdk/protocol/hash.ts";
import { vectors } from "./support.ts";

interface AnchorVectors {
  readonly anchors: readonly (AnchorPreimage & {
    readonly hashNumber: number;
    readonly departmentWord: Hex;
    readonly digest: Hex;
  })[];
  readonly resources: readonly {
    readonly provider: string;
    readonly providerWord: Hex;
    readonly code: string;
    readonly resource: Hex;
    readonly scope: Hex;
  }[];
  readonly agreements: readonly {
    readonly consumer: string;
    readonly consumerWord: Hex;
    readonly resource: Hex;
    readonly document: Hex;
    readonly agreement: Hex;
    readonly deliveries: Hex;
    readonly receipts: Hex;
  }[];
  readonly journals: readonly { readonly department: string; readonly departmentWord: Hex; readonly scope: Hex }[];
}

const { anchors, resources, agreements, journals } = vectors<AnchorVectors>("anchors.json");
const uscc = (word: Hex): string => word.slice(0, 38);
const hashed = (types: readonly string[], values: readonly unknown[]): string =>
  keccak256(AbiCoder.defaultAbiCoder().encode(types, values));

describe("vectors of anchors.json", () => {
  for (const [i, anchor] of anchors.entries()) {
    it(`anchor ${i}, as an independent ABI library packs it`, () => {
      const { first, count, time, hash, hashNumber, root, departmentWord, digest } = anchor;
      expect(hashNumber).to.equal(HASH_NUMBERS[hash]);
      expect(anchorDigest(anchor)).to.equal(digest);
      expect(
        solidityPackedKeccak256(
          ["bytes32", "bytes18", "uint40", "uint24", "uint40", "uint8"],
          [root, uscc(departmentWord), first, count, time, hashNumber],
        ),
      ).to.equal(digest);
    });
  }

  it("give each anchor a digest of its own", () => {
    expect(new Set(anchors.map(({ digest }) => digest)).size).to.equal(anchors.length);
  });

  for (const { provider, providerWord, code, resource, scope } of resources) {
    it(`resource ${code || "without code"} of ${provider}`, () => {
      expect(resourceId(provider, code)).to.equal(resource);
      expect(hashed(["string", "bytes18", "string"], ["suyuan/resource/1", uscc(providerWord), code])).to.equal(
        resource,
      );
      expect(resourceScope(resource)).to.equal(scope);
      expect(hashed(["string", "bytes32"], ["suyuan/scope/resource/1", resource])).to.equal(scope);
    });
  }

  for (const { consumer, consumerWord, resource, document, agreement, deliveries, receipts } of agreements) {
    it(`agreement ${agreement} and its streams`, () => {
      expect(agreementId(consumer, resource, document)).to.equal(agreement);
      expect(
        hashed(
          ["string", "bytes18", "bytes32", "bytes32"],
          ["suyuan/agreement/1", uscc(consumerWord), resource, document],
        ),
      ).to.equal(agreement);
      expect(deliveriesScope(agreement)).to.equal(deliveries);
      expect(hashed(["string", "bytes32"], ["suyuan/scope/deliveries/1", agreement])).to.equal(deliveries);
      expect(receiptsScope(agreement)).to.equal(receipts);
      expect(hashed(["string", "bytes32"], ["suyuan/scope/receipts/1", agreement])).to.equal(receipts);
    });
  }

  for (const { department, departmentWord, scope } of journals) {
    it(`journal of ${department}`, () => {
      expect(journalScope(department)).to.equal(scope);
      expect(hashed(["string", "bytes18"], ["suyuan/scope/journal/1", uscc(departmentWord)])).to.equal(scope);
    });
  }
});

describe("packing", () => {
  it("refuses a number that does not fit its bytes", () => {
    const [anchor] = anchors;
    expect(() => anchorDigest({ ...anchor!, first: 2 ** 40 })).to.throw(RangeError);
    expect(() => anchorDigest({ ...anchor!, count: 2 ** 24 })).to.throw(RangeError);
    expect(() => anchorDigest({ ...anchor!, time: 2 ** 40 })).to.throw(RangeError);
  });

  it("has room for the largest batch", () => {
    expect(MAXIMUM_BATCH).to.equal(1048576);
    expect(MAXIMUM_BATCH).to.be.lessThan(2 ** 24);
  });
});
