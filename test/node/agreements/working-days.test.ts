import { expect } from "chai";
import { dayOfYear, localDay } from "../../../node/agreements/local-days.ts";
import { WorkingDays } from "../../../node/agreements/working-days.ts";
import { startLedger, type TestLedger } from "../../support/ledger.ts";

const at = (text: string) => Date.parse(text) / 1000;

describe("working days left", function () {
  this.timeout(30_000);
  let ledger: TestLedger;
  let days: WorkingDays;

  before(async () => {
    ledger = await startLedger();
    days = new WorkingDays({ connection: ledger.connection, view: await ledger.connection.view("latest") });
  });
  after(() => ledger.stop());

  it("counts make-up workdays and leaves out holidays, as the statute's example does", async () => {
    const due = at("2025-10-17T00:00:00+08:00");
    expect(await days.left({ from: at("2025-09-26T23:59:59+08:00"), due })).to.equal(11);
    expect(await days.left({ from: at("2025-09-27T12:00:00+08:00"), due })).to.equal(10);
    expect(await days.left({ from: at("2025-10-01T00:00:00+08:00"), due })).to.equal(7);
    expect(await days.left({ from: at("2025-10-16T00:00:00+08:00"), due })).to.equal(1);
    expect(await days.left({ from: at("2025-10-16T23:59:59+08:00"), due })).to.equal(1);
  });

  it("crosses the year and says when the calendar does not reach", async () => {
    expect(await days.left({ from: at("2025-12-31T09:00:00+08:00"), due: at("2026-01-06T00:00:00+08:00") })).to.equal(
      3,
    );
    expect(await days.left({ from: at("2026-12-31T09:00:00+08:00"), due: at("2027-01-06T00:00:00+08:00") })).to.equal(
      undefined,
    );
  });

  it("knows local days by UTC+8", () => {
    expect(dayOfYear(localDay(at("2024-12-31T16:00:00Z")))).to.deep.equal({ year: 2025, index: 0 });
    expect(dayOfYear(localDay(at("2024-12-31T15:59:59Z")))).to.deep.equal({ year: 2024, index: 365 });
  });
});
