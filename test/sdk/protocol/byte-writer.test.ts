import { expect } from "chai";
import fc from "fast-check";
import { ByteWriter } from "../../../sdk/protocol/byte-writer.ts";
import { fromUtf8, toBase64Url, utf8, writeBase64Url } from "../../../sdk/protocol/bytes.ts";
import { canonicalBytes, canonicalize } from "../../../sdk/protocol/canonical.ts";
import type { Json } from "../../../sdk/protocol/json.ts";
import { sortedKeys } from "../../../sdk/protocol/keys.ts";
import { json, text } from "./arbitraries.ts";
import { expectCode } from "./support.ts";

describe("canonical bytes", () => {
  it("are the canonical text in UTF-8, after the domain", () => {
    fc.assert(
      fc.property(json, fc.constantFrom("", "suyuan/record/1"), (value, domain) => {
        expect(canonicalBytes(value, domain)).to.deep.equal(utf8(domain + canonicalize(value)));
      }),
    );
  });

  it("hold escapes, every plane and long strings, whatever was written before", () => {
    for (const value of [
      '"',
      "\\",
      "\u0000\u001f\u007f",
      "é¢€",
      "证照",
      "\ud83d\ude00",
      "ﬀ".repeat(9000),
      "\n".repeat(9000),
    ])
      expect(fromUtf8(canonicalBytes({ [value]: value }))).to.equal(canonicalize({ [value]: value }));
  });

  it("do not exist of what has no JSON form", () => {
    const hole: Json[] = [];
    hole.length = 1;
    const bad = ["\ud83d", { a: ["\udc00"] }, { "\ud83d": 1 }, NaN, Infinity, hole, { a: undefined }] as Json[];
    for (const value of bad) expectCode(() => canonicalBytes(value), "json.value");
  });

  it("share nothing with the writer's memory", () => {
    const first = canonicalBytes("first");
    canonicalBytes("other");
    expect(fromUtf8(first)).to.equal('"first"');
  });
});

describe("ByteWriter", () => {
  it("keeps what it has when it grows, and gives the memory of a giant back", () => {
    const writer = new ByteWriter();
    writer.ascii("head");
    writer.reserve(3 * 1024 * 1024);
    expect(fromUtf8(writer.bytes.subarray(0, writer.at))).to.equal("head");
    writer.restart();
    expect(writer.bytes.length).to.be.lessThan(1024 * 1024);
  });
});

describe("sortedKeys", () => {
  it("sorts few and many keys by UTF-16 code units", () => {
    fc.assert(
      fc.property(fc.uniqueArray(text, { maxLength: 60 }), (keys) => {
        const object = Object.fromEntries(keys.map((key) => [key, 1]));
        expect(sortedKeys(object)).to.deep.equal(Object.keys(object).sort());
      }),
    );
  });
});

describe("writeBase64Url", () => {
  it("writes what toBase64Url gives, at any place", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(5), fc.nat(5), (bytes, before, at) => {
        const source = Uint8Array.of(...new Uint8Array(before).fill(9), ...bytes, 7, 7);
        const target = new Uint8Array(at + 2 * bytes.length + 4);
        writeBase64Url(source, { from: before, count: bytes.length, target, at });
        const expected = toBase64Url(bytes);
        expect(fromUtf8(target.subarray(at, at + expected.length))).to.equal(expected);
        expect(target.subarray(at + expected.length).every((byte) => byte === 0)).to.equal(true);
      }),
    );
  });
});
