import { existsSync, globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { SUITES, tallyLines } from "../../../scripts/faults/suites.ts";
import { PROMISES } from "../../faults/tally.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

describe("the long form of the fault tests", () => {
  it("runs files that exist, and every fault test there is", () => {
    const files = SUITES.flatMap((suite) => suite.files);
    for (const file of files) expect(existsSync(`${ROOT}/${file}`), file).to.equal(true);
    for (const file of globSync("test/{faults,must-reject,fuzz}/*.test.ts", { cwd: ROOT }))
      expect(files).to.include(file);
  });

  it("has a line for every promise, with the cases of all rounds added up", () => {
    const lines = tallyLines(
      [
        { promise: "rot", cases: 2 },
        { promise: "rot", cases: 3 },
      ],
      { isWhole: true },
    );
    expect(lines).to.have.length(PROMISES.length);
    expect(lines.filter((line) => line.startsWith("✓"))).to.have.length(1);
    expect(lines.find((line) => line.startsWith("✓"))).to.include("5 ");
  });

  it("counts the cases of every promise somewhere", () => {
    const tests = SUITES.flatMap(({ files }) => files).map((file) => readFileSync(`${ROOT}/${file}`, "utf8"));
    for (const promise of PROMISES)
      expect(
        tests.some((text) => text.includes(`held("${promise}"`) || text.includes(`countsCases("${promise}"`)),
        promise,
      ).to.equal(true);
  });
});
