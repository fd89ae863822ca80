import { expect } from "chai";
import fc from "fast-check";
import {
  compareBytes,
  concat,
  equalBytes,
  fromBase64Url,
  fromHex,
  fromUtf8,
  isHex,
  toBase64Url,
  toHex,
  utf8,
} from "../../../sdk/protocol/bytes.ts";

const bytes = fc.uint8Array({ maxLength: 70 });

describe("bytes as text", function () {
  this.timeout(20_000);

  it("agree with the platform's hexadecimal and base64url", () => {
    fc.assert(
      fc.property(bytes, (value) => {
        expect(toHex(value)).to.equal(`0x${Buffer.from(value).toString("hex")}`);
        expect(toBase64Url(value)).to.equal(Buffer.from(value).toString("base64url"));
        expect(fromHex(toHex(value))).to.deep.equal(value);
        expect(fromBase64Url(toBase64Url(value))).to.deep.equal(value);
      }),
    );
  });

  for (const hex of ["", "0", "00", "0X00", "0x0", "0xAB", "0xgg", "0x00 ", "0x00\n"]) {
    it(`are not ${JSON.stringify(hex)} in hexadecimal`, () => {
      expect(isHex(hex)).to.equal(false);
      expect(() => fromHex(hex)).to.throw(TypeError);
    });
  }

  it("have a length where one is asked", () => {
    expect(isHex("0x0011", 2)).to.equal(true);
    expect(isHex("0x0011", 3)).to.equal(false);
    expect(isHex(11, 1)).to.equal(false);
  });

  for (const text of ["A", "AAAAA", "AB==", "AB", "AAB", "A+A", "A/A", "AA A", "AA\n"]) {
    it(`are not ${JSON.stringify(text)} in base64url`, () => expect(() => fromBase64Url(text)).to.throw(TypeError));
  }

  it("are strict UTF-8", () => {
    expect(fromUtf8(utf8("溯源\ufeff"))).to.equal("溯源\ufeff");
    expect(() => fromUtf8(Uint8Array.of(0xff))).to.throw(TypeError);
  });
});

describe("bytes", function () {
  this.timeout(20_000);

  it("compare as their hexadecimal does", () => {
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        const [x, y] = [toHex(a), toHex(b)];
        expect(Math.sign(compareBytes(a, b))).to.equal(x < y ? -1 : x > y ? 1 : 0);
        expect(equalBytes(a, b)).to.equal(x === y);
        expect(equalBytes(a, Uint8Array.from(a))).to.equal(true);
      }),
    );
  });

  it("join in their order", () => {
    fc.assert(
      fc.property(fc.array(bytes), (parts) => {
        expect(concat(...parts)).to.deep.equal(Uint8Array.from(Buffer.concat(parts)));
      }),
    );
  });
});
