import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));

describe("vector files", function () {
  this.timeout(60_000);

  it("are what the code makes", () => {
    const { status, stderr } = spawnSync(process.execPath, ["scripts/vectors/generate.ts", "--check"], {
      cwd: root,
      encoding: "utf8",
    });
    expect({ status, stderr }).to.deep.equal({ status: 0, stderr: "" });
  });
});
