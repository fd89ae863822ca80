import { expect } from "chai";
import { toHex, type Hex } from "../../../sdk/protocol/bytes.ts";
import { canonicalize } from "../../../sdk/protocol/canonical.ts";
import { headerJson, ledgerId, parseHeader, recordId } from "../../../sdk/protocol/header.ts";
import { parseJson, type Json, type JsonObject } from "../../../sdk/protocol/json.ts";
import { isProtocolKind, PROTOCOL_KINDS, type ProtocolKind } from "../../../sdk/protocol/kinds.ts";
import { commitRecord, type RecordDraft } from "../../../sdk/protocol/record.ts";
import { parseSchema } from "../../../sdk/protocol/schema.ts";
import { expectCode, vectors } from "./support.ts";

interface HeaderVectors {
  readonly accept: readonly {
    readonly name: string;
    readonly header: JsonObject;
    readonly canonical: string;
    readonly record: Hex;
  }[];
  readonly reject: readonly { readonly name: string; readonly header: Json; readonly code: string }[];
}
interface LedgerVectors {
  readonly ledgers: readonly {
    readonly chainId: number;
    readonly genesis: Hex;
    readonly directory: Hex;
    readonly canonical: string;
    readonly ledger: Hex;
  }[];
}

const { accept, reject } = vectors<HeaderVectors>("headers.json");
const { ledgers } = vectors<LedgerVectors>("ledger.json");

describe("vectors of headers.json", () => {
  for (const { name, header, canonical, record } of accept) {
    it(`reads ${name}`, () => {
      const parsed = parseHeader(header);
      expect(headerJson(parsed)).to.deep.equal(header);
      expect(canonicalize(headerJson(parsed))).to.equal(canonical);
      expect(toHex(recordId(parsed))).to.equal(record);
      expect(toHex(recordId(parseHeader(parseJson(canonical))))).to.equal(record);
    });
  }

  it("give each header an id of its own", () => {
    expect(new Set(accept.map(({ record }) => record)).size).to.equal(accept.length);
  });

  for (const { name, header, code } of reject) {
    it(`refuses ${name} as ${code}`, () => expectCode(() => parseHeader(header), code));
  }
});

describe("vectors of ledger.json", () => {
  for (const { chainId, genesis, directory, canonical, ledger } of ledgers) {
    it(`names ${ledger}`, () => {
      expect(ledgerId({ chainId, genesis, directory })).to.equal(ledger);
      expect(canonicalize({ chainId, genesis, directory })).to.equal(canonical);
    });
  }

  it("differ from one another, and not by the case of the Directory's address", () => {
    expect(new Set(ledgers.map(({ ledger }) => ledger)).size).to.equal(ledgers.length);
    const { chainId, genesis, directory, ledger } = ledgers[0]!;
    expect(ledgerId({ chainId, genesis, directory: `0x${directory.slice(2).toUpperCase()}` })).to.equal(ledger);
  });
});

const schema = parseSchema({
  type: "object",
  properties: { number: { type: "string" }, from: { type: "string" }, until: { type: "string" } },
  "x-required-claims": [["number"], ["from"], ["until"]],
  "x-validity": { from: ["from"], until: ["until"] },
});
const hex = (digit: string): Hex => `0x${digit.repeat(64)}`;
const draft: RecordDraft = {
  kind: "licence",
  ledger: hex("1"),
  hash: "keccak256",
  scope: hex("2"),
  seq: 3,
  issuer: "11990100990100018P",
  issuedAt: 1735689600,
  document: { number: "1", from: "2025-01-01", until: "2025-12-31", other: [1, {}] },
  schema,
  parents: [],
  seed: new Uint8Array(32),
};
const dated = (from: string, until: string): RecordDraft => ({
  ...draft,
  document: { ...draft.document, from, until },
});

describe("a committed record", () => {
  it("has a header that reads back, with the id of it", () => {
    const { header, id } = commitRecord(draft);
    expect(parseHeader(headerJson(header))).to.deep.equal(header);
    expect(id).to.deep.equal(recordId(header));
    expect(header.claimCount).to.equal(8);
    expect(header.parentCount).to.equal(0);
    expect(header).not.to.have.property("parentsRoot");
  });

  it("is the same for the same draft and seed, and another for any other", () => {
    const id = (changes: Partial<RecordDraft>): Hex => toHex(commitRecord({ ...draft, ...changes }).id);
    const parent = { ledger: hex("1"), scope: hex("2"), seq: 0, record: hex("4"), relation: "supersedes" } as const;
    const ids = [
      id({}),
      id({ seq: 4 }),
      id({ hash: "sha256" }),
      id({ seed: new Uint8Array(32).fill(1) }),
      id({ subject: hex("3") }),
      id({ parents: [parent] }),
      id({ parents: [{ ...parent, relation: "quotes" }] }),
    ];
    expect(new Set(ids).size).to.equal(ids.length);
    expect(id({})).to.equal(ids[0]);
  });

  for (const [from, until, validFrom, validUntil] of [
    ["2025-01-01", "2025-12-31", 1735660800, 1767196800],
    ["1965-05-08", "9999-12-31", -146822400, 253402272000],
    ["0000-01-01", "长期", -62167248000, undefined],
    ["", "2024-02-29T23:59:59+08:00", undefined, 1709222399],
  ] as const) {
    it(`is valid from ${from || "ever"} until ${until}`, () => {
      const { header } = commitRecord(dated(from, until));
      expect([header.validFrom, header.validUntil]).to.deep.equal([validFrom, validUntil]);
      expect(parseHeader(headerJson(header))).to.deep.equal(header);
    });
  }

  it("is refused where its header could not be read back", () => {
    expectCode(() => commitRecord({ ...draft, kind: "Licence" }), "shape.format");
    expectCode(() => commitRecord({ ...draft, seq: -1 }), "shape.type");
    expectCode(() => commitRecord({ ...draft, issuer: "nobody" }), "shape.format");
  });

  it("is refused without a required claim or with a validity that is no date", () => {
    expectCode(() => commitRecord({ ...draft, document: { number: "1", from: "" } }), "claims.required-missing");
    expectCode(() => commitRecord(dated("2025-02-29", "")), "schema.validity");
  });
});

interface KindVectors {
  readonly kinds: readonly {
    readonly kind: string;
    readonly digest: Hex;
    readonly required: Json;
    readonly schema: Json;
  }[];
}

describe("the protocol's own kinds", () => {
  const { kinds } = vectors<KindVectors>("kinds.json");

  it("are those of kinds.json", () => {
    expect(kinds.map(({ kind }) => kind)).to.deep.equal(Object.keys(PROTOCOL_KINDS));
    for (const { kind, digest, required, schema: own } of kinds) {
      expect(isProtocolKind(kind)).to.equal(true);
      const parsed = parseSchema(own);
      expect([parsed.digest, parsed.required]).to.deep.equal([digest, required]);
      expect(PROTOCOL_KINDS[kind as ProtocolKind].digest).to.equal(digest); // isProtocolKind, above.
    }
    expect(isProtocolKind("toString")).to.equal(false);
  });

  for (const [kind, own] of Object.entries(PROTOCOL_KINDS)) {
    it(`${kind} is a schema of the profile`, () => expect(parseSchema(own.json).digest).to.equal(own.digest));
  }

  it("have schemas of their own", () => {
    const digests = Object.values(PROTOCOL_KINDS).map(({ digest }) => digest);
    expect(new Set(digests).size).to.equal(digests.length);
  });
});
