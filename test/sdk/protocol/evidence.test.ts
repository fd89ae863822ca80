import { expect } from "chai";
import type { Hex } from "../../../sdk/protocol/bytes.ts";
import { utf8 } from "../../../sdk/protocol/bytes.ts";
import { canonicalize } from "../../../sdk/protocol/canonical.ts";
import {
  evidenceJson,
  MAXIMUM_EVIDENCE_BYTES,
  parseEvidence,
  parseEvidenceBytes,
} from "../../../sdk/protocol/evidence.ts";
import type { HashName } from "../../../sdk/protocol/hash.ts";
import { parseJson, type Json, type JsonObject } from "../../../sdk/protocol/json.ts";
import { ProtocolError } from "../../../sdk/protocol/protocol-error.ts";
import type { Facts } from "../../../scripts/vectors/evidence-fixture.ts";
import { mutate, type Change } from "../../../scripts/vectors/mutate.ts";
import { findOfflineFault } from "../../../scripts/vectors/offline.ts";
import { expectCode, vectors } from "./support.ts";

interface Mutation {
  readonly name: string;
  readonly changes: readonly Change[];
  readonly parse?: string;
  readonly fault?: string;
}
interface EvidenceVectors {
  readonly evidences: Readonly<Record<HashName, { readonly evidence: JsonObject; readonly facts: Facts }>>;
  readonly mutations: readonly Mutation[];
  readonly harmless: readonly Mutation[];
}

const { evidences, mutations, harmless } = vectors<EvidenceVectors>("evidence.json");
const { evidence: json, facts } = evidences.keccak256;
const compact = JSON.stringify(json);

/** The code with which the file is refused, the fault that the checks find, or undefined. */
function judge(value: Json): { readonly parse: string } | { readonly fault: string } | undefined {
  try {
    const fault = findOfflineFault(parseEvidence(value), facts);
    return fault === undefined ? undefined : { fault };
  } catch (error) {
    if (error instanceof ProtocolError) return { parse: error.code };
    throw error;
  }
}

describe("vectors of evidence.json", () => {
  for (const [hash, vector] of Object.entries(evidences)) {
    it(`${hash}: whole and without fault`, () => {
      const parsed = parseEvidence(vector.evidence);
      expect(findOfflineFault(parsed, vector.facts)).to.equal(undefined);
      expect(evidenceJson(parsed)).to.deep.equal(vector.evidence);
      expect(parsed.header.hash).to.equal(hash);
    });
  }

  for (const { name, changes, parse, fault } of mutations) {
    it(`${name}: ${parse ?? fault ?? ""}`, () => {
      expect(judge(changes.reduce<Json>(mutate, json))).to.deep.equal(parse === undefined ? { fault } : { parse });
    });
  }

  for (const { name, changes } of harmless) {
    it(`${name}: still without fault`, () => expect(judge(changes.reduce<Json>(mutate, json))).to.equal(undefined));
  }

  it("is on no other ledger", () => {
    const elsewhere: Hex = `0x${"0".repeat(64)}`;
    expect(findOfflineFault(parseEvidence(json), { ...facts, ledger: elsewhere })).to.equal("ledger");
  });
});

