import { acceptedBytes, groupStatements, type AcceptedStatement } from "../../sdk/client/accepted.ts";
import { canonicalize } from "../../sdk/protocol/canonical.ts";
import { toHex } from "../../sdk/protocol/bytes.ts";
import { agreementId, resourceId, resourceScope } from "../../sdk/protocol/anchor.ts";
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
  type DeliveryRequest,
  type DeliveryTerms,
  type PackageItem,
} from "../../sdk/protocol/delivery.ts";
import type { Json, JsonObject } from "../../sdk/protocol/json.ts";
import { noticeBytes, noticeDigest, type Notice } from "../../sdk/protocol/notice.ts";
import type { Path } from "../../sdk/protocol/claims.ts";
import {
  codeOf,
  CONSUMER,
  CONSUMER_KEY,
  expectEqual,
  LEDGER,
  PROVIDER,
  PROVIDER_KEY,
  sampleHex,
  type VectorKey,
} from "./fixed.ts";

const RESOURCE = resourceId(PROVIDER, "business-licence");
const AGREEMENT = agreementId(CONSUMER, RESOURCE, sampleHex("document"));

const REQUEST: DeliveryRequest = {
  ledger: LEDGER,
  agreement: AGREEMENT,
  k: 3,
  purpose: "bid-qualification",
  fields: ['["businessScope"]', '["items","*","amount"]'],
  keys: ["X-2025-0001", "X-2025-0002"],
  nonce: "AAECAwQFBgcICQoLDA0ODw",
};

const NOTICE: Notice = {
  agreement: AGREEMENT,
  kind: "missing",
  text: "请写明法律依据",
  at: 1735693000,
  salt: REQUEST.nonce,
};

const ACCEPTED = [0, 1, 2].map((i): AcceptedStatement => ({
  ...{ ledger: LEDGER, scope: resourceScope(RESOURCE), at: 1735693000 },
  ...{ seq: 7 + i, record: sampleHex(`record ${i}`) },
}));

const ITEMS: readonly PackageItem[] = [
  { record: sampleHex("record 0"), claims: [0, 1, 2, 3] },
  { record: sampleHex("record 1"), claims: [0, 1, 2, 3, 6, 11] },
  { record: sampleHex("record 2"), claims: [0, 1, 2, 3, 4] },
];

const terms = (): DeliveryTerms => ({
  ledger: LEDGER,
  agreement: AGREEMENT,
  k: 3,
  consumer: CONSUMER,
  purpose: "bid-qualification",
  requestDigest: requestDigest(REQUEST),
  packageDigest: packageDigest(ITEMS.length, packageTree(ITEMS).root),
  at: 1735700400,
});

const without = (value: JsonObject, name: string): JsonObject =>
  Object.fromEntries(Object.entries(value).filter(([key]) => key !== name));
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

const GRANTS: readonly (readonly [pattern: Path, path: Path, granted: boolean])[] = [
  [["a"], ["a"], true],
  [["a"], ["b"], false],
  [["a"], ["a", "b"], true],
  [["a"], ["a", 0, "c"], true],
  [["a", "b"], ["a"], false],
  [["a", "b"], ["a", "c"], false],
  [["items", "*", "amount"], ["items", 0, "amount"], true],
  [["items", "*", "amount"], ["items", 12, "amount"], true],
  [["items", "*", "amount"], ["items", 0, "code"], false],
  [["items", "*", "amount"], ["items"], false],
  [["items", "*"], ["items", 3, "code"], true],
  [["items", 0], ["items", 0, "code"], true],
  [["items", 0], ["items", 1, "code"], false],
  [["items", 0], ["items", "0"], false],
  [["items", "0"], ["items", 0], false],
  [["items", "*"], ["items", "code"], false],
  [["*"], ["a"], false],
  [["*"], ["*"], true],
];

const PATTERN_REJECTS: readonly string[] = [
  "",
  "a",
  '"a"',
  "[]",
  "{}",
  '["a", "b"]',
  '["a",null]',
  '["a",-1]',
  '["a",0.5]',
  '["a",["b"]]',
  '["\\u0061"]',
  '["a"',
  '["a",1e0]',
  "[-0]",
];

function requestRejects(): (readonly [string, Json, string])[] {
  const json: JsonObject = { ...REQUEST };
  return [
    ...Object.keys(json).map((name) => [`${name} missing`, without(json, name), "shape.missing"] as const),
    ["an unknown member", { ...json, limit: 1 }, "shape.unknown"],
    ["no keys", { ...json, keys: [] }, "shape.missing"],
    ["keys of another type", { ...json, keys: [1] }, "shape.type"],
    ["a key of 513 characters", { ...json, keys: ["x".repeat(513)] }, "shape.type"],
    ["more than 1000 keys", { ...json, keys: Array.from({ length: 1001 }, (_, i) => `${i}`) }, "shape.type"],
    ["more than 256 fields", { ...json, fields: Array.from({ length: 257 }, (_, i) => `["f${i}"]`) }, "shape.type"],
    ["a field that is no pattern", { ...json, fields: ["businessScope"] }, "shape.format"],
    ["a short nonce", { ...json, nonce: "AAECAwQFBgcICQoLDA0OD" }, "shape.format"],
    ["a nonce with loose last bits", { ...json, nonce: "AAECAwQFBgcICQoLDA0ODx" }, "shape.format"],
    ["purpose in capitals", { ...json, purpose: "Bid" }, "shape.format"],
    ["k above 2^32 − 1", { ...json, k: 4294967296 }, "shape.type"],
  ];
}

