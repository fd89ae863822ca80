import { expect } from "chai";
import { findFaults, GAS_TARGETS, measureGas, readSnapshot, type GasReport } from "../../scripts/contracts/gas.ts";

describe("gas", () => {
  let report: GasReport;
  before(async function () {
    this.timeout(60_000);
    report = await measureGas();
  });

  it("meets every target, keeps within the snapshot's tolerance and under the size limit", () => {
    expect(findFaults(report, readSnapshot())).to.deep.equal([]);
  });

  it("reports a missed target, an unmeasured one, a size over the limit and a figure that moved", () => {
    const [name = ""] = Object.keys(GAS_TARGETS);
    const target = GAS_TARGETS[name] ?? 0;
    const { [name]: _, ...unmeasured } = report.gas;
    const faultsOf = (changed: Partial<GasReport>): number => findFaults({ ...report, ...changed }, undefined).length;

    expect(faultsOf({ gas: { ...report.gas, [name]: target } })).to.equal(0);
    expect(faultsOf({ gas: { ...report.gas, [name]: target + 1 } })).to.equal(1);
    expect(faultsOf({ gas: unmeasured })).to.equal(1);
    expect(faultsOf({ runtimeBytes: { AnchorLog: 24_577 } })).to.equal(1);
    expect(faultsOf({ runtimeBytes: { AnchorLog: 0 } })).to.equal(1);
  });

  it("compares with the snapshot in both directions", () => {
    const snapshot: GasReport = { ...report, gas: { one: 1000, gone: 1 }, runtimeBytes: {} };
    const faultsOf = (gas: number): readonly string[] =>
      findFaults({ ...report, gas: { ...GAS_TARGETS, one: gas, gone: 1 }, runtimeBytes: {} }, snapshot).filter(
        (fault) => fault.startsWith("gas.one"),
      );
    expect(faultsOf(1010)).to.have.length(0);
    expect(faultsOf(1011)).to.have.length(1);
    expect(faultsOf(989)).to.have.length(1);
  });
});
