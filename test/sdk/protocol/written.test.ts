import { expect } from "chai";
import fc from "fast-check";
import { concat, utf8 } from "../../../sdk/protocol/bytes.ts";
import type { Path } from "../../../sdk/protocol/claims.ts";
import {
  evidenceJson,
  findWrittenEvidence,
  parseEvidence,
  parseEvidenceBytes,
} from "../../../sdk/protocol/evidence.ts";
import { parseJsonBytes, type Json, type JsonObject } from "../../../sdk/protocol/json.ts";
import { ProtocolError } from "../../../sdk/protocol/protocol-error.ts";
import { key, number, text } from "./arbitraries.ts";
import { vectors } from "./support.ts";

const { evidences } = vectors<{ evidences: Readonly<Record<string, { readonly evidence: JsonObject }>> }>(
  "evidence.json",
);
const whole = evidences["keccak256"]?.evidence ?? {};
const bytesOf = (json: JsonObject): Uint8Array => utf8(JSON.stringify(json));
/** As the strict parser and no other reads it. */
const strictly = (bytes: Uint8Array) => parseEvidence(parseJsonBytes(bytes));

/** The evidence, or the code of the error. */
function outcome<T>(read: () => T): T | string {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return error.code;
  }
}

const without = (names: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(whole).filter(([name]) => !names.includes(name)));

/** The file with one disclosed claim, whatever it says. */
const claiming = (claim: { readonly path: Path; readonly value: Json }): JsonObject => ({
  ...without(["delivery"]),
  claims: { disclosed: [{ at: 0, salt: "A".repeat(22), ...claim }], proof: [] },
});

describe("evidence files as they are written", function () {
  this.timeout(60_000);
  // The schema is remembered from the first file that embeds it.
  before(() => void parseEvidenceBytes(bytesOf(whole)));

  for (const [name, { evidence }] of Object.entries(evidences)) {
    it(`are read in one pass: ${name}`, () => {
      for (const left of [[], ["delivery"], ["parents", "delivery"]]) {
        const json = Object.fromEntries(Object.entries(evidence).filter(([member]) => !left.includes(member)));
        const found = findWrittenEvidence(bytesOf(json));
        expect(found).to.deep.equal(parseEvidence(json));
        expect(JSON.stringify(found && evidenceJson(found))).to.equal(JSON.stringify(json));
      }
    });
  }

  it("are read in one pass whatever the claims say", () => {
    const value: fc.Arbitrary<Json> = fc.oneof(
      fc.oneof(text, fc.string({ unit: "grapheme" }), key),
      fc.oneof(number, fc.boolean(), fc.constantFrom<Json>(null, {}, [])),
    );
    const path = fc.array(fc.oneof(key, fc.nat()), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.record({ path, value }), (claim) => {
        const json = claiming(claim);
        const found = findWrittenEvidence(bytesOf(json));
        // A lone surrogate is no text.
        if (!isWellFormed([claim.path, claim.value])) expect(found).to.equal(undefined);
        else expect(found).to.deep.equal(parseEvidence(json));
      }),
      { numRuns: 1000 },
    );
  });

  it("come to what the strict parser says when anything in them is changed", () => {
    const file = bytesOf(whole);
    const tokens = [
      ...['"', "\\", "{", "}", "[", "]", ",", ":", " ", "0", "1", "9", "-", ".", "e", "x", "a", "A", "证", "\u0000"],
      ...['"a":1,', '"at":1,', "{}", "[]", "null", "true", "-0", "1.0", "1e1", "0.5", "\\u0061", "\\ud800", "\\n"],
    ].map(utf8);
    const change = fc.record({
      at: fc.nat(file.length),
      cut: fc.nat(2),
      put: fc.oneof(fc.constantFrom(...tokens), fc.uint8Array({ maxLength: 2 })),
    });
    let read = 0;
    fc.assert(
      fc.property(change, ({ at, cut, put }) => {
        const bytes = concat(file.subarray(0, at), put, file.subarray(at + cut));
        const expected = outcome(() => strictly(bytes));
        expect(outcome(() => parseEvidenceBytes(bytes))).to.deep.equal(expected);
        const found = findWrittenEvidence(bytes);
        if (found !== undefined) expect(found).to.deep.equal(expected);
        if (found !== undefined) read++;
      }),
      { numRuns: 4000 },
    );
    expect(read, "files that a change left in the written form").to.be.greaterThan(0);
  });

  const claimAt = (value: string): Uint8Array =>
    utf8(JSON.stringify(claiming({ path: ["id"], value: "here" })).replace('"here"', value));
  const others = {
    "white space": utf8(JSON.stringify(whole, undefined, 1)),
    "text behind it": utf8(`${JSON.stringify(whole)} `),
    "other order": bytesOf({ schema: whole["schema"] ?? null, ...whole }),
    "a text escaped otherwise": claimAt('"\\u0041"'),
    "a number written otherwise": claimAt("1.50"),
    "minus zero": claimAt("-0"),
    "a number that no double holds": claimAt("9007199254740993"),
    "a lone surrogate": claimAt('"\\ud83d"'),
    "a raw control character": claimAt('"\n"'),
    "bytes that are no UTF-8": concat(claimAt('"').subarray(0, -1), Uint8Array.of(0xff)),
    "another schema": bytesOf({ ...whole, schema: { ...(whole["schema"] as JsonObject), title: "another" } }), // Of the vector.
  };
  for (const [title, bytes] of Object.entries(others)) {
    it(`leave to the strict parser: ${title}`, () => {
      expect(findWrittenEvidence(bytes)).to.equal(undefined);
      expect(outcome(() => parseEvidenceBytes(bytes))).to.deep.equal(outcome(() => strictly(bytes)));
    });
  }
});

function isWellFormed(value: Json): boolean {
  if (typeof value === "string") return value.isWellFormed();
  return !Array.isArray(value) || value.every(isWellFormed);
}
