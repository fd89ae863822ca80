import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

describe("the promises of ARCHITECTURE.md", () => {
  it("each name tests that exist", () => {
    const text = readFileSync(`${ROOT}/ARCHITECTURE.md`, "utf8");
    const [, section = ""] = text.split(/^## What is promised.*$/m);
    const rows =
      section
        .split(/^## /m)[0]
        ?.split("\n")
        .filter((line) => line.startsWith("| ")) ?? [];
    const promises = rows.slice(1);
    expect(promises.length).to.be.greaterThan(10);
    for (const row of promises) {
      const tests = [...row.matchAll(/`(test\/[^`]+)`/g)].map(([, path = ""]) => path);
      expect(tests, row).to.not.deep.equal([]);
      for (const path of tests) expect(existsSync(`${ROOT}/${path}`), path).to.equal(true);
    }
  });
});
