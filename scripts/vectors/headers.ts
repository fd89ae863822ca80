import { toHex, utf8 } from "../../sdk/protocol/bytes.ts";
import { canonicalize } from "../../sdk/protocol/canonical.ts";
import { digest } from "../../sdk/protocol/hash.ts";
import { headerJson, ledgerId, parseHeader, recordId } from "../../sdk/protocol/header.ts";
import { resourceId, resourceScope } from "../../sdk/protocol/anchor.ts";
import type { Json, JsonObject } from "../../sdk/protocol/json.ts";
import { PROTOCOL_KINDS } from "../../sdk/protocol/kinds.ts";
import { codeOf, expectEqual, LEDGER, LEDGER_NAME, PROVIDER, sampleHex } from "./fixed.ts";

const RESOURCE = resourceId(PROVIDER, "business-licence");

const MINIMAL: JsonObject = {
  v: 1,
  kind: "operation",
  ledger: LEDGER,
  hash: "keccak256",
  scope: sampleHex("scope"),
  seq: 0,
  issuer: PROVIDER,
  schema: sampleHex("schema"),
  issuedAt: 1735689600,
  claimsRoot: sampleHex("claims root"),
  claimCount: 8,
  parentCount: 0,
};

const FULL: JsonObject = {
  ...MINIMAL,
  kind: "business-licence",
  scope: resourceScope(RESOURCE),
  seq: 41,
  resource: RESOURCE,
  subject: sampleHex("subject"),
  validFrom: 1735660800,
  validUntil: 1767196800,
  claimCount: 24,
  parentsRoot: sampleHex("parents root"),
  parentCount: 2,
};

const ACCEPT: readonly (readonly [name: string, header: JsonObject])[] = [
  ["only what every header has", MINIMAL],
  ["every member", FULL],
  ["sha256", { ...FULL, hash: "sha256" }],
  ["sm3", { ...FULL, hash: "sm3" }],
  ["validity from 1965 to the end of 9999", { ...FULL, validFrom: -146822400, validUntil: 253402272000 }],
  ["the last number of a scope", { ...MINIMAL, seq: 1099511627775 }],
  ["the most claims and parents", { ...FULL, claimCount: 4096, parentCount: 1024 }],
];

const without = (header: JsonObject, name: string): JsonObject =>
  Object.fromEntries(Object.entries(header).filter(([key]) => key !== name));

const REJECT: readonly (readonly [name: string, header: Json, code: string])[] = [
  ["not an object", [FULL], "shape.type"],
  ["null", null, "shape.type"],
  ...Object.keys(MINIMAL).map((name) => [`${name} missing`, without(MINIMAL, name), "shape.missing"] as const),
  ["version 2", { ...FULL, v: 2 }, "version.unknown"],
  ["version as text", { ...FULL, v: "1" }, "version.unknown"],
  ["an unknown member", { ...FULL, note: "x" }, "shape.unknown"],
  ["an unknown member named like one of Object's", { ...FULL, constructor: 1 }, "shape.unknown"],
  ["a member that is null", { ...FULL, subject: null }, "shape.format"],
  ["kind in capitals", { ...FULL, kind: "Licence" }, "shape.format"],
  ["kind of 33 characters", { ...FULL, kind: "a".repeat(33) }, "shape.format"],
  ["kind empty", { ...FULL, kind: "" }, "shape.format"],
  ["kind with a line feed", { ...FULL, kind: "licence\n" }, "shape.format"],
  ["ledger of 31 bytes", { ...FULL, ledger: LEDGER.slice(0, -2) }, "shape.format"],
  ["ledger in capitals", { ...FULL, ledger: `0x${LEDGER.slice(2).toUpperCase()}` }, "shape.format"],
  ["ledger without 0x", { ...FULL, ledger: LEDGER.slice(2) }, "shape.format"],
  ["an unknown hash", { ...FULL, hash: "sha512" }, "shape.format"],
  ["hash named like a member of Object", { ...FULL, hash: "constructor" }, "shape.format"],
  ["seq as text", { ...FULL, seq: "41" }, "shape.type"],
  ["seq negative", { ...FULL, seq: -1 }, "shape.type"],
  ["seq not an integer", { ...FULL, seq: 0.5 }, "shape.type"],
  ["seq above 2^40 − 1", { ...FULL, seq: 1099511627776 }, "shape.type"],
  ["issuer with the letter I", { ...FULL, issuer: "1199010099010001IP" }, "shape.format"],
  ["issuer of 17 characters", { ...FULL, issuer: PROVIDER.slice(1) }, "shape.format"],
  ["issuedAt in milliseconds", { ...FULL, issuedAt: 1735689600000 }, "shape.type"],
  ["issuedAt negative", { ...FULL, issuedAt: -1 }, "shape.type"],
  ["validUntil beyond 2^40 − 1", { ...FULL, validUntil: 1099511627776 }, "shape.type"],
  ["claimCount 0", { ...FULL, claimCount: 0 }, "shape.type"],
  ["claimCount no multiple of 8", { ...FULL, claimCount: 20 }, "shape.format"],
  ["claimCount above 4096", { ...FULL, claimCount: 4104 }, "shape.type"],
  ["parents counted, no root", without(FULL, "parentsRoot"), "shape.missing"],
  ["a parents root, none counted", { ...FULL, parentCount: 0 }, "shape.missing"],
  ["parentCount above 1024", { ...FULL, parentCount: 1025 }, "shape.type"],
];

export function headerVectors(): Json {
  for (const [name, header, code] of REJECT)
    expectEqual(
      name,
      codeOf(() => parseHeader(header)),
      code,
    );
  return {
    description: 'SPEC §5. `record` is H("suyuan/record/1" ‖ canonical), H being the header\'s own hash.',
    accept: ACCEPT.map(([name, header]) => {
      const parsed = parseHeader(header);
      const canonical = canonicalize(headerJson(parsed));
      expectEqual(name, canonical, canonicalize(header));
      const record = toHex(recordId(parsed));
      expectEqual(name, record, toHex(digest(parsed.hash, utf8(`suyuan/record/1${canonical}`))));
      return { name, header, canonical, record };
    }),
    reject: REJECT.map(([name, header, code]) => ({ name, header, code })),
  };
}

export const kindVectors = (): Json => ({
  description: "SPEC §10. The protocol's own kinds: the schema of each, its digest and its required claims.",
  kinds: Object.entries(PROTOCOL_KINDS).map(([kind, { digest: schema, required, json }]) => ({
    kind,
    digest: schema,
    required: required.map((path) => [...path]),
    schema: json,
  })),
});

export function ledgerVectors(): Json {
  const names = [
    LEDGER_NAME,
    { ...LEDGER_NAME, chainId: 1 },
    { ...LEDGER_NAME, genesis: sampleHex("another genesis") },
    { ...LEDGER_NAME, directory: "0xe7f1725e7734ce288f8367e1bb143e90bb3f0512" as const },
  ];
  return {
    description: 'SPEC §5.3. `ledger` is SHA-256("suyuan/ledger/1" ‖ canonical).',
    ledgers: names.map((name) => ({ ...name, canonical: canonicalize({ ...name }), ledger: ledgerId(name) })),
  };
}
