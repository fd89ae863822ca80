import { createSecretKey } from "node:crypto";
import { expect } from "chai";
import { derive, keyEncryptionKey, saltSeed } from "../../../node/keys/derive.ts";
import { unwrapKey, wrapKey } from "../../../node/keys/wrap.ts";
import { openPayload, sealPayload } from "../../../node/records/payload.ts";
import { fromHex, toHex } from "../../../sdk/protocol/bytes.ts";
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
  it("comes from the data key alone", () => {
    expect(saltSeed(ROOT)).to.deep.equal(derive(ROOT, "suyuan/salt/1"));
    expect(saltSeed(ROOT)).to.not.deep.equal(saltSeed(new Uint8Array(32)));
  });
});
