import { expect } from "chai";
import { readFileSync } from "node:fs";
import { VERSION } from "../../node/version.ts";

describe("the version of the node", () => {
  it("is that of the package", () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
    expect(VERSION).to.equal(version);
  });
});
