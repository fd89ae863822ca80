import { expect } from "chai";
import fc from "fast-check";
import { findFen, wanFromFen } from "../../../sdk/families/money.ts";

describe("amounts", () => {
  const pairs: readonly (readonly [string, number])[] = [
    ["0", 0],
    ["1", 1_000_000],
    ["0.1", 100_000],
    ["0.000001", 1],
    ["12.345678", 12_345_678],
    ["0.29", 290_000],
    ["9007199254.740991", Number.MAX_SAFE_INTEGER],
  ];
  for (const [wan, fen] of pairs) {
    it(`${wan} 万元 is ${fen} 分 and back`, () => {
      expect(findFen(wan)).to.equal(fen);
      expect(wanFromFen(fen)).to.equal(wan);
    });
  }

  it("with trailing zeros are the same amount", () => {
    expect(findFen("1.500000")).to.equal(1_500_000);
  });

  for (const wrong of [
    "",
    "-1",
    "+1",
    "1,000",
    "1.",
    ".5",
    "01",
    "1e3",
    "0.0000001",
    "1万元",
    "１",
    " 1",
    "9007199254.740992",
  ]) {
    it(`«${wrong}» is no amount`, () => {
      expect(findFen(wrong)).to.equal(undefined);
    });
  }

  for (const wrong of [-1, 0.5, Number.MAX_SAFE_INTEGER + 1, Number.NaN]) {
    it(`${wrong} 分 is the caller's mistake`, () => {
      expect(() => wanFromFen(wrong)).to.throw(TypeError);
    });
  }

  it("survive the way through 万元, all of them", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (fen) => {
        expect(findFen(wanFromFen(fen))).to.equal(fen);
      }),
    );
  });
});
