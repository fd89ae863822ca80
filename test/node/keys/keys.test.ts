import { createHmac, createSecretKey, hkdfSync, randomBytes } from "node:crypto";
import { expect } from "chai";
import fc from "fast-check";
import { derive, indexDigest, keyEncryptionKey, saltSeed } from "../../../node/keys/derive.ts";
import { unwrapKey, unwrapKeys, wrapKey, wrapKeys } from "../../../node/keys/wrap.ts";
import { openPayload, sealPayload } from "../../../node/records/payload.ts";
import { fromHex, toHex, utf8, type Hex } from "../../../sdk/protocol/bytes.ts";
import { canonicalBytes } from "../../../sdk/protocol/canonical.ts";
import { ROOT } from "../support/core.ts";

let counter = 0;
const random = (length: number): Uint8Array => new Uint8Array(length).fill(++counter % 256);

describe("key wrapping", () => {
  // RFC 3394 §4.6: 256 bits of key data with a 256-bit KEK.
  const kek = createSecretKey(fromHex("0x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"));
  const key = fromHex("0x00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f");
  const wrapped = "0x28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21";

  it("gives the example of RFC 3394 and takes it back", () => {
    expect(toHex(wrapKey(kek, key))).to.equal(wrapped);
    expect(unwrapKey(kek, fromHex(wrapped))).to.deep.equal(key);
  });

  it("refuses any altered bit, another key and another length", () => {
    for (let i = 0; i < 40; i++) {
      const altered = fromHex(wrapped);
      altered[i] = (altered[i] ?? 0) ^ 0x10;
      expect(unwrapKey(kek, altered)).to.equal(undefined);
    }
    expect(unwrapKey(keyEncryptionKey(ROOT, 1), fromHex(wrapped))).to.equal(undefined);
    expect(unwrapKey(kek, fromHex(wrapped).subarray(0, 32))).to.equal(undefined);
    expect(() => wrapKey(kek, key.subarray(1)))
      .to.throw()
      .with.property("code", "key.length");
  });

  for (const count of [0, 1, 7, 8, 9, 256]) {
    it(`of ${count} keys together is that of OpenSSL, key by key`, () => {
      const keys = Array.from({ length: count }, () => new Uint8Array(randomBytes(32)));
      const together = wrapKeys(kek, keys).map(toHex);
      expect(together).to.deep.equal(keys.map((one) => toHex(wrapKey(kek, one))));
      expect(unwrapKeys(kek, together.map(fromHex)).map((one) => one && toHex(one))).to.deep.equal(keys.map(toHex));
    });
  }

  it("of many together refuses each that is altered, of another length or under another key, and no other", () => {
    const keys = Array.from({ length: 44 }, (_, i) => new Uint8Array(32).fill(i));
    const stored = wrapKeys(kek, keys).map((one, i) => {
      if (i < 40) one[i] = (one[i] ?? 0) ^ 0x10;
      if (i === 40) return one.subarray(0, 32);
      return i === 41 ? wrapKey(keyEncryptionKey(ROOT, 1), key) : one;
    });
    expect(unwrapKeys(kek, stored)).to.deep.equal([...Array.from({ length: 42 }, () => undefined), keys[42], keys[43]]);
    expect(() => wrapKeys(kek, [...keys, key.subarray(1)]))
      .to.throw()
      .with.property("code", "key.length");
  });
});

describe("payload encryption", () => {
  const dataKey = derive(ROOT, "test");
  const id = new Uint8Array(32).fill(1);
  const plaintext = canonicalBytes({ document: { a: "秘" }, parents: [] });
  const sealed = sealPayload({ plaintext, dataKey, id }, random);

  it("opens to what was sealed", () => {
    expect(openPayload(sealed, { dataKey, id })).to.deep.equal({ document: { a: "秘" }, parents: [] });
    expect(Buffer.from(sealed).includes("秘")).to.equal(false);
  });

  it("does not open under another record, another key, or with any byte altered", () => {
    expect(openPayload(sealed, { dataKey, id: new Uint8Array(32) })).to.equal(undefined);
    expect(openPayload(sealed, { dataKey: derive(ROOT, "other"), id })).to.equal(undefined);
    for (let i = 0; i < sealed.length; i++) {
      const altered = sealed.slice();
      altered[i] = (altered[i] ?? 0) ^ 1;
      expect(openPayload(altered, { dataKey, id }), String(i)).to.equal(undefined);
    }
    expect(openPayload(sealed.subarray(0, 20), { dataKey, id })).to.equal(undefined);
  });
});

describe("the salt seed", () => {
  const byOpenSsl = (key: Uint8Array): Hex =>
    toHex(new Uint8Array(hkdfSync("sha256", key, new Uint8Array(), "suyuan/salt/1", 32)));

  it("comes from the data key alone", () => {
    expect(saltSeed(ROOT)).to.deep.equal(derive(ROOT, "suyuan/salt/1"));
    expect(saltSeed(ROOT)).to.not.deep.equal(saltSeed(new Uint8Array(32)));
  });

  it("is HKDF's (RFC 5869)", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (key) => {
        expect(toHex(saltSeed(key))).to.equal(byOpenSsl(key));
        expect(saltSeed(key)).to.deep.equal(derive(key, "suyuan/salt/1"));
      }),
      { numRuns: 500 },
    );
    for (const byte of [0x00, 0x36, 0x5c, 0xff]) {
      const key = new Uint8Array(32).fill(byte);
      expect(toHex(saltSeed(key))).to.equal(byOpenSsl(key));
    }
  });

  it("leaves the key as it is, and is of 32 bytes only", () => {
    const key = new Uint8Array(32).fill(9);
    saltSeed(key);
    expect(key).to.deep.equal(new Uint8Array(32).fill(9));
    for (const length of [0, 31, 33, 64]) {
      expect(() => saltSeed(new Uint8Array(length)))
        .to.throw()
        .with.property("code", "key.length");
    }
  });
});

describe("index digests", () => {
  it("are of the parts one after another, however they are cut, text as UTF-8", () => {
    const key = createSecretKey(new Uint8Array(32).fill(5));
    const whole = createHmac("sha256", key).update("use\n证照1\ud83d\ude00").digest("hex");
    expect(toHex(indexDigest(key, "use", "证照", Uint8Array.of(0x31), "\ud83d\ude00"))).to.equal(`0x${whole}`);
    expect(toHex(indexDigest(key, "use", utf8("证照1\ud83d\ude00")))).to.equal(`0x${whole}`);
  });
});
