import { expect } from "chai";
import { createHash, createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import { fromBase64Url, fromHex, toHex, type Hex } from "../../../sdk/protocol/bytes.ts";
import { canonicalize } from "../../../sdk/protocol/canonical.ts";
import type { Path } from "../../../sdk/protocol/claims.ts";
import {
  deliveryBytes,
  grants,
  packageDigest,
  packageDigestFrom,
  packageTree,
  parseDeliveryRequest,
  parseKeySignature,
  parsePattern,
  parseTerms,
  requestBytes,
  requestDigest,
  splitKeyId,
  type KeySignature,
  type PackageItem,
} from "../../../sdk/protocol/delivery.ts";
import type { AcceptedStatement } from "../../../sdk/client/accepted.ts";
import type { Json } from "../../../sdk/protocol/json.ts";
import { noticeBytes, noticeDigest, type Notice } from "../../../sdk/protocol/notice.ts";
import { rootFromInclusion } from "../../../sdk/protocol/tree.ts";
import { expectCode, vectors } from "./support.ts";

interface Reject {
  readonly name: string;
  readonly json: Json;
  readonly code: string;
}
interface Inclusion {
  readonly index: number;
  readonly count: number;
  readonly proof: readonly Hex[];
}
interface DeliveryVectors {
  readonly keys: readonly { readonly id: string; readonly seed: Hex; readonly publicKey: Hex }[];
  readonly request: {
    readonly json: Json;
    readonly text: string;
    readonly digest: Hex;
    readonly signature: KeySignature;
  };
  readonly package: {
    readonly items: readonly (PackageItem & { readonly data: string; readonly nodes: readonly Hex[] })[];
    readonly root: Hex;
    readonly text: string;
    readonly digest: Hex;
  };
  readonly terms: {
    readonly json: Json;
    readonly text: string;
    readonly provider: KeySignature;
    readonly consumer: KeySignature;
  };
  readonly accepted: {
    readonly statements: readonly string[];
    readonly text: string;
    readonly receipts: readonly (AcceptedStatement & KeySignature & { readonly group: Inclusion })[];
  };
  readonly notice: { readonly json: Notice; readonly text: string; readonly digest: Hex };
  readonly grants: readonly { readonly pattern: Path; readonly path: Path; readonly granted: boolean }[];
  readonly patternRejects: readonly { readonly pattern: string; readonly code: string }[];
  readonly requestRejects: readonly Reject[];
  readonly termsRejects: readonly Reject[];
  readonly signatureRejects: readonly Reject[];
}

const file = vectors<DeliveryVectors>("delivery.json");
const sha256 = (text: string): Hex => `0x${createHash("sha256").update(text, "utf8").digest("hex")}`;
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("utf8");

const publicKeyOf = (id: string) => {
  const key = file.keys.find((candidate) => candidate.id === id);
  return createPublicKey({
    key: Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), fromHex(key?.publicKey ?? "0x")]),
    format: "der",
    type: "spki",
  });
};
const isSigned = (signed: string, { key, signature }: KeySignature): boolean =>
  verify(null, Buffer.from(signed, "utf8"), publicKeyOf(key), fromBase64Url(signature));