function termsRejects(): (readonly [string, Json, string])[] {
  const json: JsonObject = { ...terms() };
  return [
    ...Object.keys(json).map((name) => [`${name} missing`, without(json, name), "shape.missing"] as const),
    ["an unknown member", { ...json, provider: PROVIDER }, "shape.unknown"],
    ["consumer of 17 characters", { ...json, consumer: CONSUMER.slice(1) }, "shape.format"],
    ["k negative", { ...json, k: -1 }, "shape.type"],
    ["at not an integer", { ...json, at: 0.5 }, "shape.type"],
  ];
}

const signature = PROVIDER_KEY.sign(new Uint8Array());
const SIGNATURE_REJECTS: readonly (readonly [string, Json, string])[] = [
  ["an unknown member", { key: PROVIDER_KEY.id, signature, alg: "ed25519" }, "shape.unknown"],
  ["key without index", { key: PROVIDER, signature }, "shape.format"],
  ["index with a leading zero", { key: `${PROVIDER}/01`, signature }, "shape.format"],
  ["signature of 63 bytes", { key: PROVIDER_KEY.id, signature: signature.slice(0, 84) }, "shape.format"],
  ["signature with padding", { key: PROVIDER_KEY.id, signature: `${signature}==` }, "shape.format"],
];

const publicKey = ({ id, seed, publicKey }: VectorKey): JsonObject => ({ id, seed, publicKey });

export function deliveryVectors(): Json {
  const tree = packageTree(ITEMS);
  const signed = terms();
  for (const [pattern, path, granted] of GRANTS)
    expectEqual(`${canonicalize(pattern)} ${canonicalize(path)}`, grants(pattern, path), granted);
  for (const pattern of PATTERN_REJECTS)
    expectEqual(
      pattern,
      codeOf(() => parsePattern(pattern)),
      "shape.format",
    );
  for (const [name, json, code] of requestRejects())
    expectEqual(
      name,
      codeOf(() => parseDeliveryRequest(json)),
      code,
    );
  for (const [name, json, code] of termsRejects())
    expectEqual(
      name,
      codeOf(() => parseTerms(json)),
      code,
    );
  for (const [name, json, code] of SIGNATURE_REJECTS)
    expectEqual(
      name,
      codeOf(() => parseKeySignature(json, "signature")),
      code,
    );
  for (const [index, item] of ITEMS.entries()) {
    expectEqual(
      `item ${index}`,
      packageDigestFrom(item, { index, count: ITEMS.length, proof: tree.proof(index) }),
      signed.packageDigest,
    );
  }
  return {
    description:
      "SPEC §9. Signatures are Ed25519 (RFC 8032) over the UTF-8 bytes of `text`. The keys are for these vectors only.",
    keys: [PROVIDER_KEY, CONSUMER_KEY].map(publicKey),
    request: {
      json: { ...REQUEST },
      text: text(requestBytes(REQUEST)),
      digest: requestDigest(REQUEST),
      signature: { key: CONSUMER_KEY.id, signature: CONSUMER_KEY.sign(requestBytes(REQUEST)) },
    },
    package: {
      items: ITEMS.map(({ record, claims }, index) => ({
        record,
        claims: [...claims],
        data: canonicalize({ record, claims }),
        nodes: tree.proof(index).map(toHex),
      })),
      root: toHex(tree.root),
      text: `suyuan/package/1${canonicalize({ count: ITEMS.length, root: toHex(tree.root) })}`,
      digest: signed.packageDigest,
    },
    terms: {
      json: { ...signed },
      text: text(deliveryBytes(signed)),
      provider: { key: PROVIDER_KEY.id, signature: PROVIDER_KEY.sign(deliveryBytes(signed)) },
      consumer: { key: CONSUMER_KEY.id, signature: CONSUMER_KEY.sign(deliveryBytes(signed)) },
    },
    notice: { json: { ...NOTICE }, text: text(noticeBytes(NOTICE)), digest: noticeDigest(NOTICE) },
    accepted: acceptedVectors(),
    grants: GRANTS.map(([pattern, path, granted]) => ({ pattern: [...pattern], path: [...path], granted })),
    patternRejects: PATTERN_REJECTS.map((pattern) => ({ pattern, code: "shape.format" })),
    requestRejects: requestRejects().map(([name, json, code]) => ({ name, json, code })),
    termsRejects: termsRejects().map(([name, json, code]) => ({ name, json, code })),
    signatureRejects: SIGNATURE_REJECTS.map(([name, json, code]) => ({ name, json, code })),
  };
}

function acceptedVectors(): Json {
  const { bytes, places } = groupStatements(ACCEPTED);
  const signature = { key: PROVIDER_KEY.id, signature: PROVIDER_KEY.sign(bytes) };
  const statements = ACCEPTED.map((statement) => text(acceptedBytes(statement)));
  const receipts = ACCEPTED.map((statement, i) => ({ ...statement, group: { ...places[i] }, ...signature }));
  return { statements, text: text(bytes), receipts: receipts as unknown as Json }; // Plain data.
}
