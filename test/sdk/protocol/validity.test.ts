import { expect } from "chai";
import type { ClaimValue } from "../../../sdk/protocol/claims.ts";
import { validityOf } from "../../../sdk/protocol/schema.ts";
import { expectCode, schemaOf } from "./support.ts";

describe("validity", () => {
  const schema = schemaOf(
    { from: { type: ["string", "null"] }, until: { type: ["string", "null"] } },
    { "x-required-claims": [["from"], ["until"]], "x-validity": { from: ["from"], until: ["until"] } },
  );
  const of = (from: ClaimValue | undefined, until: ClaimValue | undefined) =>
    validityOf(schema, ([name]) => (name === "from" ? from : until));

  it("begins with a local day and ends after one", () => {
    expect(of("2025-01-01", "2025-01-01")).to.deep.equal({
      validFrom: Date.UTC(2024, 11, 31, 16) / 1000,
      validUntil: Date.UTC(2025, 0, 1, 16) / 1000,
    });
    expect(of("2024-02-29", "2024-02-29")).to.deep.equal({
      validFrom: Date.UTC(2024, 1, 28, 16) / 1000,
      validUntil: Date.UTC(2024, 1, 29, 16) / 1000,
    });
    expect(of("2024-12-31", "2024-12-31")).to.deep.equal({
      validFrom: Date.UTC(2024, 11, 30, 16) / 1000,
      validUntil: Date.UTC(2024, 11, 31, 16) / 1000,
    });
  });

  it("takes an instant as it is, on both sides", () => {
    const expected = Date.UTC(2025, 5, 30, 15, 59, 59) / 1000;
    for (const text of [
      "2025-06-30T23:59:59+08:00",
      "2025-06-30T15:59:59Z",
      "2025-06-30T10:59:59-05:00",
      "2025-07-01T00:59:59+09:00",
    ]) {
      expect(of(text, text)).to.deep.equal({ validFrom: expected, validUntil: expected });
    }
  });

  it("has no bound where there is none", () => {
    for (const nothing of [null, "", "长期", undefined]) expect(of(nothing, nothing)).to.deep.equal({});
  });

  for (const text of [
    "2025-02-29",
    "2025-13-01",
    "2025-00-10",
    "2025-04-31",
    "2025-1-1",
    "20250101",
    "2025/01/01",
    "2025-01-01T00:00:00",
    "2025-01-01 00:00:00Z",
    "2025-01-01t00:00:00z",
    "2025-01-01T24:00:00Z",
    "2025-01-01T23:59:60Z",
    "2025-01-01T00:60:00Z",
    "2025-01-01T00:00:00.5Z",
    "2025-01-01T00:00:00+24:00",
    "2025-02-30T00:00:00Z",
    "+002025-01-01",
    "2025-01-01 ",
    " 2025-01-01",
    "永久",
    "2025年1月1日",
  ]) {
    it(`is not ${text}`, () => {
      expectCode(() => of(text, null), "schema.validity");
      expectCode(() => of(null, text), "schema.validity");
    });
  }

  for (const value of [20250101, true, false, {}, []] as readonly ClaimValue[]) {
    it(`is not ${JSON.stringify(value)}`, () => expectCode(() => of(value, null), "schema.validity"));
  }

  it("is asked of the schema's claims only", () => {
    expect(validityOf(schemaOf({}), () => "2025-01-01")).to.deep.equal({});
  });
});