describe("vectors of delivery.json", () => {
  it("request: text, digest, signature", () => {
    const request = parseDeliveryRequest(file.request.json);
    expect(request).to.deep.equal(file.request.json);
    expect(text(requestBytes(request))).to.equal(file.request.text);
    expect(requestDigest(request)).to.equal(file.request.digest).and.to.equal(sha256(file.request.text));
    expect(
      isSigned(file.request.text, parseKeySignature(file.request.signature as unknown as Json, "signature")),
    ).to.equal(true); // The vector is JSON.
  });

  it("package: items, root, digest", () => {
    const { items, root, digest } = file.package;
    const tree = packageTree(items.map(({ record, claims }) => ({ record, claims })));
    expect(toHex(tree.root)).to.equal(root);
    expect(packageDigest(items.length, tree.root)).to.equal(digest).and.to.equal(sha256(file.package.text));
    items.forEach(({ record, claims, data, nodes }, index) => {
      expect(`0x${createHash("sha256").update(Buffer.of(0)).update(data).digest("hex")}`).to.equal(
        toHex(tree.leaf(index)),
      );
      const place = { index, count: items.length, proof: nodes.map(fromHex) };
      expect(packageDigestFrom({ record, claims }, place)).to.equal(digest);
      expect(packageDigestFrom({ record, claims: claims.slice(1) }, place)).not.to.equal(digest);
      expect(packageDigestFrom({ record, claims: [...claims, 99] }, place)).not.to.equal(digest);
      expect(packageDigestFrom({ record, claims }, { ...place, index: (index + 1) % items.length })).not.to.equal(
        digest,
      );
      expect(packageDigestFrom({ record, claims }, { ...place, count: items.length + 1 })).not.to.equal(digest);
    });
  });

  it("terms: text and both signatures", () => {
    const terms = parseTerms(file.terms.json);
    expect(text(deliveryBytes(terms))).to.equal(file.terms.text);
    expect(terms.packageDigest).to.equal(file.package.digest);
    expect(terms.requestDigest).to.equal(file.request.digest);
    expect(isSigned(file.terms.text, file.terms.provider)).to.equal(true);
    expect(isSigned(file.terms.text, file.terms.consumer)).to.equal(true);
    expect(isSigned(file.terms.text, { ...file.terms.provider, key: file.terms.consumer.key })).to.equal(false);
    expect(isSigned(file.request.text, file.terms.consumer)).to.equal(false);
  });

  it("a notice of an agreement: text and digest, which no other member shares", () => {
    const { json, text: hashed, digest } = file.notice;
    expect(text(noticeBytes(json))).to.equal(hashed);
    expect(noticeDigest(json)).to.equal(digest).and.to.equal(sha256(hashed));
    for (const other of [
      { text: `${json.text} ` },
      { kind: "basis" },
      { at: json.at + 1 },
      { salt: "AAECAwQFBgcICQoLDA0ODg" },
    ] as const)
      expect(noticeDigest({ ...json, ...other })).not.to.equal(digest);
  });

  it("accepted receipts: statements, the signed root and each one's way to it", () => {
    const { statements, text: signed, receipts } = file.accepted;
    const sha256 = (...parts: readonly Uint8Array[]) => createHash("sha256").update(Buffer.concat(parts)).digest();
    receipts.forEach(({ group, key, signature, ...statement }, i) => {
      expect(`suyuan/accepted/1${canonicalize({ ...statement })}`).to.equal(statements[i]);
      const leaf = sha256(Uint8Array.of(0), Buffer.from(statements[i] ?? ""));
      const proof = group.proof.map((node) => fromHex(node));
      const root = rootFromInclusion({ ...group, hash: "sha256", leaf, proof });
      const { count } = group;
      expect(root && `suyuan/accepted-group/1${canonicalize({ count, root: toHex(root) })}`).to.equal(signed);
      expect(isSigned(signed, { key, signature })).to.equal(true);
      expect(isSigned(statements[i] ?? "", { key, signature })).to.equal(false);
    });
  });

  it("keys make their signatures again", () => {
    for (const { id, seed } of file.keys) {
      const secret = createPrivateKey({
        key: Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), fromHex(seed)]),
        format: "der",
        type: "pkcs8",
      });
      const expected = [file.terms.provider, file.terms.consumer].find(({ key }) => key === id);
      expect(sign(null, Buffer.from(file.terms.text, "utf8"), secret).toString("base64url")).to.equal(
        expected?.signature,
      );
    }
  });

  for (const { pattern, path, granted } of file.grants) {
    it(`${JSON.stringify(pattern)} ${granted ? "grants" : "does not grant"} ${JSON.stringify(path)}`, () => {
      expect(grants(parsePattern(JSON.stringify(pattern)), path)).to.equal(granted);
    });
  }

  for (const { pattern, code } of file.patternRejects) {
    it(`refuses the pattern ${pattern || "of nothing"}`, () => expectCode(() => parsePattern(pattern), code));
  }
  for (const { name, json, code } of file.requestRejects)
    it(`refuses a request: ${name}`, () => expectCode(() => parseDeliveryRequest(json), code));
  for (const { name, json, code } of file.termsRejects)
    it(`refuses terms: ${name}`, () => expectCode(() => parseTerms(json), code));
  for (const { name, json, code } of file.signatureRejects)
    it(`refuses a signature: ${name}`, () => expectCode(() => parseKeySignature(json, "signature"), code));
});

describe("a key id", () => {
  it("names a department and an index", () => {
    expect(splitKeyId("11990100990100018P/12")).to.deep.equal({ department: "11990100990100018P", index: 12 });
  });

  it("is refused in any other form", () => {
    for (const key of [
      "",
      "11990100990100018P",
      "11990100990100018P/",
      "11990100990100018P/01",
      "11990100990100018P/-1",
      "11990100990100018P/1234567890",
      "x/1",
    ]) {
      expectCode(() => splitKeyId(key), "shape.format");
    }
  });
});
