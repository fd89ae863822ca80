import { expect } from "chai";
import { crc32c, masked } from "../../../node/storage/files/crc32c.ts";
import { findLogDamage } from "../../../node/storage/files/log.ts";
import { decodeSnappy } from "../../../node/storage/files/snappy.ts";
import { utf8 } from "../../../sdk/protocol/bytes.ts";

describe("the checksums of the store's files", () => {
  it("are CRC-32C: the examples of RFC 3720 B.4", () => {
    const ascending = Uint8Array.from({ length: 32 }, (_, i) => i);
    expect(crc32c(new Uint8Array(32))).to.equal(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(0xff))).to.equal(0x62a8ab43);
    expect(crc32c(ascending)).to.equal(0x46dd794e);
    expect(crc32c(ascending.subarray(0, 10), ascending.subarray(10))).to.equal(0x46dd794e);
  });

  it("undo Snappy: literals, copies that reach into themselves, and nothing else", () => {
    // "abcabcabcabc" as a literal of three and a copy of nine from three back.
    expect(decodeSnappy(Uint8Array.of(12, 0x08, 0x61, 0x62, 0x63, 0x15, 0x03))).to.deep.equal(utf8("abcabcabcabc"));
    expect(decodeSnappy(Uint8Array.of(0))).to.deep.equal(new Uint8Array());
    for (const bad of [
      [12, 0x08, 0x61],
      [3, 0x15, 0x03],
      [1, 0x08, 0x61, 0x62, 0x63],
      [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    ])
      expect(decodeSnappy(Uint8Array.from(bad)), String(bad)).to.equal(undefined);
  });
});

describe("a log", () => {
  const record = (text: string): Uint8Array => {
    const data = Uint8Array.of(1, ...utf8(text));
    const bytes = new Uint8Array(6 + data.length);
    new DataView(bytes.buffer).setUint32(0, masked(crc32c(data)), true);
    new DataView(bytes.buffer).setUint16(4, data.length - 1, true);
    bytes.set(data, 6);
    return bytes;
  };
  const log = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));
  const one = record("one");
  const two = record("two".repeat(400));

  it("is whole when every record fits, and when a crash cut it off or left pages unwritten", () => {
    expect(findLogDamage(log())).to.equal(undefined);
    expect(findLogDamage(log(one, two))).to.equal(undefined);
    for (const length of [1, 5, 8, 600]) expect(findLogDamage(log(one, two.subarray(0, length)))).to.equal(undefined);
    expect(findLogDamage(log(one, new Uint8Array(4096)))).to.equal(undefined);
    const torn = log(one, two.subarray(0, 300), new Uint8Array(two.length - 300));
    expect(findLogDamage(torn)).to.equal(undefined);
  });

  it("is damaged where a record does not fit its checksum, at its end and before", () => {
    const both = log(one, two);
    for (let i = 0; i < 8 * both.length; i += i < 8 * (one.length + 7) ? 1 : 61) {
      const at = i >> 3;
      const bytes = Uint8Array.from(both);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (i & 7));
      expect(findLogDamage(bytes), String(i)).to.equal(at < one.length ? 0 : one.length);
    }
  });
});