describe("an evidence file", function () {
  this.timeout(60_000);

  it("reads the same from bytes, in any order of members and with any white space", () => {
    const reversed = (value: Json): Json => {
      if (Array.isArray(value)) return value.map(reversed);
      if (typeof value !== "object" || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([name, member]) => [name, reversed(member)]),
      ); // An entry of a JSON object.
    };
    const expected = parseEvidence(json);
    expect(parseEvidenceBytes(utf8(compact))).to.deep.equal(expected);
    expect(parseEvidenceBytes(utf8(JSON.stringify(reversed(json), undefined, 2)))).to.deep.equal(expected);
  });

  it("is refused when it is cut anywhere", () => {
    const bytes = utf8(compact);
    for (let length = 0; length < bytes.length; length += 3) {
      let code: string | undefined;
      try {
        parseEvidenceBytes(bytes.subarray(0, length));
      } catch (error) {
        code = error instanceof ProtocolError ? error.code : String(error);
      }
      expect(code, `${length} bytes`).to.be.oneOf(["json.syntax", "json.encoding"]);
    }
  });

  it("is refused with any member more, in every object outside the schema", () => {
    let objects = 0;
    const walk = (value: Json, path: Change["path"]): void => {
      if (typeof value !== "object" || value === null || path[0] === "schema" || path.at(-1) === "value") return;
      if (!Array.isArray(value)) {
        objects++;
        for (const name of ["note", "__proto__", "toString", ""]) {
          expect(judge(mutate(json, { path: [...path, name], value: 1 })), [...path, name].join(".")).to.deep.equal({
            parse: "shape.unknown",
          });
        }
      }
      for (const [name, child] of Object.entries(value))
        walk(child as Json, [...path, Array.isArray(value) ? Number(name) : name]); // A part of a JSON value.
    };
    walk(json, []);
    expect(objects).to.be.greaterThan(30);
  });

  it("is refused with any member less, outside the schema and what may be absent", () => {
    const optional = new Set([
      "parents",
      "delivery",
      "delivery.consumer",
      "header.resource",
      "header.subject",
      "header.validFrom",
      "header.validUntil",
      "header.parentsRoot",
    ]);
    const walk = (value: Json, path: Change["path"]): void => {
      if (typeof value !== "object" || value === null || path[0] === "schema" || path.at(-1) === "value") return;
      for (const [name, child] of Object.entries(value)) {
        const place = [...path, Array.isArray(value) ? Number(name) : name];
        if (!Array.isArray(value) && !optional.has(place.join(".")))
          expect(judge(mutate(json, { path: place })), place.join(".")).to.deep.equal({ parse: "shape.missing" });
        walk(child, place); // A part of a JSON value.
      }
    };
    walk(json, []);
  });

  // Every character of the file: of names, values, numbers and punctuation alike. Of a digest, its ends and every fourth.
  it("is never taken with one character changed", () => {
    const original = canonicalize(json);
    const survived: string[] = [];
    for (let i = 0; i < compact.length; i++) {
      const character = compact.charAt(i);
      if (i % 4 !== 0 && /^[0-9a-f]{7}$/.test(compact.slice(i - 3, i + 4))) continue;
      const changed = compact.slice(0, i) + substitute(character) + compact.slice(i + 1);
      let value: Json;
      try {
        value = parseJson(changed);
      } catch (error) {
        if (error instanceof ProtocolError) continue;
        throw error;
      }
      if (judge(value) === undefined && canonicalize(value) !== original)
        survived.push(changed.slice(Math.max(0, i - 30), i + 10));
    }
    expect(survived).to.deep.equal([]);
  });

  it("is refused unread when it is too large", () => {
    expectCode(() => parseEvidenceBytes(new Uint8Array(MAXIMUM_EVIDENCE_BYTES + 1)), "json.size");
    const padded = compact + " ".repeat(MAXIMUM_EVIDENCE_BYTES - utf8(compact).length);
    expect(parseEvidenceBytes(utf8(padded))).to.deep.equal(parseEvidence(json));
  });

  it("is refused when it is anything else", () => {
    for (const value of [null, 1, "suyuan/evidence/1", [], [json]] as readonly Json[])
      expectCode(() => parseEvidence(value), "shape.type");
    expectCode(() => parseEvidence({}), "shape.missing");
    expectCode(() => parseEvidenceBytes(new Uint8Array()), "json.syntax");
  });

  it("tells of a fault where it is, never what is there", () => {
    const secret = mutate(json, { path: ["claims", "disclosed", 0, "value"], value: { secret: "张三" } });
    try {
      parseEvidence(secret);
      expect.fail("accepted");
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      expect(error.values).to.deep.equal({
        at: "evidence.claims.disclosed[0].value",
        expected: "scalar or empty container",
      });
      expect(JSON.stringify([error.message, error.describe("zh"), error.remedy("zh")])).not.to.match(/secret|张三/);
    }
  });
});

/** Another character of the same class, so that as many changes as possible are still well-formed. */
function substitute(character: string): string {
  if (/\d/.test(character)) return String((Number(character) + 1) % 10);
  if (/[a-z]/.test(character))
    return character === "f"
      ? "a"
      : String.fromCharCode(character.charCodeAt(0) + 1 > 122 ? 97 : character.charCodeAt(0) + 1);
  if (/[A-Z]/.test(character)) return character === "Z" ? "A" : String.fromCharCode(character.charCodeAt(0) + 1);
  return character === "x" ? "y" : "x";
}
