import { expect } from "chai";
import { vulnerableOf } from "../../../scripts/report/vulnerabilities.ts";

const METADATA = { vulnerabilities: { info: 0, low: 0, moderate: 0, high: 1, critical: 0, total: 1 } };

describe("what is known against the dependencies", () => {
  it("is each of them with its severity and range", () => {
    const via = [{ source: 1, title: "x" }];
    const vulnerabilities = { "some-package": { name: "some-package", severity: "high", via, range: "<4.17.5" } };
    expect(vulnerableOf(JSON.stringify({ auditReportVersion: 2, vulnerabilities, metadata: METADATA }))).to.deep.equal([
      { name: "some-package", severity: "high", range: "<4.17.5" },
    ]);
  });

  it("is nothing when the registry says so", () => {
    expect(vulnerableOf(JSON.stringify({ vulnerabilities: {}, metadata: METADATA }))).to.deep.equal([]);
  });

  it("is unknown, never nothing, when the registry could not be asked", () => {
    const offline = { message: "request failed", error: { code: "ENOTFOUND", summary: "", detail: "" } };
    for (const output of [JSON.stringify(offline), "{}", "", "npm error"])
      expect(vulnerableOf(output), output).to.equal(undefined);
  });
});
