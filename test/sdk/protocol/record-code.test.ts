import { expect } from "chai";
import fc from "fast-check";
import { toHex } from "../../../sdk/protocol/bytes.ts";
import { parseRecordCode, recordCode } from "../../../sdk/protocol/record-code.ts";

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(toHex);

describe("record code", () => {
  it("reads back what it wrote", () => {
    fc.assert(
      fc.property(hash, hash, fc.integer({ min: 0, max: 2 ** 40 - 1 }), hash, (ledger, scope, seq, record) => {
        const code = { ledger, scope, seq, record };
        expect(parseRecordCode(recordCode(code))).to.deep.equal(code);
        expect(recordCode(code)).not.to.include("/");
      }),
    );
  });

  const zeros = "A".repeat(43);
  for (const [name, text] of Object.entries({
    "an address": "https://example.gov.cn/x",
    "another version": `SUYUAN2 ${zeros} ${zeros} 1 ${zeros}`,
    "a leading zero": `SUYUAN1 ${zeros} ${zeros} 01 ${zeros}`,
    "a number too large": `SUYUAN1 ${zeros} ${zeros} ${2 ** 40} ${zeros}`,
    "a hash that is not canonical": `SUYUAN1 ${"A".repeat(42)}B ${zeros} 1 ${zeros}`,
    "a part too many": `SUYUAN1 ${zeros} ${zeros} 1 ${zeros} x`,
  })) {
    it(`refuses ${name}`, () => {
      expect(() => parseRecordCode(text))
        .to.throw()
        .with.property("code", "shape.format");
    });
  }
});
