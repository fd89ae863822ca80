import { existsSync, globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { runsIn } from "../../../scripts/faults/run-piece.ts";
import { SUITES, tallyLines } from "../../../scripts/faults/suites.ts";
import { PROMISES } from "../../faults/tally.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
/** What the runner counts itself, beside what the tests count. */
const COUNTED_BY_RUNNER = ["invariants"];

describe("the long form of the fault tests", () => {
  it("runs files that exist, and every fault test there is", () => {
    const files = SUITES.flatMap((suite) => suite.files);
    for (const file of files) expect(existsSync(`${ROOT}/${file}`), file).to.equal(true);
    for (const file of globSync("test/{faults,must-reject,fuzz}/*.test.ts", { cwd: ROOT }))
      expect(files).to.include(file);
  });

  it("has a line for every promise, with the cases of all pieces added up", () => {
    const lines = tallyLines([{ rot: 2, chain: 1 }, { rot: 3 }], new Set());
    expect(lines).to.have.length(PROMISES.length + COUNTED_BY_RUNNER.length);
    const held = lines.filter((line) => line.startsWith("✓"));
    expect(held).to.have.length(2);
    expect(held.find((line) => line.includes("Bit rot"))).to.include("5 ");
    expect(lines.filter((line) => line.startsWith("–"))).to.have.length(lines.length - 2);
  });

  it("says of no promise that it held when a piece of its suite failed", () => {
    const lines = tallyLines([{ rot: 2, overload: 9, stop: 4 }], new Set(["overload"]));
    expect(lines.filter((line) => line.startsWith("✗"))).to.have.length(2);
    expect(lines.filter((line) => line.startsWith("✓"))).to.have.length(1);
  });

  it("counts the cases of every promise somewhere", () => {
    const tests = SUITES.flatMap(({ files }) => files).map((file) => readFileSync(`${ROOT}/${file}`, "utf8"));
    for (const promise of PROMISES)
      expect(
        tests.some((text) => text.includes(`held("${promise}"`) || text.includes(`countsCases("${promise}"`)),
        promise,
      ).to.equal(true);
    for (const promise of COUNTED_BY_RUNNER) expect(SUITES.some(({ name }) => name === promise)).to.equal(true);
  });

  it("reads from Hardhat's report how many inputs the fuzz tests were given", () => {
    expect(runsIn("✔ testFuzz_A(uint256) (runs: 256, median gas: 1)\n✔ testFuzz_B() (runs: 48)\n✔ test_C()")).to.equal(
      304,
    );
  });
});
