import { expect } from "chai";
import { moneySeries } from "../../node/portal/web/app/money-series.ts";
import type { JsonObject } from "../../sdk/protocol/json.ts";

const at = (day: string): number => Date.parse(`${day}T00:00:00Z`) / 1000;
const value = (amount: number): JsonObject => ({ value: { amount, currency: "CNY" } });
const release = (day: string, contracts: JsonObject[]): JsonObject => ({
  ocid: "a",
  date: `${day}T00:00:00Z`,
  contracts,
});

describe("money of a project over time", () => {
  it("contracts stand until they change, payments add up by their own days", () => {
    const paid = [{ id: "1", date: "2026-02-15T00:00:00Z", ...value(20) }];
    const releases = [
      release("2026-03-01", [{ id: "1", ...value(120.5) }]),
      release("2026-02-01", [{ id: "1", ...value(100) }]),
      release("2026-04-01", [
        {
          id: "1",
          implementation: { transactions: [...paid, { id: "2", date: "2026-03-20T00:00:00Z", ...value(110) }] },
        },
      ]),
    ];
    expect(moneySeries({ releases })).to.deep.equal([
      { at: at("2026-02-01"), contracted: 10_000, paid: 0 },
      { at: at("2026-02-15"), contracted: 10_000, paid: 2000 },
      { at: at("2026-03-01"), contracted: 12_050, paid: 2000 },
      { at: at("2026-03-20"), contracted: 12_050, paid: 13_000 },
      { at: at("2026-04-01"), contracted: 12_050, paid: 13_000 },
    ]);
  });

  it("a payment told twice is one payment", () => {
    const transactions = [{ id: "1", date: "2026-02-15T00:00:00Z", ...value(20) }];
    const contract = { id: "1", ...value(100), implementation: { transactions } };
    const releases = [release("2026-03-01", [contract]), release("2026-04-01", [contract])];
    expect(moneySeries({ releases }).at(-1)?.paid).to.equal(2000);
  });

  it("what names no contracts, or no dates, has no points", () => {
    expect(moneySeries({})).to.deep.equal([]);
    expect(moneySeries({ releases: [{ date: "soon", contracts: [{ id: "1", ...value(1) }] }] })).to.deep.equal([]);
  });
});
